"""Structured logs: one line per event, with the request's id, never a password, token or free text."""

import logging

import structlog

from lms.request_id import current_request_id

SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "csrf", "code", "reflection", "text", "body")
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def add_request_id(logger, method, event):
    if request_id := current_request_id.get():
        event["request_id"] = request_id
    return event


def add_extra(logger, method, event):
    """Values given by `extra=`; a request object is reduced to method and path, never its contents."""
    record = event.get("_record")
    for key, value in vars(record).items() if record else ():
        if key == "request" and hasattr(value, "method"):
            event["method"], event["path"] = value.method, value.path
        elif key not in _STANDARD and not key.startswith("_") and key != "request":
            event[key] = value
    return event


def hide_secrets(logger, method, event):
    return _without_secrets(event)


def _without_secrets(values):
    """The same mapping with the values of telling names hidden, however deep they lie."""
    for key, value in values.items():
        if key != "status_code" and any(word in str(key).lower() for word in SECRET_WORDS):
            values[key] = "[hidden]"
        elif isinstance(value, dict):
            values[key] = _without_secrets(dict(value))
    return values


def formatter(as_json: bool) -> logging.Formatter:
    render = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_request_id,
            add_extra,
            hide_secrets,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            render,
        ],
    )
