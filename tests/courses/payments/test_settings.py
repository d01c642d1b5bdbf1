"""Keys are read strictly, nothing is simulated in earnest, and what is wrong is named."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from courses.payments import gateway
from lms.env import Env
from tests.factories.payments import make_sold_cohort

PREFIXES = ("sk_test_", "sk_live_")
REAL = "sk_live_0123456789abcdef"


@pytest.mark.parametrize(
    "value", ["pk_live_0123456789", "sk_live_a", "sk_live_with space0123", "sk_live_0123456789\n;x", "nonsense"]
)
def test_a_key_of_another_kind_stops_the_start_and_is_not_repeated(value):
    with pytest.raises(ImproperlyConfigured, match="STRIPE_SECRET_KEY must begin with sk_test_") as stopped:
        Env({"STRIPE_SECRET_KEY": value}).token("STRIPE_SECRET_KEY", prefixes=PREFIXES)
    assert value not in str(stopped.value)


def test_a_key_is_taken_as_it_stands_and_none_is_none():
    assert Env({"KEY": f" {REAL}\n"}).token("KEY", prefixes=PREFIXES) == REAL
    assert Env({}).token("KEY", prefixes=PREFIXES) == ""


def settings_with(tmp_path, **variables) -> list[str]:
    names = [
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_API_BASE",
        "STRIPE_CHECKOUT_ORIGIN",
        "STRIPE_IS_SIMULATED",
    ]
    code = f"from lms import settings; print(*[repr(getattr(settings, name)) for name in {names}])"
    base = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DEBUG": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=base | variables, capture_output=True, text=True, check=True
    )
    return found.stdout.split()


def test_without_keys_nothing_is_sold_unless_it_is_the_demonstration(tmp_path):
    assert settings_with(tmp_path) == ["''", "''", "''", "''", "False"]
    simulated = ["'sk_test_simulated'", "'whsec_simulated'", *["'http://127.0.0.1:11000'"] * 2, "True"]
    assert settings_with(tmp_path, DEMO="1", PUBLIC_URL="http://127.0.0.1:9000") == simulated


@pytest.mark.parametrize("demo", ["0", "1"])
def test_with_a_key_it_is_stripe_itself_also_in_the_demonstration(tmp_path, demo):
    secret = "whsec_0123456789abcdef"
    found = settings_with(tmp_path, STRIPE_SECRET_KEY=REAL, STRIPE_WEBHOOK_SECRET=secret, DEMO=demo)
    assert found == [f"'{REAL}'", f"'{secret}'", "''", "'https://checkout.stripe.com'", "False"]


def ids(**options) -> set[str]:
    return {problem.id for problem in run_checks(**options) if problem.id.startswith("plumbline.")}


def test_a_key_without_the_webhooks_secret_is_an_error(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert "plumbline.E401" in ids()
    assert not gateway.is_open()


def test_prices_without_a_key_are_a_warning(db, settings):
    settings.STRIPE_SECRET_KEY = ""
    assert "plumbline.W401" not in ids(databases=["default"])
    make_sold_cohort()
    assert "plumbline.W401" in ids(databases=["default"])
    settings.STRIPE_SECRET_KEY = REAL
    assert "plumbline.W401" not in ids(databases=["default"])


@pytest.mark.parametrize(("key", "is_live"), [(REAL, True), ("rk_live_0123456789", True), ("sk_test_simulated", False)])
def test_live_and_test_are_told_by_the_key(settings, key, is_live):
    settings.STRIPE_SECRET_KEY = key
    assert gateway.is_live() == is_live
