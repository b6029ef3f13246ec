"""The mouse on the canvas: one gesture at a time, and what lights up between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar

from gui.canvas.border_scroll import BorderScroll
from gui.canvas.gestures.base import Gesture
from gui.canvas.gestures.choice import double_click, gesture_for
from gui.canvas.hover import Hover

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Mouse(QObject):
    """Begins a gesture with a press, tells it of moves, ends it with the release."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._border_scroll = BorderScroll(canvas)
        self._holds_space = False
        self._at: QPointF | None = None
        self.hover = Hover(canvas)
        self._takers = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.MouseButtonDblClick: self._double_click,
        }

    @property
    def is_dragging(self) -> bool:
        """Whether a gesture is on its way."""
        return self._gesture is not None and self._gesture.is_dragging

    @property
    def at(self) -> QPointF | None:
        """The point of the scene under the pointer; None while that is elsewhere."""
        return None if self._at is None else self._canvas.to_scene(self._at)

    def takes(self, event: QEvent) -> bool:
        """Do what an event of the viewport means; gives whether it was the mouse's."""
        taker = self._takers.get(event.type())
        if taker is not None and isinstance(event, QMouseEvent):
            event.accept()
            self._at = event.position()
            with self._canvas.framing.under_hand():
                taker(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._at = None
            self.hover.leave()
        return False

    def cancel(self) -> bool:
        """Let go of a running gesture without a trace; gives whether there was one."""
        gesture, self._gesture = self._gesture, None
        self._border_scroll.stop()
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def look_again(self) -> None:
        """Things may have moved: what still lies under the pointer stays lit."""
        if self._at is None or self._gesture is not None:
            self.hover.forget()
        else:
            keys = QApplication.keyboardModifiers()
            self.hover.keep(self._canvas.pointer(self._at, keys))

    def hold_space(self) -> None:
        """The space bar is down: the left button pans."""
        if self._gesture is None:
            self._holds_space = True
            self._canvas.viewport().setCursor(Qt.CursorShape.OpenHandCursor)

    def let_space_go(self) -> None:
        """The space bar is up again, or nobody can tell any more."""
        if self._holds_space:
            self._holds_space = False
            self._canvas.viewport().unsetCursor()

    def _press(self, event: QMouseEvent) -> None:
        if self._gesture is not None:
            self.cancel()  # another button while one is held: never mind
            return
        self._canvas.glide.finish()
        self._canvas.framing.travel.stop()  # a press is on what is seen
        self.hover.leave()
        self._canvas.requests.close()
        self._gesture = gesture_for(self._canvas, event, holds_space=self._holds_space)
        self._button = event.button()

    def _move(self, event: QMouseEvent) -> None:
        pointer = self._canvas.pointer(event.position(), event.modifiers())
        if self._gesture is None:
            if not event.buttons():
                self._take_keys()
                self.hover.move(pointer)
            return
        self._gesture.move(pointer)
        if self._gesture is not None and self._gesture.is_dragging:
            self._border_scroll.follow(self._gesture, pointer)

    def _take_keys(self) -> None:
        """Keys are for the canvas that is pointed at, unless something may be typed.

        Only buttons and tabs that were pressed give them up: in a field or a list a
        letter or an arrow has a meaning of its own.
        """
        holder = QApplication.focusWidget()
        if (
            isinstance(holder, (QAbstractButton, QTabBar))
            and holder.window() is self._canvas.window()
            and QApplication.activePopupWidget() is None
        ):
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def _release(self, event: QMouseEvent) -> None:
        if self._gesture is None or event.button() != self._button:
            return
        gesture, self._gesture = self._gesture, None
        self._border_scroll.stop()
        pointer = self._canvas.pointer(event.position(), event.modifiers())
        gesture.release(pointer)
        self.hover.move(pointer)

    def _double_click(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            double_click(
                self._canvas,
                self._canvas.pointer(event.position(), event.modifiers()),
            )
