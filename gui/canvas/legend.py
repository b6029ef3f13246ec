"""What the colours of cards mean, in a corner of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.canvas.card_painter import TINT
from gui.canvas.coloring import TITLES, Coloring, cost_text
from gui.canvas.style import Style
from gui.text_scale import scaled
from gui.texts import Texts

tr = Texts("canvas")

_SIZE = (256, 58)
"""Pixels beside the usual text."""
_CORNER = 14
_PAD = 10.0
_BAR = 8.0
_STEPS = 16


class Legend(QWidget):
    """From no colour to the dearest node's, with the total; hidden without colours."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self._style = style
        self._texts = ("", "", "")
        self.follow_text()
        self.setAccessibleName(tr("What the colours mean"))
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return " · ".join(text for text in self._texts if text)

    def follow_text(self) -> None:
        """Be as large as its letters need, which are as large as the system's."""
        self.setFixedSize(*map(scaled, _SIZE))
        self.place()

    def place(self) -> None:
        """Lie in the lower left corner of the canvas."""
        self.move(_CORNER, self._canvas.height() - self.height() - _CORNER)

    def set_style(self, style: Style) -> None:
        """Draw in other colours."""
        self._style = style
        self.update()

    def show_coloring(self, coloring: Coloring) -> None:
        """Tell of the cost that counts now."""
        cost = coloring.cost
        self.setVisible(cost is not None)
        if cost is not None:
            most = cost_text(cost, coloring.most)
            total = tr("{amount} in all", amount=cost_text(cost, coloring.total))
            self._texts = (tr.of(TITLES[cost]), most, total)
            self.setAccessibleDescription(self.text)
            self.setToolTip(
                tr(
                    "{cost}: the dearest layer has {most}, {total}.",
                    cost=tr.of(TITLES[cost]),
                    most=most,
                    total=total,
                )
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        style, fonts = self._style, self._style.fonts
        title, most, total = self._texts
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.border, 1))
        painter.setBrush(style.window)
        painter.scale(self.width() / _SIZE[0], self.height() / _SIZE[1])
        frame = QRectF(0, 0, *_SIZE).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 7, 7)
        metrics = fonts.metrics(fonts.detail)
        painter.setFont(fonts.detail)
        painter.setPen(style.text)
        y = 7 + metrics.ascent()
        painter.drawText(QPointF(_PAD, y), title)
        painter.setFont(fonts.small)
        painter.setPen(style.muted)
        right = frame.right() - _PAD - fonts.width(fonts.small, total)
        painter.drawText(QPointF(right, y), total)
        bar = QRectF(_PAD, y + 7, frame.width() - 2 * _PAD, _BAR)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(_STEPS + 1):  # as the cards are
            ramp.setColorAt(step / _STEPS, style.heated(step / _STEPS, TINT))
        painter.setPen(QPen(style.border, 1))
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, 3, 3)
        small = fonts.metrics(fonts.small)
        painter.setFont(fonts.small)
        painter.setPen(style.muted)
        y = bar.bottom() + 4 + small.ascent()
        painter.drawText(QPointF(_PAD, y), "0")
        right = bar.right() - fonts.width(fonts.small, most)
        painter.drawText(QPointF(right, y), most)
        painter.end()
