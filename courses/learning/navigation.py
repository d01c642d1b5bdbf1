"""What learning adds to the navigation and to the work list of the home page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from courses.curriculum.enums import ActivityKind
from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import Situation, is_trainee, own_enrolments_with_facts, situations_of
from courses.enrolment.rules import can_read_edition, title_of_state, words_of_closed
from courses.learning.queries import Glance, glance_at, yearly_attestations
from courses.learning.requirements import AttestationSigned, AttestationSignedConfig
from courses.learning.requirements.attestation_signed import AttestationFacts, judge_attestation, last_day
from courses.learning.rules import can_complete
from courses.standards.contract import Subject
from lms.web.navigation import NavItem
from lms.web.templatetags.ui import day
from lms.web.worklist import Asker, WorkItem


def entries(request) -> Iterator[NavItem]:
    if is_trainee(request.user):
        yield NavItem("Learn", "learn", 20)


def work(asker: Asker) -> Iterator[WorkItem]:
    """The lesson to go on with, in every program that she is active in."""
    for enrolment in _own(asker):
        if can_complete(enrolment):
            yield _next_of(enrolment, glance_at(enrolment))


def renewals(asker: Asker) -> Iterator[WorkItem]:
    """Signatures that lapse within 30 days or have lapsed, where she may sign. One query for those who signed long ago."""
    if not asker.facts["has_old_signature"]:
        return
    active = [enrolment for enrolment in _own(asker) if can_complete(enrolment)]
    yearly = {enrolment.pk: yearly_attestations(enrolment.standard_version_id) for enrolment in active}
    subjects = {
        enrolment.pk: Subject(enrolment.person_id, enrolment.pk, enrolment.edition_id)
        for enrolment in active
        if yearly[enrolment.pk]
    }
    configs = [config for found in yearly.values() for config in found]
    gathered = AttestationSigned().gather(configs, list(subjects.values()), timezone.now()) if subjects else {}
    for pk, subject in subjects.items():
        for config in yearly[pk]:
            yield from _renewal(config, gathered[subject])


def _renewal(config: AttestationSignedConfig, facts: AttestationFacts) -> Iterator[WorkItem]:
    """What was never signed is no renewal: the lesson asks for it in its place."""
    result = judge_attestation(config, facts)
    if not (result.counted or result.excluded):
        return
    last = result.valid_until or last_day(config, facts)
    for step in result.next_steps:
        words = f"It counts until {day(last)}." if result.valid_until else f"It counted until {day(last)}."
        yield WorkItem(step.label, step.url, detail=words, action="Sign again", tone="due", due=last, order=55)


def enrolments(asker: Asker) -> Iterator[WorkItem]:
    """How each enrolment of this person stands and until when she has time; one that was begun anew is not named."""
    own = _own(asker)
    begun_anew = {enrolment.program_id for enrolment in own if enrolment.state in OPEN_STATES}
    situations = situations_of(own)
    for enrolment in own:
        situation = situations[enrolment.pk]
        if enrolment.state in OPEN_STATES or enrolment.program_id not in begun_anew:
            yield from _standing_of(enrolment, situation)
        if enrolment.unseen_move:
            yield _look_at_changes(enrolment)
        if enrolment.unseen_correction:
            yield _look_at_corrections(enrolment)


def _own(asker: Asker) -> list[Enrolment]:
    return asker.once(own_enrolments_with_facts) if is_trainee(asker.user) else []


def _standing_of(enrolment: Enrolment, situation: Situation) -> Iterator[WorkItem]:
    url = reverse("learn_outline", args=[enrolment.pk])
    if not can_read_edition(enrolment):
        words = words_of_closed(situation.state, situation.since, situation.finish_by)
        tone = "waiting" if enrolment.state in OPEN_STATES else "info"
        title = f"{title_of_state(situation.state)}: {situation.program}"
        yield WorkItem(title, url, detail=words, action="See what stays open", tone=tone, order=10)
    elif enrolment.state in OPEN_STATES and situation.finish_by:
        yield WorkItem(f"Finish {situation.program}", url, due=situation.finish_by, tone="info", order=10)


def _look_at_changes(enrolment: Enrolment) -> WorkItem:
    return WorkItem(
        title=f"{enrolment.program} follows edition {enrolment.edition.number} now",
        url=reverse("learn_changes", args=[enrolment.pk]),
        detail="What you have completed stays completed.",
        action="See what changed",
        tone="info",
        order=20,
    )


def _look_at_corrections(enrolment: Enrolment) -> WorkItem:
    return WorkItem(
        title=f"A text of {enrolment.program} that you completed has been corrected",
        url=reverse("learn_corrections", args=[enrolment.pk]),
        detail="What you have completed stays completed.",
        action="See what was corrected",
        tone="info",
        order=15,
    )


def _next_of(enrolment: Enrolment, seen: Glance) -> WorkItem:
    if seen.next is None or seen.next.kind != ActivityKind.LESSON:
        return _look_at_outline(enrolment, seen)
    is_begun = seen.next.activity_id == seen.reading
    return WorkItem(
        title=f"{seen.module.title}: {seen.next.title}",
        url=reverse("learn_item", args=[enrolment.pk, seen.next.slug]),
        detail=f"{seen.lessons_done} of {seen.lessons} lessons done.",
        action="Go on reading" if is_begun else "Read this lesson",
        tone="next",
        order=50,
    )


def _look_at_outline(enrolment: Enrolment, seen: Glance) -> WorkItem:
    return WorkItem(
        title=f"Your lessons in {enrolment.program}",
        url=reverse("learn_outline", args=[enrolment.pk]),
        detail=f"{seen.lessons_done} of {seen.lessons} lessons done.",
        action="Open the outline",
        tone="info",
    )
