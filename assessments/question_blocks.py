"""Authoring of what belongs to one kind of question, and its way to and from the plain `content` of a `Draft`.

The StreamField of a question holds exactly one block, named as its kind. Ids of options, pairs and the like are the ids of
the list items, which Wagtail keeps through every edit; gaps are numbered as they stand, steps of a story have names.
"""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    Block,
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    IntegerBlock,
    ListBlock,
    ListBlockValidationError,
    RichTextBlock,
    StreamBlock,
    StreamBlockValidationError,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)

from assessments.kinds import KINDS, cloze, essay, matching, ordering, scenario, truefalse
from assessments.kinds.choices import LONGEST_OPTION, LONGEST_OPTION_FEEDBACK, MOST_OPTIONS
from assessments.kinds.numeric import LONGEST_UNIT

LONGEST_NUMBER = 30
LONGEST_NAME = 40
NO_KIND = "Choose how the question is answered."
TEXT_FEATURES = ["bold", "italic", "ol", "ul", "superscript", "subscript"]

# From and to plain content -------------------------------------------------------------------------------------------


def content_of(block: Block, stored: Any) -> Any:
    """Plain JSON, as `Draft.content` has it, of what Wagtail stores for a block."""
    if hasattr(block, "plain"):
        return block.plain(stored)
    if isinstance(block, ListBlock):
        return [_plain_item(block.child_block, item) for item in stored or []]
    return "" if stored is None and isinstance(block, CharBlock | TextBlock | RichTextBlock) else stored


def stored_of(block: Block, content: Any) -> Any:
    """What Wagtail stores for a block, of plain content; ids that are given are kept."""
    if hasattr(block, "stored"):
        return block.stored(content)
    if isinstance(block, ListBlock):
        return [_item("item", item, stored_of(block.child_block, item)) for item in content or []]
    return content


def _plain_item(child: Block, item: dict) -> Any:
    plain = content_of(child, item["value"])
    return {"id": item["id"]} | plain if isinstance(child, StructBlock) else plain


def _item(type_: str, plain: Any, value: Any) -> dict[str, Any]:
    id_ = plain.get("id") if isinstance(plain, dict) else None
    return {"type": type_, "id": str(id_ or uuid.uuid4()), "value": value}


class PlainStruct(StructBlock):
    """A struct whose plain content has the names of its fields."""

    def plain(self, stored: dict | None) -> dict[str, Any]:
        stored = stored or {}
        return {name: content_of(child, _of_child(child, name, stored)) for name, child in self.child_blocks.items()}

    def stored(self, content: dict) -> dict[str, Any]:
        children = self.child_blocks.items()
        return {name: stored_of(child, content[name]) for name, child in children if name in content}


def _of_child(child: Block, name: str, stored: dict) -> Any:
    return stored[name] if name in stored else child.get_prep_value(child.get_default())


class CommasBlock(CharBlock):
    """Several short texts in one line."""

    def plain(self, stored: str | None) -> list[str]:
        return [part.strip() for part in (stored or "").split(",") if part.strip()]

    def stored(self, plain: list[str]) -> str:
        return ", ".join(plain)


class LinesBlock(TextBlock):
    """Several texts, one a line."""

    def plain(self, stored: str | None) -> list[str]:
        return [line.strip() for line in (stored or "").splitlines() if line.strip()]

    def stored(self, plain: list[str]) -> str:
        return "\n".join(plain)


class TruthBlock(ChoiceBlock):
    """Nothing chosen is neither."""

    choices = [("true", "True"), ("false", "False")]

    def plain(self, stored: str | None) -> bool | None:
        return truefalse.SAID.get(stored)

    def stored(self, plain: bool | None) -> str:
        return "" if plain is None else str(plain).lower()


# Choices -------------------------------------------------------------------------------------------------------------


class OptionBlock(PlainStruct):
    text = TextBlock(
        max_length=LONGEST_OPTION, rows=2, help_text="One answer that can be chosen. It may go over several lines."
    )
    correct = BooleanBlock(required=False, help_text="Whether it is a right answer.")
    feedback = TextBlock(
        required=False,
        max_length=LONGEST_OPTION_FEEDBACK,
        help_text="For whoever chose it; for all once the right answers are shown.",
    )

    class Meta:
        icon = "radio-full"
        label = "Option"
        label_format = "{text}"


class SingleBlock(PlainStruct):
    options = ListBlock(OptionBlock(), max_num=MOST_OPTIONS, default=[{}, {}], help_text="Mark exactly one as correct.")

    class Meta:
        icon = "radio-full"
        label = "Single choice"


