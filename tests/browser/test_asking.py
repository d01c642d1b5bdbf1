"""A lesson that asks: answered and signed with a mouse, by keyboard alone, and without scripts; every page is looked at."""

from django.urls import reverse

from courses.learning.models import CheckAnswer, Completion, SignedAttestation
from tests.factories.asking import FIRST, SIGNED, THIRD, frozen_attestation, frozen_check
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment


def test_a_trainee_answers_a_check_and_signs_an_attestation(cast, person, kind):
    edition = make_edition()
    text = {"type": "text", "id": THIRD, "html": "<h2>In the room</h2><p>Stay near.</p>"}
    blocks = [text, frozen_check(FIRST), frozen_attestation(SIGNED)]
    item = make_item(edition, parent=make_module(edition, lessons=0), blocks=blocks, completed_by="attestation")
    enrolment = make_enrolment(cast.trainee, edition=edition)
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_item", args=[enrolment.pk, item.slug]))
    trainee.reads("Complete when you have signed the attestation.")
    trainee.press("Check my answer")
    trainee.reads("Choose an answer first.")
    trainee.tick("choice", "b")
    trainee.press("Check my answer")
    trainee.reads("Feedback b.")
    trainee.fill(name="Somebody else")
    trainee.press("Sign the touch-agreement")
    trainee.reads("type your name as it stands here")
    trainee.fill(name=cast.trainee.display_name)
    trainee.press("Sign the touch-agreement")
    trainee.reads("You have completed this lesson")
    rows = (CheckAnswer.objects.get().chosen, SignedAttestation.objects.count(), Completion.objects.count())
    assert rows == ("b", 1, 1)
