"""Training in a process of its own: what kills it leaves this one alive.

The same `train_document` runs in a spawned process; its events come over a pipe, and
what `Control` and `Wishes` say goes the other way.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Generator, Iterator
from dataclasses import dataclass, fields, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from engine.allowed_code import ALLOWED
from engine.document import Document
from engine.foreign_code import carried
from engine.problems import Problem, Refusal
from engine.runs import CHECKPOINT, FINISHED, Runs, default_folder
from engine.session import train_document
from engine.showing.wishes import Wishes
from engine.storage import dumps, loads
from engine.training.control import Control
from engine.training.events import EpochDone, Event, RunOpened
from engine.training.trouble import Trouble

if TYPE_CHECKING:
    from engine.data.download import Progress

_LISTEN_SECONDS = 0.03
"""How long it takes at most until the process hears of a wish."""
_END_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the process is started with."""

    document: str
    """The whole document as text."""
    data_dir: Path | None
    run_dir: Path | None
    runs_dir: Path | None
    resume: bool
    show: Wishes | None
    allowed: tuple[str, ...]
    """The code in the document that a person allowed to run."""

    @property
    def history(self) -> Runs:
        """Where `train_document` keeps the run."""
        return Runs(self.runs_dir or self.run_dir or default_folder())


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the process is to do now."""

    is_paused: bool
    is_stopped: bool
    show: Wishes | None


@dataclass(frozen=True, slots=True)
class _Loading:
    """So many bytes of a download are here."""

    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class _Ended:
    """The training has ended by itself: well, or with what went wrong."""

    problem: Problem | None = None
    error: Exception | None = None


class _Halted(Exception):  # noqa: N818  the user's wish, no error
    """Raised out of a download that nobody waits for any more."""


# In the process that asks.


def train_apart(
    document: Document,
    *,
    data_dir: Path | None = None,
    run_dir: Path | None = None,
    runs_dir: Path | None = None,
    resume: bool = False,
    control: Control | None = None,
    progress: Progress | None = None,
    show: Wishes | None = None,
) -> Iterator[Event]:
    """As `train_document`, in a process of its own; the events are the same.

    When that process ends by itself, by a crash within a library or because the system
    ran out of memory, a `Trouble` says so and offers to go on, and Refusal is raised:
    what is lost are the steps after the last checkpoint.
    """
    order = _Order(
        document=dumps(document),
        data_dir=data_dir,
        run_dir=run_dir,
        runs_dir=runs_dir,
        resume=resume,
        show=replace(show) if show is not None else None,
        allowed=tuple(each.code for each in carried(document) if each.may_run),
    )
    # Spawned: a copy of a process with threads in it may hang.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(
        target=_serve, args=(there, order), daemon=True, name="training"
    )
    process.start()
    there.close()
    ended: _Ended | None = None
    try:
        ended = yield from _heard(
            here, process, order, control or Control(), progress, show or Wishes()
        )
    finally:
        if ended is None:
            _end(here, process)
        else:  # all is said: a second or two later it is gone, and nobody need wait
            threading.Thread(target=_end, args=(here, process), name="ending").start()
    match ended:
        case _Ended(problem=Problem() as problem):
            raise Refusal(problem.message, problem.remedy, code=problem.code)
        case _Ended(error=Exception() as error):
            raise error


def _heard(
    here: Connection,
    process: SpawnProcess,
    order: _Order,
    control: Control,
    progress: Progress | None,
    show: Wishes,
) -> Generator[Event, None, _Ended]:
    """What the process says; gives how the training ended. Raises Refusal."""
    told: _Wanted | None = None
    run: RunOpened | None = None
    epoch = 0
    while True:
        wanted = _Wanted(control.is_paused, control.is_stopped, replace(show))
        if wanted != told:
            with contextlib.suppress(OSError):  # that it is gone is seen below
                here.send(wanted)
            told = wanted
        try:
            if not here.poll(_LISTEN_SECONDS):
                continue
            said = here.recv()
        except (EOFError, OSError, pickle.UnpicklingError):  # or broke off in a word
            raise (yield from _lost(process, order, run, epoch)) from None
        match said:
            case Event():
                run = said if isinstance(said, RunOpened) else run
                epoch = said.epoch if isinstance(said, EpochDone) else epoch
                yield said
            case _Loading(done, total, what):
                if progress is not None:
                    progress(done, total, what)
            case _Ended():
                return said


def _lost(
    process: SpawnProcess, order: _Order, run: RunOpened | None, epoch: int
) -> Generator[Event, None, Refusal]:
    """Tell that the process is gone; gives what is to be raised."""
    process.join(_END_SECONDS)
    how = _how_it_ended(process.exitcode)
    if run is None:
        return Refusal(
            f"The training's process {how} before it began.",
            "Train again.",
            code="process-ended",
        )
    message = f"The training's process {how} in epoch {epoch + 1:,}."
    order.history.lose(run.id, message)
    can_go_on = (Path(run.folder) / CHECKPOINT).is_file()
    remedy = (
        "Go on from its last checkpoint; if memory had run out, with a smaller batch."
        if can_go_on
        else "It had no checkpoint yet: train anew; if memory had run out, with a "
        "smaller batch."
    )
    yield Trouble(
        epoch=epoch + 1,
        kind="process-ended",
        message=f"{message} The window and your network are unharmed.",
        remedy=remedy,
        fix="Go on" if can_go_on else "Train anew",
        goes_on=True,
    )
    return Refusal(message, remedy, code="process-ended")


def _how_it_ended(code: int | None) -> str:
    """`was killed (SIGKILL), …`, from the exit code of a process."""
    if code is None:
        return "no longer answers"
    if code >= 0:
        return f"ended by itself (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGKILL":
        return "was killed (SIGKILL), as systems do when memory runs out,"
    if name in ("SIGTERM", "SIGHUP", "SIGINT"):
        return f"was told to end ({name})"
    return f"crashed ({name})"


def _end(here: Connection, process: SpawnProcess) -> None:
    """Let the process stop, and hear it out: one that waits to be heard cannot end."""
    with contextlib.suppress(OSError):
        here.send(_Wanted(is_paused=False, is_stopped=True, show=None))
    deadline = time.monotonic() + _END_SECONDS
    with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
        while time.monotonic() < deadline:
            if here.poll(_LISTEN_SECONDS) and isinstance(here.recv(), _Ended):
                break
    process.join(max(deadline - time.monotonic(), 1.0))
    if process.is_alive():
        process.kill()
        process.join()
    here.close()
    process.close()


# In the process that trains.


class _Listener:
    """Hears on a thread of its own what is wanted, and does it."""

    def __init__(self, there: Connection, show: Wishes | None) -> None:
        self.control = Control()
        self.show = show
        self.is_alone = False
        """Whether the process that asked is gone."""
        self._there = there
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def say(self, said: object) -> None:
        """Tell the process that asked; where it is gone, the training is to stop."""
        try:
            self._there.send(said)
        except OSError:
            self._leave()

    def _listen(self) -> None:
        while not self.is_alone:
            try:
                wanted: _Wanted = self._there.recv()
            except (EOFError, OSError):
                self._leave()
                return
            if wanted.is_stopped:
                self.control.stop()
            elif wanted.is_paused:
                self.control.pause()
            else:
                self.control.resume()
            if self.show is not None and wanted.show is not None:
                for each in fields(Wishes):
                    setattr(self.show, each.name, getattr(wanted.show, each.name))

    def _leave(self) -> None:
        self.is_alone = True
        self.control.stop()


def _serve(there: Connection, order: _Order) -> None:
    """Train what is ordered; the process ends with this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both
    listener = _Listener(there, order.show)
    opened: list[RunOpened] = []
    listener.say(_train(order, listener, opened))
    if listener.is_alone and opened:
        # Nobody asked for the stop: the next start is to offer to go on, unless the
        # training came to its end all the same.
        with contextlib.suppress(Refusal):
            if order.history.get(opened[0].id).state != FINISHED:
                message = "Its program ended before the run did."
                order.history.lose(opened[0].id, message)


def _train(order: _Order, listener: _Listener, opened: list[RunOpened]) -> _Ended:
    def progress(done: int, total: int, what: str) -> None:
        if listener.control.is_stopped:
            raise _Halted
        listener.say(_Loading(done, total, what))

    try:
        for code in order.allowed:  # what may run is known to each process by itself
            ALLOWED.allow(code)
        for event in train_document(
            loads(order.document),
            data_dir=order.data_dir,
            run_dir=order.run_dir,
            runs_dir=order.runs_dir,
            resume=order.resume,
            control=listener.control,
            progress=progress,
            show=order.show,
        ):
            if isinstance(event, RunOpened):
                opened.append(event)
            listener.say(event)
    except _Halted:
        return _Ended()
    except Refusal as refusal:
        return _Ended(problem=replace(refusal.problem, fixes=()))
    except Exception as error:  # the edge of the process
        return _Ended(error=_portable(error))
    return _Ended()


def _portable(error: Exception) -> Exception:
    """The error as it can be sent, with where it came from as a note."""
    try:
        same: Exception = pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    except Exception:  # whatever its class does with itself
        same = RuntimeError(f"{type(error).__name__}: {error}")
    same.add_note("".join(traceback.format_exception(error)))
    return same
