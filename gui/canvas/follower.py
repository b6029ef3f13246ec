"""What a canvas does when its document changes or another part of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent

from gui.canvas.card import describe
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView
    from gui.canvas.view_memory import ViewMemory

tr = Texts("canvas")

REST = 600
"""Milliseconds without a change before the note about an error comes: who is amid
several steps is not told of each."""


class Follower(QObject):
    """Keeps items, selection, map and description in step with the model."""

    def __init__(self, canvas: CanvasView, seen_before: ViewMemory) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._seen_before = seen_before
        self._has_changed = False
        """Whether something came or went since the canvas last followed."""
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._show_note)
        model, network = canvas.model, canvas.network
        for changed in (model.node_added, model.node_removed, model.edge_added):
            changed.connect(self._note_change)
        model.node_added.connect(network.note_node)
        model.node_removed.connect(network.note_node)
        model.node_changed.connect(network.note_node)
        model.nodes_moved.connect(network.note_nodes)
        model.node_renamed.connect(self._on_renamed)
        model.edge_added.connect(network.note_edge)
        model.edge_removed.connect(network.note_edge)
        model.edge_bent.connect(network.note_edge)
        model.replaced.connect(self.start_anew)
        model.analysed.connect(self._on_analysed)
        canvas.selection.changed.connect(self._on_selection)
        self._describe()

    def start_anew(self) -> None:
        """Show the graph that the model shows now."""
        canvas = self._canvas
        canvas.mouse.cancel()
        canvas.requests.close()
        canvas.blocks.entry.close_quietly()
        canvas.annotator.close_entries()
        canvas.selection.set([])
        self._rest.stop()
        canvas.network.rebuild()
        canvas.afar.changed()
        canvas.framing.open_soon()

    def _note_change(self) -> None:
        self._has_changed = True

    def _on_renamed(self, old: str, new: str) -> None:
        self._canvas.selection.rename(old, new)
        self._canvas.network.note_renamed(old, new)

    def _on_analysed(self) -> None:
        canvas = self._canvas
        if canvas.network.has_notes:  # what the gesture is about may be gone
            canvas.mouse.cancel()
        before, note = canvas.glide.places(), canvas.network.callout
        canvas.network.follow()
        if self._has_changed and not self._seen_before.is_retracing:
            canvas.framing.follow()
        self._has_changed = False
        canvas.glide.start(before)
        canvas.selection.prune()
        canvas.mouse.look_again()
        canvas.afar.changed()
        canvas.legend.show_coloring(canvas.network.coloring)
        self._describe()
        if canvas.network.callout is None:
            self._rest.stop()
            canvas.framing.look_away()
        elif canvas.network.callout is not note or self._rest.isActive():
            canvas.network.error_note.hold()
            self._rest.start()

    def _show_note(self) -> None:
        """Show the note about an error, and bring it into sight if one looks there.

        Once there is none any more, the network is seen as before.
        """
        canvas, note = self._canvas, self._canvas.network.callout
        if canvas.mouse.is_dragging:
            self._rest.start()
            return
        canvas.network.error_note.come(canvas.clear_sight())
        canvas.afar.look_changed()
        if note is None or not note.isVisible():
            return
        card = canvas.network.nodes[note.problem.node or ""].rect()
        seen = canvas.sight()
        if not seen.intersects(card) or seen.contains(note.rect()):
            return
        for wanted in (card | note.rect(), note.rect()):  # it tells its card's name
            if wanted.width() < seen.width() and wanted.height() < seen.height():
                canvas.framing.glance(wanted)
                return

    def redraw(self) -> None:
        """Show the same document in other colours."""
        canvas = self._canvas
        canvas.network.follow()
        canvas.legend.show_coloring(canvas.network.coloring)
        canvas.afar.changed()

    def _on_selection(self, names: list[str]) -> None:
        self._canvas.afar.changed()
        self._canvas.arrange_bar.show_selection(names)
        self._describe()
        self._canvas.selection_changed.emit(names)

    def _describe(self) -> None:
        """Tell a screen reader what is selected, and everybody how to begin."""
        canvas = self._canvas
        canvas.empty_hint.place(canvas.network.is_empty)
        graph, names = canvas.model.document.graph, canvas.selection.names
        text = tr(
            "{nodes} nodes, {edges} edges.",
            nodes=len(graph),
            edges=len(graph.edges),
        )
        if len(names) == 1 and names[0] in graph:
            card = canvas.network.card(names[0])
            shapes = ", ".join(row.shape for row in card.rows if row.shape)
            text = tr(
                "{node}: {layer}. Shape {shapes}. {tip}",
                node=names[0],
                layer=describe(graph[names[0]]),
                shapes=shapes,
                tip=card.tip,
            )
        elif names:
            text = tr("{count} of {text}", count=len(names), text=text)
        canvas.setAccessibleDescription(text.strip())
        if QAccessible.isActive():
            event = QAccessibleEvent(canvas, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)
