"""Questions and quizzes in the CMS, and what of them goes into an edition."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text, streamfield

from assessments.actions import save_draft, save_question
from assessments.kinds import Unusable, kind_of
from assessments.kinds.base import Draft
from assessments.models import Question, QuestionVersion
from assessments.rules import QuestionNotReady
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.audit.models import AuditEntry
from tests.assessments.editing import ADD, BANK, act_on, choice, edit_url, number, option, question_form, rewrite, write
from tests.factories.assessments import EVERY_KIND, make_question
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, draft
from tests.web import text_of

pytestmark = pytest.mark.django_db
LIST_QUERIES = 15


def test_saving_a_change_makes_a_version_and_saving_none_makes_none(cast):
    question = make_question(by=cast.director)
    save_question(question, by=cast.director)
    assert question.versions.count() == 1
    question.critical = True
    version = save_question(question, by=cast.faculty)
    assert (version.number, version.critical, version.created_by) == (2, True, cast.faculty)
    first = question.versions.get(number=1)
    assert (first.critical, first.data) == (False, version.data)


@pytest.mark.parametrize("tag", [{"competency": "opens an airway"}, {"difficulty": "hard"}, {"topic": "breathing"}])
def test_a_tag_is_frozen_in_a_version_of_its_own(tag):
    question = make_question()
    for name, value in tag.items():
        setattr(question, name, value)
    version = save_question(question, by=None)
    assert {name: getattr(version, name) for name in tag} == tag
    assert version.number == 2


def test_a_draft_changes_nothing_for_trainees(cast):
    question = make_question(by=cast.director)
    question.stem = "<p>Which?</p>"
    save_draft(question, by=cast.faculty)
    found = Question.objects.get()
    assert (found.stem, found.has_unpublished_changes, found.versions.count()) == ("<p>What?</p>", True, 1)
    assert found.get_latest_revision_as_object().stem == "<p>Which?</p>"


def test_a_new_draft_has_no_version_and_is_not_live():
    question = make_question(draft=True, key="")
    assert (question.live, question.versions.count(), question.key) == (
        False,
        0,
        question.title.lower().replace(" ", "-"),
    )


def test_a_draft_may_be_unfinished_and_is_then_not_published(cast):
    question = make_question(draft=True, content={"options": []})
    revision = save_draft(question, by=cast.director)
    with pytest.raises(QuestionNotReady, match="Give between 2 and 12 options"):
        revision.publish(user=cast.director)
    question.refresh_from_db()
    assert (question.live, question.versions.exists()) == (False, False)


def test_publishing_goes_through_the_one_action_whoever_asks(cast):
    question = make_question(by=cast.director)
    question.critical = True
    save_draft(question, by=cast.faculty).publish(user=cast.director)
    version = question.newest_version
    assert (version.number, version.critical, version.created_by) == (2, True, cast.director)
    assert Question.objects.get().critical


def test_what_was_published_once_keeps_its_key():
    question = make_question()
    question.key = "another"
    with pytest.raises(ValidationError, match="Leave it"):
        save_question(question, by=None)


def test_option_ids_stay_through_an_edit():
    question = make_question()
    content = question.draft().content
    content["options"][0]["text"] = "Reworded"
    question.write("single", Draft(question.stem, "", {"options": content["options"][::-1]}))
    save_question(question, by=None)
    first, second = [version.data["options"] for version in question.versions.order_by("number")]
    assert [option["id"] for option in second] == [option["id"] for option in first][::-1] == list("dcba")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_written_of_a_kind_is_what_is_frozen(kind):
    written = draft(kind, stem="<p>Why?</p>")
    question = make_question(kind, content=written.content, stem=written.stem, feedback=written.feedback)
    assert (question.kind, Question.objects.get().kind_of_content) == (kind, kind)
    frozen_as_written = kind_of(kind).freeze(written) | {"references": []}
    assert question.newest_version.data == frozen_as_written
    question.write(kind, question.draft())
    assert save_question(question, by=None).number == 1


def test_values_drawn_by_chance_are_written_and_frozen():
    question = make_question("numeric", content=DRAWN_DOSE, stem=DRAWN_STEM)
    data = question.newest_version.data
    assert (data["answer"], data["formula"]) == ("", "weight * dose")
    assert [parameter["name"] for parameter in data["parameters"]] == ["weight", "dose"]


def test_gaps_are_numbered_as_they_stand_in_the_list():
    content = {
        "text": "<p>[[7]] then [[3]]</p>",
        "gaps": [{"id": "3", "accepted": ["b"]}, {"id": "7", "accepted": ["a"]}],
    }
    data = make_question("cloze", content=content).newest_version.data
    assert (data["text"], [gap["id"] for gap in data["gaps"]]) == ("<p>[[2]] then [[1]]</p>", ["1", "2"])


def test_a_question_that_cannot_be_asked_is_not_saved():
    question = make_question()
    question.stem = ""
    with pytest.raises(Unusable):
        save_question(question, by=None)
    assert Question.objects.get().stem == "<p>What?</p>"
    assert question.versions.count() == 1


def test_a_version_is_never_changed_or_deleted():
    version = make_question().newest_version
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk).update(critical=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk)._raw_delete("default")


def test_saving_a_question_writes_its_audit_row_and_none_when_it_is_rolled_back(cast):
    with transaction.atomic():
        make_question(by=cast.director)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(action="assessments.question.saved").exists()
    question = make_question(by=cast.director)
    entry = AuditEntry.objects.get(action="assessments.question.saved")
    assert (entry.object_id, entry.actor, entry.data["version"]) == (str(question.pk), cast.director, 1)


# In the CMS ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def faculty(cast):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    mail.outbox.clear()
    return cast.client("faculty")


@pytest.mark.parametrize(
    ("name", "button", "questions", "versions"),
    [
        ("director", "action-publish", 1, 1),
        ("director", "", 1, 0),
        ("faculty", "", 1, 0),
        ("faculty", "action-publish", 1, 0),
        ("registrar", "action-publish", 0, 0),
        ("trainee", "action-publish", 0, 0),
        ("visitor", "action-publish", 0, 0),
    ],
)
def test_who_writes_questions_and_who_publishes_them(cast, faculty, name, button, questions, versions):
    write(cast.client(name), button=button)
    assert (Question.objects.count(), QuestionVersion.objects.count()) == (questions, versions)


def test_a_director_writes_a_question_in_the_cms(cast):
    client = cast.client("director")
    assert client.get(reverse(ADD)).status_code == 200
    write(client, competency="opens  an airway", difficulty="hard")
    question = Question.objects.get()
    version = question.newest_version
    assert (version.number, version.created_by, version.kind) == (1, cast.director, "single")
    assert (version.competency, version.difficulty) == ("opens an airway", "hard")
    assert [(o["text"], o["correct"]) for o in version.data["options"]] == [("One", True), ("Two", False)]
    assert client.get(edit_url(question)).status_code == 200


def test_an_edit_in_the_cms_keeps_the_ids_of_options(cast):
    client = cast.client("director")
    write(client)
    question = Question.objects.get()
    ids = [option["id"] for option in question.newest_version.data["options"]]
    edited = choice(option("Two"), option("One, reworded", correct=True), option("Three"), ids=(ids[1], ids[0], ""))
    rewrite(client, question, content=edited)
    after = question.newest_version
    assert after.number == 2
    assert [option["id"] for option in after.data["options"][:2]] == [ids[1], ids[0]]
    assert after.data["options"][2]["id"] not in {"", *ids}


def test_a_key_is_made_of_the_title_when_none_is_given(cast):
    client = cast.client("director")
    write(client, key="")
    write(client, key="")
    assert sorted(Question.objects.values_list("key", flat=True)) == ["a-question", "a-question-2"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"content": choice(option("One", correct=True))}, "Give between 2 and 12 options."),
        ({"content": choice(option("One"), option("Two"))}, "Mark exactly one option as correct."),
        ({"content": choice(option("One", correct=True), option("ONE"))}, "Option 1 and option 2 say the same"),
        ({"content": number(answer="NaN")}, "Write the right answer as a plain number."),
        ({"content": number(answer="1e999")}, "Write the right answer as a plain number."),
        ({"content": number(answer="1\x00")}, "Null characters are not allowed."),
        ({"content": number(answer="1", tolerance="-3")}, "zero or more"),
        ({"content": streamfield([])}, "Choose how the question is answered."),
        ({"content": streamfield([("nonsense", "x")])}, "Choose how the question is answered."),
        ({"stem": rich_text("")}, "required"),
        ({"difficulty": "impossible"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(cast, fields, sentence):
    response = write(cast.client("director"), **fields)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Question.objects.exists()


def test_a_problem_of_the_kind_stands_at_its_own_field(cast):
    response = write(cast.client("director"), content=number(answer="ten", tolerance="-3"))
    (error,) = response.context["form"].errors.as_data()["content"]
    inside = error.as_json_data()["blockErrors"][0]["blockErrors"]
    assert {name: at["messages"] for name, at in inside.items()} == {
        "answer": ["Write the right answer as a plain number."],
        "tolerance": ["Write the tolerance as a number of zero or more."],
    }


def test_an_unfinished_question_is_kept_as_a_draft(cast):
    response = write(cast.client("director"), button="", stem=rich_text(""), topic="", content=streamfield([]))
    question = Question.objects.get()
    assert response.url == edit_url(question)
    assert (question.live, question.kind, question.versions.exists()) == (False, "", False)


def test_nobody_deletes_a_question():
    assert not Permission.objects.filter(codename="delete_question", group__isnull=False).exists()


# The review ----------------------------------------------------------------------------------------------------------


def test_faculty_send_a_question_for_review_and_a_director_approves_it(cast, faculty):
    write(faculty, button="action-submit")
    question = Question.objects.get()
    assert (question.get_workflow().name, question.versions.exists()) == ("Curriculum review", False)
    director = cast.client("director")
    assert "A question" in text_of(director.get("/cms/"))
    act_on(director, question, "approve")
    version = question.newest_version
    assert (version.number, version.created_by) == (1, cast.director)
    assert Question.objects.get().live


def test_a_director_asks_for_changes_of_a_published_question_and_trainees_keep_what_there_was(cast, faculty):
    question = make_question(by=cast.director)
    rewrite(faculty, question, button="action-submit", stem=rich_text("<p>Which?</p>"))
    act_on(cast.client("director"), question, "reject", comment="Name the dose.")
    question.refresh_from_db()
    assert question.current_workflow_state.status == "needs_changes"
    assert (question.stem, question.versions.count()) == ("<p>What?</p>", 1)


def test_a_question_that_cannot_be_asked_is_not_sent_for_review(cast, faculty):
    write(faculty, button="action-submit", content=choice(option("One"), option("Two")))
    assert not Question.objects.exists()


def test_approving_what_was_spoilt_meanwhile_is_refused_whole(cast, faculty):
    write(faculty, button="action-submit")
    question = Question.objects.get()
    rewrite(cast.client("director"), question, button="", content=choice(option("One"), option("Two")))
    question.refresh_from_db()
    response = act_on(cast.client("director"), question, "approve")
    assert (response.status_code, "Mark exactly one option as correct." in text_of(response)) == (409, True)
    assert question.current_workflow_state.status == "in_progress"
    assert not question.versions.exists()


def test_mails_of_a_review_lead_to_the_question(cast, faculty):
    write(faculty, button="action-submit")
    question = Question.objects.get()
    assert {message.to[0] for message in mail.outbox} == {"director@example.org", "second_director@example.org"}
    assert {message.subject for message in mail.outbox} == {"A question is ready for your review"}
    assert edit_url(question) in mail.outbox[0].body
    mail.outbox.clear()
    act_on(cast.client("director"), question, "reject", comment="Name the dose.")
    (told,) = mail.outbox
    assert (told.to, told.subject) == (["faculty@example.org"], "A question that you wrote needs changes")
    assert ("Name the dose." in told.body, edit_url(question) in told.body) == (True, True)


@pytest.mark.parametrize(("name", "may"), [("director", True), ("faculty", False)])
def test_directors_lock_a_question_and_nobody_saves_it_then(cast, faculty, name, may):
    question = make_question(by=cast.director)
    cast.client(name).post(reverse(f"{BANK}:lock", args=[question.pk]))
    question.refresh_from_db()
    assert question.locked is may
    rewrite(cast.client("second_director"), question, stem=rich_text("<p>Which?</p>"))
    assert question.versions.count() == (1 if may else 2)


# Preview -------------------------------------------------------------------------------------------------------------


def preview(client, mode="", **fields):
    """What the preview panel shows of the form as it stands."""
    url = reverse(f"{BANK}:preview_on_add")
    assert client.post(url, question_form(**fields)).json()["is_valid"]
    return client.get(url, {"mode": mode} if mode else {}).content.decode()


SECRETS = {
    "content": choice(option("One", correct=True, feedback="ZQONE"), option("Two", feedback="ZQTWO")),
    "feedback": "ZQWHY",
    "references": "ZQSOURCE",
}


def test_the_preview_shows_what_a_trainee_sees_and_no_key(cast):
    page = preview(cast.client("director"), **SECRETS)
    assert ("What?" in page, "One" in page, "Two" in page) == (True, True, True)
    secrets = ("ZQONE", "ZQTWO", "ZQWHY", "ZQSOURCE")
    assert [word for word in (*secrets, "correct", "circle-check", "Right answer") if word in page] == []


def test_the_preview_with_the_answer_shows_it_and_why(cast):
    page = preview(cast.client("director"), "answer", **SECRETS)
    assert [word for word in ("ZQONE", "ZQTWO", "ZQWHY", "ZQSOURCE", "(right)") if word not in page] == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_previewed_without_its_key_and_with_it(cast, kind):
    written = draft(kind, mark="ZQCANARY")  # longer than what a random token could hold by chance
    question = make_question(kind, content=written.content, feedback=written.feedback, by=cast.director)
    client = cast.client("director")
    url = reverse(f"{BANK}:revisions_view", args=[question.pk, question.latest_revision_id])
    assert "ZQCANARY" not in client.get(url).content.decode()
    assert "ZQCANARY general" in client.get(url, {"mode": "answer"}).content.decode()


def test_the_preview_of_an_unfinished_question_says_what_is_missing(cast):
    client = cast.client("director")
    question = make_question(draft=True, content={"options": []})
    page = client.get(reverse(f"{BANK}:revisions_view", args=[question.pk, question.latest_revision_id]))
    assert "Give between 2 and 12 options." in text_of(page)


# The list ------------------------------------------------------------------------------------------------------------

LIST = f"{BANK}:list"


@pytest.fixture
def bank(cast):
    """Four questions that differ in every tag and state."""
    save_draft(make_question(title="Airway", topic="breathing", critical=True, difficulty="hard"), by=None)
    make_question("numeric", title="Dose", topic="arithmetic", competency="reckons a dose")
    make_question(title="Draft", topic="breathing", draft=True)
    make_question("multiple", title="Old", topic="ethics", difficulty="easy").unpublish()


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, {"Airway", "Dose", "Draft", "Old"}),
        ({"kind": "numeric"}, {"Dose"}),
        ({"topic": "breathing"}, {"Airway", "Draft"}),
        ({"competency": "reckons a dose"}, {"Dose"}),
        ({"difficulty": "hard"}, {"Airway"}),
        ({"critical": "true"}, {"Airway"}),
        ({"state": "draft"}, {"Draft"}),
        ({"state": "changed"}, {"Airway"}),
        ({"state": "published"}, {"Dose"}),
        ({"state": "back"}, {"Old"}),
        ({"topic": "breathing", "state": "draft"}, {"Draft"}),
    ],
)
def test_the_bank_is_filtered_by_its_tags_and_states(cast, bank, asked, titles):
    page = cast.client("director").get(reverse(LIST), asked)
    assert {question.title for question in page.context["page_obj"]} == titles


def test_the_list_names_each_state_in_words(cast, bank):
    words = text_of(cast.client("director").get(reverse(LIST)))
    for state in ("Published, with a newer draft", "Draft", "Not published any more"):
        assert state in words


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_question_as_for_three(cast, rows, django_assert_num_queries):
    for _ in range(rows):
        save_draft(make_question(), by=None)
    client = cast.client("director")
    client.get(reverse(LIST))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse(LIST))
