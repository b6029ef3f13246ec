"""A picture of a network, without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from PySide6.QtCore import QBuffer, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFontInfo,
    QImage,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

from engine.block_view import Known
from engine.document import Document
from engine.problems import Refusal
from gui.canvas.scene import CanvasScene, Pair
from gui.canvas.style import Fonts, Style
from gui.texts import Texts
from gui.theme import LIGHT, Theme

tr = Texts("canvas")

_MARGIN = 32.0
_SHARPNESS = 2.0
"""Pixels of a PNG for each pixel at 100 %."""
_MOST_PIXELS = 12_000  # a side: larger images fail to open in many viewers
_POINTS = 0.75
"""PDF points for each pixel at 100 %: 96 pixels are an inch."""
_MOST_POINTS = 14_000.0  # a side: PDF 1.7, annex C, has 14,400 as its limit
_DOTS = 600  # per inch: places in the PDF are rounded to them

PAPER = replace(
    LIGHT,
    name="paper",
    window="#ffffff",
    canvas="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    border="#8b94a3",
    muted="#3d4656",
)
"""Dark on white: what is printed, or put into a paper."""


def render(document: Document, analysis: Known, theme: Theme, path: Path) -> None:
    """Write a PNG, an SVG or a PDF of a document's graph, by the path's suffix.

    A PDF is one page, as large as the drawing. Needs a `QGuiApplication`. Raises
    `Refusal` for another suffix, for an empty graph, or where the file cannot be
    written.
    """
    if not len(document.graph):
        raise Refusal(
            tr("There is nothing on the canvas to draw."), tr("Add a layer first.")
        )
    scene = CanvasScene(Pair(document, analysis), Style(theme))
    size = _size(scene)
    if not path.parent.is_dir():
        raise _unwritable(path)
    match path.suffix.lower():
        case ".png":
            most = _MOST_PIXELS / max(size.width(), size.height())
            pixels = (size * min(_SHARPNESS, most)).toSize()
            image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
            _paint(scene, image)
            if not image.save(str(path)):
                raise _unwritable(path)
        case ".svg":
            _write_svg(scene, document, path)
        case ".pdf":
            _write_pdf(scene, document.name, path)
        case suffix:
            raise Refusal(
                tr(
                    "A picture cannot be written as {suffix}.",
                    suffix=suffix or tr("a file without suffix"),
                ),
                tr("Choose a name that ends in .png, .svg or .pdf."),
            )


def _write_svg(scene: CanvasScene, document: Document, path: Path) -> None:
    size, buffer = _size(scene), QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(document.name)
    generator.setDescription(f"{len(document.graph)} layers")
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(QPointF(), size))
    _paint(scene, generator)
    text = _with_known_families(buffer.data().data().decode(), scene.style_.fonts)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path) from error


def _with_known_families(svg: str, fonts: Fonts) -> str:
    """The same with families that a browser knows.

    Qt names those it was asked for, "Sans Serif" say: browsers know none of that name,
    and take one with serifs, whose letters need more room.
    """
    for font, generic in ((fonts.name, "sans-serif"), (fonts.mono, "monospace")):
        family = QFontInfo(font).family().replace("'", "")
        known = escape(f"'{family}', {generic}", {'"': "&quot;"})
        svg = svg.replace(f'font-family="{font.family()}"', f'font-family="{known}"')
    return svg


def _write_pdf(scene: CanvasScene, title: str, path: Path) -> None:
    size = _size(scene)
    most = _MOST_POINTS / max(size.width(), size.height())
    page = QPageSize(
        size * min(_POINTS, most),
        QPageSize.Unit.Point,
        "Drawing",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    writer = QPdfWriter(str(path))
    writer.setTitle(title)
    writer.setCreator("Espalier")
    writer.setResolution(_DOTS)
    writer.setPageSize(page)
    writer.setPageMargins(QMarginsF())
    painter = QPainter()
    if not painter.begin(writer):
        raise _unwritable(path)
    _paint_with(painter, scene, QRectF(0, 0, writer.width(), writer.height()))
    painter.end()


def paint_page(pair: Pair, painter: QPainter, page: QRectF) -> None:
    """Paint a network on paper: as large as the page allows, in its upper middle."""
    scene = CanvasScene(pair, Style(PAPER))
    frame = _framed(scene)
    # No larger than on the screen of a common size: three layers are no poster.
    width = max(frame.width(), 800.0)
    scale = min(page.width() / width, page.height() / frame.height())
    drawn = QRectF(QPointF(), frame.size() * scale)
    drawn.moveCenter(page.center())
    drawn.moveTop(page.top())
    _paint_with(painter, scene, drawn)


def is_wide(pair: Pair) -> bool:
    """Whether a network is wider than high: it fits a page that lies on its side."""
    size = _size(CanvasScene(pair, Style(PAPER)))
    return size.width() > size.height()


def paint_network(pair: Pair, theme: Theme, device: QPaintDevice) -> None:
    """Paint a whole network so that it fills a device."""
    _paint(CanvasScene(pair, Style(theme)), device)


def _size(scene: CanvasScene) -> QSizeF:
    return _framed(scene).size()


def _framed(scene: CanvasScene) -> QRectF:
    return scene.extent().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)


def _paint(scene: CanvasScene, device: QPaintDevice) -> None:
    painter = QPainter(device)
    _paint_with(painter, scene, QRectF(0, 0, device.width(), device.height()))
    painter.end()


def _paint_with(painter: QPainter, scene: CanvasScene, whole: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(whole, scene.style_.canvas)
    scene.render(painter, whole, _framed(scene), Qt.AspectRatioMode.KeepAspectRatio)


def _unwritable(path: Path) -> Refusal:
    return Refusal(
        tr(
            "The picture {path} could not be written to {parent}.",
            path=path.name,
            parent=path.parent,
        ),
        tr("Choose a folder that exists and that you may write to."),
    )
