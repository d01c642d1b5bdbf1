"""What is proven after a restore. Each room registers its own proof; a restore that fails one says which."""

from collections.abc import Callable

from django.utils.module_loading import import_string

_proofs: dict[str, str] = {}


def register_proof(name: str, path: str) -> None:
    """`path` names a function () -> sentence that says what was found in order. It raises `ProofFailed` otherwise."""
    _proofs[name] = path


def proofs() -> dict[str, Callable[[], str]]:
    return {name: import_string(path) for name, path in _proofs.items()}
