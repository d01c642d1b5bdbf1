"""What stands between an enrolment and its credential. The same list is shown on the desk and enforced by `confer`."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse

from certificates.enums import CredentialState
from certificates.models import Credential, CredentialMove
from certificates.queries.credentials import enrolments_for_director
from certificates.queries.keys import is_ready_to_sign
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.standards.enums import SATISFIED
from courses.standing.engine import Standing, standing_for, standings_for
from courses.standing.queries import open_holds
from lms.accounts.models import User
from lms.accounts.queries import has_barrier
from lms.enums import ReasonClass

CONFERRABLE_STATES = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)


@dataclass(frozen=True)
class Blocker:
    """One open gate: the sentence a director reads, and where to go next."""

    sentence: str
    next_step: tuple[str, str] | None = None


def standing_under_lock(enrolment: Enrolment) -> Standing:
    """The standing at this instant with its evidence, asked after the enrolment's row was locked."""
    return standing_for(enrolment, detail=True)


def blockers(enrolment: Enrolment, standing: Standing, *, by: User) -> list[Blocker]:
    """Every open gate, in a fixed order; none means that `by` may confer now."""
    return [*_people(enrolment, by), *_state(enrolment), *_requirements(enrolment, standing), *_holds(enrolment)]


def _people(enrolment: Enrolment, by: User) -> Iterable[Blocker]:
    if by.pk == enrolment.person_id or has_barrier(by, enrolment.person_id):
        yield Blocker("You cannot confer this credential. Please ask another director.")
    if not enrolment.person.has_confirmed_legal_name:
        yield Blocker(
            f"{enrolment.person} has not confirmed the name that will stand in the signed certificate. "
            "That takes a minute on the profile page.",
        )
    if not is_ready_to_sign():
        yield Blocker("There are no signing keys yet. Whoever runs this site makes them with create_signing_keys.")


def _state(enrolment: Enrolment) -> Iterable[Blocker]:
    if enrolment.state not in CONFERRABLE_STATES:
        yield Blocker(
            f"The enrolment is {enrolment.get_state_display().lower()}. Make it active first.",
            ("Open the enrolment", reverse("desk_enrolment", args=[enrolment.pk])),
        )
    if _was_taken_away(enrolment):
        yield Blocker("This credential was revoked. It can be conferred again only after an error of the institute.")


def _requirements(enrolment: Enrolment, standing: Standing) -> Iterable[Blocker]:
    open_titles = [result.title for result in standing.results if result.state not in SATISFIED]
    if open_titles or not standing.is_complete:
        yield Blocker(
            "Not every requirement is met: " + "; ".join(open_titles or ["the standard has none"]) + ".",
            ("Open the standing", reverse("standing", args=[enrolment.pk])),
        )


def _holds(enrolment: Enrolment) -> Iterable[Blocker]:
    if open_holds(enrolment).exists():
        yield Blocker(
            "A hold is open on this enrolment. It has to be lifted first.",
            ("Open the enrolment", reverse("desk_enrolment", args=[enrolment.pk])),
        )


def _was_taken_away(enrolment: Enrolment) -> bool:
    """Whether a credential for the same standard was revoked for another reason than the issuer's own error."""
    revoked = CredentialMove.objects.filter(
        new=CredentialState.REVOKED,
        credential__person=enrolment.person_id,
        credential__achievement__standard_version=enrolment.standard_version_id,
    )
    return revoked.exclude(reason_class=ReasonClass.ISSUER_ERROR).exists()


@dataclass(frozen=True)
class Candidate:
    """An enrolment on the desk, with how far it is."""

    enrolment: Enrolment
    is_ready: bool
    done: int
    total: int


def awaiting_conferral(user: User) -> models.QuerySet[Enrolment]:
    """Enrolments of the programs this person directs that may still lead to a credential, oldest first."""
    live = Credential.objects.live().filter(
        person=OuterRef("person"), achievement__standard_version=OuterRef("standard_version")
    )
    rows = enrolments_for_director(user).filter(~Exists(live), state__in=CONFERRABLE_STATES)
    return rows.order_by("enrolled_on", "id")


def candidates(enrolments: Iterable[Enrolment]) -> list[Candidate]:
    """Their standings, in a fixed number of queries; those who meet every requirement come first."""
    standings = standings_for(list(enrolments))
    found = [_candidate(enrolment, standings[enrolment.pk]) for enrolment in enrolments]
    return sorted(found, key=lambda candidate: not candidate.is_ready)


def live_credential_of(enrolment: Enrolment) -> Credential | None:
    return (
        Credential.objects.live()
        .filter(person=enrolment.person_id, achievement__standard_version=enrolment.standard_version_id)
        .first()
    )


def _candidate(enrolment: Enrolment, standing: Standing) -> Candidate:
    done = sum(result.state in SATISFIED for result in standing.results)
    return Candidate(enrolment, standing.is_complete, done, len(standing.results))
