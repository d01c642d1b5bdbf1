"""Verification codes of certificates. The name is part of stored migrations."""

from lms.codes import ALPHABET, GROUP, LENGTH, grouped, new_code, normalised

__all__ = ["ALPHABET", "GROUP", "LENGTH", "grouped", "new_code", "normalised"]
