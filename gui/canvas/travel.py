"""A view that goes to another part of the network, so that the eye can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QRectF, QVariantAnimation, Signal
from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from gui.canvas.navigation import NavigableView

MILLISECONDS = 180
"""As long as cards take to glide to new places."""


class Travel(QObject):
    """Shows the way from what was seen to what is seen now."""

    passed = Signal(QRectF)
    """What is to be seen on the way, and at its end."""

    def __init__(self, view: NavigableView) -> None:
        super().__init__(view)
        self._view = view
        self._start, self._end = QRectF(), QRectF()
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(MILLISECONDS)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._show)

    @property
    def is_on(self) -> bool:
        """Whether the view is still on its way."""
        return not self._end.isEmpty()

    @property
    def goal(self) -> QRectF:
        """The part of the scene that is seen, once the view is there."""
        return self._end if self.is_on else self._view.sight()

    def start(self, before: QRectF) -> None:
        """Go from this part of the scene to the one that is seen now."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        now = self._view.sight()
        if self._view.style().styleHint(hint, None, self._view) > 0 and now != before:
            self._start, self._end = before, now
            self._animation.start()
            self._show(0.0)  # no frame shows the end first

    def stop(self) -> None:
        """Stay where the view is."""
        self._end = QRectF()
        self._animation.stop()

    def finish(self) -> None:
        """Be there at once."""
        if self.is_on:
            self._show(1.0)

    def _show(self, share: float) -> None:
        if not self.is_on:
            return
        start, end = self._start, self._end
        width = start.width() + (end.width() - start.width()) * share
        height = start.height() + (end.height() - start.height()) * share
        part = QRectF(0, 0, width, height)
        part.moveCenter(start.center() + (end.center() - start.center()) * share)
        self.passed.emit(part)
        if share >= 1.0:
            self.stop()
