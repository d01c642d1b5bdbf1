"""QTI 2.1 and 2.2: a package (zip) with a manifest, and a file for each question. Tags stand in the manifest as keywords."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from urllib.parse import unquote
from xml.etree.ElementTree import Element, tostring

from assessments.enums import FileFormat
from assessments.exchange import qti_writing
from assessments.exchange.labels import labels_of, read_labels
from assessments.exchange.markup import (
    Unplain,
    canonical_html,
    inner_html,
    local_name,
    plain_of,
)
from assessments.exchange.portable import (
    GAP,
    Format,
    Portable,
    Reading,
    Row,
    Unsayable,
    UnusableFile,
    decimal_of,
    key_for,
    one_line,
    tidy,
)
from assessments.exchange.reading import HostileFile, package_of, xml_of
from assessments.exchange.weights import FULL, Weighed, multiple_options, single_options
from assessments.exchange.wording import HTML, as_stem, read_list, read_notes, words_most
from assessments.kinds.base import Draft

MANIFEST = "imsmanifest.xml"
ITEM = re.compile(r"imsqti_item_xmlv2p[12]\w*")
OTHER_VERSION = re.compile(r"imsqti\w*_?xmlv(1p\d|3p\d)\w*")
ITEM_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:assessmentItem|qti-assessment-item)[\s/>]")
KEY = "q."  # an identifier must not begin with a digit, and a key may
INLINE = ("textEntryInteraction", "inlineChoiceInteraction")
NUMBERS = ("float", "integer")
SCORED_AS_WE_DO = frozenset(
    [
        *("responseProcessing", "responseCondition", "responseIf", "responseElse", "match", "variable", "correct"),
        *("setOutcomeValue", "baseValue", "isNull", "not", "mapResponse", "equal", "sum"),
    ]
)


class Qti(Format):
    """Reads both versions, writes one of them."""

    extension = "zip"
    content_type = "application/zip"
    holds = frozenset(
        ["single", "multiple", "truefalse", "numeric", "shorttext", "matching", "ordering", "cloze", "essay"]
    )

    def __init__(self, version: str):
        self.version = version
        kind = FileFormat(f"qti{version.replace('.', '')}")
        self.name, self.label = kind.value, kind.label

    def questions(self, content: bytes) -> list[Callable[[], Row | None]]:
        files = package_of(content)
        manifest = next((name for name in files if name.casefold() == MANIFEST), None)
        if manifest is None:
            raise UnusableFile(f"The package has no {MANIFEST} at its top, so it is no package of questions.")
        listed = _items(xml_of(files[manifest], name=MANIFEST)[0])
        known = {item.href for item in listed} | {manifest}
        unlisted = [name for name in files if name not in known and ITEM_ROOT.search(files[name])]
        return [
            *(partial(_read_file, files, item) for item in listed),
            *(partial(_unlisted, files, name) for name in unlisted),
        ]

    def say(self, portable: Portable) -> tuple[tuple[Portable, bytes], list[str]]:
        item, remarks = qti_writing.item_of(portable, f"{KEY}{portable.key}", self.version)
        return (portable, tostring(item, encoding="utf-8", xml_declaration=True)), remarks

    def bind(self, said: Sequence[tuple[Portable, bytes]]) -> bytes:
        out = io.BytesIO()
        names = [f"items/question-{number}.xml" for number in range(1, len(said) + 1)]
        listed = [(name, portable.key, labels_of(portable)) for name, (portable, _) in zip(names, said, strict=True)]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            _add(package, MANIFEST, qti_writing.manifest_of(listed, self.version))
            for name, (_, content) in zip(names, said, strict=True):
                _add(package, name, content)
        return out.getvalue()


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With a fixed date: the same questions give the same bytes."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, content)


# The package ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    """A question as the manifest lists it."""

    href: str
    labels: tuple[str, ...]
    is_other_version: bool


def _items(manifest: Element) -> list[_Item]:
    if local_name(manifest) != "manifest":
        raise UnusableFile(f"{MANIFEST} begins with <{local_name(manifest)[:40]}>, not with <manifest>.")
    items = []
    for resource in manifest.iter():
        type_ = resource.get("type", "")
        if local_name(resource) != "resource" or not (ITEM.fullmatch(type_) or OTHER_VERSION.fullmatch(type_)):
            continue
        labels = tuple(
            one_line("".join(keyword.itertext())) for keyword in resource.iter() if local_name(keyword) == "keyword"
        )
        items.append(_Item(unquote(resource.get("href", "")), labels, not ITEM.fullmatch(type_)))
    return items


def _read_file(files: dict[str, bytes], item: _Item) -> Row:
    reading = Reading(item.href[:120] or MANIFEST)
    if item.is_other_version:
        return reading.named("It is QTI of another version. 2.1 and 2.2 are read.")
    if item.href not in files:
        return reading.named("The manifest lists it, and the package does not hold its file.")
    try:
        root, _ = xml_of(files[item.href], name=item.href[:120])
    except HostileFile:
        raise
    except UnusableFile as unusable:
        return reading.named(str(unusable))
    return _read_root(root, item.labels, reading)


def _unlisted(files: dict[str, bytes], name: str) -> Row | None:
    """A question that the package holds without listing it; None for a file that turns out to be no question."""
    reading = Reading(name[:120])
    try:
        root, _ = xml_of(files[name], name=name[:120])
    except HostileFile:
        raise
    except UnusableFile as unusable:
        return reading.named(str(unusable))
    if local_name(root) not in ("assessmentItem", "qti-assessment-item"):
        return None
    reading.remark("The manifest does not list it.")
    return _read_root(root, (), reading)


def _read_root(root: Element, labels: tuple[str, ...], reading: Reading) -> Row:
    reading.title = one_line(root.get("title", ""))
    try:
        return reading.row(_portable(root, labels, reading))
    except Unsayable as why:
        return reading.named(str(why))
    except Unplain as why:
        return reading.named(str(why))


# One question ---------------------------------------------------------------------------------------------------------


def _portable(root: Element, labels: tuple[str, ...], reading: Reading) -> Portable:
    reading.check_length(len(inner_html(root)))
    body = _body(root)
    parents = {child: parent for parent in body.iter() for child in parent}
    interactions = [element for element in body.iter() if local_name(element).endswith("Interaction")]
    criteria, most = _take_rubrics(body, parents, reading)
    kind, content = _content(root, body, interactions, parents, reading)
    feedback, references = _notes(root, content, kind, reading)
    if kind == "essay":
        content |= {"criteria": criteria, "words_most": words_most(most, reading)}
    if kind == "cloze":
        stem, content["text"] = _stem_and_text(body, reading)
    else:
        stem = _stem(body, interactions, reading)
    _remark_on_scoring(root, SCORED_AS_WE_DO | {"and", "gte"} if content.get("unit") else SCORED_AS_WE_DO, reading)
    given, title = root.get("identifier", ""), reading.titled(root.get("title", ""), stem)
    key = key_for(given.removeprefix(KEY), title, stem)
    fields = read_labels(list(labels), reading)
    draft = Draft(stem=stem, feedback=feedback, content=content)
    return Portable(key, kind, draft, title=title, references=references, **fields)


def _body(root: Element) -> Element:
    if local_name(root) != "assessmentItem":
        raise Unsayable(f"Its file begins with <{local_name(root)[:40]}>, not with <assessmentItem>.")
    names = {local_name(element) for element in root.iter()}
    if names & {"templateDeclaration", "printedVariable"}:
        raise Unsayable("Its values are drawn by templates of QTI. Write it anew as a number with parameters.")
    if root.get("adaptive", "false") == "true":
        raise Unsayable("It is adaptive: what it asks depends on earlier answers to it.")
    body = next((child for child in root if local_name(child) == "itemBody"), None)
    if body is None:
        raise Unsayable("It has no body.")
    return body


def _take_rubrics(body: Element, parents: dict, reading: Reading) -> tuple[list[str], str]:
    """What whoever marks it looks for, and the limit of words; both leave the body. Other rubrics are named."""
    criteria, most = [], ""
    for rubric in [element for element in body.iter() if local_name(element) == "rubricBlock"]:
        html = inner_html(rubric)
        if rubric.get("class") == "words-most":
            most = "".join(sign for sign in "".join(rubric.itertext()) if sign.isascii() and sign.isdigit())
        elif "scorer" in rubric.get("view", "").split():
            criteria += read_list(html, HTML, reading)
        else:
            reading.remark("Left out: a note beside the question (rubricBlock).")
        _replace(parents, rubric, "")
    return criteria, most


def _content(
    root: Element, body: Element, interactions: list[Element], parents: dict, reading: Reading
) -> tuple[str, dict]:
    names = [local_name(element) for element in interactions]
    text = next((child for child in body if child.get("class") == "cloze"), None)
    is_cloze = text is not None
    if not interactions:
        raise Unsayable("It asks for nothing: there is no interaction in it.")
    if dose := _dose(root, interactions, parents):
        return "numeric", _read_dose(*dose, root, reading)
    if set(names) <= set(INLINE) and (is_cloze or len(names) > 1 or names == ["inlineChoiceInteraction"]):
        return "cloze", {"gaps": _gaps(root, body if text is None else text, interactions, parents, reading)}
    if len(interactions) > 1:
        raise Unsayable(f"It asks {len(interactions)} things at once ({', '.join(sorted(set(names)))[:120]}).")
    if names[0] not in READ:
        raise Unsayable(f"A {names[0][:60]} has no question of its kind here.")
    declared = _declared(root, interactions[0])
    return READ[names[0]](interactions[0], declared, root, reading)


def _replace(parents: dict, child: Element, text: str) -> None:
    """A text in the place of an element."""
    parent = parents[child]
    place = list(parent).index(child)
    words = text + (child.tail or "")
    if place:
        before = parent[place - 1]
        before.tail = (before.tail or "") + words
    else:
        parent.text = (parent.text or "") + words
    parent.remove(child)


def _stem(body: Element, interactions: list[Element], reading: Reading) -> str:
    """The words around the interaction and its prompt, as clean HTML."""
    parents = {child: parent for parent in body.iter() for child in parent}
    prompts: list[str] = []
    gone: list[Element] = []
    for element in interactions:
        prompts += [inner_html(child) for child in element if local_name(child) == "prompt"]
        block = parents[element]
        if block in gone:
            continue  # with the field beside it
        is_inline = local_name(element) in INLINE and block.get("class") != "answer" and _has_words(block)
        if local_name(block) == "p" and block.get("class") == "answer":
            _replace(parents, block, "")
            gone.append(block)
        else:
            _replace(parents, element, "_____" if is_inline else "")
    own = next((child for child in body if child.get("class") == "stem"), None)
    html = inner_html(own) if own is not None and not prompts else inner_html(body)
    return as_stem(html + "".join(f"<p>{prompt}</p>" for prompt in prompts), HTML, reading)


def _has_words(block: Element) -> bool:
    return bool("".join(block.itertext()).strip())


def _stem_and_text(body: Element, reading: Reading) -> tuple[str, str]:
    stem = next((child for child in body if child.get("class") == "stem"), None)
    text = next((child for child in body if child.get("class") == "cloze"), None)
    if stem is not None and text is not None:
        return canonical_html(inner_html(stem)), canonical_html(inner_html(text))
    reading.remark("Its whole text is the text with gaps; the question above it says “Fill in the gaps.”")
    return "<p>Fill in the gaps.</p>", as_stem(inner_html(body), HTML, reading)


def _notes(root: Element, content: dict, kind: str, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """The worked solution with its references. Feedback on a choice goes to the choice, all other is named."""
    solution, others = None, 0
    for modal in (element for element in root if local_name(element) == "modalFeedback"):
        option = next(
            (option for option in content.get("options", []) if option["was"] == modal.get("identifier")), None
        )
        if modal.get("outcomeIdentifier") == "SOLUTION" or (option is None and solution is None):
            solution = modal
        elif option is not None and not option["feedback"]:
            option["feedback"] = _plain(modal, reading)
        else:
            others += 1
    if others:
        reading.remark(f"Left out: {others} more texts of feedback.")
    for option in content.get("options", []):
        option.pop("was", None)
    return read_notes(inner_html(solution), HTML, reading) if solution is not None else ("", ())


def _plain(element: Element, reading: Reading) -> str:
    plain, lost = plain_of(element)
    reading.remark(*lost)
    return tidy(plain)


def _remark_on_scoring(root: Element, known: frozenset[str], reading: Reading) -> None:
    processing = next((child for child in root if local_name(child) == "responseProcessing"), None)
    if processing is None:
        return
    template = processing.get("template", "")
    if template and not re.search(r"/(match_correct|map_response)(\.xml)?$", template):
        reading.remark("It was scored by rules of another place. Here the answers that it calls right count.")
    elif {local_name(element) for element in processing.iter()} - known:
        reading.remark("It was scored by rules of its own. Here the answers that it calls right count.")


# What it calls right --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Declared:
    """One responseDeclaration: the right values in order, and what each value is worth where it says so."""

    right: tuple[str, ...]
    worth: dict[str, Decimal]
    cardinality: str
    base_type: str
    counts_case: bool


def _declared(root: Element, interaction: Element) -> _Declared:
    name = interaction.get("responseIdentifier")
    found = next(
        (e for e in root if local_name(e) == "responseDeclaration" and e.get("identifier") == name),
        None,
    )
    if found is None:
        raise Unsayable("It does not say what a right answer is (responseDeclaration).")
    right: list[str] = []
    worth: dict[str, Decimal] = {}
    counts_case = False
    for element in found.iter():
        if local_name(element) == "correctResponse":
            right = ["".join(value.itertext()).strip() for value in element if local_name(value) == "value"]
        elif local_name(element) == "mapEntry":
            value = decimal_of(one_line(element.get("mappedValue")))
            if value is None:
                raise Unsayable("It gives an answer a worth that is no number.")
            worth[" ".join(element.get("mapKey", "").split())] = value
            counts_case = counts_case or element.get("caseSensitive", "true") == "true"
    return _Declared(
        tuple(right), worth, found.get("cardinality", "single"), found.get("baseType", ""), counts_case or not worth
    )


def _percents(declared: _Declared, names: Sequence[str], reading: Reading) -> list[Decimal]:
    """What each name is worth, in percent of everything that can be had."""
    if not declared.worth:
        if declared.cardinality == "multiple":
            reading.remark(
                "It was all or nothing. Here each right option adds a share and each wrong one takes one away."
            )
            share = FULL / max(1, len(declared.right))
            return [share if name in declared.right else -share for name in names]
        return [FULL if name in declared.right else Decimal(0) for name in names]
    positive = [value for value in declared.worth.values() if value > 0]
    total = max(positive, default=Decimal(1)) if declared.cardinality == "single" else sum(positive) or Decimal(1)
    return [max(-FULL, declared.worth.get(name, Decimal(0)) / total * FULL) for name in names]


Read = tuple[str, dict]


def _read_choice(interaction: Element, declared: _Declared, root: Element, reading: Reading) -> Read:
    choices = [child for child in interaction.iter() if local_name(child) == "simpleChoice"]
    names = [choice.get("identifier", "") for choice in choices]
    if len(set(names)) < len(names):
        raise Unsayable("Two of its choices have the same identifier.")
    answers = [
        Weighed(text, weight, feedback)
        for (text, feedback), weight in zip(
            (_choice(choice, reading) for choice in choices), _percents(declared, names, reading), strict=True
        )
    ]
    if declared.cardinality == "multiple":
        options = multiple_options(answers, reading)
        kind = "multiple"
    elif names == ["true", "false"]:
        right = [name for name, answer in zip(names, answers, strict=True) if answer.weight == FULL]
        if len(right) != 1:
            raise Unsayable("Neither or both of its two choices are right.")
        feedback = {f"feedback_{name}": answer.feedback for name, answer in zip(names, answers, strict=True)}
        return "truefalse", {"is_true": right == ["true"]} | feedback
    else:
        options = single_options(answers, reading)
        kind = "single"
    return kind, {"options": [option | {"was": name} for option, name in zip(options, names, strict=True)]}


def _choice(choice: Element, reading: Reading) -> tuple[str, str]:
    """The words of a choice and the feedback that stands in it."""
    feedback = []
    for inline in [child for child in choice if local_name(child) == "feedbackInline"]:
        feedback.append(_plain(inline, reading))
        _replace({inline: choice}, inline, "")
    return _plain(choice, reading), "\n".join(feedback)


def _read_entry(interaction: Element, declared: _Declared, root: Element, reading: Reading) -> Read:
    if declared.base_type in NUMBERS:
        return "numeric", _number(declared, root, reading)
    return "shorttext", {"accepted": _accepted(declared, reading), "is_case_sensitive": declared.counts_case}


def _accepted(declared: _Declared, reading: Reading) -> list[str]:
    worth = declared.worth or dict.fromkeys(declared.right, Decimal(1))
    best = max(worth.values(), default=Decimal(0))
    for text, value in worth.items():
        if value != best:
            reading.remark(f"“{text[:60]}” was worth less than the best answer. Here it is not accepted.")
    accepted = [text for text, value in worth.items() if value == best > 0]
    if not accepted:
        raise Unsayable("It names no right answer.")
    return accepted


def _number(declared: _Declared, root: Element, reading: Reading) -> dict:
    right = declared.right or tuple(_accepted(declared, reading))
    if len(set(right)) != 1 or decimal_of(right[0]) is None:
        raise Unsayable("It does not name exactly one right number.")
    return {"answer": right[0], "tolerance": _tolerance(root, right[0], reading), "unit": "", "accepted_units": []}


def _dose(root: Element, interactions: list[Element], parents: dict) -> tuple[_Declared, _Declared] | None:
    """A number and its unit, typed side by side, as `qti_writing` says a dose; None for whatever else is asked."""
    if [local_name(interaction) for interaction in interactions] != ["textEntryInteraction"] * 2:
        return None
    first, second = (parents[interaction] for interaction in interactions)
    if first is not second or first.get("class") != "answer":
        return None
    number, unit = (_declared(root, interaction) for interaction in interactions)
    return (number, unit) if number.base_type in NUMBERS and unit.base_type == "string" else None


def _read_dose(number: _Declared, unit: _Declared, root: Element, reading: Reading) -> dict:
    own, *others = _accepted(unit, reading)
    return _number(number, root, reading) | {"unit": own, "accepted_units": others}


def _tolerance(root: Element, answer: str, reading: Reading) -> str:
    equal = next((element for element in root.iter() if local_name(element) == "equal"), None)
    mode = equal.get("toleranceMode", "exact") if equal is not None else "exact"
    if mode == "exact":
        return "0"
    given = [decimal_of(part) for part in (equal.get("tolerance") or "").split()]
    if not given or None in given or len(set(given)) > 1:
        raise Unsayable("Its tolerance is not the same number on both sides.")
    if mode == "relative":
        return format(abs(Decimal(answer)) * given[0] / 100, "f")
    return format(given[0], "f")


def _read_match(interaction: Element, declared: _Declared, root: Element, reading: Reading) -> Read:
    sets = [child for child in interaction if local_name(child) == "simpleMatchSet"]
    if len(sets) != 2:
        raise Unsayable("It does not match two sets.")
    lefts, rights = ({choice.get("identifier", ""): _plain(choice, reading) for choice in set_} for set_ in sets)
    values = declared.right or tuple(key for key, value in declared.worth.items() if value > 0)
    matched = dict(pair for pair in (tuple(value.split()) for value in values) if len(pair) == 2)
    if set(matched) != set(lefts) or len(values) != len(lefts) or not set(matched.values()) <= set(rights):
        raise Unsayable("Not every left side of it has exactly one right side.")
    if len(set(matched.values())) < len(matched):
        raise Unsayable("One of its right sides belongs to several left sides.")
    if not declared.worth:
        reading.remark("It was all or nothing. Here each pair counts.")
    elif len(set(declared.worth.values())) > 1:
        reading.remark("Its pairs had different weights. Here each counts the same.")
    return "matching", {
        "pairs": [{"id": left, "left": lefts[left], "right": rights[matched[left]]} for left in lefts],
        "extras": [
            {"id": f"x{right}", "text": text} for right, text in rights.items() if right not in matched.values()
        ],
    }


def _read_order(interaction: Element, declared: _Declared, root: Element, reading: Reading) -> Read:
    texts = {
        child.get("identifier", ""): _plain(child, reading)
        for child in interaction
        if local_name(child) == "simpleChoice"
    }
    if sorted(declared.right) != sorted(texts):
        raise Unsayable("It does not say the right order of all of its items.")
    reading.remark("It was all or nothing. Here each pair of neighbours that is kept counts.")
    return "ordering", {"items": [{"id": name, "text": texts[name]} for name in declared.right]}


def _read_extended(interaction: Element, declared: _Declared, root: Element, reading: Reading) -> Read:
    return "essay", {}


READ: dict[str, Callable[[Element, _Declared, Element, Reading], Read]] = {
    "choiceInteraction": _read_choice,
    "textEntryInteraction": _read_entry,
    "matchInteraction": _read_match,
    "orderInteraction": _read_order,
    "extendedTextInteraction": _read_extended,
}


def _gaps(root: Element, text: Element, interactions: list[Element], parents: dict, reading: Reading) -> list[dict]:
    if GAP.search("".join(text.itertext())):
        raise Unsayable("Its text holds [[1]] or the like, which is how gaps are marked here.")
    gaps = []
    for number, interaction in enumerate(interactions, start=1):
        declared = _declared(root, interaction)
        gaps.append({"id": str(number)} | _gap(interaction, declared, reading))
        _replace(parents, interaction, f"[[{number}]]")
    worths = {max(worth.values()) for i in interactions if (worth := _declared(root, i).worth)}
    if len(worths) > 1:
        reading.remark("Its gaps had different weights. Here each counts the same.")
    return gaps


def _gap(interaction: Element, declared: _Declared, reading: Reading) -> dict:
    if local_name(interaction) == "textEntryInteraction":
        if declared.base_type in NUMBERS:
            raise Unsayable("One of its gaps asks for a number. Here a gap is a choice or a short text.")
        if declared.counts_case:
            reading.remark("Capitals counted in a gap. Here they do not.")
        return {"accepted": _accepted(declared, reading)}
    right = tuple(key for key, value in declared.worth.items() if value > 0) or declared.right
    return {
        "options": [
            {
                "id": choice.get("identifier", ""),
                "text": _plain(choice, reading),
                "correct": choice.get("identifier") in right,
            }
            for choice in interaction
            if local_name(choice) == "inlineChoice"
        ]
    }
