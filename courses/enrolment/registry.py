"""What higher rooms show on the pages of cohorts and enrolments, which know none of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.module_loading import import_string

from courses.enrolment.models import Cohort, Enrolment
from lms.accounts.models import User


@dataclass(frozen=True)
class EnrolmentLink:
    """A page about one enrolment, offered on the desk to whoever `allowed` says. Its address takes the enrolment's pk."""

    label: str
    url_name: str
    allowed: Callable[[User, Enrolment], bool]
    order: int = 100


@dataclass(frozen=True)
class CohortLink:
    """The same for a page about one cohort."""

    label: str
    url_name: str
    allowed: Callable[[User, Cohort], bool]
    order: int = 100


_links: dict[str, EnrolmentLink] = {}
_cohort_links: dict[str, CohortLink] = {}
_progress: list[str] = []
_awards: list[str] = []


def register_enrolment_link(label: str, url_name: str, allowed: Callable[..., bool], *, order: int = 100) -> None:
    _links[url_name] = EnrolmentLink(label, url_name, allowed, order)


def links_for(user: User, enrolment: Enrolment) -> list[dict[str, str]]:
    """The links this person may follow from this enrolment, in order."""
    return _allowed(_links.values(), user, enrolment)


def register_cohort_link(label: str, url_name: str, allowed: Callable[..., bool], *, order: int = 100) -> None:
    _cohort_links[url_name] = CohortLink(label, url_name, allowed, order)


def cohort_links_for(user: User, cohort: Cohort) -> list[dict[str, str]]:
    """The links this person may follow from this cohort, in order."""
    return _allowed(_cohort_links.values(), user, cohort)


def _allowed(links: Iterable, user: User, about: Cohort | Enrolment) -> list[dict[str, str]]:
    ordered = sorted(links, key=lambda link: (link.order, link.label))
    allowed = [link for link in ordered if link.allowed(user, about)]
    return [{"label": link.label, "url": reverse(link.url_name, args=[about.pk])} for link in allowed]


def register_progress(path: str) -> None:
    """`path` names a function (enrolments) -> {enrolment pk: text}, with a fixed number of queries."""
    if path not in _progress:
        _progress.append(path)


def register_award(path: str) -> None:
    """`path` names a function (enrolments) -> {enrolment pk: text} about awards that stand, in one query."""
    if path not in _awards:
        _awards.append(path)


def awards_of(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """What was awarded on each enrolment's evidence and still stands, in a few words."""
    return {pk: words for path in _awards for pk, words in import_string(path)(enrolments).items()}


def progress_of(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """How far each enrolment is, in a few words from every room that says so; empty where none does."""
    told = [import_string(path)(enrolments) for path in _progress]
    return {
        enrolment.pk: " · ".join(words[enrolment.pk] for words in told if words.get(enrolment.pk))
        for enrolment in enrolments
    }
