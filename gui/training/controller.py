"""One training at a time: start, pause, resume, stop, and what state it is in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from engine.document import Document
from engine.problems import Problem
from engine.showing.likeness import computes_alike
from engine.showing.wishes import Wishes
from gui.texts import Texts
from gui.training.buffer import MetricsBuffer, News
from gui.training.worker import LoadingStopped, TrainingWorker

if TYPE_CHECKING:
    from engine.training.events import Event

tr = Texts("training")

_FRAME_MILLISECONDS = 33  # 30 Hz
_SHARE = min(0.02 * (os.cpu_count() or 1), 0.25)
"""The part of a processor's time that the window may take while something trains.

Threads that multiply together wait for the slowest: on two cores a window that took a
fifth of one made training a quarter slower.
"""
_SLOWEST_MILLISECONDS = 500
_JOIN_MILLISECONDS = 30_000
_WEIGHTS = "final.safetensors"  # as `engine.runs.FINAL`, which imports SQLite


class TrainingState(StrEnum):
    """What the training is doing, as the user sees it."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Control(Protocol):
    """What the engine's `Control` offers."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a training is started with."""

    document: Document
    data_dir: Path
    runs_dir: Path | None
    buffer: MetricsBuffer
    resume: Path | None = None
    """The folder of a run to go on with; without it a new one begins."""
    wishes: Wishes = field(default_factory=Wishes)
    """What the network is to show of itself."""
    apart: bool = False
    """Whether it is trained in a process of its own, whose end is not the window's."""


Started = tuple[Control, Callable[[], Iterator["Event"]]]
"""The control of a training, and its events to be iterated on another thread."""
Launch = Callable[[Order], Started]


def launch(order: Order) -> Started:
    """The engine's own training of a document."""
    from engine.training.control import Control as EngineControl

    control = EngineControl()

    def progress(done: int, total: int, what: str) -> None:
        if control.is_stopped:
            raise LoadingStopped
        order.buffer.note_loading(done, total, what)

    def events() -> Iterator[Event]:
        from engine.runs import default_folder

        if order.apart:
            # PyTorch and the data are loaded there; what it downloads is told.
            order.buffer.note_wait(tr("Starting a process of its own…"))
            from engine.apart import train_apart as train
        else:
            order.buffer.note_wait(tr("Loading PyTorch…"))
            from engine.session import train_document as train  # imports PyTorch

            order.buffer.note_wait(tr("Loading the data…"))

        return train(
            order.document,
            data_dir=order.data_dir,
            run_dir=order.resume,
            runs_dir=order.runs_dir or default_folder(),
            resume=order.resume is not None,
            control=control,
            progress=progress,
            show=order.wishes,
        )

    return control, events


