"""A network as a small picture: blocks in the colours of their families.

Drawn from the document alone, without PyTorch and without the canvas, so that it costs
little and can be had before either is there.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from engine.document import Document
from engine.graph import Graph
from gui.canvas.card import Spot
from gui.canvas.routes import route
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
    edges = _edges(document.graph, cards)
    bounds = edges.boundingRect()
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
    painter.setPen(QPen(QColor(theme.faint), 7))
    painter.drawPath(edges)
    _draw_cards(painter, document.graph, cards, theme)
    painter.end()
    return image


def _edges(graph: Graph, cards: dict[str, QRectF]) -> QPainterPath:
    """The courses of all edges, as on the canvas."""
    paths = QPainterPath()
    middle = _CARD.height() / 2
    output = Spot("", _CARD.width(), middle, is_output=True)
    entry = Spot("", 0.0, middle, is_output=False)
    for edge in graph.edges:
        ends = (cards[edge.source], cards[edge.target])

        def others(area: QRectF, ends: tuple[QRectF, QRectF] = ends) -> list[QRectF]:
            return [
                card
                for card in cards.values()
                if card.intersects(area) and card not in ends
            ]

        paths.addPath(route(ends[0], output, ends[1], entry, others))
    return paths


def _draw_cards(
    painter: QPainter, graph: Graph, cards: dict[str, QRectF], theme: Theme
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for node in graph:
        family = node.type.family if node.type is not None else ""
        painter.setBrush(QColor(theme.families.get(family, theme.faint)))
        painter.drawRoundedRect(cards[node.name], 14, 14)
