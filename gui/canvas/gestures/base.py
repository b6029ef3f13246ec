"""What all gestures have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, and which keys are held."""

    view: QPointF
    scene: QPointF
    modifiers: Qt.KeyboardModifier

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether this key is held."""
        return bool(self.modifiers & modifier)


class Gesture:
    """One press of a button until it is let go. The document changes at the end only.

    Subclasses override `click` for a press without a drag; `begin`, `drag`, `finish`
    for a drag; and `clear`, which takes everything passing off the canvas again.
    """

    scrolls: ClassVar[bool] = True
    """Whether the canvas scrolls when the pointer reaches its border."""

    def __init__(self, canvas: CanvasView, start: Pointer) -> None:
        self.canvas = canvas
        self.network = canvas.network
        self.start = start
        self.is_dragging = False

    def move(self, pointer: Pointer) -> None:
        """The pointer moved."""
        if not self.is_dragging:
            way = (pointer.view - self.start.view).manhattanLength()
            if way < QApplication.startDragDistance():
                return
            self.is_dragging = True
            self.begin()
        self.drag(pointer)

    def release(self, pointer: Pointer) -> None:
        """The button was let go."""
        if self.is_dragging:
            self.drag(pointer)
            self.clear()
            self.finish(pointer)
        else:
            self.click(pointer)

    def cancel(self) -> None:
        """Leave everything as it was before the press."""
        if self.is_dragging:
            self.is_dragging = False
            self.clear()
            self.restore()

    def click(self, pointer: Pointer) -> None:
        """The button was pressed and let go in one place."""

    def begin(self) -> None:
        """The pointer has left the place of the press."""

    def drag(self, pointer: Pointer) -> None:
        """The pointer moved while dragging."""

    def clear(self) -> None:
        """Take away whatever the gesture has drawn."""

    def restore(self) -> None:
        """Undo what the gesture showed on items, when it is cancelled."""

    def finish(self, pointer: Pointer) -> None:
        """Change the document."""
