"""What visitors read of a standard elsewhere: every requirement in the words of the newest published version."""

from collections.abc import Iterator

from django.urls import reverse

from courses.curriculum.models import Program
from courses.curriculum.public import Section
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of, newest_public_versions
from lms.web.publicsearch import PublicText


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


def texts() -> Iterator[PublicText]:
    for version in newest_public_versions():
        definition = definition_of(version)
        lines = [f"{line.config.title}. {line.sentence}" for line in definition.requirements]
        url = reverse("standard", args=[version.standard_id])
        yield PublicText(definition.title, url, " ".join([definition.description, *lines]), "Certification standard")
