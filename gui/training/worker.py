"""The training thread: it iterates the engine's events and fills a buffer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.problems import Problem, Refusal
from gui.failures import explain
from gui.training.buffer import MetricsBuffer

if TYPE_CHECKING:
    from engine.training.events import Event


class LoadingStopped(Exception):  # noqa: N818  the user's wish, no error
    """Raised out of a download when the user stops the training meanwhile."""


class TrainingWorker(QObject):
    """Lives on the training thread; one run, then `ended`."""

    ended = Signal(object)
    """None, or the `Problem` that ended the run."""

    def __init__(
        self, events: Callable[[], Iterator[Event]], buffer: MetricsBuffer
    ) -> None:
        super().__init__()
        self._events = events
        self._buffer = buffer

    @Slot()
    def run(self) -> None:
        """Train until the end; called on the training thread."""
        problem: Problem | None = None
        try:
            for event in self._events():
                self._buffer.add(event)
        except LoadingStopped:
            pass
        except Refusal as refusal:
            problem = refusal.problem
        except Exception as error:  # the edge of the thread: nothing may pass it
            problem = Problem(message=explain(error), remedy="", code="failed")
        self.ended.emit(problem)
