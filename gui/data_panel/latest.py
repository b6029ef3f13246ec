"""Questions answered on a thread: only the newest one counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.data.wanted import Unwanted, stoppable
from gui.background import BackgroundCall


class Latest(QObject):
    """Calls one function at a time; while it is busy, the newest question waits.

    The answer to a question that is no longer the newest is thrown away; what is read
    from files for it is broken off.
    """

    answered = Signal(object)
    failed = Signal(object)
    """The `Problem` that the newest question ended with."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: BackgroundCall | None = None
        self._next: Callable[[], object] | None = None
        self._is_wanted = False
        self._outcome: tuple[Signal, object] | None = None
        self._stop = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._is_wanted or self._next is not None

    def ask(self, question: Callable[[], object]) -> None:
        """Answer a question, and none that was asked before."""
        if self._call is not None:
            self._stop.set()
            self._next, self._is_wanted = question, False
            return
        self._is_wanted = True
        self._stop = threading.Event()
        self._call = BackgroundCall(partial(answer, question, self._stop), self)
        self._call.succeeded.connect(self._succeed)
        self._call.failed.connect(self._fail)
        self._call.finished.connect(self._end)
        self._call.start()

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._stop.set()
        self._next, self._is_wanted = None, False

    def close(self) -> None:
        """Forget everything, and wait for the thread."""
        self.forget()
        if self._call is not None:
            self._call.wait()

    def _succeed(self, answer: object) -> None:
        self._outcome = (self.answered, answer)

    def _fail(self, problem: object) -> None:
        self._outcome = (self.failed, problem)

    def _end(self) -> None:
        call, self._call = self._call, None
        outcome, self._outcome = self._outcome, None
        if call is not None:
            call.wait()
            call.deleteLater()
        was_wanted, self._is_wanted = self._is_wanted, False
        if self._next is not None:
            question, self._next = self._next, None
            self.ask(question)
        elif was_wanted and outcome is not None:
            signal, value = outcome
            signal.emit(value)


def answer(question: Callable[[], object], stop: threading.Event) -> object:
    """The answer, found on this thread; None where reading was broken off."""
    try:
        with stoppable(stop.is_set):
            return question()
    except Unwanted:
        return None
