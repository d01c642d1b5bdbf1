"""How one entry is shown, alike to its trainee, its supervisor and the staff who may read it."""

from datetime import UTC

from lms.web.templatetags.ui import day, minutes
from supervision.enums import LogState, PracticeRule
from supervision.models import PracticeLog, SharedVisit
from supervision.queries.adverse import alert_of, what_to_do
from supervision.queries.guard import declared_words
from supervision.queries.lapse import lapse_of
from supervision.queries.placement import categories_of
from supervision.queries.practice import changes_of, history_of, label_of, reasons_of, sign_offs_of
from supervision.queries.redaction import Subject, redactions_of
from supervision.queries.shared import share_about
from supervision.signing.shown import by_link

MOVE_WORDS = {
    ("", LogState.DRAFT): "Written",
    (LogState.DRAFT, LogState.SUBMITTED): "Sent for review",
    (LogState.RETURNED, LogState.SUBMITTED): "Sent again",
    (LogState.SUBMITTED, LogState.DRAFT): "Taken back",
    (LogState.SUBMITTED, LogState.APPROVED): "Approved",
    (LogState.SUBMITTED, LogState.RETURNED): "Returned",
    (LogState.APPROVED, LogState.VERIFIED): "Verified by the program",
    (LogState.APPROVED, LogState.RETURNED): "Approval withdrawn by a director",
    (LogState.VERIFIED, LogState.RETURNED): "Approval withdrawn by a director",
    (LogState.APPROVED, LogState.QUESTIONED): "Under review after a lapse of the supervisor’s papers",
    (LogState.VERIFIED, LogState.QUESTIONED): "Under review after a lapse of the supervisor’s papers",
    (LogState.QUESTIONED, LogState.APPROVED): "Counts again",
    (LogState.QUESTIONED, LogState.VERIFIED): "Counts again",
    (LogState.QUESTIONED, LogState.SUBMITTED): "To be signed again, by another supervisor",
    (LogState.SUBMITTED, LogState.QUESTIONED): "Not to be signed again: the lapse was recorded in error",
    (LogState.APPROVED, LogState.SUPERSEDED): "Replaced by a correction",
    (LogState.VERIFIED, LogState.SUPERSEDED): "Replaced by a correction",
}


def entry_context(log: PracticeLog) -> dict:
    """The entry's facts, its history and its signatures."""
    categories = categories_of(log.enrolment)
    return {
        "log": log,
        "heading": f"Visit of {day(log.on)}",
        "category": label_of(log.category_key, categories),
        "facts": facts_of(log, categories),
        "segments": log.segments.all(),
        "flags": flags_in_words(log),
        "history": _history(log),
        "sign_offs": [_signature(sign_off) for sign_off in sign_offs_of(log)],
        "reason": reasons_of([log]).get(log.pk, ""),
        "declared": declared_words(log, {"reflection": log.reflection}),
        "alert": (alert := alert_of(log)),
        "what_to_do": what_to_do(log) if alert else None,
        "returned_title": returned_title(log),
        "lapse": _lapse(log),
    }


def flags_in_words(log: PracticeLog) -> list[tuple[str, str]]:
    return [(PracticeRule(flag["rule"]).label, flag["sentence"]) for flag in log.flags]


def returned_title(log: PracticeLog) -> str:
    """A director takes an approval back; everything else is returned by the supervisor."""
    was_withdrawn = log.withdrawn_at and (log.decided_at is None or log.decided_at < log.withdrawn_at)
    return "Approval withdrawn by a program director" if was_withdrawn else "Returned by the supervisor"


def _lapse(log: PracticeLog) -> dict | None:
    """What is under review and what happens next; or that the entry counts again, and why."""
    case = lapse_of(log)
    if case is None:
        return None
    paper = f"The supervisor’s {case.lapse.get_kind_display().lower()}"
    if log.state == LogState.QUESTIONED:
        body = (
            f"{paper} may not have been valid on the day of this visit. Its minutes do not count meanwhile. A program director "
            "decides: they count again, or another supervisor signs them. Nothing needs to be done meanwhile."
        )
        return {"kind": "waiting", "title": "Under review after a lapse", "body": body}
    body = (
        f"{paper} had lapsed on the day of this visit. A program director kept the hours, for they were approved in good "
        "faith. The history below gives the reason."
    )
    return {"kind": "info", "title": "Kept in good faith", "body": body}


