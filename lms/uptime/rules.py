"""When silence is an outage; pure."""

from datetime import datetime, timedelta

BEAT_EVERY = timedelta(seconds=60)
OUTAGE_AFTER = timedelta(minutes=3)  # a restart or a slow minute is no outage


def is_outage(last: datetime, now: datetime) -> bool:
    """Whether the site was silent for so long, from its last sign of life to now, that it did not answer."""
    return now - last > OUTAGE_AFTER


def is_due(last: datetime, now: datetime) -> bool:
    """Several processes beat; a second sign of life within half the time is not written."""
    return now - last >= BEAT_EVERY / 2
