"""The pages of sessions: a trainee's own with the ratio of her weeks, and those of a supervisor."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.enrolment.queries import own_enrolments
from courses.enrolment.rules import can_add_evidence
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.declaration import declare_words
from supervision.actions.practice import VisitRefused
from supervision.forms.practice import LogFilterForm
from supervision.queries.guard import declarations_of, declared_words
from supervision.queries.lapse import lapses_of_sessions
from supervision.queries.redaction import can_redact
from supervision.queries.review import content_hash
from supervision.sessions.actions.attending import (
    amend_session,
    excuse_from_session,
    log_session,
    object_to_session,
    withdraw_session,
)
from supervision.sessions.actions.holding import UNDER_REVIEW
from supervision.sessions.actions.leading import (
    cancel_session,
    confirm_attendance,
    plan_session,
    record_absence,
    record_planned,
    record_session,
    return_session,
)
from supervision.sessions.enums import (
    AttendanceState,
    Modality,
    SessionFormat,
    SessionMeaning,
    SessionPurpose,
    SessionState,
)
from supervision.sessions.forms import (
    ConfirmForm,
    LeadSessionForm,
    LogSessionForm,
    ObjectForm,
    RecordPlannedForm,
    initial_of,
)
from supervision.sessions.queries import (
    own_attendances,
    planned_for,
    reasons_of,
    sessions_of_supervisor,
    signed_session,
    supervisors_of,
    topics_offered,
    trainees_of,
    waiting_for,
    weeks_for,
)
from supervision.sessions.shown import (
    due_sentence,
    events_of,
    lapse_words,
    session_facts,
    signatures_of,
    state_of,
    week_rows,
)
from supervision.views.entry import removed_events

PER_PAGE = 20
ENDED = "This enrolment has ended, so no session can be added to it. You can still read what is there."


def _not_now(request, message: str):
    return render(request, "errors/409.html", {"message": message}, status=409)


# The trainee's pages -------------------------------------------------------------------------------------------------


def _own_enrolment(request):
    """The enrolment that the address names, or the first open one. Another person's is not found."""
    enrolments = list(own_enrolments(request.user))
    if not enrolments:
        raise PermissionDenied
    form = LogFilterForm(request.GET)
    wanted = form.cleaned_data.get("enrolment") if form.is_valid() else None
    if wanted is None:
        return enrolments[0]
    found = [enrolment for enrolment in enrolments if enrolment.pk == wanted]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_safe
