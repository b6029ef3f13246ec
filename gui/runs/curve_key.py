"""Which stroke is which run's: a key over the curves, never upon them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plot_pens import as_thick
from gui.runs.strokes import STROKES, stroke
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("runs")

_STROKE = 22  # pixels
_GAP = 6
_LETTERS = 18  # a name gets at least so much, and the key another line
_MOST = 8
"""Of more runs the table alone tells: a key would take the curves' room."""


class CurveKey(QWidget):
    """A short stroke and the name of each run, in as few lines as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self.setProperty("role", "caption")  # its font
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Which curve is which run's"))
        self.hide()

    @property
    def names(self) -> tuple[str, ...]:
        """The runs that it tells apart, in the order of their strokes."""
        return self._names

    def show_names(self, names: Sequence[str]) -> None:
        """Tell these runs apart; a single one, and very many, need no key."""
        self._names = tuple(names) if 1 < len(names) <= _MOST else ()
        self.setVisible(bool(self._names))
        told = ", ".join(self._names)
        self.setToolTip(told)
        self.setAccessibleDescription(told)
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def cells(self) -> list[QRect]:
        """Where each run is told of: in columns, line after line."""
        if not self._names:
            return []
        widths = self._column_widths()
        lefts = [sum(widths[:column]) for column in range(len(widths))]
        height = self.fontMetrics().height() + 2
        places = (divmod(each, len(widths)) for each in range(len(self._names)))
        return [
            QRect(lefts[column], line * height, widths[column], height)
            for line, column in places
        ]

    def _column_widths(self) -> list[int]:
        """Of as many columns as hold whole names, if that costs a line at most."""
        metrics, count = self.fontMetrics(), len(self._names)
        beside = _STROKE + 3 * _GAP + 1  # advances are rounded, at times down
        needed = [metrics.horizontalAdvance(name) + beside for name in self._names]
        least = min(max(needed), _LETTERS * metrics.averageCharWidth() + beside)
        fewest = max(1, min(self.width() // least, count))
        lines = ceil(count / fewest)
        for columns in range(count, 0, -1):
            widths = [max(needed[each::columns]) for each in range(columns)]
            if ceil(count / columns) <= lines + 1 and sum(widths) <= self.width():
                return widths
        widths = [max(needed[each::fewest]) for each in range(fewest)]
        return _fitted(widths, self.width())

    def sizeHint(self) -> QSize:
        cells = self.cells()
        return QSize(0, cells[-1].bottom() + 1 if cells else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        for place, (name, cell) in enumerate(
            zip(self._names, self.cells(), strict=True)
        ):
            painter.setPen(as_thick(stroke(place % STROKES, self._theme), self))
            middle = cell.center().y() + 0.5
            painter.drawLine(
                QPointF(cell.left(), middle), QPointF(cell.left() + _STROKE, middle)
            )
            room = cell.adjusted(_STROKE + _GAP, 0, -2 * _GAP, 0)
            painter.setPen(self._theme.text)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """The widths within a room: the widest give way, those with less keep theirs."""
    fitted = list(widths)
    left = room
    by_width = sorted(range(len(widths)), key=lambda place: widths[place])
    for done, place in enumerate(by_width):
        fitted[place] = min(widths[place], left // (len(widths) - done))
        left -= fitted[place]
    return fitted
