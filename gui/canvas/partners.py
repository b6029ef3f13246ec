"""Nodes that share weights with a selected one stand out softly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Partners(QObject):
    """Follows the selection and the document; made after what draws the nodes."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._lit: set[str] = set()
        canvas.selection.changed.connect(self._show)
        canvas.model.analysed.connect(self._show)

    def _show(self) -> None:
        network = self._canvas.network
        chosen = set(self._canvas.selection.names)
        ties = network.findings.ties
        partners = {each for name in chosen for each in ties.get(name, ())} - chosen
        for name in {*self._lit, *partners}:
            if name in network.nodes:
                network.nodes[name].change_look(is_partner=name in partners)
        self._lit = partners
