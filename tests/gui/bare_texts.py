"""Finds texts in the sources of the window that do not pass through `gui.texts`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SHOWS = frozenset(
    """
    QAction QCheckBox QGroupBox QLabel QMenu QPushButton QRadioButton QToolButton
    Answer Card CardGrid EmptyState Fold Question RowsTable SampleList SheetView
    StartCard label section text_fold _combo _row _box
    addAction addButton addItem addItems addMenu addTab insertItem insertTab
    setAccessibleDescription setAccessibleName setHeaderLabels
    setHorizontalHeaderLabels setInformativeText setLabel setPlaceholderText setPrefix
    setStatusTip setSuffix setTabText setText setTitle setToolTip setWindowTitle
    getExistingDirectory getOpenFileName getOpenFileNames getSaveFileName
    drawText say _say show_error show_note
    """.split()
)
"""What is called with words that the user reads."""
ROLES = frozenset(
    """
    caption error formula good heading hint keys mono muted part plain section title
    """.split()
)
"""Names of styles, which `label` and its like are given beside the words."""
UNSEEN = frozenset(
    """
    Formatter QKeySequence ValueError LookupError TypeError findall sub compile replace
    setObjectName setProperty setStyleSheet strftime error warning debug split
    setDescription
    """.split()
)
"""What is called with words that nobody reads in the window."""
_WORDS = re.compile(r"[A-Za-z][\w’'“”]*[,.:;…]? +[\w“(]*[A-Za-z{]")
_MARKUP = re.compile(r"::|<span |<p style|<a href|font-size|^\.\w+$")
"""Style sheets, colours and links, endings of files."""
_TEXTS = frozenset({"mark", "counted"})


def bare_texts(path: Path, exceptions: frozenset[str]) -> Iterator[str]:
    """Each text that passes by, as `file.py:12: the text`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = {id(each) for each in _asked(tree)}
    shown = {id(each) for call in _calls(tree, SHOWS) for each in _said(call)}
    unseen = {id(each) for call in _calls(tree, UNSEEN) for each in ast.walk(call)}
    unseen |= {id(each) for each in _documentation(tree)}
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        text = _text(node)
        if text is None or id(node) in asked | inner or _MARKUP.search(text):
            continue
        is_shown = id(node) in shown and text not in ROLES and re.search("[a-z]", text)
        is_prose = id(node) not in unseen and _WORDS.search(text)
        if (is_shown or is_prose) and text not in exceptions:
            yield f"{path.name}:{node.lineno}: {text}"


def _text(node: ast.AST) -> str | None:
    """A literal as it is written, with `{}` where an f-string has values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "{}" for part in node.values)
    return None


def _asked(tree: ast.Module) -> Iterator[ast.AST]:
    """What stands in a call of `Texts`."""
    called = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign) and "Texts(" in ast.unparse(node.value)
        for name in ast.walk(node.targets[0])
        if isinstance(name, ast.Name)
    }
    for call in ast.walk(tree):
        match call:
            case ast.Call(func=ast.Name(id=name)) if name in called:
                yield from call.args
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=how)) if (
                name in called and how in _TEXTS
            ):
                yield from call.args


def _calls(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
                name in names
            ):
                yield node


def _said(call: ast.Call) -> Iterator[ast.AST]:
    """The literals that reach the call itself: not those within calls within it."""
    waiting: list[ast.AST] = [*call.args, *(each.value for each in call.keywords)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.IfExp):
            waiting += [node.body, node.orelse]
        elif isinstance(node, ast.BoolOp):
            waiting += node.values
        elif isinstance(node, ast.BinOp):
            waiting += [node.left, node.right]
        elif isinstance(node, ast.List | ast.Tuple):
            waiting += node.elts


def _documentation(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, also those of constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
