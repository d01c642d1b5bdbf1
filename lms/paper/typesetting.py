"""Setting a document with Typst, in this process: no system font, no network, and words only ever as data."""

import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from lms.paper.coverage import FONTS, printable

# Layouts import each other by their path below this folder, such as "/lms/paper/layouts/house.typ".
ROOT = Path(__file__).resolve().parents[2]

# A compiler keeps the inputs of its last run, so one thread at a time may use it.
_turn = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """Made once a process: reading the fonts costs more than a page."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(root=str(ROOT), font_paths=fonts, ignore_system_fonts=True)


def typeset(layout: Path, inputs: dict[str, str], **options) -> Any:
    """What `typst.Compiler.compile` gives for a layout of ours; `inputs` are read there as `sys.inputs`."""
    with _turn:
        return _compiler().compile(str(layout), sys_inputs=inputs, **options)


def printable_data(value: Any) -> Any:
    """Plain data whose every text can be printed."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: printable_data(inner) for key, inner in value.items()}
    return [printable_data(inner) for inner in value] if isinstance(value, list | tuple) else value
