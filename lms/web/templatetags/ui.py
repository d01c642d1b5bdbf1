"""Tags and filters of the components: icons, hours, dates in the reader's zone."""

import datetime
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from django import template
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from lms.web.markup import join, write
from lms.web.memory import remember

register = template.Library()

SHAPES = {
    "met": "circle-check",
    "waiting": "clock",
    "critical": "octagon-alert",
    "info": "info",
    "accent": "flag",
    "neutral": "circle",
}
CURRENT, SMALL, DOWNLOAD = mark_safe(' aria-current="page"'), " button--small", mark_safe(" download")
NAV_ITEM = '<li><a class="site-nav__link" href="{}"{}>{}</a></li>'
TALLY_LINE = '<li><span>{}</span><span class="tally__value">{}</span>{}</li>'
BAR = (
    '<svg class="bar" data-state="{}" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<rect class="bar__track" x="0" y="5" width="100" height="6"></rect>'
    '<rect class="bar__fill" x="0" y="5" width="{}" height="6"></rect>{}</svg>'
)
TICK = '<line class="bar__tick" x1="{0}" x2="{0}" y1="1" y2="15" vector-effect="non-scaling-stroke"></line>'
MESSAGE_KINDS = {"success": "met", "warning": "waiting", "error": "critical"}
# The first mark found decides: Edge and Chrome also call themselves Safari, Android calls itself Linux.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]
DAY = "j M Y"
MOMENT = "j M Y, H:i"
CLOCK = "H:i"


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The symbols of the sprite; read once per process."""
    with open(finders.find("icons.svg"), encoding="utf-8") as sprite:
        return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read()))


@register.simple_tag
@remember(seconds=3600, most=500)
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite. Without a label it is decoration beside a word; with one it is read aloud.

    Raises LookupError for a name the sprite does not have: an invisible icon is a mistake nobody would notice.
    """
    if name not in icon_names():
        raise LookupError(f"There is no icon named {name!r} in icons.svg.")
    address = f"{static('icons.svg')}#{name}"
    if label:
        return write('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return write('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


_icon = icon  # for tags that call their own input so


@register.simple_tag
def link_button(label: str, href: str, kind="", icon="", small=False, download=False) -> SafeString:
    """A link that looks like a button. `components/link_button.html` calls this."""
    return write(
        '<a href="{}" class="button button--{}{}"{}>{}<span>{}</span></a>',
        href,
        kind or "secondary",
        SMALL if small else "",
        DOWNLOAD if download else "",
        _icon(icon) if icon else "",
        label,
    )


@register.tag
def constant(parser, token) -> template.Node:
    """`{% constant %}…{% endconstant %}`: what is the same on every page and for everybody, rendered once in a process.

    It is rendered without any variable, so nothing of the person who asked first can stay in it.
    """
    nodelist = parser.parse(["endconstant"])
    parser.delete_first_token()
    return ConstantNode(nodelist)


class ConstantNode(template.Node):
    child_nodelists = ()  # no blocks lie inside, so a page that extends another need not look for them

    def __init__(self, nodelist: template.NodeList):
        self.nodelist = nodelist

    def render(self, context) -> SafeString:
        if not hasattr(self, "_text"):
            self._text = self.nodelist.render(context.new())
        return self._text


@register.simple_tag
@remember(seconds=3600, most=500)
def state(label: str, kind: str) -> SafeString:
    """components/state.html, for long lists: there are few states, and an include costs as much as the rest of a line."""
    return mark_safe(render_to_string("components/state.html", {"label": label, "kind": kind}))  # noqa: S308 - a template


@register.simple_tag
def bar(percent: float, kind: str = "", ticks: Iterable[Mapping] | None = None) -> SafeString:
    """A bar filled to `percent`, with ticks where goals lie. `components/bar.html` calls this."""
    lines = join(write(TICK, f"{tick['percent']:.0f}") for tick in ticks or ())
    return write(BAR, kind or "neutral", f"{percent:.0f}", lines)


@register.simple_tag
def nav_items(items: Iterable[Mapping]) -> SafeString:
    """The entries of the main navigation (see lms/web/navigation.py): on every page, and therefore written in one go."""
    return join(write(NAV_ITEM, item["url"], CURRENT if item["current"] else "", item["label"]) for item in items)


@register.simple_tag
def tally_lines(entries: Iterable[Mapping]) -> SafeString:
    """The lines of `components/tally.html`: there may be hundreds, and therefore they are written in one go."""
    return join(map(_tally_line, entries))


def _tally_line(entry: Mapping) -> SafeString:
    text, reason = entry["text"], entry.get("reason", "")
    if entry.get("url"):
        text = write('<a href="{}">{}</a>', entry["url"], text)
    if reason:
        reason = write('<span class="tally__reason">{}</span>', reason)
    return write(TALLY_LINE, text, entry.get("value") or "", reason)


@register.filter
def shape(kind: str) -> str:
    """The icon that stands for a kind of state, so that no state is told by colour alone."""
    return SHAPES[kind]


@register.filter
def message_kind(message) -> str:
    """The kind of alert for a message of django.contrib.messages."""
    return MESSAGE_KINDS.get(message.level_tag, "info")


@register.filter
def minutes(value: int | None) -> str:
    """750 -> "12 h 30 min"; 0 -> "0 min"; nothing -> ""."""
    if value is None or value == "":
        return ""
    hours, rest = divmod(abs(int(value)), 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return ("−" if int(value) < 0 else "") + " ".join(parts)


@register.filter
def day(value: datetime.date | None) -> str:
    """23 Nov 2026; an aware moment is first brought to the reader's zone."""
    if not value:
        return ""
    local = _local(value)
    return _day(local.date() if isinstance(local, datetime.datetime) else local)


@lru_cache(maxsize=2000)
def _day(value: datetime.date) -> str:
    """The days of a list come again and again, and writing one costs as much as the rest of its line."""
    return format_date(value, DAY)


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """23 Nov 2026, 14:02 in the reader's zone. A plain date has no time of day and stays a date."""
    if not value:
        return ""
    return format_date(_local(value), MOMENT if isinstance(value, datetime.datetime) else DAY)


@register.filter
def clock(value: datetime.datetime | datetime.time | None) -> str:
    """14:02 in the reader's zone."""
    return format_date(_local(value), CLOCK) if isinstance(value, datetime.datetime) else _plain_clock(value)


@register.filter
def when(value) -> str:
    """A moment, a date or a ready-made text, for components that take any of the three."""
    return moment(value) if isinstance(value, datetime.date) else str(value or "")


@register.filter
def zone_name(zone: str) -> str:
    """America/New_York -> "New York (America)"; UTC stays UTC."""
    region, _, place = zone.rpartition("/")
    return f"{place} ({region})".replace("_", " ") if region else zone


@register.filter
def device(user_agent: str) -> str:
    """ "Firefox on Windows" from a browser's own name for itself; the name itself, cut short, when it is a strange one."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if browser and system else Truncator(user_agent).chars(60)


@register.filter
def is_optional(field) -> bool:
    """Say "(optional)" beside a field that may stay empty; a lone checkbox says enough by itself."""
    return not field.field.required and field.widget_type != "checkbox"


@register.filter
def at(items, index: int):
    """items[index], for a cell that asks its column."""
    return items[index]


@register.filter
def linebreaks_unless_safe(value) -> SafeString:
    """Paragraphs from plain text; HTML that was already cleaned passes unchanged."""
    return value if isinstance(value, SafeString) else mark_safe(linebreaks(value, autoescape=True))  # noqa: S308 - escaped there


def page_numbers(page: Page) -> list[int | None]:
    """First, last and the neighbours of a page; None where numbers are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


TO_PAGE = '<li><a class="pagination__page" href="{}"><span class="visually-hidden">Page </span>{}</a></li>'
BACK = '<li><a class="pagination__page" rel="prev" href="{}">{}<span>Previous</span></a></li>'
ON = '<li><a class="pagination__page" rel="next" href="{}"><span>Next</span>{}</a></li>'
HERE = '<li><span class="pagination__page" aria-current="page">{}</span></li>'
LEFT_OUT = mark_safe('<li><span class="pagination__page">…</span></li>')


@register.simple_tag
def page_links(page: Page, query: str = "") -> SafeString:
    """The links of `components/pagination.html`. `query`: what the address asks for beside the page."""
    begin = f"?{query}&page=" if query else "?page="
    links = [_page_link(number, page.number, begin) for number in page_numbers(page)]
    if page.has_previous():
        links.insert(0, write(BACK, f"{begin}{page.previous_page_number()}", icon("chevron-left")))
    if page.has_next():
        links.append(write(ON, f"{begin}{page.next_page_number()}", icon("chevron-right")))
    return join(links)


def _page_link(number: int | None, here: int, begin: str) -> SafeString:
    if number is None:
        return LEFT_OUT
    return write(HERE, number) if number == here else write(TO_PAGE, f"{begin}{number}", number)


def _local(value):
    is_aware = isinstance(value, datetime.datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if is_aware else value


def _plain_clock(value: datetime.time | None) -> str:
    return value.strftime("%H:%M") if value is not None else ""
