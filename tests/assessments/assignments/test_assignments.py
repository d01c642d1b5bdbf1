"""Assignments: every state and who may move it, what is kept, and what is shown to whom."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessments.assignments.actions import accept_submission, hand_in, return_submission, save_draft
from assessments.assignments.freezing import freeze_assignment, render_assignment
from assessments.assignments.queries import decided_for, waiting_for
from assessments.enums import SUBMISSION_MOVES, SubmissionState
from assessments.models import AssignmentPage, Submission, SubmissionMove
from courses.curriculum.actions import publish_edition
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.queries import elsewhere_now
from lms.accounts.actions import raise_barrier
from lms.audit.models import AuditEntry
from lms.errors import IllegalMove, Refusal
from lms.notices.models import Notice
from tests.factories.assignments import TEXT, make_assignment, make_submission
from tests.factories.curriculum import make_edition, make_item, make_module, make_module_page, make_program_page
from tests.factories.enrolment import grant_faculty, make_enrolment
from tests.web import post, send_form, text_of

DECIDED = "/desk/assignments/decided/"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def enrolment(cast):
    edition = make_edition()
    make_module(edition, lessons=0)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    grant_faculty(cast.faculty, enrolment.cohort)
    return enrolment


@pytest.fixture
def item(enrolment):
    return make_assignment(enrolment.edition, parent=enrolment.edition.items.first())


def url(enrolment, item) -> str:
    return f"/learn/{enrolment.pk}/{item.slug}/assignment/"


ACTS = {
    SubmissionState.DRAFT: lambda submission, item, by: save_draft(
        submission.enrolment, item, by=submission.enrolment.person, text="More"
    ),
    SubmissionState.SUBMITTED: lambda submission, item, by: hand_in(
        submission.enrolment, item, by=submission.enrolment.person, text="More"
    ),
    SubmissionState.RETURNED: lambda submission, item, by: return_submission(submission, by=by, reason="Not yet."),
    SubmissionState.ACCEPTED: lambda submission, item, by: accept_submission(submission, by=by),
}


@pytest.mark.parametrize("old", SubmissionState)
@pytest.mark.parametrize("new", [state for state in SubmissionState if state != SubmissionState.DRAFT])
def test_only_the_moves_of_the_table_are_made(cast, enrolment, item, old, new):
    submission = make_submission(enrolment, item, state=old, by=cast.faculty)
    moves = SubmissionMove.objects.count()
    if new in SUBMISSION_MOVES[old]:
        ACTS[new](submission, item, cast.faculty)
    else:
        with pytest.raises(IllegalMove):
            ACTS[new](submission, item, cast.faculty)
    submission.refresh_from_db()
    made = new in SUBMISSION_MOVES[old]
    assert (submission.state, SubmissionMove.objects.count()) == (new if made else old, moves + made)


@pytest.mark.parametrize(
    ("state", "may"), [("draft", True), ("submitted", False), ("returned", True), ("accepted", False)]
)
def test_a_text_changes_only_while_it_is_hers(cast, enrolment, item, state, may):
    submission = make_submission(enrolment, item, state=SubmissionState(state), by=cast.faculty)
    if may:
        save_draft(enrolment, item, by=cast.trainee, text="Other words")
    else:
        with pytest.raises(IllegalMove):
            save_draft(enrolment, item, by=cast.trainee, text="Other words")
    submission.refresh_from_db()
    assert submission.text == ("Other words" if may else TEXT)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("faculty", True),
        ("director", True),
        ("trainee", False),
        ("other_trainee", False),
        ("other_faculty", False),
        ("supervisor", False),
        ("registrar", False),
    ],
)
@pytest.mark.parametrize("new", [SubmissionState.RETURNED, SubmissionState.ACCEPTED])
def test_faculty_of_the_cohort_and_directors_decide(cast, enrolment, item, name, may, new):
    submission = make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.faculty)
    if may:
        ACTS[new](submission, item, getattr(cast, name))
    else:
        with pytest.raises(Refusal, match="Only faculty of the cohort"):
            ACTS[new](submission, item, getattr(cast, name))
    submission.refresh_from_db()
    assert submission.state == (new if may else SubmissionState.SUBMITTED)


def test_nobody_decides_across_a_barrier(cast, enrolment, item):
    submission = make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.faculty)
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="They are related.")
    with pytest.raises(Refusal, match="Only faculty of the cohort"):
        accept_submission(submission, by=cast.faculty)
    assert not waiting_for(cast.faculty).exists()
    assert cast.client("faculty").get(f"/desk/assignments/{submission.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "Write something"), ("word " * 21, "It has 21 words, and at most 20")]
)
def test_a_text_has_words_and_not_too_many(cast, enrolment, item, text, sentence):
    with pytest.raises(Refusal, match=sentence):
        hand_in(enrolment, item, by=cast.trainee, text=text)
    assert not Submission.objects.exists()
    page = post(cast.client("trainee"), url(enrolment, item), text=text, act="send")
    assert (page.status_code, sentence in text_of(page)) == (422, True)
    assert post(cast.client("trainee"), url(enrolment, item), text=text, act="save").status_code == 302


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN, EnrolmentState.COMPLETED])
def test_a_closed_enrolment_hands_nothing_in_and_keeps_its_text_open(cast, enrolment, item, state):
    make_submission(enrolment, item, state=SubmissionState.DRAFT, by=cast.faculty)
    enrolment.state = state
    enrolment.save()
    with pytest.raises(Refusal, match="not active"):
        hand_in(enrolment, item, by=cast.trainee, text=TEXT)
    words = text_of(cast.client("trainee").get(url(enrolment, item)))
    assert (TEXT in words, "Hand it in" in words) == (True, False)


def test_a_locked_assignment_shows_nothing_and_takes_nothing(cast, enrolment):
    module = enrolment.edition.items.first()
    first = make_item(enrolment.edition, parent=module)
    locked = make_assignment(enrolment.edition, parent=module, gates={"after": [str(first.activity.key)]})
    with pytest.raises(Refusal, match="not open yet"):
        save_draft(enrolment, locked, by=cast.trainee, text=TEXT)
    client = cast.client("trainee")
    answer, refused = client.get(url(enrolment, locked)), post(client, url(enrolment, locked), act="save", text=TEXT)
    words = text_of(answer)
    assert (f"Opens when you have completed “{first.title}”" in words, "Write about" in words) == (True, False)
    assert (answer.status_code, refused.status_code, "Write about" in text_of(refused)) == (403, 409, False)


@pytest.mark.parametrize(("state", "shows_brief"), [(SubmissionState.DRAFT, False), (SubmissionState.ACCEPTED, True)])
def test_her_own_text_stays_open_under_a_later_gate(cast, enrolment, item, state, shows_brief):
    """Her cohort adopts an edition that closes the assignment; what is accepted is done, and what is done stays open."""
    make_submission(enrolment, item, state=state, by=cast.faculty)
    later = make_edition(enrolment.program)
    module = make_module(later, lessons=0)
    make_assignment(later, parent=module, activity=item.activity, slug=item.slug, gates={"days": 7000})
    Enrolment.objects.update(edition=later)
    answer = cast.client("trainee").get(url(enrolment, item))
    words = text_of(answer)
    assert (answer.status_code, TEXT in words, "Write about" in words) == (200, True, shows_brief)


def test_the_way_from_draft_to_accepted_over_the_pages(cast, enrolment, item):
    trainee, faculty = cast.client("trainee"), cast.client("faculty")
    send_form(trainee, trainee.get(url(enrolment, item)), "Save the draft", text="A first thought")
    submission = Submission.objects.get()
    assert faculty.get(f"/desk/assignments/{submission.pk}/").status_code == 404  # a draft is hers alone
    send_form(trainee, trainee.get(url(enrolment, item)), "Hand it in", text=TEXT + EVIL)
    assert "1 assignment waits for you" in text_of(faculty.get("/home/"))
    page = faculty.get(f"/desk/assignments/{submission.pk}/")
    assert (TEXT in text_of(page), EVIL in page.content.decode()) == (True, False)
    send_form(faculty, page, "Return it with this reason", reason="The agreement is missing.")
    send_form(trainee, trainee.get(url(enrolment, item)), "Save the draft", text="Not yet for others")
    words = text_of(faculty.get(f"/desk/assignments/{submission.pk}/"))
    assert (TEXT in words, "Not yet for others" in words) == (True, False)
    words = text_of(trainee.get(url(enrolment, item)))
    assert ("It came back to you" in words, "The agreement is missing." in words) == (True, True)
    send_form(trainee, trainee.get(url(enrolment, item)), "Hand it in", text="With the agreement")
    send_form(faculty, faculty.get(f"/desk/assignments/{submission.pk}/"), "Accept it")
    assert elsewhere_now(enrolment).states == {item.activity_id: "done"}
    assert "Accepted" in text_of(trainee.get(url(enrolment, item)))
    states = list(SubmissionMove.objects.values_list("new", flat=True))
    assert states == ["submitted", "returned", "submitted", "accepted"]
    subjects = set(
        Notice.objects.filter(person=cast.trainee, key__startswith="submission-").values_list("subject", flat=True)
    )
    assert subjects == {"An assignment came back to you", "Your assignment is accepted"}


def test_a_return_needs_a_reason(cast, enrolment, item):
    submission = make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.faculty)
    with pytest.raises(Refusal, match="Say what is to be put right"):
        return_submission(submission, by=cast.faculty, reason=" ")
    page = post(cast.client("faculty"), f"/desk/assignments/{submission.pk}/", act="return", reason="")
    assert (page.status_code, Submission.objects.get().state) == (422, "submitted")


def test_the_database_keeps_what_was_accepted_and_no_clear_word(cast, enrolment, item):
    submission = make_submission(enrolment, item, state=SubmissionState.ACCEPTED, by=cast.faculty)
    with connection.cursor() as cursor:
        cursor.execute("select text from assessments_submission union all select text from assessments_submissionmove")
        assert all(text == "" or text.startswith("enc1:") for (text,) in cursor.fetchall())
    for change in (
        lambda: Submission.objects.filter(pk=submission.pk).update(state="draft"),
        lambda: Submission.objects.filter(pk=submission.pk).delete(),
        lambda: SubmissionMove.objects.update(reason="Other"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert TEXT not in str(list(AuditEntry.objects.values()))


def test_the_outline_knows_how_far_it_is(cast, enrolment, item):
    assert elsewhere_now(enrolment).states == {}
    make_submission(enrolment, item, state=SubmissionState.DRAFT, by=cast.faculty)
    assert elsewhere_now(enrolment).states == {item.activity_id: "in_progress"}
    answer = cast.client("trainee").get(f"/learn/{enrolment.pk}/{item.slug}/")
    assert answer.headers["Location"] == url(enrolment, item)


@pytest.mark.parametrize("waiting", [1, 3])
def test_the_queue_asks_as_much_for_one_as_for_three(cast, enrolment, waiting):
    module = enrolment.edition.items.first()
    for item in [make_assignment(enrolment.edition, parent=module) for _ in range(waiting)]:
        make_submission(enrolment, item, state=SubmissionState.SUBMITTED, by=cast.faculty)
    client = cast.client("faculty")
    client.get("/desk/assignments/")
    with CaptureQueriesContext(connection) as captured:
        words = text_of(client.get("/desk/assignments/"))
    assert (len(captured), words.count("Read what Trainee handed in")) == (4, waiting)


@pytest.mark.parametrize("decided", [1, 3])
def test_the_decided_ones_are_listed_newest_first_with_as_many_queries_for_three(cast, enrolment, decided):
    module = enrolment.edition.items.first()
    items = [make_assignment(enrolment.edition, parent=module) for _ in range(decided)]
    for item in items:
        make_submission(enrolment, item, state=SubmissionState.ACCEPTED, by=cast.faculty)
    client = cast.client("faculty")
    client.get(DECIDED)
    with CaptureQueriesContext(connection) as captured:
        words = text_of(client.get(DECIDED))
    places = [words.index(item.title) for item in reversed(items)]
    assert (len(captured), words.count("Read what Trainee handed in"), places) == (4, decided, sorted(places))


def test_who_sees_which_decided_assignments(cast, enrolment):
    module = enrolment.edition.items.first()
    states = {state: make_assignment(enrolment.edition, parent=module, title=state.label) for state in SubmissionState}
    for state, item in states.items():
        make_submission(enrolment, item, state=state, by=cast.faculty)
    seen = {submission.item.title for submission in decided_for(cast.faculty)}
    assert seen == {SubmissionState.RETURNED.label, SubmissionState.ACCEPTED.label}
    assert {submission.item.title for submission in decided_for(cast.director)} == seen
    grant_faculty(cast.other_faculty, make_enrolment(cast.other_trainee).cohort)
    assert not decided_for(cast.other_faculty).exists()
    assert "Nothing is decided yet" in text_of(cast.client("other_faculty").get(DECIDED))
    assert cast.client("trainee").get(DECIDED).status_code == 403
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="They are related.")
    assert not decided_for(cast.faculty).exists()


def test_a_page_is_frozen_whole_and_a_copy_is_another_activity(cast):
    program_page = make_program_page()
    module = make_module_page(program_page)
    page = module.add_child(
        instance=AssignmentPage(
            title="Consent in writing",
            slug="consent",
            brief=f"<p>Write a plan.</p>{EVIL}",
            criteria="Consent is named.\n\nSo is its end.",
            minutes=30,
            topic="ethics",
        )
    )
    frozen = freeze_assignment(page)
    assert (frozen.source["criteria"], frozen.problems) == (["Consent is named.", "So is its end."], [])
    html = render_assignment(frozen.source)
    assert ("Write a plan." in html, "At most 500 words." in html, "<script" in html) == (True, True, False)
    edition = publish_edition(program_page, by=cast.director)
    assert edition.items.get(slug="consent").activity.kind == "assignment"
    copy = page.copy(update_attrs={"slug": "consent-2"})
    assert copy.activity_key != page.activity_key


@pytest.mark.django_db
def test_an_assignment_that_asks_nothing_is_no_part_of_an_edition():
    assert freeze_assignment(AssignmentPage(title="Empty", brief="<p></p>")).problems == [
        "It does not say what is to be written."
    ]
