"""Sending what the CMS sends of questions and quizzes."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.blocks import BlockField
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.models import QuizPage

BANK = "wagtailsnippets_assessments_question"
ADD = f"{BANK}:add"


def listed(*values: Any, ids: tuple[str, ...] = ()) -> dict:
    """Items of a ListBlock, each with its id when there is one."""
    rows = {
        str(place): {"deleted": "", "order": str(place), "value": value, "id": ids[place] if ids else ""}
        for place, value in enumerate(values)
    }
    return {"count": str(len(values))} | rows


def option(text: str, *, correct: bool = False, feedback: str = "") -> dict:
    return {"text": text, "feedback": feedback} | ({"correct": "on"} if correct else {})


def choice(*options: dict, kind: str = "single", ids: tuple[str, ...] = ()) -> dict:
    """The content of a question of choice: one block with its options."""
    return streamfield([(kind, {"options": listed(*options, ids=ids)})])


def number(**values: str) -> dict:
    empty = {"answer": "", "tolerance": "0", "unit": "", "accepted_units": "", "formula": "", "parameters": listed()}
    return streamfield([("numeric", empty | values)])


def question_form(**fields) -> dict:
    """The form of a question that can be asked, unless `fields` say otherwise."""
    values = {
        "title": "A question",
        "key": "a-question",
        "topic": "a topic",
        "competency": "",
        "difficulty": "",
        "stem": rich_text("<p>What?</p>"),
        "content": choice(option("One", correct=True), option("Two")),
        "feedback": "",
        "references": "",
    }
    return nested_form_data(values | fields)


def edit_url(question) -> str:
    return reverse(f"{BANK}:edit", args=[question.pk])


def write(client: Client, *, button: str = "action-publish", **fields):
    """A new question, and the button that is pressed: "" saves a draft."""
    return client.post(reverse(ADD), question_form(**fields) | ({button: "1"} if button else {}))


def rewrite(client: Client, question, *, button: str = "action-publish", **fields):
    return client.post(
        edit_url(question), question_form(key=question.key, **fields) | ({button: "1"} if button else {})
    )


def act_on(client: Client, question, name: str, **data):
    """Approve or reject what waits for review."""
    state = question.current_workflow_task_state
    return client.post(reverse(f"{BANK}:workflow_action", args=[question.pk, name, state.pk]), data)


# Quizzes -------------------------------------------------------------------------------------------------------------


def chosen_section(*questions, title: str = "", draw: int = 0) -> tuple[str, dict]:
    rows = listed(*(str(question.pk) for question in questions))
    return "chosen", {"title": title, "questions": rows, "draw": str(draw)}


def drawn_section(draw: int, *, title: str = "", **tags: str) -> tuple[str, dict]:
    empty = {"topic": "", "competency": "", "difficulty": ""}
    return "drawn", empty | {"title": title, "draw": str(draw)} | tags


def quiz_form(*sections: tuple[str, dict], **fields: Any) -> dict:
    """The form of a new quiz that can be published, unless `fields` say otherwise."""
    form = QuizPage.get_edit_handler().get_form_class()(instance=QuizPage())
    streams = {name: streamfield([]) for name, field in form.fields.items() if isinstance(field, BlockField)}
    plain = {name: form[name].value() for name in form.fields if name not in streams}
    values = streams | {name: "" if value is None else value for name, value in plain.items() if value is not False}
    values |= {"title": "Second quiz", "slug": "second-quiz", "comments": inline_formset([])}
    values |= {name: rich_text("") for name in ("intro", "remediation")} | {"sections": streamfield(list(sections))}
    return nested_form_data(values | fields)


def write_quiz(client: Client, module, *sections, button: str = "action-publish", **fields):
    url = reverse("wagtailadmin_pages:add", args=["assessments", "quizpage", module.pk])
    return client.post(url, quiz_form(*sections, **fields) | ({button: "1"} if button else {}))
