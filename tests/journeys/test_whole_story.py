"""From sign-up to a credential that a stranger verifies, by the site's own forms and without JavaScript.

Every step presses a button that the page offers; nothing is posted that a person could not have sent.
"""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from certificates.models import Credential
from tests.cast import PASSWORD
from tests.journeys.small_program import make_small_program, zone_where_it_is_daytime
from tests.web import link, send_form, text_of

EMAIL = "wanda.newcomer@example.org"


@pytest.fixture
def zone() -> str:
    return zone_where_it_is_daytime()


def sign_up(zone: str) -> Client:
    client = Client()
    page = client.get(reverse("account_signup"))
    fields = {"display_name": "Wanda Newcomer", "email": EMAIL, "password1": PASSWORD, "time_zone": zone, "terms": "on"}
    page = send_form(client, page, "Make my account", **fields)
    code = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", mail.outbox[-1].body).group(1)
    page = send_form(client, page, "Confirm", code=code)
    assert page.request["PATH_INFO"] == reverse("home")
    return client


def enrol(director: Client, cohort) -> None:
    page = director.get(reverse("desk_cohort", args=[cohort.pk]))
    page = director.get(link(page, "Enrol a person"))
    page = send_form(director, page, "Enrol this person", person=EMAIL, discipline="Psychologist")
    assert "Wanda Newcomer" in text_of(page)


def place(director: Client, enrolment, supervisor) -> None:
    page = director.get(reverse("desk_placements", args=[enrolment.pk]))
    first_day = enrolment.enrolled_on.isoformat()
    page = send_form(
        director, page, "Set the placement", supervisor=str(supervisor.pk), site="Juniper Clinic", starts_on=first_day
    )
    assert "Juniper Clinic" in text_of(page)


def read_lessons(trainee: Client, enrolment) -> None:
    page = trainee.get(reverse("learn_outline", args=[enrolment.pk]))
    for title in ("Touch is optional", "Consent is given before"):
        page = trainee.get(link(trainee.get(reverse("learn_outline", args=[enrolment.pk])), title))
        assert "consent can be withdrawn at any time" in text_of(page)
        page = send_form(trainee, page, "Mark as complete and go on")


def pass_quiz(trainee: Client, enrolment) -> None:
    page = trainee.get(link(trainee.get(reverse("learn_outline", args=[enrolment.pk])), "Check your judgement"))
    page = send_form(trainee, page, "Start the quiz")
    right = [{"choice": _options(page)[1]}, None, {"value": "0.01", "unit": "g"}]
    page = send_form(trainee, page, "Save and next", **right[0])
    page = send_form(trainee, page, "Save and next", choice=_options(page)[:2])
    page = send_form(trainee, page, "Save and look over", **right[2])
    page = send_form(trainee, page, "Submit the quiz")
    assert "100 %" in text_of(page)


def _options(page) -> list[str]:
    """The ids of the options, in the order in which they are shown."""
    boxes = lxml.html.fromstring(page.content.decode()).xpath("//input[@name='choice']")
    return [box.get("value") for box in boxes]


def log_visits(trainee: Client, enrolment, zone: str) -> None:
    today = datetime.now(ZoneInfo(zone)).date().isoformat()
    for starts_at, phase in (("00:30", "preparation"), ("02:00", "dosing")):
        page = trainee.get(reverse("practice_new"))
        page = send_form(
            trainee,
            page,
            "Save and send for review",
            on=today,
            starts_at=starts_at,
            category_key="preparation",
            role="lead",
            phase_1=phase,
            minutes_1="60",
            new_client="on",
            client_consented="on",
            time_zone=zone,
        )
        assert "Sent" in text_of(page)


def approve_all(supervisor: Client) -> None:
    queue = supervisor.get(reverse("review_queue")).content.decode()
    entries = sorted(set(re.findall(r'href="(/review/\d+/)"', queue)))
    assert len(entries) == 2
    for entry in entries:
        page = send_form(supervisor, supervisor.get(entry), "Approve and sign", meaning="reviewed")
        assert "Approved" in text_of(page)


def confer(director: Client, enrolment) -> Credential:
    page = director.get(reverse("desk_confer", args=[enrolment.pk]))
    page = send_form(director, page, "Confer the credential", sure="on")
    return Credential.objects.get(enrolment=enrolment)


def test_a_newcomer_walks_to_a_credential_that_a_visitor_verifies(cast, zone):
    cohort = make_small_program(cast.director, zone)
    director = cast.client("director")
    trainee = sign_up(zone)
    enrol(director, cohort)
    enrolment = cohort.enrolments.get()
    place(director, enrolment, cast.supervisor)

    read_lessons(trainee, enrolment)
    pass_quiz(trainee, enrolment)
    log_visits(trainee, enrolment, zone)
    approve_all(cast.client("supervisor"))
    standing = text_of(trainee.get(reverse("standing", args=[enrolment.pk])))
    assert "3 of 3 requirements met" in standing

    page = trainee.get(reverse("profile"))
    send_form(trainee, page, "Confirm this name", legal_name="Wanda Maria Newcomer", confirm="on")
    credential = confer(director, enrolment)

    visitor = Client()
    page = send_form(visitor, visitor.get(reverse("verify")), "Verify", code=credential.code)
    words = text_of(page)
    assert "Valid" in words
    assert "Wanda Maria Newcomer" in words
    assert "not a licence" in words
    document = json.loads(visitor.get(reverse("credential_json", args=[credential.uuid])).content)
    assert document["credentialSubject"]["achievement"]["name"] == "KAP Foundations"
