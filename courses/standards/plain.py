"""Frozen dataclasses as plain JSON, and back; and the canonical bytes that are hashed."""

import dataclasses
import hashlib
import json
import types
from typing import Any, Union, get_args, get_origin, get_type_hints


class NotPlain(ValueError):
    """The stored JSON does not fit the dataclass it claims to be."""


def as_plain(value: Any) -> Any:
    """JSON values of a (nested) dataclass: tuples and sets become lists, sets in order."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(as_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    return value


def from_plain(wanted: Any, value: Any) -> Any:
    """Build `wanted` (a dataclass, or a type of one of its fields) from JSON values.

    Unknown names are refused, missing ones take the dataclass's default. Raises `NotPlain`.
    """
    if dataclasses.is_dataclass(wanted):
        return _dataclass_from(wanted, value)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return None if value is None else from_plain(next(a for a in arguments if a is not type(None)), value)
    if origin in (tuple, list, set, frozenset):
        return origin(from_plain(arguments[0], item) for item in value)
    return value


def canonical(data: Any) -> bytes:
    """One byte string per meaning: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(data: Any) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()


def _dataclass_from(wanted: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise NotPlain(f"{wanted.__name__} is stored as {type(value).__name__}.")
    hints = get_type_hints(wanted)
    names = {field.name for field in dataclasses.fields(wanted)}
    if unknown := sorted(set(value) - names):
        raise NotPlain(f"{wanted.__name__} knows nothing of {', '.join(unknown)}.")
    try:
        return wanted(**{name: from_plain(hints[name], item) for name, item in value.items()})
    except TypeError as error:
        raise NotPlain(str(error)) from error
