"""What the pages of cohorts and enrolments need from values they already have."""

from django import template
from django.urls import reverse

from courses.enrolment.enums import TONES
from courses.enrolment.rules import title_of_state, words_of_closed
from lms.web.templatetags.ui import day, zone_name

register = template.Library()
COHORTS = "Cohorts"


@register.filter
def state_tone(state: str) -> str:
    return TONES[state]


@register.filter
def closed_title(situation) -> str:
    return title_of_state(situation.state)


@register.filter
def closed_words(situation) -> str:
    """What is closed, what stays open, and until when."""
    return words_of_closed(situation.state, situation.since, situation.finish_by)


@register.filter
def cohort_trail(cohort) -> list[dict]:
    return [{"label": COHORTS, "url": reverse("desk_cohorts")}, {"label": cohort.name}]


@register.filter
def enrolment_trail(enrolment, page: str = "") -> list[dict]:
    """Cohorts, the cohort, the person; and the page itself when it is a further one about her."""
    cohort = {"label": enrolment.cohort.name, "url": reverse("desk_cohort", args=[enrolment.cohort_id])}
    person = {"label": str(enrolment.person)}
    trail = [{"label": COHORTS, "url": reverse("desk_cohorts")}, cohort, person]
    if page:
        person["url"] = reverse("desk_enrolment", args=[enrolment.pk])
        trail.append({"label": page})
    return trail


@register.filter
def cohort_facts(cohort, taken: int) -> list[dict]:
    return [
        {"label": "First day", "value": day(cohort.starts_on)},
        {"label": "Last day", "value": day(cohort.ends_on) or "no date set"},
        {"label": "Zone of deadlines", "value": zone_name(cohort.time_zone)},
        {"label": "Edition", "value": cohort.edition.number},
        {"label": "Standard", "value": str(cohort.standard_version)},
        {"label": "Seats taken", "value": f"{taken} of {cohort.seats}"},
    ]
