"""What the expressions of a source are known to be, where facts are given."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, object]
"""Values by expression, as `ast.unparse` writes it; those that hold within one function
or class alone have its name before them: `State: self.average`. `name()` is what a
function always gives."""

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


class Unknown:
    """What no fact tells."""


UNKNOWN = Unknown()


class Knowledge:
    """What facts tell within one function or class, its `scope`."""

    def __init__(self, facts: Facts, scope: str) -> None:
        self._facts = facts
        self._scope = scope

    def value(self, node: ast.expr) -> Any:  # any constant of Python
        """What an expression is known to be, or `UNKNOWN`."""
        if isinstance(node, ast.Constant):
            return node.value
        source = ast.unparse(node)
        for key in (f"{self._scope}: {source}", source):
            if key in self._facts:
                return self._facts[key]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._facts.get(f"{node.func.id}()", UNKNOWN)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            holds = self.truth(node.operand)
            return UNKNOWN if holds is None else not holds
        if isinstance(node, ast.BoolOp):
            return self._bool_value(node)
        if isinstance(node, ast.Compare):
            return self._compare_value(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            left, right = self.value(node.left), self.value(node.right)
            if not isinstance(left, Unknown) and not isinstance(right, Unknown):
                return left * right
        return UNKNOWN

    def _bool_value(self, node: ast.BoolOp) -> Any:
        """What `and` and `or` give, where that is known to be True or False."""
        known = self.truth(node)
        if known is None or not all(map(self._is_bool, node.values)):
            return UNKNOWN
        return known

    def _is_bool(self, node: ast.expr) -> bool:
        """Whether an expression gives True or False and nothing else."""
        if isinstance(node, ast.BoolOp):
            return all(map(self._is_bool, node.values))
        is_asked = isinstance(node, ast.Compare) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        )
        return is_asked or isinstance(self.value(node), bool)

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a condition holds, None where that is not known.

        One part of an `and` that does not hold is enough, whatever the others are.
        """
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            known = self.truth(node.operand)
            return None if known is None else not known
        if isinstance(node, ast.BoolOp):
            decides = isinstance(node.op, ast.Or)
            parts = [self.truth(each) for each in node.values]
            if decides in parts:
                return decides
            return None if None in parts else not decides
        value = self.value(node)
        return None if isinstance(value, Unknown) else bool(value)

    def _compare_value(self, node: ast.Compare) -> Any:
        sides = [self.value(each) for each in (node.left, *node.comparators)]
        unknown = False
        for place, op in enumerate(node.ops):
            left, right = sides[place : place + 2]
            if isinstance(left, Unknown) or isinstance(right, Unknown):
                unknown = True
            elif not _COMPARE[type(op)](left, right):
                return False
        return UNKNOWN if unknown else True
