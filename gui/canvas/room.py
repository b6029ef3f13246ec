"""How large what a view shows can be, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.canvas.navigation import NavigableView

LEAST_SCALE = 0.08
_SPACIOUS = (1500, 750)
"""Pixels. In a view of at least this size, a small network would look lost."""
_CLOSER = 1.25
"""How much larger than in 100 % it is shown there, at most."""
MARGIN = 28
"""Pixels around a network that is shown whole."""
LEGIBLE, OPENING = 60, 80
"""Percent. Where a whole network would come out smaller than the first, it opens at its
beginning in the second, or between both where fewer cards are cut by the edge: all of
them can be read, and the map shows the rest."""


class Room:
    """The room that a view has for its network; it moves nothing."""

    def __init__(self, view: NavigableView) -> None:
        self._view = view

    def covers_a_card(self, over: QWidget) -> bool:
        """Whether what lies over the canvas hides some of a card."""
        view = self._view
        under = QRectF(over.geometry()).adjusted(-8, -8, 8, 8)
        area = QRectF(
            view.to_scene(under.topLeft()), view.to_scene(under.bottomRight())
        )
        return any(area.intersects(rect) for rect in view.network.rects().values())

    @property
    def widest(self) -> float:
        """How wide what is seen well may be of a scene, in pixels at 100 %."""
        room = self._view.viewport().width() - 2 * MARGIN
        return 100 / OPENING * max(room, 1) / self._view.base

    @property
    def is_legible(self) -> bool:
        """Whether what stands on cards can be read at the scale that is shown."""
        return self.is_legible_at(self._view.scale_now)

    def is_read_whole(self, rect: QRectF) -> bool:
        """Whether cards can be read where all of a rectangle is shown."""
        return self.is_legible_at(self.scale_for(rect))

    def is_legible_at(self, scale: float) -> bool:
        """Whether cards can be read at a scale."""
        return round(scale / self._view.base * 100) >= LEGIBLE

    def scale_for(self, rect: QRectF, taken: int = 0) -> float:
        """The scale at which a rectangle fits, less so many pixels of the height."""
        room = self._view.viewport().size()
        scale = min(
            max(1, room.width() - 2 * MARGIN) / rect.width(),
            max(1, room.height() - 2 * MARGIN - taken) / rect.height(),
            self._most(),
        )
        return max(LEAST_SCALE, scale)

    def _most(self) -> float:
        """The largest scale in which a network is shown by itself."""
        size, base = self._view.viewport().size(), self._view.base
        wide, tall = (base * side for side in _SPACIOUS)
        is_spacious = size.width() >= wide and size.height() >= tall
        return base * _CLOSER if is_spacious else base

    def hidden_by(self, over: Iterable[QWidget]) -> tuple[int, int]:
        """How many pixels these hide of the view's upper and of its lower edge."""
        above = below = 0
        height = self._view.height()
        for spot in (each.geometry() for each in over):
            if spot.center().y() < height / 2:
                above = max(above, spot.bottom())
            else:
                below = max(below, height - spot.top())
        return above, below
