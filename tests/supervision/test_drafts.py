"""A form that is saved as it is typed: in whatever order its savings come, on whatever device, and when it is over."""

import json
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.errors import Refusal
from supervision.actions import draft as drafts
from supervision.actions.draft import (
    DraftIsNewer,
    close_unfinished,
    discard_unfinished,
    save_unfinished,
)
from supervision.models import PracticeLog, UnfinishedDraft
from supervision.queries.draft import drafts_offered, typed_of
from tests.web import post

KEY = UUID(int=7)
WORDS = "I waited before I spoke, and the silence did the work."


def save(placement, sequence=1, key=KEY, **typed):
    typed = {name: [value] for name, value in typed.items()} or {"role": ["lead"]}
    return save_unfinished(placement.enrolment, key=key, sequence=sequence, typed=typed, by=placement.trainee)


def kept():
    return typed_of(UnfinishedDraft.objects.get(key=KEY))


def test_a_newer_saving_replaces_an_older_one_and_the_same_again_changes_nothing(placement):
    save(placement, 1, role="lead")
    save(placement, 2, role="observer")
    save(placement, 2, role="co_facilitator")
    assert kept() == {"role": ["observer"]}
    with pytest.raises(DraftIsNewer):
        save(placement, 1, role="lead")
    assert kept() == {"role": ["observer"]}
    assert UnfinishedDraft.objects.count() == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_whatever_the_order_the_newest_is_kept(placement, order):
    key = uuid4()
    for number in order:
        try:
            save(placement, number, key=key, role=str(number))
        except DraftIsNewer:
            continue
    assert typed_of(UnfinishedDraft.objects.get(key=key)) == {"role": [str(max(order))]}
    UnfinishedDraft.objects.filter(key=key).update(closed_at="2026-03-02 12:00:00+00:00")


def test_what_is_typed_is_encrypted_at_rest(placement):
    save(placement, 1, reflection=WORDS)
    with connection.cursor() as cursor:
        cursor.execute("select typed from supervision_unfinisheddraft")
        [(stored,)] = cursor.fetchall()
    assert "silence" not in stored
    assert kept() == {"reflection": [WORDS]}


def test_after_its_end_a_late_saving_brings_nothing_back(placement):
    save(placement, 1, reflection=WORDS)
    close_unfinished(placement.enrolment, KEY)
    with pytest.raises(Refusal, match="saved as an entry or discarded"):
        save(placement, 9, reflection=WORDS)
    row = UnfinishedDraft.objects.get()
    assert (row.typed, drafts_offered(placement.enrolment)) == ("", [])


def test_a_draft_is_discarded_once_by_its_writer(cast, placement):
    row = save(placement)
    with pytest.raises(Refusal, match="Only its writer"):
        discard_unfinished(row, by=cast.supervisor)
    discard_unfinished(row, by=cast.trainee)
    discard_unfinished(row, by=cast.trainee)
    assert UnfinishedDraft.objects.get().closed_at


def test_what_a_draft_cannot_hold_is_refused(cast, placement, monkeypatch):
    with pytest.raises(Refusal, match="more than a draft can hold"):
        save(placement, 1, reflection="x" * 8000)
    monkeypatch.setattr(drafts, "DRAFTS_MOST", 2)
    save(placement, key=uuid4())
    save(placement, key=uuid4())
    with pytest.raises(Refusal, match="many unfinished drafts"):
        save(placement, key=uuid4())
    with pytest.raises(Refusal, match="cannot be saved"):
        save_unfinished(placement.enrolment, key=KEY, sequence=1, typed={}, by=cast.other_trainee)
    assert UnfinishedDraft.objects.count() == 2


# Through the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def trainee(cast):
    return cast.client("trainee")


def address(placement):
    return reverse("practice_autosave", args=[placement.enrolment_id])


def test_typing_is_saved_offered_on_another_device_and_gone_with_the_entry(cast, placement, trainee):
    sent = {"draft_key": str(KEY), "draft_sequence": "1", "on": "2026-11-20", "reflection": WORDS, "role": "lead"}
    said = trainee.post(address(placement), sent | {"surprise": "x"})
    assert (said.status_code, json.loads(said.content)) == (200, {"saved": "11:00", "sequence": 1})
    assert kept() == {"on": ["2026-11-20"], "reflection": [WORDS], "role": ["lead"]}

    elsewhere = cast.client("trainee")
    page = elsewhere.get(reverse("practice_new")).content.decode()
    assert "An unfinished draft for 2026-11-20, saved 11:00." in page
    opened = elsewhere.get(reverse("practice_new"), {"draft": UnfinishedDraft.objects.get().pk})
    assert WORDS in opened.content.decode()
    assert opened.context["draft_sequence"] == 2

    whole = sent | {
        "draft_sequence": "3",
        "starts_at": "09:00",
        "ends_at": "10:30",
        "time_zone": "America/Denver",
        "placement": str(placement.pk),
        "category_key": "observation-live",
        "phase_1": "dosing",
        "modality": "in_person",
        "format": "individual",
        "route": "im",
    }
    assert post(elsewhere, reverse("practice_new"), **whole, then="keep").status_code == 302
    log = PracticeLog.objects.get()
    assert (log.minutes, log.route, log.reflection) == (90, "im", WORDS)
    assert trainee.post(address(placement), sent | {"draft_sequence": "9"}).status_code == 409
    assert "unfinished draft" not in trainee.get(reverse("practice_new")).content.decode()


def test_the_button_saves_what_is_not_whole_without_any_script(placement, trainee):
    sent = {"draft_key": str(KEY), "draft_sequence": "1", "reflection": WORDS}
    assert post(trainee, reverse("practice_new"), **sent, then="send").status_code == 422
    assert not UnfinishedDraft.objects.exists()
    assert post(trainee, reverse("practice_new"), **sent, then="keep").status_code == 302
    assert (kept(), PracticeLog.objects.count()) == ({"reflection": [WORDS]}, 0)


def test_signed_out_it_says_so_and_gives_a_fresh_token_afterwards(cast, placement, trainee):
    said = cast.client("visitor").post(address(placement), {"draft_key": str(KEY), "draft_sequence": "1"})
    assert said.status_code == 401
    assert "sign_in" in json.loads(said.content)
    assert json.loads(trainee.get(address(placement)).content)["token"]
    assert trainee.post(address(placement), {"draft_key": "x"}).status_code == 422
    assert cast.client("other_trainee").post(address(placement), {}).status_code == 404


def test_another_persons_draft_is_not_found(cast, placement):
    row = save(placement)
    client = cast.client("supervisor")
    assert client.get(reverse("practice_new"), {"draft": row.pk}).status_code in (403, 404)
    assert post(client, reverse("practice_draft_discard", args=[row.pk])).status_code == 404
