"""The workflow Curriculum review: faculty write, a program director approves. All of it through the CMS itself."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from wagtail.models import Comment, GroupApprovalTask, Page, Task, Workflow, WorkflowPage, WorkflowState

from courses.curriculum.models import HomePage, LessonPage
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from tests.courses.curriculum.editing import comment_on, press, text_body
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.web import text_of

REVIEW = import_module("courses.curriculum.migrations.0003_curriculum_review")
CHANGED = "<p>Stay near, and say so.</p>"


@pytest.fixture
def faculty(cast):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    mail.outbox.clear()
    return cast.client("faculty")


@pytest.fixture
def director(cast):
    return cast.client("director")


@pytest.fixture
def submitted(pages, faculty):
    """A lesson whose changed text faculty have sent for review."""
    press(faculty, pages.lesson, "action-submit", body=text_body(CHANGED))
    return LessonPage.objects.get(pk=pages.lesson.pk)


def act(client, page, name: str, **data):
    state = page.current_workflow_task_state
    return client.post(f"/cms/pages/workflow/action/{page.pk}/{name}/{state.pk}/", data)


def text_in(page) -> str:
    return re.sub(r' data-block-key="\w+"', "", page.body[0].value.source)


def live_text(page) -> str:
    return text_in(LessonPage.objects.get(pk=page.pk))


# What the migration made ---------------------------------------------------------------------------------------------


def test_every_page_of_the_curriculum_is_under_review_by_program_directors(pages):
    workflow = Workflow.objects.get(name="Curriculum review")
    home = HomePage.objects.get()
    new = make_lesson_page(make_module_page(make_program_page()))
    assert [page.get_workflow() for page in (home, pages.program, pages.module, pages.lesson, new)] == [workflow] * 5
    task = workflow.tasks.get().specific
    assert [group.name for group in task.groups.all()] == ["Program directors"]


def test_the_workflow_can_be_taken_away_and_set_up_again(pages):
    REVIEW.take_review_away(apps, None)
    assert (Workflow.objects.filter(name=REVIEW.NAME).exists(), Task.objects.filter(name=REVIEW.TASK).exists()) == (
        False,
        False,
    )
    Group.objects.filter(name="Program directors").delete()
    for _ in range(2):
        REVIEW.set_up_review(apps, None)
    assert LessonPage.objects.get(pk=pages.lesson.pk).get_workflow().name == REVIEW.NAME
    assert GroupApprovalTask.objects.get(name=REVIEW.TASK).groups.get().name == "Program directors"


def test_taking_it_away_keeps_what_was_reviewed(submitted, director):
    act(director, submitted, "approve")
    REVIEW.take_review_away(apps, None)
    assert WorkflowState.objects.get(object_id=str(submitted.pk)).workflow.active is False
    assert not WorkflowPage.objects.filter(workflow__name=REVIEW.NAME).exists()
    REVIEW.set_up_review(apps, None)
    assert Page.objects.get(pk=submitted.pk).get_workflow().name == REVIEW.NAME


# Faculty, and the director -------------------------------------------------------------------------------------------


def test_a_submitted_lesson_waits_on_the_directors_home_and_nothing_is_published(submitted, director, faculty):
    assert live_text(submitted) == "<p>Stay near.</p>"
    assert "Awaiting your review" in text_of(director.get("/cms/"))
    assert "In the room" in text_of(director.get("/cms/"))
    assert "Awaiting your review" not in text_of(faculty.get("/cms/"))


def test_a_director_comments_asks_for_changes_and_approves(submitted, director, faculty):
    answer = press(
        director, submitted, "action-save", body=text_body(CHANGED), comments=comment_on("body", "Name the source.")
    )
    assert answer.context["page"].has_unpublished_changes
    comment = Comment.objects.get(page=submitted)
    assert (comment.text, comment.user.email) == ("Name the source.", "director@example.org")
    act(director, submitted, "reject", comment="Say who stays.")
    assert submitted.current_workflow_state.status == "needs_changes"
    told = faculty.get(f"/cms/pages/{submitted.pk}/workflow_history/detail/{submitted.current_workflow_state.pk}/")
    assert "Say who stays." in text_of(told)
    press(faculty, submitted, "action-submit", body=text_body("<p>The therapist stays near.</p>"))
    assert live_text(submitted) == "<p>Stay near.</p>"
    act(director, LessonPage.objects.get(pk=submitted.pk), "approve", comment="")
    assert live_text(submitted) == "<p>The therapist stays near.</p>"


def test_a_director_approves_from_the_editor(submitted, director):
    press(director, submitted, "action-workflow-action", **{"workflow-action-name": "approve"}, body=text_body(CHANGED))
    assert live_text(submitted) == CHANGED


def test_mails_go_to_those_who_must_act_and_say_nothing_on_a_lock_screen(submitted, director, cast):
    to_directors = {(message.to[0], message.subject) for message in mail.outbox}
    subject = "A page is ready for your review"
    assert to_directors == {("director@example.org", subject), ("second_director@example.org", subject)}
    assert f"/cms/pages/{submitted.pk}/edit/" in mail.outbox[0].body
    assert mail.outbox[0].body.startswith("Hello ")
    mail.outbox.clear()
    act(director, submitted, "reject", comment="Say who stays & where.")
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        ("faculty@example.org", "A page that you wrote needs changes")
    ]
    assert "Director asks for changes in “In the room”." in mail.outbox[0].body
    assert "Say who stays & where." in mail.outbox[0].body


def test_an_approval_is_told_to_the_author(submitted, director):
    mail.outbox.clear()
    act(director, submitted, "approve")
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        ("faculty@example.org", "A page that you wrote has been approved")
    ]


def test_comments_are_told_to_the_author(pages, faculty, director):
    press(
        faculty,
        pages.lesson,
        "action-save",
        comments=comment_on("objectives", "Which?"),
        comment_notifications="on",
    )
    press(director, pages.lesson, "action-save", comments=comment_on("objectives", "The first two."))
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        ("faculty@example.org", "There are comments on a page of yours")
    ]
    assert "- The first two." in mail.outbox[0].body


def test_a_mail_server_that_is_away_keeps_nobody_from_submitting(pages, faculty, settings):
    settings.EMAIL_BACKEND = "tests.lms.notices.test_outbox.BrokenBackend"
    press(faculty, pages.lesson, "action-submit", body=text_body(CHANGED))
    assert LessonPage.objects.get(pk=pages.lesson.pk).workflow_in_progress


# No way around it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["action-publish", "action-save"])
def test_faculty_cannot_publish_from_the_editor(pages, faculty, button):
    press(faculty, pages.lesson, button, body=text_body(CHANGED))
    assert live_text(pages.lesson) == "<p>Stay near.</p>"


def test_faculty_cannot_schedule_publishing(pages, faculty):
    press(faculty, pages.lesson, "action-publish", body=text_body(CHANGED), go_live_at="2020-01-01 00:00")
    call_command("publish_scheduled")
    lesson = LessonPage.objects.get(pk=pages.lesson.pk)
    assert (live_text(lesson), lesson.go_live_at, lesson.approved_schedule) == ("<p>Stay near.</p>", None, False)


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_faculty_cannot_approve_their_own_page(submitted, faculty, name):
    answer = act(faculty, submitted, name)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/cms/"
    assert live_text(submitted) == "<p>Stay near.</p>"
    assert submitted.workflow_in_progress


def test_faculty_cannot_publish_in_bulk_unpublish_or_delete(pages, faculty):
    draft = make_lesson_page(pages.module, title="Draft", slug="draft", live=False)
    draft.save_revision()
    faculty.post(f"/cms/bulk/wagtailcore/page/publish/?id={draft.pk}", {"include_descendants": "on"})
    faculty.post(f"/cms/pages/{pages.lesson.pk}/unpublish/")
    faculty.post(f"/cms/pages/{pages.lesson.pk}/delete/")
    faculty.post(f"/cms/bulk/wagtailcore/page/unpublish/?id={pages.lesson.pk}")
    assert [page.live for page in LessonPage.objects.order_by("pk")] == [True, False]


def test_faculty_cannot_make_a_live_copy_or_an_alias(pages, faculty):
    for number, choice in enumerate(("publish_copies", "alias")):
        data = {"new_title": "x", "new_slug": f"x-{number}", "new_parent_page": pages.module.pk, choice: "on"}
        faculty.post(f"/cms/pages/{pages.lesson.pk}/copy/", data)
    assert list(LessonPage.objects.filter(live=True)) == [pages.lesson]


def test_what_is_in_review_is_closed_to_its_author(submitted, faculty):
    press(faculty, submitted, "action-save", body=text_body("<p>Behind the director's back.</p>"))
    assert text_in(submitted.get_latest_revision_as_object()) == CHANGED


# Locking -------------------------------------------------------------------------------------------------------------


def test_a_director_locks_a_page_and_faculty_cannot_change_it(pages, faculty, director):
    faculty.post(f"/cms/pages/{pages.lesson.pk}/lock/")
    assert not LessonPage.objects.get(pk=pages.lesson.pk).locked
    director.post(f"/cms/pages/{pages.lesson.pk}/lock/")
    assert LessonPage.objects.get(pk=pages.lesson.pk).locked
    press(faculty, pages.lesson, "action-save", body=text_body(CHANGED))
    assert LessonPage.objects.get(pk=pages.lesson.pk).get_latest_revision() is None
    director.post(f"/cms/pages/{pages.lesson.pk}/unlock/")
    press(faculty, pages.lesson, "action-save", body=text_body(CHANGED))
    assert LessonPage.objects.get(pk=pages.lesson.pk).has_unpublished_changes