def _history(log: PracticeLog) -> list[dict]:
    """Every move, and every change of what was written in between, from the audit trail."""
    events = [_event(move) for move in history_of(log)]
    events += [
        {"title": "Changed", "when": row.at, "by": str(row.actor or ""), "body": "", "kind": "neutral"}
        for row in changes_of(log)
    ]
    events += removed_events(log)
    return sorted(events, key=lambda event: event["when"])


def removed_events(subject: Subject) -> list[dict]:
    """The words that were taken out of a record, for its history."""
    return [
        {"title": f"Removed: {row.get_kind_display()}", "when": row.at, "by": str(row.by), "body": "", "kind": "accent"}
        for row in redactions_of(subject)
    ]


def facts_of(log: PracticeLog, categories, *, names_share: bool = True) -> list[dict]:
    """The entry line by line. A list of many leaves the shared visit out: it is asked for entry by entry."""
    codes = ", ".join(row.client.code for row in log.client_rows.all())
    facts = [
        ("Category", label_of(log.category_key, categories)),
        ("Role", log.get_role_display()),
        ("Date", f"{day(log.on)}, {log.starts_at:%H:%M} ({log.time_zone.replace('_', ' ')})"),
        ("Length", minutes(log.minutes)),
        ("Where", log.get_modality_display()),
        ("Format", _format(log)),
        ("Medicine given", log.get_route_display()),
        ("Touch", _touch(log)),
        ("Co-therapist", _co_therapist(log) if names_share else ""),
        ("Adverse event", "Yes" if log.adverse_event else ""),
        ("Client codes", codes or "None"),
        (
            "Client agreed to the trainee’s presence",
            ("Yes" if log.client_consented else "Not recorded") if codes else "",
        ),
        ("Site", str(log.placement.site)),
        ("Supervisor", str(log.placement.supervisor)),
        ("Reviewed by, in her place", str(log.placement.covered_by) if log.placement.covered_by_id else ""),
        ("Reviewed by, after a decision", str(log.reviewer) if log.reviewer_id else ""),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _format(log: PracticeLog) -> str:
    of = f" of {log.group_size}" if log.group_size else ""
    return f"{log.get_format_display()}{of}" if log.format else ""


def _co_therapist(log: PracticeLog) -> str:
    share = share_about(log) if log.visit else None
    return co_therapist_in_words(log, share) if share else ""


def co_therapist_in_words(log: PracticeLog, share: SharedVisit) -> str:
    """The other trainee of a shared visit, and whether both have confirmed it. Nothing of what either wrote."""
    other = share.enrolment.person if share.log_id == log.pk else share.log.enrolment.person
    return f"{other}, {share.get_state_display().lower()}"


def _touch(log: PracticeLog) -> str:
    """Nothing is said of entries from before it was asked."""
    if not log.touch_used:
        return "Not used" if log.modality else ""
    return (
        "Used; consent was documented before dosing"
        if log.touch_agreed_before
        else "Used without consent documented before dosing"
    )


def _event(move) -> dict:
    words = MOVE_WORDS.get((move.old, move.new), LogState(move.new).label)
    kinds = {LogState.APPROVED: "met", LogState.RETURNED: "accent"}
    kinds |= dict.fromkeys((LogState.SUBMITTED, LogState.QUESTIONED), "waiting")
    kind = kinds.get(move.new, "neutral")
    return {"title": words, "when": move.at, "by": str(move.by or ""), "body": move.reason, "kind": kind}


def _signature(sign_off) -> dict:
    """Name, role, meaning, time in UTC and the content's hash stand on every copy that a person reads."""
    at = sign_off.signed_at.astimezone(UTC)
    decision = "Approved by attestation in lieu," if sign_off.attestation_id else sign_off.get_decision_display()
    return {
        "words": f"{decision} by {sign_off.printed_name}, {sign_off.role_held.lower()}{by_link(sign_off.link)}",
        "evidence": sign_off.attestation.evidence if sign_off.attestation_id else "",
        "meaning": f"“{sign_off.get_meaning_display()}”",
        "at": f"{at.day} {at:%b %Y, %H:%M} UTC",
        "hash": sign_off.sha256,
        "version": sign_off.version,
        "removed_on": sign_off.redaction and sign_off.redaction.at,
    }
