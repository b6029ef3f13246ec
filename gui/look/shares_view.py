"""A table of shares as fields of one colour, with the names of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

_GAP = 1.0
_ROOM = 6.0
"""Pixels between a name and the fields."""
_LARGEST = 34.0
_STRONG = 0.55
"""From this share on, a number on its field is written in the colour of the ground."""


class SharesView(QWidget):
    """Draws shares from 0 to 1; the strongest field of a row stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shares: tuple[tuple[float, ...], ...] = ()
        self.rows: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.setAccessibleName("Shares")
        self.setMinimumSize(80, 60)
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def show_shares(
        self,
        shares: Sequence[Sequence[float]],
        rows: Sequence[str],
        columns: Sequence[str],
    ) -> None:
        """Show a table; the sizes of the three have to agree."""
        self.shares = tuple(map(tuple, shares))
        self.rows, self.columns = tuple(rows), tuple(columns)
        said = [
            f"{name} looks most at {columns[max(range(len(row)), key=row.__getitem__)]}"
            for name, row in zip(self.rows, self.shares, strict=True)
        ]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def field(self, row: int, column: int) -> QRectF:
        """Where a field is drawn, in pixels of the widget."""
        corner, side = self._grid()
        left, top = corner.x() + column * side, corner.y() + row * side
        return QRectF(left, top, side - _GAP, side - _GAP)

    def heightForWidth(self, width: int) -> int:
        """How tall the whole table is where it may be so wide."""
        metrics = self.fontMetrics()
        widest = max(map(metrics.horizontalAdvance, self.rows), default=0)
        tallest = max(map(metrics.horizontalAdvance, self.columns), default=0)
        side = (width - widest - _ROOM) / max(len(self.columns), 1)
        side = max(min(side, _LARGEST), 2.0)
        return round(tallest + _ROOM + side * len(self.rows)) + 2

    def _grid(self) -> tuple[QPointF, float]:
        """The upper left corner of the fields, and how large one is."""
        metrics = self.fontMetrics()
        widest = max(map(metrics.horizontalAdvance, self.rows), default=0)
        tallest = max(map(metrics.horizontalAdvance, self.columns), default=0)
        left, top = widest + _ROOM, tallest + _ROOM
        across = (self.width() - left) / max(len(self.columns), 1)
        down = (self.height() - top) / max(len(self.rows), 1)
        side = max(min(across, down, _LARGEST), 2.0)
        spare = max(self.width() - left - side * len(self.columns), 0.0)
        return QPointF(left + spare / 2, top), side

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shares:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        corner, side = self._grid()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        base = palette.color(QPalette.ColorRole.Base)
        strong = palette.color(QPalette.ColorRole.Highlight)
        line = painter.fontMetrics().height()
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(self.rows):
            middle = corner.y() + (row + 0.5) * side
            place = QRectF(0, middle - line / 2, corner.x() - _ROOM, line)
            painter.drawText(place, right, name)
        for column, name in enumerate(self.columns):
            painter.save()
            painter.translate(corner.x() + (column + 0.5) * side, corner.y() - _ROOM)
            painter.rotate(-90)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, -line / 2, corner.y(), line), left, name)
            painter.restore()
        fits = side >= painter.fontMetrics().horizontalAdvance("00") + 4
        for row, shares in enumerate(self.shares):
            for column, share in enumerate(shares):
                place = self.field(row, column)
                painter.fillRect(place, _between(base, strong, share))
                if fits and share >= 0.005:
                    painter.setPen(base if share > _STRONG else muted)
                    number = f"{100 * share:.0f}"
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, number)
        painter.end()

    def event(self, event: object) -> bool:  # object: PySide's own is too narrow
        if isinstance(event, QHelpEvent):
            said = self.said_at(event.pos())
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)

    def said_at(self, place: QPoint) -> str:
        """The words on the field under a place, or an empty text."""
        for row, name in enumerate(self.rows):
            for column, other in enumerate(self.columns):
                if self.field(row, column).contains(QPointF(place)):
                    share = self.shares[row][column]
                    return f"{name} takes {100 * share:.0f} % from {other}"
        return ""


def _between(low: QColor, high: QColor, share: float) -> QColor:
    share = min(max(share, 0.0), 1.0)
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)
        )
    )
