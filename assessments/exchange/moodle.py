"""Moodle XML: one `<question>` for each, with its tags, and a category as a question of its own that is none."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from assessments.enums import FileFormat
from assessments.exchange import embedded
from assessments.exchange.labels import labels_of, read_labels
from assessments.exchange.markup import Unplain, inner_html, local_name
from assessments.exchange.portable import (
    Format,
    Portable,
    Reading,
    Row,
    Unsayable,
    UnusableFile,
    decimal_of,
    key_for,
    one_line,
    plain_number,
    tidy,
)
from assessments.exchange.reading import xml_of
from assessments.exchange.weights import (
    Weighed,
    accepted_texts,
    is_close,
    multiple_options,
    percent,
    said_share,
    shares,
    single_options,
    starred,
)
from assessments.exchange.wording import (
    HTML,
    MARKDOWN,
    MOODLE,
    PLAIN,
    as_plain,
    as_stem,
    html_of_list,
    html_of_notes,
    read_list,
    read_notes,
    words_most,
)
from assessments.kinds.base import Draft
from assessments.units import conversions, is_within
from assessments.units import tidy as tidy_unit

FORMS = {"html": HTML, "plain_text": PLAIN, "markdown": MARKDOWN, "moodle_auto_format": MOODLE}
FULL = Decimal(100)
NEIGHBOURS = "RELATIVE_NEXT_EXCLUDE_LAST"
UNSAID = {
    "description": "It is a text without a question.",
    "calculated": "Its numbers are drawn by Moodle's own formulas (calculated). Write it anew as a number with parameters.",
    "calculatedsimple": "Its numbers are drawn by Moodle's own formulas (calculated). Write it anew as a number with parameters.",
    "calculatedmulti": "Its numbers are drawn by Moodle's own formulas (calculated). Write it anew as a number with parameters.",
    "randomsamatch": "It draws pairs from other questions at random.",
    "random": "It stands for a question drawn at random.",
    "ddimageortext": "It is answered by dragging onto a picture.",
    "ddmarker": "It is answered by dragging onto a picture.",
    "ddwtos": "It is answered by dragging words into a text. Write it anew as a text with gaps.",
    "gapselect": "Its gaps share their choices in groups. Write it anew as a text with gaps.",
}
UNIT_OPTIONAL, UNIT_COUNTS = "0", "1"


class MoodleXml(Format):
    name, label = FileFormat.MOODLE.value, FileFormat.MOODLE.label
    extension = "xml"
    content_type = "application/xml"
    holds = frozenset(
        ["single", "multiple", "truefalse", "numeric", "shorttext", "matching", "ordering", "cloze", "essay"]
    )

    def questions(self, content: bytes) -> list[Callable[[], Row]]:
        root, lines = xml_of(content)
        if local_name(root) != "quiz":
            raise UnusableFile(f"This is no Moodle XML: it begins with <{local_name(root)[:40]}>, not with <quiz>.")
        found: list[Callable[[], Row]] = []
        category = ""
        for element, line in zip(root, lines, strict=True):
            if element.tag != "question":
                continue
            if element.get("type") == "category":
                category = _category(element)
                continue
            reading = Reading(f"question {len(found) + 1}, line {line}")
            found.append(partial(_read, element, reading, category))
        return found

    def say(self, portable: Portable) -> tuple[Element, list[str]]:
        name, say = SAY[portable.kind]
        question = Element("question", {"type": name})
        _text(question, "name", portable.title)
        content = portable.draft.content
        stem = portable.draft.stem
        if portable.kind == "cloze":
            stem = embedded.html_of(stem, content)
        _text(question, "questiontext", stem, "html")
        if portable.references:
            _text(question, "generalfeedback", html_of_notes(portable.draft.feedback, portable.references), "html")
        else:
            _text(question, "generalfeedback", portable.draft.feedback, "plain_text")
        for tag, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", portable.key)):
            SubElement(question, tag).text = value
        remarks = say(question, content) or []
        tags = SubElement(question, "tags")
        for label in labels_of(portable):
            _text(tags, "tag", label)
        return question, remarks

    def bind(self, said: Sequence[Element]) -> bytes:
        root = Element("quiz")
        root.extend(said)
        indent(root, space=" ")  # never within a text: an element that holds words holds no other
        return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _text(parent: Element, tag: str, text: str, form: str = "") -> Element:
    element = SubElement(parent, tag, {"format": form} if form else {})
    SubElement(element, "text").text = text
    return element


# Reading --------------------------------------------------------------------------------------------------------------


def _category(element: Element) -> str:
    """The last name of a category's path; Moodle writes "//" for a stroke within a name."""
    path = (element.findtext("category/text") or "").replace("//", "\ufdd0")
    name = path.rstrip("/").rsplit("/", 1)[-1].replace("\ufdd0", "/")
    return "" if name in ("top", "$course$", "$system$", "$module$") else one_line(name)


