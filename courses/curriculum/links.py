"""What other rooms offer on the desk's page of an edition, and of the pages that would make the next one."""

from django.urls import reverse

from courses.curriculum.models import Edition, ProgramPage

_of_editions: dict[str, str] = {}
_of_drafts: dict[str, str] = {}


def register_edition_link(label: str, url_name: str) -> None:
    """`url_name` takes the pk of an edition, and lets in whoever may read the whole edition."""
    _of_editions[url_name] = label


def register_draft_link(label: str, url_name: str) -> None:
    """`url_name` takes the pk of a program page, and lets in whoever may publish it."""
    _of_drafts[url_name] = label


def edition_links(edition: Edition) -> list[dict[str, str]]:
    return _links(_of_editions, edition.pk)


def draft_links(program_page: ProgramPage) -> list[dict[str, str]]:
    return _links(_of_drafts, program_page.pk)


def _links(registered: dict[str, str], pk: int) -> list[dict[str, str]]:
    return [{"label": label, "url": reverse(name, args=[pk])} for name, label in registered.items()]
