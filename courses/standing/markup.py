"""The rows of the ledger in HTML. Written in Python: a template asks five times for each part of each line, and the ledger
cost as much as the rest of its page. Everything in it is escaped."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from courses.standing.ledger import Line, Row
from lms.web.markup import join, write
from lms.web.templatetags.ui import bar, icon, link_button, state

ROW = (
    '<details class="ledger-row"{open}>'
    '<summary class="ledger-row__line"><span class="ledger-row__title">{title}</span> '
    '<span class="ledger-row__bar">{bar}</span> '
    '<span class="ledger-row__amount"><b>{have}</b> of {need}</span> {state} '
    '<span class="ledger-row__mark">{mark}</span></summary>'
    '<div class="ledger-row__body"><div class="ledger-row__next stack-s">'
    '<p class="soft">{sentence}</p>{note}{missing}{steps}</div>{parts}{evidence}</div></details>'
)
PART = (
    '<li class="standing-part"><span class="standing-part__label">{label}</span> '
    '<span class="standing-part__bar">{bar}</span> '
    '<span class="standing-part__amount">{text}</span> {state} {note}</li>'
)
EVIDENCE = (
    '<p class="ledger-row__next no-print" data-evidence><a href="{}{}">What counted, and what did not and why'
    '<span class="visually-hidden">: {}</span></a></p>'
)
NOTE, PART_NOTE = "<p>{}</p>", '<span class="standing-part__note">{}</span>'
MISSING, SENTENCE = '<ul class="standing-missing">{}</ul>', "<li>{}</li>"
STEPS, PARTS = '<div class="button-row no-print">{}</div>', '<ul class="ledger-row__next standing-parts">{}</ul>'
OPEN, NOTHING = mark_safe(" open"), mark_safe("")


def ledger_rows(rows: Iterable[Row], *, enrolment: int, is_own: bool, as_of: str, is_whole: bool) -> SafeString:
    """One requirement each, with its sub-minimums and limits as lines of their own.

    `enrolment` is an id; `as_of` is the query of a past day; `is_whole` opens every row, with every entry under it;
    what to do next is told only to whoever can do it (`is_own`).
    """
    return join((_row(row, enrolment, is_own, as_of, is_whole) for row in rows), by="\n")


def _row(row: Row, enrolment: int, is_own: bool, as_of: str, is_whole: bool) -> SafeString:
    return write(
        ROW,
        open=OPEN if is_whole else NOTHING,
        title=row.title,
        bar=bar(row.percent, row.kind, row.ticks),
        have=row.have,
        need=row.need,
        state=state(row.state, row.kind),
        mark=icon("chevron-down"),
        sentence=row.sentence,
        note=_if(row.note, NOTE),
        missing=_list(MISSING, (write(SENTENCE, sentence) for sentence in (*row.missing, row.waiting) if sentence)),
        steps=_list(STEPS, (link_button(step.label, step.url, small=True) for step in row.next_steps if is_own)),
        parts=_list(PARTS, map(_part, row.lines)),
        evidence=_entries(row) if is_whole else _way_to_entries(row, enrolment, as_of),
    )


def _part(line: Line) -> SafeString:
    return write(
        PART,
        label=line.label,
        bar=bar(line.percent, line.kind),
        text=line.text,
        state=state(line.state, line.kind),
        note=_if(line.note, PART_NOTE),
    )


def _entries(row: Row) -> SafeString:
    return mark_safe(render_to_string("standing/tallies.html", {"row": row}))  # noqa: S308 - a template


def _way_to_entries(row: Row, enrolment: int, as_of: str) -> SafeString:
    return write(EVIDENCE, reverse("standing_evidence", args=[enrolment, row.key]), as_of, row.title)


def _if(text: str, pattern: str) -> SafeString:
    return write(pattern, text) if text else NOTHING


def _list(pattern: str, parts: Iterable[SafeString]) -> SafeString:
    found = join(parts)
    return write(pattern, found) if found else NOTHING
