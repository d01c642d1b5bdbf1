"""The rules by which a page opens, read from its page in the CMS; and what is wrong with them, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wagtail.models import Page

from courses.curriculum.gates import MOST_DAYS, Gates

RELEASE, PREVIOUS = "Opens when", "Opens after previous"  # the names of the two fields, as editors read them


@dataclass(frozen=True)
class Release:
    """`gates` by keys of activities; `titles` of the pages that they name; `problems` can be seen on this page alone."""

    gates: Gates
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def release_of(page: Page, previous: str = "") -> Release:
    """All rules of a page. `previous` is the key of what stands before it, or ""."""
    after, scores, titles, problems = [], [], {}, []
    if page.opens_after_previous and previous:
        after.append(previous)
    for kind, chosen, percent in _chosen(page):
        key = str(getattr(chosen, "activity_key", ""))
        if chosen is None:
            problems.append(said("A page that it waits for no longer exists. Choose another, or take the rule out."))
        elif not key:
            problems.append(
                said(f"“{chosen.title}” is nothing that can be completed. Choose a module, lesson or quiz.")
            )
        elif kind == "score":
            scores.append((key, percent))
        else:
            after.append(key)
        if key:
            titles[key] = chosen.title
    days = _values(page, "days")
    problems += [said(f"Days are from 0 to {MOST_DAYS}.")] * any(not 0 <= number <= MOST_DAYS for number in days)
    problems += [said("A score is from 1 to 100 percent.")] * any(not 1 <= percent <= 100 for _, percent in scores)
    gates = Gates(
        after=tuple(dict.fromkeys(after)),
        on=max(_values(page, "date"), default=None),
        days=max(days, default=None),
        scores=tuple(dict.fromkeys(scores)),
    )
    return Release(gates, titles, problems)


def said(problem: str, field_name: str = RELEASE) -> str:
    return f"{field_name}: {problem}"


def _values(page: Page, kind: str) -> list:
    return [block.value for block in page.release if block.block_type == kind and block.value is not None]


def _chosen(page: Page) -> list[tuple[str, Page | None, int]]:
    """Kind of rule, the page that it names (None: deleted since), and the percent of a score."""
    found = []
    for block in page.release:
        if block.block_type == "after":
            found.append(("after", block.value and block.value.specific, 0))
        elif block.block_type == "score":
            quiz = block.value["quiz"]
            found.append(("score", quiz and quiz.specific, block.value["percent"] or 0))
    return found


# While it is being written ---------------------------------------------------------------------------------------------


def circles_while_writing(page: Page) -> list[str]:
    """The circles that show without reading the whole program: with itself, with its own module, and between two pages."""
    found = []
    for other in _waits_for(page):
        if other.pk == page.pk:
            found.append("It cannot wait for itself.")
        elif page.path and page.path.startswith(other.path):
            found.append(f"It stands in “{other.title}”, which is not complete before this is. It cannot wait for it.")
        elif page.pk in {back.pk for back in _waits_for(other)}:
            found.append(f"“{other.title}” waits for this page already. Two pages cannot wait for each other.")
    return found


def _waits_for(page: Page) -> Sequence[Page]:
    chosen = [other for _, other, _ in _chosen(page)]
    if page.opens_after_previous and page.path:
        chosen += page.get_prev_siblings().live().specific()[:1]
    return [other for other in chosen if hasattr(other, "activity_key")]
