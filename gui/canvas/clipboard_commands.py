"""Copying, cutting and pasting on the canvas; each paste is one undo step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from engine import edits
from engine.block_parts import bring
from engine.edits import Compound, Edit
from engine.problems import Refusal
from gui.canvas.clipboard import MIME, Clip, read_clip
from gui.canvas.placing import GRID, snapped
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
        self._pasted: tuple[str, int] = ("", 0)

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
        self._pasted = (text, 0)

    def cut(self) -> None:
        """Copy the selected nodes and remove them."""
        names = self._canvas.selection.names
        if names:
            self.copy()
            removal = edits.removal(self._model.document.graph, names)
            self._model.push(tr("Cut {nodes}", nodes=nodes_phrase(names)), removal)
            self._pasted = (self._pasted[0], -1)

    def paste(self, with_edges: bool = False) -> None:
        """Add the nodes that are on the clipboard; anything else is refused.

        `with_edges` lets what fed the nodes feed the new ones, as far as it is here.
        """
        data = QGuiApplication.clipboard().mimeData()
        if data is None:
            return
        raw = data.data(MIME).data() if data.hasFormat(MIME) else b""
        text = bytes(raw).decode(errors="replace") if raw else data.text()
        clip = read_clip(text)
        if clip is None:
            self._canvas.refused.emit(
                tr(
                    "The clipboard holds no nodes. Copy some first, or the text that "
                    "they were sent as."
                )
            )
            return
        times = self._pasted[1] + 1 if self._pasted[0] == text else 1
        self._pasted = (text, times)
        self._paste(clip, times * _PASTE_STEP, tr("Paste"), with_edges=with_edges)

    def duplicate(self) -> None:
        """Add copies of the selected nodes beside them."""
        names = self._canvas.selection.names
        if names:
            clip = Clip.of(self._model.document, names)
            self._paste(clip, _PASTE_STEP, tr("Duplicate"))

    def _paste(
        self, clip: Clip, step: float, verb: str, *, with_edges: bool = False
    ) -> None:
        graph = self._model.document.graph
        places = [node.position for node in clip.nodes]
        left, top = min(x for x, _ in places), min(y for _, y in places)
        shift = (step, step)
        if not self._canvas.sight().contains(QPointF(left + step, top + step)):
            middle = self._canvas.sight().center()
            right, bottom = max(x for x, _ in places), max(y for _, y in places)
            shift = (
                snapped(middle.x() - (left + right) / 2),
                snapped(middle.y() - (top + bottom) / 2),
            )
        edit, names = clip.pasting(graph, shift, with_edges=with_edges)
        try:
            edit = Compound((*self._brought(clip), edit))
        except Refusal as refusal:
            self._canvas.refused.emit(str(refusal))
            return
        self._model.push(f"{verb} {nodes_phrase(names)}", edit)
        self._canvas.select(names)

    def _brought(self, clip: Clip) -> list[Edit]:
        """The blocks of a clip that the document has not yet. Raises Refusal."""
        if clip.blocks is None:
            return []
        root, used = self._model.root, {node.layer for node in clip.nodes}
        names = [name for name in clip.blocks.blocks if name in used]
        return [bring(root, clip.blocks, name) for name in names]
