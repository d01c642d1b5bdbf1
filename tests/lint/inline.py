"""Refuses inline scripts, styles and event attributes in templates: the Content-Security-Policy would block them.

Run as `python -m tests.lint.inline`. Mails are exempt from the style rule, since mail programs read nothing else.
"""

import re
import sys
from pathlib import Path

TEMPLATES = Path("templates")
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "inline style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|<link[^>]+href)\s*=\s*[\"']https?://", re.IGNORECASE),
}
IN_MAILS_ALLOWED = {"style attribute", "inline style element"}


def findings(root: Path = TEMPLATES) -> list[str]:
    """Each forbidden thing as `file:line: what`."""
    found = []
    for file in sorted(root.rglob("*.html")):
        is_mail = "emails" in file.parts or "email" in file.parts
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            for name, pattern in FORBIDDEN.items():
                if pattern.search(line) and not (is_mail and name in IN_MAILS_ALLOWED):
                    found.append(f"{file}:{number}: {name}")
    return found


if __name__ == "__main__":
    problems = findings()
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.exit(1 if problems else 0)
