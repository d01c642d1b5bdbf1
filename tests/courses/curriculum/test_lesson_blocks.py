"""Videos, recordings, videos of other hosts, tables and content notices: how each is frozen, shown and refused."""

import json
import re

import lxml.html
import pytest
from django.core.files.storage import default_storage
from django.core.files.utils import FileProxyMixin
from wagtail.blocks import StructBlockValidationError

from courses.curriculum.actions import publish_edition
from courses.curriculum.blocks import LessonBlocks
from courses.curriculum.compiling import compile_program
from courses.curriculum.lessons import freeze_lesson, render_lesson
from courses.curriculum.models import Asset, EditionItem, LessonPage
from tests.courses.curriculum.media import HTML, MP3, SVG, VTT, WEBM
from tests.factories.curriculum import make_document, make_lesson_page

PLACE = re.compile(r"“Bad”: In block \d+ \([A-Z][a-z ]+\), (.)(.*)", re.DOTALL)
NO_CAPTIONS = "Captions begin with the line WEBVTT, and this file does not. Export them as WebVTT and upload that."
NO_MP4 = "This is not an MP4 video, although its name ends in .mp4. Save it anew as an MP4 video and upload that."
EVIL = "\"'><b id=evil></textarea><script>alert(1)</script>"
RICH_EVIL = (
    '<p onclick="x()">Near<script>alert(1)</script> <a href="javascript:alert(1)">x</a><img src=x onerror=y></p>'
)


def _document(content: bytes, name: str) -> int:
    return make_document(name, content=content, name=name).pk


def _video(**fields) -> dict:
    value = {"title": "Agreeing", "transcript": "<p>Before we begin, dissociation.</p>"}
    value |= {"file": _document(WEBM, "film.webm"), "captions": _document(VTT, "film.vtt")}
    return {"type": "video", "value": value | fields}


def _audio(**fields) -> dict:
    value = {"title": "Grounding", "file": _document(MP3, "calm.mp3"), "transcript": "<p>Feel the floor.</p>"}
    return {"type": "audio", "value": value | fields}


def _embed(address: str = "https://youtu.be/dQw4w9WgXcQ", **fields) -> dict:
    value = {"title": "Consent", "address": address, "about": "Asked three times."}
    return {"type": "embed", "value": value | fields}


def _choice(**fields) -> dict:
    value = {"title": "A complaint", "notice": "It tells of a crossing.", "text": "<p>The part itself.</p>"}
    return {"type": "choice", "value": value | {"alternative": "<p>Something gentler.</p>"} | fields}


def _table(*rows: list, head=("What", "When"), caption="What is agreed", types=("text", "rich_text"), **fields) -> dict:
    columns = [{"type": kind, "heading": heading} for kind, heading in zip(types, head, strict=True)]
    rows = [{"values": list(row)} for row in rows or [["A hand", "<p>Before <b>the day</b></p>"]]]
    table = {"caption": caption, "columns": columns, "rows": rows}
    return {"type": "table", "value": {"table": table, "first_column_names_rows": True} | fields}


def _published(pages, cast, *blocks: dict) -> EditionItem:
    make_lesson_page(pages.module, slug="blocks", blocks=list(blocks))
    return publish_edition(pages.program, by=cast.director).items.select_related("body").get(slug="blocks")


def _html(pages, cast, *blocks: dict) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div>{_published(pages, cast, *blocks).body.html}</div>")


def _problems(pages, *blocks: dict) -> list[str]:
    """Each names the page and the block; what is given back is what it says of them."""
    make_lesson_page(pages.module, title="Bad", blocks=list(blocks))
    found = [PLACE.match(problem) for problem in compile_program(pages.program).problems]
    return [f"“Bad”: {match[1].upper()}{match[2]}" for match in found]


# Videos and recordings -----------------------------------------------------------------------------------------------


def test_a_video_is_frozen_with_its_captions_and_never_plays_by_itself(pages, cast):
    item = _published(pages, cast, _video())
    html = lxml.html.fromstring(item.body.html)
    video, track = html.xpath("//video")[0], html.xpath("//video/track")[0]
    film, captions = (Asset.objects.get(content_type=kind) for kind in ("video/webm", "text/vtt"))
    assert video.get("src") == f"../assets/{film.sha256}/film.webm"
    assert track.get("src") == f"../assets/{captions.sha256}/film.vtt"
    assert (track.get("kind"), track.get("srclang")) == ("captions", "en")
    assert {"controls", "playsinline"} < set(video.keys())
    assert {"autoplay", "loop", "muted"} & set(video.keys()) == set()
    assert video.get("preload") == "metadata"
    assert "Before we begin" in html.xpath("string(//details)")
    assert set(item.body.assets.all()) == {film, captions}
    assert "dissociation" in item.body.search_text


