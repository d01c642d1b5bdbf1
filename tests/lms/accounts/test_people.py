"""Barriers between people, the name on credentials, the profile, the terms."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from lms.accounts import actions
from lms.accounts.actions import (
    accept_terms,
    change_profile,
    confirm_legal_name,
    end_barrier,
    publish_terms,
    raise_barrier,
)
from lms.accounts.enums import Role
from lms.accounts.models import Barrier, TermsAcceptance, TermsVersion, User
from lms.accounts.queries import current_terms, has_accepted_current_terms, has_barrier, without_barred
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.cast import make_person
from tests.races import at_once, meeting
from tests.web import post

SECRET = "She reported him"


def audited(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action))


# Barriers -----------------------------------------------------------------------------------------------------------


def test_a_barrier_stands_between_two_people_both_ways_and_hides_them(cast):
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason=SECRET)
    assert has_barrier(cast.supervisor, cast.trainee)
    assert has_barrier(cast.trainee.pk, cast.supervisor.pk)
    assert not has_barrier(cast.supervisor, cast.other_trainee)
    everybody = User.objects.filter(pk__in=[cast.trainee.pk, cast.other_trainee.pk])
    assert list(without_barred(everybody, cast.supervisor, person="pk")) == [cast.other_trainee]
    assert list(without_barred(everybody, cast.other_supervisor, person="pk")) == [cast.trainee, cast.other_trainee]


def test_raising_the_same_barrier_again_gives_it_back(cast):
    first = raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason=SECRET)
    again = raise_barrier(cast.trainee, cast.supervisor, by=cast.second_director, reason="another")
    assert (again.pk, again.reason, len(audited("accounts.barrier.raised"))) == (first.pk, SECRET, 1)


def test_the_reason_of_a_barrier_stays_out_of_the_audit_trail(cast):
    barrier = raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason=SECRET)
    end_barrier(barrier, by=cast.director)
    raised, ended = audited("accounts.barrier.raised") + audited("accounts.barrier.ended")
    assert raised.data == {"people": sorted([cast.supervisor.pk, cast.trainee.pk])}
    assert ended.data == {}


def test_an_ended_barrier_stands_no_more_and_a_new_one_can_be_raised(cast):
    barrier = raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason=SECRET)
    end_barrier(barrier, by=cast.second_director)
    assert not has_barrier(cast.supervisor, cast.trainee)
    with pytest.raises(Refusal, match="already ended"):
        end_barrier(barrier, by=cast.second_director)
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason=SECRET)
    assert Barrier.objects.count() == 2


def test_nobody_ends_a_barrier_that_keeps_her_apart_from_somebody(cast):
    barrier = raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason=SECRET)
    with pytest.raises(Refusal, match="never ended by one of the two"):
        end_barrier(barrier, by=cast.director)
    assert has_barrier(cast.director, cast.trainee)


def test_a_barrier_needs_two_people(cast):
    with pytest.raises(Refusal, match="two different people"):
        raise_barrier(cast.trainee, cast.trainee, by=cast.director, reason=SECRET)
    with pytest.raises(IntegrityError), transaction.atomic():
        Barrier.objects.create(low=cast.other_trainee, high=cast.trainee, reason="", raised_by=cast.director)


# Names and profiles -------------------------------------------------------------------------------------------------


def test_the_holder_confirms_the_name_on_her_credentials(cast):
    client = cast.client("trainee")
    answer = post(client, reverse("legal_name_confirm"), legal_name="  Noor   al-Haddad ", confirm="on")
    assert (answer.status_code, answer.url) == (302, reverse("profile"))
    cast.trainee.refresh_from_db()
    assert (cast.trainee.legal_name, cast.trainee.has_confirmed_legal_name) == ("Noor al-Haddad", True)
    (entry,) = audited("accounts.name.confirmed")
    assert (entry.actor, entry.object_id, entry.data) == (cast.trainee, str(cast.trainee.pk), {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"legal_name": "   "}, "legal_name"),
        ({"legal_name": "x" * 201}, "legal_name"),
        ({"legal_name": "nul\x00l"}, "legal_name"),
        ({"legal_name": "Noor \u202edaddaH"}, "legal_name"),
        ({"legal_name": "\u200b\u200b"}, "legal_name"),
        ({"legal_name": "Noor\x1b[31m"}, "legal_name"),
        ({"confirm": ""}, "confirm"),
    ],
    ids=str,
)
def test_a_wrong_name_is_refused_beside_the_field_and_changes_nothing(cast, change, field):
    data = {"legal_name": "New Name", "confirm": "on"} | change
    answer = post(cast.client("trainee"), reverse("legal_name_confirm"), **data)
    assert (answer.status_code, list(answer.context["name_form"].errors)) == (422, [field])
    cast.trainee.refresh_from_db()
    assert (cast.trainee.legal_name, audited("accounts.name.confirmed")) == ("Trainee", [])


@pytest.mark.parametrize(
    "name", [" \t ", "a\u202eb", "\u2066Ada\u2069", "\u200b", "\ufeff", "...", "\ue000Ada", "A\x07"]
)
def test_a_name_that_nobody_can_read_as_it_is_signed_is_refused_by_the_acts_themselves(cast, name):
    with pytest.raises(Refusal):
        confirm_legal_name(cast.trainee, legal_name=name)
    with pytest.raises(Refusal):
        change_profile(cast.trainee, display_name=name, time_zone="UTC")


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "O’Brien-Łaskawiec, Jr.", "علی\u200cرضا", "क्\u200dष", "李𠮷", "María 2"]
)
def test_names_of_the_world_are_kept(cast, name):
    assert confirm_legal_name(cast.trainee, legal_name=name).legal_name == name


def test_a_name_is_one_line(cast):
    assert (
        change_profile(cast.trainee, display_name="Ada\r\nBcc: x@y.z", time_zone="UTC").display_name == "Ada Bcc: x@y.z"
    )


def test_a_name_is_not_confirmed_until_its_holder_has_done_so(cast):
    assert (cast.trainee.legal_name, cast.trainee.has_confirmed_legal_name) == ("Trainee", False)


def test_the_profile_is_changed_and_audited_by_the_names_of_its_fields(cast):
    post(cast.client("trainee"), reverse("profile_change"), display_name="Noor", time_zone="Asia/Kathmandu")
    cast.trainee.refresh_from_db()
    assert (cast.trainee.display_name, str(cast.trainee.zone)) == ("Noor", "Asia/Kathmandu")
    assert [entry.data for entry in audited("accounts.profile.changed")] == [{"fields": ["display_name", "time_zone"]}]


@pytest.mark.parametrize("change", [{"display_name": ""}, {"time_zone": "Nowhere"}, {"time_zone": "\x00"}], ids=str)
def test_a_wrong_profile_changes_nothing(cast, change):
    data = {"display_name": "Noor", "time_zone": "UTC"} | change
    assert post(cast.client("trainee"), reverse("profile_change"), **data).status_code == 422
    cast.trainee.refresh_from_db()
    assert (cast.trainee.display_name, audited("accounts.profile.changed")) == ("Trainee", [])


def test_dates_are_shown_in_the_readers_own_zone(cast):
    assert "Times are shown for" in cast.client("trainee").get("/profile/").content.decode()
    with time_machine.travel("2026-03-10 23:30:00Z"):
        cast.trainee.time_zone = "Asia/Tokyo"
        cast.trainee.save(update_fields=["time_zone"])
        confirm_legal_name(cast.trainee, legal_name="Trainee")
        assert "11 Mar 2026" in cast.client("trainee").get("/profile/").content.decode()


# Terms --------------------------------------------------------------------------------------------------------------


def test_new_terms_are_numbered_cleaned_and_audited(cast):
    version = publish_terms(html="<p>New</p><script>alert(1)</script>", by=cast.director)
    assert (version.number, version.html, current_terms()) == (2, "<p>New</p>", version)
    assert [(entry.actor, entry.data) for entry in audited("accounts.terms.published")] == [
        (cast.director, {"number": 2})
    ]


def test_everybody_is_asked_again_after_new_terms_and_let_through_once_they_are_accepted(cast):
    client = cast.client("trainee")
    assert client.get("/profile/").status_code == 200
    publish_terms(html="<p>Newer terms</p>", by=cast.director)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.get("/disputes/?page=2")
        assert (answer.status_code, answer.url) == (302, "/terms/accept/?next=%2Fdisputes%2F%3Fpage%3D2")
        assert "Newer terms" in client.get(answer.url).content.decode()
        answer = post(client, "/terms/accept/", accept="on", version="2", next="/disputes/?page=2")
        assert (answer.status_code, answer.url) == (302, "/disputes/?page=2")
        assert client.get("/disputes/").status_code == 200
    assert has_accepted_current_terms(cast.trainee)
    assert [entry.data for entry in audited("accounts.terms.accepted") if entry.actor == cast.trainee] == [
        {"version": 1},
        {"version": 2},
    ]


def test_a_new_sign_in_is_asked_at_once(cast):
    publish_terms(html="<p>x</p>", by=cast.director)
    assert cast.client("trainee").get("/home/").url == "/terms/accept/?next=%2Fhome%2F"


def test_terms_that_were_replaced_while_being_read_are_not_accepted(cast):
    publish_terms(html="<p>Second</p>", by=cast.director)
    client = cast.client("trainee")
    assert 'name="version" value="2"' in client.get("/terms/accept/").content.decode()
    publish_terms(html="<p>Third</p>", by=cast.director)
    answer = post(client, "/terms/accept/", accept="on", version="2")
    page = answer.content.decode()
    assert (answer.status_code, "have just been replaced" in page, "Third" in page) == (422, True, True)
    assert not has_accepted_current_terms(cast.trainee)


@pytest.mark.parametrize("data", [{"accept": ""}, {"version": ""}, {"version": "x"}, {"version": "-1"}], ids=str)
def test_terms_are_not_accepted_without_the_box_and_the_version(cast, data):
    publish_terms(html="<p>x</p>", by=cast.director)
    answer = post(cast.client("trainee"), "/terms/accept/", **({"accept": "on", "version": "2"} | data))
    assert (answer.status_code, has_accepted_current_terms(cast.trainee)) == (422, False)


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\x00", "", "http:x"],
)
def test_accepting_never_leads_to_another_host(cast, wanted):
    answer = post(cast.client("trainee"), "/terms/accept/", accept="on", version="1", next=wanted)
    assert answer.url == reverse("home")


def test_accepting_twice_is_one_acceptance(cast):
    accept_terms(cast.trainee)
    accept_terms(cast.trainee)
    assert TermsAcceptance.objects.filter(person=cast.trainee).count() == 1


@pytest.mark.parametrize("name", ["trainee", "supervisor", "faculty", "registrar"])
def test_only_a_director_publishes_terms(cast, name):
    client = cast.client(name)
    assert client.get("/desk/terms/").status_code == 403
    assert post(client, "/desk/terms/", html="<p>Mine</p>").status_code == 403
    assert TermsVersion.objects.count() == 1


def test_a_director_publishes_terms_by_the_form(cast):
    answer = post(cast.client("director"), "/desk/terms/", html="<p>Ours</p>")
    assert (answer.status_code, current_terms().html) == (302, "<p>Ours</p>")


def test_published_terms_are_never_changed(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsVersion.objects.update(html="<p>Other</p>")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_directors_publish_at_once_and_both_versions_stand(guarded, monkeypatch):
    """Without the lock the second takes the same number, which the unique constraint refuses."""
    directors = [make_person(name, role=Role.DIRECTOR) for name in ("a", "b", "c")]
    if not guarded:
        monkeypatch.setattr(actions, "publish_terms", publish_terms.__wrapped__)
        monkeypatch.setattr(TermsVersion.objects, "select_for_update", TermsVersion.objects.all)
        monkeypatch.setattr(actions, "clean_html", meeting(actions.clean_html, 3))
    results = at_once(3, lambda n: actions.publish_terms(html="<p>x</p>", by=directors[n]))
    numbers = list(TermsVersion.objects.order_by("number").values_list("number", flat=True))
    errors = [result for result in results if isinstance(result, IntegrityError)]
    assert ((numbers, errors) == ([1, 2, 3, 4], [])) is guarded