class MultipleBlock(PlainStruct):
    options = ListBlock(
        OptionBlock(),
        max_num=MOST_OPTIONS,
        default=[{}, {}],
        help_text="Mark each right one as correct; leave at least one that is not.",
    )

    class Meta:
        icon = "tick-inverse"
        label = "Multiple response"


class TrueFalseBlock(PlainStruct):
    is_true = TruthBlock(label="The statement is", help_text="The question above is the statement.")
    feedback_true = TextBlock(
        required=False,
        max_length=truefalse.LONGEST,
        label="Feedback on “true”",
        help_text="For whoever said that it is true.",
    )
    feedback_false = TextBlock(
        required=False,
        max_length=truefalse.LONGEST,
        label="Feedback on “false”",
        help_text="For whoever said that it is false.",
    )

    class Meta:
        icon = "check"
        label = "True or false"


# Numbers and words ---------------------------------------------------------------------------------------------------


class ParameterBlock(PlainStruct):
    name = CharBlock(max_length=20, help_text="A short word, such as weight. Write {weight} into the question.")
    low = CharBlock(max_length=LONGEST_NUMBER, label="From", help_text="The lowest value.")
    high = CharBlock(max_length=LONGEST_NUMBER, label="To", help_text="The highest value.")
    step = CharBlock(max_length=LONGEST_NUMBER, default="1", help_text="How far one value is from the next.")

    class Meta:
        icon = "order"
        label = "Value drawn for each attempt"
        label_format = "{name}: {low} to {high}"


class NumericBlock(PlainStruct):
    answer = CharBlock(
        required=False,
        max_length=LONGEST_NUMBER,
        help_text="The right number, with a point for decimals: 2.5. Empty when a formula computes it.",
    )
    tolerance = CharBlock(
        required=False,
        default="0",
        max_length=LONGEST_NUMBER,
        help_text="How far off is still right, in the unit of the answer. 0 means exactly.",
    )
    unit = CharBlock(
        required=False,
        max_length=LONGEST_UNIT,
        help_text="Such as mg or mg/kg; empty for a bare number. 10 mg and 0.01 g agree: units of a kind are converted.",
    )
    accepted_units = CommasBlock(
        required=False,
        max_length=400,
        label="Other spellings of the unit",
        help_text="Separated by commas. The same unit, never another one.",
    )
    parameters = ListBlock(
        ParameterBlock(),
        default=[],
        label="Values drawn for each attempt",
        help_text="Only for a question that asks each trainee with other numbers.",
    )
    formula = CharBlock(
        required=False,
        max_length=300,
        help_text="With drawn values: what computes the answer, such as weight * 0.5. It is tried with every extreme.",
    )

    def plain(self, stored: dict | None) -> dict[str, Any]:
        plain = super().plain(stored)
        return plain | {"tolerance": plain["tolerance"].strip() or "0"}

    class Meta:
        icon = "order"
        label = "Number with unit"


class ShortTextBlock(PlainStruct):
    accepted = LinesBlock(
        label="Right answers",
        help_text="The whole list, one a line. Spaces, a final full stop and the form of letters do not count; nothing is "
        "ever nearly right.",
    )
    is_case_sensitive = BooleanBlock(required=False, label="Capitals count", help_text="Off: ECG and ecg are the same.")

    class Meta:
        icon = "pilcrow"
        label = "Short text"


# Pairs, orders and gaps ----------------------------------------------------------------------------------------------


class PairBlock(PlainStruct):
    left = CharBlock(max_length=matching.LONGEST, help_text="What is asked for.")
    right = CharBlock(max_length=matching.LONGEST, help_text="What belongs to it.")

    class Meta:
        icon = "link"
        label = "Pair"
        label_format = "{left}: {right}"


class ExtraBlock(PlainStruct):
    text = CharBlock(max_length=matching.LONGEST, help_text="Shown among the right sides; it belongs to none.")

    class Meta:
        icon = "cross"
        label = "Right side that matches nothing"
        label_format = "{text}"


class MatchingBlock(PlainStruct):
    pairs = ListBlock(PairBlock(), max_num=matching.MOST_PAIRS, default=[{}, {}], help_text="Shown mixed.")
    extras = ListBlock(
        ExtraBlock(),
        max_num=matching.MOST_EXTRAS,
        default=[],
        label="Right sides that match nothing",
        help_text="They keep the last pair from being given away.",
    )

    class Meta:
        icon = "link"
        label = "Matching"


class ItemBlock(PlainStruct):
    text = CharBlock(max_length=ordering.LONGEST, help_text="One step or thing.")

    class Meta:
        icon = "list-ol"
        label = "Item"
        label_format = "{text}"


