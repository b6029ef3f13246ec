"""Work in the background of which only the newest order counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui.background import BackgroundCall


class LatestCall(QObject):
    """Calls functions on a thread, one at a time; what is overtaken is left out.

    While a pen draws, an answer is wanted to the drawing as it is now, and never to
    all those before it.
    """

    answered = Signal(object)
    failed = Signal(object)
    """A `Problem`."""
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: BackgroundCall | None = None
        self._next: Callable[[], object] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being worked out."""
        return self._running is not None

    def ask(self, call: Callable[[], object]) -> None:
        """Call a function as soon as the one that runs is done."""
        if self._running is not None:
            self._next = call
            return
        self._running = BackgroundCall(call, self)
        self._running.succeeded.connect(self._take)
        self._running.failed.connect(self._refuse)
        self._running.finished.connect(self._go_on)
        self._running.start()
        self.busy_changed.emit(True)

    def _take(self, result: object) -> None:
        if self._running is not None and self._next is None:
            self.answered.emit(result)

    def _refuse(self, problem: object) -> None:
        if self._running is not None and self._next is None:
            self.failed.emit(problem)

    def _go_on(self) -> None:
        done, self._running = self._running, None
        if done is not None:
            done.wait()
            done.deleteLater()
        call, self._next = self._next, None
        if call is not None:
            self.ask(call)
        else:
            self.busy_changed.emit(False)

    def close(self) -> None:
        """Forget what was asked, and wait for the thread."""
        self._next = None
        running, self._running = self._running, None
        if running is not None:
            running.wait()
            running.deleteLater()
