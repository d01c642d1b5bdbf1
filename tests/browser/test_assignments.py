"""An assignment in the browser: handed in, returned with a reason, handed in again, accepted, and done in the outline."""

from django.urls import reverse
from playwright.sync_api import expect

from assessments.enums import SubmissionState
from assessments.models import Submission
from tests.factories.assignments import make_assignment
from tests.factories.curriculum import make_edition, make_module
from tests.factories.enrolment import grant_faculty, make_enrolment

TITLE = "Write a page on touch"
FIRST = "One hand on the back of her hand, for a minute, when she says so."
SECOND = FIRST + " She ends it by raising a palm."
REASON = "The stop that needs no words is missing."


def test_a_text_is_handed_in_returned_handed_in_again_and_accepted(cast, person, kind):
    edition = make_edition()
    module = make_module(edition, lessons=1, title="Ethics of touch")
    make_assignment(edition, parent=module, title=TITLE, words_most=200)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    grant_faculty(cast.faculty, enrolment.cohort)
    trainee, faculty = person(kind), person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_outline", args=[enrolment.pk]))
    trainee.press(TITLE)
    trainee.fill(text="A first thought")
    trainee.press("Save the draft")
    trainee.reads("Your draft is saved.")
    trainee.press("Hand it in")
    trainee.reads("The faculty of your cohort read it.")

    faculty.sign_in(cast.faculty.email)
    faculty.go(reverse("desk_assignments"))
    faculty.press("Read what Trainee handed in")
    faculty.reads("A first thought")
    faculty.press("Return it with this reason")
    faculty.reads("This field is required.")
    faculty.fill(reason=REASON)
    faculty.press("Return it with this reason")
    faculty.reads("Nothing waits")
    faculty.press("Decided")
    faculty.reads("Returned")

    trainee.go(reverse("learn_outline", args=[enrolment.pk]))
    trainee.press(TITLE)
    trainee.reads(REASON)
    trainee.fill(text=SECOND)
    trainee.press("Hand it in")
    trainee.reads("Handed in")

    faculty.go(reverse("desk_assignments"))
    faculty.press("Read what Trainee handed in")
    faculty.reads(SECOND)
    faculty.press("Accept it")
    faculty.reads("The assignment of Trainee is accepted.")
    faculty.press("Decided")
    faculty.press("Read what Trainee handed in")
    faculty.reads(SECOND)

    trainee.go(reverse("learn_outline", args=[enrolment.pk]))
    line = trainee.page.get_by_role("row", name=TITLE)
    expect(line).to_contain_text("Done")
    trainee.press(TITLE)
    trainee.reads("There is nothing more to do here.")
    assert Submission.objects.get().state == SubmissionState.ACCEPTED
