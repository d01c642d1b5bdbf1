"""What a supervisor signs: the canonical content of an entry and its hash."""

import hashlib
import json
from collections.abc import Callable

from supervision.models import PracticeLog

SCHEMA = (
    2  # 2: route, modality, format, touch, adverse event, shared visit; what was signed before stays as it was signed
)


def signed_content(log: PracticeLog) -> str:
    """The entry's content as one canonical text: sorted keys, no spaces. Ids and codes, no names: names change."""
    values = {
        "schema": SCHEMA,
        "log": log.pk,
        "version": log.version,
        "enrolment": log.enrolment_id,
        "placement": log.placement_id,
        "site": log.placement.site.name,
        "category": log.category_key,
        "role": log.role,
        "on": log.on.isoformat(),
        "starts_at": log.starts_at.isoformat("minutes"),
        "time_zone": log.time_zone,
        "minutes": log.minutes,
        "segments": [[segment.phase, segment.minutes] for segment in log.segments.all()],
        "clients": sorted(row.client.code for row in log.client_rows.all()),
        "client_consented": log.client_consented,
        "route": log.route,
        "modality": log.modality,
        "format": log.format,
        "group_size": log.group_size,
        "touch_used": log.touch_used,
        "touch_agreed_before": log.touch_agreed_before,
        "adverse_event": log.adverse_event,
        "visit": str(log.visit) if log.visit else None,
        "flags": log.flags,
        "reflection": log.reflection,
        "supersedes": log.supersedes_id,
    }
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def without_words(content: str, text: str, remove: Callable[[str], str]) -> str:
    """What was signed, with words taken out of its text afterwards, a reflection or the feedback of a session. Its hash
    stays that of what was signed."""
    values = json.loads(content)
    values[text] = remove(values.get(text, ""))
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
