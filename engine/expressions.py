"""Arithmetic of a block's settings: `4 * channels`, parsed and never run as Python.

Names, whole numbers, + - * // and parentheses; nothing else, so that a file can hold
an expression and opening it stays harmless.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
LONGEST = 200
"""Characters of an expression."""
_LARGEST = 10**12


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value; the text says why."""


def names_in(text: str) -> frozenset[str]:
    """The names an expression uses. Raises ExpressionError."""
    return frozenset(
        node.id for node in ast.walk(_parsed(text)) if isinstance(node, ast.Name)
    )


def evaluate(text: str, names: Mapping[str, int]) -> int:
    """The value of an expression over named numbers. Raises ExpressionError."""
    return _value(_parsed(text), names)


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> ast.expr:
    """The tree of an expression, which nobody changes. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"{text!r} is no arithmetic") from None
    for node in ast.walk(tree):
        _check(node)
    return tree


def _check(node: ast.AST) -> None:
    match node:
        case ast.Call():
            raise ExpressionError("calls something, and only + - * // are allowed")
        case ast.BinOp(op=op) if type(op) in _OPERATORS:
            pass
        case ast.UnaryOp(op=ast.USub()) | ast.Name() | ast.Load() | ast.USub():
            pass
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            pass
        case ast.operator() if type(node) in _OPERATORS:
            pass
        case _:
            raise ExpressionError(
                "may hold names, whole numbers, + - * // and parentheses"
            )


def _value(node: ast.expr, names: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(value)):
            result = value
        case ast.Name(id=name):
            if name not in names:
                known = ", ".join(names) or "none"
                raise ExpressionError(f"uses {name}; the block's settings are: {known}")
            result = names[name]
        case ast.UnaryOp(operand=operand):
            result = -_value(operand, names)
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left, names), _value(right, names)
            if isinstance(op, ast.FloorDiv) and second == 0:
                raise ExpressionError("divides by 0")
            result = _OPERATORS[type(op)](first, second)
        case _:
            raise ExpressionError("is no arithmetic")
    if abs(result) > _LARGEST:
        raise ExpressionError("gives a number that is too large")
    return result
