"""The demonstration program: its pages, written from the texts beside this file, its editions, and a correction."""

import json
import tomllib
import uuid
from pathlib import Path

from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.images.models import Image

from courses.curriculum.actions import create_program, publish_edition, replace_in_editions
from courses.curriculum.models import (
    Edition,
    Erratum,
    FacultyPage,
    GlossaryTerm,
    HomePage,
    LessonPage,
    ModulePage,
    Program,
    ProgramPage,
)
from courses.curriculum.queries import places_of_words
from lms.demo.registry import Demo

TEXTS = Path(__file__).parent / "demo"
OUTLINES = TEXTS / "outline_modules.toml"
FIGURES = TEXTS / "figures"
GLOSSARY = TEXTS / "words" / "glossary.toml"
FILM = TEXTS / "film"
CHANGES = TEXTS / "later" / "changes.toml"
TITLE = "KAP Practitioner Certificate"
ETHICS = "ethics-of-touch"
BLOCKS = uuid.UUID("5f0f3b0e-7e44-4c0e-9a4c-6f3c1d7b2a10")
OUTCOMES = """
Prepare, accompany and follow up ketamine-assisted sessions within your own licence and role.
Agree on touch beforehand, keep to the agreement in the room, and speak up when somebody does not.
Recognise what stops a session, and hand over in time.
Keep a record of supervised practice that a board can check.
"""
FACTS = """
Format: online lessons, then supervised practice at your own site
Asked for: a licence to practise, and a supervisor at your site
"""

INVENTED = "Invented for this demonstration: nobody of this name teaches here."
FACULTY = [
    {
        "title": "Imani Okafor",
        "slug": "imani-okafor",
        "profession": "Psychiatrist, program director",
        "about": f"<p>Teaches ethics and medical safety, and answers for both. {INVENTED}</p>",
        "qualifications": [
            ("degree", "MD, residency in psychiatry", "University of New Mexico", 2009),
            ("licence", "Physician", "New Mexico", 2010),
            ("training", "Ketamine-assisted psychotherapy, 150 hours", "supervised practice included", 2018),
        ],
    },
    {
        "title": "Ruth Feldman",
        "slug": "ruth-feldman",
        "profession": "Psychologist, faculty for preparation and integration",
        "about": f"<p>Teaches what happens before and after a session, which is most of the work. {INVENTED}</p>",
        "qualifications": [
            ("degree", "PhD in clinical psychology", "University of Denver", 2006),
            ("licence", "Licensed psychologist", "Colorado", 2008),
            ("training", "Ketamine-assisted psychotherapy, 120 hours", "supervised practice included", 2019),
        ],
    },
]


def write_pages(demo: Demo) -> None:
    """The home page's words, the program page, and every module with its lessons. What exists is kept."""
    home = HomePage.objects.get()
    if not home.introduction:
        home.introduction = (
            "<p>We train licensed clinicians in ketamine-assisted psychotherapy: in ethics and safety first, then at the "
            "bedside with a supervisor, and every hour of it on the record.</p>"
        )
        home.save()
    faculty = [FacultyPage.objects.filter(slug=said["slug"]).first() or _write_teacher(home, said) for said in FACULTY]
    program = Program.objects.filter(title=TITLE, is_demonstration=True).first()
    program = program or create_program(title=TITLE, by=None, is_demonstration=True)
    page = ProgramPage.objects.filter(program=program).first() or _write_program_page(home, program, faculty)
    for module in _modules():
        if not page.get_children().filter(slug=module["slug"]).exists():
            _write_module(page, module)
    demo.things["program"] = program
    demo.things["program_page"] = page
    demo.things["ethics_module_page"] = ModulePage.objects.child_of(page).get(slug=ETHICS)


def publish_first_edition(demo: Demo) -> None:
    """Edition 1, published by the director when there is none yet."""
    program = demo.things["program"]
    edition = Edition.objects.filter(program=program, number=1).first()
    demo.things["edition"] = edition or publish_edition(
        demo.things["program_page"],
        by=demo.people["director"],
        change_note="The first edition: Ethics of touch, Clinical skills and Medical safety in full, the others in outline.",
    )


