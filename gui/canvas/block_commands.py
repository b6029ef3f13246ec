"""What can be done with blocks on the canvas; each is one undo step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF

from engine.block_edits import (
    block_problem_name,
    free_block_name,
    rename_block,
)
from engine.block_view import Step
from engine.blocks import BlockLayer
from engine.edits import (
    AddBlock,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    Within,
    flatten,
)
from engine.grouping import collapse, expand, make_unique
from engine.problems import Refusal
from engine.towers import towers
from gui.canvas.card_making import preview_card
from gui.canvas.name_entry import NameEntry
from gui.canvas.placing import settled
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")


class BlockCommands:
    """Makes, expands, renames and separates blocks on a canvas."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model
        self.entry = NameEntry(canvas)

    def selected_block(self) -> str | None:
        """The node that uses a block and is selected alone, if that is so."""
        names = self._canvas.selection.names
        graph = self._model.document.graph
        if len(names) == 1 and isinstance(graph[names[0]].type, BlockLayer):
            return names[0]
        return None

    def make(self) -> None:
        """Make a block of the selected nodes; its name is asked for in their place."""
        names = self._canvas.selection.names
        suggestion = free_block_name(self._model.root)
        if self._attempt(lambda: self._collapsed(names, suggestion)) is None:
            return
        self.entry.ask(
            self._question(names),
            suggestion,
            self._middle(names),
            lambda name: self._said(name),
            lambda name: self._make(names, name),
        )

    def _question(self, names: list[str]) -> str:
        """What is asked: of which nodes, and how often the block will be used."""
        graph = self._model.document.graph
        uses = len(towers(graph, [name for name in graph.nodes if name in names]))
        if uses == 1:
            return tr("A block of {nodes}: its name", nodes=nodes_phrase(names))
        return tr(
            "A block of {nodes}, used {count} times with the same weights: its name",
            nodes=nodes_phrase(names),
            count=uses,
        )

    def _collapsed(self, names: list[str], block: str) -> Edit:
        model = self._model
        flowing = model.analysis.flowing
        return collapse(model.root, model.scope, names, block, flowing)

    def _make(self, names: list[str], block: str) -> None:
        edit = self._attempt(lambda: self._collapsed(names, block))
        if edit is None:
            return
        model, label = self._model, tr("Make the block {block}", block=block)
        key = f"block:{block}:{model.undo_stack.index()}"
        rows = {model.document.graph[name].position[1] for name in names}
        model.push(label, self._laid_out(edit), merge=key, scope="")
        added = _added(edit, model.scope)
        for name in added:  # its card is there: now one knows how wide it is
            places = settled(self._canvas.network.boxes(), name, rows)
            if places:
                model.push(label, MoveNodes(places), merge=key)
        self._canvas.select(added)

    def _laid_out(self, edit: Edit) -> Edit:
        """The edit, with what is inside tidied where one could not read all of it."""
        canvas, parts = self._canvas, [edit]
        for block in (e.block for e in flatten(edit) if isinstance(e, AddBlock)):
            fonts = canvas.network.style_.fonts
            cards = {node.name: preview_card(node, fonts) for node in block.graph}
            sizes = {name: (card.width, card.height) for name, card in cards.items()}
            extent = QRectF()
            for name, size in sizes.items():
                extent |= QRectF(QPointF(*block.graph[name].position), QSizeF(*size))
            if canvas.framing.room.is_read_whole(extent):
                continue
            from engine.tidying import tidy  # networkx: after the first frame

            edges = [(edge.source, edge.target) for edge in block.graph.edges]
            width = canvas.framing.room.widest
            places = tidy(sizes, edges, least_width=width)
            parts.append(Within(block.name, MoveNodes(places)))
        return Compound(tuple(parts)) if len(parts) > 1 else edit

    def expand(self) -> None:
        """Put what is inside the selected block in its place."""
        name = self.wanted()
        if name is None:
            return
        model = self._model
        edit = self._attempt(lambda: expand(model.root, model.scope, name))
        if edit is not None:
            model.push(tr("Expand {name}", name=name), edit, scope="")
            self._canvas.select(_added(edit, model.scope))

    def make_unique(self) -> None:
        """Let the selected block differ from others of its name from now on."""
        name = self.wanted()
        if name is None:
            return
        model = self._model
        edit = self._attempt(lambda: make_unique(model.root, model.scope, name))
        if edit is not None:
            model.push(tr("Make {name} unique", name=name), edit, scope="")
            self._canvas.select([name])

    def rename(self) -> None:
        """Ask for another name of the selected block, or of the one one is in."""
        name = self.selected_block()
        if name is not None:
            block = self._model.document.graph[name].layer
            at: QPoint | None = self._middle([name])
        elif self._model.scope:
            block = self._model.scope
            at = None
        else:
            self.wanted()
            return
        self.ask_name(block, at)

    def ask_name(self, block: str, at: QPoint | None = None) -> None:
        """Ask for another name of a block, at a point of the canvas."""
        at = at or self._canvas.viewport().rect().center()
        self.entry.ask(
            tr("Another name for the block {block}", block=block),
            block,
            at,
            lambda new: self._said(new, block),
            lambda new: self.rename_to(block, new),
        )

    def rename_to(self, block: str, new: str) -> None:
        """Give a block another name, and stay where one is."""
        model, names = self._model, self._canvas.selection.names
        if new == block:
            return
        steps = model.path_of_scopes
        edit = self._attempt(lambda: rename_block(model.root, block, new))
        if edit is not None:
            model.push(
                tr("Rename {block} to {new}", block=block, new=new), edit, scope=""
            )
            model.go_to(
                [Step(new if s.block == block else s.block, s.use) for s in steps]
            )
            self._canvas.select(names)

    def _said(self, name: str, old: str = "") -> str:
        """Why a block cannot be called that, as a sentence."""
        problem = block_problem_name(self._model.root, name, old)
        return f"“{name}” {problem}." if problem is not None else ""

    def wanted(self) -> str | None:
        """The selected block; where there is none, that is said."""
        name = self.selected_block()
        if name is None:
            self._canvas.refused.emit(
                tr(
                    "No block is selected. Click a block first, or select nodes and "
                    "make one with Ctrl+Shift+E."
                )
            )
        return name

    def _attempt(self, make: Callable[[], Edit]) -> Edit | None:
        """The edit, or None after what keeps it from being made was said."""
        try:
            return make()
        except Refusal as refusal:
            self._canvas.refused.emit(str(refusal))
            return None

    def _middle(self, names: list[str]) -> QPoint:
        canvas = self._canvas
        rect = canvas.network.extent(names)
        middle = canvas.to_view(QPointF(rect.center()))
        return canvas.viewport().mapToParent(middle.toPoint())


def _added(edit: Edit, scope: str) -> list[str]:
    """The nodes that an edit adds to a graph."""
    found = []
    for single in flatten(edit):
        inside = single.scope if isinstance(single, Within) else ""
        inner = single.edit if isinstance(single, Within) else single
        if isinstance(inner, AddNode) and inside == scope:
            found.append(inner.node.name)
    return found
