"""Sites and their papers: which are in force, who sees which, and what runs out. Fetching is the permission check."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.practice import PracticeRules
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from supervision.enums import SITE_PAPER_WARNED, SitePaperState
from supervision.models import Placement, Site, SitePaper
from supervision.queries.practice import within_reach

Spans = Sequence[tuple[str, date, date]]
KEEPERS = (Role.DIRECTOR, Role.REGISTRAR)


def site_papers_of(sites: Collection[int]) -> dict[int, list[tuple[str, date, date]]]:
    """By site, its approved papers with the first and last day of each. One query, none where nothing is asked."""
    found = defaultdict(list)
    rows = SitePaper.objects.filter(site__in=sites, state=SitePaperState.APPROVED).order_by()
    for site, *paper in rows.values_list("site", "kind", "begins_on", "expires_on") if sites else ():
        found[site].append(tuple(paper))
    return found


def in_force_on(papers: Spans, day: date) -> frozenset[str]:
    return frozenset(kind for kind, first, last in papers if first <= day <= last)


def missing_papers(site: Site, practice: PracticeRules, day: date) -> dict[str, str]:
    """What the standard asks of a site and is not in force on a day: by paper, what follows. No query if nothing is asked."""
    asked = {one.paper: one.answer for one in practice.site}
    there = in_force_on(site_papers_of([site.pk])[site.pk], day) if asked else frozenset()
    return {paper: answer for paper, answer in asked.items() if paper not in there}


def sites_for_desk(user: User) -> QuerySet[Site]:
    """The sites of placements within her reach as director or registrar; and those where nobody was placed yet."""
    roles = [role for role in KEEPERS if role in roles_of(user)]
    if not roles:
        return Site.objects.none()
    reach = Q(pk__in=[])
    for role in roles:
        reach |= within_reach(user, role)
    here = Placement.objects.filter(site=OuterRef("pk")).order_by()
    return Site.objects.filter(Exists(here.filter(reach)) | ~Exists(here)).order_by("name", "pk")


def papers_for_desk(user: User) -> QuerySet[SitePaper]:
    rows = SitePaper.objects.filter(site__in=sites_for_desk(user).order_by().values("pk"))
    return rows.select_related("site", "added_by", "decided_by")


def papers_to_decide(user: User) -> QuerySet[SitePaper]:
    """What waits for this director, who has not added it herself."""
    if Role.DIRECTOR not in roles_of(user):
        return SitePaper.objects.none()
    return papers_for_desk(user).filter(state=SitePaperState.SUBMITTED).exclude(added_by=user)


def running_out(papers: QuerySet[SitePaper]) -> QuerySet[SitePaper]:
    """Approved papers of sites in use that run out within the time of a warning, or have run out, with no later one."""
    today = timezone.localdate()
    later = SitePaper.objects.filter(site=OuterRef("site"), kind=OuterRef("kind"), state=SitePaperState.APPROVED)
    in_use = Placement.objects.filter(site=OuterRef("site"), declined_at=None)
    in_use = in_use.filter(Q(ends_on=None) | Q(ends_on__gte=today)).order_by()
    rows = papers.filter(state=SitePaperState.APPROVED, expires_on__lte=today + SITE_PAPER_WARNED)
    return rows.filter(~Exists(later.filter(expires_on__gt=OuterRef("expires_on")).order_by()), Exists(in_use))


def placed_at(site: int) -> list[Enrolment]:
    """Whose placement there is open: their directors are told."""
    today = timezone.localdate()
    rows = Placement.objects.filter(site=site, declined_at=None).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    rows = rows.select_related("enrolment__person", "enrolment__cohort").order_by(F("enrolment").asc())
    return list({row.enrolment_id: row.enrolment for row in rows}.values())
