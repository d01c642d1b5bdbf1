"""Acts on people: roles, barriers, names, terms, professional documents."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from lms.accounts.enums import GROUP_NAMES, REMIND_BEFORE, DocumentKind, Role, Scope
from lms.accounts.models import Barrier, ProfessionalDocument, RoleGrant, TermsAcceptance, TermsVersion, User
from lms.accounts.queries import current_documents, current_terms, has_accepted_current_terms, is_director
from lms.accounts.rules import plain_name
from lms.audit.actions import record
from lms.errors import Refusal
from lms.html import clean_html
from lms.notices.actions import notify
from lms.web.templatetags.ui import day


@transaction.atomic
def grant_role(
    person: User,
    role: Role,
    *,
    by: User | None,
    scope: Scope = Scope.INSTITUTE,
    scope_id: int | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give a role from now on. `by` is a program director, or None for the system.

    A role that is held already gives its grant back, with a later end if the new one ends later: one person never
    holds two grants of the same role and scope at a time, so that ending one really ends the role.
    Raises `Refusal` when people try to give themselves a role, or end it before it begins.
    """
    if by is not None and by.pk == person.pk:
        raise Refusal("Nobody can give themselves a role. Ask another program director.")
    _require_director(by)
    if valid_until is not None and valid_until <= timezone.now():
        raise Refusal("A role must end after it begins.")
    User.objects.select_for_update().get(pk=person.pk)
    grant = RoleGrant.objects.active().filter(person=person, role=role, scope=scope, scope_id=scope_id).first()
    if grant is None:
        grant = RoleGrant(person=person, role=role, scope=scope, scope_id=scope_id, granted_by=by, reason=reason)
    elif _ends_no_earlier(grant.valid_until, valid_until):
        return grant
    grant.valid_until = valid_until
    grant.save()
    mirror_roles(person)
    record(
        "accounts.role.granted",
        by=by,
        about=grant,
        role=role,
        scope=scope,
        scope_id=scope_id,
        person=person.pk,
        until=valid_until,
    )
    return grant


def _ends_no_earlier(end: datetime | None, other: datetime | None) -> bool:
    return end is None or (other is not None and end >= other)


def _require_director(by: User | None) -> None:
    """Roles are given and ended by program directors; None is the system (a command, the demonstration)."""
    if by is not None and not is_director(by):
        raise Refusal("Roles are given and ended by a program director.")


@transaction.atomic
def end_role(grant: RoleGrant, *, by: User | None, reason: str = "") -> RoleGrant:
    """End a role at once: the next request of its holder is refused. `by` as for `grant_role`.

    The institute's last program director is never ended: nobody could give the role to another one.
    """
    _require_director(by)
    directors = lock_director_grants()
    grant = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    now = timezone.now()
    if grant.valid_until and grant.valid_until <= now:
        raise Refusal("This role has already ended.")
    if {other.pk for other in directors} == {grant.pk}:
        raise Refusal("This is the last program director of the institute. Give somebody else the role first.")
    grant.valid_until = max(now, grant.valid_from)
    grant.save(update_fields=["valid_until"])
    mirror_roles(grant.person)
    record("accounts.role.ended", by=by, about=grant, role=grant.role, person=grant.person_id, reason=reason)
    return grant


def lock_director_grants() -> list[RoleGrant]:
    """Hold every open-ended grant of the institute's directors: two of them cannot end each other at the same moment."""
    open_ended = RoleGrant.objects.filter(role=Role.DIRECTOR, scope=Scope.INSTITUTE, valid_until=None)
    return list(open_ended.select_for_update(of=("self",)).filter(person__is_active=True).order_by("pk"))


