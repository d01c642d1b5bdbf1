"""The lines of the two long lists of practice. Written in Python: a template asks ten times for each line, and the lines
together cost it more than the rest of the page. Everything in them is escaped."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from lms.web.markup import join, write
from lms.web.templatetags.ui import state

register = template.Library()

WHY_SHOWN = 140
LOG_LINE = (
    '<li class="panel-quiet cluster cluster-between"><div><a class="strong" href="{url}">{when}</a>'
    '<p class="small soft">{about}</p>{notes}</div>'
    '<p class="cluster"><span class="num nowrap">{length}</span>{shown}</p></li>'
)
QUEUE_LINE = (
    '<tr><td><label class="choice"><input type="checkbox" name="log" value="{pk}"{checked}>'
    '<span class="visually-hidden">Approve the visit of {on}, {trainee}</span></label></td>'
    '<th scope="row" class="nowrap"><a href="{url}"><span class="visually-hidden">Review the visit of </span>{on}</a></th>'
    '<td data-label="Trainee">{trainee}</td>'
    '<td data-label="Category"><span>{category} <br><span class="small soft">{about}</span></span></td>'
    '<td data-label="Site">{site}</td><td class="num nowrap" data-label="Length">{length}</td>'
    '<td class="nowrap" data-label="Waiting">{waiting}</td></tr>'
)


@register.simple_tag
def log_lines(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The entries of a trainee's own log (`supervision/views/practice.py`, `_line`)."""
    lines = (
        write(LOG_LINE, **row, notes=_notes(row["flags"], row["why"]), shown=state(row["state"], row["tone"]))
        for row in rows
    )
    return join(lines, by="\n")


def _notes(flags: str, why: str | None) -> SafeString:
    said = write('<p class="small">{} {}</p>', state("Flagged", "waiting"), flags) if flags else ""
    if not why:
        return said
    return write('{}<p class="small measure">{}</p>', said, Truncator(why).chars(WHY_SHOWN))


@register.simple_tag
def queue_lines(rows: Iterable[Mapping[str, Any]], ticked: bool | None) -> SafeString:
    """What waits for a supervisor (`supervision/views/review.py`, `_line`)."""
    checked = mark_safe(" checked") if ticked else ""
    lines = (
        write(
            QUEUE_LINE,
            **row,
            checked=checked,
            waiting=state(row["waits"], "accent") if row["is_overdue"] else row["waits"],
        )
        for row in rows
    )
    return join(lines, by="\n")
