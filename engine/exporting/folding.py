"""Leaves out of a source what given facts decide already.

What a document does not use is not in its script: with `recipe.patience` known to be 0,
`if recipe.patience:` goes with all that it guards. This is partial evaluation (Jones,
Gomard and Sestoft 1993, chapter 4) on text rather than on a tree, so that comments
stay. Conditions, and the calls and names that only they kept alive, are folded; plain
reads such as `recipe.learning_rate` stay as they are, to be read and changed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.exporting.knowledge import Facts, Knowledge, Unknown

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_PURE_CALLS = {"abs", "float", "int", "len", "max", "min", "set", "tuple"}


_Placed = ast.expr | ast.stmt | ast.keyword


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: bytes


def fold(text: str, facts: Facts) -> str:
    """A top-level definition without what the facts decide."""
    while True:
        folding = _Folding(text, facts)
        edit = next(folding.edits(), None)
        if edit is None:
            return text
        text = folding.with_edit(edit)


def constant_of(text: str, facts: Facts) -> object:
    """What a folded function always gives; raises LookupError where that depends."""
    tree = ast.parse(text).body[0]
    if isinstance(tree, ast.FunctionDef):
        body = [each for each in tree.body if not is_docstring(each)]
        if len(body) == 1 and isinstance(body[0], ast.Return):
            value = body[0].value
            found = None if value is None else Knowledge(facts, tree.name).value(value)
            if not isinstance(found, Unknown):
                return found
    raise LookupError(text.split("\n", 1)[0])


def without_members(text: str, used: Collection[str], fields: bool) -> str:
    """A class without methods, and attributes or `fields`, that nothing reads.

    Dunder methods stay, and so do the fields of a class that is iterated over: the
    caller says with `fields` whether they may go.
    """
    while True:
        folding = _Folding(text, {})
        edit = next(folding.unread_members(used, fields), None)
        if edit is None:
            return text
        text = folding.with_edit(edit)


def without_keywords(text: str, callee: str, gone: Collection[str]) -> str:
    """A definition whose calls of `callee` no longer give fields that are gone."""
    while True:
        folding = _Folding(text, {})
        edit = next(folding.keywords(callee, gone), None)
        if edit is None:
            return text
        text = folding.with_edit(edit)


def is_docstring(node: ast.stmt | None) -> bool:
    """Whether a statement is a string by itself."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


