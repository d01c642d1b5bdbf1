"""Every act of the code base has a registered name, and every registered name is an act."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lms.audit.names import registered_actions

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("lms", "courses", "assessments", "supervision", "certificates")


def sources() -> list[Path]:
    return [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]


def strings(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def recorded(tree: ast.AST) -> Iterator[ast.AST]:
    """The first argument of every call of `record`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == "record":
                yield node.args[0]


def composed(tree: ast.AST) -> Iterator[re.Pattern]:
    """A name put together from parts, as f"app.noun.{verb}"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values]
            yield re.compile("".join(parts))


def test_every_recorded_name_is_registered_and_every_registered_name_is_recorded():
    registered = set(registered_actions())
    unknown, mentioned = set(), set()
    for file in sources():
        tree = ast.parse(file.read_text())
        for argument in recorded(tree):
            patterns = list(composed(argument))
            unknown |= {pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, registered))}
            unknown |= set() if patterns else {name for name in strings(argument) if name.count(".") == 2} - registered
            mentioned |= {name for name in registered if any(pattern.fullmatch(name) for pattern in patterns)}
        if file.name not in ("enums.py", "apps.py") and file.parent.name != "enums":
            mentioned |= strings(tree)
    assert unknown == set(), "recorded under a name that nobody registered"
    assert registered - mentioned == set(), "registered, but no act records it"


def test_every_label_is_words_for_people():
    odd = {
        name: label for name, label in registered_actions().items() if not label[:1].isupper() or label.endswith(".")
    }
    assert odd == {}
