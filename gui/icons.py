"""Our icons, drawn in the colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.style import ICON_SIDES, RESOURCES

_RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)  # dots a pixel that screens are set to


_BESIDE_TEXT = 0.86
"""How large an icon is before a text: Qt puts the text hardly any further right."""
_DISABLED = 0.4


def icon(name: str, color: str, *, before_text: bool = False) -> QIcon:
    """The icon called `name` in `resources/icons`, drawn in `color` (`#rrggbb`).

    One that is to stand before a text keeps its distance from it.
    """
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", color).encode()))
    drawn = QIcon()
    # Drawn for each number of dots: a picture that is scaled to them is blurred.
    sides = {round(side * ratio) for side in ICON_SIDES for ratio in _RATIOS}
    for pixels in sorted(sides):
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        side = pixels * _BESIDE_TEXT if before_text else pixels
        renderer.render(painter, QRectF(0, (pixels - side) / 2, side, side))
        painter.end()
        drawn.addPixmap(pixmap)
        drawn.addPixmap(_faded(pixmap), QIcon.Mode.Disabled)
    return drawn


def _faded(pixmap: QPixmap) -> QPixmap:
    """As it is on what is disabled: Qt's own hardly differs on a dark ground."""
    faded = QPixmap(pixmap.size())
    faded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faded)
    painter.setOpacity(_DISABLED)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return faded


def application_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(RESOURCES / "icons" / "espalier.svg"))
