"""What a visitor's search finds of the institute's policies: each part by its own anchor."""

from collections.abc import Iterator

from django.urls import reverse

from lms.html import plain_text
from lms.institute.queries import institute
from lms.web.publicsearch import PublicText


def texts() -> Iterator[PublicText]:
    said, address = institute(), reverse("policies")
    contact = " ".join([said.legal_name or said.name, said.address, said.contact_email, said.contact_phone])
    parts = [
        ("Contact", "contact", contact),
        ("How to raise a concern", "complaints", said.complaints_policy),
        ("Privacy", "privacy", said.privacy_policy),
        ("Refunds", "refunds", said.refund_policy),
    ]
    for title, anchor, text in parts:
        if words := plain_text(text):
            yield PublicText(title, f"{address}#{anchor}", words, "Policies")
