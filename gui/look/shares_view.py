"""A table of shares as fields of one colour, with the names of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QWidget

from gui.inks import contrast
from gui.texts import Texts

tr = Texts("look")

_GAP = 1.0
_ROOM = 6.0
"""Pixels between a name and the fields."""
_BESIDE = 4  # pixels, beside a number in its field
_LARGEST = 34.0
_FLATTEST = 4.0
"""How much wider than high a field may be, where height is scarce."""
_SMALLEST, _SMALLER = 9, 0.78
"""Pixels of a letter, and the part of its usual size it may be drawn at."""
_LEGIBLE = 4.5
"""The contrast a number has at least to its field (WCAG 2.2, criterion 1.4.3)."""


@dataclass(frozen=True, slots=True)
class _Grid:
    left: float
    top: float
    across: float
    """How wide a field is, and the gap after it."""
    down: float
    is_upright: bool
    """Whether the names of the columns stand on end."""
    font: QFont

    def x(self, column: int) -> float:
        return self.left + column * self.across

    def y(self, row: int) -> float:
        return self.top + row * self.down


class SharesView(QWidget):
    """Draws shares from 0 to 1; the strongest field of a row stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shares: tuple[tuple[float, ...], ...] = ()
        self.rows: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.window_on_it: QWidget | None = None
        """What shows a part of it at a time, where its names stay in sight."""
        self.setAccessibleName(tr("Shares"))
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
            tr(
                "{name} looks most at {other}",
                name=name,
                other=columns[max(range(len(row)), key=row.__getitem__)],
            )
            for name, row in zip(self.rows, self.shares, strict=True)
        ]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def field(self, row: int, column: int) -> QRectF:
        """Where a field is drawn, in pixels of the widget."""
        grid = self._grid()
        left, top = grid.x(column), grid.y(row)
        return QRectF(left, top, grid.across - _GAP, grid.down - _GAP)

    def heightForWidth(self, width: int) -> int:
        """How tall the whole table is where it may be so wide."""
        side = (width - self._widest(self.rows) - _ROOM) / max(len(self.columns), 1)
        side = max(min(side, _LARGEST), 2.0)
        tallest = self._widest(self.columns)
        return round(tallest + _ROOM + side * len(self.rows)) + 2

    def legible_size(self, width: int | None = None) -> QSize:
        """How small the table may be made: below that it is to be scrolled.

        So wide, its names of columns may have to stand on end; without a width it is
        taken for wide enough.
        """
        small = _small(self.font())
        metrics = QFontMetrics(small)
        row = metrics.height() - 2
        column = metrics.horizontalAdvance("00") + _BESIDE
        least = self._widest(self.rows) + _ROOM + column * len(self.columns)
        names = float(self.fontMetrics().height())
        if width is not None:
            across = max(width, least) - self._widest(self.rows) - _ROOM
            each = across / max(len(self.columns), 1)
            if each < self._widest(self.columns, small) + _ROOM:
                names = self._widest(self.columns)
                row = max(row, column)  # the fields are square then
        return QSize(round(least), round(names + _ROOM + row * len(self.rows)))

    def _widest(self, names: Sequence[str], font: QFont | None = None) -> float:
        metrics = self.fontMetrics() if font is None else QFontMetrics(font)
        return float(max(map(metrics.horizontalAdvance, names), default=0))

    def _grid(self) -> _Grid:
        """Where the fields are: square ones, or flat ones where height is scarce."""
        line = self.fontMetrics().height()
        rows, columns = max(len(self.rows), 1), max(len(self.columns), 1)
        left = self._widest(self.rows) + _ROOM
        across = (self.width() - left) / columns
        tall = self._widest(self.columns) + _ROOM
        down = (self.height() - tall) / rows
        flat = (self.height() - line - _ROOM) / rows
        font = self.font()
        if down < line:
            font = _small(font)
            if across >= self._widest(self.columns, font) + _ROOM:  # names lie above
                side = min(across, _FLATTEST * max(flat, line))
                spare = max(self.width() - left - side * columns, 0.0) / 2
                top = line + _ROOM
                down = max(min(flat, _LARGEST), 2.0)
                return _Grid(left + spare, top, side, down, False, font)
        side = max(min(across, down, _LARGEST), 2.0)
        spare = max(self.width() - left - side * columns, 0.0)
        return _Grid(left + spare / 2, tall, side, side, True, font)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shares:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self._grid()
        painter.setFont(grid.font)
        palette = self.palette()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        text = palette.color(QPalette.ColorRole.Text)
        base = palette.color(QPalette.ColorRole.Base)
        strong = palette.color(QPalette.ColorRole.Highlight)
        numbers = _fitting(grid)
        painter.setFont(numbers or grid.font)
        for row, shares in enumerate(self.shares):
            for column, share in enumerate(shares):
                place = self.field(row, column)
                field = _between(base, strong, share)
                painter.fillRect(place, field)
                if numbers is not None and share >= 0.005:
                    painter.setPen(legible(field, muted, text, base))
                    number = f"{100 * share:.0f}"
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, number)
        painter.setFont(grid.font)
        self._draw_names(painter, grid)
        painter.end()

    def _draw_names(self, painter: QPainter, grid: _Grid) -> None:
        """The names beside and above; they stay in sight where the table scrolls."""
        line = painter.fontMetrics().height()
        seen = self._seen()
        ground = self.palette().color(QPalette.ColorRole.Window)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        left = max(seen.left() - (grid.left - self._widest(self.rows) - _ROOM), 0.0)
        beside = QRectF(left, seen.top(), grid.left - _ROOM / 2, seen.height())
        if left > 0:
            painter.fillRect(beside, ground)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(self.rows):
            middle = grid.y(row) + grid.down / 2
            place = QRectF(left, middle - line / 2, grid.left - _ROOM, line)
            painter.drawText(place, right, name)
        # The last row goes no farther than below them.
        top = max(min(seen.top(), grid.y(len(self.rows) - 1) - grid.top), 0.0)
        if top > 0:
            painter.fillRect(QRectF(0, top, self.width(), grid.top - 2), ground)
        for column, name in enumerate(self.columns):
            middle = grid.x(column) + grid.across / 2
            if not grid.is_upright:
                place = QRectF(middle - grid.across / 2, top, grid.across, line)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)
                continue
            painter.save()
            painter.translate(middle, top + grid.top - _ROOM)
            painter.rotate(-90)
            at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, -line / 2, grid.top, line), at, name)
            painter.restore()

    def _seen(self) -> QRectF:
        """What of it is to be seen in its own window; a panel scrolls it as a whole."""
        window = self.window_on_it
        if window is None:
            return QRectF(self.rect())
        return QRectF(self.mapFrom(window, QPoint()), window.size())

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
                    return tr(
                        "{name} takes {share:.0f} % from {other}",
                        name=name,
                        share=100 * share,
                        other=other,
                    )
        return ""


