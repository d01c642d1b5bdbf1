"""Who has which role, who stands apart from whom, who has accepted what, whose documents run out."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils import timezone

from lms.accounts.enums import REMIND_BEFORE, Role, Scope
from lms.accounts.facts import person_facts
from lms.accounts.models import Barrier, ProfessionalDocument, RoleGrant, TermsVersion, User
from lms.web.prepared import PreparedQuery
from lms.web.templatetags.ui import day
from lms.web.worklist import Asker, WorkItem


def _person_by_role(pk, now) -> models.QuerySet[User]:
    is_active = Q(role_grants__valid_from__lte=now) & (
        Q(role_grants__valid_until=None) | Q(role_grants__valid_until__gt=now)
    )
    grants = User.objects.filter(pk=pk).annotate(held=FilteredRelation("role_grants", condition=is_active))
    held = {"held_role": F("held__role"), "held_scope": F("held__scope"), "held_in": F("held__scope_id")}
    return grants.annotate(**held, **person_facts()).order_by()


_person_now = PreparedQuery(_person_by_role, pk=models.BigIntegerField(), now=models.DateTimeField())


def person_with_roles(pk: int) -> User | None:
    """A person with the roles held now and every registered fact: one query, a row for each role."""
    rows = _person_now(pk=pk, now=timezone.now())
    if not rows:
        return None
    person = rows[0]
    person._roles_now = {(row.held_role, row.held_scope, row.held_in) for row in rows if row.held_role}
    return person


def roles_of(user) -> set[str]:
    """The roles a person holds now, in any scope. Known of whoever is signed in; asked once of anybody else."""
    if not user.is_authenticated:
        return set()
    if not hasattr(user, "_roles_now"):
        user._roles_now = {
            (grant.role, grant.scope, grant.scope_id) for grant in RoleGrant.objects.active().filter(person=user)
        }
    return {role for role, scope, scope_id in user._roles_now}


def has_role(user, role: Role, *, program: int | None = None, cohort: int | None = None) -> bool:
    """Whether the person holds `role` now for the institute, or for the given program or cohort id."""
    if not roles_of(user):
        return False
    reaches = {(role.value, Scope.INSTITUTE.value, None)}
    if program is not None:
        reaches.add((role.value, Scope.PROGRAM.value, program))
    if cohort is not None:
        reaches.add((role.value, Scope.COHORT.value, cohort))
    return bool(reaches & user._roles_now)


def scope_ids(user, role: Role, scope: Scope) -> set[int] | None:
    """The ids of `scope` objects for which the person holds `role`; None when she holds it for the whole institute."""
    roles_of(user)
    grants = getattr(user, "_roles_now", set())
    if (role.value, Scope.INSTITUTE.value, None) in grants:
        return None
    return {scope_id for held, where, scope_id in grants if held == role.value and where == scope.value}


def is_director(user) -> bool:
    return Role.DIRECTOR in roles_of(user)


def is_staff_member(user) -> bool:
    """Whoever signs or administers: these people must have a second factor."""
    return bool(roles_of(user)) or bool(user.is_authenticated and user.is_superuser)


def require_role(user, *roles: Role) -> None:
    """Raises `PermissionDenied` unless the person holds one of `roles` now, in any scope."""
    if not roles_of(user) & set(roles):
        raise PermissionDenied


def people_with_role(role: Role) -> models.QuerySet[User]:
    holders = RoleGrant.objects.active().filter(role=role).values("person")
    return User.objects.filter(is_active=True, pk__in=holders).order_by("display_name", "pk")


def has_barrier(one: User | int, other: User | int) -> bool:
    """Whether an open barrier stands between two people. Its reason is never part of an answer."""
    first, second = sorted([getattr(one, "pk", one), getattr(other, "pk", other)])
    return Barrier.objects.filter(low=first, high=second, ended_at=None).exists()


def without_barred(queryset: models.QuerySet, user: User | int, *, person: str) -> models.QuerySet:
    """Leave out rows whose `person` (a field path to a user) stands behind a barrier from `user`."""
    one = getattr(user, "pk", user)
    open_pairs = Barrier.objects.filter(ended_at=None).filter(
        Q(low=one, high=OuterRef(person)) | Q(high=one, low=OuterRef(person))
    )
    return queryset.filter(~Exists(open_pairs))


def name_of(person: str) -> Coalesce:
    """The name of a person (a field path to a user) as `User` writes it, for queries that read no whole person."""
    return Coalesce(NullIf(f"{person}__display_name", Value("")), f"{person}__email", output_field=models.CharField())


def current_terms() -> TermsVersion | None:
    return TermsVersion.objects.order_by("-number").first()


def has_accepted_current_terms(user: User) -> bool:
    newest = TermsVersion.objects.order_by("-number").values("pk")[:1]
    return user.terms_acceptances.filter(version__in=newest).exists() or not TermsVersion.objects.exists()


def needs_second_factor(user) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and is_staff_member(user)


def has_second_factor(user: User) -> bool:
    """Whether the person has set one up. Known of whoever is signed in; asked once of anybody else."""
    if not hasattr(user, "has_second_factor"):
        user.has_second_factor = _second_factors(user).exists()
    return user.has_second_factor


def second_factor() -> Exists:
    """The fact behind it, asked along with a person's row."""
    return Exists(_second_factors(OuterRef("pk")).order_by())


def _second_factors(user) -> models.QuerySet[Authenticator]:
    """Recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds)


def current_documents() -> models.QuerySet[ProfessionalDocument]:
    """The documents that no newer one has replaced, the first to lapse first."""
    return ProfessionalDocument.objects.filter(replacement=None).order_by("expires_on", "id")


def own_documents(user: User) -> models.QuerySet[ProfessionalDocument]:
    """Her own, the replaced ones included: those that count first."""
    own = ProfessionalDocument.objects.filter(person=user).select_related("replacement")
    return own.order_by(models.F("replacement").asc(nulls_first=True), "expires_on", "id")


def documents_of_supervisors(user: User) -> models.QuerySet[ProfessionalDocument]:
    """What directors see: documents of supervisors that have lapsed or will within 60 days; never their numbers."""
    if not has_role(user, Role.DIRECTOR):
        return ProfessionalDocument.objects.none()
    until = timezone.localdate() + timedelta(days=max(REMIND_BEFORE))
    supervisors = people_with_role(Role.SUPERVISOR).order_by().values("pk")
    rows = current_documents().filter(person__in=supervisors, expires_on__lte=until)
    return without_barred(rows, user, person="person").select_related("person").defer("number")


LAPSED_SHOWN = 5


def work_for_director(asker: Asker) -> list[WorkItem]:
    """The lapsed documents of supervisors. One query for directors, none for others."""
    if not has_role(asker.user, Role.DIRECTOR):
        return []
    lapsed = documents_of_supervisors(asker.user).filter(expires_on__lt=timezone.localdate())
    return [
        WorkItem(
            f"{document.person}: {document.get_kind_display().lower()} has lapsed",
            reverse("desk_documents"),
            detail=f"Last day {day(document.expires_on)}",
            action="Open the documents",
            tone="due",
        )
        for document in lapsed[:LAPSED_SHOWN]
    ]
