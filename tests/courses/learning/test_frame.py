"""What is written once for all readers of an item holds nothing of any of them."""

import re

import pytest

from courses.learning.actions import complete_activity
from courses.learning.frame import FORM_KEY, TEXT
from courses.learning.models import Bookmark
from tests.factories.assessments import make_attempt, make_quiz
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of


@pytest.fixture
def two(cast):
    """Two trainees of one cohort and their first lesson."""
    edition = make_edition()
    lesson = make_item(edition, parent=make_module(edition, lessons=1), html="<p>The same for both.</p>")
    cohort = make_cohort(edition=edition)
    return lesson, *(make_enrolment(person, cohort=cohort) for person in (cast.trainee, cast.other_trainee))


def page_of(cast, who: str, enrolment, slug: str) -> str:
    return cast.client(who).get(f"/learn/{enrolment.pk}/{slug}/").content.decode()


def test_each_reader_finds_her_own_addresses_and_nobodys_never(cast, two):
    lesson, hers, others = two
    for who, enrolment, stranger in (
        ("trainee", hers, others),
        ("other_trainee", others, hers),
        ("trainee", hers, others),
    ):
        page = page_of(cast, who, enrolment, lesson.slug)
        assert f'action="/learn/{enrolment.pk}/{lesson.slug}/complete/"' in page
        assert f'action="/learn/{enrolment.pk}/{lesson.slug}/bookmark/"' in page
        assert "The same for both." in page
        assert not re.search(rf"/learn/(0|{stranger.pk})/", page)
        assert (FORM_KEY in page, TEXT in page) == (False, False)


def test_every_form_has_a_token_and_a_key_of_its_own(cast, two):
    lesson, hers, _ = two
    page = page_of(cast, "trainee", hers, lesson.slug)
    keys = re.findall(r'name="form_key" value="([^"]+)"', page)
    assert len(keys) == len(set(keys)) == page.count('method="post"') == page.count('name="csrfmiddlewaretoken"')


def test_what_one_has_done_is_not_shown_to_the_other(cast, two):
    lesson, hers, others = two
    Bookmark.objects.create(enrolment=hers, activity=lesson.activity)
    complete_activity(hers, lesson, by=cast.trainee)
    for who, enrolment, is_hers in (("trainee", hers, True), ("other_trainee", others, False)):
        page = page_of(cast, who, enrolment, lesson.slug)
        assert ("Take the bookmark away" in page, "You have completed this lesson" in page) == (is_hers, is_hers)
        assert ("Bookmark this lesson" in page, "Mark as complete and go on" in page) == (not is_hers, not is_hers)


def test_a_title_cannot_take_the_place_of_the_text(cast):
    edition = make_edition()
    lesson = make_item(
        edition, parent=make_module(edition, lessons=0), title=f"{TEXT} {FORM_KEY}", html="<p>Said once.</p>"
    )
    enrolment = make_enrolment(cast.trainee, edition=edition)
    page = page_of(cast, "trainee", enrolment, lesson.slug)
    assert page.count("Said once.") == 1
    assert "&lt;!--text--&gt; &lt;!--form-key--&gt;" in page


def test_home_goes_past_a_quiz_that_is_passed(cast):
    edition = make_edition()
    module = make_module(edition, lessons=0)
    quiz = make_quiz(edition, parent=module)
    after = make_item(edition, parent=module, title="What comes after the quiz")
    enrolment = make_enrolment(cast.trainee, edition=edition)
    assert after.title not in text_of(cast.client("trainee").get("/home/"))
    make_attempt(enrolment, quiz)
    assert after.title in text_of(cast.client("trainee").get("/home/"))