def test_a_recording_is_frozen_with_its_transcript(pages, cast):
    item = _published(pages, cast, _audio())
    audio = lxml.html.fromstring(item.body.html).xpath("//audio")[0]
    sound = Asset.objects.get(content_type="audio/mpeg")
    assert (audio.get("src"), audio.get("preload"), audio.get("autoplay")) == (
        f"../assets/{sound.sha256}/calm.mp3",
        "metadata",
        None,
    )
    assert "Feel the floor." in item.body.search_text


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({"transcript": ""}, ["The video “Agreeing” has no transcript."]),
        ({"transcript": "<p> </p>"}, ["The video “Agreeing” has no transcript."]),
        ({"captions": None}, ["The video “Agreeing”, its captions: missing, or no longer there."]),
        ({"file": 99_999}, ["The video “Agreeing”, its file: missing, or no longer there."]),
        ({"captions": (b"1\nNear", "film.vtt")}, [f"The video “Agreeing”, its captions: {NO_CAPTIONS}"]),
        ({"captions": (VTT, "film.txt")}, ["The video “Agreeing”, its captions: These are no captions. Choose a WebVTT file (.vtt)."]),
        ({"file": (MP3, "calm.mp3")}, ["The video “Agreeing”, its file: This is no video. Choose an MP4 or WebM file."]),
        ({"file": (HTML, "film.mp4")}, [f"The video “Agreeing”, its file: {NO_MP4}"]),
        ({"file": (SVG, "film.svg")}, None),
    ],
)  # fmt: skip
def test_a_video_that_not_everybody_can_follow_is_refused(pages, fields, sentences):
    fields = {name: _document(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
    found = _problems(pages, _video(**fields))
    if sentences is None:
        assert len(found) == 1
        assert found[0].startswith("“Bad”: The video “Agreeing”, its file: Files that end in “.svg” are not taken.")
    else:
        assert found == [f"“Bad”: {sentence}" for sentence in sentences]


def test_what_is_refused_is_named_by_page_block_and_field(pages):
    make_lesson_page(pages.module, title="Bad", blocks=[_choice(), _video(captions=None)])
    assert compile_program(pages.program).problems == [
        "“Bad”: In block 2 (Video), the video “Agreeing”, its captions: missing, or no longer there."
    ]


def test_a_recording_that_is_a_video_is_refused(pages):
    assert _problems(pages, _audio(file=_document(WEBM, "film.webm"))) == [
        "“Bad”: The recording “Grounding”, its file: This is no recording. Choose an MP3, M4A or Ogg file."
    ]


def test_a_handout_that_is_not_what_its_name_says_is_refused_in_a_block_and_in_a_link(pages):
    document = make_document("Paper", content=HTML, name="paper.pdf")
    sentence = "This is not a PDF, although its name ends in .pdf. Save it anew as a PDF and upload that."
    assert _problems(
        pages,
        {"type": "document", "value": {"document": document.pk, "title": "Agreement"}},
        {"type": "text", "value": f'<p><a linktype="document" id="{document.pk}">here</a></p>'},
    ) == [
        f"“Bad”: The document “Agreement”: {sentence}",
        f"“Bad”: A link leads to the document “Paper”: {sentence}",
    ]
    assert not Asset.objects.exists()


def _clean(kind: str, value: dict) -> dict:
    """What the editor says beside each field of a block; {} when it takes it."""
    block = LessonBlocks().child_blocks[kind]
    try:
        block.clean(block.to_python(value))
    except StructBlockValidationError as error:
        return {name: " ".join(found.messages) for name, found in error.block_errors.items()}
    return {}


def test_the_editor_says_it_beside_the_field(db):
    lost = _document(WEBM, "lost.webm")
    default_storage.delete("documents/lost.webm")
    wrong = _video(file=_document(MP3, "calm.mp3"), captions=_document(b"0", "film.vtt"))["value"]
    assert _clean("video", wrong) == {
        "file": "This is no video. Choose an MP4 or WebM file.",
        "captions": NO_CAPTIONS,
    }
    assert _clean("video", _video(file=lost)["value"]) == {
        "file": "The file of this document is gone. Upload it again."
    }
    assert set(_clean("video", {})) == {"title", "file", "captions", "transcript"}
    assert set(_clean("audio", {})) == {"title", "file", "transcript"}
    assert _clean("video", _video()["value"]) == _clean("audio", _audio()["value"]) == {}


def test_a_large_file_is_copied_piece_by_piece(pages, cast, monkeypatch):
    asked = []
    reading = property(lambda self: lambda size=-1: (asked.append(size), self.file.read(size))[1])
    film = WEBM + b"\x00" * 3_000_000
    video = _video(file=_document(film, "film.webm"))
    monkeypatch.setattr(FileProxyMixin, "read", reading)
    _published(pages, cast, video)
    assert Asset.objects.get(content_type="video/webm").size == len(film)
    assert len(asked) > 40
    assert -1 not in asked


# Videos of other hosts -----------------------------------------------------------------------------------------------


def test_a_video_of_another_host_is_frozen_as_host_and_id_and_shown_as_a_link(pages, cast):
    item = _published(pages, cast, _embed())
    block = item.body.source["blocks"][0]
    assert (block["host"], block["video"]) == ("youtube", "dQw4w9WgXcQ")
    assert "address" not in block
    html = lxml.html.fromstring(item.body.html)
    assert html.xpath("//iframe | //img | //script | //video") == []
    assert html.xpath("//a/@href") == ["https://www.youtube.com/watch?v=dQw4w9WgXcQ"]
    button = html.xpath("//button")[0]
    assert (button.get("type"), button.get("hidden")) == ("button", "")
    assert button.get("data-embed") == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0"
    assert "YouTube learns that you were here" in html.text_content()
    assert "Asked three times." in item.body.search_text


UNKNOWN = (
    "Only videos of YouTube and Vimeo can be shown here. Give the address of the video's own page, such as "
    "https://www.youtube.com/watch?v=… or https://vimeo.com/…"
)


def test_an_unknown_host_is_refused_beside_the_field_and_again_when_frozen(pages):
    address = "https://videos.example.org/watch?v=dQw4w9WgXcQ"
    assert _clean("embed", _embed(address)["value"]) == {"address": UNKNOWN}
    assert _clean("embed", _embed()["value"]) == {}
    assert _problems(pages, _embed(address)) == [f"“Bad”: The video of another host “Consent”, its address: {UNKNOWN}"]


# Content notices -----------------------------------------------------------------------------------------------------


def test_a_notice_stands_before_a_choice_of_two_that_earn_the_same(pages, cast):
    item = _published(pages, cast, _choice())
    html = lxml.html.fromstring(item.body.html)
    words = " ".join(html.text_content().split())
    assert (
        words.index("It tells of a crossing.") < words.index("earn the same credit") < words.index("The part itself.")
    )
    ways = html.xpath("//details")
    assert [way.xpath("string(summary)") for way in ways] == ["Read this part", "Read the alternative instead"]
    assert [way.get("open") for way in ways] == [None, None]
    for found in ("It tells of a crossing.", "The part itself.", "Something gentler."):
        assert found in item.body.search_text


@pytest.mark.parametrize("name", ["notice", "text", "alternative"])
def test_a_choice_without_one_of_its_parts_is_refused(pages, name):
    assert _problems(pages, _choice(**{name: ""})) == [f"“Bad”: The content notice “A complaint” has no {name}."]
    assert set(_clean("choice", _choice(**{name: ""})["value"])) == {name}


# Tables --------------------------------------------------------------------------------------------------------------


def test_a_table_has_a_caption_and_headings_for_its_columns_and_rows(pages, cast):
    item = _published(pages, cast, _table(["A <hand>", "<p>Before <b>the day</b></p>"], ["A foot", "<p>Never</p>"]))
    table = lxml.html.fromstring(item.body.html).xpath("//table")[0]
    assert table.xpath("string(caption)") == "What is agreed"
    assert table.xpath("thead/tr/th[@scope='col']/text()") == ["What", "When"]
    assert table.xpath("tbody/tr/th[@scope='row']/text()") == ["A <hand>", "A foot"]
    assert table.xpath("string(tbody/tr[1]/td/p/b)") == "the day"
    frame = table.getparent()
    assert (frame.get("role"), frame.get("tabindex"), frame.get("aria-label")) == ("region", "0", "What is agreed")
    for found in ("What is agreed", "When", "A foot", "the day"):
        assert found in item.body.search_text


def test_a_table_may_have_no_headings_for_its_rows(pages, cast):
    html = _html(pages, cast, _table(first_column_names_rows=False))
    assert (len(html.xpath("//tbody//th")), len(html.xpath("//tbody//td"))) == (0, 2)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (lambda: _table(caption=" "), "The table “”: Give the table a caption: it says what the table shows."),
        (lambda: _table(head=("What", "")), "The table “What is agreed”: Give every column of the table a heading."),
        (
            lambda: _table(*[["A", "<p>B</p>"]] * 101),
            "The table “What is agreed”: A table has at most 12 columns and 100 rows. Make two of it.",
        ),
        (
            lambda: _table(["A"] * 13, head=["What"] * 13, types=["text"] * 13),
            "The table “What is agreed”: A table has at most 12 columns and 100 rows. Make two of it.",
        ),
        (
            lambda: {"type": "table", "value": {"table": None}},
            "The table “”: A table has at least one column and one row.",
        ),
    ],
)
def test_a_table_that_not_everybody_can_read_is_refused(pages, table, sentence):
    assert _problems(pages, table()) == [f"“Bad”: {sentence}"]
    assert set(_clean("table", table()["value"])) == {"table"}


