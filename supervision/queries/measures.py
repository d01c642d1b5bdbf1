"""What the rules of practice measure an entry with: the standard's rules, training completed, the supervisor's papers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity
from courses.curriculum.queries import edition_outline
from courses.enrolment.models import Enrolment
from courses.learning.models import Completion
from courses.standards.enums import Approver, Qualification
from courses.standards.practice import Lesson, PracticeRules
from courses.standards.queries import definition_of
from lms.accounts.enums import DocumentKind, Role
from lms.accounts.models import ProfessionalDocument, User
from lms.accounts.queries import has_role
from supervision.models import SupervisorQualification

KINDS = {DocumentKind.LICENCE: Qualification.LICENCE, DocumentKind.BLS: Qualification.BLS}
ROLES = {
    Role.SUPERVISOR: Approver.SITE_SUPERVISOR,
    Role.FACULTY: Approver.FACULTY,
    Role.DIRECTOR: Approver.DIRECTOR,
}


def practice_of(enrolment: Enrolment) -> PracticeRules:
    """The rules of practice of the trainee's pinned standard."""
    return definition_of(enrolment.standard_version).practice


Training = tuple[tuple[str, datetime | None], ...]
COMPLETION = ("enrolment", "activity", "completed_at")


@dataclass(frozen=True)
class Papers:
    """What a supervisor holds, each with its last day; and from when to when one of them was found not to be valid."""

    held: set[tuple[Qualification, date]] = field(default_factory=set)
    lapsed: set[tuple[Qualification, date, date | None]] = field(default_factory=set)

    def note(
        self, kind: Qualification, last: date, lapse: str | None, began: date, ended: date | None, annulled
    ) -> None:
        self.held.add((kind, last))
        if lapse and annulled is None:
            self.lapsed.add((Qualification(lapse), began, ended))


LAPSE = ("kind", "began_on", "ended_on", "annulled_at")


def training_of(lessons: Mapping[Enrolment, Sequence[Lesson]]) -> dict[int, Training]:
    """By enrolment, what has to be completed first, with when it was. A module is complete with the last of its lessons.
    Three queries, however many enrolments ask for something."""
    if not lessons:
        return {}
    prefetch_related_objects(list(lessons), "edition")
    keys = {one.key for asked in lessons.values() for one in asked}
    by_key = {str(key): pk for key, pk in Activity.objects.filter(key__in=keys).values_list("key", "pk")}
    asked = {enrolment: _activities(enrolment, named, by_key) for enrolment, named in lessons.items()}
    wanted = {pk for rows in asked.values() for _, activities in rows for pk in activities}
    rows = Completion.objects.filter(enrolment__in=[one.pk for one in lessons], activity__in=wanted).order_by()
    done = {(enrolment, activity): at for enrolment, activity, at in rows.values_list(*COMPLETION)}
    return {
        enrolment.pk: tuple((title, _last([done.get((enrolment.pk, pk)) for pk in pks])) for title, pks in named)
        for enrolment, named in asked.items()
    }


def _activities(enrolment: Enrolment, lessons: Sequence[Lesson], by_key: dict[str, int]) -> list[tuple[str, list[int]]]:
    """What each of them is in her edition; what is not in it is asked of nobody."""
    outline, found = edition_outline(enrolment.edition), []
    for lesson in lessons:
        item = outline.by_activity(by_key.get(lesson.key, 0))
        if item is None:
            continue
        parts = outline.lessons_of(item) if item.kind == ActivityKind.MODULE else [item]
        found.append((lesson.title, [one.activity_id for one in parts]))
    return found


def _last(times: list[datetime | None]) -> datetime | None:
    return max(times) if times and all(times) else None


def papers_of(supervisors: Collection[int]) -> dict[int, Papers]:
    """By supervisor, her papers of the kinds that a standard may ask for, and their lapses. One query."""
    found = defaultdict(Papers)
    rows = ProfessionalDocument.objects.filter(person__in=supervisors, kind__in=KINDS, expires_on__isnull=False)
    lapses = [f"person__supervising__lapses__{name}" for name in LAPSE]
    columns = rows.order_by().values_list("person", "kind", "expires_on", *lapses) if supervisors else ()
    for person, kind, expires_on, *lapse in columns:
        found[person].note(KINDS[DocumentKind(kind)], expires_on, *lapse)
    return found


def verified_papers_of(supervisors: Collection[int]) -> dict[int, Papers]:
    """The same of supervisors without an account, by their row: what staff have verified. One query."""
    found = defaultdict(Papers)
    rows = SupervisorQualification.objects.filter(supervisor__in=supervisors, verified_at__isnull=False).order_by()
    lapses = [f"supervisor__lapses__{name}" for name in LAPSE]
    columns = rows.values_list("supervisor", "kind", "expires_on", *lapses) if supervisors else ()
    for supervisor, kind, expires_on, *lapse in columns:
        found[supervisor].note(Qualification(kind), expires_on, *lapse)
    return found


def qualifications_on(papers: Papers, day: date) -> frozenset[str]:
    """What of her papers had not run out on a day, and was not found to be without force then."""
    lapsed = {kind for kind, began, ended in papers.lapsed if began <= day and (ended is None or day <= ended)}
    return frozenset(kind.value for kind, last in papers.held if last >= day and kind not in lapsed)


def approves_as(supervisor: User | None, papers: Papers, enrolment: Enrolment, day: date) -> frozenset[str]:
    """As what she may approve entries of this trainee: by her roles now, and as consultant by her papers on the day. Without an
    account she is the site's supervisor."""
    found = {Approver.SITE_SUPERVISOR.value}
    if supervisor is not None:
        where = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
        found = {approver.value for role, approver in ROLES.items() if has_role(supervisor, role, **where)}
    if Qualification.CONSULTANT in qualifications_on(papers, day):
        found.add(Approver.CONSULTANT.value)
    return frozenset(found)