class OrderingBlock(PlainStruct):
    items = ListBlock(
        ItemBlock(), max_num=ordering.MOST, default=[{}, {}, {}], help_text="In the right order. Shown in another one."
    )

    class Meta:
        icon = "list-ol"
        label = "Ordering"


class GapOptionBlock(PlainStruct):
    text = CharBlock(max_length=cloze.LONGEST, help_text="One text that can be chosen.")
    correct = BooleanBlock(required=False, help_text="Whether it is right there.")

    class Meta:
        icon = "radio-full"
        label = "Option"
        label_format = "{text}"


class GapBlock(PlainStruct):
    accepted = LinesBlock(
        required=False,
        label="Texts that are right",
        help_text="To be written: the whole list, one a line. Capitals do not count.",
    )
    options = ListBlock(
        GapOptionBlock(),
        max_num=cloze.MOST_OPTIONS,
        default=[],
        label="Or options to choose from",
        help_text="To be chosen: mark at least one as correct, and leave one that is not.",
    )

    class Meta:
        icon = "edit"
        label = "Gap"


class ClozeBlock(PlainStruct):
    """Gaps are named by their place in the list, which is what the author writes into the text."""

    text = RichTextBlock(
        features=TEXT_FEATURES, help_text="Write [[1]] where the first gap of the list below stands, [[2]] and so on."
    )
    gaps = ListBlock(GapBlock(), max_num=cloze.MOST_GAPS, help_text="The first one is [[1]], the next one [[2]].")

    def plain(self, stored: dict | None) -> dict[str, Any]:
        plain = super().plain(stored)
        return plain | {"gaps": [gap | {"id": str(number)} for number, gap in enumerate(plain["gaps"], start=1)]}

    def stored(self, content: dict) -> dict[str, Any]:
        numbers = {str(gap["id"]): number for number, gap in enumerate(content.get("gaps", []), start=1)}
        text = cloze.GAP.sub(lambda found: f"[[{numbers.get(found[1], found[1])}]]", content.get("text", ""))
        gaps = [{name: gap[name] for name in ("accepted", "options") if name in gap} for gap in content.get("gaps", [])]
        return super().stored({"text": text, "gaps": gaps})

    class Meta:
        icon = "edit"
        label = "Text with gaps"


# Cases and stories ---------------------------------------------------------------------------------------------------


class ChoiceOfStepBlock(PlainStruct):
    text = TextBlock(max_length=scenario.LONGEST_CHOICE, rows=2, help_text="What one can do here.")
    to = CharBlock(max_length=LONGEST_NAME, label="Leads to", help_text="The name of the step or ending that follows.")
    feedback = TextBlock(
        required=False, max_length=scenario.LONGEST_FEEDBACK, help_text="Read after the attempt by whoever chose it."
    )

    class Meta:
        icon = "arrow-right"
        label = "Choice"
        label_format = "{text} → {to}"


class StepBlock(PlainStruct):
    id = CharBlock(
        max_length=LONGEST_NAME, label="Name", help_text="A short word for you, such as airway. Trainees never see it."
    )
    text = RichTextBlock(features=TEXT_FEATURES, help_text="What happens.")
    choices = ListBlock(ChoiceOfStepBlock(), max_num=scenario.MOST_CHOICES, help_text="Each is final once it is taken.")

    class Meta:
        icon = "arrow-right"
        label = "Step"
        label_format = "{id}"


class EndingBlock(PlainStruct):
    id = CharBlock(
        max_length=LONGEST_NAME,
        label="Name",
        help_text="A short word for you, such as recovers. Trainees never see it.",
    )
    text = RichTextBlock(features=TEXT_FEATURES, help_text="How it ends.")
    outcome = ChoiceBlock(
        choices=[(name, name.capitalize()) for name in scenario.OUTCOMES], help_text="For the patient."
    )
    points = CharBlock(max_length=10, help_text="From 0 to 1. An unsafe ending never earns the whole point.")
    debrief = TextBlock(
        required=False, max_length=scenario.LONGEST_FEEDBACK, help_text="What is to be said about this ending."
    )

    class Meta:
        icon = "tick-inverse"
        label = "Ending"
        label_format = "{id}: {outcome}"


class NodesBlock(StreamBlock):
    step = StepBlock()
    ending = EndingBlock()

    def plain(self, stored: list[dict] | None) -> list[dict]:
        return [content_of(self.child_blocks[item["type"]], item["value"]) for item in stored or []]

    def stored(self, plain: list[dict]) -> list[dict]:
        types = ["step" if node.get("choices") else "ending" for node in plain]
        blocks = [self.child_blocks[type_] for type_ in types]
        values = [stored_of(block, node) for block, node in zip(blocks, plain, strict=True)]
        return [_item(type_, None, value) for type_, value in zip(types, values, strict=True)]

    class Meta:
        max_num = scenario.MOST_NODES


