"""Malformed, huge and hostile files are refused fast, with a sentence that names the place."""

import io
import json
import time
import zipfile

import pytest

from assessments.exchange import portable, reading
from assessments.exchange.formats import FORMATS, read_questions
from assessments.exchange.portable import MOST_BYTES, MOST_QUESTIONS, UnusableFile
from tests.assessments.exchange.files import package

ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<quiz><question type="essay"><name><text>&b;</text></name></question></quiz>"""
OUTSIDE = b"""<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>"""
DTD = b"""<!DOCTYPE quiz SYSTEM "http://example.org/quiz.dtd"><quiz/>"""
MANIFEST = b"""<manifest><resources><resource type="imsqti_item_xmlv2p1" href="a.xml"/></resources></manifest>"""
SECONDS = 8  # far more than it takes, far less than a bomb would


def refusal(name: str, content: bytes) -> str:
    began = time.monotonic()
    with pytest.raises(UnusableFile) as refused:
        read_questions(name, content)
    assert time.monotonic() - began < SECONDS
    return str(refused.value)


@pytest.mark.parametrize("content", [ENTITIES, OUTSIDE, DTD])
def test_entities_document_types_and_what_lies_outside_are_refused(content):
    sentence = " declares entities or a document type, which are not read. Delete its DOCTYPE and send it again."
    assert refusal("moodle", content) == f"This file{sentence}"
    assert refusal("qti21", package({"imsmanifest.xml": content})) == f"imsmanifest.xml{sentence}"
    assert refusal("qti21", package({"imsmanifest.xml": MANIFEST, "a.xml": content})) == f"a.xml{sentence}"


def test_malformed_xml_is_refused_with_line_and_column():
    assert refusal("moodle", b"<quiz>\n<question></quiz>") == "This file is not well-formed XML: line 2, column 13."


def test_xml_that_is_nested_too_deep_or_of_another_kind_is_refused():
    deep = b"<quiz>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</quiz>"
    assert refusal("moodle", deep) == "This file cannot be read: its elements are nested more than 60 deep."
    assert refusal("moodle", b"<html/>") == "This is no Moodle XML: it begins with <html>, not with <quiz>."


def test_xml_in_an_unknown_encoding_is_refused():
    assert "Save it as UTF-8" in refusal("moodle", b'<?xml version="1.0" encoding="rot-13"?><quiz/>')


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_file_that_is_too_large_or_empty_is_refused(name):
    assert refusal(name, b"x" * (MOST_BYTES + 1)) == "This file is larger than 5 MB. Split it into smaller ones."
    assert refusal(name, b"  \n") == "This file is empty."


@pytest.mark.parametrize("name", ["gift", "aiken", "table"])
def test_text_in_another_encoding_is_refused_with_its_line(name):
    content = "fine\nnaïve".encode("cp1252")
    assert refusal(name, content) == "Line 2 is not UTF-8 text. Save the file as UTF-8 and send it again."
    assert refusal(name, b"fine\n\x00") == "Line 2 holds a null byte: this is no file of text."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gift", b"Well?{=a}\n\n" * (MOST_QUESTIONS + 1)),
        ("aiken", b"Well?\nA. a\nB. b\nANSWER: A\n" * (MOST_QUESTIONS + 1)),
        ("moodle", b"<quiz>" + b"<question type='essay'/>" * (MOST_QUESTIONS + 1) + b"</quiz>"),
        ("table", b"kind,question\n" + b"essay,a\n" * (MOST_QUESTIONS + 1)),
        (
            "qti21",
            package(
                {
                    "imsmanifest.xml": b"<manifest>"
                    + b"<resource type='imsqti_item_xmlv2p1'/>" * (MOST_QUESTIONS + 1)
                    + b"</manifest>"
                }
            ),
        ),
    ],
)
def test_more_questions_than_are_read_at_once_are_refused(name, content):
    assert refusal(name, content) == f"This file has more than {MOST_QUESTIONS} questions. Split it into smaller ones."


@pytest.mark.parametrize("path", ["../../etc/x.xml", "/etc/x.xml", "items/../../x.xml", "..\\x.xml", "C:/x.xml"])
def test_a_package_with_a_path_that_leads_out_of_it_is_refused(path):
    assert refusal("qti21", package({"imsmanifest.xml": MANIFEST, path: b"x"})).startswith(
        "The package has a file whose path leads out of it: "
    )


def test_a_package_with_a_link_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        link = zipfile.ZipInfo("a.xml")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    assert refusal("qti21", out.getvalue()) == "The package has a link instead of a file: a.xml."


def test_a_packed_bomb_is_refused():
    bomb = package({"imsmanifest.xml": MANIFEST, "a.xml": b"<a>" + b" " * 3_000_000 + b"</a>"})
    assert "packed more than 200 times" in refusal("qti21", bomb)
    large = package({"imsmanifest.xml": MANIFEST, "a.xml": b" " * (reading.MOST_UNPACKED_EACH + 1)})
    assert refusal("qti21", large) == "a.xml in the package is larger than 4 MB."


def test_a_package_that_lies_about_the_size_of_a_file_is_refused():
    content = bytearray(package({"imsmanifest.xml": MANIFEST * 50}))
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    assert refusal("qti21", bytes(content)) == (
        "imsmanifest.xml in the package cannot be unpacked. Pack it anew and send it again."
    )


def test_a_package_with_too_many_files_or_two_of_one_name_is_refused():
    many = package({"imsmanifest.xml": MANIFEST} | {f"{n}.txt": b"" for n in range(reading.MOST_FILES)})
    assert refusal("qti21", many) == f"The package has more than {reading.MOST_FILES} files."
    assert refusal("qti21", package({"imsmanifest.xml": MANIFEST, "IMSmanifest.xml": MANIFEST})).startswith(
        "The package has two files of the name"
    )


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04 and nothing more", b"<quiz/>"])
def test_what_is_no_package_is_refused(content):
    assert refusal("qti21", content) in (
        "This is no package: a package is a zip file with an imsmanifest.xml in it.",
        "This package cannot be unpacked. Pack it anew and send it again.",
    )


def test_a_package_without_a_manifest_is_refused():
    assert refusal("qti21", package({"a.xml": b"<a/>"})).startswith("The package has no imsmanifest.xml at its top")


def test_a_table_whose_quotes_do_not_close_is_refused_with_its_line():
    assert refusal("table", b'kind,question\nessay,"never\nclosed\n').startswith("Line 2 is no line of a table")
    assert refusal("table", b"a,b\n1,2\n") == "The first line must name the columns; “kind” is missing."


def test_json_that_is_nested_too_deep_is_named():
    deep = json.dumps("[" * 5000 + "]" * 5000)[1:-1]
    (row,) = read_questions("table", f"kind,question,content\nscenario,Well?,{deep}\n".encode())
    assert row.portable is None
    assert row.reason.startswith("Its column “content” is no")


def question(type_: bytes, text: bytes) -> bytes:
    return b"<quiz><question type='%s'><questiontext><text>%s</text></questiontext></question></quiz>" % (type_, text)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gift", b"::a::" * 200_000 + b"{" * 200_000),
        ("gift", b"Well?{" + b"~%50%a#b" * 200_000 + b"}"),
        ("gift", b"// " + b"[tag:" * 400_000 + b"\nWell?{=*}"),
        ("aiken", b"a\n" * 500_000),
        ("moodle", question(b"cloze", b"{1:SA:" * 15_000)),
        ("moodle", question(b"essay", b"&lt;b>" * 6_000)),
        ("moodle", question(b"essay", b"\\( " * 300_000)),
    ],
)
def test_text_that_would_make_a_reader_slow_is_read_or_named_fast(name, content):
    began = time.monotonic()
    rows = read_questions(name, content)
    assert time.monotonic() - began < SECONDS
    assert all(row.reason for row in rows)


def test_reading_stops_where_it_takes_too_long(monkeypatch):
    monkeypatch.setattr(portable, "MOST_SECONDS", -1)
    assert (
        refusal("gift", b"Well?{=a}") == "Question 1 is where reading took too long. Split the file into smaller ones."
    )
