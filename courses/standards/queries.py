"""Reads of standards: the draft as a definition, the published versions, the live categories."""

from django.db import models

from courses.standards.contract import Category
from courses.standards.definition import Definition, Requirement, define, from_data
from courses.standards.models import ActivityCategory, Standard, StandardVersion
from courses.standards.registry import kind_named


def live_categories() -> list[Category]:
    """Every category as it is defined now, also those no longer offered: older logs may still carry them."""
    return [
        Category(row.key, row.label, row.bucket, row.is_direct, row.needs_client_code, row.definition)
        for row in ActivityCategory.objects.order_by("key")
    ]


def draft_definition(standard: Standard) -> Definition:
    """What the draft says at this moment, with the categories of this moment."""
    requirements = [
        Requirement(block.block_type, kind_named(block.block_type).config_from_block(block.value, str(block.id)))
        for block in standard.requirements
    ]
    return define(standard.title, standard.description, requirements, live_categories())


def definition_of(version: StandardVersion) -> Definition:
    """What a published version says: only what it stored itself, never a live row."""
    return from_data(version.data)


def newest_version(standard: Standard) -> StandardVersion | None:
    return standard.versions.order_by("-number").first()


def standards_with_versions() -> models.QuerySet[Standard]:
    return (
        Standard.objects.select_related("program")
        .annotate(newest=models.Max("versions__number"))
        .order_by("title", "pk")
    )