class ScenarioBlock(PlainStruct):
    """The story begins with the first step of the list."""

    nodes = NodesBlock(
        label="Steps and endings",
        help_text="The story begins with the first step. Each choice leads on by a name; no path leads back.",
    )

    def plain(self, stored: dict | None) -> dict[str, Any]:
        nodes = super().plain(stored)["nodes"]
        return {"start": nodes[0]["id"] if nodes else "", "nodes": nodes}

    def stored(self, content: dict) -> dict[str, Any]:
        start = str(content.get("start", ""))
        return super().stored({"nodes": sorted(content.get("nodes", []), key=lambda node: str(node["id"]) != start)})

    class Meta:
        icon = "arrows-up-down"
        label = "Branching scenario"


class EssayBlock(PlainStruct):
    words_most = IntegerBlock(
        min_value=1, max_value=essay.MOST_WORDS, default=300, label="Words at most", help_text="How long it may be."
    )
    criteria = LinesBlock(
        required=False,
        help_text="What whoever marks it looks for, one a line. Shown once the right answers may be shown.",
    )

    class Meta:
        icon = "doc-full"
        label = "Essay"


class PartBlock(PlainStruct):
    """One question of a case, of the kind that its block is named after."""

    def __init__(self, kind: str, **kwargs):
        block = BLOCKS[kind](help_text="As in a question of this kind that stands by itself.")
        parts = [
            ("stem", RichTextBlock(features=TEXT_FEATURES, label="Question", help_text="What is asked now.")),
            ("data", block),
            (
                "feedback",
                TextBlock(required=False, max_length=2000, help_text="Why. Shown once the right answers may be shown."),
            ),
        ]
        super().__init__(parts, label=block.label, icon=block.meta.icon, **kwargs)
        block.label = "How it is answered"


class PartsBlock(StreamBlock):
    def __init__(self, local_blocks=None, **kwargs):
        inside = [(name, PartBlock(name)) for name in KINDS["vignette"].inside]
        super().__init__([*inside, *(local_blocks or [])], **kwargs)

    def plain(self, stored: list[dict] | None) -> list[dict]:
        return [
            {"id": item["id"], "kind": item["type"]} | content_of(self.child_blocks[item["type"]], item["value"])
            for item in stored or []
        ]

    def stored(self, plain: list[dict]) -> list[dict]:
        return [_item(part["kind"], part, stored_of(self.child_blocks[part["kind"]], part)) for part in plain]


class VignetteBlock(PlainStruct):
    def __init__(self, local_blocks=None, **kwargs):
        questions = PartsBlock(
            help_text="In their order. Each is shown once the one before is answered, and what is answered stays as it is."
        )
        super().__init__([("questions", questions), *(local_blocks or [])], **kwargs)

    class Meta:
        icon = "group"
        label = "Case vignette"


# All of them ---------------------------------------------------------------------------------------------------------

BLOCKS: dict[str, type[StructBlock]] = {
    "single": SingleBlock,
    "multiple": MultipleBlock,
    "truefalse": TrueFalseBlock,
    "numeric": NumericBlock,
    "shorttext": ShortTextBlock,
    "matching": MatchingBlock,
    "ordering": OrderingBlock,
    "cloze": ClozeBlock,
    "vignette": VignetteBlock,
    "scenario": ScenarioBlock,
    "essay": EssayBlock,
}


class QuestionBlocks(StreamBlock):
    """How a question is answered: one block, named as its kind."""

    def __init__(self, local_blocks=None, **kwargs):
        own = [(name, BLOCKS[name]()) for name in KINDS]
        super().__init__([*own, *(local_blocks or [])], **kwargs)

    def clean(self, value):
        if not value and not self.is_deferred_validation:
            raise StreamBlockValidationError(non_block_errors=[NO_KIND])
        return super().clean(value)

    class Meta:
        max_num = 1


def errors_in(block: StructBlock, problems: dict[str, str]) -> StructBlockValidationError:
    """Problems of a kind beside its own fields; what belongs to none of them stands above all."""
    children = block.child_blocks
    return StructBlockValidationError(
        block_errors={name: _error_of(children[name], text) for name, text in problems.items() if name in children},
        non_block_errors=[text for name, text in problems.items() if name not in children],
    )


def _error_of(block: Block, sentence: str) -> ValidationError:
    if isinstance(block, ListBlock):
        return ListBlockValidationError(non_block_errors=[sentence])
    if isinstance(block, StreamBlock):
        return StreamBlockValidationError(non_block_errors=[sentence])
    return ValidationError(sentence)
