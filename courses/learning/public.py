"""What the public pages say of a program beside its own text: the next cohort, and the standard."""

from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from courses.curriculum.models import Program
from courses.enrolment.models import Cohort
from courses.standards.models import StandardVersion


def facts(program: Program) -> list[dict]:
    return [*_next_cohort(program), *_standard(program)]


def _next_cohort(program: Program) -> list[dict]:
    today = timezone.localdate(timezone=ZoneInfo(program.time_zone))
    cohort = Cohort.objects.filter(program=program, starts_on__gt=today).order_by("starts_on", "pk").first()
    if cohort is None:
        return []
    return [{"label": "Next cohort", "value": f"{cohort.name}, from {cohort.starts_on.day} {cohort.starts_on:%b %Y}"}]


def _standard(program: Program) -> list[dict]:
    """The newest published version of the program's standard, with the way to it in plain words."""
    version = StandardVersion.objects.filter(standard__program=program).order_by("-number").first()
    if version is None:
        return []
    address = reverse("standard", args=[version.standard_id])
    return [{"label": "Certification standard", "value": f"Version {version.number}", "url": address}]
