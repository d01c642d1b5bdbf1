"""Papers of a site: added by staff as PDF, decided by a director who did not add them, warned of before they run out."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from courses.standards.enums import SitePaperKind
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from lms.uploads import CleanDocument
from lms.web.templatetags.ui import day
from supervision.enums import REASON_MOST, SITE_PAPER_MOVES, SitePaperState
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import Site, SitePaper
from supervision.queries.adverse import directors_to_tell
from supervision.queries.site import placed_at, running_out, sites_for_desk

PDF = "application/pdf"


@transaction.atomic
def add_site_paper(
    site: Site, *, kind: SitePaperKind, begins_on: date, expires_on: date, document: CleanDocument, by: User
) -> SitePaper:
    """Add a paper. It counts once a director who did not add it has approved it."""
    _require_keeper(site, by)
    if document.content_type != PDF:
        raise Refusal("Send the paper as a PDF.")
    if expires_on < begins_on:
        raise Refusal("The last day comes before the first.")
    if expires_on < timezone.localdate():
        raise Refusal("This paper has run out already. Add the one that is in force.")
    paper = SitePaper.objects.create(
        site=site,
        kind=SitePaperKind(kind),
        begins_on=begins_on,
        expires_on=expires_on,
        document=document.file,
        document_sha256=document.sha256,
        added_by=by,
    )
    span = {"begins_on": begins_on, "expires_on": expires_on}
    record("supervision.site.paper_added", by=by, about=paper, kind=paper.kind, document=paper.document_sha256, **span)
    return paper


@transaction.atomic
def approve_site_paper(paper: SitePaper, *, by: User) -> SitePaper:
    paper = _decided(paper, SitePaperState.APPROVED, by)
    record("supervision.site.paper_approved", by=by, about=paper, document=paper.document_sha256)
    return paper


@transaction.atomic
def refuse_site_paper(paper: SitePaper, *, reason: str, by: User) -> SitePaper:
    """Refuse a paper with a reason, which whoever added it reads."""
    reason = reason.strip()
    if not reason:
        raise Refusal("Say why. Whoever added it reads it.")
    if len(reason) > REASON_MOST:
        raise Refusal(f"Give the reason in at most {REASON_MOST} characters.")
    if sentence := sentence_about(hard_stops_in(reason)):
        raise Refusal(sentence)
    paper = _decided(paper, SitePaperState.REFUSED, by, reason)
    record("supervision.site.paper_refused", by=by, about=paper, document=paper.document_sha256)
    notify(
        paper.added_by,
        key=f"site-paper-{paper.pk}-refused",
        subject="A paper of a site was refused",
        text=f"A director has refused the {paper.get_kind_display().lower()} of {paper.site}, and says why.",
        path=f"/desk/sites/{paper.site_id}/",
        button="Read the reason",
    )
    return paper


def _require_keeper(site: Site, by: User, *roles: Role) -> None:
    if roles and not set(roles) & set(roles_of(by)):
        raise Refusal("This is for a program director.")
    if not sites_for_desk(by).filter(pk=site.pk).exists():
        raise Refusal("This is for the directors and registrars of the trainees who practise there.")


def _decided(paper: SitePaper, new: SitePaperState, by: User, reason: str = "") -> SitePaper:
    paper = SitePaper.objects.select_for_update(of=("self",)).select_related("site", "added_by").get(pk=paper.pk)
    _require_keeper(paper.site, by, Role.DIRECTOR)
    if paper.added_by_id == by.pk:
        raise Refusal("You added this paper yourself. Another director decides about it.")
    if new not in SITE_PAPER_MOVES[SitePaperState(paper.state)]:
        raise IllegalMove(f"This paper has been decided: it is {paper.get_state_display().lower()}.")
    paper.state, paper.decided_by, paper.decided_at, paper.reason = new, by, timezone.now(), reason
    paper.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return paper


def warn_of_site_papers() -> int:
    """Nightly: tell the directors of whoever practises at a site that a paper runs out, once. Returns how many papers."""
    papers = running_out(SitePaper.objects.filter(warned_at=None, expires_on__gte=timezone.localdate()))
    return sum(_warn(pk) for pk in list(papers.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _warn(pk: int) -> bool:
    if SitePaper.objects.filter(pk=pk, warned_at=None).update(warned_at=timezone.now()) != 1:
        return False
    paper = SitePaper.objects.select_related("site").get(pk=pk)
    directors = {director.pk: director for one in placed_at(paper.site_id) for director in directors_to_tell(one)}
    for director in directors.values():
        notify(
            director,
            key=f"site-paper-{pk}-runs-out-{director.pk}",
            subject="A paper of a site runs out",
            text=f"The {paper.get_kind_display().lower()} of {paper.site} runs out on {day(paper.expires_on)}. After that day "
            "visits there are flagged or refused, as the standard says. Add the next one in time.",
            path=f"/desk/sites/{paper.site_id}/",
            button="Open the site",
        )
    return True
