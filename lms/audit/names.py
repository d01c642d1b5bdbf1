"""The registered names of audited acts: `app.noun.verb` with a label for people."""

import re

_labels: dict[str, str] = {}
_NAME = re.compile(r"^[a-z_]+\.[a-z_]+\.[a-z_]+$")


class UnknownAuditAction(Exception):
    """An act was recorded under a name that nobody registered."""


def register_actions(labels: dict[str, str]) -> None:
    for name in labels:
        if not _NAME.match(name):
            raise ValueError(f"An audit action is named app.noun.verb; {name!r} is not.")
    _labels.update(labels)


def label_of(name: str) -> str:
    """The label of a registered act. Raises `UnknownAuditAction`."""
    try:
        return _labels[name]
    except KeyError:
        raise UnknownAuditAction(name) from None


def registered_actions() -> dict[str, str]:
    return dict(_labels)
