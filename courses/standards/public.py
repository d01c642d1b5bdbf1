"""What the page of a program says of its standard: every requirement in the words of the newest published version."""

from django.urls import reverse

from courses.curriculum.models import Program
from courses.curriculum.public import Section
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of


def section(program: Program) -> Section | None:
    version = StandardVersion.objects.filter(standard__program=program).defer("data").order_by("-number").first()
    if version is None:
        return None
    context = {
        "version": version,
        "definition": definition_of(version),
        "url": reverse("standard", args=[version.standard_id]),
    }
    return Section("standards/program_sentences.html", context)
