"""The site that is probed: a database of its own with the demonstration in it, and gunicorn as production runs it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.place import ROOT, Place, environment
from tests.benchmarks.server import Server
from tests.outside.browser import ORIGIN, TOTP_SECRET, Browser

FOLDER = ROOT / "var" / "probe"
LOG = FOLDER / "server.log"
MAILS = FOLDER / "mails"
NO_STRIPE = {"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}


def variables(place: Place, name: str) -> dict[str, str]:
    return environment(place, FOLDER, name) | {
        "DJANGO_SETTINGS_MODULE": "tests.outside.settings",
        "PUBLIC_URL": ORIGIN,
        "ALLOWED_HOSTS": f"{ORIGIN.removeprefix('https://')},127.0.0.1",
        "EMAIL_URL": f"filemail:///{MAILS}",
        "LOG_LEVEL": "INFO",
    }


def manage(*command: str, **more: str) -> None:
    program = [sys.executable, str(ROOT / "manage.py"), *command]
    subprocess.run(program, cwd=ROOT, env=dict(os.environ) | more, check=True, stdout=subprocess.DEVNULL)


def fill(place: Place) -> None:
    """The complete demonstration, whose staff get the second factor that production asks for."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    MAILS.mkdir(exist_ok=True)
    place.create()
    demonstration = {"DEMO": "1", "DJANGO_SETTINGS_MODULE": "lms.settings", **NO_STRIPE}
    manage("migrate", "-v0", **demonstration)
    manage("createcachetable")
    manage("collectstatic", "--noinput", "-v0")
    manage("create_signing_keys")
    manage("create_demo", "--stage", "complete", **demonstration)


class GunicornSite(Server):
    """`with GunicornSite(port) as site:` — `site.visitor()`, and `site.person(name)` for somebody who has signed in."""

    def __init__(self, port: int):
        super().__init__(port)
        self._people: dict[str, Browser] = {}

    def command(self) -> list[str]:
        LOG.unlink(missing_ok=True)
        bench = super().command()
        bench[bench.index("tests.benchmarks.wsgi")] = "lms.wsgi"
        return [*bench, "--capture-output", "--error-logfile", str(LOG)]

    def log(self) -> str:
        return Path(LOG).read_text(errors="replace")

    def visitor(self) -> Browser:
        return Browser(self.port)

    def person(self, name: str) -> Browser:
        """Signed in once, by the real door; then a window of hers."""
        if name not in self._people:
            browser = self.visitor()
            assert browser.sign_in(f"{name}@example.org", self.password).status == 302, f"{name} cannot sign in"
            assert browser.get("/home/").status == 200, f"{name} has no home page"
            self._people[name] = browser
        return self._people[name].twin()

    @property
    def password(self) -> str:
        from django.conf import settings  # late: it reads the environment

        return settings.DEMO_PASSWORD


def give_second_factors() -> None:
    from allauth.mfa.models import Authenticator  # late: they need the loaded apps

    from lms.accounts.models import RoleGrant
    from lms.fields import encrypt

    for person in set(RoleGrant.objects.active().values_list("person", flat=True)):
        Authenticator.objects.create(
            user_id=person, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)}
        )
