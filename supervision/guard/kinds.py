"""What the guard tells apart: the identifiers of 45 CFR 164.514(b)(2) that a text can hold, and which are a hard stop."""

from django.db import models


class Kind(models.TextChoices):
    """The letter is the one of the Safe Harbor list. Faces, voices and fingerprints (P, Q) are not found in a text."""

    NAME = "name", "a name"  # A
    INITIALS = "initials", "initials"  # A
    WORKPLACE = "workplace", "a workplace or school"  # A: relatives, employers, household members
    ADDRESS = "address", "a street address"  # B
    PLACE = "place", "a town or place"  # B
    POSTCODE = "postcode", "a postal code"  # B
    DATE = "date", "a full date"  # C
    BIRTH_DATE = "birth_date", "a date of birth"  # C
    PART_DATE = "part_date", "a day or month"  # C
    AGE = "age", "an age over 89"  # C
    PHONE = "phone", "a phone number"  # D
    FAX = "fax", "a fax number"  # E
    EMAIL = "email", "an e-mail address"  # F
    SSN = "ssn", "a social security number"  # G
    RECORD = "record", "a record number"  # H
    PLAN = "plan", "a health plan number"  # I
    ACCOUNT = "account", "an account or card number"  # J
    LICENCE = "licence", "a licence or certificate number"  # K
    VEHICLE = "vehicle", "a vehicle plate or number"  # L
    DEVICE = "device", "the number of a device"  # M
    URL = "url", "a web address"  # N
    IP = "ip", "a network address"  # O
    HANDLE = "handle", "a user name"  # R
    CODE = "code", "a number that singles a person out"  # R


# What a writer may declare not to be about a client: words that often mean somebody or something else. Everything else is
# a hard stop, because no reflection needs it.
MAY_BE_DECLARED = frozenset({Kind.NAME, Kind.INITIALS, Kind.WORKPLACE, Kind.PLACE, Kind.PART_DATE, Kind.AGE})
HARD_STOPS = frozenset(Kind) - MAY_BE_DECLARED
# What a reviewer may say that she removed: one of these, or what no rule knows.
REMOVED = (*Kind.choices, ("other", "words that point to a client"))
# A tombstone as it stands in a text, for a search in lower case. It names a day, and is no identifier.
TOMBSTONE = rf"removed by the reviewer: (?:{'|'.join(label for _, label in REMOVED)}), \d{{1,2}} [a-z]{{3}} \d{{4}}\]"
