"""Components are called as they declare themselves: a wrong name in an include would otherwise stay silent."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
COMPONENTS = TEMPLATES / "components"
# These draw a form or the account menu, so they need the request and the token of the page around them.
OPEN_TO_THE_PAGE = {"form", "confirm", "account_menu"}
DECLARATION = re.compile(r"^\{# inputs: (.+) #\}$")
INCLUDE = re.compile(r'\{% include "components/(\w+)\.html"(?P<arguments>(?:"[^"]*"|\'[^\']*\'|[^%"\'])*)%\}')
ARGUMENT = re.compile(r"(\w+)=")
QUOTED = re.compile(r'"[^"]*"')


def declared_inputs(component: str) -> tuple[set[str], set[str]]:
    """All inputs of a component, and those it cannot do without (marked with *)."""
    first_line = (COMPONENTS / f"{component}.html").read_text().splitlines()[0]
    declaration = DECLARATION.match(first_line)[1]
    plain = re.sub(r"\([^)]*\)", "", declaration)
    names = [name.strip() for name in plain.split(",") if re.fullmatch(r"\w+\*?", name.strip())]
    return {name.rstrip("*") for name in names}, {name.rstrip("*") for name in names if name.endswith("*")}


def includes():
    for template in sorted(TEMPLATES.rglob("*.html")):
        for number, line in enumerate(template.read_text().splitlines(), start=1):
            for found in INCLUDE.finditer(line):
                place = f"{template.relative_to(TEMPLATES)}:{number}"
                yield place, found[1], QUOTED.sub('""', found["arguments"])


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.stem)
def test_the_first_line_of_a_component_declares_its_inputs(path):
    assert DECLARATION.match(path.read_text().splitlines()[0])


def test_includes_pass_only_declared_inputs_and_all_needed_ones():
    wrong = []
    for place, component, arguments in includes():
        known, needed = declared_inputs(component)
        given = set(ARGUMENT.findall(arguments))
        wrong += [f"{place} {component}: unknown {name}" for name in sorted(given - known - {"none"})]
        wrong += [f"{place} {component}: missing {name}" for name in sorted(needed - given)]
    assert wrong == []


def test_includes_of_components_end_with_only():
    leaking = [
        f"{place} {component}"
        for place, component, arguments in includes()
        if component not in OPEN_TO_THE_PAGE and not arguments.rstrip().endswith("only")
    ]
    assert leaking == []


def test_every_component_is_in_the_list_for_page_writers():
    inner = {"account_menu", "account_tabs", "bar", "field_errors", "tally", "ticks"}
    listed = set(re.findall(r"^\| `(\w+)\.html`", (TEMPLATES.parent / "docs/components.md").read_text(), re.MULTILINE))
    assert (
        listed - {"base", "public", "reading", "desk", "auth", "plain"}
        == {path.stem for path in COMPONENTS.glob("*.html")} - inner
    )
