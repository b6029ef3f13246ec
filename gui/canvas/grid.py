"""The dots behind the network."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

_STEP = 24.0
"""Between two dots, in pixels at 100 %."""


class Grid:
    """Draws the dots; one of them is kept as pixels and laid out as tiles."""

    def __init__(self) -> None:
        self._tile: tuple[tuple[int, float, str], QPixmap] | None = None

    def draw(
        self,
        painter: QPainter,
        area: QRectF,
        origin: QPointF,
        scale: float,
        color: QColor,
    ) -> None:
        """Fill an area of the screen, where the scene's origin lies at `origin`."""
        tile = self._tile_for(color, scale, painter.device().devicePixelRatioF())
        step = tile.width() / tile.devicePixelRatio()
        offset = QPointF(-(origin.x() % step), -(origin.y() % step))
        painter.drawTiledPixmap(area, tile, QPointF(step, step) + offset)

    def _tile_for(self, color: QColor, scale: float, ratio: float) -> QPixmap:
        """One dot of the grid; the steps double or halve as one zooms."""
        step = _STEP * scale * ratio
        while step < 0.75 * _STEP * ratio:
            step *= 2
        while step > 1.5 * _STEP * ratio:
            step /= 2
        key = (round(step), ratio, color.name())
        if self._tile is None or self._tile[0] != key:
            tile = QPixmap(key[0], key[0])
            tile.setDevicePixelRatio(ratio)
            tile.fill(QColor(0, 0, 0, 0))
            painter = QPainter(tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(1.5, 1.5), 1.1, 1.1)
            painter.end()
            self._tile = (key, tile)
        return self._tile[1]
