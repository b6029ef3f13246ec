"""The note beside the first broken node: when there is one, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.problems import Problem
from gui.canvas.callout_item import CalloutItem
from gui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

CALLOUT_SCALE = 0.45
"""Below this zoom a note could not be read and would only cover the network."""
_GAP, _GAP_BESIDE = 14, 24
_AT_CARD = 48
"""Pixels of a card's width that a note above or below it covers, at least."""


class ErrorNote:
    """Keeps one note about the first error of a scene's findings."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self._hidden: Problem | None = None
        self._fits = True
        self._is_held = False
        self._sight = QRectF()
        """What was seen as the note came: it keeps to that."""
        self.item: CalloutItem | None = None

    def hide(self) -> None:
        """Put the note away until there is another error."""
        self._hidden = self._network.findings.first
        self.update()

    def show(self) -> None:
        """Bring the note back, or let one that is held back come."""
        self._hidden, self._is_held = None, False
        self.update()
        self._show()

    def forget(self) -> None:
        """Show what comes next, whatever was put away before."""
        self._hidden = None
        self._is_held = False
        self._sight = QRectF()

    @property
    def is_shown(self) -> bool:
        """Whether there is a note, and it is not held back."""
        return self.item is not None and not self._is_held

    def hold(self) -> None:
        """Keep the note back until `come`."""
        self._is_held = True
        self._show()

    def come(self, sight: QRectF) -> None:
        """Show the note, in this part of the scene where that can be."""
        self._is_held, self._sight = False, sight
        self._show()
        self.place()

    def set_scale(self, scale: float) -> None:
        """Hide the note where it could not be read."""
        self._fits = scale >= CALLOUT_SCALE
        self._show()

    def redraw(self) -> None:
        """Make it anew in the scene's colours."""
        self._remove()
        self.update()

    def update(self) -> None:
        """Follow the findings."""
        problem = self._network.findings.first
        wanted = problem if problem is not None and problem != self._hidden else None
        shown = self.item.problem if self.item is not None else None
        if (wanted and wanted.as_shown) != (shown and shown.as_shown):
            self._remove()
            if wanted is not None:
                self.item = CalloutItem(wanted, self._network.style_)
                self._show()
                self._network.addItem(self.item)
        self.place()

    def place(self) -> None:
        """Lie beside the card it is about, over no other and in sight if it can."""
        item, nodes = self.item, self._network.nodes
        if item is None or item.problem.node not in nodes:
            return
        size = item.rect().size()
        places = self._places(nodes[item.problem.node].rect(), size)
        free = [place for place in places if self._is_free(place)]
        seen = [place for place in free if self._sight.contains(place)]
        item.setPos((seen or free or places)[0].topLeft())

    def _places(self, card: QRectF, size: QSizeF) -> list[QRectF]:
        """Beside a card, the best first."""
        left, right = card.left(), card.right() - size.width()
        middle = self._network.extent(self._network.nodes).center().x()
        if card.center().x() > middle:  # towards the others, and not out of sight
            left, right = right, left
        # As far aside as it takes to be in sight, and still beside the card.
        least, most = card.left() - size.width() + _AT_CARD, card.right() - _AT_CARD
        into = min(max(left, self._sight.left()), self._sight.right() - size.width())
        into = min(max(into, least), most)
        below, above = card.bottom() + _GAP, card.top() - size.height() - _GAP
        after, before = card.right() + _GAP_BESIDE, card.left() - _GAP_BESIDE
        corners = [(left, below), (right, below), (left, above), (right, above)]
        corners += [(after, card.top()), (into, below), (into, above)]
        corners += [(before - size.width(), card.top())]
        return [QRectF(QPointF(*corner), size) for corner in corners]

    def _is_free(self, place: QRectF) -> bool:
        covered = self._network.items(place)
        return not any(isinstance(each, NodeItem) for each in covered)

    def _show(self) -> None:
        if self.item is not None:
            self.item.setVisible(self._fits and not self._is_held)

    def _remove(self) -> None:
        if self.item is not None:
            self._network.removeItem(self.item)
            self.item = None
