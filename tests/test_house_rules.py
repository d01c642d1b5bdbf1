"""Rules of the house that a reader of one file cannot see, held over the whole source."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOMS = ("lms", "courses", "assessments", "supervision", "certificates")
SOURCES = [file for room in ROOMS for file in sorted(Path(room).rglob("*.py")) if "migrations" not in file.parts]
ACTIONS = [file for file in SOURCES if "actions" in (file.stem, file.parent.name)]
# Views that take POST without a form key, each with its reason.
NOT_ONCE = {
    "cms_login": "changes nothing: it sends everybody to the one door",
    "cms_password_reset": "changes nothing: it sends everybody to the one door",
    "verify": "changes nothing: it answers about a file and forgets it",
    "buy_place": "holds the place once per form inside, then opens the same checkout however often it is asked",
    "order_pay": "opens the same checkout each time: the order carries Stripe's key",
    "stripe_webhook": "Stripe's event carries its own id, which is kept once",
    "quiz_answer": "saving an answer is an upsert on (attempt, slot) with a client sequence",
    "practice_autosave": "saving a draft is an upsert on (enrolment, key of the draft) with a sequence",
    "quiz_reports": "what a browser tells of itself is a line of a log: told twice, it is two",
}


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def calls(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(inner, ast.Call) and getattr(inner.func, "id", getattr(inner.func, "attr", "")) == name
        for inner in ast.walk(node)
    )


def is_atomic(function: ast.FunctionDef) -> bool:
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    blocks = [
        ast.unparse(item.context_expr)
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
    ]
    return any(text.startswith("transaction.atomic") for text in decorators + blocks)


@pytest.mark.parametrize("file", ACTIONS, ids=str)
def test_a_public_act_that_is_audited_is_one_transaction(file):
    loose = [
        function.name
        for function in functions(ast.parse(file.read_text()))
        if not function.name.startswith("_")
        and function.name not in ("record", "record_each")
        and (calls(function, "record") or calls(function, "record_each"))
        and not is_atomic(function)
    ]
    assert loose == []


def test_no_business_hangs_on_a_signal():
    """The only receiver is the one that installs database triggers after a migration."""
    users = [str(file) for file in SOURCES if re.search(r"\breceiver\(|\.connect\(", file.read_text())]
    assert users == ["lms/audit/apps.py"]


def test_there_is_no_file_for_whatever():
    assert [str(file) for file in SOURCES if file.stem in ("utils", "helpers", "misc", "common")] == []


@pytest.mark.parametrize("file", sorted(Path("templates").rglob("*.html")), ids=str)
def test_every_form_that_changes_something_carries_its_key(file):
    """allauth's own forms carry Django's token and are limited by allauth; the payment simulator is no page of the site.
    What is written once for all readers has a place for it, see courses/learning/frame.py."""
    if "simulator" in file.parts or file.parts[1] in ("account", "mfa", "usersessions", "allauth"):
        return
    wanted = "{{ form_key }}" if "form_key* (the place of" in file.read_text() else "{% form_key %}"
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", file.read_text(), re.DOTALL | re.IGNORECASE):
        assert wanted in form


@pytest.mark.parametrize("file", sorted(Path("templates").rglob("*.html")), ids=str)
def test_every_form_that_changes_something_says_where_it_is_sent(file):
    """After the password is asked for, a form is shown at the address of the password: an empty `action` would go there."""
    source = re.sub(r"{%.*?%}|{{.*?}}", "", file.read_text())  # with a `>` of their own
    sent = [tag for tag in re.findall(r"<form\b[^>]*>", source) if 'method="post"' in tag.lower()]
    assert [tag for tag in sent if "action=" not in tag] == []


def our_views() -> list[tuple[str, object]]:
    def walk(resolver):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern)
            elif isinstance(pattern, URLPattern) and pattern.callback.__module__.split(".")[0] in ROOMS:
                yield pattern.name or "", pattern.callback

    return sorted(set(walk(get_resolver())), key=lambda pair: pair[0])


@pytest.mark.django_db
def test_every_view_of_ours_that_takes_a_form_acts_once(rf, cast):
    """A view either refuses POST or is marked by `once_per_form`."""
    from tests.access.test_every_url import expected_rows

    takes_post = {
        name
        for (name, method), cells in expected_rows().items()
        if method == "POST" and not set(cells) <= {"405", "404", "302"}
    }
    loose = {name for name, view in our_views() if name in takes_post and not getattr(view, "acts_once", False)}
    assert loose == set(NOT_ONCE) & takes_post


def test_every_app_of_ours_uses_the_house_file_names_for_its_parts():
    """Models, actions, queries … are where a stranger looks for them."""
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if config.name.split(".")[0] in ROOMS and any(config.get_models()):
            assert (folder / "models.py").exists() or (folder / "models").is_dir(), config.label
