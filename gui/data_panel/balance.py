"""How many samples each class has, as bars, part by part."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.data_panel.pages import PARTS
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("data")

_BAR = 5  # pixels
_COLORS = {"train": "image", "validation": "vector", "test": "tokens"}
"""Each part has the colour of a kind: they are made to be told apart."""


class BalanceBars(QWidget):
    """A row for each class with a bar for each part, each as a share of its part.

    Parts of different sizes so compare: where the split is even, a class's bars are
    equally long.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.counts: dict[str, dict[str, int]] = {}
        self.setAccessibleName(tr("Samples of each class"))
        self.setToolTip(
            tr("Bars: a class's share of each part. Numbers: its samples in all parts")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Show how many samples of each class each part has."""
        self.counts = {part: dict(each) for part, each in counts.items()}
        words = (
            f"{tr.of(PARTS[part])}: "
            + ", ".join(f"{name} {count:,}" for name, count in each.items())
            for part, each in self.counts.items()
        )
        self.setAccessibleDescription(". ".join(words)[:4000])
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of their numbers."""
        return list(next(iter(self.counts.values()), {}))

    def _step(self) -> int:
        return max(self.fontMetrics().height(), len(self.counts) * (_BAR + 2)) + 8

    def sizeHint(self) -> QSize:
        return QSize(220, self._head() + len(self.classes) * self._step() + 4)

    def _head(self) -> int:
        """The height of two lines: which colour is which part, and what is told."""
        return 2 * self.fontMetrics().height() + 16

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter)
        self._paint_head(painter)
        names, step, metrics = self.classes, self._step(), self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        left = 8 + min(widest, self.width() // 3) + 8
        number = metrics.horizontalAdvance("000,000")
        room = max(self.width() - left - number - 16, 10)
        shares = {
            part: {
                name: count / max(sum(each.values()), 1) for name, count in each.items()
            }
            for part, each in self.counts.items()
        }
        longest = max((s for each in shares.values() for s in each.values()), default=1)
        for row, name in enumerate(names):
            top = self._head() + row * step
            if top > event.rect().bottom() or top + step < event.rect().top():
                continue
            line = QRectF(8, top, left - 14, step - 8)
            painter.setPen(QColor(self._theme.text))
            shown = metrics.elidedText(
                name, Qt.TextElideMode.ElideRight, round(line.width())
            )
            painter.drawText(line, _MIDDLE_LEFT, shown)
            for place, part in enumerate(self.counts):
                width = room * shares[part][name] / max(longest, 1e-9)
                bar = QRectF(left, top + 1 + place * (_BAR + 2), max(width, 1.0), _BAR)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.kinds[_COLORS[part]]))
                painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
            painter.setPen(QColor(self._theme.muted))
            total = sum(each[name] for each in self.counts.values())
            end = QRectF(left + room + 4, top, number + 8, step - 8)
            painter.drawText(end, _MIDDLE_RIGHT, f"{total:,}")
        painter.end()

    def _paint_legend(self, painter: QPainter) -> None:
        left, metrics = 8.0, self.fontMetrics()
        for part, each in self.counts.items():
            text = f"{part} {sum(each.values()):,}"
            dot = QRectF(left, 4 + metrics.height() / 2 - 4, 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.kinds[_COLORS[part]]))
            painter.drawEllipse(dot)
            painter.setPen(QColor(self._theme.muted))
            line = QRectF(left + 12, 4, self.width(), metrics.height())
            painter.drawText(line, _MIDDLE_LEFT, text)
            left += 12 + metrics.horizontalAdvance(text) + 14

    def _paint_head(self, painter: QPainter) -> None:
        metrics = self.fontMetrics()
        head = QRectF(8, 4 + metrics.height() + 4, self.width() - 12, metrics.height())
        painter.setPen(QColor(self._theme.muted))
        for text in (
            tr("bars: share of each part; numbers: samples in all"),
            tr("bars: share of each part"),
        ):
            if metrics.horizontalAdvance(text) <= head.width():
                painter.drawText(head, _MIDDLE_LEFT, text)
                return


_MIDDLE_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MIDDLE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