def session_list(request):
    """Her sessions, and how the weeks of her ratio stand, before one of them fails."""
    enrolment = _own_enrolment(request)
    page = Paginator(own_attendances(request.user).filter(enrolment=enrolment), PER_PAGE).get_page(page_number(request))
    attendances = list(page)
    reasons = reasons_of(attendances)
    own = weeks_for(enrolment)
    context = {
        "enrolment": enrolment,
        "enrolment_key": str(enrolment.pk),
        "page": page,
        "query": f"enrolment={enrolment.pk}",
        "rows": [
            {"attendance": one, "session": one.session, "state": state_of(one), "reason": reasons.get(one.pk, "")}
            for one in attendances
        ],
        "can_log": can_add_evidence(enrolment),
        "own": own,
        "weeks": week_rows(own) if own else [],
        "due": due_sentence(own)[0] if own else "",
    }
    return render(request, "supervision/sessions/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def session_new(request):
    enrolment = _own_enrolment(request)
    if not can_add_evidence(enrolment):
        return _not_now(request, ENDED)
    return _log_page(request, enrolment, title="Log a session")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def session_edit(request, pk):
    """Put a session right that nobody has confirmed."""
    attendance = get_object_or_404(own_attendances(request.user), session__pk=pk)
    if attendance.session.state != SessionState.LOGGED:
        words = attendance.session.get_state_display().lower()
        return _not_now(request, f"This session is {words} and cannot be changed.")
    return _log_page(request, attendance.enrolment, title="Change this session", amends=attendance)


def _log_page(request, enrolment, *, title, amends=None):
    form = LogSessionForm(
        request.POST or None,
        initial=initial_of(amends.session) if amends else _fresh(request),
        topics=topics_offered(),
        supervisors=supervisors_of(enrolment, trainee=request.user),
        known=declarations_of(amends.session) if amends else (),
    )
    if form.is_valid():
        try:
            session = _logged(form, enrolment, amends, by=request.user)
        except VisitRefused as refused:
            form.show(refused.problems)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Sent to {session.supervisor}. It counts once she has confirmed it.")
            return redirect("session_detail", session.pk)
    context = {
        "form": form,
        "title": title,
        "reason": reasons_of([amends]).get(amends.pk, "") if amends else "",
        "back": reverse("session_detail", args=[amends.session_id]) if amends else reverse("session_list"),
        "has_supervisor": form.fields["supervisor"].queryset.exists(),
    }
    return render(request, "supervision/sessions/log_form.html", context, status=422 if form.is_bound else 200)


def _logged(form, enrolment, amends, *, by):
    supervisor = form.cleaned_data["supervisor"]
    if amends is None:
        session = log_session(enrolment, form.meeting(), supervisor=supervisor, by=by)
    else:
        version = form.cleaned_data["version"] or 0
        session = amend_session(amends, form.meeting(), supervisor=supervisor, by=by, version=version)
    declare_words(session, form.declared, by=by)
    return session


def _fresh(request) -> dict:
    return {
        "time_zone": request.user.time_zone,
        "on": timezone.localdate(),
        "format": SessionFormat.INDIVIDUAL,
        "purpose": SessionPurpose.SUPERVISION,
        "modality": Modality.IN_PERSON,
    }


@login_required
@require_safe
def session_detail(request, pk):
    """One session, for a trainee who takes part: her own attendance, and how many the others are."""
    attendance = get_object_or_404(own_attendances(request.user), session__pk=pk)
    session = attendance.session
    is_planned = session.state == SessionState.PLANNED
    context = {
        "session": session,
        "attendance": attendance,
        "state": state_of(attendance),
        "facts": session_facts(session),
        "declared": declared_words(session, {"feedback": session.feedback}),
        "reason": reasons_of([attendance]).get(attendance.pk, ""),
        "lapse": lapse_words(attendance, lapses_of_sessions([attendance]).get(attendance.pk)),
        "history": _history(session, attendance),
        "signatures": signatures_of(attendance),
        "can_edit": session.state == SessionState.LOGGED,
        "is_returned": session.state == SessionState.LOGGED and attendance.state == AttendanceState.DISPUTED,
        "can_excuse": is_planned and attendance.state == AttendanceState.PROPOSED,
        "can_object": session.state == SessionState.HELD
        and attendance.state in (AttendanceState.CONFIRMED, AttendanceState.ABSENT),
    }
    return render(request, "supervision/sessions/detail.html", context)


@login_required
@require_POST
@once_per_form
def session_withdraw(request, pk):
    withdraw_session(get_object_or_404(own_attendances(request.user), session__pk=pk), by=request.user)
    messages.success(request, "You took the session back.")
    return redirect("session_list")


@login_required
@require_POST
@once_per_form
def session_excuse(request, pk):
    excuse_from_session(get_object_or_404(own_attendances(request.user), session__pk=pk), by=request.user)
    messages.success(request, "You are excused from this session. What is due in this week stays due.")
    return redirect("session_detail", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def session_object(request, pk):
    attendance = get_object_or_404(own_attendances(request.user), session__pk=pk)
    if attendance.state == AttendanceState.QUESTIONED:
        return _not_now(request, UNDER_REVIEW)
    if attendance.session.state != SessionState.HELD or attendance.state == AttendanceState.DISPUTED:
        return _not_now(request, "You can object to a session that your supervisor has confirmed or recorded.")
    form = ObjectForm(request.POST or None)
    if form.is_valid():
        try:
            object_to_session(attendance, by=request.user, **form.cleaned_data)
            declare_words(attendance, form.declared, by=request.user)
        except Refusal as refusal:
            form.add_error("reason", refusal.message)
        else:
            messages.success(request, "Your supervisor is told. The session does not count until she has answered.")
            return redirect("session_detail", pk)
    context = {"form": form, "session": attendance.session}
    return render(request, "supervision/sessions/object.html", context, status=422 if form.is_bound else 200)


# The supervisor's pages ----------------------------------------------------------------------------------------------


@login_required
@require_safe
def review_sessions(request):
    require_role(request.user, Role.SUPERVISOR)
    past = sessions_of_supervisor(request.user).exclude(state=SessionState.PLANNED)
    page = Paginator(past.order_by("-began_at", "-id"), PER_PAGE).get_page(page_number(request))
    context = {
        "waiting": list(waiting_for(request.user)[:PER_PAGE]),
        "planned": list(planned_for(request.user)[:PER_PAGE]),
        "page": page,
    }
    return render(request, "supervision/sessions/review_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_session_new(request):
    """Record a session that took place, or plan one: one form, two buttons."""
    require_role(request.user, Role.SUPERVISOR)
    enrolments = {enrolment.pk: enrolment for enrolment in trainees_of(request.user)}
    form = LeadSessionForm(
        request.POST or None,
        initial=_fresh(request) | {"meaning": SessionMeaning.LED},
        topics=topics_offered(),
        trainees=[(pk, str(enrolment.person)) for pk, enrolment in enrolments.items()],
    )
    if form.is_valid():
        chosen = [enrolments[pk] for pk in form.cleaned_data["trainees"]]
        try:
            return _led(request, form, chosen)
        except VisitRefused as refused:
            form.show(refused.problems)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "title": "Record or plan a session", "has_trainees": bool(enrolments), "can_plan": True}
    return render(request, "supervision/sessions/lead_form.html", context, status=422 if form.is_bound else 200)


def _led(request, form, enrolments):
    if form.cleaned_data["then"] == "plan":
        session = plan_session(form.meeting(), enrolments=enrolments, by=request.user)
        messages.success(request, "The session is planned. Your trainees are told.")
    else:
        require_fresh_password(request)
        meaning = form.cleaned_data["meaning"]
        session = record_session(form.meeting(), enrolments=enrolments, meaning=meaning, by=request.user)
        messages.success(request, "Recorded and signed. It counts for your trainees from now on.")
    declare_words(session, form.declared, by=request.user)
    return redirect("review_session", session.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_session(request, pk):
    """One session with its trainees: confirm or return what one logged, answer what one says."""
    require_role(request.user, Role.SUPERVISOR)
    session = get_object_or_404(sessions_of_supervisor(request.user), pk=pk)
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        try:
            return _decided(request, session, form.cleaned_data, form.declared)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            session = get_object_or_404(sessions_of_supervisor(request.user), pk=pk)
    attendances = [one for one in session.attendances.all() if one.trainee_id != request.user.pk]
    reasons, lapses = reasons_of(attendances), lapses_of_sessions(attendances)
    is_alone = len(attendances) == 1
    context = {
        "session": session,
        "facts": session_facts(session),
        "rows": [
            _row(one, session, reasons, form) | {"lapse": lapse_words(one, lapses.get(one.pk), has_history=is_alone)}
            for one in attendances
        ],
        "declared": declared_words(session, {"feedback": session.feedback}),
        "history": _history(session, attendances[0] if is_alone else None),
        "may_redact": can_redact(request.user, session),
        "error_form": form if form.errors else None,
        "is_planned": session.state == SessionState.PLANNED,
        "is_over": session.ended_at <= timezone.now(),
    }
    return render(request, "supervision/sessions/review.html", context, status=422 if form.is_bound else 200)


def _history(session, attendance) -> list[dict]:
    events = [*events_of(session, attendance), *removed_events(session)]
    return sorted(events, key=lambda event: event["when"])


def _row(attendance, session, reasons, form) -> dict:
    """A trainee in a session, with the decision that is asked for; her own form is the one that was sent."""
    attendance.session = session
    is_logged = session.state == SessionState.LOGGED
    is_asked = is_logged and attendance.state == AttendanceState.PROPOSED
    is_held = session.state == SessionState.HELD
    is_objected = is_held and attendance.state == AttendanceState.DISPUTED
    is_again = is_held and attendance.state == AttendanceState.PROPOSED
    is_sent = form.is_bound and str(form.data.get("attendance")) == str(attendance.pk)
    return {
        "attendance": attendance,
        "state": state_of(attendance),
        "reason": reasons.get(attendance.pk, ""),
        "seen": content_hash(signed_session(attendance)),
        "form": form if is_sent else ConfirmForm(auto_id=f"id_{attendance.pk}_%s"),
        "is_asked": is_asked,
        "is_objected": is_objected,
        "can_confirm": is_asked or is_objected or is_again,
        "can_take_out": is_held and attendance.state == AttendanceState.CONFIRMED,
        "was_returned": is_logged and attendance.state == AttendanceState.DISPUTED,
    }


def _decided(request, session, data, declared):
    found = [one for one in session.attendances.all() if one.pk == data["attendance"]]
    if not found or found[0].trainee_id == request.user.pk:
        raise Http404
    attendance, trainee = found[0], found[0].trainee
    attendance.session = session
    require_fresh_password(request)
    if data["decision"] == "confirm":
        confirm_attendance(attendance, meaning=data["meaning"], by=request.user, seen=data["seen"])
        messages.success(request, f"Confirmed and signed for {trainee}.")
    elif data["decision"] == "return":
        return_session(attendance, by=request.user, seen=data["seen"], reason=data["reason"])
        messages.success(request, f"Returned to {trainee}, who reads your reason first.")
    else:
        record_absence(attendance, by=request.user, reason=data["reason"])
        messages.success(request, f"It does not count for {trainee}, who reads your reason.")
    if data["decision"] != "confirm":
        declare_words(attendance, declared, by=request.user)
    waiting = waiting_for(request.user).values_list("pk", flat=True).first()
    return redirect("review_session", waiting) if waiting else redirect("review_sessions")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_session_record(request, pk):
    """A planned session, as it took place."""
    require_role(request.user, Role.SUPERVISOR)
    session = get_object_or_404(sessions_of_supervisor(request.user), pk=pk)
    if session.state != SessionState.PLANNED:
        return _not_now(request, f"This session is {session.get_state_display().lower()} already.")
    invited = [one for one in session.attendances.all() if one.state == AttendanceState.PROPOSED]
    initial = initial_of(session) | {"trainees": [one.pk for one in invited], "meaning": SessionMeaning.LED}
    form = RecordPlannedForm(
        request.POST or None,
        initial=initial,
        topics=topics_offered(),
        trainees=[(one.pk, str(one.trainee)) for one in invited],
        known=declarations_of(session),
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            require_fresh_password(request)
            record_planned(
                session,
                form.meeting(),
                present=data["trainees"],
                meaning=data["meaning"] or SessionMeaning.LED,
                by=request.user,
                version=data["version"],
            )
            declare_words(session, form.declared, by=request.user)
        except VisitRefused as refused:
            form.show(refused.problems)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Recorded and signed. It counts for those who were there.")
            return redirect("review_session", pk)
    context = {
        "form": form,
        "title": "Record this session",
        "has_trainees": bool(invited),
        "session": session,
        "version": session.version,
    }
    return render(request, "supervision/sessions/lead_form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_session_cancel(request, pk):
    require_role(request.user, Role.SUPERVISOR)
    session = get_object_or_404(sessions_of_supervisor(request.user), pk=pk)
    if session.state != SessionState.PLANNED:
        return _not_now(request, f"This session is {session.get_state_display().lower()} and cannot be cancelled.")
    if request.method == "POST":
        cancel_session(session, by=request.user)
        messages.success(request, "The session is cancelled. It costs your trainees nothing.")
        return redirect("review_sessions")
    return render(request, "supervision/sessions/cancel.html", {"session": session})
