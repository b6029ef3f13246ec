"""How the curves of many runs are told apart: by colour and by dashes.

The colours are those of six families of layers, which the theme keeps apart for the
common colour-vision deficiencies. Each goes with one more kind of dash every time they
have all been used, so that nobody needs the colour alone.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from gui.theme import Theme

_FAMILIES = ("convolution", "dense", "recurrent", "attention", "merge", "pooling")
_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (6.0, 3.0),
    (1.5, 2.5),
    (7.0, 2.5, 1.5, 2.5),
)
STROKES = len(_FAMILIES) * len(_DASHES)
"""How many runs can be told apart."""
_SAMPLE = QSize(22, 10)
_FAINT = 120  # of 255
_SAMPLES: dict[tuple[int, str], QIcon] = {}


def stroke(
    place: int, theme: Theme, width: float = 2.0, *, faint: bool = False
) -> QPen:
    """The pen of the run at a place, counted from 0."""
    color = QColor(theme.families[_FAMILIES[place % len(_FAMILIES)]])
    if faint:
        color.setAlpha(_FAINT)
    pen = QPen(color, width)
    pen.setCosmetic(True)
    # A kind of dash for each colour already, so that neighbours differ in both.
    turn = (place + place // len(_FAMILIES)) % len(_DASHES)
    if _DASHES[turn]:
        pen.setDashPattern(list(_DASHES[turn]))
    else:
        pen.setStyle(Qt.PenStyle.SolidLine)
    return pen


def sample(place: int | None, theme: Theme) -> QIcon:
    """A short piece of a run's curve, for the table; drawn once.

    As much room with nothing in it for a run that is not drawn.
    """
    key = (-1 if place is None else place % STROKES, theme.name)
    if key not in _SAMPLES:
        _SAMPLES[key] = _drawn_sample(place, theme)
    return _SAMPLES[key]


def _drawn_sample(place: int | None, theme: Theme) -> QIcon:
    pixmap = QPixmap(_SAMPLE * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    if place is not None:
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = stroke(place, theme, 2.0)
        pen.setCosmetic(False)  # as thick as the curve, however fine the dots are
        painter.setPen(pen)
        middle = _SAMPLE.height() / 2
        painter.drawLine(QPointF(0, middle), QPointF(_SAMPLE.width(), middle))
        painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt pales it in a chosen row
    return icon
