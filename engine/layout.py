"""Lays a line of code out as ruff formats it, when it is too long for one line.

Covers what generated code is made of: statements that end in a call, a tuple, a
dictionary, a subscript, or a sum or product of names.
Asking ruff itself would cost a process start for every edit.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence

WIDTH = 88
"""Columns of a line: the default of ruff and black."""


def lay_out(statement: str, indent: int, after: int = 0) -> list[str]:
    """The statement as one or more lines, indented by `indent` columns.

    The last line leaves room for `after` more characters, such as a comma.
    """
    line = " " * indent + statement
    if len(line) + after <= WIDTH:
        return [line]
    value = _last_bracketed(statement)
    if value is None:
        return _in_parentheses(statement, indent) or [line]
    inner = _parts(statement, value)
    opening, closing = _brackets(statement, value)
    if indent + len(opening) > WIDTH:
        targets = _targets(statement, indent)
        return targets or _in_parentheses(statement, indent) or [line]
    one_line = " " * (indent + 4) + ", ".join(inner)
    lines = [" " * indent + opening]
    if len(one_line) <= WIDTH and not (
        isinstance(value, (ast.Tuple, ast.Dict))
        or (len(inner) == 1 and inner[0].endswith(",)"))
    ):
        lines.append(one_line)
    else:
        for part in inner:
            laid = lay_out(part, indent + 4, after=1)
            laid[-1] += ","
            lines += laid
    return [*lines, " " * indent + closing]


def _targets(statement: str, indent: int) -> list[str]:
    """The names an assignment gives values to, one on each line; [] where they fit."""
    node = _parsed(statement)
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple):
        return []
    right = ast.get_source_segment(statement, node.value) or ""
    if indent + len(statement) - len(right) + 1 <= WIDTH:
        return []
    names = [ast.get_source_segment(statement, each) for each in node.targets[0].elts]
    edge = " " * indent
    last = lay_out(f"_ = {right}", indent)
    last[0] = f"{edge}){last[0][indent + 1 :]}"
    return [f"{edge}(", *(f"{edge}    {name}," for name in names), *last]


def _in_parentheses(statement: str, indent: int) -> list[str]:
    """The right side of an assignment on lines of its own; [] where there is none."""
    node = _parsed(statement)
    if not isinstance(node, ast.Assign) or isinstance(node.value, ast.Tuple):
        return []
    right = ast.get_source_segment(statement, node.value) or ""
    left = statement[: len(statement) - len(right)]
    inner = lay_out(right, indent + 4)
    if len(inner[0]) > WIDTH and isinstance(node.value, ast.BinOp):
        inner = _operands(right, indent + 4)
    return [f"{' ' * indent}{left}(", *inner, f"{' ' * indent})"]


def _operands(expression: str, indent: int) -> list[str]:
    """A sum or product of names, one on each line."""
    first, *rest = expression.split(" ")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    lines = [first, *(f"{sign} {name}" for sign, name in pairs)]
    return [" " * indent + line for line in lines]


def _parsed(statement: str) -> ast.stmt | None:
    try:
        return ast.parse(statement).body[0]
    except SyntaxError:  # an argument such as `**settings`
        return None


_Bracketed = ast.Call | ast.Tuple | ast.Subscript | ast.Dict


def _last_bracketed(statement: str) -> _Bracketed | None:
    """The brackets that the statement ends with: those that can be opened."""
    node = _parsed(statement)
    value = node.value if isinstance(node, (ast.Assign, ast.Expr, ast.Return)) else None
    return value if isinstance(value, _Bracketed) else None


def _parts(statement: str, value: _Bracketed) -> list[str]:
    nodes: list[ast.AST]
    if isinstance(value, ast.Dict):
        keys = [ast.get_source_segment(statement, key) for key in value.keys if key]
        return [
            f"{key}: {ast.get_source_segment(statement, each)}"
            for key, each in zip(keys, value.values, strict=True)
        ]
    if isinstance(value, ast.Subscript):
        nodes = [value.slice]
    elif isinstance(value, ast.Tuple):
        nodes = list(value.elts)
    else:
        nodes = [*value.args, *value.keywords]
    return [ast.get_source_segment(statement, node) or "" for node in nodes]


def _brackets(statement: str, value: _Bracketed) -> tuple[str, str]:
    start = value.col_offset
    if isinstance(value, ast.Tuple) and not (
        statement[start] == "(" and statement.endswith(")")
    ):
        return f"{statement[:start]}(", ")"  # brackets are added
    if isinstance(value, ast.Call):
        start = value.func.end_col_offset or 0
    if isinstance(value, ast.Subscript):
        start = value.value.end_col_offset or 0
        return statement[: start + 1], "]"
    return statement[: start + 1], "}" if isinstance(value, ast.Dict) else ")"


def signature(name: str, arguments: Sequence[str], result: str) -> list[str]:
    """The head of a method in a class, over several lines where it is long."""
    arguments = ["self", *arguments]
    line = f"    def {name}({', '.join(arguments)}) -> {result}:"
    if len(line) <= WIDTH:
        return [line]
    inner = f"        {', '.join(arguments)}"
    parts = [inner] if len(inner) <= WIDTH else [f"        {a}," for a in arguments]
    return [f"    def {name}(", *parts, f"    ) -> {result}:"]


def with_comment(lines: list[str], comment: str) -> list[str]:
    """A statement in a method with a comment beside it, or else above it."""
    if len(lines) == 1 and len(lines[0]) + 4 + len(comment) <= WIDTH:
        return [f"{lines[0]}  # {comment}"]
    return [f"{' ' * 8}# {comment}", *lines]


def docstring(text: str, indent: int) -> list[str]:
    """A text as a docstring: of one line, or broken where that is too long."""
    before = " " * indent
    whole = f'{before}"""{text}"""'
    if len(whole) <= WIDTH:
        return [whole]
    first, *more = textwrap.wrap(  # what fits but for its quotes is broken too
        text, WIDTH - indent - 3, initial_indent='"""', break_on_hyphens=False
    )
    return [f"{before}{line}" for line in (first, *more, '"""')]


def first_sentence(about: str) -> str:
    """What can stand in a docstring, without its citations and full stop; else ""."""
    uncited = re.sub(r"\s*\([^()]*\b\d{4}\b[^()]*\)", "", about)
    sentence = re.split(r"[.;:]", uncited, maxsplit=1)[0].strip()
    # A text comes from a file: nothing in it may end the docstring.
    fits = 0 < len(sentence) <= 2 * WIDTH and sentence.isprintable()
    fits = fits and all(len(word) < WIDTH // 2 for word in sentence.split())
    return sentence if fits and not {'"', "\\"} & set(sentence) else ""
