"""The thread that beats in each process of the site, once a minute, for as long as the process can answer."""

import logging
import os
import threading
import time

from django.db import connection

from lms.uptime.rules import BEAT_EVERY

logger = logging.getLogger(__name__)

FIRST_AFTER = 5  # seconds: a server that forks has done so by then


def start_beating() -> None:
    """In this process, and in each that is forked from it: a thread does not come along with a fork."""
    _start()
    os.register_at_fork(after_in_child=_start)


def _start() -> None:
    threading.Thread(target=_beat_for_ever, name="heartbeat", daemon=True).start()


def _beat_for_ever() -> None:
    time.sleep(FIRST_AFTER)
    while True:
        beat_once()
        time.sleep(BEAT_EVERY.total_seconds())


def beat_once() -> None:
    """Whatever keeps it from writing keeps the site from answering as well, and is known by the silence."""
    from lms.uptime.actions import beat  # late: this module is imported before Django is set up

    try:
        beat()
    except Exception as error:  # reported; the next minute tries again
        logger.warning("no sign of life written", extra={"error": type(error).__name__})
    finally:
        connection.close()  # none is held between two beats, nor across a fork
