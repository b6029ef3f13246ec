"""A picture of a network, without a window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.analysis import Analysis
from engine.document import Document
from engine.problems import Refusal
from gui.canvas.scene import CanvasScene, Pair
from gui.canvas.style import Style
from gui.theme import Theme

_MARGIN = 32.0
_SHARPNESS = 2.0
"""Pixels of a PNG for each pixel at 100 %."""


def render(document: Document, analysis: Analysis, theme: Theme, path: Path) -> None:
    """Write a PNG or an SVG of a document, by the path's suffix.

    Needs a `QGuiApplication`. Raises `Refusal` for another suffix, or where the file
    cannot be written.
    """
    pair = Pair(document, analysis)
    scene = CanvasScene(pair, Style(theme))
    size = _size(scene)
    match path.suffix.lower():
        case ".png":
            pixels = (size * _SHARPNESS).toSize()
            image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
            _paint(scene, image)
            if not image.save(str(path)):
                raise _unwritable(path)
        case ".svg":
            generator = QSvgGenerator()
            generator.setFileName(str(path))
            generator.setTitle(document.name)
            generator.setDescription(f"{len(document.graph)} layers")
            generator.setSize(size.toSize())
            generator.setViewBox(QRectF(QPointF(), size))
            if not path.parent.is_dir():
                raise _unwritable(path)
            _paint(scene, generator)
            if not path.is_file():
                raise _unwritable(path)
        case suffix:
            raise Refusal(
                f"A picture cannot be written as {suffix or 'a file without suffix'}.",
                "Choose a name that ends in .png or .svg.",
            )


def paint_network(pair: Pair, theme: Theme, device: QPaintDevice) -> None:
    """Paint a whole network so that it fills a device."""
    _paint(CanvasScene(pair, Style(theme)), device)


def _size(scene: CanvasScene) -> QSizeF:
    return _framed(scene).size()


def _framed(scene: CanvasScene) -> QRectF:
    return scene.extent().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)


def _paint(scene: CanvasScene, device: QPaintDevice) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = QRectF(0, 0, device.width(), device.height())
    painter.fillRect(whole, scene.style_.canvas)
    scene.render(painter, whole, _framed(scene))
    painter.end()


def _unwritable(path: Path) -> Refusal:
    return Refusal(
        f"The picture {path.name} could not be written to {path.parent}.",
        "Choose a folder that exists and that you may write to.",
    )
