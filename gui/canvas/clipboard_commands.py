"""Copying, cutting and pasting on the canvas; each paste is one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from engine import edits
from engine.block_parts import bring
from engine.edits import Compound, Edit
from engine.problems import Refusal
from gui.canvas.card_making import preview_card
from gui.canvas.clipboard import MIME, Clip, read_clip
from gui.canvas.pasted_code import clip_of_code
from gui.canvas.placing import GRID, Box, free_shift, snapped
from gui.canvas.wording import nodes_phrase
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_PASTE_STEP = 4 * GRID


class ClipboardCommands:
    """Moves nodes between a canvas and the clipboard, as text."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._model = canvas.model
        self._cut = ""
        """What was cut last, while it is pasted nowhere."""

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        names = self._canvas.selection.names
        if not names:
            return
        text = Clip.of(self._model.document, names).to_text()
        data = QMimeData()
        data.setData(MIME, QByteArray(text.encode()))
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        self._cut = ""

    def cut(self) -> None:
        """Copy the selected nodes and remove them."""
        names = self._canvas.selection.names
        if names:
            self.copy()
            self._cut = QGuiApplication.clipboard().text()
            removal = edits.removal(self._model.document.graph, names)
            self._model.push(tr("Cut {nodes}", nodes=nodes_phrase(names)), removal)

    def paste(self, with_edges: bool = False, at: QPointF | None = None) -> None:
        """Add the nodes, or the layers of PyTorch code, that are on the clipboard.

        Anything else is refused.

        They go to a point of the scene, else to the pointer if that is on the canvas.
        `with_edges` lets what fed the nodes feed the new ones, as far as it is here.
        """
        data = QGuiApplication.clipboard().mimeData()
        if data is None:
            return
        raw = data.data(MIME).data() if data.hasFormat(MIME) else b""
        text = bytes(raw).decode(errors="replace") if raw else data.text()
        try:
            clip = read_clip(text) or self._clip_of_code(text)
        except Refusal as refusal:
            self._canvas.refused.emit(str(refusal))
            return
        if clip is None:
            self._canvas.refused.emit(
                tr(
                    "The clipboard holds no nodes. Copy some first, the text that they "
                    "were sent as, or lines such as nn.Conv2d(3, 16, 3)."
                )
            )
            return
        at = at if at is not None else self._canvas.mouse.at
        self._paste(clip, tr("Paste"), at=at, text=text, with_edges=with_edges)

    def _clip_of_code(self, text: str) -> Clip | None:
        canvas = self._canvas
        fonts, width = canvas.network.style_.fonts, canvas.framing.room.widest
        return clip_of_code(text, fonts, width)

    def duplicate(self) -> None:
        """Add copies of the selected nodes beside them."""
        names = self._canvas.selection.names
        if names:
            self._paste(Clip.of(self._model.document, names), tr("Duplicate"))

    def _paste(
        self,
        clip: Clip,
        verb: str,
        *,
        at: QPointF | None = None,
        text: str = "",
        with_edges: bool = False,
    ) -> None:
        """Add the nodes of a clip around a point, else beside where they were copied.

        What was cut goes back to where it was. None comes to lie on another card.
        """
        canvas, graph = self._canvas, self._model.document.graph
        fonts = canvas.network.style_.fonts
        cards = [preview_card(node, fonts) for node in clip.nodes]
        group = [
            Box(*node.position, card.width, card.height)
            for node, card in zip(clip.nodes, cards, strict=True)
        ]
        left, top = min(b.x for b in group), min(b.y for b in group)
        right, bottom = max(b.right for b in group), max(b.bottom for b in group)
        step = 0 if text and text == self._cut else _PASTE_STEP
        if at is None and not canvas.sight().contains(QPointF(left + step, top + step)):
            at = canvas.sight().center()
        wanted: tuple[float, float] = (step, step)
        if at is not None:
            wanted = (
                snapped(at.x() - (left + right) / 2),
                snapped(at.y() - (top + bottom) / 2),
            )
        shift = free_shift(canvas.network.boxes(), group, wanted)
        edit, names = clip.pasting(graph, shift, with_edges=with_edges)
        try:
            edit = Compound((*self._brought(clip), edit))
        except Refusal as refusal:
            canvas.refused.emit(str(refusal))
            return
        self._cut = ""
        with canvas.framing.under_hand():  # a copy is taken on by the hand
            self._model.push(f"{verb} {nodes_phrase(names)}", edit)
            canvas.select(names)
            self._show(names)

    def _show(self, names: list[str]) -> None:
        """See nodes that were added; a network that is these alone is opened on."""
        canvas = self._canvas
        extent, framing = canvas.network.extent(names), canvas.framing
        if len(names) < len(canvas.network.nodes) or canvas.sight().contains(extent):
            framing.bring_into_sight(extent)
            return
        with framing.by_itself():
            framing.open()

    def _brought(self, clip: Clip) -> list[Edit]:
        """The blocks of a clip that the document has not yet. Raises Refusal."""
        if clip.blocks is None:
            return []
        root, used = self._model.root, {node.layer for node in clip.nodes}
        names = [name for name in clip.blocks.blocks if name in used]
        return [bring(root, clip.blocks, name) for name in names]
