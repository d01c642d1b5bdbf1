"""Bad files once more, by the way in that people use: refused or named with a sentence, fast, and nothing half-done."""

import io
import os
import zipfile

import pytest

from assessments.exchange import actions
from assessments.exchange.actions import read_file
from assessments.exchange.formats import FORMATS, read_questions
from assessments.exchange.planning import rows_of
from assessments.exchange.portable import MOST_BYTES, UnusableFile
from assessments.models import Question, QuestionImport
from tests.assessments.exchange.files import package
from tests.assessments.exchange.test_formats import make_portable

SECONDS = 6  # of a processor, child processes included: how busy the machine is does not count, how slow it is does
MANY = 10_000
MANIFEST = b"<manifest><resources>%s</resources></manifest>"
RESOURCE = b'<resource type="imsqti_item_xmlv2p1" href="%d.xml"/>'
MOODLE = (
    '<quiz><question type="multichoice"><questiontext format="html"><text>{}</text></questiontext>{}</question></quiz>'
)
ANSWERS = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'
ITEM = """<assessmentItem identifier="q.k" title="t"><responseDeclaration identifier="RESPONSE" cardinality="single"
baseType="identifier"><correctResponse><value>a</value></correctResponse></responseDeclaration><itemBody>{}
<choiceInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="a">a</simpleChoice>
<simpleChoice identifier="b">b</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""
BOMB = b'<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %s "%s">' % (bytes([98 + n]), b"&%s;" % bytes([97 + n]) * 10) for n in range(9)
)


def spent() -> float:
    return sum(os.times()[:4])


def refusal(name: str, content: bytes, by) -> str:
    """The sentence; nothing else is left of the file."""
    began = spent()
    with pytest.raises(UnusableFile) as refused:
        read_file(content, name, topic="Airway", by=by)
    assert spent() - began < SECONDS
    assert (QuestionImport.objects.count(), Question.objects.count()) == (0, 0)
    return str(refused.value)


def read(name: str, content: bytes):
    began = spent()
    rows = read_questions(name, content)
    assert spent() - began < SECONDS
    return rows


def moodle(stem: str, answers: str = ANSWERS) -> bytes:
    return MOODLE.format(stem.replace("&", "&amp;").replace("<", "&lt;"), answers).encode()


def qti(body: str) -> bytes:
    return package({"imsmanifest.xml": MANIFEST % (RESOURCE % 1), "1.xml": ITEM.format(body).encode()})


TOO_MANY = {
    "table": b"kind,question\n" + b"essay,Why is this so?\n" * MANY,
    "moodle": b"<quiz>" + b"<question type='essay'><name><text>a</text></name></question>" * MANY + b"</quiz>",
    "gift": b"Well?{=a ~b}\n\n" * MANY,
    "aiken": b"Well?\nA. a\nB. b\nANSWER: A\n\n" * MANY,
    "qti21": package({"imsmanifest.xml": MANIFEST % b"".join(RESOURCE % n for n in range(MANY))}),
    "qti22": package({"imsmanifest.xml": MANIFEST % b""} | {f"{n}.xml": ITEM.encode() for n in range(1001)}),
}


@pytest.mark.parametrize("name", list(TOO_MANY))
def test_ten_thousand_questions_are_refused_before_any_is_read(cast, name):
    sentence = "This file has more than 1000 questions. Split it into smaller ones."
    assert refusal(name, TOO_MANY[name], cast.director) == sentence


def test_ten_thousand_files_in_a_package_are_refused(cast):
    files = {f"{n}.xml": b"<assessmentItem/>" for n in range(MANY)}
    content = package({"imsmanifest.xml": MANIFEST % b""} | files)
    assert refusal("qti21", content, cast.director) == "The package has more than 2050 files."


@pytest.mark.parametrize("name", ["moodle", "qti21"])
def test_entities_within_entities_are_refused(cast, name):
    content = BOMB + b"]><quiz>&j;</quiz>"
    content = content if name == "moodle" else package({"imsmanifest.xml": content})
    assert "declares entities or a document type" in refusal(name, content, cast.director)


def test_packages_within_packages_are_never_unpacked(cast):
    inner = package({"x.xml": b" " * 3_000_000})
    for _ in range(6):
        inner = package({f"{n}.zip": inner for n in range(10)})
    content = package({"imsmanifest.xml": MANIFEST % b"", "a.zip": inner})
    assert refusal("qti21", content, cast.director).startswith("There is no question in this file.")


@pytest.mark.parametrize("size", [3_000_000, 20_000_000])
def test_a_file_packed_a_thousand_times_is_refused(cast, size):
    content = package({"imsmanifest.xml": MANIFEST % b"", "a.xml": b" " * size})
    assert "a.xml in the package is" in refusal("qti21", content, cast.director)


def test_many_files_that_unpack_to_too_much_together_are_refused(cast):
    files = {f"{n}.xml": os.urandom(20_000) * 150 for n in range(4)}
    content = package({"imsmanifest.xml": MANIFEST % b""} | files)
    assert refusal("qti21", content, cast.director) == "The package unpacks to more than 10 MB."


@pytest.mark.parametrize(
    "path", ["../x.xml", "a/../../x.xml", "/etc/cron.d/x", "..\\x.xml", "C:\\x.xml", "//host/x.xml"]
)
def test_a_path_that_leads_out_of_a_package_is_refused(cast, path):
    content = package({"imsmanifest.xml": MANIFEST % b"", path: b"x"})
    assert "whose path leads out of it" in refusal("qti21", content, cast.director)


@pytest.mark.parametrize("name", ["table", "gift", "aiken"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_sixteen_bits_is_refused(cast, name, encoding):
    content = "kind,question\nessay,Wärme?\n".encode(encoding)
    sentence = refusal(name, content, cast.director)
    assert sentence.endswith(("Save the file as UTF-8 and send it again.", "this is no file of text."))


def test_xml_in_sixteen_bits_with_its_mark_is_read_and_without_sense_is_refused(cast):
    content = moodle("<p>Wärme?</p>").decode()
    (row,) = read("moodle", content.encode("utf-16"))
    assert row.portable.draft.stem == "<p>Wärme?</p>"
    lies = b'<?xml version="1.0" encoding="utf-16"?>' + content.encode()
    assert "This file" in refusal("moodle", lies, cast.director)


@pytest.mark.parametrize(
    "content",
    [
        b"<quiz>",
        b"<quiz><question></quiz>",
        b"<quiz>\x00</quiz>",
        b"\xff\xfe",
        b"<quiz>" + b"<a>" * 50_000,
        b"<" * 1_000_000,
        b"&#x0;<quiz/>",
        b"not xml at all",
    ],
)
def test_malformed_xml_is_refused(cast, content):
    assert refusal("moodle", content, cast.director)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'kind,question\nessay,"never closed', "Line 2 is no line of a table"),
        (b"kind,question\nessay," + b"x" * 200_000, "Line 2 is no line of a table"),
        (b"question\nWhy?\n", "kind"),
        (b"kind,question,kind\nessay,Why?,essay\n", "names a column twice"),
        (b"a" * 4_000_000, "Line 1 is no line of a table"),
        (b"," * 4_000_000, "kind"),
    ],
)
def test_a_malformed_table_is_refused(cast, content, sentence):
    assert sentence in refusal("table", content, cast.director)


@pytest.mark.parametrize("name", ["gift", "aiken"])
@pytest.mark.parametrize("sign", ["{", "}", "~", "=", "::", "A. ", "\\", "\n\nA. x\n", "[html]", "<b>"])
def test_signs_without_end_are_refused_or_named(cast, name, sign):
    content = (sign * (2_000_000 // len(sign))).encode()
    began = spent()
    try:
        rows = read_questions(name, content)
    except UnusableFile:
        rows = []  # more than are read
    assert spent() - began < SECONDS
    assert all(row.portable is None and row.reason for row in rows)


# What stands in the text of a question --------------------------------------------------------------------------------

SCRIPTS = (
    "<p>Now?<script>alert(1)</script></p>",
    '<p onclick="alert(1)">Now?</p>',
    '<p>Now?<img src="x" onerror="alert(1)"></p>',
    '<p>Now?<a href="javascript:alert(1)">x</a></p>',
    '<p>Now?<iframe src="https://example.org"></iframe></p>',
    "<p>Now?<svg><script>alert(1)</script></svg></p>",
    '<p style="background:url(javascript:alert(1))">Now?</p>',
    "<p>Now?<<script>script>alert(1)<</script>/script></p>",
    "<p>Now?<object data='x'></object><embed src='x'></p>",
    "<p>Now?<math><mi xlink:href='javascript:alert(1)'>x</mi></math></p>",
)


@pytest.mark.parametrize("html", SCRIPTS)
@pytest.mark.parametrize("name", ["table", "moodle", "gift"])
def test_scripts_never_reach_the_bank(name, html):
    files = {
        "table": f'kind,question,right,option_1,option_2\nsingle,"{html.replace(chr(34), chr(34) * 2)}",1,a,b\n'.encode(),
        "moodle": moodle(html),
        "gift": ("[html]" + "".join("\\" + sign if sign in "~=#{}:\\" else sign for sign in html) + "{=a ~b}").encode(),
    }
    (row,) = read(name, files[name])
    said = row.portable.draft.stem if row.portable else row.reason
    for forbidden in ("<script", "javascript:", "onerror=", "onclick=", "<iframe", "<svg", "<object", "<img", "style="):
        assert forbidden not in said


@pytest.mark.parametrize("html", SCRIPTS[:1])
def test_a_script_that_is_left_out_is_named(html):
    (row,) = read("moodle", moodle(html))
    assert row.remarks == ("Left out: a script.",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("table", b"kind,question,right,option_1,option_2\nsingle,<p>Now?<img src=x.png></p>,1,a,b\n"),
        ("moodle", moodle('<p>Now?<img src="@@PLUGINFILE@@/x.png"></p>')),
        ("gift", b'[html]<p>Now?<img src\\="x.png"></p>{=a ~b}'),
        ("qti21", qti('<p>Now?<img src="images/x.png" alt="A monitor"/></p>')),
        ("qti22", qti('<p>Now?<object type="image/png" data="images/x.png">A monitor</object></p>')),
    ],
)
def test_an_image_that_is_referenced_is_named_whether_it_is_there_or_not(name, content):
    (row,) = read(name, content)
    assert row.portable.draft.stem.startswith("<p>Now?")
    assert any(remark.startswith("Left out: an ") for remark in row.remarks)


@pytest.mark.parametrize("name", list(FORMATS))
def test_what_a_spreadsheet_would_run_is_words_here_and_guarded_in_our_table(name):
    text = "=HYPERLINK(1)"
    options = [
        {"id": "1", "text": text, "correct": True, "feedback": ""},
        {"id": "2", "text": "@SUM(A1)", "correct": False, "feedback": ""},
    ]
    written = FORMATS[name].write([make_portable(options=options)])
    (row,) = read(name, written.content)
    assert [option["text"] for option in row.portable.draft.content["options"]] == [text, "@SUM(A1)"]
    if name == "table":
        assert b",=" not in written.content
        assert b",@" not in written.content


@pytest.mark.parametrize(
    "stem",
    ["<b>" * 6_000, "<p>" * 6_000, "<" * 19_000, "<!--" * 4_000, "<![CDATA[" * 2_000, "&" * 19_000, "x" * 100_001],
)
def test_a_text_that_is_hard_to_read_is_read_or_named(stem):
    (row,) = read("table", f'kind,question,right,option_1,option_2\nsingle,"{stem}",1,a,b\n'.encode())
    assert row.portable or row.reason


def test_the_largest_file_of_hard_texts_ends(cast, monkeypatch):
    """Twenty hard texts at most are read while somebody waits; the rest in the background, where time is bounded as well."""
    line = f'single,"{"<!--" * 4_900}",1,a,b\n'
    content = ("kind,question,right,option_1,option_2\n" + line * (MOST_BYTES // len(line) - 1)).encode()
    monkeypatch.setattr(actions, "MOMENT", 0.2)
    began = spent()
    import_ = read_file(content, "table", topic="Airway", by=cast.director)
    assert spent() - began < SECONDS
    assert import_.is_working or all(row.portable or row.reason for row in rows_of(import_.rows))


def test_a_package_with_a_damaged_directory_is_refused(cast):
    content = bytearray(package({"imsmanifest.xml": MANIFEST % b"", "a.xml": b"<a/>"}))
    place = content.rindex(b"PK\x05\x06") + 16  # where the directory begins
    content[place] ^= 0xFF
    assert refusal("qti21", bytes(content), cast.director)


def test_a_locked_package_is_refused(cast):
    content = bytearray(package({"imsmanifest.xml": MANIFEST % b""}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert "locked with a password" in refusal("qti21", bytes(content), cast.director)


def test_a_package_without_its_manifest_or_with_nothing_in_it_is_refused(cast):
    assert "has no imsmanifest.xml" in refusal("qti21", package({"a.xml": b"<a/>"}), cast.director)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert refusal("qti21", empty.getvalue(), cast.director)
