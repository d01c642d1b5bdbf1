"""A trainee goes through her outline: with a mouse, by keyboard alone, and without scripts."""

from django.urls import reverse

from tests.factories.assessments import make_quiz
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment


def test_a_trainee_goes_from_her_outline_through_what_is_open_to_what_it_opens(cast, person, kind):
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Safety")
    first = make_item(edition, parent=module, title="Watching the body")
    make_quiz(edition, parent=module, title="What you watch for")
    gates = {"after": [str(first.activity.key)]}
    make_item(edition, parent=module, title="Two sitters", gates=gates)
    make_item(edition, parent=make_module(edition, lessons=0, title="Dates"), title="Later", gates={"on": "2126-11-05"})
    outline = reverse("learn_outline", args=[make_enrolment(cast.trainee, edition=edition).pk])
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(outline)
    trainee.reads("Opens when you have completed “Watching the body”.")
    trainee.reads("Opens on 5 Nov 2126.")
    assert not trainee.page.get_by_role("link", name="Two sitters").count()
    trainee.press("Watching the body")
    trainee.press("Mark as complete and go on")
    trainee.reads("“Watching the body” is complete.")
    trainee.go(outline)
    trainee.reads("1 of 3")
    trainee.press("What you watch for")
    trainee.reads("Read before you start.")
    trainee.go(outline)
    trainee.press("Two sitters")
    trainee.reads("Two sitters says this.")
    trainee.go(outline)
    trainee.press("Safety")
    trainee.reads("In this module")
