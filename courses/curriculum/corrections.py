"""Who must hear of a correction. Rooms that know the readers register themselves; they act in the correction's transaction."""

from collections.abc import Sequence

from django.utils.module_loading import import_string

from courses.curriculum.models import Erratum

_paths: list[str] = []


def register_on_correction(path: str) -> None:
    """`path` names a function (errata): the corrections of one act, of one text or of several, in one transaction."""
    if path not in _paths:
        _paths.append(path)


def tell_of_corrections(errata: Sequence[Erratum]) -> None:
    for path in _paths:
        import_string(path)(errata)
