"""How much each setting of a sweep matters, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.figures import percent
from engine.problems import Refusal
from gui.texts import Texts
from gui.theme import Theme
from gui.waiting import waiting

if TYPE_CHECKING:  # Optuna
    from engine.sweep_study import Study

tr = Texts("sweeps")

_BAR = 8  # pixels


class ImportanceBars(QWidget):
    """A bar for each setting, the longest first; or a sentence while none is known."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shares: dict[str, float] = {}
        self.text = ""
        self._told: object = None
        """The trials that the bars are of: to work them out takes a second."""
        self.setAccessibleName(tr("Importance of the settings"))

    def show_study(
        self, study: Study, titles: Mapping[str, str], trials: object
    ) -> None:
        """Show how much each setting matters by a study, which has these `trials`."""
        if trials == self._told:
            return
        self._told = trials
        if len(titles) == 1:
            self.say(tr("One setting was varied: there is nothing to compare it with."))
            return
        if not self.shares:
            self.say(tr("Working it out…"))
            self.repaint()  # now: until it is worked out the window cannot
        try:
            with waiting():
                shares = study.importance()
            self.show_shares({titles[name]: share for name, share in shares.items()})
        except Refusal as refusal:
            self.say(str(refusal))

    def show_shares(self, shares: Mapping[str, float]) -> None:
        """Show how much of the differences in loss each setting explains."""
        ordered = sorted(shares.items(), key=lambda pair: -pair[1])
        self.shares, self.text = dict(ordered), ""
        words = ", ".join(f"{name} {percent(share)}" for name, share in ordered)
        self.setAccessibleDescription(words)
        self.update()

    def say(self, text: str) -> None:
        """Say why there are no bars."""
        self.shares, self.text = {}, text
        self.setAccessibleDescription(text)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(10, 8, -10, -8)
        if self.text:
            painter.setPen(QColor(self._theme.muted))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inside, wrapped, self.text)
            painter.end()
            return
        metrics = self.fontMetrics()
        step = metrics.height() + _BAR + 10
        top = inside.top()
        for name, share in self.shares.items():
            if top + step > inside.bottom() + _BAR:
                break
            line = QRectF(inside.left(), top, inside.width(), metrics.height())
            painter.setPen(QColor(self._theme.text))
            shown = metrics.elidedText(
                name, Qt.TextElideMode.ElideMiddle, round(inside.width()) - 50
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, shown)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, percent(share))
            bar = QRectF(inside.left(), line.bottom() + 2, inside.width(), _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
            bar.setWidth(max(bar.width() * share, _BAR))
            painter.setBrush(QColor(self._theme.families["convolution"]))
            painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
            top += step
        painter.end()
