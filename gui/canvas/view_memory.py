"""What was seen at each step of the undo history, to be seen there again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject

from engine.block_view import Step
from gui.canvas.framing import Looked

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class _Seen(NamedTuple):
    path: tuple[Step, ...]
    """To the graph that was shown."""
    looked: Looked
    hands: int
    """How often somebody had moved about until then."""


class ViewMemory(QObject):
    """Shows what an undone, or redone, step leads back to as it was seen then.

    Where somebody has moved about since, the view stays.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = canvas.model
        self._known: dict[int, _Seen] = {}
        """By how many steps were done."""
        self.is_retracing = False
        """Whether the change that comes next was made before."""
        self._model.changing.connect(self._note)
        self._model.replaced.connect(self._known.clear)
        self._model.undo_stack.indexChanged.connect(self._look)

    def _note(self, is_retraced: bool) -> None:
        """The document is about to change."""
        index, framing = self._model.undo_stack.index(), self._canvas.framing
        if not is_retraced:  # what was undone can't be redone any more
            for later in [each for each in self._known if each > index]:
                del self._known[later]
        path = self._model.path_of_scopes
        self._known[index] = _Seen(path, framing.looked(), framing.hands)
        self.is_retracing = is_retraced

    def _look(self, index: int) -> None:
        if not self.is_retracing:
            return
        self.is_retracing = False
        framing, seen = self._canvas.framing, self._known.get(index)
        is_here = seen is not None and seen.path == self._model.path_of_scopes
        if seen is not None and is_here and seen.hands == framing.hands:
            framing.go_back(seen.looked)
