"""The guard against patient data in short free text: a hard stop for what a pattern can tell for certain.

It knows e-mail addresses, web addresses, phone and social security numbers, record numbers and full dates. It does
not know names or places; the text beside the field asks for them to be left out, and a reviewer reads every entry.
"""

import re
from dataclasses import dataclass

MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:19|20)\d{2}"

# In this order: a longer certainty first, so that an e-mail address is not also reported as a web address.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern, re.IGNORECASE))
    for label, pattern in (
        ("an e-mail address", r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
        (
            "a web address",
            r"(?:https?://|www\.)\S{1,200}|\b[\w-]{1,63}\.(?:com|org|net|edu|gov|health|info|io|co|us|uk|de|ca|au)\b(?:/\S{0,200})?",
        ),
        ("a social security number", r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)|(?<=ssn)\W{0,3}\d{9}(?!\d)"),
        (
            "a full date",
            rf"(?<!\d){YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
            rf"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:{YEAR}|\d{{2}})(?!\d)"
            rf"|\b{DAY}\s(?:of\s)?{MONTHS},?\s{YEAR}\b|\b{MONTHS}\s{DAY},?\s{YEAR}\b"
            rf"|\b{DAY}\s(?:of\s)?{MONTHS}(?!\w)|\b{MONTHS}\s{DAY}\b(?!\s?(?:min|hour|h\b|%))",
        ),
        (
            "a phone number",
            r"(?<![\d-])(?:\+\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\d-])|(?<!\w)\+\d[\d\s().-]{7,18}\d(?!\d)"
            r"|(?<!\d)\d{10}(?!\d)",
        ),
        (
            "a record number",
            r"\b(?:mrn|medical record|record|chart|patient|case|account|member|policy|licen[cs]e)"
            r"\s?(?:no|nr|num|number|id|#)?[.:#]{0,2}\s?(?:is\s)?[a-z]{0,3}-?\d{4,12}\b|(?<!\d)\d{7,9}(?!\d)|(?<!\d)\d{11,16}(?!\d)",
        ),
    )
)


@dataclass(frozen=True)
class Finding:
    words: str
    what: str


def identifiers_in(text: str) -> list[Finding]:
    """What in `text` looks like patient data, in reading order, each piece of text reported once."""
    found: list[tuple[int, Finding]] = []
    rest = text
    for what, pattern in PATTERNS:
        found += [(match.start(), Finding(match.group().strip(), what)) for match in pattern.finditer(rest)]
        rest = pattern.sub(lambda match: "\x00" * len(match.group()), rest)
    return [finding for _, finding in sorted(found, key=lambda pair: pair[0])]


def sentence_about(findings: list[Finding]) -> str:
    """The sentence that stops the form, naming the words; empty when there is nothing to say."""
    if not findings:
        return ""
    named = "; ".join(f"“{finding.words}” looks like {finding.what}" for finding in findings[:5])
    return f"{named}. Leave out whatever could point to a client, and save again."
