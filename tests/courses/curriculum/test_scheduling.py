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
    LessonPage.objects.get(pk=pages.lesson.pk).save_revision().publish()
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", "<p>Stay nearer.</p>")]
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    with pytest.raises(NotPublishable, match="not published"):
        publish_edition(pages.program, by=cast.director)
    first = publish_edition(pages.program, by=cast.director, leave_out_drafts=True)
    _let_a_day_pass(Revision.objects.exclude(approved_go_live_at=None).get())
    call_command("publish_scheduled", verbosity=0)
    second = publish_edition(pages.program, by=cast.director)
    said = [current_body(edition.items.get(slug="in-the-room")).search_text for edition in (first, second)]
    assert ["Stay near." in said[0], "Stay nearer." in said[0], "Stay nearer." in said[1]] == [True, False, True]


def _let_a_day_pass(revision: Revision) -> None:
    """Its hour has come: as the row says, and as the page in it says."""
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