class _Folding:
    """One look at a definition's text: what could be folded next."""

    def __init__(self, text: str, facts: Facts) -> None:
        self._bytes = text.encode()
        self._tree = ast.parse(text)
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        first = self._tree.body[0]
        self._known = Knowledge(facts, getattr(first, "name", ""))

    @cached_property
    def _conditions(self) -> set[ast.expr]:
        return {
            node.test
            for node in ast.walk(self._tree.body[0])
            if isinstance(node, (ast.If, ast.While, ast.IfExp))
        }

    # Edits.

    def with_edit(self, edit: _Edit) -> str:
        """The text with one change."""
        return (
            self._bytes[: edit.start] + edit.text + self._bytes[edit.end :]
        ).decode()

    def edits(self) -> Iterator[_Edit]:
        """What the facts decide, outermost first."""
        for node in ast.walk(self._tree):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list):
                    yield from self._in_block(block)
            if isinstance(node, ast.expr):
                yield from self._in_expression(node)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.FunctionDef):
                yield from self._unread_locals(node)

    def _in_block(self, block: list[ast.stmt]) -> Iterator[_Edit]:
        for place, node in enumerate(block):
            if isinstance(node, ast.If):
                known = self._known.truth(node.test)
                if known is not None:
                    chosen = node.body if known else node.orelse
                    yield self._replaced(node, chosen, block)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                if not isinstance(self._known.value(node.value), Unknown):
                    yield self._replaced(node, [], block)
            elif isinstance(node, ast.For):
                if self._known.value(node.iter) in ((), [], {}) and not node.orelse:
                    yield self._replaced(node, [], block)
            elif isinstance(node, _LEAVES) and place + 1 < len(block):
                yield _Edit(self._end(node), self._end(block[-1]), b"")
                return

    def _replaced(
        self, node: ast.stmt, chosen: list[ast.stmt], block: list[ast.stmt]
    ) -> _Edit:
        """A statement's place taken by others from within it, or by none."""
        start, end = self._line_start(node), self._end(node)
        is_elif = self._bytes[self._start(node) :].startswith(b"elif")
        if not chosen:
            if is_elif:
                return _Edit(self._comment_start(start), end, b"")
            if len([each for each in block if not is_docstring(each)]) == 1:
                return _Edit(self._start(node), end, b"pass")
            return _Edit(self._comment_start(start) - 1, end, b"")
        if is_elif and self._bytes[self._start(chosen[0]) :].startswith(b"elif"):
            return _Edit(start, end, self._lines(chosen, 0))
        if is_elif:  # what is left of the chain becomes its else
            head = b" " * node.col_offset + b"else:\n"
            moved = node.col_offset + 4 - chosen[0].col_offset
            return _Edit(start, end, head + self._lines(chosen, moved))
        first = chosen[0]
        moved = node.col_offset - first.col_offset
        lines = self._lines(chosen, moved)
        if self._bytes[self._start(first) :].startswith(b"elif"):
            lines = lines.replace(b"elif", b"if", 1)
        return _Edit(start, end, lines)

    def _in_expression(self, node: ast.expr) -> Iterator[_Edit]:
        if isinstance(node, ast.IfExp):
            holds = self._known.truth(node.test)
            if holds is not None:
                yield self._put(node, self._text(node.body if holds else node.orelse))
        elif isinstance(node, ast.BoolOp):
            known = self._known.value(node)
            if not isinstance(known, Unknown):
                yield self._put(node, repr(known).encode())
                return
            goes_on = isinstance(node.op, ast.And)
            # As a condition the last part counts like the others, not as a value.
            last = None if node in self._conditions else node.values[-1]
            kept = [
                each
                for each in node.values
                if each is last or self._known.truth(each) is not goes_on
            ]
            if len(kept) < len(node.values):
                word = b" and " if isinstance(node.op, ast.And) else b" or "
                yield self._put(node, word.join(map(self._text, kept)))
        elif isinstance(node, ast.Compare):
            known = self._known.value(node)
            if not isinstance(known, Unknown):
                yield self._put(node, repr(known).encode())
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, ast.Call) and self._known.value(one) == 1.0:
                    yield self._put(node, self._text(other))
        elif isinstance(node, ast.Call):
            known = self._known.value(node)
            if isinstance(known, (bool, int, float, str)):
                yield self._put(node, repr(known).encode())

    def _unread_locals(self, function: ast.FunctionDef) -> Iterator[_Edit]:
        """Assignments to names that the function never reads; loops show it by `_`."""
        read = {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for node in ast.walk(function):
            for name in ast.walk(node.target) if isinstance(node, ast.For) else ():
                if (
                    isinstance(name, ast.Name)
                    and name.id not in read
                    and not name.id.startswith("_")
                ):
                    yield self._put(name, f"_{name.id}".encode())
            for part in ("body", "orelse"):
                block = getattr(node, part, None)
                for each in block if isinstance(block, list) else []:
                    target, value = _assigned(each) or (None, None)
                    is_unread = isinstance(target, ast.Name) and target.id not in read
                    if is_unread and _is_pure(value):
                        yield self._replaced(each, [], block or [])

    def unread_members(self, used: Collection[str], fields: bool) -> Iterator[_Edit]:
        """Methods, fields and attributes of a class that nothing reads."""
        owner = self._tree.body[0]
        if not isinstance(owner, ast.ClassDef):
            return
        for node in owner.body:
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                yield from self._unread_attributes(node, used)
            elif isinstance(node, ast.FunctionDef):
                if not node.name.startswith("__") and node.name not in used:
                    yield self._removed(node, owner.body)
            elif (
                fields
                and isinstance(node, ast.AnnAssign)
                and ast.unparse(node.target) not in used
            ):
                yield self._removed(node, owner.body)

    def _unread_attributes(
        self, function: ast.FunctionDef, used: Collection[str]
    ) -> Iterator[_Edit]:
        for node in function.body:
            target, value = _assigned(node) or (None, None)
            is_unread = isinstance(target, ast.Attribute) and target.attr not in used
            if is_unread and _is_pure(value):
                yield self._removed(node, function.body)

    def keywords(self, callee: str, gone: Collection[str]) -> Iterator[_Edit]:
        """Keywords of calls of `callee` that are `gone`."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == callee:
                for each in node.keywords:
                    if each.arg in gone and _is_pure(each.value):
                        end = self._end(each)
                        rest = self._bytes[end:].lstrip()
                        if rest.startswith(b","):
                            end = self._bytes.index(b",", end) + 1
                        yield _Edit(self._start(each), end, b"")

    def _removed(self, node: ast.stmt, block: list[ast.stmt]) -> _Edit:
        """A statement gone, with the docstring after it and its decorators."""
        after = block[block.index(node) + 1 :]
        last: ast.stmt = node
        if not isinstance(node, ast.FunctionDef) and after and is_docstring(after[0]):
            last = after[0]
        first = self._line_start(node)
        for decorator in getattr(node, "decorator_list", []):
            first = min(first, self._line_start(decorator))
        if block[0] is node and last is block[-1]:
            return _Edit(self._start(node), self._end(last), b"pass")
        return _Edit(self._comment_start(first) - 1, self._end(last), b"")

    # Places in the text.

    def _start(self, node: _Placed) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: _Placed) -> int:
        line = (node.end_lineno or node.lineno) - 1
        return self._starts[line] + (node.end_col_offset or 0)

    def _line_start(self, node: _Placed) -> int:
        return self._starts[node.lineno - 1]

    def _comment_start(self, start: int) -> int:
        """Where the comment lines above a line begin."""
        line = self._starts.index(start)
        lines = self._bytes.splitlines()
        while line > 0 and lines[line - 1].strip().startswith(b"#"):
            line -= 1
        return self._starts[line]

    def _text(self, node: ast.expr) -> bytes:
        return self._bytes[self._start(node) : self._end(node)]

    def _put(self, node: ast.expr, text: bytes) -> _Edit:
        return _Edit(self._start(node), self._end(node), text)

    def _lines(self, block: list[ast.stmt], moved: int) -> bytes:
        """A block's lines with their comments, moved so many columns."""
        start = self._comment_start(self._line_start(block[0]))
        text = self._bytes[start : self._end(block[-1])]
        inside = _inside_strings(block)
        lines = []
        for number, line in enumerate(
            text.split(b"\n"), start=self._starts.index(start) + 1
        ):
            if number in inside or not line.strip():
                lines.append(line)
            elif moved < 0:
                lines.append(line[min(-moved, len(line) - len(line.lstrip())) :])
            else:
                lines.append(b" " * moved + line)
        return b"\n".join(lines)


def _inside_strings(block: list[ast.stmt]) -> set[int]:
    """The lines that begin within a string: they are not to be moved."""
    return {
        line
        for each in block
        for node in ast.walk(each)
        if isinstance(node, (ast.Constant, ast.JoinedStr))
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
        if not isinstance(node, ast.Constant) or isinstance(node.value, str)
    }


def _assigned(node: ast.stmt) -> tuple[ast.expr, ast.expr | None] | None:
    """What a plain assignment of one value assigns to, and the value."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        return node.target, node.value
    return None


def _is_pure(node: ast.expr | None) -> bool:
    """Whether an expression can go without a change to what the program does."""
    if node is None:
        return True
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            if not isinstance(each.func, ast.Name) or each.func.id not in _PURE_CALLS:
                return False
        elif isinstance(each, (ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Await)):
            return False
    return True
