"""Formulas of parameterised questions, computed by the library `simpleeval` within narrow bounds.

An author may use the names of her parameters, numbers, + - * / ** and brackets, round, min and max. Nothing else is
known to the evaluator. Arithmetic is decimal, with 50 digits; a number in a formula is read as it is written.
"""

import ast
import operator
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

from simpleeval import InvalidExpression, SimpleEval

LONGEST = 200
HIGHEST_EXPONENT = 20
MOST_DECIMALS = 12
LIMIT = Decimal(10) ** 12
FUNCTION_NAMES = ("round", "min", "max")
_SIGNS = re.compile(r"[A-Za-z0-9_+\-*/()., ]+")
_EXACTLY = {"prec": 50, "Emax": 999, "Emin": -999, "traps": [InvalidOperation, DivisionByZero, Overflow]}
_NODES = (ast.Expr, ast.Name, ast.UnaryOp, ast.BinOp, ast.Call)


class Uncomputable(Exception):
    """The formula gives no number that could be a key. Its message says why, to go on a sentence: "With weight 0 ..."."""


def compute(formula: str, values: Mapping[str, Decimal]) -> Decimal:
    """The value of the formula, finite and of less than 12 digits before the point. Raises `Uncomputable`."""
    formula = " ".join(formula.split())
    if len(formula) > LONGEST or not _SIGNS.fullmatch(formula):
        raise Uncomputable("it is no formula of names, numbers, + - * / ** and brackets, round, min and max")
    try:
        with localcontext(Context(**_EXACTLY)):
            value = _Arithmetic(values).eval(formula)
    except ZeroDivisionError:
        raise Uncomputable("it divides by zero") from None
    except (ArithmeticError, InvalidExpression) as error:
        raise Uncomputable(_told(error)) from None
    except (SyntaxError, TypeError, ValueError, AttributeError, RecursionError, MemoryError):
        raise Uncomputable("it is no formula that can be read") from None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Uncomputable("it gives no number")
    if abs(value) >= LIMIT:
        raise Uncomputable("it gives more than 12 digits")
    return value


def to_key(value: Decimal) -> Decimal:
    """Rounded to the 12 decimals that an answer can have."""
    with localcontext(Context(**_EXACTLY)):
        return value.quantize(Decimal(1).scaleb(-MOST_DECIMALS), rounding=ROUND_HALF_UP)


def _told(error: Exception) -> str:
    return (
        "it gives no number" if isinstance(error, ArithmeticError) else "it uses something that a formula cannot hold"
    )


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > HIGHEST_EXPONENT:
        raise InvalidExpression(f"Exponents go up to {HIGHEST_EXPONENT}.")
    return base**exponent


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Half is rounded up, as in the clinic, not to the even digit."""
    if places != int(places) or not 0 <= places <= MOST_DECIMALS:
        raise InvalidExpression(f"round takes 0 to {MOST_DECIMALS} decimals.")
    return number.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)


_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class _Arithmetic(SimpleEval):
    """The library's evaluator with the handlers for everything but arithmetic taken out."""

    def __init__(self, values: Mapping[str, Decimal]):
        functions = {"round": _round, "min": min, "max": max}
        super().__init__(operators=dict(_OPERATORS), functions=functions, names=dict(values), allowed_attrs={})
        self.nodes = {node: self.nodes[node] for node in _NODES} | {ast.Constant: self._read_number}

    def _read_number(self, node: ast.Constant) -> Decimal:
        """The number as it is written: 0.1 is a tenth, which no binary fraction is."""
        return Decimal(ast.get_source_segment(self.expr, node))