def _read(element: Element, reading: Reading, category: str) -> Row:
    given = element.findtext("name/text") or ""
    reading.title = one_line(given)
    try:
        return reading.row(_portable(element, reading, category, given))
    except (Unsayable, Unplain) as why:
        return reading.named(str(why))


def _portable(element: Element, reading: Reading, category: str, given: str) -> Portable:
    reading.check_length(sum(len(part.text or "") for part in element.iter() if part.tag != "file"))
    type_ = (element.get("type") or "").strip()
    if type_ in UNSAID:
        raise Unsayable(UNSAID[type_])
    if type_ not in READ:
        raise Unsayable(f"Its type “{type_[:40]}” is none that is known here.")
    raw, form = _raw(element.find("questiontext"))
    if type_ == "cloze":
        stem, content = embedded.read(raw, reading)
        kind = "cloze"
    else:
        stem = as_stem(raw, form, reading)
        kind, content = READ[type_](element, form, reading)
    feedback, references = read_notes(*_raw(element.find("generalfeedback")), reading)
    _remark_on_settings(element, reading)
    labels = [tag.findtext("text") or "" for tag in element.iterfind("tags/tag")]
    fields = {"topic": category} | read_labels(labels, reading)
    title = reading.titled(given, stem)
    key = key_for(element.findtext("idnumber") or "", title, stem)
    draft = Draft(stem=stem, feedback=feedback, content=content)
    return Portable(key, kind, draft, title=title, references=references, **fields)


def _raw(element: Element | None) -> tuple[str, str]:
    """The text of an element such as `<questiontext format="html"><text>`, and its format."""
    if element is None:
        return "", PLAIN
    inner = element.find("text")
    source = element if inner is None else inner
    text = inner_html(source) if len(source) else source.text or ""
    return text, FORMS.get(element.get("format", "html"), HTML)


def _plain(element: Element | None, reading: Reading, default: str = HTML) -> str:
    if element is None:
        return ""
    text, form = _raw(element)
    return as_plain(text, form if element.get("format") else default, reading)


def _weighed(element: Element, reading: Reading, default: str) -> list[Weighed]:
    return [
        Weighed(
            text=tidy(_plain(answer, reading, default)),
            weight=percent(answer.get("fraction", "0")),
            feedback=_plain(answer.find("feedback"), reading, default),
        )
        for answer in element.iterfind("answer")
    ]


def _remark_on_settings(element: Element, reading: Reading) -> None:
    """What Moodle decides for a question and we decide for a quiz, or not at all."""
    grade, penalty = decimal_of(element.findtext("defaultgrade") or "1"), decimal_of(element.findtext("penalty") or "0")
    if grade is not None and grade != 1:
        reading.remark(f"It was worth {plain_number(grade)} points. Here each question counts 1.")
    if penalty:
        reading.remark(f"Left out: a penalty of {plain_number(penalty)} for each further try. Here there is one.")
    if hints := sum(1 for hint in element.iterfind("hint") if (hint.findtext("text") or "").strip()):
        reading.remark(f"Left out: {hints} hint{'s' if hints > 1 else ''}.")
    combined = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
    if any((element.findtext(f"{name}/text") or "").strip() for name in combined):
        reading.remark("Left out: the feedback on right, partly right and wrong answers as a whole.")
    if files := sum(1 for _ in element.iter("file")):
        reading.remark(f"Left out: {files} attached file{'s' if files > 1 else ''}.")
    if (element.findtext("hidden") or "0").strip() == "1":
        reading.remark("It was hidden.")
    if (element.findtext("shuffleanswers") or "").strip() in ("0", "false"):
        reading.remark("Its answers were never shuffled. Here the quiz decides.")