def test_a_citation_in_a_transcript_an_alternative_or_a_cell_needs_its_reference(pages):
    cite = '<p><a href="#ref-{}">x</a></p>'
    assert _problems(
        pages,
        _video(transcript=cite.format("A1")),
        _choice(alternative=cite.format("B2")),
        _table(["x", cite.format("C3")]),
    ) == [
        f"“Bad”: A citation names “{key}”, which is not among the references of the lesson."
        for key in ("A1", "B2", "C3")
    ]


# References ----------------------------------------------------------------------------------------------------------


def _reference(doi: str) -> dict:
    return {"type": "references", "value": [{"key": "Who2020", "text": "Who, 2020", "doi": doi, "url": ""}]}


@pytest.mark.parametrize("prefix", ["", "https://doi.org/", "http://dx.doi.org/", "doi:", "DOI: ", " "])
def test_a_doi_is_kept_bare_and_linked_however_it_was_pasted(pages, cast, prefix):
    doi = "10.1177/20451253251377191"
    assert _html(pages, cast, _reference(prefix + doi)).xpath("//li/a/@href") == [f"https://doi.org/{doi}"]
    block = LessonBlocks().child_blocks["references"]
    assert block.clean(block.to_python(_reference(prefix + doi)["value"]))[0]["doi"] == doi


