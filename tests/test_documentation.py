"""The docs name what the code has: settings, commands, kinds of requirement, a page for every app with pages."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from courses.standards.registry import all_kinds

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
ROOMS = ("lms", "courses", "assessments", "supervision", "certificates")
READERS = {"text", "boolean", "number", "choice", "names", "folder", "origin", "time_zone", "database"}
READERS |= {"token", "shared_cache", "mail", "storage", "encryption_keys", "required_secret"}
# Read elsewhere: tools that belong to a developer's machine, not to an installation.
CODE_THAT_READS = ("lms/settings.py", "lms/demo/management/commands/serve.py")


def variables_read() -> set[str]:
    """The names in every call of a reader of `lms.env`."""
    names = set()
    for file in CODE_THAT_READS:
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in READERS:
                names |= {
                    argument.value
                    for argument in node.args[:2]
                    if isinstance(argument, ast.Constant) and re.fullmatch("[A-Z][A-Z_]+", str(argument.value))
                }
    return names


def words(*files: Path) -> set[str]:
    """Everything between backticks."""
    return {word for file in files for word in re.findall(r"`([^`\n]+)`", file.read_text())}


def test_settings_md_has_a_row_for_every_variable_and_none_too_many():
    in_rows = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", (DOCS / "settings.md").read_text(), re.MULTILINE))
    assert in_rows == variables_read()


def test_no_variable_is_read_behind_the_readers_back():
    allowed = {"lms/env.py", "lms/wsgi.py", "lms/asgi.py"}
    behind = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", file.read_text())
    }
    assert behind - allowed == set()


def our_commands() -> set[str]:
    found = {file for room in ROOMS for file in (ROOT / room).rglob("management/commands/*.py")}
    return {file.stem for file in found if not file.stem.startswith("_")}


def test_operations_md_names_every_command_of_ours_and_only_commands():
    text = (DOCS / "operations.md").read_text()
    in_rows = {name.split()[0] for name in re.findall(r"^\| `manage\.py ([^`]+)` \|", text, re.MULTILINE)}
    assert in_rows == our_commands()


@pytest.mark.parametrize("command", sorted(our_commands()))
def test_every_command_says_what_it_does(command):
    from django.core.management import get_commands, load_command_class

    assert len(load_command_class(get_commands()[command], command).help) > 20


def test_every_kind_of_requirement_is_explained_on_a_feature_page():
    explained = words(*DOCS.glob("features/*.md"))
    assert {kind.name for kind in all_kinds()} - explained == set()


def apps_with_pages() -> set[str]:
    ours = [config for config in apps.get_app_configs() if config.name.split(".")[0] in ROOMS]
    return {config.name.split(".")[-1] for config in ours if any(Path(config.path).glob("views*"))}


def test_every_app_with_views_has_a_feature_page_with_a_heading():
    pages = {file.stem for file in DOCS.glob("features/*.md") if file.read_text().startswith("# ")}
    assert apps_with_pages() - pages == set()


def test_every_system_check_of_ours_is_in_the_docs():
    code = "\n".join(file.read_text() for room in ROOMS for file in (ROOT / room).rglob("checks.py"))
    identifiers = set(re.findall(r'id="(plumbline\.[EW]\d+)"', code))
    assert identifiers - words(DOCS / "settings.md") == set()


def test_the_changelog_says_what_changed():
    entries = re.findall(r"^- \S.+\.$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert len(entries) > 3


@pytest.mark.parametrize("file", sorted(DOCS.rglob("*.md")), ids=lambda file: str(file.relative_to(DOCS)))
def test_every_link_between_the_pages_leads_somewhere(file):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", file.read_text())
    assert [link for link in links if not (file.parent / link).exists()] == []


def test_the_defaults_in_settings_md_are_the_real_ones():
    text = (DOCS / "settings.md").read_text()
    assert f"| `{settings.DEMO_PASSWORD}` |" in text
    assert f"10 to 86400 | {settings.READY_TASK_MAX_AGE_SECONDS} |" in text
