"""Knowledge checks and attestations: as an author writes them, and as an edition holds them."""

import uuid

from courses.curriculum.asking import fingerprint

FIRST, SECOND, THIRD = (f"0b5a3c52-2d0f-4d43-9a52-4b5b1f0f7b0{number}" for number in (1, 2, 3))
SIGNED = "0b5a3c52-2d0f-4d43-9a52-4b5b1f0f7c01"
STATEMENT = "<p>I agree on touch beforehand and keep to it in the room.</p>"


def written_check(*options: tuple[str, bool], question: str = "What do you do?", block: str = FIRST) -> dict:
    """A raw StreamField entry. An option is its text and whether it is right."""
    options = options or (("Stay near", True), ("Leave", False))
    value = [
        {"type": "item", "id": str(uuid.uuid5(uuid.UUID(block), text)), "value": _written(text, is_right)}
        for text, is_right in options
    ]
    return {"type": "check", "id": block, "value": {"question": question, "options": value}}


def _written(text: str, is_right: bool) -> dict:
    return {"text": text, "is_right": is_right, "feedback": f"About {text}."}


def written_attestation(*, text: str = STATEMENT, key: str = "touch-agreement", block: str = SIGNED, **value) -> dict:
    words = {"title": "Your agreement on touch", "label": "the touch agreement"}
    return {"type": "attestation", "id": block, "value": words | {"text": text, "key": key} | value}


def frozen_check(
    block: str = FIRST, *, question: str = "What do you do?", right: str = "a", options: str = "abc"
) -> dict:
    """Options are letters; those in `right` are right, and each has feedback that names it."""
    found = [
        {"id": name, "text": f"Option {name}", "feedback": f"Feedback {name}.", "is_right": name in right}
        for name in options
    ]
    return {"type": "check", "id": block, "question": question, "options": found}


def frozen_attestation(block: str = SIGNED, *, key: str = "touch-agreement", html: str = STATEMENT) -> dict:
    words = {"title": f"Agreement {key}", "label": f"the {key}", "key": key}
    return {"type": "attestation", "id": block, **words, "html": html, "sha256_of_text": fingerprint(html)}