class ScrolledShares(QScrollArea):
    """A table of shares that scrolls where it would be too small to be read."""

    def __init__(self, table: SharesView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setAccessibleName(tr("Table of shares"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(table)
        table.window_on_it = self.viewport()
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(lambda _: table.update())  # its names stay

    def give_room(self) -> None:
        """Give the table the least room that it needs."""
        width = self.width() - self.verticalScrollBar().sizeHint().width()
        self._table.setMinimumSize(self._table.legible_size(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.give_room()


def _fitting(grid: _Grid) -> QFont | None:
    """The largest letters whose numbers fit a field, or None."""
    for font in (grid.font, _small(grid.font)):
        metrics = QFontMetrics(font)
        wide = metrics.horizontalAdvance("00") + _BESIDE
        if grid.across >= wide and grid.down >= metrics.height() - 4:
            return font
    return None


def _small(font: QFont) -> QFont:
    """The letters of a table that has little room."""
    small = QFont(font)
    usual = QFontInfo(font).pixelSize()
    small.setPixelSize(min(max(round(_SMALLER * usual), _SMALLEST), usual))
    return small


def legible(ground: QColor, first: QColor, *others: QColor) -> QColor:
    """The first colour if it can be read on `ground`, else what stands out most."""

    def apart(color: QColor) -> float:
        return contrast(color.name(), ground.name())

    return first if apart(first) >= _LEGIBLE else max((first, *others), key=apart)


def _between(low: QColor, high: QColor, share: float) -> QColor:
    share = min(max(share, 0.0), 1.0)
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)
        )
    )
