"""Chances as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.figures import percent
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("look")

MOST = 10
"""So many bars: of more classes the likeliest are shown."""
_NARROWEST_BAR = 40  # pixels


class ChanceBars(QWidget):
    """A bar for each class, the likeliest in the accent colour."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chances: tuple[tuple[str, float], ...] = ()
        self.setAccessibleName(tr("How sure the network is of each class"))
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height() + 4
        return QSize(180, line * max(len(self.chances), 3))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_chances(self, chances: tuple[tuple[str, float], ...]) -> None:
        """Show classes with their chances, from 0 to 1; of many the likeliest."""
        if len(chances) > MOST:
            chances = tuple(sorted(chances, key=lambda each: -each[1])[:MOST])
        self.chances = chances
        said = ", ".join(
            f"{name} {percent(share)}" for name, share in self.likeliest(3)
        )
        self.setAccessibleDescription(said)
        self.updateGeometry()
        self.update()

    def likeliest(self, count: int) -> list[tuple[str, float]]:
        """The classes with the largest chances."""
        return sorted(self.chances, key=lambda each: -each[1])[:count]

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.chances:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        names = [one_line(name) for name, _ in self.chances]
        names_wide = max(metrics.horizontalAdvance(name) for name in names) + 2
        number_wide = metrics.horizontalAdvance("100.0 %")
        room = self.width() - number_wide - 16 - _NARROWEST_BAR
        names_wide = max(min(names_wide, room), 10)
        line = min(self.height() / len(self.chances), metrics.height() + 8.0)
        best = max(share for _, share in self.chances)
        for place, (name, (_, share)) in enumerate(
            zip(names, self.chances, strict=True)
        ):
            top = place * line
            is_best = share == best
            painter.setPen(QColor(self._theme.text if is_best else self._theme.muted))
            middle = Qt.AlignmentFlag.AlignVCenter
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names_wide)
            painter.drawText(
                QRectF(0, top, names_wide, line), Qt.AlignmentFlag.AlignRight | middle,
                elided,
            )  # fmt: skip
            left = names_wide + 8
            wide = self.width() - left - number_wide - 8
            painter.drawText(
                QRectF(self.width() - number_wide, top, number_wide, line),
                Qt.AlignmentFlag.AlignRight | middle,
                percent(share, 1),
            )
            high = min(line - 4, metrics.height() * 0.7)
            bar = QRectF(left, top + (line - high) / 2, wide, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(bar, 3, 3)
            bar.setWidth(max(wide * share, 1.0))
            theme = self._theme
            painter.setBrush(QColor(theme.accent if is_best else theme.faint))
            painter.drawRoundedRect(bar, 3, 3)
        painter.end()


def one_line(name: str) -> str:
    """A sign of a text by a name that can be seen."""
    return {"\n": "⏎", " ": "␣", "\t": "⇥", "<unknown>": "?"}.get(name, name)
