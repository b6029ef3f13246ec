"""A network as a small picture: blocks in the colours of their families.

Drawn from the document alone, without PyTorch and without the canvas, so that it costs
little and can be had before either is there.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from engine.document import Document
from engine.graph import Graph
from gui.theme import Theme

_CARD = QSizeF(150, 64)
"""About the size of a card on the canvas, in pixels at 100 %."""
_LEAST_SCALE = 0.09
"""Below it cards are no shapes any more: then only the beginning is shown."""
_MOST_SCALE = 0.34
_MARGIN = 0.07
"""Of the picture's height, on every side."""


def sketch(document: Document, theme: Theme, size: QSize) -> QImage:
    """A picture of a document's main graph in a size of pixels, on no ground."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    cards = {
        node.name: QRectF(QPointF(*node.position), _CARD) for node in document.graph
    }
    if not cards:
        return image
    bounds = QRectF()
    for card in cards.values():
        bounds |= card
    margin = _MARGIN * size.height()
    room = QSizeF(size.width() - 2 * margin, size.height() - 2 * margin)
    density = size.height() / 120  # scales are meant for a picture of 120 pixels
    fitting = min(room.width() / bounds.width(), room.height() / bounds.height())
    scale = max(min(fitting, _MOST_SCALE * density), _LEAST_SCALE * density)
    drawn = bounds.size() * scale
    # What does not fit is cut off at the end, as a line of text would be.
    left = margin + max((room.width() - drawn.width()) / 2, 0.0)
    top = margin + max((room.height() - drawn.height()) / 2, 0.0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(left, top)
    painter.scale(scale, scale)
    painter.translate(-bounds.topLeft())
    _draw_edges(painter, document.graph, cards, theme)
    _draw_cards(painter, document.graph, cards, theme)
    painter.end()
    return image


def _draw_edges(
    painter: QPainter, graph: Graph, cards: dict[str, QRectF], theme: Theme
) -> None:
    painter.setPen(QPen(QColor(theme.faint), 7))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for edge in graph.edges:
        one, other = cards[edge.source], cards[edge.target]
        start = QPointF(one.right(), one.center().y())
        end = QPointF(other.left(), other.center().y())
        ahead = end.x() - start.x()
        bend = ahead / 2 if ahead > 0 else 40.0  # one that goes back to a new row
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
        painter.drawPath(path)


def _draw_cards(
    painter: QPainter, graph: Graph, cards: dict[str, QRectF], theme: Theme
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for node in graph:
        family = node.type.family if node.type is not None else ""
        painter.setBrush(QColor(theme.families.get(family, theme.faint)))
        painter.drawRoundedRect(cards[node.name], 14, 14)
