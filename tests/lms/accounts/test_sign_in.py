"""The way in: sign-up by code, sign-in, a forgotten password, a new address, the list of devices, the limits."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import TermsAcceptance, User
from lms.audit.models import AuditEntry
from tests.cast import PASSWORD
from tests.lms.accounts.mails import mailed_code

NEWCOMER = {
    "display_name": "Ada Newcomer",
    "email": "ada@example.org",
    "password1": "a long enough phrase",
    "time_zone": "Europe/Berlin",
    "terms": "on",
}


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def verified(cast):
    """The trainee with a verified address, as after a real sign-up."""
    EmailAddress.objects.get_or_create(user=cast.trainee, email=cast.trainee.email, verified=True, primary=True)
    return cast.trainee


def sign_in(client, email: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_a_newcomer_signs_up_with_a_code_and_is_signed_in(client, db):
    answer = client.post(reverse("account_signup"), NEWCOMER)
    assert (answer.status_code, answer.url) == (302, reverse("account_email_verification_sent"))
    assert not is_signed_in(client)
    answer = client.post(answer.url, {"code": mailed_code("ada@example.org")})
    assert (answer.status_code, answer.url) == (302, "/home/")
    assert is_signed_in(client)
    ada = User.objects.get(email="ada@example.org")
    assert (ada.display_name, ada.time_zone, ada.is_superuser, ada.has_confirmed_legal_name) == (
        "Ada Newcomer",
        "Europe/Berlin",
        False,
        False,
    )
    assert EmailAddress.objects.get(user=ada).verified
    acceptance = TermsAcceptance.objects.get(person=ada)
    assert acceptance.version.number == 1
    entry = AuditEntry.objects.get(action="accounts.terms.accepted")
    assert (entry.actor, entry.object_id, entry.data) == (ada, str(acceptance.pk), {"version": 1})


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"terms": ""}, "terms", "read and accept the terms"),
        ({"display_name": ""}, "display_name", "required"),
        ({"display_name": "x" * 151}, "display_name", "at most 150"),
        ({"display_name": "nul\x00l"}, "display_name", "Null characters"),
        ({"display_name": "Ada \u202eresU"}, "display_name", "cannot be seen"),
        ({"time_zone": "Mars/Base"}, "time_zone", "valid choice"),
        ({"email": "not an address"}, "email", "valid email"),
        ({"password1": "short"}, "password1", "too short"),
        ({"password1": "1234567890"}, "password1", "numeric"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_sign_up_with_a_wrong_field_says_so_beside_it_and_makes_nobody(client, db, change, field, words):
    answer = client.post(reverse("account_signup"), NEWCOMER | change)
    assert words in " ".join(answer.context["form"].errors[field])
    assert User.objects.count() == 0


def test_signing_up_hashes_the_password_for_a_known_address_as_for_a_new_one(verified, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    for email in (verified.email, "nobody-yet@example.org"):
        Client().post(reverse("account_signup"), NEWCOMER | {"email": email})
        hashed.append(email)
    assert hashed == [1, verified.email, 1, "nobody-yet@example.org"]


def test_a_wrong_code_signs_nobody_in(client, db):
    client.post(reverse("account_signup"), NEWCOMER)
    answer = client.post(reverse("account_email_verification_sent"), {"code": "AAAA-AAAA"})
    assert (answer.status_code, is_signed_in(client)) == (200, False)
    assert not EmailAddress.objects.get(email="ada@example.org").verified


def test_signing_up_with_a_known_address_looks_the_same_and_tells_only_its_owner(client, verified):
    answer = client.post(reverse("account_signup"), NEWCOMER | {"email": verified.email})
    assert (answer.status_code, answer.url) == (302, reverse("account_email_verification_sent"))
    assert [message.to for message in mail.outbox] == [[verified.email]]
    assert User.objects.filter(email=verified.email).count() == 1
    verified.refresh_from_db()
    assert verified.display_name == "Trainee"


def test_the_right_password_signs_in(client, verified):
    answer = sign_in(client, verified.email.upper())
    assert (answer.status_code, answer.url, is_signed_in(client)) == (302, "/home/", True)


@pytest.mark.parametrize(
    ("email", "password"), [("trainee@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("\x00", "\x00")]
)
def test_a_wrong_password_and_an_unknown_address_read_the_same(client, verified, email, password):
    answer = sign_in(client, email, password)
    assert (answer.status_code, is_signed_in(client)) == (200, False)


def test_somebody_switched_off_cannot_sign_in(client, verified):
    verified.is_active = False
    verified.save(update_fields=["is_active"])
    answer = sign_in(client, verified.email)
    assert (answer.url, is_signed_in(client)) == (reverse("account_inactive"), False)


def test_a_forgotten_password_is_replaced_with_a_code(client, verified):
    client.post(reverse("account_reset_password"), {"email": verified.email})
    answer = client.post(
        reverse("account_confirm_password_reset_code"), {"code": mailed_code(verified.email)}, follow=True
    )
    assert answer.redirect_chain[-1][0] == reverse("account_complete_password_reset")
    client.post(
        reverse("account_complete_password_reset"), {"password1": "another phrase 7", "password2": "another phrase 7"}
    )
    assert not is_signed_in(sign_in(Client(), verified.email).client)
    assert is_signed_in(sign_in(Client(), verified.email, "another phrase 7").client)


def test_asking_for_an_unknown_address_looks_the_same(client, verified):
    known = client.post(reverse("account_reset_password"), {"email": verified.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_new_address_counts_only_after_its_code(client, verified):
    sign_in(client, verified.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    verified.refresh_from_db()
    assert verified.email == "trainee@example.org"
    client.post(reverse("account_email_verification_sent"), {"code": mailed_code("new@example.org")})
    verified.refresh_from_db()
    assert verified.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=verified).values_list("email", "verified", "primary")) == [
        ("new@example.org", True, True)
    ]
    assert ["trainee@example.org"] in [message.to for message in mail.outbox], "the old address is warned"


def test_the_list_of_devices_ends_the_other_sessions(verified):
    here, there = Client(HTTP_USER_AGENT="Here/1"), Client(HTTP_USER_AGENT="There/1")
    for client in (here, there):
        sign_in(client, verified.email)
        client.get("/profile/")
    page = here.get(reverse("usersessions_list")).content.decode()
    assert ("Here/1" in page, "There/1" in page) == (True, True)
    here.post(reverse("usersessions_list"))
    assert UserSession.objects.filter(user=verified).count() == 1
    assert (here.get("/profile/").status_code, there.get("/profile/").status_code) == (200, 302)


def test_a_page_read_writes_nothing_but_once_in_five_minutes(cast):
    client = cast.client("trainee")
    client.get("/profile/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/profile/")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    last_seen = UserSession.objects.get().last_seen_at
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client.get("/profile/")
    assert UserSession.objects.get().last_seen_at > last_seen


def test_after_a_change_of_password_the_new_session_is_on_the_list(client, verified):
    sign_in(client, verified.email)
    client.get("/profile/")
    change = {"oldpassword": PASSWORD, "password1": "another phrase 7", "password2": "another phrase 7"}
    assert client.post(reverse("account_change_password"), change).status_code == 302
    client.get("/profile/")
    assert client.session.session_key in UserSession.objects.values_list("session_key", flat=True)


def test_signing_out_takes_a_post(client, verified):
    sign_in(client, verified.email)
    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


LIMITS = {"login_failed": "10/m/ip,5/5m/key"}


def test_after_five_wrong_passwords_the_right_one_is_refused_too(verified, settings):
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for _ in range(5):
        sign_in(Client(), verified.email, "wrong")
    assert not is_signed_in(sign_in(Client(), verified.email).client)


def test_after_four_wrong_passwords_the_right_one_still_passes(verified, settings):
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for _ in range(4):
        sign_in(Client(), verified.email, "wrong")
    assert is_signed_in(sign_in(Client(), verified.email).client)


def test_the_lock_holds_in_every_process_because_the_cache_is_shared(verified, settings):
    """With the cache in our database, what one process counted another one sees."""
    from django.core.cache import caches
    from django.core.management import call_command

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_test"}}
    call_command("createcachetable")
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for _ in range(5):
        sign_in(Client(), verified.email, "wrong")
        caches.close_all()
    assert not is_signed_in(sign_in(Client(), verified.email).client)


def test_too_many_sign_ins_from_one_address_show_the_429_page(verified, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [Client().post(reverse("account_login"), {"login": f"a{n}@b.org", "password": "x"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many tries in a short time" in answers[-1].content.decode()


def test_the_limits_of_the_real_settings_are_on():
    import lms.settings

    assert lms.settings.ACCOUNT_RATE_LIMITS == LIMITS
    assert lms.settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
