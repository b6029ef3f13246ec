"""What was selected at each step of the undo history, to be selected there again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.block_view import Step
from engine.graph import Edge
from gui.canvas.marks import Mark

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_Selected = tuple[tuple[Step, ...], list[str], list[Edge], list[Mark]]
"""The graph that was shown, and what was selected of it."""


class SelectionMemory(QObject):
    """Selects what an undone, or redone, step leads back to, as it was selected then.

    Where nothing was selected, nothing changes.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = canvas.model
        self._known: dict[int, _Selected] = {}
        """By how many steps were done."""
        self._goes_back = False
        self._model.changing.connect(self._note)
        self._model.replaced.connect(self._known.clear)
        self._model.undo_stack.indexChanged.connect(self._select)

    def _note(self, is_retraced: bool) -> None:
        """The document is about to change."""
        selection, index = self._canvas.selection, self._model.undo_stack.index()
        if not is_retraced:  # what was undone can't be redone any more
            for later in [each for each in self._known if each > index]:
                del self._known[later]
        self._known[index] = (
            self._model.path_of_scopes,
            selection.names,
            selection.edges,
            selection.marks,
        )
        self._goes_back = is_retraced

    def _select(self, index: int) -> None:
        if not self._goes_back:
            return
        self._goes_back = False
        path, *selected = self._known.get(index, ((), [], [], []))
        if path == self._model.path_of_scopes and any(selected):
            self._canvas.selection.set(*selected)
