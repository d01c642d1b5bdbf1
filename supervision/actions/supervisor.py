"""Who supervises: one row for each person who may sign, with an account or without one; and where."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from courses.standards.enums import Qualification
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role, roles_of
from lms.accounts.rules import plain_name
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from supervision.enums import MAY_SIGN, REASON_MOST, SUPERVISOR_MOVES, SupervisorState
from supervision.models import Placement, Site, Supervisor, SupervisorMove, SupervisorQualification
from supervision.queries.measures import qualifications_on, verified_papers_of
from supervision.rules.address import address_key


@transaction.atomic
def supervisor_of(person: User, *, by: User | None) -> Supervisor:
    """The row of somebody with an account, made when it is first needed.

    She holds the role, which a director gave her, and proved her address when she signed up: that verifies her. If she
    was known without an account under the same address before, that row becomes hers.
    """
    found = Supervisor.objects.filter(person=person).first()
    if found:
        return found
    known = Supervisor.objects.select_for_update().filter(email=person.email.lower(), person=None).first()
    if known:
        known.person = person
        known.save(update_fields=["person"])
        record("supervision.supervisor.recorded", by=by, about=known, person=person.pk)
        return known
    is_known = has_role(person, Role.SUPERVISOR) or person.role_grants.active().filter(role=Role.SUPERVISOR).exists()
    state = SupervisorState.VERIFIED if is_known else SupervisorState.UNVERIFIED
    return _record(person.legal_name or str(person), person.email, state=state, by=by, person=person)


@transaction.atomic
def record_supervisor(name: str, email: str, *, by: User) -> Supervisor:
    """Record somebody who signs without an account. An address that is known gives its supervisor back; that of an
    account with the role gives the account's. Raises `Refusal` for one's own address."""
    email = email.strip().lower()
    if address_key(email) == address_key(by.email):
        raise Refusal("This is your own address. Give the one of the person who supervises.")
    known = Supervisor.objects.filter(email=email).first()
    if known:
        return known
    person = User.objects.filter(email__iexact=email).first()
    if person and person.role_grants.active().filter(role=Role.SUPERVISOR).exists():
        return supervisor_of(person, by=by)
    return _record(plain_name(name), email, state=SupervisorState.UNVERIFIED, by=by)


def _record(name: str, email: str, *, state: SupervisorState, by: User | None, **fields) -> Supervisor:
    supervisor = Supervisor.objects.create(
        name=name[:200], email=email.lower(), address_key=address_key(email), state=state, made_by=by, **fields
    )
    SupervisorMove.objects.create(supervisor=supervisor, new=state, by=by)
    record("supervision.supervisor.recorded", by=by, about=supervisor, state=state)
    return supervisor


@transaction.atomic
def correct_address(supervisor: Supervisor, email: str, *, by: User) -> Supervisor:
    """Put a mistaken address right. The new one is unverified again, whatever the old one was."""
    supervisor, email = held_supervisor(supervisor, by), email.strip().lower()
    key = address_key(email)
    if email == supervisor.email:
        raise Refusal("This is the address on record.")
    if key == address_key(by.email):
        raise Refusal("This is your own address. Give the one of the person who supervises.")
    if Supervisor.objects.filter(email=email).exists():
        raise Refusal("Another supervisor is on record with this address.")
    if Placement.objects.filter(supervisor=supervisor, trainee_key=key).exists():
        raise Refusal("This is the address of a trainee whom this person supervises.")
    old = supervisor.email
    supervisor.email, supervisor.address_key = email, key
    supervisor.save(update_fields=["email", "address_key"])
    end_links(supervisor)
    if supervisor.is_verified:
        move_supervisor(supervisor, SupervisorState.UNVERIFIED, by=by, reason="The address was corrected.")
    record("supervision.supervisor.corrected", by=by, about=supervisor, old=old, new=email)
    return supervisor


@transaction.atomic
def record_qualification(
    supervisor: Supervisor, *, kind: Qualification, authority: str, number: str, expires_on: date, by: User
) -> SupervisorQualification:
    """Record a licence, an approval or a card of somebody without an account. It counts once it is verified."""
    supervisor = held_supervisor(supervisor, by)
    return qualify(supervisor, kind=kind, authority=authority, number=number, expires_on=expires_on, by=by)


@transaction.atomic
def qualify(supervisor: Supervisor, *, by: User | None, link: int | None = None, **facts) -> SupervisorQualification:
    """Write the paper down: by staff, or as she gave it by a link. The caller has checked who may."""
    qualification = SupervisorQualification.objects.create(supervisor=supervisor, given_by=by, **facts)
    about = {"kind": qualification.kind, "expires_on": qualification.expires_on, "qualification": qualification.pk}
    if link:
        about["link"] = link
    record("supervision.supervisor.qualified", by=by, about=supervisor, **about)
    return qualification


@transaction.atomic
def verify_supervisor(
    supervisor: Supervisor, *, address: str, qualifications: Iterable[int], how: str, by: User
) -> Supervisor:
    """Staff say that the address is hers and that these qualifications are real. What she signs counts from now on.

    `address` is what the page showed: another one by now is not verified along with it. Needs a licence that is valid.
    """
    from supervision.signing.tasks import call  # late: the tasks of signing import these actions

    supervisor, now = held_supervisor(supervisor, by), timezone.now()
    if address != supervisor.email:
        raise Refusal("The address was corrected meanwhile. Reload the page and verify the new one.")
    how = _reason(how, "Say how you verified it. Another director reads it.")
    chosen = supervisor.qualifications.filter(pk__in=list(qualifications), verified_at=None)
    marked = sorted(chosen.values_list("pk", flat=True))
    chosen.update(verified_by=by, verified_at=now)
    if not has_valid_licence(supervisor):
        raise Refusal("Verify a professional licence that has not run out. Without one nothing that she signs counts.")
    if not supervisor.is_verified:
        move_supervisor(supervisor, SupervisorState.VERIFIED, by=by, reason=how)
    elif not marked:
        raise Refusal("This is verified already.")
    record("supervision.supervisor.verified", by=by, about=supervisor, qualifications=marked)
    call.enqueue(supervisor.pk)  # a plain INSERT: it commits or rolls back with the act
    return supervisor


@transaction.atomic
def stop_supervisor(supervisor: Supervisor, *, reason: str, by: User) -> Supervisor:
    """Let somebody without an account sign no more: she could not be verified, or no longer should. What counts, counts."""
    supervisor = held_supervisor(supervisor, by)
    end_links(supervisor)
    reason = _reason(reason, "Say why. Another director reads it.")
    if supervisor.state not in MAY_SIGN:
        raise IllegalMove(f"This is not possible: the supervisor is now {supervisor.get_state_display().lower()}.")
    new = SupervisorState.SUSPENDED if supervisor.is_verified else SupervisorState.REFUSED
    move_supervisor(supervisor, new, by=by, reason=reason)
    record("supervision.supervisor.stopped", by=by, about=supervisor, state=new)
    return supervisor


def has_valid_licence(supervisor: Supervisor) -> bool:
    today = timezone.localdate()
    return Qualification.LICENCE in qualifications_on(verified_papers_of([supervisor.pk])[supervisor.pk], today)


def end_links(supervisor: Supervisor) -> None:
    """No link that was mailed so far shows anything any more, a session under way included. The caller holds her row."""
    supervisor.links.filter(ended_at=None).update(ended_at=timezone.now())


def held_supervisor(supervisor: Supervisor, by: User) -> Supervisor:
    """The row, held. Only of somebody without an account, and never by a trainee of hers: she would choose who signs."""
    supervisor = Supervisor.objects.select_for_update().get(pk=supervisor.pk)
    if supervisor.person_id:
        raise Refusal("This person has an account and keeps address and papers there.")
    if Role.DIRECTOR not in roles_of(by):
        raise Refusal("This is for a program director.")
    if Placement.objects.filter(supervisor=supervisor, trainee=by).exists():
        raise Refusal("This person supervises you. Another program director does it.")
    return supervisor


def _reason(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(missing)
    if len(text) > REASON_MOST:
        raise Refusal(f"Say it in at most {REASON_MOST} characters.")
    return text


def move_supervisor(supervisor: Supervisor, new: SupervisorState, *, by: User | None, reason: str = "") -> None:
    """Change the state by the table of moves and write its history. The caller holds the row."""
    if new not in SUPERVISOR_MOVES[SupervisorState(supervisor.state)]:
        raise IllegalMove(f"This is not possible: the supervisor is now {supervisor.get_state_display().lower()}.")
    SupervisorMove.objects.create(supervisor=supervisor, old=supervisor.state, new=new, by=by, reason=reason)
    supervisor.state = new
    supervisor.save(update_fields=["state"])


@transaction.atomic
def site_named(name: str) -> Site:
    """The site of this name, made when it is first named. Capitals tell no two sites apart."""
    name = " ".join(name.split())
    if not name:
        raise Refusal("Name the site: the clinic or practice.")
    return Site.objects.filter(name__iexact=name).first() or Site.objects.create(name=name)
