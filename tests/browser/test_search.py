"""A trainee looks for words in her lessons: with a mouse, by keyboard alone, and without scripts."""

from django.urls import reverse

from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment


def test_a_trainee_finds_words_and_reads_on_from_there(cast, person, kind):
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Safety")
    lesson = make_item(edition, parent=module, title="Watching the body", text="Read the cuff every ten minutes.")
    gates = {"after": [str(lesson.activity.key)]}
    make_item(edition, parent=module, title="A closed room", text="Another cuff.", gates=gates)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_outline", args=[enrolment.pk]))
    trainee.fill(q="zebra")
    trainee.press("Search")
    trainee.reads("Nothing found")
    trainee.fill(q="cuff")
    trainee.press("Search")
    trainee.reads("1 place")
    trainee.reads("Read the cuff every ten minutes.")
    trainee.reads("Lessons that are not open to you yet are not searched.")
    trainee.press("Watching the body")
    trainee.reads("Watching the body says this.")
