"""Selecting along the flow: what leads to the selected nodes, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.graph import Graph

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Chains:
    """Grows the selection of a canvas along edges."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas

    def select_before(self) -> None:
        """Select all that leads to the selected nodes too."""
        self._add(set().union(*map(self._graph.ancestors, self._names())))

    def select_after(self) -> None:
        """Select all that the selected nodes lead to too."""
        self._add(set().union(*map(self._graph.descendants, self._names())))

    def select_joined(self) -> None:
        """Select all that edges join to the selected nodes, whatever their way."""
        import networkx as nx

        flow = self._graph.networkx.to_undirected(as_view=True)
        self._add(
            each
            for name in self._names()
            for each in nx.node_connected_component(flow, name)
        )

    @property
    def _graph(self) -> Graph:
        return self._canvas.model.document.graph

    def _names(self) -> list[str]:
        return self._canvas.selection.names

    def _add(self, found: Iterable[str]) -> None:
        chosen = set(found)
        order = [n for n in self._graph.nodes if n in chosen]
        self._canvas.select([*self._names(), *order])
