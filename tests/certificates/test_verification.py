"""The verification page: the word first, then facts, checks, what it is not. Uniform for whatever is not found."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.actions.status import resign_status_lists
from certificates.codes import new_code
from certificates.enums import CredentialState
from certificates.models import Credential, StatusList
from certificates.presentation import present
from certificates.queries.credentials import Examination, examine, headline
from certificates.signing.check import Outcome, Verdict
from lms.enums import ReasonClass
from lms.web import limits
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client()


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_valid_certificate_says_valid_first_then_the_facts(visitor, credential):
    response = visitor.get(credential.get_absolute_url())
    page = text_of(response)
    assert response.status_code == 200
    order = [
        "<span>Valid</span>",
        "Zoë Ångström-Núñez",
        "Hours at the award",
        "How this was checked",
        "What this is not",
    ]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)
    for fact in (
        "KAP Practitioner Certificate, version 1",
        "Psychologist",
        "61 h 30 min",
        "In dosing sessions",
        "18 h 30 min",
    ):
        assert fact in page
    assert "not a licence" in page
    assert "To report a concern" in page
    assert page.count("<span>Verified</span>") == 2
    assert "Demonstration" not in page


def test_the_page_shows_nothing_that_is_not_public(visitor, credential, cast):
    page = text_of(visitor.get(credential.get_absolute_url()))
    for private in (cast.trainee.email, cast.director.email, cast.trainee.display_name):
        assert private not in page


def test_every_fact_equals_the_snapshot_even_after_people_and_programs_change(visitor, credential, cast):
    before = text_of(visitor.get(credential.get_absolute_url()))
    cast.trainee.legal_name = cast.trainee.display_name = "Another Name"
    cast.trainee.save()
    program = credential.achievement.program
    program.title = "Renamed Program"
    program.save()
    after = text_of(visitor.get(credential.get_absolute_url()))
    assert "Renamed" not in after
    assert "Another Name" not in after
    assert after.split("Awarded to")[1].split("How this")[0] == before.split("Awarded to")[1].split("How this")[0]


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code}  "])
def test_the_code_may_be_typed_in_any_of_the_usual_ways(visitor, credential, change):
    response = visitor.get("/verify/", {"code": change(credential.shown_code)})
    assert response.status_code == 200
    assert "<span>Valid</span>" in text_of(response)


def test_the_empty_page_offers_the_field(visitor):
    page = text_of(visitor.get("/verify/"))
    assert 'name="code"' in page
    assert 'name="robots" content="noindex"' in page


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 500])
def test_what_the_field_cannot_hold_is_said_beside_it(visitor, typed):
    response = visitor.get("/verify/", {"code": typed})
    assert response.status_code == 422
    assert 'id="verify-error"' in text_of(response)


def test_unknown_malformed_and_odd_codes_give_the_same_page(visitor, credential):
    pages = {
        text_of(visitor.get(path)).split('class="record"')[1].split("</main>")[0]
        for path in (
            f"/verify/{new_code()}/",
            "/verify/abc/",
            "/verify/%00/",
            "/verify/%F0%9F%98%80/",
            f"/verify/{'A' * 500}/",
            f"/verify/?code={new_code()}",
            "/verify/?code=abc",
        )
    }
    assert len(pages) == 1
    assert "<span>Not found</span>" in pages.pop()
    assert visitor.get("/verify/abc/").status_code == 404


def test_neither_answer_is_indexed_or_kept(visitor, credential):
    for path in (credential.get_absolute_url(), "/verify/abc/"):
        response = visitor.get(path)
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "no-store"


def test_guessing_codes_ends_after_thirty_a_minute(visitor, credential, minute):
    assert {visitor.get(f"/verify/{new_code()}/").status_code for _ in range(30)} == {404}
    assert visitor.get(credential.get_absolute_url()).status_code == 429
    assert visitor.get("/verify/", {"code": credential.code}).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get(credential.get_absolute_url()).status_code == 200
    minute.pass_()
    assert visitor.get(credential.get_absolute_url()).status_code == 200


def test_those_who_ask_at_once_share_one_minute(rf, monkeypatch):
    """All of them have read the same count before any has written: still no number is given twice."""
    monkeypatch.setattr(limits.cache, "get", lambda *args: 0)
    asked = [limits.is_within_limit(rf.get("/verify/"), "at-once", per_minute=3) for _ in range(5)]
    assert asked == [True, True, True, False, False]


def test_only_reading_is_possible(visitor, credential):
    """At the address of a code; `/verify/` itself takes a file, see test_files.py."""
    assert visitor.post(credential.get_absolute_url()).status_code == 405


def test_revoking_flips_the_page_and_the_list_at_once(visitor, credential, cast):
    request = request_revocation(
        credential, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, why="The licence on file had lapsed."
    )
    assert "<span>Valid</span>" in text_of(visitor.get(credential.get_absolute_url()))
    confirm_revocation(request, by=cast.second_director)
    page = text_of(visitor.get(credential.get_absolute_url()))
    assert "<span>Revoked</span>" in page
    assert page.count("<span>Genuine, revoked</span>") == 2
    assert "It says nothing about conduct" in page
    assert "since " in page
    assert "lapsed." not in page
    credential.status_list.refresh_from_db()
    assert examine(Credential.objects.with_names().get()).document.outcome == Outcome.REVOKED


def test_altered_stored_bytes_are_never_called_valid(visitor, credential):
    """The page verifies what is stored; a row changed behind its back does not fool it."""
    tampered = json.loads(credential.signed_json)
    tampered["credentialSubject"]["name"] = "Somebody Else"
    credential.signed_json = json.dumps(tampered)
    assert examine(credential).document.outcome == Outcome.ALTERED
    assert examine(credential).holds is False


def test_an_outdated_status_list_is_not_believed_until_it_is_signed_anew(visitor, credential, after_a_week_of_silence):
    page = text_of(visitor.get(credential.get_absolute_url()))
    assert "<span>Cannot be confirmed</span>" in page
    resign_status_lists()
    assert "<span>Valid</span>" in text_of(visitor.get(credential.get_absolute_url()))


@pytest.fixture
def after_a_week_of_silence(credential):
    """Eight days without a nightly run."""
    when = StatusList.objects.get().valid_until.timestamp() + 86400
    with time_machine.travel(when, tick=False):
        yield


def test_expiry_follows_from_the_term_and_is_no_state(credential):
    credential.valid_until = credential.conferred_at + timedelta(days=365)
    last = credential.valid_until - timedelta(seconds=1)
    assert [credential.is_expired(last), credential.is_expired(credential.valid_until)] == [False, True]
    found = Examination(Verdict(Outcome.EXPIRED), Verdict(Outcome.EXPIRED), credential.valid_until)
    assert headline(credential, found) == "expired"
    assert present(credential, found).word == "Expired"


@pytest.mark.parametrize(
    ("state", "word"), [(CredentialState.SUSPENDED, "Suspended"), (CredentialState.SUPERSEDED, "Superseded")]
)
def test_other_states_have_their_word(visitor, credential, state, word):
    Credential.objects.filter(pk=credential.pk).update(state=state)
    resign_status_lists()
    page = text_of(visitor.get(credential.get_absolute_url()))
    assert f"<span>{word}</span>" in page
    assert page.count("<span>Genuine, revoked</span>") == 2


def test_a_superseded_one_reveals_no_name(visitor, credential):
    Credential.objects.filter(pk=credential.pk).update(state=CredentialState.SUPERSEDED)
    assert "Ångström" not in text_of(visitor.get(credential.get_absolute_url()))


def test_a_demonstration_says_so_on_the_page(visitor, cast, settings, credential):
    settings.DEMO = True
    shown = make_credential(cast.other_trainee, by=cast.director)
    page = text_of(visitor.get(shown.get_absolute_url()))
    assert "This certificate is a demonstration." in page
    assert "Demonstration: KAP Practitioner Certificate" in page


def test_the_page_costs_a_fixed_number_of_queries(visitor, credential, django_assert_num_queries):
    visitor.get(credential.get_absolute_url())
    with django_assert_num_queries(4):
        visitor.get(credential.get_absolute_url())
