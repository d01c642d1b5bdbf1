"""One plain form of a text for every pattern: no accents, no look-alikes, no invisible characters.

The browser folds in the same way (`guard.js`), with the table that it is given: Unicode's own decomposition (NFKD) does
most of it, and its results for assigned characters never change.
"""

import unicodedata

# Letters of other scripts that look like Latin ones, and what NFKD leaves as it is.
LOOK_ALIKES = {
    **dict(zip("АВЕЅІЈКМНОРСТХУаеіјорсухѕԁһӏԛԝ", "ABESIJKMHOPCTXYaeijopcyxsdhlqw", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχ", "ABEZHIKMNOPTYXaivopux", strict=True)),
    **dict(zip("٠١٢٣٤٥٦٧٨٩", "0123456789", strict=True)),
    **dict(zip("۰۱۲۳۴۵۶۷۸۹", "0123456789", strict=True)),
    **dict(zip("०१२३४५६७८९", "0123456789", strict=True)),
    **dict.fromkeys("‐‑‒–—―−⁃﹘", "-"),
    **dict.fromkeys("‘’‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("\t\r\f\v\x85\u1680\u2028\u2029", " "),
    **dict.fromkeys("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0e\ufe0f", ""),
    **dict.fromkeys("∙·•․。", "."),
    "⁄": "/",
    "∕": "/",
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "Ae",
    "œ": "oe",
    "Œ": "Oe",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
}  # fmt: skip
LONGEST = 4  # a ligature may stand for three letters; some signs of other scripts for whole sentences
MARKS = (0x0300, 0x036F)


def fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` from which it comes."""
    if text.isascii() and not any(sign in text for sign in "\t\r\f\v`"):
        return text, list(range(len(text)))
    folded, places = [], []
    for place, sign in enumerate(text):
        plain = _plain(sign)
        folded.append(plain)
        places += [place] * len(plain)
    return "".join(folded), places


def _plain(sign: str) -> str:
    if sign in LOOK_ALIKES:
        return LOOK_ALIKES[sign]
    if sign.isascii():
        return sign
    parts = unicodedata.normalize("NFKD", sign)
    if len(parts) > LONGEST:
        return sign
    return "".join(LOOK_ALIKES.get(part, part) for part in parts if not MARKS[0] <= ord(part) <= MARKS[1])


def lower(folded: str) -> str:
    """Lower case of A to Z alone: it changes no length, and means the same in every language."""
    return folded.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
