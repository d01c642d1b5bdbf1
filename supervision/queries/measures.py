"""What the rules of practice measure an entry with: the standard's rules, training completed, the supervisor's papers."""

from collections.abc import Sequence
from datetime import date, datetime

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

KINDS = {DocumentKind.LICENCE: Qualification.LICENCE, DocumentKind.BLS: Qualification.BLS}
ROLES = {
    Role.SUPERVISOR: Approver.SITE_SUPERVISOR,
    Role.FACULTY: Approver.FACULTY,
    Role.DIRECTOR: Approver.DIRECTOR,
}


def practice_of(enrolment: Enrolment) -> PracticeRules:
    """The rules of practice of the trainee's pinned standard."""
    return definition_of(enrolment.standard_version).practice


def training_of(enrolment: Enrolment, lessons: Sequence[Lesson]) -> tuple[tuple[str, datetime | None], ...]:
    """What has to be completed first, with when it was. A module is complete with the last of its lessons."""
    activities = dict(Activity.objects.filter(key__in=[one.key for one in lessons]).values_list("key", "pk"))
    by_key = {str(key): pk for key, pk in activities.items()}
    done = dict(Completion.objects.filter(enrolment=enrolment).values_list("activity_id", "completed_at"))
    outline = edition_outline(enrolment.edition)
    found = []
    for lesson in lessons:
        item = outline.by_activity(by_key.get(lesson.key, 0))
        if item is None:  # not in her edition: nobody can be asked for it
            continue
        asked = [item.activity_id]
        if item.kind == ActivityKind.MODULE:
            asked = [one.activity_id for one in outline.lessons_of(item)]
        when = [done.get(activity) for activity in asked]
        found.append((lesson.title, max(when) if when and all(when) else None))
    return tuple(found)


def qualifications_on(supervisor: User | None, day: date) -> frozenset[str]:
    """What of her papers had not run out on a day, as she recorded them; of nobody without an account any is known."""
    if supervisor is None:
        return frozenset()
    kinds = ProfessionalDocument.objects.filter(person=supervisor, expires_on__gte=day, kind__in=KINDS)
    return frozenset(KINDS[DocumentKind(kind)].value for kind in kinds.values_list("kind", flat=True))


def approves_as(supervisor: User | None, enrolment: Enrolment, day: date) -> frozenset[str]:
    """As what she may approve entries of this trainee: by her roles now, and as consultant by her papers on the day. Without an
    account she is the site's supervisor and nothing else."""
    if supervisor is None:
        return frozenset({Approver.SITE_SUPERVISOR.value})
    where = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    found = {approver.value for role, approver in ROLES.items() if has_role(supervisor, role, **where)}
    if Qualification.CONSULTANT in qualifications_on(supervisor, day):
        found.add(Approver.CONSULTANT.value)
    return frozenset(found)
