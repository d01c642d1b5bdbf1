"""The demonstration's stories of what comes out later: a lapse, an entry for which no signer is left, papers of sites."""

from datetime import timedelta

from courses.standards.enums import Qualification, SitePaperKind
from lms.demo.clock import at
from supervision.actions.lapse import decide_cases, record_lapse
from supervision.actions.lieu import confirm_attestation, propose_attestation
from supervision.actions.site import add_site_paper, approve_site_paper
from supervision.actions.supervisor import site_named, supervisor_of
from supervision.demo_cohort import AWAY, SITES, Practicum
from supervision.demo_story import Story, used_link
from supervision.demo_visits import OBSERVATION, moment, paper_of, seen
from supervision.enums import LapseDecision
from supervision.models import LapseCase
from supervision.signing.actions import decline_placement

GOOD_FAITH = "Her card was renewed a week late. Neither of you could know, and the work was done with care."
NOBODY_LEFT = (
    "The practice has closed, and its only supervisor has declined. We read the clinic’s schedule of that day and the "
    "trainee’s own note, and spoke with the receptionist who let her in."
)


def find_a_lapse(practicum: Practicum, iris: Story) -> None:
    """Two papers of her supervisor were not valid for some days. The visits and the session of the first are kept in good
    faith; those of the second are under review."""
    director, away = practicum.staff["director"], practicum.staff[AWAY[0]]
    for kind, week, source in (
        (Qualification.BLS, 8, "The heart association answered our yearly inquiry."),
        (Qualification.LICENCE, 5, "The board published a suspension that began on this day."),
    ):
        with at(moment(iris.ago(6), 11)):
            span = {"began_on": iris.day(week), "ended_on": iris.day(week, 4)}
            supervisor = supervisor_of(away, by=director)
            lapse = record_lapse(supervisor, kind=kind, **span, source=source, by=director)
        if kind == Qualification.BLS:
            cases = list(LapseCase.objects.filter(lapse=lapse).values_list("pk", flat=True))
            with at(moment(iris.ago(4), 15)):
                decide_cases(lapse, cases, decision=LapseDecision.KEPT, reason=GOOD_FAITH, by=director)


def attest_in_lieu(practicum: Practicum, celeste: Story) -> None:
    """Her supervisor there said that she is not her trainee, and the site has nobody else: two of the staff attest it."""
    elsewhere = practicum.place(celeste.enrolment, "ulla", "prairie", celeste.day(6))
    there = Story(celeste.enrolment, elsewhere, celeste.today, celeste.codes)
    log = there.waiting(there.visit(there.day(4, 3), OBSERVATION, client=2))
    link = used_link(practicum.signers["ulla"], when=moment(there.day(3, 4), 9))
    with at(moment(there.day(3, 4), 10, 10)):
        decline_placement(link, elsewhere)
    log.placement.refresh_from_db()
    with at(moment(there.day(2, 3), 14)):
        proposed = propose_attestation(log, evidence=NOBODY_LEFT, seen=seen(log), by=practicum.staff["director"])
    with at(moment(there.day(2, 4), 9)):
        confirm_attestation(proposed, seen=seen(log), by=practicum.staff["director-two"])


def keep_papers_of_sites(practicum: Practicum) -> None:
    """The agreement of one site is approved, and its insurance runs out soon; that of another waits for a director."""
    added, approved = practicum.staff["director-two"], practicum.staff["director"]
    for site, kind, days, is_approved in (
        ("juniper", SitePaperKind.AGREEMENT, 500, True),
        ("juniper", SitePaperKind.INSURANCE, 20, True),
        ("cottonwood", SitePaperKind.AGREEMENT, 300, False),
    ):
        begins_on = practicum.today - timedelta(days=200)
        with at(moment(practicum.today - timedelta(days=190), 10)):
            paper = add_site_paper(
                site_named(SITES[site]),
                kind=kind,
                begins_on=begins_on,
                expires_on=practicum.today + timedelta(days=days),
                document=paper_of(SITES[site], kind.label),
                by=added,
            )
            if is_approved:
                approve_site_paper(paper, by=approved)
