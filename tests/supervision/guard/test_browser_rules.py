"""The browser finds exactly what the server finds: `guard.js` is run on every note with the rules that the page gets."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from supervision.guard import identifiers_in
from supervision.guard.page import rules_as_json
from tests.supervision.guard.generator import identified as drawn
from tests.supervision.guard.notes import HALVES, identified, plain

SCRIPT = Path("lms/static/js/guard.js")
RUN = """
globalThis.window = globalThis;
globalThis.document = { querySelectorAll: () => [] };
require(process.argv[1]);
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const guard = plumblineGuard.prepared(input.rules);
process.stdout.write(JSON.stringify(input.texts.map((text) => plumblineGuard.identifiersIn(text, guard))));
"""
ODD = [
    "",
    " ",
    "ﬁ 303\u200b-555-0142",
    "𝟑𝟎𝟑-𝟓𝟓𝟓-𝟎𝟏𝟒𝟐 😀 Sarah",
    "😀😀 client JD",
    "İstanbul ſ K Ångström",
    "a\r\nb\tMr.\u00a0Vance",
    "ﷺ" * 40,
    "Ко́лин told me",
]


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_browser_finds_what_the_server_finds():
    notes = [note for half in HALVES for read in (identified, plain) for note in read(half)]
    texts = [note.text for note in [*notes, *drawn(13, each=5)]] + ODD
    given = json.dumps({"rules": json.loads(rules_as_json()), "texts": texts})
    answer = subprocess.run(
        ["node", "-e", RUN, str(SCRIPT.resolve())], input=given, capture_output=True, text=True, check=True
    )
    ours = [
        [{"words": f.words, "kind": f.kind.value, "start": f.start, "end": f.end} for f in identifiers_in(text)]
        for text in texts
    ]
    theirs = json.loads(answer.stdout)
    assert [(text, a, b) for text, a, b in zip(texts, ours, theirs, strict=True) if a != b] == []
    assert sum(bool(found) for found in ours) > 400


@pytest.mark.django_db
def test_the_rules_are_data_for_whoever_is_signed_in_and_are_kept_by_the_browser(cast):
    url = reverse("guard_rules")
    first = cast.client("trainee").get(url)
    assert first["Content-Type"] == "application/json"
    assert {"lists", "rules", "starts", "kinds", "letters"} <= set(first.json())
    assert set(first["Cache-Control"].split(", ")) == {"max-age=300", "private"}
    assert cast.client("trainee").get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
