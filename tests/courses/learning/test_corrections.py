"""Who hears of a correction, and where she reads of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.curriculum.actions import correct_item, publish_edition
from courses.curriculum.models import Edition, Erratum, LessonPage, ProgramPage
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.actions import remember_position
from courses.learning.models import Completion
from lms.accounts.models import User
from lms.notices.models import Notice
from lms.notices.tasks import send_notices
from tests.cast import make_person
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of

SAFETY = {"reason": "The dose was wrong.", "is_safety": True}


@pytest.fixture
def edition(cast) -> Edition:
    program_page = make_program_page()
    module = make_module_page(program_page, slug="safety")
    make_lesson_page(module, title="Doses", slug="doses", text="<p>Give 10 mg slowly.</p>")
    make_lesson_page(module, title="After", slug="after", opens_after_previous=True)
    return publish_edition(program_page, by=cast.director)


def correct(edition: Edition, by: User, *, slug: str = "doses", **fields) -> Erratum:
    item = edition.items.get(slug=slug)
    page = LessonPage.objects.get(activity_key=item.activity.key)
    page.body = [("text", f"<p>Give 1 mg slowly, as said in {Erratum.objects.count()}.</p>")]
    page.save_revision().publish()
    page = LessonPage.objects.get(pk=page.pk)
    return correct_item(item, page=page, by=by, **SAFETY | fields)


def enrolled(edition: Edition, name: str, *, done: bool = True, state=EnrolmentState.ACTIVE) -> Enrolment:
    cohort = edition.cohorts.first() or make_cohort(edition=edition)
    enrolment = make_enrolment(make_person(name), cohort=cohort, state=state)
    if done:
        complete(enrolment)
    return enrolment


def complete(enrolment: Enrolment) -> None:
    item = enrolment.edition.items.get(slug="doses")
    Completion.objects.create(enrolment=enrolment, activity=item.activity, body=item.body, completed_at=timezone.now())


def told() -> set[str]:
    return set(Notice.objects.filter(key__startswith="erratum-").values_list("person__display_name", flat=True))


def test_everybody_who_completed_it_is_told_in_whatever_state(edition, cast):
    everybody = {state: enrolled(edition, f"is_{state}", state=state) for state in EnrolmentState.values}
    reading = enrolled(edition, "reading", done=False)
    remember_position(reading, edition.items.get(slug="doses").activity_id)
    enrolled(edition, "elsewhere", done=False)
    correct(edition, cast.director)
    assert told() == {str(enrolment.person) for enrolment in [*everybody.values(), reading]}


def test_a_word_that_concerns_nobodys_safety_is_mailed_to_nobody(edition, cast):
    enrolled(edition, "graduate", state=EnrolmentState.COMPLETED)
    correct(edition, cast.director, is_safety=False)
    assert told() == set()


def test_the_news_stand_and_fall_with_the_correction(edition, cast):
    enrolled(edition, "graduate", state=EnrolmentState.COMPLETED)
    rolled_back(lambda: correct(edition, cast.director))
    assert (told(), Erratum.objects.count()) == (set(), 0)


def test_the_mail_says_nothing_on_a_lock_screen_and_leads_to_the_page(edition, cast):
    enrolment = enrolled(edition, "withdrawn", state=EnrolmentState.WITHDRAWN)
    correct(edition, cast.director)
    notice = Notice.objects.get(key__startswith="erratum-")
    assert notice.subject == "A text of your course has been corrected"
    assert "mg" not in notice.subject + notice.text
    assert notice.path == f"/learn/{enrolment.pk}/corrections/list/"


def test_five_hundred_people_are_told_with_few_statements(edition, cast):
    cohort = make_cohort(edition=edition, seats=600)
    people = User.objects.bulk_create(
        [User(email=f"p{n}@example.org", display_name=f"P{n}", password="!") for n in range(500)]
    )
    common = {"program": cohort.program, "cohort": cohort, "edition": edition, "enrolled_on": cohort.starts_on}
    common |= {"standard_version": cohort.standard_version, "state": EnrolmentState.COMPLETED}
    enrolments = Enrolment.objects.bulk_create([Enrolment(person=person, **common) for person in people])
    item = edition.items.get(slug="doses")
    done = {"activity": item.activity, "body": item.body, "completed_at": timezone.now()}
    Completion.objects.bulk_create([Completion(enrolment=enrolment, **done) for enrolment in enrolments])
    with CaptureQueriesContext(connection) as captured:
        correct(edition, cast.director)
    assert len(told()) == 500
    assert sum("notices_notice" in query["sql"] or "learning_" in query["sql"] for query in captured) < 30
    assert sum("django_tasks" in query["sql"] and "INSERT" in query["sql"] for query in captured) <= 5


def test_a_batch_of_notices_sends_each_once(edition, cast, mailoutbox):
    for name in ("one", "two"):
        enrolled(edition, name)
    correct(edition, cast.director)
    ids = list(Notice.objects.filter(key__startswith="erratum-").values_list("pk", flat=True))
    assert [send_notices.call(ids), send_notices.call(ids), len(mailoutbox)] == [2, 0, 2]


# The page ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", EnrolmentState.values)
def test_the_page_is_open_in_every_state(edition, cast, client, state):
    enrolment = enrolled(edition, "reader", state=state)
    correct(edition, cast.director)
    client.force_login(enrolment.person)
    answer = client.get(f"/learn/{enrolment.pk}/corrections/list/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The dose was wrong." in page
    assert "Concerns safety" in page
    assert ("<del>" in page, "<ins>" in page) == (True, True)
    assert (f'/learn/{enrolment.pk}/doses/"' in page) == (state in ("active", "completed"))


def test_a_correction_of_what_is_not_open_yet_is_not_told(edition, cast, client):
    enrolment = enrolled(edition, "reader", done=False)
    correct(edition, cast.director, slug="after")
    client.force_login(enrolment.person)
    assert "Nothing had to be corrected" in text_of(client.get(f"/learn/{enrolment.pk}/corrections/list/"))


def test_whoever_withdrew_reads_only_of_what_she_completed(edition, cast, client):
    enrolment = enrolled(edition, "reader", done=False, state=EnrolmentState.WITHDRAWN)
    correct(edition, cast.director)
    client.force_login(enrolment.person)
    assert "The dose" not in text_of(client.get(f"/learn/{enrolment.pk}/corrections/list/"))


def test_the_lesson_names_its_corrections_without_a_further_question(edition, cast, client):
    enrolment = enrolled(edition, "reader", done=False)
    client.force_login(enrolment.person)
    address = f"/learn/{enrolment.pk}/doses/"
    client.get(address)
    before = queries_of(client, address)
    correct(edition, cast.director, is_safety=False)
    assert "Corrected on" in text_of(client.get(address))
    assert "The dose was wrong." in text_of(client.get(address))
    assert queries_of(client, address) == before


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_for_one_as_for_three(edition, cast, client, rows):
    enrolment = enrolled(edition, "reader")
    for _ in range(rows):
        correct(edition, cast.director)
    client.force_login(enrolment.person)
    address = f"/learn/{enrolment.pk}/corrections/list/"
    client.get(address)
    assert queries_of(client, address) == 6


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# On the home page -----------------------------------------------------------------------------------------------------

NEWS = "A text of"


def has_news(client, enrolment: Enrolment) -> bool:
    client.force_login(enrolment.person)
    home = client.get("/home/").context
    titles = [item.title for item in (home["first"], *home["work"]) if item]
    return any(title.startswith(NEWS) and title.endswith("has been corrected") for title in titles)


def test_home_tells_of_a_correction_until_she_has_looked_and_of_the_next_one_again(edition, cast, client):
    enrolment = enrolled(edition, "reader")
    assert not has_news(client, enrolment)
    for _ in range(2):
        correct(edition, cast.director, is_safety=False)
        assert has_news(client, enrolment)
        client.get(f"/learn/{enrolment.pk}/corrections/list/")
        assert not has_news(client, enrolment)


def test_home_does_not_tell_of_what_she_read_after_it_was_corrected_or_has_not_completed(edition, cast, client):
    not_done = enrolled(edition, "not done", done=False)
    correct(edition, cast.director)
    assert not has_news(client, not_done)
    assert not has_news(client, enrolled(edition, "late reader"))


@pytest.mark.parametrize(("is_safety", "told_of_it"), [(True, True), (False, False)])
def test_home_tells_of_other_editions_only_what_concerns_safety(edition, cast, client, is_safety, told_of_it):
    reader = enrolled(edition, "reader")
    second = publish_edition(make_later(edition), by=cast.director)
    correct(second, cast.director, is_safety=is_safety)
    assert has_news(client, reader) is told_of_it


def test_a_graduate_is_told_at_home_as_well(edition, cast, client):
    graduate = enrolled(edition, "graduate", state=EnrolmentState.COMPLETED)
    correct(edition, cast.director)
    assert has_news(client, graduate)


def make_later(edition: Edition) -> ProgramPage:
    """The program's page with a text changed, ready for another edition."""
    page = LessonPage.objects.get(slug="after")
    page.body = [("text", "<p>Look after her for two hours.</p>")]
    page.save_revision().publish()
    return ProgramPage.objects.get(program=edition.program)
