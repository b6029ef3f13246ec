"""Work that would hold the window up, done on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from engine.problems import Problem, Refusal
from gui.failures import explain


class BackgroundCall(QThread):
    """Calls a function once; its result or the problem arrives as a signal."""

    succeeded = Signal(object)
    failed = Signal(object)
    """A `Problem` to show."""

    def __init__(
        self, call: Callable[[], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._call = call

    def run(self) -> None:
        try:
            result = self._call()
        except Refusal as refusal:
            self.failed.emit(refusal.problem)
        except Exception as error:  # the edge of the thread: nothing may pass it
            self.failed.emit(Problem(message=explain(error), remedy="", code="failed"))
        else:
            self.succeeded.emit(result)