def _read_multichoice(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    answers = _weighed(element, reading, form)
    if (element.findtext("single") or "true").strip() in ("true", "1"):
        return "single", {"options": single_options(answers, reading)}
    return "multiple", {"options": multiple_options(answers, reading)}


def _read_truefalse(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    answers = {answer.text.casefold(): answer for answer in _weighed(element, reading, form)}
    if set(answers) != {"true", "false"}:
        raise Unsayable("Its answers are not “true” and “false”.")
    right = [text for text, answer in answers.items() if is_close(answer.weight, FULL)]
    if len(right) != 1:
        raise Unsayable("Neither or both of “true” and “false” are worth 100 %.")
    feedback = {f"feedback_{text}": answer.feedback for text, answer in answers.items()}
    return "truefalse", {"is_true": right == ["true"]} | feedback


def _read_shortanswer(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    accepted = accepted_texts(_weighed(element, reading, PLAIN), reading)
    is_case_sensitive = (element.findtext("usecase") or "0").strip() in ("1", "true")
    return "shorttext", {"accepted": accepted, "is_case_sensitive": is_case_sensitive}


def _read_numerical(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    found = []
    for answer in element.iterfind("answer"):
        text, weight = one_line(_plain(answer, reading, PLAIN)), percent(answer.get("fraction", "0"))
        if answer.find("feedback") is not None and _plain(answer.find("feedback"), reading):
            reading.remark(f"The feedback on “{text[:40]}” was left out.")
        if is_close(weight, FULL):
            found.append((text, answer.findtext("tolerance") or "0"))
        else:
            reading.remark(f"“{text[:40]}” was worth {plain_number(weight)} %. Here it is not accepted.")
    if len(found) != 1:
        raise Unsayable(f"{len(found) or 'No'} answers are worth 100 %. Here a number has exactly one.")
    answer, tolerance = found[0]
    if decimal_of(answer) is None:
        raise Unsayable(f"“{answer[:40]}” is no plain number.")
    units = _read_units(element, reading)
    return "numeric", {"answer": answer, "tolerance": plain_number(tolerance)} | units


def _read_units(element: Element, reading: Reading) -> dict:
    units = [
        (one_line(unit.findtext("unit_name")), decimal_of(one_line(unit.findtext("multiplier"))))
        for unit in element.iterfind("units/unit")
    ]
    units = [(name, worth) for name, worth in units if name]
    own = [name for name, worth in units if worth == 1]
    if not units:
        return {"unit": "", "accepted_units": []}
    if not own:
        raise Unsayable("None of its units has the multiplier 1, so the unit of the answer is not known.")
    for name, worth in units:
        if worth != 1 and not _converts_alike(name, worth, own[0]):
            reading.remark(f"“{name[:30]}” at {plain_number(worth)} to 1 {own[0][:30]} was accepted. Here it is not.")
    if (element.findtext("unitgradingtype") or UNIT_OPTIONAL).strip() == UNIT_OPTIONAL:
        reading.remark("The unit could be left out. Here a number without its unit is no answer.")
    elif decimal_of(one_line(element.findtext("unitpenalty") or "1")) != 1:
        reading.remark("A wrong unit took only a part away. Here it is a wrong answer.")
    others = [name for name in own[1:] if tidy_unit(name) != tidy_unit(own[0])]
    return {"unit": own[0], "accepted_units": others}


def _converts_alike(name: str, worth: Decimal | None, unit: str) -> bool:
    """Whether so many of the one are one of the other by our own list of units."""
    return worth is not None and is_within(worth, name, expected=Decimal(1), expected_unit=unit, tolerance=Decimal(0))


def _read_matching(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    pairs, extras = [], []
    for place, row in enumerate(element.iterfind("subquestion"), start=1):
        left, right = tidy(_plain(row, reading, form)), tidy(_plain(row.find("answer"), reading, PLAIN))
        if left:
            pairs.append({"id": str(place), "left": left, "right": right})
        elif right:
            extras.append({"id": f"x{place}", "text": right})
    return "matching", {"pairs": pairs, "extras": extras}


def _read_ordering(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    items = [
        {"id": str(place), "text": tidy(_plain(answer, reading, form))}
        for place, answer in enumerate(element.iterfind("answer"), start=1)
    ]
    if (element.findtext("gradingtype") or "").strip() not in (NEIGHBOURS, "1"):
        reading.remark("It was scored in another way. Here each pair of neighbours that is kept counts.")
    if (element.findtext("selecttype") or "ALL").strip() not in ("ALL", "0"):
        reading.remark("Only some of its items were shown at a time. Here all are.")
    return "ordering", {"items": items}


def _read_essay(element: Element, form: str, reading: Reading) -> tuple[str, dict]:
    criteria = read_list(*_raw(element.find("graderinfo")), reading)
    for name, said in (("responsetemplate", "a template for the answer"), ("minwordlimit", "a least number of words")):
        found = element.find(name)
        if found is not None and ("".join(found.itertext()).strip() or "0") != "0":
            reading.remark(f"Left out: {said}.")
    if one_line(element.findtext("attachments") or "0") != "0":
        reading.remark("Left out: files as an answer.")
    if one_line(element.findtext("responseformat") or "editor") not in ("plain", "editor"):
        reading.remark("The form of its answer was another one. Here it is plain text.")
    return "essay", {
        "words_most": words_most(one_line(element.findtext("maxwordlimit")), reading),
        "criteria": criteria,
    }


READ: dict[str, Callable[[Element, str, Reading], tuple[str, dict]]] = {
    "multichoice": _read_multichoice,
    "truefalse": _read_truefalse,
    "shortanswer": _read_shortanswer,
    "numerical": _read_numerical,
    "matching": _read_matching,
    "match": _read_matching,
    "ordering": _read_ordering,
    "essay": _read_essay,
    "cloze": lambda element, form, reading: ("cloze", {}),
}


# Writing --------------------------------------------------------------------------------------------------------------


def _answer(
    question: Element, text: str, fraction: str, *, form: str = "plain_text", feedback: str | None = ""
) -> None:
    answer = SubElement(question, "answer", {"fraction": fraction} | ({"format": form} if form else {}))
    SubElement(answer, "text").text = text
    if feedback is not None:
        _text(answer, "feedback", feedback, "plain_text")


def _say_single(question: Element, content: dict) -> None:
    SubElement(question, "single").text = "true"
    SubElement(question, "shuffleanswers").text = "true"
    for option in content["options"]:
        _answer(question, option["text"], "100" if option["correct"] else "0", feedback=option["feedback"])


def _say_multiple(question: Element, content: dict) -> list[str]:
    SubElement(question, "single").text = "false"
    SubElement(question, "shuffleanswers").text = "true"
    worth = shares(content["options"])
    for option, share in zip(content["options"], worth, strict=True):
        _answer(question, option["text"], said_share(share), feedback=option["feedback"])
    if sum(option["correct"] for option in content["options"]) == 11:
        return ["Moodle has no share of 1/11 and rounds it."]
    return []


def _say_truefalse(question: Element, content: dict) -> None:
    for text, is_right in (("true", content["is_true"]), ("false", not content["is_true"])):
        fraction = "100" if is_right else "0"
        _answer(question, text, fraction, form="moodle_auto_format", feedback=content[f"feedback_{text}"])


def _say_shorttext(question: Element, content: dict) -> None:
    SubElement(question, "usecase").text = "1" if content["is_case_sensitive"] else "0"
    for text in content["accepted"]:
        _answer(question, starred(text), "100", feedback=None)


def _say_numeric(question: Element, content: dict) -> list[str]:
    if content.get("parameters"):
        raise Unsayable("Its numbers are drawn for each attempt, which this format cannot say as we do.")
    answer = SubElement(question, "answer", {"fraction": "100", "format": "plain_text"})
    SubElement(answer, "text").text = content["answer"]
    SubElement(answer, "tolerance").text = content["tolerance"]
    if not content["unit"]:
        return []
    units = SubElement(question, "units")
    listed = [(name, Decimal(1)) for name in (content["unit"], *content["accepted_units"])]
    names = {tidy_unit(name) for name, _ in listed}
    converted = [(name, worth) for name, worth in conversions(content["unit"]) if tidy_unit(name) not in names]
    for name, worth in (*listed, *converted):
        unit = SubElement(units, "unit")
        SubElement(unit, "multiplier").text = plain_number(worth)
        SubElement(unit, "unit_name").text = name
    for tag, value in (("unitgradingtype", UNIT_COUNTS), ("unitpenalty", "1"), ("showunits", "0"), ("unitsleft", "0")):
        SubElement(question, tag).text = value
    return ["Moodle takes a unit only as it is listed, letter by letter; here other spellings count as well."]


def _say_matching(question: Element, content: dict) -> None:
    SubElement(question, "shuffleanswers").text = "true"
    for left, right in [(pair["left"], pair["right"]) for pair in content["pairs"]] + [
        ("", extra["text"]) for extra in content["extras"]
    ]:
        row = _text(question, "subquestion", left, "plain_text")
        _text(row, "answer", right)


def _say_ordering(question: Element, content: dict) -> None:
    settings = (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", "0"),
        ("gradingtype", NEIGHBOURS),
        ("showgrading", "SHOW"),
        ("numberingstyle", "none"),
    )
    for tag, value in settings:
        SubElement(question, tag).text = value
    for place, item in enumerate(content["items"], start=1):
        _answer(question, item["text"], str(place), feedback=None)


def _say_essay(question: Element, content: dict) -> None:
    settings = (
        ("responseformat", "plain"),
        ("responserequired", "1"),
        ("responsefieldlines", "15"),
        ("maxwordlimit", str(content["words_most"])),
        ("attachments", "0"),
    )
    for tag, value in settings:
        SubElement(question, tag).text = value
    _text(question, "graderinfo", html_of_list(content["criteria"], "criteria"), "html")


def _say_cloze(question: Element, content: dict) -> None:
    """Everything stands in the text already."""


SAY: dict[str, tuple[str, Callable[[Element, dict], list[str] | None]]] = {
    "single": ("multichoice", _say_single),
    "multiple": ("multichoice", _say_multiple),
    "truefalse": ("truefalse", _say_truefalse),
    "shorttext": ("shortanswer", _say_shorttext),
    "numeric": ("numerical", _say_numeric),
    "matching": ("matching", _say_matching),
    "ordering": ("ordering", _say_ordering),
    "essay": ("essay", _say_essay),
    "cloze": ("cloze", _say_cloze),
}
