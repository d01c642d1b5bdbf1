"""Knowledge checks and attestations in a lesson: answering, signing, and what completes it."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.curriculum.enums import CompletedBy
from courses.curriculum.models import Body, Erratum
from courses.enrolment.enums import EnrolmentState
from courses.learning import actions
from courses.learning.actions import answer_check, complete_activity, sign_attestation
from courses.learning.asking import (
    Answer,
    Given,
    Share,
    Signed,
    given_in,
    may_sign,
    renews_from,
    share_of,
    valid_until,
    what_completes,
)
from courses.learning.models import CheckAnswer, Completion, SignedAttestation
from courses.learning.requirements import AttestationSignedConfig
from courses.learning.slots import verdict
from lms.accounts.actions import confirm_legal_name
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.courses.rollback import rolled_back
from tests.factories.asking import FIRST, SECOND, SIGNED, STATEMENT, THIRD, frozen_attestation, frozen_check
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.factories.standards import make_standard_version
from tests.races import at_once
from tests.web import post, send_form, text_of


def make_asking(cast, blocks, *, rule="read", state=EnrolmentState.ACTIVE, months: int | None = None, **fields):
    """An enrolment in an edition of one lesson that asks, and that lesson; with `months` the standard asks for a signature."""
    edition = make_edition()
    item = make_item(edition, parent=make_module(edition, lessons=0), blocks=blocks, completed_by=rule, **fields)
    standard = {}
    if months is not None:
        wanted = AttestationSignedConfig(key="k", title="Touch", attestation="touch-agreement", valid_months=months)
        standard["standard_version"] = make_standard_version(edition.program, requirements=[wanted])
    enrolment = make_enrolment(cast.trainee, edition=edition, state=state, **standard)
    return enrolment, item


def answer(enrolment, item, *chosen: str, block: str = FIRST, **fields) -> CheckAnswer:
    return answer_check(enrolment, item, block=UUID(block), chosen=chosen, by=enrolment.person, **fields)


def sign(enrolment, item, *, name: str = "", block: str = SIGNED, **fields) -> SignedAttestation:
    name = name or str(enrolment.person)
    return sign_attestation(enrolment, item, block=UUID(block), name=name, by=enrolment.person, **fields)


def confirm(person, name: str) -> None:
    confirm_legal_name(person, legal_name=name)
    person.refresh_from_db()


def is_complete(enrolment, item) -> bool:
    return Completion.objects.filter(enrolment=enrolment, activity=item.activity_id).exists()


def correct(item, blocks, cast) -> Body:
    new = make_item(make_edition(), blocks=blocks).body
    Erratum.objects.create(item=item, old_body=item.body, new_body=new, reason="Wrong.", by=cast.director)
    return new


# Pure ----------------------------------------------------------------------------------------------------------------


def given(*blocks: str, keys: tuple[str, ...] = ()) -> Given:
    some = Answer(frozenset("a"), is_right=False, times=1, first_chosen=frozenset("a"), first_on=date(2026, 1, 1))
    return Given(dict.fromkeys(blocks, some), dict.fromkeys(keys, Signed("0", "A", date(2026, 1, 1))))


ASKED = {FIRST: frozen_check(FIRST), SECOND: frozen_check(SECOND), SIGNED: frozen_attestation()}


@pytest.mark.parametrize(
    ("rule", "has", "done", "needed", "sentence"),
    [
        (CompletedBy.READ, given(), 0, 0, ""),
        (CompletedBy.CHECKS, given(), 0, 2, "Complete when you have answered both knowledge checks: 0 of 2."),
        (CompletedBy.CHECKS, given(FIRST), 1, 2, "Complete when you have answered both knowledge checks: 1 of 2."),
        (
            CompletedBy.CHECKS,
            given(FIRST, THIRD),
            1,
            2,
            "Complete when you have answered both knowledge checks: 1 of 2.",
        ),
        (
            CompletedBy.CHECKS,
            given(FIRST, SECOND),
            2,
            2,
            "Complete when you have answered both knowledge checks: 2 of 2.",
        ),
        (CompletedBy.ATTESTATION, given(FIRST, SECOND), 0, 1, "Complete when you have signed the attestation."),
        (CompletedBy.ATTESTATION, given(keys=("other",)), 0, 1, "Complete when you have signed the attestation."),
        (
            CompletedBy.ATTESTATION,
            given(keys=("touch-agreement",)),
            1,
            1,
            "Complete when you have signed the attestation.",
        ),
    ],
)
def test_what_completes_a_lesson_is_counted_and_said(rule, has, done, needed, sentence):
    share = share_of(rule, ASKED, has)
    assert (share, what_completes(rule, share)) == (Share(done, needed), sentence)
    assert share.is_whole == (done == needed)


def test_a_lesson_that_asks_nothing_any_more_can_be_completed():
    share = share_of(CompletedBy.CHECKS, {}, given())
    assert (share.is_whole, what_completes(CompletedBy.CHECKS, share)) == (True, "")


def test_three_are_counted_in_words():
    assert what_completes("checks", Share(1, 3)) == "Complete when you have answered all 3 knowledge checks: 1 of 3."


@pytest.mark.parametrize(
    ("on", "months", "last"),
    [
        (date(2026, 3, 1), 0, None),
        (date(2026, 3, 1), 12, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 12, 31), 12, date(2024, 12, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_a_signature_counts_until_the_same_day_of_a_later_month(on, months, last):
    assert valid_until(on, months) == last
    assert renews_from(on, months) == (last - timedelta(days=30) if last else None)


@pytest.mark.parametrize(
    ("sha256", "months", "today", "may"),
    [
        ("same", 0, date(2040, 1, 1), False),
        ("other", 0, date(2026, 3, 2), True),
        ("same", 12, date(2027, 1, 29), False),
        ("same", 12, date(2027, 1, 30), True),
        ("same", 12, date(2027, 3, 2), True),
    ],
)
def test_it_is_signed_again_when_the_text_changed_or_it_lapses_soon(sha256, months, today, may):
    signed = Signed("same", "A", date(2026, 3, 1))
    assert may_sign(signed, sha256, months=months, today=today) is may
    assert may_sign(None, sha256, months=months, today=today)


@pytest.mark.parametrize(
    ("right", "chosen", "word", "words"),
    [
        ("a", "a", "Right", ""),
        ("a", "b", "Not quite", "See what it overlooks, then answer again if you like."),
        ("ab", "a", "Right so far", "One more answer is right."),
        ("abc", "a", "Right so far", "2 more answers are right."),
        ("ab", "ab", "Right", ""),
        ("ab", "abc", "Not quite", "See what it overlooks, then answer again if you like."),
    ],
)
def test_an_answer_is_judged_kindly(right, chosen, word, words):
    found = verdict(frozen_check(right=right, options="abcd"), frozenset(chosen))
    assert (found["word"], found["words"]) == (word, words)


# Answering -----------------------------------------------------------------------------------------------------------


def test_the_first_answer_and_the_latest_are_kept_in_one_row(cast):
    enrolment, item = make_asking(cast, [frozen_check(right="ab", options="abcd")])
    answer(enrolment, item, "c", at=datetime(2026, 1, 7, tzinfo=UTC))
    answer(enrolment, item, "d")
    answer(enrolment, item, "b", "a", "a")
    row = CheckAnswer.objects.get()
    assert (row.first_chosen, row.first_at, row.chosen, row.is_right, row.times) == (
        "c",
        datetime(2026, 1, 7, tzinfo=UTC),
        "a,b",
        True,
        3,
    )


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ((), "Choose an answer first."),
        (("z",), "This question has changed"),
        (("a", "z"), "This question has changed"),
        (("a", "b"), "Choose one answer."),
        (("",), "This question has changed"),
        (("a\x00",), "This question has changed"),
    ],
)
def test_an_answer_that_is_none_is_refused(cast, chosen, sentence):
    enrolment, item = make_asking(cast, [frozen_check()])
    with pytest.raises(Refusal, match=sentence):
        answer(enrolment, item, *chosen)
    assert not CheckAnswer.objects.exists()


def test_a_block_that_is_not_in_the_lesson_or_asks_otherwise_is_refused(cast):
    enrolment, item = make_asking(cast, [frozen_check(), frozen_attestation()])
    for refused in (
        lambda: answer(enrolment, item, "a", block=THIRD),
        lambda: answer(enrolment, item, "a", block=SIGNED),
        lambda: sign(enrolment, item, block=FIRST),
        lambda: sign(enrolment, item, block=THIRD),
    ):
        with pytest.raises(Refusal, match="This lesson has changed since you opened the page"):
            refused()


BOTH = [frozen_check(), frozen_attestation()]


@pytest.mark.parametrize("name", ["other_trainee", "faculty", "director"])
def test_nobody_answers_or_signs_for_another(cast, name):
    enrolment, item = make_asking(cast, BOTH)
    by = getattr(cast, name)
    with pytest.raises(Refusal, match="Only the trainee herself"):
        answer_check(enrolment, item, block=UUID(FIRST), chosen=["a"], by=by)
    with pytest.raises(Refusal, match="Only the trainee herself"):
        sign_attestation(enrolment, item, block=UUID(SIGNED), name=str(by), by=by)


def test_a_lesson_of_another_edition_and_a_locked_one_are_refused(cast):
    enrolment, item = make_asking(cast, BOTH)
    other = make_item(make_edition(), blocks=BOTH)
    locked = make_item(item.edition, parent=item.parent, blocks=BOTH, gates={"after": [str(item.activity.key)]})
    for act in (lambda lesson: answer(enrolment, lesson, "a"), lambda lesson: sign(enrolment, lesson)):
        with pytest.raises(Refusal, match="not part of your edition"):
            act(other)
        with pytest.raises(Refusal, match=r"not open yet\. Opens when you have completed"):
            act(locked)


@pytest.mark.parametrize(
    ("rule", "state", "may", "completes"),
    [
        *[(rule, "active", True, rule != "read") for rule in CompletedBy.values],
        *[(rule, "completed", True, False) for rule in CompletedBy.values],
        *[(rule, state, False, False) for rule in CompletedBy.values for state in ("paused", "withdrawn")],
    ],
)
def test_who_may_answer_and_sign_and_what_it_completes(cast, rule, state, may, completes):
    enrolment, item = make_asking(cast, BOTH, rule=rule, state=state)
    acts = {"checks": [lambda: answer(enrolment, item, "b")], "attestation": [lambda: sign(enrolment, item)]}
    for act in acts.get(rule, acts["checks"] + acts["attestation"]):
        if may:
            act()
        else:
            with pytest.raises(Refusal, match="Your lessons are closed at present"):
                act()
    assert is_complete(enrolment, item) is completes


def test_a_lesson_completes_itself_with_the_last_check_right_or_not(cast):
    enrolment, item = make_asking(cast, [frozen_check(FIRST), frozen_check(SECOND)], rule="checks")
    answer(enrolment, item, "b")
    answer(enrolment, item, "a")
    assert not is_complete(enrolment, item)
    with pytest.raises(Refusal, match=r"completes itself\. Complete when you have answered both .*: 1 of 2"):
        complete_activity(enrolment, item, by=cast.trainee)
    at = datetime(2026, 1, 7, tzinfo=UTC)
    answer(enrolment, item, "c", block=SECOND, at=at)
    completion = Completion.objects.get()
    assert (completion.activity, completion.body, completion.completed_at) == (item.activity, item.body, at)


def test_answering_leaves_no_trace_when_it_is_rolled_back(cast):
    enrolment, item = make_asking(cast, [frozen_check()], rule="checks")
    rolled_back(lambda: answer(enrolment, item, "a"))
    assert (CheckAnswer.objects.count(), Completion.objects.count()) == (0, 0)


def test_the_database_keeps_the_first_answer(cast):
    enrolment, item = make_asking(cast, [frozen_check()])
    answer(enrolment, item, "b")
    for change in (
        lambda: CheckAnswer.objects.update(first_chosen="a"),
        lambda: CheckAnswer.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# Corrections ----------------------------------------------------------------------------------------------------------


def test_a_correction_with_another_check_undoes_no_completion(cast):
    enrolment, item = make_asking(cast, [frozen_check(FIRST)], rule="checks")
    answer(enrolment, item, "a")
    correct(item, [frozen_check(SECOND)], cast)
    assert is_complete(enrolment, item)
    words = text_of(cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/"))
    assert ("You have completed this lesson" in words, "Complete when" in words) == (True, False)


def test_a_correction_that_takes_away_what_was_left_opens_the_way(cast):
    enrolment, item = make_asking(cast, [frozen_check(FIRST), frozen_check(SECOND)], rule="checks")
    answer(enrolment, item, "a")
    new = correct(item, [frozen_check(FIRST)], cast)
    page = cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/")
    send_form(cast.client("trainee"), page, "Mark as complete and go on")
    assert Completion.objects.get().body == new


def test_a_correction_with_one_more_check_waits_for_that_one(cast):
    enrolment, item = make_asking(cast, [frozen_check(FIRST), frozen_check(SECOND)], rule="checks")
    answer(enrolment, item, "a")
    correct(item, [frozen_check(FIRST), frozen_check(SECOND), frozen_check(THIRD)], cast)
    answer(enrolment, item, "a", block=SECOND)
    assert not is_complete(enrolment, item)
    answer(enrolment, item, "a", block=THIRD)
    assert is_complete(enrolment, item)


def test_an_answer_to_a_question_that_has_changed_counts_and_is_not_judged(cast):
    enrolment, item = make_asking(cast, [frozen_check(options="abcd")])
    answer(enrolment, item, "d")
    correct(item, [frozen_check(options="abc")], cast)
    page = cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/")
    assert "This question has changed since you answered it" in text_of(page)
    assert "Feedback" not in page.content.decode()


# Signing -------------------------------------------------------------------------------------------------------------


def test_a_signature_holds_the_text_its_fingerprint_and_the_name(cast):
    confirm(cast.trainee, "Ada Lovelace")
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation")
    signed = sign(enrolment, item, name="  ada   LOVELACE ")
    facts = (signed.name, signed.statement, signed.sha256, signed.body, signed.key, str(signed.block))
    assert facts == (
        "Ada Lovelace",
        STATEMENT,
        frozen_attestation()["sha256_of_text"],
        item.body,
        "touch-agreement",
        SIGNED,
    )
    entry = AuditEntry.objects.get(action="learning.attestation.signed")
    assert (entry.data["name"], entry.data["sha256"]) == ("Ada Lovelace", signed.sha256)
    assert is_complete(enrolment, item)


def test_she_may_sign_with_the_name_shown_on_the_site_as_well(cast):
    confirm(cast.trainee, "Ada Lovelace")
    enrolment, item = make_asking(cast, [frozen_attestation()])
    assert sign(enrolment, item, name=cast.trainee.display_name).name == cast.trainee.display_name


@pytest.mark.parametrize("name", ["", "x", "Ada Lovelac", "Ada Lovelace Byron"])
def test_another_name_does_not_sign(cast, name):
    confirm(cast.trainee, "Ada Lovelace")
    enrolment, item = make_asking(cast, [frozen_attestation()])
    with pytest.raises(Refusal, match="type your name as it stands here: Ada Lovelace"):
        sign_attestation(enrolment, item, block=UUID(SIGNED), name=name, by=cast.trainee)
    assert not SignedAttestation.objects.exists()


def test_a_name_that_she_has_not_confirmed_does_not_sign(cast):
    cast.trainee.legal_name = "Ada Lovelace"
    cast.trainee.save()
    enrolment, item = make_asking(cast, [frozen_attestation()])
    with pytest.raises(Refusal, match="type your name"):
        sign(enrolment, item, name="Ada Lovelace")


def test_signing_twice_gives_the_first_signature(cast):
    enrolment, item = make_asking(cast, [frozen_attestation()], months=12)
    assert sign(enrolment, item) == sign(enrolment, item)
    assert AuditEntry.objects.filter(action="learning.attestation.signed").count() == 1


@pytest.mark.parametrize(("months", "days", "rows"), [(12, 300, 1), (12, 340, 2), (12, 500, 2), (0, 500, 1)])
@pytest.mark.parametrize("state", ["active", "completed"])
def test_it_is_renewed_in_a_row_of_its_own_near_the_end_of_its_time(cast, months, days, rows, state):
    enrolment, item = make_asking(cast, [frozen_attestation()], months=months, state=state)
    sign(enrolment, item, at=timezone.now() - timedelta(days=days))
    sign(enrolment, item)
    assert SignedAttestation.objects.count() == rows


def test_a_changed_text_may_be_signed_anew_and_the_old_signature_counts(cast):
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation")
    old = sign(enrolment, item)
    correct(item, [frozen_attestation(html="<p>Other words.</p>")], cast)
    page = cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/")
    assert "The text has changed since you signed it" in text_of(page)
    new = sign(enrolment, item)
    assert (old.statement, new.statement) == (STATEMENT, "<p>Other words.</p>")


def test_a_signature_outlives_its_block_by_its_key(cast):
    """An author who deletes an attestation and writes it anew keeps its key."""
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation")
    sign(enrolment, item)
    correct(item, [frozen_attestation(block=SECOND)], cast)
    assert "You have completed this lesson" in text_of(
        cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/")
    )
    assert sign(enrolment, item, block=SECOND) == SignedAttestation.objects.get()


def test_the_database_keeps_signatures(cast):
    enrolment, item = make_asking(cast, [frozen_attestation()])
    sign(enrolment, item)
    for change in (
        lambda: SignedAttestation.objects.update(name="x"),
        lambda: SignedAttestation.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# Races ---------------------------------------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_answer_the_last_two_checks_at_once_complete_the_lesson(cast):
    enrolment, item = make_asking(cast, [frozen_check(FIRST), frozen_check(SECOND)], rule="checks")
    at_once(2, lambda number: answer(enrolment, item, "a", block=(FIRST, SECOND)[number]))
    assert (CheckAnswer.objects.count(), Completion.objects.count()) == (2, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_five_tabs_that_sign_at_once_sign_once(cast):
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation")
    outcomes = at_once(5, lambda number: sign(enrolment, item).pk)
    assert set(outcomes) == {SignedAttestation.objects.get().pk}
    assert Completion.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_three_tabs_sign_three_times(cast, monkeypatch):
    """The control: all have looked before any has written."""
    enrolment, item = make_asking(cast, [frozen_attestation()])
    looked = threading.Barrier(3)

    def look(*args, **kwargs):
        looked.wait(timeout=30)
        return may_sign(*args, **kwargs)

    monkeypatch.setattr(actions, "may_sign", look)
    unguarded = sign_attestation.__wrapped__  # no transaction, so that nothing is held while the others look
    monkeypatch.setattr(actions, "_lock", lambda enrolment, item, by: enrolment)
    monkeypatch.setattr(actions, "record", lambda *args, **kwargs: None)
    at_once(3, lambda number: unguarded(enrolment, item, block=UUID(SIGNED), name=str(cast.trainee), by=cast.trainee))
    assert SignedAttestation.objects.count() == 3


# Pages ---------------------------------------------------------------------------------------------------------------


def url(enrolment, item, *parts) -> str:
    return "/".join(["/learn", str(enrolment.pk), item.slug, *parts, ""])


@pytest.fixture
def client(cast):
    return cast.client("trainee")


@pytest.mark.parametrize("right", ["a", "ab"])
def test_no_page_tells_the_answer_before_it_is_given(cast, client, right):
    enrolment, item = make_asking(cast, [frozen_check(right=right)])
    pages = [client.get(url(enrolment, item)), post(client, url(enrolment, item, "check", FIRST))]
    assert [page.status_code for page in pages] == [200, 422]
    for page in pages:
        html = page.content.decode()
        assert all(f"Option {name}" in html for name in "abc")
        options = html.split('class="answers"')[1].split("</fieldset>")[0]
        assert not [word for word in ("Feedback", "data-state", "Right", "Not right", "checked") if word in options]


def test_answering_without_javascript_leads_back_to_the_question_with_its_feedback_alone(cast, client):
    enrolment, item = make_asking(cast, [frozen_check(right="a")])
    page = client.get(url(enrolment, item))
    answer = send_form(client, page, "Check my answer", choice="b")
    assert answer.redirect_chain == [(f"{url(enrolment, item)}#block-{FIRST}", 302)]
    words = text_of(answer)
    assert all(part in words for part in ("Not right. Feedback b.", "Not quite", "Answer again"))
    assert not [part for part in ("Feedback a.", "Feedback c.") if part in words]
    again = text_of(send_form(client, answer, "Answer again", choice="a"))
    assert all(part in again for part in ("Right. Feedback a.", "Your first answer, on", ": Option b"))


def test_several_answers_are_ticked(cast, client):
    enrolment, item = make_asking(cast, [frozen_check(right="ab")])
    page = client.get(url(enrolment, item))
    assert ('type="checkbox"' in page.content.decode(), 'type="radio"' in page.content.decode()) == (True, False)
    post(client, url(enrolment, item, "check", FIRST), choice=["a", "b"])
    assert CheckAnswer.objects.get().is_right


def test_the_page_says_what_completes_it_and_that_it_is_complete(cast, client):
    enrolment, item = make_asking(cast, [frozen_check(FIRST), frozen_check(SECOND)], rule="checks")
    page = client.get(url(enrolment, item))
    assert "Complete when you have answered both knowledge checks: 0 of 2." in text_of(page)
    assert "Mark as complete" not in text_of(page)
    post(client, url(enrolment, item, "check", FIRST), choice="a")
    assert "1 of 2." in text_of(client.get(url(enrolment, item)))
    post(client, url(enrolment, item, "check", SECOND), choice="a")
    assert "You have completed this lesson" in text_of(client.get(url(enrolment, item)))


def test_marking_such_a_lesson_as_complete_is_refused_on_the_page(cast, client):
    enrolment, item = make_asking(cast, [frozen_check()], rule="checks")
    page = post(client, url(enrolment, item, "complete"))
    assert page.status_code == 409
    assert "This lesson completes itself. Complete when you have answered the knowledge check." in text_of(page)


def test_signing_on_the_page_shows_the_signature(cast, client):
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation", months=12)
    page = client.get(url(enrolment, item))
    name = str(cast.trainee)
    wrong = send_form(client, page, "Sign the touch-agreement", name="Somebody")
    assert (wrong.status_code, f"type your name as it stands here: {name}" in text_of(wrong)) == (422, True)
    assert 'value="Somebody"' in wrong.content.decode()
    done = text_of(send_form(client, wrong, "Sign the touch-agreement", name=name))
    assert f"{name} signed the touch-agreement on" in done
    assert all(part in done for part in ("It counts until", "you can renew it from", "You have completed this lesson"))
    assert "Your name" not in done


def test_a_signature_that_has_lapsed_is_asked_for_again(cast, client):
    enrolment, item = make_asking(cast, [frozen_attestation()], rule="attestation", months=12)
    sign(enrolment, item, at=timezone.now() - timedelta(days=400))
    page = client.get(url(enrolment, item))
    assert all(part in text_of(page) for part in ("Lapsed", "It counted until", "You have completed this lesson"))
    send_form(client, page, "Sign again: the touch-agreement", name=str(cast.trainee))
    assert SignedAttestation.objects.count() == 2


def test_a_form_that_is_sent_twice_acts_once(cast, client):
    enrolment, item = make_asking(cast, BOTH)
    key = "6c1f0b0e-64e2-4a37-9d0f-5a8c4f9d1a11"
    for _ in range(2):
        assert post(client, url(enrolment, item, "check", FIRST), form_key=key, choice="a").status_code == 302
    assert CheckAnswer.objects.get().times == 1


@pytest.mark.parametrize("name", ["other_trainee", "supervisor", "faculty", "director", "registrar"])
def test_nobody_else_finds_the_forms(cast, name):
    enrolment, item = make_asking(cast, BOTH)
    client = cast.client(name)
    assert post(client, url(enrolment, item, "check", FIRST), choice="a").status_code == 404
    assert post(client, url(enrolment, item, "attestation", SIGNED), name="x").status_code == 404
    assert (CheckAnswer.objects.count(), SignedAttestation.objects.count()) == (0, 0)


def test_what_is_gone_from_the_lesson_is_refused_on_a_page_of_its_own(cast, client):
    enrolment, item = make_asking(cast, BOTH)
    for answer in (
        post(client, url(enrolment, item, "check", THIRD), choice="a"),
        post(client, url(enrolment, item, "attestation", THIRD), name="x"),
    ):
        assert (answer.status_code, "This lesson has changed" in text_of(answer)) == (409, True)
    assert post(client, url(enrolment, item, "check", "nonsense"), choice="a").status_code == 404


@pytest.mark.parametrize("state", ["paused", "withdrawn"])
def test_a_closed_enrolment_refuses_both_forms(cast, client, state):
    enrolment, item = make_asking(cast, BOTH, state=state)
    assert post(client, url(enrolment, item, "check", FIRST), choice="a").status_code == 409
    assert post(client, url(enrolment, item, "attestation", SIGNED), name=str(cast.trainee)).status_code == 409


@pytest.mark.parametrize("checks", [0, 1, 3])
def test_a_lesson_asks_the_database_as_much_whatever_it_asks_of_its_reader(cast, client, checks):
    blocks = [frozen_check(block) for block in (FIRST, SECOND, THIRD)[:checks]] + [frozen_attestation()] * bool(checks)
    enrolment, item = make_asking(cast, blocks, rule="checks" if checks else "read", months=12)
    for block in blocks[:-1]:
        answer(enrolment, item, "b", block=block["id"])
    if checks:
        sign(enrolment, item)
    client.get(url(enrolment, item))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(url(enrolment, item))
    assert (page.status_code, len(captured)) == (200, 3)


def test_a_row_of_each_database_is_read_alike():
    row = {"block": FIRST.replace("-", ""), "chosen": "a", "is_right": 1, "times": 2, "first_chosen": "b"}
    berlin = ZoneInfo("Europe/Berlin")
    moments = (
        "2026-03-01 23:30:00.000001",
        "2026-03-01T23:30:00.000001+00:00",
        datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    )
    found = [given_in([row | {"first_at": moment}], [], berlin).answers[FIRST].first_on for moment in moments]
    assert found == [date(2026, 3, 2)] * 3


def test_staff_who_look_as_a_trainee_see_the_forms_and_cannot_send_them(cast):
    enrolment, item = make_asking(cast, BOTH, rule="checks")
    page = cast.client("director").get(f"/desk/cohorts/{enrolment.cohort_id}/as-trainee/{item.slug}/")
    html, words = page.content.decode(), text_of(page)
    assert all(part in words for part in ("Option a", "the trainee’s own name", "Complete when you have answered"))
    assert (html.count("<form inert"), "Feedback" in html) == (2, False)


# Home ----------------------------------------------------------------------------------------------------------------


def renewals(client) -> list[tuple[str, str]]:
    page = lxml.html.fromstring(client.get("/home/").content.decode())
    links = page.xpath("//a[contains(@href, '/learn/') and contains(@href, '#block-')]")
    return [(" ".join(link.text_content().split()), link.get("href")) for link in links]


@pytest.mark.parametrize(
    ("months", "days", "state", "asks"),
    [
        (12, 100, "active", False),
        (12, 320, "active", False),
        (12, 340, "active", True),
        (12, 500, "active", True),
        (12, 500, "completed", False),
        (12, 500, "paused", False),
        (0, 500, "active", False),
    ],
)
def test_home_asks_for_a_renewal_where_it_is_due(cast, client, months, days, state, asks):
    enrolment, item = make_asking(cast, [frozen_attestation()], months=months)
    sign(enrolment, item, at=timezone.now() - timedelta(days=days))
    enrolment.state = state
    enrolment.save()
    words = text_of(client.get("/home/"))
    assert ("Renew your signature under the touch-agreement" in words) is asks
    assert [address for _, address in renewals(client)] == [f"{url(enrolment, item)}#block-{SIGNED}"] * asks


def test_home_asks_nothing_of_whoever_never_signed_or_signed_anew(cast, client):
    enrolment, item = make_asking(cast, [frozen_attestation()], months=12)
    assert renewals(client) == []
    sign(enrolment, item, at=timezone.now() - timedelta(days=500))
    sign(enrolment, item)
    assert renewals(client) == []


def test_home_costs_one_query_more_for_whoever_signed_long_ago_and_none_for_others(cast, client):
    enrolment, item = make_asking(cast, [frozen_attestation()], months=12)

    def queries() -> int:
        client.get("/home/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/home/").status_code == 200
        return len(captured)

    found = [queries()]
    for days in (340, 0):
        sign(enrolment, item, at=timezone.now() - timedelta(days=days))
        found.append(queries())
    assert [number - found[0] for number in found] == [0, 1, 1]
    other, lesson = make_asking(cast, [frozen_attestation()], months=12)
    assert other.person == enrolment.person
    sign(other, lesson, at=timezone.now() - timedelta(days=340))
    assert queries() - found[0] == 1
