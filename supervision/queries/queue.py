"""A supervisor's queue: what of it is asked for, and what it can be asked by."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from courses.standards.models import StandardVersion
from lms.accounts.models import User
from lms.accounts.queries import without_barred
from supervision.models import PracticeLog
from supervision.queries.placement import categories_in
from supervision.queries.practice import full_logs, label_of, logs_to_review

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """By what the queue can be asked: whose entries wait, of which sites and categories."""

    trainees: Choices
    sites: Choices
    categories: Choices


def offered_by(user: User) -> Offered:
    """Only what waits now. Two queries, however much waits."""
    columns = ("enrolment__person", "placement__site", "placement__site__name", "category_key")
    columns += ("enrolment__standard_version", "enrolment__person__display_name", "enrolment__person__email")
    rows = list(logs_to_review(user).order_by().values_list(*columns).distinct())
    versions = StandardVersion.objects.defer("data").in_bulk({row[4] for row in rows})
    categories = {pk: categories_in(version) for pk, version in versions.items()}
    return Offered(
        trainees=_sorted({person: name or email for person, *_, name, email in rows}),
        sites=_sorted({site: name for _, site, name, *_ in rows}),
        categories=_sorted({key: label_of(key, categories[version]) for *_, key, version, _, _ in rows}),
    )


def _sorted(labels: dict) -> Choices:
    return sorted(((str(key), label) for key, label in labels.items()), key=lambda pair: (pair[1].casefold(), pair[0]))


def queue_of(user: User, *, trainee: str = "", site: str = "", category: str = "") -> QuerySet[PracticeLog]:
    """What waits for her, oldest first, of one trainee, site or category if asked for."""
    wanted = {"enrolment__person": trainee, "placement__site": site, "category_key": category}
    return logs_to_review(user).filter(**{column: value for column, value in wanted.items() if value})


def logs_reviewed_by(user: User) -> QuerySet[PracticeLog]:
    """Entries that are hers to decide about, in whatever state they are by now; nobody behind a barrier."""
    own = Q(placement__supervisor__person=user, placement__covered_by=None) | Q(placement__covered_by__person=user)
    hers = full_logs().filter(Q(own, reviewer=None) | Q(reviewer=user))
    return without_barred(hers.exclude(enrolment__person=user), user, person="enrolment__person")
