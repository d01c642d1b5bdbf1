"""What is written is read again as the same question: for every format, for each kind that it holds, with every odd sign."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.exchange.formats import FORMATS
from assessments.exchange.portable import canonical
from tests.assessments.exchange.questions import CONTENT, portables

WHOLE = [(name, kind) for name, format_ in FORMATS.items() if name != "aiken" for kind in sorted(format_.holds)]
settings.register_profile("exchange", deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("name", "kind"), WHOLE)
@settings(settings.get_profile("exchange"), max_examples=25)
@given(data=st.data())
def test_what_a_format_writes_it_reads_as_the_same_question(name, kind, data):
    question = canonical(data.draw(portables(kind)))
    format_ = FORMATS[name]
    written = format_.write([question])
    row = written.rows[0]
    read = format_.read(written.content) if row.portable else []
    if row.portable is None:
        assert row.reason
    else:
        assert [expected_of(name, row.portable)] == [found.portable for found in read]


def expected_of(name, question):
    """What a format says in its remarks that it leaves out."""
    if name == "gift" and question.kind == "essay":
        content = {"words_most": 1000, "criteria": []}
        return replace(question, draft=replace(question.draft, content=content))
    if name == "gift" and question.kind == "ordering":
        return replace(question, draft=replace(question.draft, feedback=""), references=())
    return question


@settings(settings.get_profile("exchange"), max_examples=100)
@given(question=portables("single"))
def test_aiken_keeps_the_question_the_options_and_the_right_one(question):
    question = canonical(question)
    written = FORMATS["aiken"].write([question])
    if written.rows[0].portable is None:
        assert written.rows[0].reason
        return
    (row,) = FORMATS["aiken"].read(written.content)
    said = [(option["text"], option["correct"]) for option in question.draft.content["options"]]
    assert [(option["text"], option["correct"]) for option in row.portable.draft.content["options"]] == said


@pytest.mark.parametrize("name", list(FORMATS))
@settings(settings.get_profile("exchange"), max_examples=8)
@given(data=st.data())
def test_every_question_of_an_export_is_in_the_file_or_named(name, data):
    questions = [
        replace(data.draw(portables(kind)), key=f"key-{place}") for place, kind in enumerate(sorted(CONTENT), start=1)
    ]
    written = FORMATS[name].write(questions)
    said = [row for row in written.rows if row.portable]
    assert [row.place for row in written.rows] == [question.key for question in questions]
    assert all(row.reason for row in written.rows if not row.portable)
    assert len(FORMATS[name].read(written.content) if said else []) == len(said)