@pytest.mark.parametrize("doi", ["11.1177/x", "10.1/x", "10.1177", "javascript:alert(1)", "10.1177/a b"])
def test_what_is_no_doi_is_refused(pages, doi):
    assert _problems(pages, _reference(doi)) == [
        "“Bad”: The DOI of the reference “Who2020” is none: A DOI begins with 10. and has a slash, such as "
        "10.1177/20451253251377191."
    ]


# What people write ---------------------------------------------------------------------------------------------------


def test_no_word_in_any_field_becomes_a_part_of_the_page(pages, cast):
    blocks = [
        _video(title=EVIL, transcript=RICH_EVIL, file=_document(WEBM, 'f"><b id=evil>.webm')),
        _audio(title=EVIL, transcript=RICH_EVIL),
        _embed(title=EVIL, about=EVIL),
        _choice(title=EVIL, notice=EVIL, text=RICH_EVIL, alternative=RICH_EVIL),
        _table([EVIL, RICH_EVIL], head=(EVIL, EVIL), caption=EVIL),
    ]
    html = _html(pages, cast, *blocks)
    assert html.xpath("//script | //img | //*[@id='evil'] | //*[@onclick] | //*[@onerror] | //textarea") == []
    assert [href for href in html.xpath("//a/@href") if href.startswith("javascript")] == []
    assert html.text_content().count("<script>alert(1)</script>") >= 7  # as words


def test_every_frozen_block_is_shown_by_the_preview_too(pages, cast):
    lesson = make_lesson_page(pages.module, blocks=[_video(), _audio(), _embed(), _choice(), _table()])
    page = cast.client("director").get(f"/cms/pages/{lesson.pk}/view_draft/").content.decode()
    assert '<video class="recording__picture"' in page
    assert 'src="/desk/assets/' in page
    assert "../assets/" not in page


@pytest.mark.parametrize("kind", ["video", "audio", "embed", "choice", "table"])
def test_an_empty_block_is_shown_while_it_is_being_written(pages, kind):
    page = LessonPage(title="New", body=json.dumps([{"type": kind, "value": {}}]))
    frozen = freeze_lesson(page)
    assert frozen.problems
    assert render_lesson(frozen.source) is not None
