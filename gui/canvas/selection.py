"""Which nodes and edges are selected, in the order they were selected."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from engine.graph import Edge
from gui.canvas.scene import CanvasScene


class Selection(QObject):
    """The selected nodes and edges of a scene, shown on their items."""

    changed = Signal(list)
    """Names of the nodes that are selected now."""

    def __init__(self, network: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._names: list[str] = []
        self._edges: list[Edge] = []

    @property
    def names(self) -> list[str]:
        """The selected nodes."""
        return list(self._names)

    @property
    def edges(self) -> list[Edge]:
        """The selected edges."""
        return list(self._edges)

    def set(self, names: Iterable[str], edges: Iterable[Edge] = ()) -> None:
        """Select these and nothing else; what is not there is passed over."""
        nodes, curves = self._network.nodes, self._network.edges
        before = self._names
        self._names = [name for name in dict.fromkeys(names) if name in nodes]
        now_edges = [edge for edge in dict.fromkeys(edges) if edge in curves]
        chosen = set(self._names)
        for name in {*before, *self._names}:
            if name in nodes:
                nodes[name].change_look(is_selected=name in chosen)
        for edge in {*self._edges, *now_edges}:
            if edge in curves:
                curves[edge].set_selected(edge in now_edges)
        self._edges = now_edges
        if self._names != before:
            self.changed.emit(self.names)

    def rename(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        if old in self._names:
            self._names = [new if name == old else name for name in self._names]

    def prune(self) -> None:
        """Let go of what is no longer there."""
        self.set(self._names, self._edges)
