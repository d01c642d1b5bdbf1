"""Two codes of one client, made by mistake: joined by the trainee, separated again by a director alone."""

from django.db import transaction

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role
from lms.audit.actions import record
from lms.errors import Refusal
from supervision.actions.practice import lock_person
from supervision.models import ClientCode


@transaction.atomic
def merge_codes(one: ClientCode, other: ClientCode, *, by: User) -> ClientCode:
    """Let the later code stand for the client of the earlier one. Entries keep the code that they name, signed ones too;
    both count as one client. Gives the earlier code."""
    if one.enrolment_id != other.enrolment_id:
        raise Refusal("These codes belong to different logs.")
    enrolment = lock_person(one.enrolment)
    if by.pk != enrolment.person_id:
        raise Refusal("Client codes are merged by the trainee who made them.")
    first, later = sorted(_heads(one, other), key=lambda code: code.pk)
    if first.pk == later.pk:
        raise Refusal("These codes stand for one client already.")
    moved = [later, *later.merged.order_by("pk")]  # what pointed to the later one points to the earlier one: no chains
    for code in moved:
        _point(code, first)
    record("supervision.client.merged", by=by, about=later, into=first.pk, along=[code.pk for code in moved[1:]])
    return first


@transaction.atomic
def separate_code(code: ClientCode, *, by: User) -> ClientCode:
    """Undo a merge: the code stands for a client of its own again."""
    enrolment = lock_person(code.enrolment)
    if not can_separate(by, enrolment):
        raise Refusal("Codes are separated by a program director of the trainee.")
    code = ClientCode.objects.get(pk=code.pk)
    if code.same_as_id is None:
        raise Refusal("This code is merged with no other.")
    old = code.same_as_id
    _point(code, None)
    record("supervision.client.separated", by=by, about=code, old=old)
    return code


def can_separate(user: User, enrolment: Enrolment) -> bool:
    here = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    is_other = user.pk != enrolment.person_id and not has_barrier(user, enrolment.person_id)
    return is_other and has_role(user, Role.DIRECTOR, **here)


def _heads(*codes: ClientCode) -> list[ClientCode]:
    """The codes that these stand for now, read under the lock of the person."""
    fresh = ClientCode.objects.in_bulk([code.pk for code in codes])
    heads = ClientCode.objects.in_bulk([fresh[code.pk].same_as_id or code.pk for code in codes])
    return [heads[fresh[code.pk].same_as_id or code.pk] for code in codes]


def _point(code: ClientCode, to: ClientCode | None) -> None:
    code.same_as = to
    code.save(update_fields=["same_as"])
