"""Questions of every kind by chance, with the signs that formats of text stumble over."""

from hypothesis import strategies as st

from assessments.exchange.portable import Portable
from assessments.kinds.base import Draft

# What formats use as signs of their own, what spreadsheets run, what HTML and XML read, and what is written from the right.
PIECES = [
    *("{", "}", "~", "=", "#", ":", "\\", "\\n", "%50%", "->", "::", "//", "####", "[html]", "[plain]", "$CATEGORY: x"),
    *("]]>", "<![CDATA[", "&amp;", "&", "<", ">", "<b>", "</p>", '"', "'", "&#125;", "{1:SA:=x}", "</text>"),
    *("=1+1", "+", "-", "@", "'", "''=", "\t", ",", ";", "A. ", "ANSWER: B", "*", "\\*", "T", "FALSE", "|", "`", "$$"),
    *("mg", "10", "0.5", " ", "  ", "é", "µ", "²", "שלום", "مرحبا", "\u200f", "漢字", "🫁", "\xa0", "\u2028"),
]
words = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=4))
)
line = words.map("".join).map(lambda text: " ".join(text.split())[:60].strip()).filter(bool)
lines = st.lists(line, min_size=1, max_size=3).map("\n".join)
maybe = st.one_of(st.just(""), lines)
label = st.one_of(st.just(""), line.map(lambda text: text[:40].strip()))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


paragraph = st.one_of(
    line.map(_escaped),
    line.map(lambda text: f"<b>{_escaped(text)}</b> then <i>x</i>"),
    line.map(lambda text: f"10<sup>3</sup> {_escaped(text)}"),
)
stem = st.one_of(
    st.lists(paragraph, min_size=1, max_size=3).map(lambda found: "".join(f"<p>{text}</p>" for text in found)),
    line.map(lambda text: f"<p>Which?</p><ul><li>{_escaped(text)}</li><li>b</li></ul>"),
    line.map(lambda text: f"<p>{_escaped(text)}<br>and more</p>"),
)


def distinct(texts, fewest: int, most: int):
    """Texts that no kind takes for the same one."""
    return st.lists(
        texts, min_size=fewest, max_size=most, unique_by=lambda text: " ".join(text.casefold().split()).rstrip(".")
    )


@st.composite
def options(draw, *, right: int | None = None, texts=lines, most: int = 12):
    found = draw(distinct(texts, 2, most))
    how_many = right or draw(st.integers(1, len(found) - 1))
    chosen = draw(st.sets(st.integers(0, len(found) - 1), min_size=how_many, max_size=how_many))
    return [
        {"id": f"o{place}", "text": text, "correct": place in chosen, "feedback": draw(maybe)}
        for place, text in enumerate(found)
    ]


number = st.decimals(-99999, 99999, allow_nan=False, places=3).map(str)
tolerance = st.decimals(0, 99, allow_nan=False, places=2).map(str)


@st.composite
def numeric(draw, *, with_unit: bool = True):
    unit = draw(st.sampled_from(["", "mg", "mg/kg", "breaths/min"])) if with_unit else ""
    others = draw(st.lists(st.sampled_from(["milligrams", "mgs", "bpm"]), max_size=2, unique=True)) if unit else []
    return {"answer": draw(number), "tolerance": draw(tolerance), "unit": unit, "accepted_units": others}


@st.composite
def parameterised(draw):
    return {
        "answer": "",
        "tolerance": draw(tolerance),
        "unit": "mg",
        "accepted_units": [],
        "parameters": [{"name": "weight", "low": "50", "high": "90", "step": "2.5"}],
        "formula": "weight * 0.5",
    }


@st.composite
def matching(draw):
    rights = draw(distinct(lines, 4, 8))
    lefts = draw(distinct(lines, 2, len(rights) - 2))
    pairs = [{"id": f"p{n}", "left": left, "right": rights[n]} for n, left in enumerate(lefts)]
    extras = [{"id": f"e{n}", "text": text} for n, text in enumerate(rights[len(lefts) :])]
    return {"pairs": pairs, "extras": extras}


@st.composite
def cloze(draw):
    gaps, text = [], ""
    for place in range(1, draw(st.integers(1, 4)) + 1):
        text += f"{_escaped(draw(line))} [[{place}]] "
        choose = draw(st.booleans())
        if choose:
            found = draw(options(texts=line, most=8))
            gaps.append({"id": str(place), "options": [{n: o[n] for n in ("id", "text", "correct")} for o in found]})
        else:
            gaps.append({"id": str(place), "accepted": draw(distinct(line, 1, 4))})
    return {"text": f"<p>{text}.</p>", "gaps": gaps}


CONTENT = {
    "single": st.builds(dict, options=options(right=1)),
    "multiple": st.builds(dict, options=options()),
    "truefalse": st.builds(dict, is_true=st.booleans(), feedback_true=maybe, feedback_false=maybe),
    "numeric": st.one_of(numeric(), parameterised()),
    "shorttext": st.builds(dict, accepted=distinct(line, 1, 5), is_case_sensitive=st.booleans()),
    "matching": matching(),
    "ordering": distinct(lines, 3, 8).map(
        lambda texts: {"items": [{"id": f"i{n}", "text": text} for n, text in enumerate(texts)]}
    ),
    "cloze": cloze(),
    "essay": st.builds(dict, words_most=st.integers(1, 3000), criteria=st.lists(lines, max_size=4)),
    "vignette": st.just(
        {
            "questions": [
                {"id": "1", "kind": "truefalse", "stem": "<p>Now?</p>", "data": {"is_true": True}},
                {"id": "2", "kind": "essay", "stem": "<p>=Why?</p>", "data": {"words_most": 100, "criteria": []}},
            ]
        }
    ),
    "scenario": line.map(
        lambda text: {
            "start": "a",
            "nodes": [
                {"id": "a", "text": text, "choices": [{"id": "x", "text": "Wait", "to": "b", "feedback": ""}]},
                {"id": "b", "text": "End", "choices": [], "outcome": "safe", "points": "1", "debrief": text},
            ],
        }
    ),
}


@st.composite
def portables(draw, kind: str):
    return Portable(
        key=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,30}", fullmatch=True)),
        kind=kind,
        draft=Draft(stem=draw(stem), feedback=draw(maybe), content=draw(CONTENT[kind])),
        title=draw(line),
        topic=draw(label),
        competency=draw(label),
        difficulty=draw(st.sampled_from(["", "easy", "hard"])),
        critical=draw(st.booleans()),
        references=tuple(draw(st.lists(line, max_size=3))),
    )
