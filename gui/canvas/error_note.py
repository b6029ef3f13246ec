"""The note beside the first broken node: when there is one, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from engine.problems import Problem
from gui.canvas.callout_item import CalloutItem
from gui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

CALLOUT_SCALE = 0.45
"""Below this zoom a note could not be read and would only cover the network."""
_GAP = 14


class ErrorNote:
    """Keeps one note about the first error of a scene's findings."""

    def __init__(self, network: CanvasScene) -> None:
        self._network = network
        self._hidden: Problem | None = None
        self._fits = True
        self.item: CalloutItem | None = None

    def hide(self) -> None:
        """Put the note away until there is another error."""
        self._hidden = self._network.findings.first
        self.update()

    def show(self) -> None:
        """Bring the note back."""
        self._hidden = None
        self.update()

    def forget(self) -> None:
        """Show what comes next, whatever was put away before."""
        self._hidden = None

    def set_scale(self, scale: float) -> None:
        """Hide the note where it could not be read."""
        self._fits = scale >= CALLOUT_SCALE
        if self.item is not None:
            self.item.setVisible(self._fits)

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
                self.item.setVisible(self._fits)
                self._network.addItem(self.item)
        self.place()

    def place(self) -> None:
        """Lie beside the card it is about, over no other if that can be."""
        item, nodes = self.item, self._network.nodes
        if item is None or item.problem.node not in nodes:
            return
        card = nodes[item.problem.node].rect()
        size = item.rect().size()
        left, right = card.left(), card.right() - size.width()
        middle = self._network.extent(nodes).center().x()
        if card.center().x() > middle:  # towards the others, and not out of sight
            left, right = right, left
        below, above = card.bottom() + _GAP, card.top() - size.height() - _GAP
        beside = card.right() + _GAP + 10
        corners = [(left, below), (right, below), (left, above), (right, above)]
        corners += [(beside, card.top()), (left, below)]
        for corner in corners:
            item.setPos(*corner)
            covered = self._network.items(QRectF(QPointF(*corner), size))
            if not any(isinstance(each, NodeItem) for each in covered):
                return

    def _remove(self) -> None:
        if self.item is not None:
            self._network.removeItem(self.item)
            self.item = None