def publish_second_edition(demo: Demo) -> None:
    """Edition 2, after one lesson says something more. Nothing happens when there is an edition 2, or the lesson has
    been written anew since."""
    said = _read(CHANGES)["edition"]
    second = Edition.objects.filter(program=demo.things["program"], number=2).first()
    if second is None and _rewrite(demo, said):
        page, director = demo.things["program_page"], demo.people["director"]
        second = publish_edition(page, by=director, change_note=said["note"], leave_out_drafts=True)
    if second:
        demo.things["second_edition"] = second
        demo.things["reason_to_adopt"] = said["reason"]


def correct_a_slip(demo: Demo) -> None:
    """One slip of the pen, corrected in the page and in every edition that says it, while nothing was corrected yet."""
    said, program = _read(CHANGES)["correction"], demo.things["program"]
    if Erratum.objects.filter(item__edition__program=program).exists():
        return
    if places_of_words(program, said["old"]).places:
        _rewrite(demo, said)
        words = {name: said[name] for name in ("old", "new", "reason")}
        replace_in_editions(program, by=demo.people["director"], **words)


def _rewrite(demo: Demo, said: dict) -> bool:
    """Publish the lesson with other words in the place of these; whether it did. A director's own draft is left alone."""
    lessons = LessonPage.objects.descendant_of(demo.things["program_page"])
    lesson = lessons.filter(slug=said["lesson"], has_unpublished_changes=False).first()
    written = json.dumps(lesson.body.get_prep_value(), ensure_ascii=False) if lesson else ""
    if said["old"] not in written:
        return False
    lesson.body = written.replace(said["old"], said["new"])
    lesson.save_revision().publish()
    return True


def _modules() -> list[dict]:
    """Every module of the texts in its `order`: those written in full have a file of their own, the others share one."""
    full = [_read(path) for path in TEXTS.glob("*.toml") if path != OUTLINES]
    modules = [*(text["module"] | {"lesson": text["lesson"]} for text in full), *_read(OUTLINES)["module"]]
    return sorted(modules, key=lambda module: module["order"])


