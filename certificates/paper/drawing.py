"""Drawing a certificate and its badge (see lms/paper/typesetting.py)."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

from certificates.presentation import CertificateFacts
from lms.paper.coverage import MISSING
from lms.paper.typesetting import printable_data, typeset

LAYOUTS = Path(__file__).parent / "layouts"
A4, LETTER = "a4", "us-letter"
PREVIEW_PPI = 110
BADGE_PPI = 144  # 800 by 800 pixels
INK = "#1C2320"

NOT_A_LICENCE = "This certificate is not a licence to practise."
DEMONSTRATED = "It is a demonstration: nobody was trained, and it proves nothing about anybody."
LAST_WORD = "Whether it stands today is shown at the address beside it, which has the last word."
ATTACHED = "The signed credential is attached to this file; any Open Badges 3.0 verifier can check it."
UNPRINTED = f"{MISSING} stands for a letter that this paper cannot print; the address shows it."


@dataclass(frozen=True)
class Certificate:
    """What is drawn. `address` is printed and stands in the QR code; it ends with the code, which is shown grouped."""

    facts: CertificateFacts
    address: str
    signed_json: str
    signed_jwt: str
    made_at: datetime


def draw_pdf(certificate: Certificate, paper: str) -> bytes:
    """A tagged PDF/UA-1 of one landscape page (two with very many lines), with both signed credentials attached.

    The same certificate gives the same bytes: its time is that of the award.
    """
    return typeset(
        LAYOUTS / "certificate.typ",
        _certificate_inputs(certificate, paper),
        format="pdf",
        pdf_standards=["1.7", "ua-1"],
        timestamp=certificate.made_at,
    )


def draw_preview(certificate: Certificate) -> bytes:
    """The first page as a PNG, for screens."""
    pages = typeset(LAYOUTS / "certificate.typ", _certificate_inputs(certificate, A4), format="png", ppi=PREVIEW_PPI)
    return pages[0] if isinstance(pages, list) else pages


def draw_badge(certificate: Certificate, picture: str) -> bytes:
    """The square emblem as "png" or "svg", nothing baked into it yet."""
    return typeset(LAYOUTS / "badge.typ", {"data": _badge_data(certificate)}, format=picture, ppi=BADGE_PPI)


def _certificate_inputs(certificate: Certificate, paper: str) -> dict[str, str]:
    return {
        "data": json.dumps(_certificate_data(certificate)),
        "paper": paper,
        "qr": _qr(certificate.address),
        "signed_json": certificate.signed_json,
        "signed_jwt": certificate.signed_jwt,
    }


def _certificate_data(certificate: Certificate) -> dict[str, Any]:
    facts = certificate.facts
    place, code = certificate.address.rstrip("/").rsplit("/", 1)
    data = _shared_data(facts) | {
        "document_title": f"Certificate of {facts.holder}: {facts.title}",
        "description": f"{facts['title']}, awarded to {facts.holder} on {facts['awarded']}.",
        "holder": facts.holder,
        "program": facts["program"],
        "standard": facts["standard"],
        "awarded": {"label": facts.fact("awarded").label, "value": facts["awarded"]},
        "facts": [{"label": one.label, "value": one.value} for one in facts.all if one.name in AT_THE_FOOT],
        "hours": [{"label": line.label, "value": line.value} for line in facts.hours],
        "notes": [NOT_A_LICENCE, *([DEMONSTRATED] if facts.is_demonstration else []), LAST_WORD, ATTACHED],
        "address": certificate.address,
        "address_lines": [f"{place}/", code],
        "qr_description": f"QR code that opens {certificate.address}",
    }
    data = printable_data(data)
    if MISSING in json.dumps(data, ensure_ascii=False):
        data["notes"].append(UNPRINTED)
    return data


# The rest stands in the sentence, or beside the seal.
AT_THE_FOOT = ("valid_until", "discipline", "assessors", "conferred_by")


def _badge_data(certificate: Certificate) -> str:
    return json.dumps(printable_data(_shared_data(certificate.facts)))


def _shared_data(facts: CertificateFacts) -> dict[str, Any]:
    return {
        "institute": facts["issuer"],
        "year": facts.year,
        "title_mark": facts.title_mark,
        "title": facts.title.removeprefix(facts.title_mark),
        "is_demonstration": facts.is_demonstration,
    }


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, dark=INK, xmldecl=False)
    return out.getvalue().decode()
