"""Status lists stay young: signed nightly, watched by /readyz, and never believed when old."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from certificates import checks
from certificates.actions.status import VALID_FOR, resign_status_lists, warn_of_old_lists
from certificates.demo import confer_graduate
from certificates.models import Credential, StatusList
from lms.accounts.enums import Role
from lms.accounts.queries import people_with_role
from lms.audit.models import AuditEntry
from lms.demo.registry import Demo
from lms.jobs.registry import nightly_steps, watches
from lms.notices.models import Notice

pytestmark = pytest.mark.django_db


def signed(number=1):
    row = StatusList.objects.get(number=number)
    return row, json.loads(row.signed_json)


def test_signing_anew_moves_the_term_and_keeps_the_bits(credential):
    row, before = signed()
    with time_machine.travel(row.signed_at + timedelta(days=1), tick=False):
        assert resign_status_lists() == 1
    later, after = signed()
    assert later.signed_at == row.signed_at + timedelta(days=1)
    assert later.valid_until - later.signed_at == VALID_FOR
    assert after["credentialSubject"] == before["credentialSubject"]
    assert (before["validFrom"] < after["validFrom"], before["validUntil"] < after["validUntil"]) == (True, True)


def test_each_signing_of_the_night_is_audited_as_the_systems_own(credential):
    resign_status_lists()
    entries = AuditEntry.objects.filter(action="certificates.status_list.signed")
    assert [(entry.actor, entry.data) for entry in entries] == [(None, {"number": 1})]


def test_the_nightly_run_signs_the_lists(credential):
    step = dict(nightly_steps())["sign the status lists anew"]
    assert step() == 1
    assert AuditEntry.objects.filter(action="certificates.status_list.signed").count() == 1


def test_the_command_says_how_many_it_signed(credential):
    out = StringIO()
    call_command("sign_status_lists", stdout=out)
    assert out.getvalue() == "signed 1 status list(s)\n"


@pytest.mark.parametrize(("age", "is_fresh"), [(timedelta(days=2), True), (timedelta(days=2, seconds=1), False)])
def test_readiness_complains_after_two_days_without_a_signature(credential, age, is_fresh):
    row, _ = signed()
    with time_machine.travel(row.signed_at + age, tick=False):
        complaint = checks.status_lists_are_fresh()
    assert complaint == ("" if is_fresh else f"status list 1 was last signed on {row.signed_at:%Y-%m-%d}")


def test_readyz_names_the_old_list(credential):
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        answer = Client().get("/readyz")
    assert "was last signed on" in answer.json()["checks"]["status lists"]
    assert answer.status_code == 503


def test_the_demonstration_confers_once_and_freshens_an_old_list(cast, enrolment):
    demo = Demo(people={"director": cast.director}, things={"enrolments": {"graduate": enrolment}})
    confer_graduate(demo)
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        confer_graduate(demo)
        assert checks.status_lists_are_fresh() == ""
    assert demo.things["credential"] == Credential.objects.get()


# Telling the directors ----------------------------------------------------------------------------------------------


def told():
    return list(Notice.objects.filter(key__startswith="status-list-").order_by("pk"))


def test_each_director_is_told_once_that_a_list_grows_old(cast, credential):
    row, _ = signed()
    with time_machine.travel(row.signed_at + timedelta(days=2, seconds=1), tick=False):
        assert [warn_of_old_lists() for _ in range(3)] == [1, 1, 1]
    assert {notice.person for notice in told()} == set(people_with_role(Role.DIRECTOR))
    assert len(told()) == people_with_role(Role.DIRECTOR).count() > 0
    assert f"{row.valid_until:%Y-%m-%d}" in told()[0].text


def test_nobody_is_told_while_the_lists_are_young(cast, credential):
    row, _ = signed()
    with time_machine.travel(row.signed_at + timedelta(days=2), tick=False):
        assert warn_of_old_lists() == 0
    assert told() == []


def test_a_list_that_was_signed_and_grows_old_again_is_told_again(cast, credential):
    directors = people_with_role(Role.DIRECTOR).count()
    for days in (3, 6):
        row, _ = signed()
        with time_machine.travel(row.signed_at + timedelta(days=days), tick=False):
            warn_of_old_lists()
            resign_status_lists()
    assert len(told()) == 2 * directors


def test_the_nightly_round_and_the_worker_both_watch_the_lists():
    path = "certificates.actions.status.warn_of_old_lists"
    assert path in dict(watches()).values()
    assert "warn of old status lists" in dict(nightly_steps())
