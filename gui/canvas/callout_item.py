"""The note under a broken node: what is wrong, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.problems import Problem
from gui.canvas.style import Style
from gui.cards import found_and_expected, unbroken

_WIDTH = 304.0
_PAD = 12.0
_GAP = 4.0
_CLOSE = 22.0
_FIX_SIDE, _FIX_ABOVE = 9.0, 4.0
"""Around the text of a fix: as around that of its button in the panels."""


@dataclass(slots=True)
class _Part:
    layout: QTextLayout
    rect: QRectF
    fix: int | None = None


class CalloutItem(QGraphicsItem):
    """Shows one problem; its fixes are lines that can be pressed."""

    def __init__(self, problem: Problem, style: Style) -> None:
        super().__init__()
        self.problem = problem
        self.hovered_fix: int | None = None
        self._style = style
        self._parts: list[_Part] = []
        self._rect = QRectF()
        self.setZValue(3)
        self._lay_out()

    def rect(self) -> QRectF:
        """The note's rectangle in the scene."""
        return self._rect.translated(self.pos())

    def fix_at(self, point: QPointF) -> int | None:
        """The fix whose line is at a point of the scene, by its place in the list."""
        local = point - self.pos()
        for part in self._parts:
            if part.fix is not None and part.rect.contains(local):
                return part.fix
        return None

    def fix_rect(self, fix: int) -> QRectF:
        """Where the line of a fix is, in the scene."""
        for part in self._parts:
            if part.fix == fix:
                return part.rect.translated(self.pos())
        raise ValueError(f"no line for fix {fix}")

    def closes_at(self, point: QPointF) -> bool:
        """Whether a point of the scene is on the cross that hides the note."""
        return self._cross().contains(point - self.pos())

    def hover_fix(self, fix: int | None) -> None:
        """Let the line of a fix stand out."""
        if fix != self.hovered_fix:
            self.hovered_fix = fix
            self.update()

    def _cross(self) -> QRectF:
        return QRectF(self._rect.right() - _CLOSE, 2, _CLOSE - 2, _CLOSE - 2)

    def _lay_out(self) -> None:
        problem, fonts = self.problem, self._style.fonts
        room = _WIDTH - 2 * _PAD
        y = _PAD - 2
        paragraphs: list[tuple[str, QFont, int | None, float]] = [
            (problem.message, fonts.strong, None, room - 10)
        ]
        if detail := found_and_expected(problem):
            paragraphs.append((detail, fonts.detail, None, room))
        if problem.remedy:
            paragraphs.append((problem.remedy, fonts.detail, None, room))
        for index, fix in enumerate(problem.fixes):
            paragraphs.append((fix.label, fonts.detail, index, room - 2 * _FIX_SIDE))
        for text, font, fix_index, width in paragraphs:
            layout, height = _paragraph(text, font, width)
            rect = QRectF(_PAD, y, room, height)
            if fix_index is not None:  # a button, as wide as its text
                y += 3
                size = QSizeF(_wide(layout) + 2 * _FIX_SIDE, height + 2 * _FIX_ABOVE)
                rect = QRectF(QPointF(_PAD, y), size)
            self._parts.append(_Part(layout, rect, fix_index))
            y = rect.bottom() + _GAP
        self._rect = QRectF(0, 0, _WIDTH, y - _GAP + _PAD)

    # Qt's part.

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-4, -8, 4, 6)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        style = self._style
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.shadow)
        painter.drawRoundedRect(self._rect.translated(0, 3), 8, 8)
        painter.setPen(QPen(style.error, 1.2))
        painter.setBrush(style.error_surface)
        painter.drawRoundedRect(self._rect.adjusted(0.5, 0.5, -0.5, -0.5), 7.5, 7.5)
        for part in self._parts:
            if part.fix is None:
                painter.setPen(style.text)
                part.layout.draw(painter, part.rect.topLeft())
            else:
                self._draw_fix(painter, part)
        cross = self._cross().adjusted(6, 6, -6, -6)
        painter.setPen(QPen(style.muted, 1.3))
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _draw_fix(self, painter: QPainter, part: _Part) -> None:
        """A button, drawn as the style sheet draws that of a fix in the panels."""
        style = self._style
        is_hovered = part.fix == self.hovered_fix
        painter.setPen(QPen(style.error, 1))
        painter.setBrush(style.raised if is_hovered else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(part.rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(style.text)
        height = sum(
            part.layout.lineAt(i).height() for i in range(part.layout.lineCount())
        )
        top = part.rect.top() + (part.rect.height() - height) / 2
        part.layout.draw(painter, QPointF(part.rect.left() + _FIX_SIDE, top))


def _wide(layout: QTextLayout) -> float:
    """How wide the longest line of a text is."""
    lines = (layout.lineAt(at) for at in range(layout.lineCount()))
    return max(line.naturalTextWidth() for line in lines)


def _paragraph(text: str, font: QFont, width: float) -> tuple[QTextLayout, float]:
    """`text` broken into lines of `width`, and the height that takes."""
    layout = QTextLayout(unbroken(text), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    leading = QFontMetricsF(font).lineSpacing() + 1
    y = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += leading
    layout.endLayout()
    return layout, y
