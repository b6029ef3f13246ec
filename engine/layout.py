"""Lays a line of code out as ruff formats it, when it is too long for one line.

Covers what generated code is made of: a statement that ends in a call or a tuple.
Asking ruff itself would cost a process start for every edit.
"""

from __future__ import annotations

import ast

WIDTH = 88
"""Columns of a line: the default of ruff and black."""


def lay_out(statement: str, indent: int) -> list[str]:
    """The statement as one or more lines, indented by `indent` columns."""
    line = " " * indent + statement
    if len(line) <= WIDTH:
        return [line]
    value = _last_bracketed(statement)
    if value is None:
        return [line]
    inner = _parts(statement, value)
    opening, closing = _brackets(statement, value, inner)
    one_line = " " * (indent + 4) + ", ".join(inner)
    lines = [" " * indent + opening]
    if len(one_line) <= WIDTH and not (
        isinstance(value, ast.Tuple) or (len(inner) == 1 and inner[0].endswith(",)"))
    ):
        lines.append(one_line)
    else:
        for part in inner:
            laid = lay_out(part, indent + 4)
            laid[-1] += ","
            lines += laid
    return [*lines, " " * indent + closing]


def _last_bracketed(statement: str) -> ast.Call | ast.Tuple | None:
    """The call or tuple that the statement ends with: the one that can be opened."""
    try:
        node: ast.stmt = ast.parse(statement).body[0]
    except SyntaxError:  # an argument such as `dim=1`
        return None
    value = node.value if isinstance(node, (ast.Assign, ast.Expr, ast.Return)) else None
    if isinstance(value, ast.Tuple) and not statement.rstrip().endswith(")"):
        return None
    return value if isinstance(value, (ast.Call, ast.Tuple)) else None


def _parts(statement: str, value: ast.Call | ast.Tuple) -> list[str]:
    nodes: list[ast.AST] = (
        list(value.elts)
        if isinstance(value, ast.Tuple)
        else [*value.args, *value.keywords]
    )
    return [ast.get_source_segment(statement, node) or "" for node in nodes]


def _brackets(
    statement: str, value: ast.Call | ast.Tuple, inner: list[str]
) -> tuple[str, str]:
    start = value.col_offset
    if isinstance(value, ast.Call):
        start = value.func.end_col_offset or 0
    return statement[: start + 1], ")"
