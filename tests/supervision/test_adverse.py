"""An adverse event: told at once in neutral words, acknowledged within a day, else told to every director."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.actions import raise_barrier
from lms.errors import IllegalMove, Refusal
from lms.institute.models import InstituteSettings
from lms.notices.models import Notice
from lms.web.worklist import work_for
from supervision.actions.adverse import acknowledge_alert, escalate_alerts, set_responder
from supervision.actions.practice import edit_log
from supervision.models import AdverseAlert
from supervision.queries.adverse import responder_for
from tests.factories.supervision import make_draft, make_visit
from tests.web import post

DETAIL = "The client fainted."


def report(placement):
    return make_draft(placement, adverse_event=True, reflection=DETAIL).alert


def told(alert):
    return {notice.person for notice in Notice.objects.filter(key__startswith=f"adverse-{alert.pk}-")}


def test_the_first_director_is_told_at_once_without_a_word_of_what_happened(cast, placement):
    alert = report(placement)
    assert (alert.responder, told(alert)) == (cast.director, {cast.director})
    assert alert.due_at - alert.raised_at == pytest.approx(timedelta(hours=24), abs=timedelta(seconds=5))
    [notice] = Notice.objects.filter(key__startswith="adverse-")
    assert "adverse" not in (notice.subject + notice.text).lower()
    assert DETAIL not in notice.subject + notice.text
    assert work_for(cast.director)[0].title == "1 entry waits for your acknowledgement"


def test_one_alert_for_each_entry_however_often_it_is_changed(cast, placement):
    log = make_draft(placement)
    assert not AdverseAlert.objects.exists()
    for yes in (True, False, True):
        visit = make_visit(on=log.on, adverse_event=yes)
        log = edit_log(log, visit, placement=placement, by=cast.trainee, version=log.version)
    assert (AdverseAlert.objects.count(), Notice.objects.filter(key__startswith="adverse-").count()) == (1, 1)


def test_whom_the_program_has_set_is_told_first(cast, placement):
    set_responder(placement.enrolment.program, person=cast.faculty, by=cast.director)
    assert report(placement).responder == cast.faculty
    with pytest.raises(Refusal, match="Only a director"):
        set_responder(placement.enrolment.program, person=cast.trainee, by=cast.supervisor)


def test_nobody_behind_a_barrier_is_told(cast, placement):
    set_responder(placement.enrolment.program, person=cast.faculty, by=cast.director)
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="They are related.")
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="They are related.")
    assert responder_for(placement.enrolment) == cast.second_director


def test_the_responder_or_a_director_acknowledges_it_once(cast, placement):
    alert = report(placement)
    for stranger in ("trainee", "other_trainee", "supervisor", "faculty", "registrar"):
        with pytest.raises(Refusal):
            acknowledge_alert(alert, by=getattr(cast, stranger))
    acknowledge_alert(alert, by=cast.second_director)
    with pytest.raises(IllegalMove):
        acknowledge_alert(alert, by=cast.director)
    assert told(alert) == {cast.director, cast.trainee}
    assert work_for(cast.director) == work_for(cast.second_director)


@pytest.mark.parametrize(("hours", "is_late"), [(23.9, False), (24, True)])
def test_after_a_day_every_director_is_told_once(cast, placement, a_day_in_november, hours, is_late):
    alert = report(placement)
    a_day_in_november.shift(timedelta(hours=hours))
    assert (escalate_alerts(), escalate_alerts()) == (int(is_late), 0)
    alert.refresh_from_db()
    assert bool(alert.escalated_at) == is_late
    assert told(alert) == ({cast.director, cast.second_director} if is_late else {cast.director})


def test_what_was_acknowledged_in_time_is_not_told_further(cast, placement, a_day_in_november):
    alert = acknowledge_alert(report(placement), by=cast.director)
    a_day_in_november.shift(timedelta(days=2))
    assert escalate_alerts() == 0
    assert AdverseAlert.objects.get(pk=alert.pk).escalated_at is None


def test_the_trainee_reads_what_to_do_whom_to_call_and_how_it_stands(cast, placement):
    InstituteSettings.objects.update_or_create(
        pk=1,
        defaults={"adverse_instructions": "Stay with the client.", "emergency_contacts": "Medical director, 555 0100"},
    )
    alert = report(placement)

    def page():
        return cast.client("trainee").get(reverse("practice_detail", args=[alert.log_id])).content.decode()

    assert "Stay with the client." in page()
    assert "Medical director, 555 0100" in page()
    assert "Waiting for acknowledgement" in page()
    director = cast.client("director")
    assert "Acknowledge" in director.get(reverse("desk_adverse")).content.decode()
    assert post(director, reverse("desk_adverse_acknowledge", args=[alert.pk])).status_code == 302
    assert f"Acknowledged by {cast.director}" in page()
    assert timezone.now() > AdverseAlert.objects.get().acknowledged_at


def test_the_desk_is_set_by_a_director_and_takes_a_fixed_number_of_queries(cast, placement, django_assert_num_queries):
    director = cast.client("director")
    address = reverse("desk_adverse")
    program = placement.enrolment.program
    answer = post(director, address, program=program.pk, person=cast.supervisor.pk)
    assert (answer.status_code, responder_for(placement.enrolment)) == (302, cast.supervisor)
    report(placement)
    director.get(address)
    with django_assert_num_queries(QUERIES):
        director.get(address)
    report(placement)
    report(placement)
    with django_assert_num_queries(QUERIES):
        director.get(address)


QUERIES = 12