class TrainingController(QObject):
    """Runs one training on a thread and hands out its news 30 times a second."""

    state_changed = Signal(object)
    news_came = Signal(object)
    """`News`, on the window's thread."""
    hardware_known = Signal(str, str, str)
    """Device, precision, and why."""
    left_out = Signal(str)
    """What of the data could not be used, in one sentence."""
    failed = Signal(object)
    """The `Problem` that ended a run."""

    def __init__(
        self,
        data_dir: Path,
        runs_dir: Path | None = None,
        parent: QObject | None = None,
        start: Launch = launch,
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._runs_dir = runs_dir
        self._launch = start
        self._state = TrainingState.IDLE
        self._control: Control | None = None
        self._thread: QThread | None = None
        self._worker: TrainingWorker | None = None
        self._buffer = MetricsBuffer()
        self._document: Document | None = None
        self._folder: Path | None = None
        self._learned: tuple[Document, Path] | None = None
        """What was trained, and the folder that keeps what it learned."""
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._deliver)
        self.wishes = Wishes()
        """What the network is to show of itself; read on the training's thread."""
        self._worked = 0.0
        """The processor time of the window's thread at the last news."""

    @property
    def state(self) -> TrainingState:
        """What the training is doing."""
        return self._state

    @property
    def is_busy(self) -> bool:
        """Whether a run is there, paused and stopping ones too."""
        return self._state is not TrainingState.IDLE

    @property
    def document(self) -> Document | None:
        """The copy that is trained, or was last; edits do not reach it."""
        return self._document

    @property
    def folder(self) -> Path | None:
        """The folder of the run that goes on here, or was the last to."""
        return self._folder

    @property
    def learned(self) -> Document | None:
        """The document whose weights are kept, if any are."""
        if self._learned is None or not (self._learned[1] / _WEIGHTS).is_file():
            return None
        return self._learned[0]

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir

    def take_over(self, document: Document, folder: Path) -> None:
        """Let what an earlier run of `document` learned count until one ends here."""
        if not self.is_busy:
            self._learned = (document.copy(), folder)
            self.state_changed.emit(self._state)

    def weights_for(self, document: Document) -> Path | None:
        """The file of what the last run learned, if it fits `document`."""
        learned = self.learned
        if self._learned is None or learned is None or self.is_busy:
            return None
        fits = computes_alike(learned, document)
        return self._learned[1] / _WEIGHTS if fits else None

    def start(self, document: Document, resume: Path | None = None) -> None:
        """Train a copy of `document`; nothing while another run is there.

        `resume` is the folder of a run of it that is to go on.
        """
        if self.is_busy:
            return
        self._document = document.copy()
        self._buffer = MetricsBuffer()
        self._folder, self._learned = None, None
        order = Order(
            document=self._document,
            data_dir=self._data_dir,
            runs_dir=self._runs_dir,
            buffer=self._buffer,
            resume=resume,
            wishes=self.wishes,
        )
        self._control, events = self._launch(order)
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self._worker = TrainingWorker(events, self._buffer)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.ended.connect(self._end)
        self._set_state(TrainingState.STARTING)
        self._worked = time.thread_time()
        self._thread.start()
        self._timer.start()

    def pause(self) -> None:
        """Halt after the step that is being taken."""
        if self._control is not None and self._state is TrainingState.RUNNING:
            self._control.pause()
            self._set_state(TrainingState.PAUSED)

    def resume(self) -> None:
        """Go on."""
        if self._control is not None and self._state is TrainingState.PAUSED:
            self._control.resume()
            self._set_state(TrainingState.RUNNING)

    def stop(self) -> None:
        """End after the step that is being taken; what was learned is kept."""
        if self._control is not None and self.is_busy:
            self._set_state(TrainingState.STOPPING)
            self._control.stop()

    def close(self) -> bool:
        """Stop and wait for the thread; whether it has ended."""
        if self._thread is None:
            return True
        self.stop()
        self._thread.quit()
        joined = self._thread.wait(_JOIN_MILLISECONDS)
        if joined:
            self._clear()
        return joined

    def _end(self, problem: Problem | None) -> None:
        if self._thread is None:
            return  # closed meanwhile
        self._thread.quit()
        self._thread.wait()
        self._deliver()
        self._clear()
        if problem is not None:
            self.failed.emit(problem)

    def _clear(self) -> None:
        self._timer.stop()
        self._timer.setInterval(_FRAME_MILLISECONDS)
        thread, self._thread = self._thread, None
        self._worker, self._control = None, None
        if thread is not None:
            thread.deleteLater()
        self._set_state(TrainingState.IDLE)

    def _deliver(self) -> None:
        news: News = self._buffer.drain()
        if not news:
            return
        for each in news.others:
            if each.event == "run":
                self._folder = Path(each.folder)
                if self._document is not None:
                    self._learned = (self._document, self._folder)
            if each.event == "started":
                if self._state is TrainingState.STARTING:
                    self._set_state(TrainingState.RUNNING)
                self.hardware_known.emit(each.device, each.precision, each.reason)
                if each.left_out:
                    self.left_out.emit(each.left_out)
        self.news_came.emit(news)
        # What the last news cost, painting included: slow drawing is done rarer.
        worked = time.thread_time()
        spent, self._worked = worked - self._worked, worked
        wanted = round(1000 * spent / _SHARE)
        wanted = max(_FRAME_MILLISECONDS, min(wanted, _SLOWEST_MILLISECONDS))
        if wanted != self._timer.interval():
            self._timer.setInterval(wanted)

    def _set_state(self, state: TrainingState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
