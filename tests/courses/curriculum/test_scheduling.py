"""A lesson that is scheduled goes live by itself, and only an edition made afterwards says what it says."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Revision

from courses.curriculum.actions import NotPublishable, publish_edition
from courses.curriculum.models import LessonPage
from courses.curriculum.queries import current_body


def test_a_scheduled_change_reaches_the_next_edition_alone(pages, cast):
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", "<p>Stay nearer.</p>")]
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    with pytest.raises(NotPublishable, match="not published"):
        publish_edition(pages.program, by=cast.director)
    first = publish_edition(pages.program, by=cast.director, leave_out_drafts=True)
    Revision.objects.exclude(approved_go_live_at=None).update(approved_go_live_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled", verbosity=0)
    second = publish_edition(pages.program, by=cast.director)
    said = [current_body(edition.items.get(slug="in-the-room")).search_text for edition in (first, second)]
    assert ["Stay near." in said[0], "Stay nearer." in said[0], "Stay nearer." in said[1]] == [True, False, True]
