"""What a question is about, as the tags that GIFT, Moodle and QTI give to questions: "topic:Airway", "critical"."""

from typing import Any

from assessments.exchange.portable import Portable, Reading

NAMES = ("topic", "competency", "difficulty")


def labels_of(portable: Portable) -> list[str]:
    labels = [f"{name}:{getattr(portable, name)}" for name in NAMES if getattr(portable, name)]
    return labels + (["critical"] if portable.critical else [])


def read_labels(labels: list[str], reading: Reading) -> dict[str, Any]:
    """Tags as fields of a `Portable`; those that are not ours are named."""
    fields: dict[str, Any] = {}
    unknown = []
    for label in (label.strip() for label in labels):
        name, _, value = label.partition(":")
        if label == "critical":
            fields["critical"] = True
        elif name in NAMES and value.strip() and name not in fields:
            fields[name] = value.strip()
        elif label:
            unknown.append(label[:60])
    if unknown:
        reading.remark(f"Tags left out: {', '.join(unknown[:10])}.")
    return fields
