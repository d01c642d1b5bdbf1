"""How one entry is shown, alike to its trainee, its supervisor and the staff who may read it."""

from datetime import UTC

from lms.web.templatetags.ui import day, minutes
from supervision.enums import LogState
from supervision.models import PracticeLog
from supervision.queries.guard import declared_words
from supervision.queries.placement import categories_of
from supervision.queries.practice import history_of, label_of, reasons_of, sign_offs_of

MOVE_WORDS = {
    ("", LogState.DRAFT): "Written",
    (LogState.DRAFT, LogState.SUBMITTED): "Sent for review",
    (LogState.RETURNED, LogState.SUBMITTED): "Sent again",
    (LogState.SUBMITTED, LogState.DRAFT): "Taken back",
    (LogState.SUBMITTED, LogState.APPROVED): "Approved",
    (LogState.SUBMITTED, LogState.RETURNED): "Returned",
    (LogState.APPROVED, LogState.SUPERSEDED): "Replaced by a correction",
}


def entry_context(log: PracticeLog) -> dict:
    """The entry's facts, its history and its signatures."""
    categories = categories_of(log.enrolment)
    return {
        "log": log,
        "heading": f"Visit of {day(log.on)}",
        "category": label_of(log.category_key, categories),
        "facts": _facts(log, categories),
        "segments": log.segments.all(),
        "history": [_event(move) for move in history_of(log)],
        "sign_offs": [_signature(sign_off) for sign_off in sign_offs_of(log)],
        "reason": reasons_of([log]).get(log.pk, ""),
        "declared": declared_words(log, {"reflection": log.reflection}),
    }


def _facts(log: PracticeLog, categories) -> list[dict]:
    codes = ", ".join(row.client.code for row in log.client_rows.all())
    facts = [
        ("Category", label_of(log.category_key, categories)),
        ("Role", log.get_role_display()),
        ("Date", f"{day(log.on)}, {log.starts_at:%H:%M} ({log.time_zone.replace('_', ' ')})"),
        ("Length", minutes(log.minutes)),
        ("Client codes", codes or "None"),
        (
            "Client agreed to the trainee’s presence",
            ("Yes" if log.client_consented else "Not recorded") if codes else "",
        ),
        ("Site", str(log.placement.site)),
        ("Supervisor", str(log.placement.supervisor)),
        ("Reviewed by, after a dispute", str(log.reviewer) if log.reviewer_id else ""),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _event(move) -> dict:
    words = MOVE_WORDS.get((move.old, move.new), LogState(move.new).label)
    kind = {LogState.APPROVED: "met", LogState.RETURNED: "accent", LogState.SUBMITTED: "waiting"}.get(
        move.new, "neutral"
    )
    return {"title": words, "when": move.at, "by": str(move.by or ""), "body": move.reason, "kind": kind}


def _signature(sign_off) -> dict:
    """Name, role, meaning, time in UTC and the content's hash stand on every copy that a person reads."""
    at = sign_off.signed_at.astimezone(UTC)
    return {
        "words": f"{sign_off.get_decision_display()} by {sign_off.printed_name}, {sign_off.role_held.lower()}",
        "meaning": f"“{sign_off.get_meaning_display()}”",
        "at": f"{at.day} {at:%b %Y, %H:%M} UTC",
        "hash": sign_off.sha256,
        "version": sign_off.version,
    }
