"""What is carried when something is dragged: cards, notes and the bends of edges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from engine.annotation_edits import MoveNotes, SetBends
from engine.edits import Edit, MoveNodes
from engine.graph import Edge
from gui.canvas.marks import BendMark, FrameMark, Mark, NoteMark

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


class Load:
    """Where the carried things were, and where they are now.

    The bends of an edge between two carried cards come along; so do the cards in a
    carried frame.
    """

    def __init__(
        self, network: CanvasScene, names: Iterable[str], marks: Iterable[Mark]
    ) -> None:
        self._network = network
        items = network.annotations
        chosen = dict.fromkeys(names)
        notes: list[str] = []
        self._bends: dict[Edge, set[int]] = {}
        members = items.members()
        for mark in marks:
            match mark:
                case FrameMark(name=name):
                    chosen.update(dict.fromkeys(members.get(name, ())))
                case NoteMark(name=name):
                    notes.append(name)
                case BendMark(edge=edge, index=index):
                    self._bends.setdefault(edge, set()).add(index)
        for edge in network.document.graph.bends:
            if edge.source in chosen and edge.target in chosen:
                count = len(network.edges[edge].bends) if edge in network.edges else 0
                self._bends[edge] = set(range(count))
        self.names = list(chosen)
        """The cards."""
        self._places = {name: network.nodes[name].pos() for name in chosen}
        self._notes = {name: items.notes[name].pos() for name in notes}
        self._ways = {edge: network.edges[edge].bends for edge in self._bends}

    def shift(self, way: QPointF) -> None:
        """Show everything so far from where it was."""
        network = self._network
        for name, place in self._places.items():
            network.nodes[name].setPos(place + way)
        for name, place in self._notes.items():
            network.annotations.notes[name].setPos(place + way)
        for edge, chosen in self._bends.items():
            network.edges[edge].bends = tuple(
                bend + way if index in chosen else bend
                for index, bend in enumerate(self._ways[edge])
            )
            network.router.route(network.edges[edge])
        network.reroute(self.names)

    def edits(self) -> list[Edit]:
        """What puts the document's things where they are shown now."""
        network, graph = self._network, self._network.document.graph
        places = {name: _pair(network.nodes[name].pos()) for name in self._places}
        moved = {n: p for n, p in places.items() if p != graph[n].position}
        notes = network.annotations.notes
        spots = {name: _pair(notes[name].pos()) for name in self._notes}
        put = {n: p for n, p in spots.items() if p != graph.notes[n].position}
        edits: list[Edit] = [MoveNodes(moved)] if moved else []
        edits += [MoveNotes(put)] if put else []
        for edge in self._bends:
            bends = tuple(map(_pair, network.edges[edge].bends))
            if bends != graph.bends.get(edge):
                edits.append(SetBends(edge, bends))
        return edits


def _pair(point: QPointF) -> tuple[float, float]:
    return point.x(), point.y()
