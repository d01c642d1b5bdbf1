"""The second factor: enrolling, signing in with it, and the gate in front of whoever signs or administers."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, format_hotp_value, hotp_value
from django.db import connection
from django.test import Client
from django.urls import reverse

from lms.accounts.adapters import SecondFactorAdapter
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ENTRANCES = ("/cms/login/", "/cms/password_reset/")


def totp_code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def enrol(person) -> None:
    """Give a person an authenticator app and recovery codes."""
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)


def browser_with_password(person) -> Client:
    """A browser signed in by the front door, with the password alone."""
    EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


# Enrolling and signing in -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_authenticator_app_is_enrolled_after_the_password_is_given_again():
    """With real transactions: allauth sends the mail about it after the commit."""
    from tests.cast import make_person

    trainee = make_person("trainee")
    client = browser_with_password(trainee)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(client.session[SECRET_SESSION_KEY])})
    kinds = set(Authenticator.objects.filter(user=trainee).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}


def test_the_seed_of_an_authenticator_is_encrypted_at_rest(cast):
    enrol(cast.trainee)
    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator where type = 'totp'")
        stored = str(cursor.fetchone()[0])
    assert (SECRET in stored, "enc1:" in stored) == (False, True)


def test_sign_in_asks_for_the_code_and_takes_only_the_right_one(cast):
    enrol(cast.trainee)
    client = browser_with_password(cast.trainee)
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert is_signed_in(client)


def test_a_code_is_taken_once(cast):
    enrol(cast.trainee)
    code = totp_code()
    for expected in (True, False):
        client = browser_with_password(cast.trainee)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(client) is expected


def test_a_recovery_code_signs_in_once(cast):
    enrol(cast.trainee)
    row = Authenticator.objects.get(user=cast.trainee, type="recovery_codes")
    code = RecoveryCodes(row).get_unused_codes()[0]
    for expected in (True, False):
        client = browser_with_password(cast.trainee)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(client) is expected


# The other doors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ENTRANCES)
@pytest.mark.parametrize("has_factor", [False, True])
def test_the_cms_never_signs_anybody_in(cast, address, has_factor):
    EmailAddress.objects.get_or_create(user=cast.director, email=cast.director.email, verified=True, primary=True)
    if has_factor:
        enrol(cast.director)
    client = Client()
    form = {"username": cast.director.email, "email": cast.director.email, "login": cast.director.email}
    answer = client.post(address, form | {"password": PASSWORD, "next": "/cms/"})
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next=%2Fcms%2F")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "address", ["/cms/password_reset/confirm/MQ/set-password/", "/cms/password_reset/done/", "/_util/login/"]
)
def test_the_remaining_sign_in_pages_of_wagtail_lead_nowhere(client, cast, address):
    for answer in (client.get(address), client.post(address, {"username": cast.director.email, "password": PASSWORD})):
        assert answer.status_code in (302, 404)
        assert answer.headers.get("Location", "/accounts/login/").startswith("/accounts/login/")
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["trainee", "supervisor", "registrar"])
def test_somebody_without_the_right_gets_403_at_the_cms_and_no_circle(cast, name):
    answer = cast.client(name).get("/cms/", follow=True)
    assert (answer.status_code, len(answer.redirect_chain)) == (403, 1)


def test_the_cms_opens_for_a_director(cast):
    client = cast.client("director")
    assert client.get("/cms/").status_code == 200
    assert client.get("/cms/login/").url == "/cms/"


# The gate -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/cms/", "/desk/", "/desk/terms/", "/home/", "/disputes/"])
@pytest.mark.parametrize("name", ["director", "supervisor", "registrar"])
@pytest.mark.usefixtures("_required")
def test_staff_without_a_second_factor_are_sent_to_set_one_up(cast, name, address):
    answer = browser_with_password(getattr(cast, name)).get(address)
    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))


@pytest.mark.usefixtures("_required")
def test_they_can_reach_the_page_that_sets_it_up(cast):
    client = browser_with_password(cast.director)
    assert client.get(reverse("mfa_index")).status_code == 200


@pytest.mark.usefixtures("_required")
def test_a_form_is_stopped_at_the_gate_too(cast):
    answer = browser_with_password(cast.director).post("/desk/terms/", {"html": "<p>x</p>"})
    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))


@pytest.mark.usefixtures("_required")
def test_a_session_begun_before_enrolment_is_asked_for_the_code(cast):
    client = browser_with_password(cast.director)
    enrol(cast.director)
    answer = client.get("/desk/?page=2&x=a b")
    assert answer.url == f"{reverse('mfa_reauthenticate')}?next=%2Fdesk%2F%3Fpage%3D2%26x%3Da%2520b"
    answer = client.post(answer.url, {"code": totp_code()})
    assert (answer.status_code, answer.url) == (302, "/desk/?page=2&x=a%20b")
    assert client.get("/desk/").status_code == 200


@pytest.mark.usefixtures("_required")
def test_after_signing_in_with_the_code_the_gate_is_open(cast):
    enrol(cast.director)
    client = browser_with_password(cast.director)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert (client.get("/desk/").status_code, client.get("/cms/").status_code) == (200, 200)


@pytest.mark.usefixtures("_required")
def test_a_passkey_sign_in_counts_as_the_second_factor(cast):
    """As allauth's passkey view leaves the session: `perform_passwordless_login` records exactly this."""
    from allauth.mfa.webauthn.internal import flows as passkeys

    key = Authenticator.objects.create(user=cast.director, type="webauthn", data={"name": "Key", "credential": {}})
    client = browser_signed_in_by(passkeys.perform_passwordless_login, key)
    assert client.get("/desk/").status_code == 200


