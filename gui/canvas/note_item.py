"""A card of plain text."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.annotations import Note
from gui.canvas.placing import GRID
from gui.canvas.style import Style
from gui.texts import Texts

tr = Texts("canvas")

WIDTH = 216.0
_PAD = 12.0
_MOST_LINES = 40
_FLAGS = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
EMPTY = tr.mark("An empty note: double-click to write")


class NoteItem(QGraphicsItem):
    """Draws one note, as high as its text needs."""

    def __init__(self, name: str, style: Style) -> None:
        super().__init__()
        self.name = name
        self._style = style
        self._text = ""
        self._height = 0.0
        self._is_selected = False
        self._is_hovered = False
        self.setZValue(0.5)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show_note(self, note: Note, style: Style) -> None:
        """Show another text, at another place."""
        self.prepareGeometryChange()
        self._style, self._text = style, note.text
        lines = note.text.split("\n")
        shown = "\n".join(lines[:_MOST_LINES]) or tr.of(EMPTY)
        metrics = style.fonts.metrics(style.fonts.detail)
        room = QRectF(0, 0, WIDTH - 2 * _PAD, 10_000)
        needed = metrics.boundingRect(room, _FLAGS, shown).height() + 2 * _PAD
        self._height = GRID * math.ceil(needed / GRID)
        self.setPos(*note.position)
        self.update()

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        self._style = style
        self.update()

    def rect(self) -> QRectF:
        """The note's rectangle in the scene."""
        return QRectF(self.pos().x(), self.pos().y(), WIDTH, self._height)

    def set_selected(self, is_selected: bool) -> None:
        """Stand out as selected."""
        self._is_selected = is_selected
        self.update()

    def set_hovered(self, is_hovered: bool) -> None:
        """Stand out under the pointer."""
        self._is_hovered = is_hovered
        self.update()

    # Qt's part.

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, WIDTH, self._height).adjusted(-3, -3, 3, 3)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        style = self._style
        rect = QRectF(0.5, 0.5, WIDTH - 1, self._height - 1)
        border = style.faint if self._is_hovered else style.border
        if self._is_selected:
            border = style.accent
        painter.setPen(QPen(border, 1.5 if self._is_selected else 1))
        painter.setBrush(style.paper)
        painter.drawRoundedRect(rect, 4, 4)
        painter.setFont(style.fonts.detail)
        painter.setPen(style.text if self._text else style.muted)
        room = rect.adjusted(_PAD, _PAD, -_PAD, -_PAD + 4)
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.drawText(room, _FLAGS, self._text or tr.of(EMPTY))
