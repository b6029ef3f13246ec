"""Our icons, drawn in the colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.style import RESOURCES

_PIXELS = 16
_RATIOS = (1.0, 2.0)  # plain screens and those with twice the dots


def icon(name: str, color: str) -> QIcon:
    """The icon called `name` in `resources/icons`, drawn in `color` (`#rrggbb`)."""
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))
    drawn = QIcon()
    for ratio in _RATIOS:
        side = round(_PIXELS * ratio)
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        drawn.addPixmap(pixmap)
    return drawn


def application_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(RESOURCES / "icons" / "espalier.svg"))
