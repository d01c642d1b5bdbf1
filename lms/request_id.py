"""The id of the request being served, for logs and audit rows."""

import re
import uuid
from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTED = re.compile(r"[\w.-]{8,64}", re.ASCII)


def new_request_id(offered: str = "") -> str:
    """The proxy's id when it looks like one (never free text in our logs), else a fresh one."""
    return offered if _ACCEPTED.fullmatch(offered) else uuid.uuid4().hex
