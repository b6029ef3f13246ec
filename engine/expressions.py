"""Arithmetic of a block's settings: `4 * channels`, parsed and never run as Python.

Names, whole numbers, + - * // and parentheses; nothing else, so that a file can hold
an expression and opening it stays harmless. What is typed where a number belongs may
be a sum of plain numbers, `64*2` or `0.1/4`: only what it comes to is kept.
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
_SUMS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
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


def sum_of(text: str) -> int | float:
    """What a sum of plain numbers comes to, a whole number where it is one.

    It takes + - * / and parentheses. A number alone is none: how that may be written is
    for its setting to say. Raises ExpressionError.
    """
    tree = _tree(text)
    if not any(isinstance(node, ast.BinOp) for node in ast.walk(tree)):
        raise ExpressionError(f"{text!r} is no sum")
    result = _sum(tree)
    if not abs(result) <= _LARGEST:  # nor what is no number, as of 1e999 - 1e999
        raise ExpressionError("gives a number that is too large")
    return int(result) if result == int(result) else result


def _sum(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(
            value, bool
        ):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_sum(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
            try:
                return _SUMS[type(op)](_sum(left), _sum(right))
            except (ZeroDivisionError, OverflowError):
                raise ExpressionError("has no value") from None
        case _:
            raise ExpressionError("may hold numbers, + - * / and parentheses")


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> ast.expr:
    """The tree of an expression, which nobody changes. Raises ExpressionError."""
    tree = _tree(text)
    for node in ast.walk(tree):
        _check(node)
    return tree


def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionError(f"is longer than {LONGEST} characters")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"{text!r} is no arithmetic") from None


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
