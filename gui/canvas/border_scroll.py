"""Scrolling while something is dragged against the canvas's border."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gui.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_BORDER = 24.0
_INTERVAL = 16
"""Milliseconds."""
_FASTEST = 600 * _INTERVAL / 1000
"""Pixels for each step of the timer: 600 in a second."""
_FARTHEST = 100.0
"""Pixels from where the border begins, for that speed: well beyond the edge."""


class BorderScroll(QObject):
    """Moves the canvas under a gesture while the pointer rests at the border."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._gesture: Gesture | None = None
        self._pointer: Pointer | None = None
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self._step)

    def follow(self, gesture: Gesture, pointer: Pointer) -> None:
        """The pointer is here now, and drags something."""
        self._gesture, self._pointer = gesture, pointer
        if gesture.scrolls and not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The gesture is over."""
        self._gesture = None
        self._timer.stop()

    def _step(self) -> None:
        canvas = self._canvas
        if self._gesture is None or self._pointer is None:
            return
        at = self._pointer.view
        size = canvas.viewport().size()
        dx = _push(at.x(), size.width())
        dy = _push(at.y(), size.height())
        if dx or dy:
            canvas.pan_by(dx, dy)
            self._gesture.move(canvas.pointer(at, self._pointer.modifiers))


def _push(at: float, extent: float) -> float:
    """How far to pan, for a pointer at `at` of a view of this extent."""
    before, beyond = _BORDER - at, at - (extent - _BORDER)
    depth = max(before, 0.0) - max(beyond, 0.0)
    return _FASTEST * max(-1.0, min(1.0, depth / _FARTHEST))
