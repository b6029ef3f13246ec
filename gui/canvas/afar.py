"""What a view shows of a network from afar: blocks of colour, and the map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.canvas.edge_item import EdgeItem
from gui.canvas.geometry import crosses_any
from gui.canvas.minimap import FOLDED, SIZE, Minimap
from gui.canvas.overview import Overview

if TYPE_CHECKING:
    from gui.canvas.navigation import NavigableView

_SCALE = 0.3
_NODES = 150
"""So few nodes are drawn one by one at any zoom: cards look better than blocks."""
_CORNER = 14
"""Pixels from the map to the corner of the view."""
_AROUND = 8
"""Pixels around the map that are kept free, too."""
_CLOSE = 2
"""The same where it lies between cards and edges with no room to spare."""
_REST = 400
"""Milliseconds that one looks at one place before a folded map opens there, or goes
where it hides nothing."""
_HOME = (1.0, 1.0)
_STEPS = 32
_STEPS_CLOSE = 200

Spot = tuple[float, float]


def _spots(steps: int) -> tuple[Spot, ...]:
    """Where the map may be, as shares of the way to the right and down.

    In the corners, or at the right and the lower edge, where there is room between
    cards.
    """
    along = [step / steps for step in range(steps - 1, 0, -1)]
    corners = (_HOME, (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
    return (*corners, *((1.0, y) for y in along), *((x, 1.0) for x in along))


_WAYS = ((_AROUND, _spots(_STEPS)), (_CLOSE, _spots(_STEPS_CLOSE)))
"""How much is kept free around the map, and where it may be then."""


class Afar(QObject):
    """Keeps the overview of a view's network, and the map that shows it."""

    sight_changed = Signal()
    """What is where in the view is another; not for each of many changes at once."""

    def __init__(self, view: NavigableView) -> None:
        super().__init__(view)
        self._view = view
        self._overview: Overview | None = None
        self.minimap = Minimap(view.network.style_, view)
        self.minimap.looked_at.connect(view.look_at)
        self.minimap.pointed_at.connect(self._point_at_map)
        self.minimap.hide()
        self._choice: bool | None = None
        """Whether the map is wanted; None until somebody says: then it comes when part
        of the network is out of sight."""
        self._is_pointed_at = False
        self._has_arrived = False
        self._spot = _HOME
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._update_map)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._settle_map)

    def changed(self) -> None:
        """Cards moved, came, went or changed colour."""
        self._overview = None
        self.look_changed()
        if self.is_shown:
            self._view.viewport().update()

    def look_changed(self) -> None:
        """What the map shows is to be drawn anew, once the current event is done."""
        if not self._timer.isActive():
            self._timer.start()

    def arrive(self) -> None:
        """Another place is seen all at once: the map need not wait until one rests."""
        self._has_arrived = True
        self.look_changed()

    def toggle_map(self) -> None:
        """Show or hide the map."""
        self._choice = self.minimap.isHidden()
        self._update_map()

    def place_map(self) -> None:
        """Put the map into its place in a view that has another size."""
        self.minimap.move(self._place(self.minimap.size(), self._spot).topLeft())
        self.look_changed()

    def _place(self, size: QSize, spot: Spot) -> QRect:
        """Where in the view a map so large is at a spot."""
        right = self._view.width() - size.width() - 2 * _CORNER
        bottom = self._view.height() - size.height() - 2 * _CORNER
        across, down = spot
        corner = QPoint(_CORNER + round(across * right), _CORNER + round(down * bottom))
        return QRect(corner, size)

    def places_of_map(self) -> list[QRect]:
        """Where in the view the map is, and where it opens; none while it is hidden."""
        if self.minimap.isHidden():
            return []
        return [self.minimap.geometry(), self._place(SIZE, _HOME)]

    @property
    def keeps_map(self) -> bool:
        """Whether the map is shown even where all of the network is in sight."""
        return bool(self._choice)

    @property
    def is_shown(self) -> bool:
        """Whether cards are so small and many that blocks of colour stand for them."""
        many = len(self._view.network.nodes) > _NODES
        return many and self._view.scale_now < _SCALE

    def draw(self, painter: QPainter) -> None:
        """Draw the network from afar, and what is there for the moment, as it is."""
        view = self._view
        self._known().draw(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in view.network.passing_items():
            painter.save()
            painter.translate(item.pos())
            painter.setOpacity(item.opacity())
            item.paint(painter, QStyleOptionGraphicsItem(), view.viewport())
            painter.restore()

    def _known(self) -> Overview:
        if self._overview is None:
            self._overview = Overview(self._view.network)
        return self._overview

    def _update_map(self) -> None:
        sight = self._view.sight()
        is_wanted = self._choice
        if is_wanted is None:
            whole = self._known().bounds
            is_wanted = not whole.isEmpty() and not sight.contains(whole)
            is_wanted = is_wanted and not self._hides_the_note(FOLDED)
        if is_wanted:
            self._fold_map()
        self._has_arrived = False
        self.minimap.setVisible(is_wanted)
        if is_wanted:
            self.minimap.show_overview(self._known(), sight)
        self.sight_changed.emit()

    def _fold_map(self) -> None:
        """Make the map small at once where it hides a card, and large after a rest.

        One that somebody asked for, or points at, stays large. A small one that still
        hides a card goes to another place after a rest.
        """
        is_kept = self.keeps_map or self._is_pointed_at
        if is_kept:
            self._show_map(is_small=False)
        elif self.minimap.isHidden() or self._has_arrived:
            self._settle_map()
        elif self._map_hides_a_card() or self.minimap.is_folded:
            self._show_map(is_small=True)
            self._rest.start()

    def _settle_map(self) -> None:
        """Show the map in its own corner, or small where it hides nothing."""
        if not self._map_hides_a_card():
            self._spot = _HOME
            self._show_map(is_small=False)
            return
        self._spot = self._free_spot()
        self._show_map(is_small=True)

    def _free_spot(self) -> Spot:
        """Where a small map hides no card, bar or key, and no edge if that can be."""
        cards = self._known().cards_in(self._view.sight())
        over = self._lying_over()
        over_edge: Spot | None = None
        for around, spots in _WAYS:
            for spot in spots:
                if not self._is_free(spot, cards, over, around):
                    continue
                if not self._is_on_edge(spot, around):
                    return spot
                over_edge = over_edge or spot
        return over_edge or _HOME

    def _lying_over(self) -> list[QRect]:
        """Where other things lie over the view."""
        view = self._view
        children = view.findChildren(
            QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
        )
        return [
            each.geometry()
            for each in (*children, *view.lodgers)
            if each.isVisible() and each not in (self.minimap, view.viewport())
        ]

    def _show_map(self, *, is_small: bool) -> None:
        self._rest.stop()
        self.minimap.fold(is_small)
        self.minimap.move(self._place(self.minimap.size(), self._spot).topLeft())

    def _is_free(
        self, spot: Spot, cards: Iterable[QRectF], over: Iterable[QRect], around: int
    ) -> bool:
        """Whether a small map hides nothing but edges at a spot."""
        wanted = self._place(FOLDED, spot)
        if any(each.intersects(wanted) for each in over):
            return False
        area = self._area(FOLDED, spot, around)
        note = self._view.network.callout
        if note is not None and note.isVisible() and area.intersects(note.rect()):
            return False
        return not any(area.intersects(card) for card in cards)

    def _is_on_edge(self, spot: Spot, around: int) -> bool:
        """Whether a small map hides a piece of an edge at a spot."""
        area = self._area(FOLDED, spot, around)
        return any(
            crosses_any(list(part), [area])
            for each in self._view.scene().items(area)  # those whose bounds it meets
            if isinstance(each, EdgeItem)
            for part in each.path.toSubpathPolygons()
        )

    def _point_at_map(self, is_so: bool) -> None:
        self._is_pointed_at = is_so
        self._update_map()

    def _map_hides_a_card(self) -> bool:
        """Whether it hides a card, or the note about one, when it is large."""
        area = self._area(SIZE, _HOME)
        return self._hides_the_note(SIZE) or self._known().has_card_in(area)

    def _hides_the_note(self, size: QSize) -> bool:
        """Whether a map so large hides a note: even a small one may hide its words."""
        note = self._view.network.callout
        if note is None or not note.isVisible():
            return False
        return self._area(size, _HOME).intersects(note.rect())

    def _area(self, size: QSize, spot: Spot, around: int = _AROUND) -> QRectF:
        """The part of the scene that a map so large lies over at a spot."""
        view = self._view
        place = QRectF(self._place(size, spot))
        place.adjust(-around, -around, around, around)
        return QRectF(
            view.to_scene(place.topLeft()), view.to_scene(place.bottomRight())
        )
