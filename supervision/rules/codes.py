"""Client codes: random, never derived from anything about a person (45 CFR 164.514(c))."""

import secrets

ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"  # without look-alikes: 0 O, 1 I L, 2 Z, 5 S, 8 B
PATTERN = r"[34679ACDEFGHJKMNPQRTUVWXY]{2}-[34679ACDEFGHJKMNPQRTUVWXY]{4}"


def client_code() -> str:
    """A fresh code such as K7-43PX; 25 to the sixth, about 244 million of them."""
    letters = [secrets.choice(ALPHABET) for _ in range(6)]
    return "".join(letters[:2]) + "-" + "".join(letters[2:])