def _read(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _write_teacher(home: HomePage, said: dict) -> FacultyPage:
    learned = [
        (kind, {"title": title, "where": where, "year": year}) for kind, title, where, year in said["qualifications"]
    ]
    return home.add_child(instance=FacultyPage(**said | {"qualifications": learned}))


def _write_program_page(home: HomePage, program: Program, faculty: list[FacultyPage]) -> ProgramPage:
    return home.add_child(
        instance=ProgramPage(
            title=TITLE,
            slug="kap-practitioner",
            program=program,
            tagline="For licensed clinicians who will prepare, accompany and integrate ketamine sessions.",
            story="<p>You read the modules in your own time, answer a quiz that asks for judgement rather than memory, and "
            "then practise with a supervisor who signs for what she has seen. Your standing is open to you at any hour: "
            "what counted, what did not and why, and what comes next.</p>",
            outcomes=OUTCOMES.strip(),
            who_for="<p>Psychotherapists, physicians, nurses and other licensed clinicians. The certificate adds nothing to "
            "your licence: you work within the scope that it gives you.</p>",
            facts=FACTS.strip(),
            faculty=[("person", teacher) for teacher in faculty],
        )
    )


def _write_module(page: ProgramPage, module: dict) -> None:
    module_page = page.add_child(
        instance=ModulePage(
            title=module["title"],
            slug=module["slug"],
            summary=f"<p>{module['summary']}</p>",
            is_core=module["core"],
            topic=module["topic"],
            release=[_rule(page, kind, value) for kind, value in module.get("opens", {}).items()],
            **_reviewed(module),
        )
    )
    for lesson in module["lesson"]:
        module_page.add_child(
            instance=LessonPage(
                title=lesson["title"],
                slug=lesson["slug"],
                minutes=lesson["minutes"],
                topic=lesson["topic"],
                completed_by=lesson.get("completed_by", "read"),
                body=json.dumps(_blocks(lesson)),
                **_reviewed(module | {"content_notice": ""} | lesson),
            )
        )


def _rule(page: ProgramPage, kind: str, value: int | str) -> tuple:
    """A rule by which a module opens: days after the cohort's start, or after the module with this slug."""
    return (kind, ModulePage.objects.child_of(page).get(slug=value) if kind == "after" else value)


def _reviewed(text: dict) -> dict:
    """Nobody has reviewed these texts, so no date of review is given and readers are told."""
    return {"objectives": "\n".join(text["objectives"]), "content_notice": text.get("content_notice", "")}


def _blocks(lesson: dict) -> list[dict]:
    """Each with an id that is the same in every demonstration."""
    return [
        _BLOCKS[block["kind"]](block) | {"id": _id(f"{lesson['slug']}/{place}")}
        for place, block in enumerate(lesson["block"])
    ]


def _id(path: str) -> str:
    return str(uuid.uuid5(BLOCKS, path))


def _figure(block: dict) -> dict:
    """A drawing beside the texts; the library of images holds it once, whatever the number of lessons that show it."""
    image = Image.objects.filter(title=block["file"]).first()
    if image is None:
        content = ContentFile((FIGURES / block["file"]).read_bytes(), name=block["file"])
        image = Image.objects.create(title=block["file"], file=content)
    shown = {"image": image.pk, "decorative": False, "alt_text": block["alt"]}
    return {"type": "image", "value": {"image": shown, "caption": block["caption"]}}


def _film(block: dict) -> dict:
    files = {"file": _document(block["file"]).pk, "captions": _document(block["captions"]).pk}
    words = {name: block[name].strip() for name in ("title", "transcript")}
    return {"type": "video", "value": words | files}


def _document(name: str) -> Document:
    """A file beside the texts; the library of documents holds it once."""
    content = ContentFile((FILM / name).read_bytes(), name=name)
    return Document.objects.filter(title=name).first() or Document.objects.create(title=name, file=content)


def _glossary(block: dict) -> dict:
    return {"type": "glossary", "value": [_term(name).pk for name in block["terms"]]}


def _term(name: str) -> GlossaryTerm:
    """A word of the texts; the glossary holds it once."""
    text = next(term for term in _read(GLOSSARY)["term"] if term["term"] == name)
    return GlossaryTerm.objects.filter(term=name).first() or GlossaryTerm.objects.create(
        term=name, definition=text["definition"], other_spellings="\n".join(text["spellings"])
    )


def _choice(block: dict) -> dict:
    words = {name: block[name].strip() for name in ("title", "notice", "alternative")}
    return {"type": "choice", "value": words | {"text": block["html"]}}


def _table(block: dict) -> dict:
    table = {
        "caption": block["caption"],
        "columns": [{"type": "text", "heading": heading} for heading in block["columns"]],
        "rows": [{"values": cells} for cells in block["rows"]],
    }
    return {"type": "table", "value": {"table": table, "first_column_names_rows": True}}


def _check(block: dict) -> dict:
    """Options have ids too: without, each edition would give them new ones and every check would seem changed."""
    options = [
        {"type": "item", "id": _id(f"{block['question']}/{place}"), "value": _option(option)}
        for place, option in enumerate(block["options"])
    ]
    return {"type": "check", "value": {"question": block["question"], "options": options}}


def _option(option: dict) -> dict:
    return {"text": option["text"], "is_right": option.get("right", False), "feedback": option["feedback"]}


def _attestation(block: dict) -> dict:
    words = {name: block[name] for name in ("title", "label", "key")}
    return {"type": "attestation", "value": words | {"text": block["html"]}}


_BLOCKS = {
    "text": lambda block: {"type": "text", "value": block["html"]},
    "safety": lambda block: {"type": "safety", "value": {"title": block["title"], "text": block["html"]}},
    "vignette": lambda block: {
        "type": "vignette",
        "value": {"title": block["title"], "text": block["html"], "questions": block["questions"]},
    },
    "figure": _figure,
    "film": _film,
    "choice": _choice,
    "table": _table,
    "check": _check,
    "attestation": _attestation,
    "glossary": _glossary,
    "references": lambda block: {
        "type": "references",
        "value": [
            {"key": item["id"], "text": item["text"], "doi": item.get("doi", ""), "url": item.get("url", "")}
            for item in block["items"]
        ],
    },
}
