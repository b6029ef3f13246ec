"""One trial of a sweep: a training of its own, here or in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from typing import ClassVar

from engine.allowed_code import ALLOWED
from engine.analysis import analyse
from engine.problems import Refusal
from engine.runs import Runs, default_folder
from engine.session import train_document
from engine.storage import loads
from engine.training.control import Control
from engine.training.events import EpochDone, Event, RunOpened, StepDone
from engine.training.fitness import FitsItsData

_GO, _STOP, _END = "go", "stop", "end"
_JOIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a trial is started with; it can be sent to another process."""

    trial: int
    sweep: str
    document: str
    """The whole document as text, with the trial's settings in it."""
    note: str
    """The trial's settings in words."""
    data_dir: Path | None
    runs_dir: Path | None
    allowed: tuple[str, ...] = ()
    """The code in the document that a person allowed to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotBuild(Event):
    """The trial's settings do not go together: nothing was trained."""

    event: ClassVar[str] = "cannot-build"
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFailed(Event):
    """The trial could not go on."""

    event: ClassVar[str] = "trial-failed"
    message: str


class Within(Control):
    """The control of one trial: it is stopped by itself or with the whole sweep."""

    def __init__(self, whole: Control) -> None:
        super().__init__()
        self._whole = whole

    @property
    def is_stopped(self) -> bool:
        """Whether this trial is to end."""
        return super().is_stopped or self._whole.is_stopped


def run_trial(order: Order, control: Control) -> Iterator[Event]:
    """Train one trial; its events, steps left out. Raises nothing that a trial does."""
    try:
        document = loads(order.document)
        error = analyse(document, [FitsItsData(order.data_dir)]).first_error
        if error is not None:
            yield CannotBuild(message=error.message)
            return
        events = train_document(
            document,
            data_dir=order.data_dir,
            runs_dir=order.runs_dir,
            control=control,
        )
        for event in events:
            if isinstance(event, RunOpened):
                _introduce(event.id, order)
            if not isinstance(event, StepDone):
                yield event
    except Refusal as refusal:
        yield TrialFailed(message=refusal.problem.message)
    except Exception as error:  # one trial must not end the others
        yield TrialFailed(message=f"{type(error).__name__}: {error}")


def _introduce(number: int, order: Order) -> None:
    runs = Runs(order.runs_dir or default_folder())
    runs.note_sweep(number, order.sweep, order.trial)
    title = f"{runs.get(number).name} · trial {order.trial}"
    runs.annotate(number, title=title, tags=[order.sweep], note=order.note)


class HereLane:
    """Trains one trial after the other in this process, on the thread that asks."""

    def __init__(self, control: Control) -> None:
        self._whole = control
        self._control = Within(control)
        self._events: Iterator[Event] | None = None
        self.trial: int | None = None
        """The number of the trial that is trained, if one is."""

    def start(self, order: Order) -> None:
        """Begin a trial."""
        self._control = Within(self._whole)
        self._events = run_trial(order, self._control)
        self.trial = order.trial

    def next(self) -> Event | None:
        """The trial's next event; None at its end."""
        event = next(self._events, None) if self._events is not None else None
        if event is None:
            self.trial = None
        return event

    def answer(self, *, go_on: bool) -> None:
        """Say after an epoch whether the trial is to go on."""
        if not go_on:
            self._control.stop()

    def stop(self) -> None:
        """End the trial after its present step."""
        self._control.stop()

    def close(self) -> None:
        """Nothing is left to be closed."""


class ApartLane:
    """Trains one trial after the other in a process of its own."""

    def __init__(self, place: int, lanes: int) -> None:
        self._cores = _share_of_cores(place, lanes)
        self.trial: int | None = None
        self._begin()

    def _begin(self) -> None:
        # Spawned: a copy of a process with threads in it may hang.
        context = multiprocessing.get_context("spawn")
        self.connection, there = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(there, self._cores), daemon=True, name="sweep"
        )
        self._process.start()
        there.close()

    def start(self, order: Order) -> None:
        """Begin a trial; after a crash in a new process."""
        if not self._process.is_alive():
            self.connection.close()
            self._process.close()
            self._begin()
        self.trial = order.trial
        self.connection.send(order)

    def next(self) -> Event | None:
        """The trial's next event, waiting for it; None at its end."""
        try:
            event: Event | None = self.connection.recv()
        except (EOFError, OSError):
            self._process.join(_JOIN_SECONDS)
            self.trial = None  # the next one gets a new process
            code = self._process.exitcode
            return TrialFailed(
                message=f"The trial's process ended by itself (exit code {code})."
            )
        if event is None:
            self.trial = None
        return event

    def answer(self, *, go_on: bool) -> None:
        """Say after an epoch whether the trial is to go on."""
        self._send(_GO if go_on else _STOP)

    def stop(self) -> None:
        """End the trial after its present step."""
        self._send(_STOP)

    def close(self) -> None:
        """End the process; it has no trial any more."""
        self._send(_END)
        self._process.join(_JOIN_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.connection.close()
        self._process.close()

    def _send(self, word: str) -> None:
        with contextlib.suppress(OSError):  # a process that is gone is seen at `next`
            self.connection.send(word)


Lane = HereLane | ApartLane


def with_news(lanes: Sequence[Lane], seconds: float) -> list[Lane]:
    """Those lanes whose `next` has something to give, waiting so long for one."""
    apart = [lane for lane in lanes if isinstance(lane, ApartLane)]
    if len(apart) < len(lanes):
        return [lane for lane in lanes if isinstance(lane, HereLane)]
    ready = wait([lane.connection for lane in apart], seconds)
    return [lane for lane in apart if lane.connection in ready]


def _share_of_cores(place: int, lanes: int) -> frozenset[int]:
    """The processor's cores for one of several lanes: they do not fight over them."""
    if sys.platform != "linux":
        return frozenset()
    cores = sorted(os.sched_getaffinity(0))
    return frozenset(cores[place % len(cores) :: lanes])


def _serve(connection: Connection, cores: frozenset[int]) -> None:
    """A lane's process: trains what is ordered until it is told to end."""
    if sys.platform == "linux" and cores:
        os.sched_setaffinity(0, cores)
    orders: SimpleQueue[Order | None] = SimpleQueue()
    answers: SimpleQueue[str] = SimpleQueue()
    controls: list[Control] = []
    listener = threading.Thread(
        target=_listen, args=(connection, orders, answers, controls), daemon=True
    )
    listener.start()
    while (order := orders.get()) is not None:
        control = Control()
        controls[:] = [control]
        for code in order.allowed:  # what may run is known to each process by itself
            ALLOWED.allow(code)
        for event in run_trial(order, control):
            connection.send(event)
            if isinstance(event, EpochDone) and answers.get() == _STOP:
                control.stop()
        connection.send(None)


def _listen(
    connection: Connection,
    orders: SimpleQueue[Order | None],
    answers: SimpleQueue[str],
    controls: list[Control],
) -> None:
    """Hear what the sweep says, at any moment of a training."""
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):  # the sweep's process is gone
            message = _END
        if isinstance(message, Order):
            orders.put(message)
            continue
        if message in (_STOP, _END):
            for control in controls:
                control.stop()
        answers.put(message or _GO)
        if message == _END:
            orders.put(None)
            return
