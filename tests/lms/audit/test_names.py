"""Every act of the code base has a registered name, and every registered name is an act."""

import ast
from pathlib import Path

from lms.audit.names import registered_actions

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("lms", "courses", "assessments", "supervision", "certificates")


def sources() -> list[Path]:
    return [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "migrations" not in file.parts]


def strings(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def recorded_names(tree: ast.AST) -> set[str]:
    """The strings in the first argument of every call of `record`, also when it is chosen by a condition."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == "record":
                names |= {name for name in strings(node.args[0]) if name.count(".") == 2}
    return names


def test_every_recorded_name_is_registered_and_every_registered_name_is_recorded():
    recorded, mentioned = set(), set()
    for file in sources():
        tree = ast.parse(file.read_text())
        recorded |= recorded_names(tree)
        if file.name not in ("enums.py", "apps.py") and file.parent.name != "enums":
            mentioned |= strings(tree)
    registered = set(registered_actions())
    assert recorded - registered == set(), "recorded under a name that nobody registered"
    assert registered - mentioned == set(), "registered, but no act records it"


def test_every_label_is_words_for_people():
    odd = {
        name: label for name, label in registered_actions().items() if not label[:1].isupper() or label.endswith(".")
    }
    assert odd == {}
