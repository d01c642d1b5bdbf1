"""What the home page asks of a supervisor and of a trainee."""

from lms.accounts.actions import raise_barrier
from lms.web.worklist import WorkItem, asker_of
from supervision.queries.practice import approved_hours_of
from supervision.queries.work import work_for_supervisor, work_for_trainee
from tests.factories.supervision import make_approved, make_draft, make_returned, make_submitted


def test_a_supervisor_is_told_how_many_entries_wait(cast, placement):
    assert work_for_supervisor(asker_of(cast.supervisor)) == []
    make_submitted(placement)
    assert [item.title for item in work_for_supervisor(asker_of(cast.supervisor))] == ["1 entry waits for your review"]
    make_submitted(placement)
    assert work_for_supervisor(asker_of(cast.supervisor)) == [
        WorkItem("2 entries wait for your review", "/review/", action="Open the queue", tone="next")
    ]
    assert work_for_supervisor(asker_of(cast.other_supervisor)) == work_for_supervisor(asker_of(cast.trainee)) == []
    raise_barrier(cast.supervisor, cast.trainee, by=cast.director, reason="x")
    assert work_for_supervisor(asker_of(cast.supervisor)) == []


def test_a_trainee_reads_the_reason_of_a_return_at_once(cast, placement):
    log = make_returned(placement, reason="The dosing role is missing.")
    make_draft(placement)
    assert work_for_trainee(asker_of(cast.trainee)) == [
        WorkItem(
            "Returned to you: The dosing role is missing.",
            f"/practice/{log.pk}/",
            detail=f"Visit of {log.on.day} {log.on:%b %Y}",
            action="Put it right",
            tone="due",
        ),
        WorkItem("1 practice entry is not sent yet", "/practice/", action="Open your log", tone="info"),
    ]
    assert work_for_trainee(asker_of(cast.other_trainee)) == []


def test_the_work_list_takes_few_queries_however_long_the_log(cast, placement, django_assert_num_queries):
    for _ in range(4):
        make_returned(placement)
    with django_assert_num_queries(2):
        assert len(work_for_trainee(asker_of(cast.trainee))) == 3


def test_the_cohorts_page_shows_approved_hours(placement, django_assert_num_queries):
    make_approved(placement, segments=(("dosing", 90),))
    make_submitted(placement)
    with django_assert_num_queries(1):
        assert approved_hours_of([placement.enrolment]) == {placement.enrolment_id: "1 h 30 min practice"}
