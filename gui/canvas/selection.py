"""Which nodes, edges and marks are selected, in the order they were selected."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from engine.graph import Edge
from gui.canvas.marks import Mark
from gui.canvas.scene import CanvasScene


class Selection(QObject):
    """The selected nodes, edges and marks of a scene, shown on their items."""

    changed = Signal(list)
    """Names of the nodes that are selected now."""
    marks_changed = Signal()
    """Other bends, frames or notes are selected; `changed` comes before it."""

    def __init__(self, network: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._names: list[str] = []
        self._edges: list[Edge] = []
        self._marks: list[Mark] = []

    @property
    def names(self) -> list[str]:
        """The selected nodes."""
        return list(self._names)

    @property
    def edges(self) -> list[Edge]:
        """The selected edges."""
        return list(self._edges)

    @property
    def marks(self) -> list[Mark]:
        """The selected bends, frames and notes."""
        return list(self._marks)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is selected."""
        return not (self._names or self._edges or self._marks)

    def set(
        self,
        names: Iterable[str],
        edges: Iterable[Edge] = (),
        marks: Iterable[Mark] = (),
    ) -> None:
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
        there = self._network.annotations.has
        now_marks = [mark for mark in dict.fromkeys(marks) if there(mark)]
        self._network.annotations.choose(self._marks, now_marks)
        marks_before, self._marks = self._marks, now_marks
        if self._names != before:
            self.changed.emit(self.names)
        if now_marks != marks_before:
            self.marks_changed.emit()

    def add(self, names: Iterable[str] = (), marks: Iterable[Mark] = ()) -> None:
        """Select these too."""
        self.set([*self._names, *names], self._edges, [*self._marks, *marks])

    def rename(self, old: str, new: str) -> None:
        """Follow a node to its new name."""
        if old in self._names:
            self._names = [new if name == old else name for name in self._names]

    def prune(self) -> None:
        """Let go of what is no longer there."""
        self.set(self._names, self._edges, self._marks)
