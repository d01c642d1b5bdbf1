"""One question as an `assessmentItem` of QTI 2.1 or 2.2, and the manifest of a package."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from assessments.exchange.markup import element_of_text, tree_of
from assessments.exchange.portable import GAP, Portable, Unsayable
from assessments.exchange.wording import html_of_list, html_of_notes

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v{version}"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/{name}"
CONTENT_PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
METADATA = "http://ltsc.ieee.org/xsd/LOM"
UNIT = "UNIT"  # the second answer of a dose
MATCH, MAP = "match_correct", "map_response"
ALL_OR_NOTHING = "In QTI the order is all or nothing; here each pair of neighbours that is kept counts."


def item_of(portable: Portable, identifier: str, version: str) -> tuple[Element, list[str]]:
    """The item, and what is lost. Raises `Unsayable`."""
    root = Element(
        "assessmentItem",
        {
            "xmlns": NAMESPACE.format(version=version.replace(".", "p")),
            "identifier": identifier,
            "title": portable.title,
            "adaptive": "false",
            "timeDependent": "false",
        },
    )
    body = Element("itemBody")
    stem = SubElement(body, "div", {"class": "stem"})
    _fill(stem, portable.draft.stem)
    scoring, remarks = SAY[portable.kind](root, body, portable.draft.content)
    _declare_outcomes(root, body, has_solution=bool(portable.draft.feedback or portable.references))
    root.append(body)
    if scoring is not None:
        root.append(scoring)
    _add_solution(root, portable)
    return root, remarks


def manifest_of(listed: Iterable[tuple[str, str, Sequence[str]]], version: str) -> bytes:
    """`listed`: the name of each file, the key of its question, and its tags."""
    root = Element("manifest", {"xmlns": CONTENT_PACKAGING, "xmlns:imsmd": METADATA, "identifier": "questions"})
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = f"QTIv{version} Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    type_ = f"imsqti_item_xmlv{version.replace('.', 'p')}"
    for name, key, labels in listed:
        attributes = {"identifier": f"r.{key}", "type": type_, "href": name}
        resource = SubElement(resources, "resource", attributes)
        general = SubElement(SubElement(SubElement(resource, "metadata"), "imsmd:lom"), "imsmd:general")
        for label in labels:
            SubElement(SubElement(general, "imsmd:keyword"), "imsmd:string").text = label
        SubElement(resource, "file", {"href": name})
    indent(root, space=" ")
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _fill(parent: Element, html: str) -> None:
    tree = tree_of(html)
    parent.text = tree.text
    parent.extend(list(tree))


def _declare_outcomes(root: Element, body: Element, *, has_solution: bool) -> None:
    _outcome(root, "SCORE", "float", "0")
    if any(element.tag == "feedbackInline" for element in body.iter()):
        several = any(element.get("cardinality") == "multiple" for element in root)
        _outcome(root, "FEEDBACK", "identifier", cardinality="multiple" if several else "single")
    if has_solution:
        _outcome(root, "SOLUTION", "identifier", "shown")


def _outcome(root: Element, name: str, type_: str, value: str = "", *, cardinality: str = "single") -> None:
    attributes = {"identifier": name, "cardinality": cardinality, "baseType": type_}
    outcome = SubElement(root, "outcomeDeclaration", attributes)
    if value:
        SubElement(SubElement(outcome, "defaultValue"), "value").text = value


def _add_solution(root: Element, portable: Portable) -> None:
    """Shown to whoever has answered, by the value that its outcome has from the start."""
    if portable.draft.feedback or portable.references:
        attributes = {"outcomeIdentifier": "SOLUTION", "identifier": "shown", "showHide": "show"}
        modal = SubElement(root, "modalFeedback", attributes)
        _fill(modal, html_of_notes(portable.draft.feedback, portable.references))


def _declare(
    root: Element,
    right: Sequence[str],
    *,
    name: str = "RESPONSE",
    cardinality: str = "single",
    type_: str = "identifier",
    worth: Sequence[tuple[str, Fraction]] = (),
    is_case_sensitive: bool | None = None,
) -> None:
    attributes = {"identifier": name, "cardinality": cardinality, "baseType": type_}
    declared = SubElement(root, "responseDeclaration", attributes)
    correct = SubElement(declared, "correctResponse")
    for value in right:
        SubElement(correct, "value").text = value
    if worth:
        mapping = SubElement(declared, "mapping", {"lowerBound": "0", "upperBound": "1", "defaultValue": "0"})
        for key, value in worth:
            entry = SubElement(mapping, "mapEntry", {"mapKey": key, "mappedValue": _decimal(value)})
            if is_case_sensitive is not None:
                entry.set("caseSensitive", "true" if is_case_sensitive else "false")


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


# Scoring --------------------------------------------------------------------------------------------------------------


def _template(name: str) -> Element:
    return Element("responseProcessing", {"template": TEMPLATES.format(name=name)})


def _processing(name: str, *, shows_feedback: bool) -> Element:
    """By a template where it says everything; written out where the feedback on the choice must be shown as well."""
    if not shows_feedback:
        return _template(name)
    processing = Element("responseProcessing")
    if name == MATCH:
        test = SubElement(SubElement(processing, "responseCondition"), "responseIf")
        match = SubElement(test, "match")
        SubElement(match, "variable", {"identifier": "RESPONSE"})
        SubElement(match, "correct", {"identifier": "RESPONSE"})
        SubElement(_set(test, "SCORE"), "baseValue", {"baseType": "float"}).text = "1"
    else:
        SubElement(_set(_if_answered(processing), "SCORE"), "mapResponse", {"identifier": "RESPONSE"})
    SubElement(_set(_if_answered(processing), "FEEDBACK"), "variable", {"identifier": "RESPONSE"})
    return processing


def _if_answered(processing: Element) -> Element:
    test = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    SubElement(SubElement(SubElement(test, "not"), "isNull"), "variable", {"identifier": "RESPONSE"})
    return test


def _set(parent: Element, name: str) -> Element:
    return SubElement(parent, "setOutcomeValue", {"identifier": name})


def _sum(names: Sequence[str]) -> Element:
    processing = Element("responseProcessing")
    total = SubElement(_set(processing, "SCORE"), "sum")
    for name in names:
        SubElement(total, "mapResponse", {"identifier": name})
    return processing


def _within(tolerance: str, *, with_unit: bool = False) -> Element:
    """The number, at most so far away; and one of its units, where it has any."""
    processing = Element("responseProcessing")
    test = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    attributes = {"toleranceMode": "absolute", "tolerance": f"{tolerance} {tolerance}"}
    both = SubElement(test, "and") if with_unit else test
    equal = SubElement(both, "equal", attributes if tolerance != "0" else {"toleranceMode": "exact"})
    SubElement(equal, "variable", {"identifier": "RESPONSE"})
    SubElement(equal, "correct", {"identifier": "RESPONSE"})
    if with_unit:
        known = SubElement(both, "gte")
        SubElement(known, "mapResponse", {"identifier": UNIT})
        SubElement(known, "baseValue", {"baseType": "float"}).text = "1"
    SubElement(_set(test, "SCORE"), "baseValue", {"baseType": "float"}).text = "1"
    return processing


# Each kind ------------------------------------------------------------------------------------------------------------

Said = tuple[Element | None, list[str]]


def _choices(body: Element, rows: Sequence[tuple[str, str, str]], *, most: str) -> None:
    """`rows`: identifier, text, feedback."""
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": most}
    interaction = SubElement(body, "choiceInteraction", attributes)
    for name, text, feedback in rows:
        choice = SubElement(interaction, "simpleChoice", {"identifier": name})
        element_of_text(choice, text)
        if feedback:
            shown = {"outcomeIdentifier": "FEEDBACK", "identifier": name, "showHide": "show"}
            element_of_text(SubElement(choice, "feedbackInline", shown), feedback)


def _rows(options: Sequence[dict]) -> list[tuple[str, str, str]]:
    return [(f"c{option['id']}", option["text"], option["feedback"]) for option in options]


def _say_single(root: Element, body: Element, content: dict) -> Said:
    _declare(root, [f"c{option['id']}" for option in content["options"] if option["correct"]])
    _choices(body, _rows(content["options"]), most="1")
    return _processing(MATCH, shows_feedback=any(option["feedback"] for option in content["options"])), []


def _say_multiple(root: Element, body: Element, content: dict) -> Said:
    right = [f"c{option['id']}" for option in content["options"] if option["correct"]]
    share = Fraction(1, len(right) or 1)
    worth = [(f"c{o['id']}", share if o["correct"] else -share) for o in content["options"]]
    _declare(root, right, cardinality="multiple", worth=worth)
    _choices(body, _rows(content["options"]), most="0")
    return _processing(MAP, shows_feedback=any(option["feedback"] for option in content["options"])), []


def _say_truefalse(root: Element, body: Element, content: dict) -> Said:
    _declare(root, ["true" if content["is_true"] else "false"])
    rows = [("true", "True", content["feedback_true"]), ("false", "False", content["feedback_false"])]
    _choices(body, rows, most="1")
    return _processing(MATCH, shows_feedback=any(feedback for _, _, feedback in rows)), []


def _entry(body: Element, *names: str) -> None:
    """Where one types: the answer, or a number and beside it its unit."""
    answer = SubElement(body, "p", {"class": "answer"})
    for name in names or ("RESPONSE",):
        SubElement(answer, "textEntryInteraction", {"responseIdentifier": name}).tail = " "


def _say_numeric(root: Element, body: Element, content: dict) -> Said:
    if content.get("parameters"):
        raise Unsayable("Its numbers are drawn for each attempt, which this format cannot say as we do.")
    _declare(root, [content["answer"]], type_="float")
    if not content["unit"]:
        _entry(body)
        return _within(content["tolerance"]), []
    units = [content["unit"], *content["accepted_units"]]
    worth = [(unit, Fraction(1)) for unit in units]
    _declare(root, units[:1], name=UNIT, type_="string", worth=worth, is_case_sensitive=False)
    _entry(body, "RESPONSE", UNIT)
    return _within(content["tolerance"], with_unit=True), [
        f"In QTI the unit counts only as it is listed ({', '.join(units)}), and nothing is converted."
    ]


def _say_shorttext(root: Element, body: Element, content: dict) -> Said:
    worth = [(text, Fraction(1)) for text in content["accepted"]]
    _declare(root, content["accepted"][:1], type_="string", worth=worth, is_case_sensitive=content["is_case_sensitive"])
    _entry(body)
    return _template(MAP), []


def _say_matching(root: Element, body: Element, content: dict) -> Said:
    pairs = [f"l{pair['id']} r{pair['id']}" for pair in content["pairs"]]
    share = Fraction(1, len(pairs) or 1)
    worth = [(pair, share) for pair in pairs]
    _declare(root, pairs, cardinality="multiple", type_="directedPair", worth=worth)
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxAssociations": "0"}
    interaction = SubElement(body, "matchInteraction", attributes)
    lefts = [(f"l{pair['id']}", pair["left"]) for pair in content["pairs"]]
    rights = [(f"r{pair['id']}", pair["right"]) for pair in content["pairs"]]
    rights += [(extra["id"], extra["text"]) for extra in content["extras"]]
    for side in (lefts, rights):
        set_ = SubElement(interaction, "simpleMatchSet")
        for name, text in side:
            choice = SubElement(set_, "simpleAssociableChoice", {"identifier": name, "matchMax": "1"})
            element_of_text(choice, text)
    return _template(MAP), []


def _say_ordering(root: Element, body: Element, content: dict) -> Said:
    _declare(root, [f"c{item['id']}" for item in content["items"]], cardinality="ordered")
    interaction = SubElement(body, "orderInteraction", {"responseIdentifier": "RESPONSE", "shuffle": "true"})
    for item in content["items"]:
        element_of_text(SubElement(interaction, "simpleChoice", {"identifier": f"c{item['id']}"}), item["text"])
    return _template(MATCH), [ALL_OR_NOTHING]


def _say_cloze(root: Element, body: Element, content: dict) -> Said:
    share = Fraction(1, len(content["gaps"]) or 1)
    container = SubElement(body, "div", {"class": "cloze"})
    _fill(container, GAP.sub(r'<span class="gap" id="\1"></span>', content["text"]))
    places = {element.get("id"): element for element in container.iter("span") if element.get("class") == "gap"}
    for gap in content["gaps"]:
        _say_gap(root, places[gap["id"]], gap, share)
    return _sum([f"GAP{gap['id']}" for gap in content["gaps"]]), []


def _say_gap(root: Element, place: Element, gap: dict[str, Any], share: Fraction) -> None:
    name = f"GAP{gap['id']}"
    tail = place.tail
    place.clear()
    place.tail = tail
    place.set("responseIdentifier", name)
    if "options" not in gap:
        place.tag = "textEntryInteraction"
        worth = [(text, share) for text in gap["accepted"]]
        _declare(root, gap["accepted"][:1], name=name, type_="string", worth=worth, is_case_sensitive=False)
        return
    place.tag = "inlineChoiceInteraction"
    place.set("shuffle", "true")
    right = [f"c{option['id']}" for option in gap["options"] if option["correct"]]
    _declare(root, right[:1], name=name, worth=[(value, share) for value in right])
    for option in gap["options"]:
        SubElement(place, "inlineChoice", {"identifier": f"c{option['id']}"}).text = option["text"]


def _say_essay(root: Element, body: Element, content: dict) -> Said:
    SubElement(root, "responseDeclaration", {"identifier": "RESPONSE", "cardinality": "single", "baseType": "string"})
    words = SubElement(body, "rubricBlock", {"view": "candidate", "class": "words-most"})
    SubElement(words, "p").text = f"At most {content['words_most']} words."
    if content["criteria"]:
        rubric = SubElement(body, "rubricBlock", {"view": "scorer", "class": "criteria"})
        _fill(rubric, html_of_list(content["criteria"], "criteria"))
    SubElement(body, "extendedTextInteraction", {"responseIdentifier": "RESPONSE"})
    return None, []


SAY: dict[str, Callable[[Element, Element, dict], Said]] = {
    "single": _say_single,
    "multiple": _say_multiple,
    "truefalse": _say_truefalse,
    "numeric": _say_numeric,
    "shorttext": _say_shorttext,
    "matching": _say_matching,
    "ordering": _say_ordering,
    "cloze": _say_cloze,
    "essay": _say_essay,
}
