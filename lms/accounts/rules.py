"""Names: what may stand in a list, in a mail and in a signed certificate."""

import unicodedata

from lms.errors import Refusal

# Persian and Indic names need them; they have no shape of their own.
JOINERS = "\u200c\u200d"
# Control signs, signs of direction and other invisible ones, private ones.
UNSEEN = ("Cc", "Cf", "Co", "Cs")


def plain_name(text: str) -> str:
    """The name on one line. Raises `Refusal` when it holds a sign that nobody sees, or no letter.

    Such signs turn or hide what stands beside them: people would read another name than the one that is signed.
    """
    name = " ".join(text.split())
    if any(unicodedata.category(sign) in UNSEEN and sign not in JOINERS for sign in name):
        raise Refusal("This holds a sign that cannot be seen. Type it anew instead of pasting it.")
    if not any(unicodedata.category(sign).startswith("L") for sign in name):
        raise Refusal("Write it with letters.")
    return name
