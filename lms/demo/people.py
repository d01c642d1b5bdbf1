"""The demonstration's institute settings and accounts. One password for all, refused unless DEMO is set."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from lms.accounts.actions import accept_terms, confirm_legal_name, grant_role
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role
from lms.demo.clock import at
from lms.demo.registry import Demo, Stage
from lms.institute.models import InstituteSettings

ROLES_SINCE = 730  # days
# Faculty get their role for one cohort, in the step that makes the cohort.
FIRST = [
    ("director", "Imani Okafor", Role.DIRECTOR),
    ("director-two", "Tomás Herrera", Role.DIRECTOR),
    ("faculty", "Ruth Feldman", None),
    ("supervisor", "Dana Whitehorse", Role.SUPERVISOR),
    ("registrar", "Jun Takahashi", Role.REGISTRAR),
    ("newcomer", "Sam Adeyemi", None),
]
PEOPLE = [
    *FIRST,
    ("trainee", "Noor Haddad", None),
    ("trainee-two", "Amara Diallo", None),
    ("graduate", "Elena Marsh", None),
    ("paused", "Priya Raman", None),
    ("withdrawn", "Luca Bianchi", None),
    ("supervisor-two", "Kofi Mensah", Role.SUPERVISOR),
]
GRADUATES = [
    ("graduate-two", "Hana Sato", None),
    ("graduate-three", "Mateo Reyes", None),
    ("graduate-four", "Ines Moreau", None),
    ("graduate-five", "Tove Lindqvist", None),
]
# Who has met the whole standard.
FINISHED = ("graduate", *(name for name, *_ in GRADUATES))
PEOPLE_OF = {Stage.NEW: FIRST, Stage.RUNNING: PEOPLE, Stage.COMPLETE: [*PEOPLE, *GRADUATES]}


def create_people(demo: Demo) -> None:
    """The accounts are new; who has a role has held it for two years, for the demonstration tells of what was before."""
    _fill_in_institute()
    for name, display_name, role in PEOPLE_OF[demo.stage]:
        demo.people[name] = make_person(name, display_name)
        if role and not has_role(demo.people[name], role):
            with at(timezone.now() - timedelta(days=ROLES_SINCE)):
                grant_role(demo.people[name], role, by=None, reason="Demonstration")


def _fill_in_institute() -> None:
    InstituteSettings.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Plumbline Institute",
            "legal_name": "Plumbline Institute (Demonstration)",
            "address": "100 Demonstration Way\nBoulder, Colorado",
            "contact_email": "office@example.org",
            "promise": "Training that holds steady: for clinicians who will sit with people in altered states.",
            "complaints_policy": "<p>Write to office@example.org. We answer within ten days. If somebody is in danger now, "
            "call your local emergency number first.</p>",
            "privacy_policy": "<p>We keep no patient data. Practice logs hold random client codes and nothing that names a person.</p>",
        },
    )


def make_person(name: str, display_name: str) -> User:
    """Somebody who can sign in as <name>@example.org."""
    email = f"{name}@example.org"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, settings.DEMO_PASSWORD, display_name=display_name, is_demonstration=True)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        confirm_legal_name(user, legal_name=display_name)
    elif not user.check_password(settings.DEMO_PASSWORD):
        user.set_password(settings.DEMO_PASSWORD)
        user.save(update_fields=["password"])
    accept_terms(user)
    return user
