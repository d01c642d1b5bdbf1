"""A visit is saved as it is typed: over a lost connection, over a sign-in that ran out, and on another device."""

from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from supervision.models import UnfinishedDraft
from supervision.queries.draft import typed_of
from tests.browser.person import Person
from tests.cast import PASSWORD
from tests.factories.supervision import make_placement

WORDS = "I waited before I spoke."


def said(trainee):
    return trainee.page.locator("[data-draft-said]")


def opened(cast, person):
    make_placement(cast.trainee, cast.supervisor)
    trainee = person(Person)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("practice_new"))
    trainee.page.get_by_text("Reflection and time zone").click()
    return trainee


def kept():
    return typed_of(UnfinishedDraft.objects.get())["reflection"]


def test_a_saving_that_is_under_way_gives_way_to_the_form(cast, person):
    """It would reach the server after the form, find a newer draft or a closed one, and be complained about."""
    trainee, held = opened(cast, person), []

    def hold(route):
        held.append(route)

    def let_the_form_pass_first(route):
        answer = route.fetch()
        held[0].continue_()
        trainee.page.wait_for_timeout(1000)
        route.fulfill(response=answer)

    trainee.page.route("**/practice/drafts/**", hold)
    trainee.page.route("**/practice/new/", let_the_form_pass_first)
    with trainee.page.expect_request("**/practice/drafts/**"):
        trainee.page.get_by_label("Reflection").fill(WORDS)
    with trainee.page.expect_response("**/practice/new/"):
        trainee.press("Save as draft")
    assert kept() == [WORDS]  # by the form, which lacks a category
    trainee.page.unroute_all()


def test_what_is_typed_without_a_connection_is_saved_when_it_is_back(cast, person):
    trainee = opened(cast, person)
    trainee.page.get_by_label("Reflection").fill("I waited")
    expect(said(trainee)).to_contain_text("Saved")
    trainee.page.context.set_offline(True)
    trainee.page.get_by_label("Reflection").fill(WORDS)
    expect(said(trainee)).to_contain_text("no connection")
    assert kept() == ["I waited"]
    trainee.page.context.set_offline(False)
    expect(said(trainee)).to_contain_text("Saved", timeout=15000)
    assert kept() == [WORDS]
    trainee.watch.complaints.clear()  # the browser's own words about the lost connection


def test_who_is_signed_out_signs_in_beside_the_page_and_loses_nothing(cast, person):
    trainee = opened(cast, person)
    Session.objects.all().delete()
    trainee.page.get_by_label("Reflection").fill(WORDS)
    expect(said(trainee)).to_contain_text("you are signed out")
    assert not UnfinishedDraft.objects.exists()
    with trainee.page.context.expect_page() as beside:
        said(trainee).get_by_role("link").click()
    page = beside.value
    page.locator("[name=login]").fill(cast.trainee.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/practice/new/")
    page.close()
    trainee.page.bring_to_front()
    trainee.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(said(trainee)).to_contain_text("Saved", timeout=15000)
    assert kept() == [WORDS]
    trainee.watch.complaints.clear()  # 401 and 403, which the page has answered


def test_another_device_goes_on_with_it(cast, person):
    trainee = opened(cast, person)
    trainee.page.get_by_label("Reflection").fill(WORDS)
    expect(said(trainee)).to_contain_text("Saved")
    phone = person(Person)
    phone.sign_in(cast.trainee.email)
    phone.go(reverse("practice_new"))
    phone.press("Go on with it")
    assert phone.page.locator("[name=reflection]").input_value() == WORDS
