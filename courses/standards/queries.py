"""Reads of standards: the draft as a definition, the published versions, the live categories."""

from django.db import models

from courses.standards.contract import Category
from courses.standards.definition import Definition, Requirement, define, from_data
from courses.standards.models import ActivityCategory, Standard, StandardVersion
from courses.standards.practice_blocks import rules_from_blocks
from courses.standards.registry import kind_named
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import scope_ids
from lms.web.memory import remember


def live_categories() -> list[Category]:
    """Every category as it is defined now, also those no longer offered: older logs may still carry them."""
    return [_category(row) for row in ActivityCategory.objects.order_by("key")]


def _category(row: ActivityCategory) -> Category:
    return Category(
        key=row.key,
        label=row.label,
        bucket=row.bucket,
        is_direct=row.is_direct,
        needs_client_code=row.needs_client_code,
        definition=row.definition,
        example=row.example,
        approvers=row.approvers,
        cap=row.cap_minutes,
        multiplier=row.multiplier,
    )


def draft_definition(standard: Standard) -> Definition:
    """What the draft says at this moment, with the categories of this moment."""
    requirements = [
        Requirement(block.block_type, kind_named(block.block_type).config_from_block(block.value, str(block.id)))
        for block in standard.requirements
    ]
    practice = rules_from_blocks(standard.practice_rules)
    return define(standard.title, standard.description, requirements, live_categories(), practice)


def definition_of(version: StandardVersion) -> Definition:
    """What a published version says: only what it stored itself, never a live row.

    Asked of the database once per process, for a published version never changes; `data` itself may be deferred.
    """
    return _definition(version.pk, version.hash)


@remember(seconds=3600, most=200)
def _definition(version_id: int, version_hash: str) -> Definition:
    return from_data(StandardVersion.objects.values_list("data", flat=True).get(pk=version_id))


def newest_version(standard: Standard) -> StandardVersion | None:
    return standard.versions.order_by("-number").first()


def standards_for(user: User) -> models.QuerySet[Standard]:
    """The standards a director or registrar may see on the desk, each with the number of its newest version."""
    programs: set[int] | None = set()
    for role in (Role.DIRECTOR, Role.REGISTRAR):
        reach = scope_ids(user, role, Scope.PROGRAM) if user.is_authenticated else set()
        programs = None if reach is None or programs is None else programs | reach
    found = Standard.objects.all() if programs is None else Standard.objects.filter(program__in=programs)
    newest = found.select_related("program").annotate(newest=models.Max("versions__number"))
    return newest.order_by("title", "pk")


def versions_of(standard: Standard) -> models.QuerySet[StandardVersion]:
    """Newest first, each with the number of enrolments pinned to it."""
    pinned = standard.versions.select_related("published_by").annotate(pinned=models.Count("enrolments"))
    return pinned.order_by("-number")


def public_standards() -> models.QuerySet[Standard]:
    """What anybody may read: standards with a published version."""
    return Standard.objects.filter(versions__isnull=False).distinct().select_related("program").order_by("title", "pk")


def newest_public_versions() -> models.QuerySet[StandardVersion]:
    """The newest published version of every standard, without its text."""
    newer = StandardVersion.objects.filter(standard=models.OuterRef("standard"), number__gt=models.OuterRef("number"))
    return StandardVersion.objects.filter(~models.Exists(newer)).defer("data").order_by("standard_id")
