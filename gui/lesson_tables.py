"""Tables of a lesson's text: columns that hold their words whole in a side panel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
)

_AIRY, _FAIR, _TIGHT = 6, 3, 2
"""Pixels at both sides of a cell's words: where all lines are whole, where some break,
and where not even the words would be."""
_ABOVE = 6  # pixels between a table and the line that leads to it
_SPARE = 1.0  # pixels: a column exactly as wide as its word would break it
_WIDE = 1e5  # pixels: so wide that no line is broken
_WHOLE = re.compile(r"[−–]?[\d,]*")
"""A whole number, or the dash that stands for none."""


def fit_tables(document: QTextDocument, room: float, line: QColor) -> None:
    """Give a document's tables columns that fit into so many pixels, and thin lines."""
    tables = [
        frame
        for frame in document.rootFrame().childFrames()
        if isinstance(frame, QTextTable)
    ]
    if not tables:
        return
    for table in tables:
        _slim(table, line)
    widths = _measured(document, tables)
    tall = max(_heights(tables), default=0.0)
    padding = min(_padding(columns, room) for columns in widths)  # one for all
    edit = QTextCursor(document)
    edit.beginEditBlock()  # else the document is laid out anew after every cell
    for table, columns in zip(tables, widths, strict=True):
        borders = len(columns) + 1
        around = 2 * padding + _SPARE
        padded = [(narrow + around, wide + around) for narrow, wide in columns]
        look = table.format()
        look.setColumnWidthConstraints(
            [
                QTextLength(QTextLength.Type.FixedLength, width)
                for width in shared_out(padded, room - borders)
            ]
        )
        table.setFormat(look)
        _pad_sides(table, padding)
        _align(table, tall)
    edit.endEditBlock()


def _padding(columns: Sequence[tuple[float, float]], room: float) -> int:
    """The pixels beside its words that a table of these columns has room for."""
    room -= len(columns) + 1 + _SPARE * len(columns)
    narrow, wide = (sum(widths) for widths in zip(*columns, strict=True))
    for_lines, for_words = (
        int((room - width) / (2 * len(columns))) for width in (wide, narrow)
    )
    return min(max(for_lines, min(for_words, _FAIR), _TIGHT), _AIRY)


def shared_out(
    columns: Sequence[tuple[float, float]], room: float
) -> tuple[float, ...]:
    """How wide each column is to be, from the widths it needs at least and at best.

    Where there is room for the best of all, each has it. Where not, each has its least,
    and the rest is shared out evenly among those that want more.
    """
    least = sum(narrow for narrow, _ in columns)
    best = sum(wide for _, wide in columns)
    if best <= room:
        return tuple(wide for _, wide in columns)
    if least >= room:
        return tuple(narrow for narrow, _ in columns)
    found = [narrow for narrow, _ in columns]
    rest = room - least
    wants = sorted(
        (wide - narrow, place) for place, (narrow, wide) in enumerate(columns)
    )
    for done, (want, place) in enumerate(wants):  # a small want is met whole
        given = min(want, rest / (len(wants) - done))
        found[place] += given
        rest -= given
    return tuple(found)


def _measured(
    document: QTextDocument, tables: Sequence[QTextTable]
) -> list[list[tuple[float, float]]]:
    """What the columns need, as a page without end tells it that breaks no word."""
    usual = document.defaultTextOption()
    unbroken = QTextOption(usual)
    unbroken.setWrapMode(QTextOption.WrapMode.WordWrap)
    document.setDefaultTextOption(unbroken)
    document.setTextWidth(_WIDE)
    document.size()  # lays it out
    widths = [_columns(table) for table in tables]
    document.setDefaultTextOption(usual)
    return widths


def _slim(table: QTextTable, line: QColor) -> None:
    if any(_text(table, 0, column) for column in range(table.columns())):
        _join_empty(table)
    else:
        table.removeRows(0, 1)  # Markdown wants a head, even of numbers alone
    look = table.format()
    look.setCellPadding(_TIGHT)
    look.setTopMargin(_ABOVE)
    look.setCellSpacing(0)
    look.setBorder(1)
    look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    look.setBorderBrush(line)
    look.setBorderCollapse(True)
    look.setWidth(QTextLength())
    look.clearColumnWidthConstraints()
    table.setFormat(look)
    small = QTextCharFormat()
    small.setProperty(QTextFormat.Property.FontSizeAdjustment, -1)
    cursor = table.firstCursorPosition()
    last = table.lastCursorPosition().position()
    cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(small)


def _join_empty(table: QTextTable) -> None:
    """Let what stands before cells without a word take their place."""
    for row in range(1, table.rows()):
        begin = 0
        for column in range(1, table.columns() + 1):
            if column < table.columns() and not _text(table, row, column):
                continue
            if column - begin > 1:
                table.mergeCells(row, begin, 1, column - begin)
            begin = column


def _align(table: QTextTable, tall: float) -> None:
    """Give all words one base line, and put whole numbers under each other's ends."""
    fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
    for column in range(table.columns()):
        body = [_text(table, row, column) for row in range(1, table.rows())]
        is_count = any(body) and all(map(_WHOLE.fullmatch, body))
        for block in _blocks(table, column):
            look = block.blockFormat()
            look.setLineHeight(tall, fixed)
            if is_count:
                look.setAlignment(Qt.AlignmentFlag.AlignRight)
            QTextCursor(block).setBlockFormat(look)


def _pad_sides(table: QTextTable, padding: int) -> None:
    """Put so many pixels beside the words of every cell."""
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            look = cell.format().toTableCellFormat()
            look.setLeftPadding(padding)
            look.setRightPadding(padding)
            look.setTopPadding(_TIGHT - 1)  # a fixed line has its room above it
            look.setBottomPadding(_TIGHT + 1)
            cell.setFormat(look)


def _columns(table: QTextTable) -> list[tuple[float, float]]:
    """The widest word and the widest line of every column, in pixels, unpadded."""
    found = []
    for column in range(table.columns()):
        lines = [block.layout() for block in _blocks(table, column, alone=True)]
        narrow = max((line.minimumWidth() for line in lines), default=0.0)
        wide = max((line.maximumWidth() for line in lines), default=0.0)
        found.append((float(ceil(narrow)), float(ceil(wide))))
    return found


def _heights(tables: Sequence[QTextTable]) -> Iterator[float]:
    """How tall the lines of the cells are, once these have been laid out."""
    for table in tables:
        for column in range(table.columns()):
            for block in _blocks(table, column):
                yield float(ceil(block.layout().lineAt(0).height()))


def _text(table: QTextTable, row: int, column: int) -> str:
    return table.cellAt(row, column).firstCursorPosition().block().text()


def _blocks(
    table: QTextTable, column: int, *, alone: bool = False
) -> Iterator[QTextBlock]:
    """What begins in a column; where `alone`, what reaches into no other."""
    for row in range(table.rows()):
        cell = table.cellAt(row, column)
        if cell.column() != column or (alone and cell.columnSpan() > 1):
            continue
        block = cell.firstCursorPosition().block()
        last = cell.lastCursorPosition().block()
        while block.isValid():
            yield block
            if block == last:
                break
            block = block.next()
