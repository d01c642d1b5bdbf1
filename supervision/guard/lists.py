"""The words that the rules ask about, read once from `lists/`.

Given names and surnames are the most frequent ones of the public-domain counts of the US Census Bureau and the Social
Security Administration, with frequent names of other countries; the other lists are our own.
"""

from pathlib import Path

FOLDER = Path(__file__).parent / "lists"


def _words(name: str) -> frozenset[str]:
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())


def _lines(name: str) -> frozenset[str]:
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())


ORDINARY = _words("ordinary")
WORDS_THAT_ARE_NAMES = _words("words-that-are-names")
MAY_BE_A_NAME = _words("given") | WORDS_THAT_ARE_NAMES
GIVEN = _words("given") - WORDS_THAT_ARE_NAMES - ORDINARY

LISTS: dict[str, frozenset[str]] = {
    "given": GIVEN,
    "either": WORDS_THAT_ARE_NAMES,
    "surname": _words("surnames") - ORDINARY - WORDS_THAT_ARE_NAMES,
    "ordinary": ORDINARY - GIVEN,
    "author": _words("authors"),
    "public": _lines("public-people"),
    "town": _words("towns"),
    "short": _words("short"),
}
