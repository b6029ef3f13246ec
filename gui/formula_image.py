"""A formula in LaTeX, drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBitmap, QColor, QImage, QPainter, QRegion

_BAR = re.compile(r"M (\S+) (\S+) L \1 \2 L (\S+) \2 L \3 (\S+) L \1 \4 Z")
"""A bar within the outline of a letter, from its lower edge to its upper one: a minus
sign is one, an equals sign two."""
_LINE = re.compile(r'(?<= y=")([^"]+)(" width="[^"]+" height=")([^"]+)')
"""The upper edge and the height of a line that is no letter, such as a fraction's."""


@lru_cache(maxsize=256)
def formula_image(tex: str, size: float, color: str, ratio: float) -> QImage:
    """A formula drawn in letters of `size` pixels; empty where it is no formula.

    It begins with its ink: before a function's name there would be a space.
    """
    from PySide6.QtSvg import QSvgRenderer  # after the first frame
    from ziamath import config
    from ziamath.zmath import Latex

    config.svg2 = False  # Qt draws SVG 1.2
    try:
        drawn = Latex(tex, size=size, color=QColor(color).name()).svg()
    except Exception:  # of whatever kind: the words stay
        return QImage()
    renderer = QSvgRenderer(drawn.encode())
    box = renderer.viewBoxF()

    def on_pixel(y: float) -> float:
        return round((y - box.top()) * ratio) / ratio + box.top()

    renderer.load(_with_crisp_bars(drawn, on_pixel).encode())
    whole = QRectF(0, 0, box.width() * ratio, box.height() * ratio)
    image = QImage(
        ceil(whole.width()),
        ceil(whole.height()),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, whole)
    painter.end()
    ink = QRegion(QBitmap.fromImage(image.createAlphaMask())).boundingRect()
    image = image.copy(ink.left(), 0, image.width() - ink.left(), image.height())
    image.setDevicePixelRatio(ratio)
    return image


def _with_crisp_bars(drawing: str, on_pixel: Callable[[float], float]) -> str:
    """The drawing, an SVG, with every level bar upon the edge of a pixel.

    A bar is about one pixel high: between two rows of pixels both were faint.
    """
    drawing = _BAR.sub(partial(_moved_bar, on_pixel), drawing)
    return _LINE.sub(partial(_moved_line, on_pixel), drawing)


def _moved_bar(on_pixel: Callable[[float], float], bar: re.Match[str]) -> str:
    left, right = bar[1], bar[3]
    low = on_pixel(float(bar[2]))
    high = low - (float(bar[2]) - float(bar[4]))
    return f"M {left} {low} L {right} {low} L {right} {high} L {left} {high} Z"


def _moved_line(on_pixel: Callable[[float], float], line: re.Match[str]) -> str:
    low = on_pixel(float(line[1]) + float(line[3]))
    return f"{low - float(line[3])}{line[2]}{line[3]}"
