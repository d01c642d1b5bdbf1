"""Topics of sessions: directors edit them in the CMS; and the form of visits sends supervision there."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from supervision.models import FeedbackTopic
from supervision.sessions.queries import topics_offered

ADD = "wagtailsnippets_supervision_feedbacktopic:add"
EDIT = "wagtailsnippets_supervision_feedbacktopic:edit"


def test_a_director_adds_a_topic_that_sessions_then_offer(cast):
    client = cast.client("director")
    sent = {"label": "Couples", "key": "couples", "position": 5, "is_active": "on"}
    assert client.post(reverse(ADD), sent).status_code == 302
    assert topics_offered()[0] == ("couples", "Couples")


def test_a_topic_is_taken_out_of_the_form_and_never_deleted(cast):
    topic = FeedbackTopic.objects.first()
    client = cast.client("director")
    sent = {"label": topic.label, "key": topic.key, "position": topic.position}
    assert client.post(reverse(EDIT, args=[topic.pk]), sent).status_code == 302
    assert topic.key not in dict(topics_offered())
    deleted = client.post(reverse("wagtailsnippets_supervision_feedbacktopic:delete", args=[topic.pk]))
    assert FeedbackTopic.objects.filter(pk=topic.pk).exists()
    assert deleted.status_code in (302, 403)


def test_the_key_of_a_topic_stays(db):
    topic = FeedbackTopic.objects.first()
    topic.key = "other"
    with pytest.raises(ValidationError, match="stays as it is"):
        topic.full_clean()


@pytest.mark.parametrize("who", ["trainee", "supervisor", "faculty", "registrar"])
def test_nobody_else_edits_topics(cast, who):
    before = set(FeedbackTopic.objects.values_list("key", flat=True))
    cast.client(who).post(reverse(ADD), {"label": "X", "key": "x-mark", "position": 1})
    assert set(FeedbackTopic.objects.values_list("key", flat=True)) == before
