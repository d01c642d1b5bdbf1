"""Programs and editions."""

import itertools
from datetime import date

from courses.curriculum.models import Edition, Program
from lms.accounts.models import User

_numbers = itertools.count(1)


def make_program(title: str = "", **fields) -> Program:
    number = next(_numbers)
    return Program.objects.create(title=title or f"Program {number}", slug=f"program-{number}", **fields)


def make_edition(program: Program | None = None, *, by: User | None = None, **fields) -> Edition:
    """An edition without items: the next number of its program."""
    program = program or make_program()
    number = fields.pop("number", program.editions.count() + 1)
    values = {"hash": f"{number:064x}", "effective_from": date(2026, 1, 1), "published_by": by or _publisher()}
    return Edition.objects.create(program=program, number=number, **values | fields)


def _publisher() -> User:
    publisher = User.objects.filter(email="publisher@example.org").first()
    return publisher or User.objects.create_user("publisher@example.org", display_name="Publisher")
