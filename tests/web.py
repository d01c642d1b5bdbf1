"""Sending forms in tests the way a browser does."""

import uuid

from django.test import Client


def post(client: Client, url: str, *, form_key: str | None = None, follow: bool = False, **data):
    """POST a form with its idempotency key; give `form_key` to send the same form twice."""
    return client.post(url, data | {"form_key": form_key or str(uuid.uuid4())}, follow=follow)