def browser_signed_in_by(flow, authenticator) -> Client:
    """A browser whose session was begun by one of allauth's own flows."""
    from allauth.account.models import Login
    from allauth.core import context
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.test import RequestFactory

    from lms.accounts.models import User

    person = User.objects.get(pk=authenticator.user_id)
    EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
    client = Client()
    request = RequestFactory().post("/accounts/2fa/webauthn/login/")
    request.session = client.session
    request.user = person
    request._messages = FallbackStorage(request)
    with context.request_context(request):
        flow(request, authenticator, Login(user=person))
    request.session.save()
    client.cookies["session"] = request.session.session_key
    return client


@pytest.mark.usefixtures("_required")
def test_trainees_need_no_second_factor(cast):
    assert browser_with_password(cast.trainee).get("/profile/").status_code == 200


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("address", ["/policies/", "/terms/", "/healthz", "/robots.txt"])
def test_what_is_open_to_the_world_is_open_to_staff(cast, address):
    assert browser_with_password(cast.director).get(address).status_code == 200


@pytest.mark.usefixtures("_required")
def test_the_last_factor_of_staff_cannot_be_removed(cast):
    enrol(cast.director)
    client = browser_with_password(cast.director)
    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.director, type="totp").exists()


@pytest.mark.parametrize(
    ("name", "kinds", "remove", "allowed"),
    [
        ("director", ["totp"], "totp", False),
        ("director", ["totp", "recovery_codes"], "totp", False),
        ("director", ["totp", "webauthn"], "totp", True),
        ("director", ["totp", "recovery_codes"], "recovery_codes", True),
        ("trainee", ["totp"], "totp", True),
    ],
)
@pytest.mark.usefixtures("_required")
def test_which_factor_may_be_removed(cast, name, kinds, remove, allowed):
    person = getattr(cast, name)
    rows = {kind: Authenticator.objects.create(user=person, type=kind, data={}) for kind in kinds}
    assert SecondFactorAdapter().can_delete_authenticator(rows[remove]) is allowed


def test_the_real_settings_demand_a_second_factor_unless_it_is_a_demonstration():
    from pathlib import Path

    import lms.settings

    assert re.search(r"^SECOND_FACTOR_REQUIRED = not DEMO$", Path(lms.settings.__file__).read_text(), re.MULTILINE)
