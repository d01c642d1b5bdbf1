"""What people do on the way to a credential, each step by the forms that the site offers. Whoever walks: see person.py."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core import mail
from django.urls import reverse

from certificates.models import Credential
from courses.payments.models import Order
from tests.browser.person import Person
from tests.cast import PASSWORD
from tests.journeys.small_program import zone_where_it_is_daytime

EMAIL = "wanda.newcomer@example.org"
ZONE = zone_where_it_is_daytime()


def set_price(director: Person, cohort, amount: str) -> None:
    director.go(reverse("desk_cohort", args=[cohort.pk]))
    director.press("Set the price")
    director.fill(amount=amount)
    director.sign("Set the price")
    director.reads("The price holds from now on")


def sign_up(newcomer: Person) -> None:
    """Make the account, from the form on which she stands."""
    newcomer.fill(display_name="Wanda Newcomer", email=EMAIL, password1=PASSWORD)
    newcomer.choose(time_zone=ZONE)
    newcomer.tick("terms")
    newcomer.press("Make my account")
    code = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", mail.outbox[-1].body).group(1)
    newcomer.fill(code=code)
    newcomer.press("Confirm")


def find_a_place(buyer: Person, program_page) -> None:
    """From the program's public page to the page that says what is bought, and for how much."""
    buyer.go(program_page.url)
    buyer.press("Buy a place")
    buyer.reads("left")
    buyer.press("Buy a place")
    buyer.reads("USD 2,400.00")


def buy(buyer: Person, simulator) -> Order:
    """From the buying page, signed in, over the payment page to the receipt."""
    buyer.may_go_to(simulator.origin)
    buyer.reads("it belongs to your account")
    buyer.fill(discipline="Psychologist")
    buyer.press("Go on to the payment")
    assert buyer.page.url.startswith(simulator.origin)
    buyer.reads("No money moves")
    buyer.follow("Pay")  # to a page that waits for Stripe's word, and gives way as soon as it has come
    order = Order.objects.latest("pk")
    assert buyer.page.url.startswith(buyer.base + reverse("order", args=[order.pk]))
    buyer.waits_to_read("you are enrolled")
    buyer.press("Open the receipt")
    buyer.reads("One place in")
    return order


def place(director: Person, enrolment, supervisor) -> None:
    director.go(reverse("desk_placements", args=[enrolment.pk]))
    director.choose(supervisor=str(supervisor.pk))
    director.fill(site="Juniper Clinic", starts_on=enrolment.enrolled_on.isoformat())
    director.press("Set the placement")
    director.reads("Juniper Clinic")


def read_lessons(newcomer: Person, enrolment) -> None:
    newcomer.go(reverse("learn_outline", args=[enrolment.pk]))
    newcomer.press("Touch is optional")
    newcomer.press("Mark as complete and go on")
    newcomer.reads("Consent is given before")
    newcomer.press("Mark as complete and go on")


def pass_quiz(newcomer: Person, enrolment) -> None:
    newcomer.go(reverse("learn_outline", args=[enrolment.pk]))
    newcomer.press("Check your judgement")
    newcomer.press("Start the quiz")
    newcomer.tick("choice", nth=1)
    newcomer.press("Save and next")
    for nth in (0, 1):
        newcomer.tick("choice", nth=nth)
    newcomer.press("Save and next")
    newcomer.fill(value="0.01", unit="g")
    newcomer.press("Save and look over")
    newcomer.press("Submit the quiz")
    newcomer.reads("100 %")


def log_visits(newcomer: Person) -> None:
    today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
    for starts_at, phase in (("00:30", "preparation"), ("02:00", "dosing")):
        newcomer.go(reverse("practice_new"))
        newcomer.fill(on=today, starts_at=starts_at)
        newcomer.choose(category_key="preparation")
        newcomer.tick("role", "lead")
        newcomer.choose(phase_1=phase)
        newcomer.fill(minutes_1="60")
        newcomer.tick("new_client")
        newcomer.tick("client_consented")
        newcomer.press("Save and send for review")


def sign_entries(supervisor: Person) -> None:
    supervisor.go(reverse("review_queue"))
    entries = supervisor.page.locator("main table th a").evaluate_all("links => links.map(a => a.pathname)")
    assert len(set(entries)) == 2
    for entry in sorted(set(entries)):
        supervisor.go(entry)
        supervisor.tick("meaning", "reviewed")
        supervisor.sign("Approve and sign")


def confirm_name(newcomer: Person, name: str) -> None:
    newcomer.go(reverse("profile"))
    newcomer.fill(legal_name=name)
    newcomer.tick("confirm")
    newcomer.press("Confirm this name")


def confer(director: Person, enrolment) -> Credential:
    director.go(reverse("desk_certificates"))
    director.go(reverse("desk_confer", args=[enrolment.pk]))
    director.tick("sure")
    director.sign("Confer the credential")
    return Credential.objects.get(enrolment=enrolment)


def download_framed(holder: Person, *, name: str) -> Path:
    """She sees her certificate and takes the PDF home."""
    holder.go(reverse("certificate_list"))
    shown = holder.page.locator("main img.paper-preview")
    assert shown.evaluate("image => image.naturalWidth") > 1000
    assert name in shown.get_attribute("alt")
    return holder.download("A4 (PDF")


def verify_code(visitor: Person, code: str, *, name: str) -> None:
    visitor.go(reverse("verify"))
    visitor.fill(code=code)
    visitor.press("Verify")
    visitor.reads("Valid")
    visitor.reads(name)
    visitor.reads("not a licence")


def verify_file(visitor: Person, content: bytes) -> None:
    visitor.go(reverse("verify"))
    visitor.attach("file", {"name": "from-an-applicant.pdf", "mimeType": "application/pdf", "buffer": content})
    visitor.press("Check the file")
    visitor.reads("Valid")
    visitor.reads("2 signed credentials, which agree")
