"""The widgets of our forms, written in Python instead of by Django's templates.

Django renders a template for every input, and two for every option of a choice: a form with twenty fields and eighty
options spends more time there than with everything else. What is written is the same (`tests/lms/web/test_widgets.py`
holds each widget against Django's own); a widget that is not known here goes to its template as before.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets/"


class ReadyChoices(BaseChoiceIterator):
    """Choices that a function reads when they are shown, pairs of value and label already. Of a function alone, Django
    copies what it returns anew at every look."""

    def __init__(self, read: Callable[[], Iterable[tuple]]):
        self._read = read

    def __iter__(self) -> Iterator[tuple]:
        return iter(self._read())


class FormRenderer(DjangoTemplates):
    """Named by `FORM_RENDERER`."""

    def render(self, template_name: str, context: Mapping[str, Any], request=None) -> str:
        write = WRITERS.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def escaped(value: Any) -> str:
    """A value as templates write it: markup that is marked as safe stays. Django's own does the same for lazy texts too,
    and takes five times as long."""
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))


def _attributes(attrs: Mapping[str, Any]) -> str:
    """`None` and `False` are not the same: Django writes the first as a word, and leaves the second out."""
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def write_input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    given = "" if value is None else f' value="{escaped(value)}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return mark_safe(f'<input type="{kind}" name="{name}"{given}{_attributes(widget["attrs"])}>')  # noqa: S308 - each part is escaped


def write_textarea(widget: Mapping[str, Any]) -> SafeString:
    text = escaped(widget["value"]) if widget["value"] else ""
    begin = f'<textarea name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>'
    return mark_safe(f"{begin}\n{text}</textarea>")  # noqa: S308 - each part is escaped


def write_select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        written = "".join(_option(option) for option in options)
        parts.append(f'<optgroup label="{escaped(group)}">{written}</optgroup>' if group else written)
    parts.append("</select>")
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def _option(option: Mapping[str, Any]) -> str:
    label = escaped(option["label"])
    return f'<option value="{escaped(option["value"])}"{_attributes(option["attrs"])}>{label}</option>'


def write_choices(widget: Mapping[str, Any]) -> SafeString:
    """Radio buttons or boxes, each in its label."""
    attrs = widget["attrs"]
    kept = {name: attrs[name] for name in ("id", "class") if attrs.get(name)}
    parts = [f"<div{_attributes(kept)}>"]
    for group, options, _ in widget["optgroups"]:
        written = _choices(options)
        parts.append(f"<div><label>{escaped(group)}</label>{written}</div>" if group else written)
    parts.append("</div>")
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


def _choices(options: Iterable[Mapping[str, Any]]) -> str:
    return "".join(f"<div>{_choice(option)}</div>" for option in options)


def _choice(option: Mapping[str, Any]) -> str:
    box = write_input(option)
    if not option.get("wrap_label"):
        return box
    whose = f' for="{escaped(option["attrs"]["id"])}"' if option["attrs"].get("id") else ""
    return f"<label{whose}>{box} {escaped(option['label'])}</label>"


_INPUTS = (
    *("input", "text", "number", "email", "url", "tel", "search", "color", "password", "hidden"),
    *("date", "datetime", "time", "checkbox"),
)
WRITERS: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{f"{FOLDER}{name}.html": write_input for name in _INPUTS},
    f"{FOLDER}textarea.html": write_textarea,
    f"{FOLDER}select.html": write_select,
    f"{FOLDER}radio.html": write_choices,
    f"{FOLDER}checkbox_select.html": write_choices,
}
