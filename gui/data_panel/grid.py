"""Samples as pictures or lines, as many as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.data_panel.pages import DUPLICATES, PARTS, Cell, Page
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("data")

_GAP = 8  # pixels
_SMALL, _LARGE = 68, 112  # pixels: the sides of small pictures, and of larger ones
_LEAST = 0.6
"""How much of that is enough where another row fits then."""
_LINES = QSize(176, 72)
_MOST_CAPTION = 96  # pixels: wider captions are shortened
_CAPTION_SIZE = 0.88  # of the font
_TURNS = {
    Qt.Key.Key_PageDown: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_Left: -1,
}


class SampleGrid(QWidget):
    """Draws a page of cells; the keys of a book turn it."""

    turned = Signal(int)
    """Pages on (1) or back (-1)."""
    resized = Signal()
    """There is room for another number of cells."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page: Page | None = None
        self._wanted = QSize(_SMALL, _SMALL)
        self._caption_width = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Samples"))
        self.setMinimumSize(80, 60)

    @property
    def cells(self) -> Sequence[Cell]:
        """What is drawn."""
        return self._page.cells if self._page is not None else ()

    @property
    def room(self) -> int:
        """How many cells there is room for; an even number, for pairs."""
        columns, rows = self._columns_and_rows()
        return max(columns * rows, 1)

    def expect(self, shape: tuple[int, ...], captions: Sequence[str] = ()) -> None:
        """Make room for samples of this shape: cells of the size that suits them."""
        metrics = QFontMetricsF(self._caption_font())
        widths = [metrics.horizontalAdvance(each) for each in captions]
        self._caption_width = min(math.ceil(max(widths, default=0)) + 4, _MOST_CAPTION)
        if len(shape) == 1 and math.isqrt(shape[0]) ** 2 == shape[0]:
            shape = (math.isqrt(shape[0]),) * 2  # a picture, row after row
        if len(shape) in (1, 2) and min(shape) <= 3:
            self._wanted = _LINES
        else:
            side = _SMALL if max(shape, default=0) <= 32 else _LARGE
            self._wanted = QSize(side, side)

    def show_page(self, page: Page | None) -> None:
        """Draw the cells of a page; none with None."""
        self._page = page
        words = "; ".join(cell.caption or str(cell.index) for cell in self.cells)
        self.setAccessibleDescription(words[:2000])
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell under a point."""
        for place, cell in enumerate(self.cells):
            if self._rect_of(place).contains(point):
                return cell
        return None

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def _caption_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() * _CAPTION_SIZE, 1.0))
        return font

    def _column_width(self) -> int:
        """Of a picture, or of the name under it where that is wider."""
        return max(self._cell.width(), self._caption_width)

    def _caption_height(self) -> int:
        return self.fontMetrics().height() + 2

    @property
    def _cell(self) -> QSize:
        """The size of a picture: smaller than is wanted if a second row fits so."""
        beside = self._caption_height() + _GAP
        room, wanted = self.height() - _GAP // 2, self._wanted
        rows = 2 if room >= 2 * (_LEAST * wanted.height() + beside) else 1
        height = min(wanted.height(), max(room // rows - beside, 16))
        if wanted.width() == wanted.height():
            return QSize(height, height)
        return QSize(wanted.width(), height)

    def _columns_and_rows(self) -> tuple[int, int]:
        columns = (self.width() + _GAP) // (self._column_width() + _GAP)
        height = self._cell.height() + self._caption_height() + _GAP
        return max(columns, 1), max((self.height() - _GAP // 2) // height, 1)

    def _rect_of(self, place: int) -> QRectF:
        """Where a cell is drawn, its caption included."""
        columns, _ = self._columns_and_rows()
        row, column = divmod(place, columns)
        width = self._column_width()
        height = self._cell.height() + self._caption_height()
        left = column * (width + _GAP)  # the first in line with what is above
        return QRectF(left, _GAP // 2 + row * (height + _GAP), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._caption_font())
        for place, cell in enumerate(self.cells):
            rect = self._rect_of(place)
            if rect.top() > self.height():
                break
            self._paint(painter, cell, rect)
        if self.hasFocus():
            painter.setPen(QColor(self._theme.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 5, 5)
        painter.end()

    def _paint(self, painter: QPainter, cell: Cell, rect: QRectF) -> None:
        body = QRectF(rect.topLeft(), self._cell.toSizeF())
        body.moveCenter(QPointF(rect.center().x(), body.center().y()))
        if cell.image is not None:
            size = cell.image.size().scaled(self._cell, _KEEP).toSizeF()
            target = QRectF(body.topLeft(), size)
            target.moveCenter(body.center())
            is_enlarged = size.width() >= 1.5 * cell.image.width()
            # Small pictures show their pixels: that is what the network sees.
            painter.setRenderHint(_SMOOTH, not is_enlarged)
            painter.drawImage(target, cell.image)
        else:
            self._paint_lines(painter, cell, body)
        painter.setPen(QColor(self._theme.muted))
        line = QRectF(rect.left(), body.bottom(), rect.width(), self._caption_height())
        text = cell.caption
        if self._page is not None and self._page.wish.part == DUPLICATES:
            text = f"{cell.part}: {text}" if text else cell.part
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, round(rect.width())
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_lines(self, painter: QPainter, cell: Cell, body: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.canvas))
        painter.drawRoundedRect(body, 4, 4)
        low, high = self._page.span if self._page is not None else (0.0, 1.0)
        inside = body.adjusted(4, 4, -4, -4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colors = [self._theme.kinds[kind] for kind in ("sequence", "vector", "tokens")]
        painter.setClipRect(body)
        for number, line in enumerate(cell.lines):
            painter.setPen(QPen(QColor(colors[number % len(colors)]), 1.4))
            step = inside.width() / max(len(line) - 1, 1)
            scale = inside.height() / max(high - low, 1e-12)
            points = [
                QPointF(inside.left() + at * step, inside.bottom() - (y - low) * scale)
                for at, y in enumerate(line)
            ]
            painter.drawPolyline(QPolygonF(points))
        painter.setClipping(False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), told(cell), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _TURNS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.turned.emit(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


_KEEP = Qt.AspectRatioMode.KeepAspectRatio
_SMOOTH = QPainter.RenderHint.SmoothPixmapTransform


def told(cell: Cell) -> str:
    """A cell in words: where it is from, and its answer."""
    where = tr(
        "{part}, sample {index:,}", part=tr.of(PARTS[cell.part]), index=cell.index
    )
    answer = cell.detail or cell.caption
    return f"{where}: {answer}" if answer else where
