"""Sites and their papers, on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.standards.enums import SitePaperKind
from lms.accounts.enums import Role
from lms.accounts.queries import require_role, roles_of
from lms.errors import Refusal
from lms.uploads import serve_document
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.site import add_site_paper, approve_site_paper, refuse_site_paper
from supervision.actions.supervisor import site_named
from supervision.enums import SITE_PAPER_WARNED, SitePaperState
from supervision.forms.site import SiteForm, SitePaperDecisionForm, SitePaperForm
from supervision.queries.site import KEEPERS, papers_for_desk, sites_for_desk

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_sites(request):
    """The sites with how their papers stand, and the form for a new one."""
    require_role(request.user, *KEEPERS)
    form = SiteForm(request.POST or None)
    if form.is_valid():
        try:
            site = site_named(form.cleaned_data["name"])
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("desk_site", site.pk)
    sites = sites_for_desk(request.user).prefetch_related("papers")
    page = Paginator(sites, PER_PAGE).get_page(page_number(request))
    rows = [{"site": site, "papers": [_standing(site, kind) for kind in SitePaperKind]} for site in page]
    context = {"page": page, "rows": rows, "form": form}
    return render(request, "supervision/desk_sites.html", context, status=422 if form.is_bound else 200)


def _standing(site, kind) -> dict:
    """How one paper of a site stands today: the approved one that runs longest, else what waits."""
    today = timezone.localdate()
    papers = [paper for paper in site.papers.all() if paper.kind == kind]
    approved = [paper for paper in papers if paper.state == SitePaperState.APPROVED]
    waits = any(paper.state == SitePaperState.SUBMITTED for paper in papers)
    last = max(approved, key=lambda paper: paper.expires_on, default=None)
    if last is None:
        words, tone = ("Waits for a director", "waiting") if waits else ("None", "neutral")
    elif last.expires_on < today:
        words, tone = "Has run out", "accent"
    elif last.expires_on <= today + SITE_PAPER_WARNED:
        words, tone = "Runs out", "waiting"
    else:
        words, tone = "In force", "met"
    return {
        "kind": kind.label,
        "words": words,
        "tone": tone,
        "until": last and last.expires_on,
        "waits": waits and last,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_site(request, pk):
    """The papers of one site, and the form that adds one."""
    require_role(request.user, *KEEPERS)
    site = get_object_or_404(sites_for_desk(request.user), pk=pk)
    form = SitePaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            add_site_paper(site, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Added. It counts once another director has approved it.")
            return redirect("desk_site", pk)
    papers = papers_for_desk(request.user).filter(site=site)
    context = {"site": site, "form": form, "papers": papers, "decides": Role.DIRECTOR in roles_of(request.user)}
    return render(request, "supervision/desk_site.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_site_paper(request, pk):
    """One paper, and a director's decision about it."""
    require_role(request.user, *KEEPERS)
    paper = get_object_or_404(papers_for_desk(request.user), pk=pk)
    form = SitePaperDecisionForm(request.POST or None)
    if request.method == "POST" and Role.DIRECTOR not in roles_of(request.user):
        raise PermissionDenied
    if form.is_valid():
        try:
            return _decide(request, paper, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            paper.refresh_from_db()
    is_hers = Role.DIRECTOR in roles_of(request.user) and paper.added_by_id != request.user.pk
    context = {"paper": paper, "form": form, "decides": is_hers and paper.state == SitePaperState.SUBMITTED}
    return render(request, "supervision/desk_site_paper.html", context, status=422 if form.is_bound else 200)


def _decide(request, paper, *, decision, reason):
    if decision == SitePaperState.APPROVED:
        approve_site_paper(paper, by=request.user)
        messages.success(request, f"Approved: {paper}.")
    else:
        refuse_site_paper(paper, reason=reason, by=request.user)
        messages.success(request, f"Refused: {paper}.")
    return redirect("desk_site", paper.site_id)


@login_required
@require_safe
def desk_site_paper_document(request, pk):
    """The document as a file to save. Fetching the row is the permission check."""
    require_role(request.user, *KEEPERS)
    paper = get_object_or_404(papers_for_desk(request.user), pk=pk)
    return serve_document(paper.document, content_type="application/pdf", name=f"{paper.kind}-{paper.pk}")
