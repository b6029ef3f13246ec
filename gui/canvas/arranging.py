"""Putting cards in order: laid out anew, aligned, distributed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.annotation_edits import SetBends
from engine.annotations import Place
from engine.edits import Compound, Edit, MoveNodes
from gui.canvas.placing import Side, aligned, distributed, snapped
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")


class Arranger:
    """Moves the selected nodes of a canvas; each method is one undo step."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model

    def tidy_up(self) -> None:
        """Lay out the selected nodes, or all of them if fewer than two are selected.

        Points that edges among them were led through go: they were for other places.
        """
        graph = self._model.document.graph
        names = self._canvas.selection.names
        if len(names) < 2:
            names = list(graph.nodes)
        if names:
            chosen = set(names)
            straightened = [
                SetBends(edge, ())
                for edge in graph.bends
                if edge.source in chosen and edge.target in chosen
            ]
            places = self._tidied(names)
            self._move(tr("Tidy up"), places, straightened)
            if len(places) == len(graph):
                self._show_all(places)

    def _show_all(self, places: Mapping[str, Place]) -> None:
        """Open on the whole network where it is out of sight, or too small to read."""
        seen, boxes = self._canvas.sight(), self._canvas.network.boxes()
        cards = (
            QRectF(*place, boxes[name].width, boxes[name].height)
            for name, place in places.items()
        )
        framing = self._canvas.framing
        is_seen = all(map(seen.contains, cards))
        if not (is_seen and framing.room.is_legible):
            self._canvas.glide.finish()  # what is shown is measured where it arrives
            with framing.by_itself():
                (framing.fit_all if is_seen else framing.open)()

    def _tidied(self, names: Iterable[str]) -> dict[str, Place]:
        graph = self._model.document.graph
        boxes = self._canvas.network.boxes()
        sizes = {name: (boxes[name].width, boxes[name].height) for name in names}
        left = min(boxes[name].x for name in sizes)
        top = min(boxes[name].y for name in sizes)
        inner = [
            (e.source, e.target)
            for e in graph.edges
            if e.source in sizes and e.target in sizes
        ]
        # Rows as wide as the window shows at 100 %, so that nothing need be scrolled.
        width = max(640.0, self._canvas.viewport().width() - 96.0)
        origin = (snapped(left), snapped(top))
        from engine.tidying import tidy  # networkx: after the first frame

        return tidy(sizes, inner, origin=origin, least_width=width)

    def align(self, side: Side) -> None:
        """Bring the selected cards into line, along a side or through their middles."""
        names = self._at_least(2)
        if names:
            boxes = self._canvas.network.boxes()
            places = aligned({name: boxes[name] for name in names}, side)
            self._move(tr("Align {nodes}", nodes=nodes_phrase(names)), places)

    def distribute(self, *, across: bool) -> None:
        """Give the selected cards equal gaps: from left to right, or downwards."""
        names = self._at_least(3)
        if names:
            boxes = self._canvas.network.boxes()
            chosen = {name: boxes[name] for name in names}
            places = distributed(chosen, across=across)
            self._move(tr("Distribute {nodes}", nodes=nodes_phrase(names)), places)

    def _at_least(self, count: int) -> list[str]:
        """The selected nodes; where there are too few, that is said."""
        names = self._canvas.selection.names
        if len(names) >= count:
            return names
        said = tr("two") if count == 2 else tr("three")
        self._canvas.refused.emit(
            tr(
                "Fewer than {said} nodes are selected. Select at least {said} first, "
                "with a band or with Ctrl and clicks.",
                said=said,
            )
        )
        return []

    def _move(
        self, label: str, places: Mapping[str, Place], more: Iterable[Edit] = ()
    ) -> None:
        graph = self._model.document.graph
        moved = {n: p for n, p in places.items() if p != graph[n].position}
        parts: list[Edit] = [MoveNodes(moved)] if moved else []
        parts += more
        if parts:
            self._canvas.glide.arm()
            self._model.push(label, Compound(tuple(parts)))
