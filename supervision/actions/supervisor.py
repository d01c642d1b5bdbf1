"""Who supervises: one row for each person who may sign, with an account or without one; and where."""

from django.db import transaction

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.accounts.rules import plain_name
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from supervision.enums import SUPERVISOR_MOVES, SupervisorState
from supervision.models import Site, Supervisor, SupervisorMove
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
