"""A curve of a few numbers, drawn small; it needs nothing but Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

_MARGIN = 5.0  # pixels around the curve
_FAINT = 200  # of 255: the strong line is twice as thick


class SmallCurve(QWidget):
    """Draws numbers at even distances, with words under its ends and one mark."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        """`height` is in pixels, the words under it included."""
        super().__init__(parent)
        self._height = height
        self.values: tuple[float, ...] = ()
        self.faint: tuple[float, ...] = ()
        self.mark: float | None = None
        self.words = ("", "")
        self.marked = ""
        self._height_words: Callable[[float], str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_curve(
        self,
        values: Sequence[float],
        words: tuple[str, str] = ("", ""),
        faint: Sequence[float] = (),
        mark: float | None = None,
        marked: str = "",
    ) -> None:
        """Draw `values`, faintly others behind them, and a mark at a share.

        Under the mark stands what it is `marked` with.
        """
        self.values, self.faint = tuple(values), tuple(faint)
        self.words, self.mark, self.marked = words, mark, marked
        self.update()

    def show_heights(self, words: Callable[[float], str]) -> None:
        """Write the least and the greatest height at the left, in these `words`."""
        self._height_words = words
        self.update()

    def heights(self) -> tuple[str, str]:
        """What stands at the left, below and above; empty where nothing does."""
        if self._height_words is None or not self.values:
            return "", ""
        low, high = self.reach()
        return self._height_words(low), self._height_words(high)

    def sizeHint(self) -> QSize:
        return QSize(160, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._height)

    def reach(self) -> tuple[float, float]:
        """The least and the greatest value that is in sight.

        Faint values are in sight as far as they go beyond the curve by less than half
        its height: one that flies off leaves the curve itself readable.
        """
        low, high = min(self.values), max(self.values)
        if not self.faint:
            return low, high
        more = (high - low) / 2
        least, most = min(self.faint), max(self.faint)
        return max(min(low, least), low - more), min(max(high, most), high + more)

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self.values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        strong = palette.color(QPalette.ColorRole.Highlight)
        words = self.fontMetrics().height() + 2 if any(self.words) else 0
        heights, metrics = self.heights(), self.fontMetrics()
        left = _MARGIN + max(map(metrics.horizontalAdvance, heights))
        left += _MARGIN if any(heights) else 0.0
        area = QRectF(self.rect()).adjusted(left, _MARGIN, -_MARGIN, -_MARGIN - words)
        base = QColor(muted)
        base.setAlpha(110)
        painter.setPen(QPen(base, 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self.mark is not None:
            painter.setPen(QPen(muted, 1.5, Qt.PenStyle.DashLine))
            x = area.left() + self.mark * area.width()
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        low, high = self.reach()
        if self.faint:
            faint = QColor(strong)
            faint.setAlpha(_FAINT)
            painter.setPen(QPen(faint, 1))
            painter.setClipRect(area)
            painter.drawPolyline(_points(self.faint, low, high, area))
            painter.setClipping(False)
        painter.setPen(QPen(strong, 2))
        painter.drawPolyline(_points(self.values, low, high, area))
        painter.setPen(muted)
        beside = QRectF(0, area.top(), area.left() - _MARGIN, area.height())
        ends = (Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop)
        for text, end in zip(heights, ends, strict=True):
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | end, text)
        under = QRectF(self.rect()).adjusted(left, 0, -_MARGIN, -1)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for text, side in zip(self.words, sides, strict=True):
            painter.drawText(under, side | Qt.AlignmentFlag.AlignBottom, text)
        if self.mark is not None:
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            around = under.translated((self.mark - 0.5) * area.width(), 0)
            painter.drawText(around, middle, self.marked)
        painter.end()


def _points(
    values: Sequence[float], low: float, high: float, area: QRectF
) -> QPolygonF:
    room = max(high - low, 1e-12)
    across = max(len(values) - 1, 1)
    return QPolygonF(
        [
            QPointF(
                area.left() + area.width() * place / across,
                area.bottom() - area.height() * (value - low) / room,
            )
            for place, value in enumerate(values)
        ]
    )