def mirror_roles(person: User) -> bool:
    """Make the person's Django groups (for the CMS) equal to the roles held now. Returns whether anything changed."""
    for remembered in ("_roles_now", "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        person.__dict__.pop(remembered, None)
    held = {
        GROUP_NAMES[Role(role)]
        for role in RoleGrant.objects.active().filter(person=person).values_list("role", flat=True)
    }
    ours = set(GROUP_NAMES.values())
    has = set(person.groups.filter(name__in=ours).values_list("name", flat=True))
    if held == has:
        return False
    person.groups.remove(*Group.objects.filter(name__in=has - held))
    person.groups.add(*Group.objects.filter(name__in=held - has))
    return True


def mirror_all_roles() -> int:
    """Bring groups in line with grants that began or ended by the calendar. Returns how many people changed."""
    people = User.objects.filter(role_grants__isnull=False).distinct()
    return sum(mirror_roles(person) for person in people)


@transaction.atomic
def raise_barrier(one: User, other: User, *, by: User, reason: str) -> Barrier:
    """Keep two people apart in every assignment, review and signature from now on."""
    if one.pk == other.pk:
        raise Refusal("A barrier stands between two different people.")
    low, high = sorted([one, other], key=lambda person: person.pk)
    barrier, created = Barrier.objects.get_or_create(
        low=low, high=high, ended_at=None, defaults={"reason": reason, "raised_by": by}
    )
    if created:
        record("accounts.barrier.raised", by=by, about=barrier, people=[low.pk, high.pk])
    return barrier


@transaction.atomic
def end_barrier(barrier: Barrier, *, by: User) -> Barrier:
    barrier = Barrier.objects.select_for_update().get(pk=barrier.pk)
    if barrier.ended_at:
        raise Refusal("This barrier has already ended.")
    if by.pk in (barrier.low_id, barrier.high_id):
        raise Refusal("A barrier is never ended by one of the two people it keeps apart.")
    barrier.ended_at, barrier.ended_by = timezone.now(), by
    barrier.save(update_fields=["ended_at", "ended_by"])
    record("accounts.barrier.ended", by=by, about=barrier)
    return barrier


@transaction.atomic
def confirm_legal_name(user: User, *, legal_name: str) -> User:
    """The holder confirms the name that goes on her credentials. It enters signed bytes only after this."""
    name = plain_name(legal_name)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.legal_name, user.legal_name_confirmed_at = name, timezone.now()
    user.save(update_fields=["legal_name", "legal_name_confirmed_at"])
    record("accounts.name.confirmed", by=user, about=user)
    return user


@transaction.atomic
def change_profile(user: User, *, display_name: str, time_zone: str) -> User:
    display_name = plain_name(display_name)
    user = User.objects.select_for_update().get(pk=user.pk)
    changed = [
        name
        for name, value in (("display_name", display_name), ("time_zone", time_zone))
        if getattr(user, name) != value
    ]
    user.display_name, user.time_zone = display_name, time_zone
    user.save(update_fields=["display_name", "time_zone"])
    record("accounts.profile.changed", by=user, about=user, fields=changed)
    return user


@transaction.atomic
def publish_terms(*, html: str, by: User | None) -> TermsVersion:
    """Publish new terms. Everybody is asked to accept them: at sign-in, or within ten minutes in an open session."""
    list(TermsVersion.objects.select_for_update().values_list("pk"))  # the second of two publishers waits here
    newest = TermsVersion.objects.aggregate(number=Max("number"))["number"] or 0
    version = TermsVersion.objects.create(number=newest + 1, html=clean_html(html), published_by=by)
    record("accounts.terms.published", by=by, about=version, number=version.number)
    return version


@transaction.atomic
def accept_terms(user: User, *, number: int | None = None) -> None:
    """Accept the newest terms. Accepting twice is harmless.

    `number` is the version the person has read; raises `Refusal` when a newer one was published meanwhile.
    """
    version = current_terms()
    if version is None or has_accepted_current_terms(user):
        return
    if number not in (None, version.number):
        raise Refusal("These terms have just been replaced. Please read the new ones.")
    acceptance, created = TermsAcceptance.objects.get_or_create(person=user, version=version)
    if created:
        record("accounts.terms.accepted", by=user, about=acceptance, version=version.number)


@transaction.atomic
def record_document(
    person: User,
    *,
    kind: DocumentKind,
    authority: str,
    number: str,
    expires_on: date,
    replaces: ProfessionalDocument | None = None,
) -> ProfessionalDocument:
    """Record an own licence, card or policy; `replaces` names the older one that it follows. Nothing is overwritten."""
    User.objects.select_for_update().get(pk=person.pk)
    if replaces is not None and (replaces.person_id != person.pk or replaces.kind != kind):
        raise Refusal("A document replaces one of your own, of the same kind.")
    if replaces is not None and ProfessionalDocument.objects.filter(replaces=replaces).exists():
        raise Refusal("This document was replaced already. Reload the page.")
    document = ProfessionalDocument.objects.create(
        person=person, kind=kind, authority=authority, number=number, expires_on=expires_on, replaces=replaces
    )
    record(
        "accounts.document.recorded",
        by=person,
        about=document,
        kind=kind,
        expires_on=expires_on,
        replaces=replaces.pk if replaces else None,
    )
    return document


def remind_of_documents() -> int:
    """Nightly: tell holders of documents that run out, 60, 30 and 7 days before and on the last day, each once.

    After nights without a round the nearest reminder is sent, not all that were missed. Returns how many wait to be sent.
    """
    horizon = timezone.localdate() + timedelta(days=max(REMIND_BEFORE) + 1)  # a day for holders east of here
    running_out = current_documents().filter(expires_on__lte=horizon, person__is_active=True)
    return sum(_remind(document) for document in running_out.select_related("person").defer("number"))


def _remind(document: ProfessionalDocument) -> bool:
    left = (document.expires_on - timezone.localdate(timezone=document.person.zone)).days
    reached = [days for days in REMIND_BEFORE if left <= days]
    if not reached:
        return False
    notice = notify(
        document.person,
        key=f"document-{document.pk}-{min(reached)}",
        subject="A document in your profile runs out",
        text=f"{document.get_kind_display()}: {_how_long(left, document.expires_on)} Record the new one when you have it.",
        path=reverse("profile"),
        button="Open your profile",
    )
    return notice.attempts == 0 and notice.sent_at is None


def _how_long(left: int, last_day: date) -> str:
    if left < 0:
        return f"it lapsed after {day(last_day)}."
    if left == 0:
        return "today is its last day."
    return f"its last day is {day(last_day)}, in {left} day{'' if left == 1 else 's'}."
