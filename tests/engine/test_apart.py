"""Training in a process of its own: the same numbers, and a death that is survived."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import apart
from engine.apart import train_apart
from engine.problems import Refusal
from engine.runs import FAILED, FINISHED, STOPPED, Runs
from engine.session import train_document
from engine.showing.wishes import Wishes
from engine.storage import dumps
from engine.training.control import Control
from engine.training.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    Finished,
    Paused,
    Resumed,
    StepDone,
    Stopped,
)
from engine.training.reporting import as_record
from engine.training.trouble import Trouble
from tests.engine.documents import digits, iris

needs_signals = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
LONG = {"epochs": 3000, "checkpoint_seconds": 0.0, "batch_size": 100}


def numbers(events: list[Event]) -> list[dict[str, object]]:
    """What of the events does not depend on the clock."""
    clock = {"seconds", "samples_per_second", "folder", "id", "path", "losses"}
    return [
        {name: value for name, value in as_record(event).items() if name not in clock}
        for event in events
        if not isinstance(event, StepDone)
    ]


def losses(events: list[Event]) -> list[float]:
    return [x for event in events if isinstance(event, StepDone) for x in event.losses]


def process_of(runs: Path) -> int:
    """The process that trains the newest run."""
    import sqlite3

    with sqlite3.connect(runs / "runs.sqlite") as base:
        row = base.execute("SELECT process FROM runs ORDER BY id DESC").fetchone()
    assert row[0] != os.getpid()
    return int(row[0])


def until(events: Iterator[Event], is_it: Callable[[Event], bool]) -> Event:
    return next(event for event in events if is_it(event))


def test_its_events_are_those_of_a_training_here(tmp_path: Path) -> None:
    document = iris(epochs=3)
    shown = Wishes(pictures=False)
    here = list(train_document(document, runs_dir=tmp_path / "here", show=shown))
    apart = list(train_apart(document, runs_dir=tmp_path / "apart", show=shown))
    assert numbers(apart) == numbers(here)
    assert losses(apart) == losses(here)
    (run,) = Runs(tmp_path / "apart").list()
    assert (run.state, run.can_resume) == (FINISHED, True)


def test_nobody_waits_for_a_process_that_has_said_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, is_over, has_ended = apart._end, threading.Event(), threading.Event()

    def slowly(*given: Any) -> None:
        assert is_over.wait(30)
        end(*given)
        has_ended.set()

    monkeypatch.setattr(apart, "_end", slowly)
    assert isinstance(list(train_apart(iris(), runs_dir=tmp_path))[-1], Finished)
    is_over.set()
    assert has_ended.wait(30) and not multiprocessing.active_children()


def test_pausing_and_stopping_reach_it(tmp_path: Path) -> None:
    control = Control()
    events = train_apart(digits(**LONG), runs_dir=tmp_path, control=control)
    until(events, lambda event: isinstance(event, EpochDone))
    control.pause()
    until(events, lambda event: isinstance(event, Paused))
    control.resume()
    until(events, lambda event: isinstance(event, Resumed))
    control.stop()
    assert isinstance(list(events)[-1], Stopped)
    (run,) = Runs(tmp_path).list()
    assert (run.state, run.is_unfinished, run.was_lost) == (STOPPED, True, False)


@needs_signals
def test_a_killed_process_is_told_and_the_run_goes_on_exactly(tmp_path: Path) -> None:
    document = digits(epochs=3, checkpoint_seconds=0.0, batch_size=100)
    whole = list(train_document(document, runs_dir=tmp_path / "whole"))
    runs = tmp_path / "runs"
    events = train_apart(document, runs_dir=runs)
    until(events, lambda event: isinstance(event, CheckpointSaved))
    os.kill(process_of(runs), signal.SIGKILL)
    seen: list[Event] = []
    with pytest.raises(Refusal) as refused:
        seen.extend(events)
    trouble = next(event for event in seen if isinstance(event, Trouble))
    assert trouble.kind == "process-ended"
    assert trouble.message.startswith(
        "The training's process was killed (SIGKILL), as systems do when memory runs "
        f"out, in epoch {trouble.epoch}."
    )
    assert (trouble.fix, trouble.goes_on) == ("Go on", True)
    assert str(refused.value).endswith(
        "Go on from its last checkpoint; if memory had run out, with a smaller batch."
    )
    (run,) = Runs(runs).interrupted()  # the next start offers it too
    assert run.state == FAILED
    assert "SIGKILL" in run.message
    again = train_document(document, run_dir=run.folder, runs_dir=runs, resume=True)
    rest = list(again)
    end, expected = rest[-1], whole[-1]
    assert isinstance(end, Finished)
    assert isinstance(expected, Finished)
    assert end.test_loss == expected.test_loss
    assert Runs(runs).interrupted() == []


def test_what_is_wrong_is_told_as_here(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="has a checkpoint to go on from"):
        list(train_apart(iris(), runs_dir=tmp_path, resume=True))


PARENT = """
import sys
from pathlib import Path
from engine import apart
from engine.apart import train_apart
from tests.engine.documents import digits

if __name__ == "__main__":
    for event in train_apart(
        digits(epochs=3000, batch_size=100), runs_dir=Path(sys.argv[1])
    ):
        if event.event == "epoch":
            print("learns", flush=True)
"""


@needs_signals
def test_when_the_window_dies_the_run_is_kept_and_offered(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "learns\n"
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 120
    while not (found := Runs(tmp_path).interrupted()) or found[0].ended is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (run,) = found
    assert (run.state, run.message) == (FAILED, "Its program ended before the run did.")


def test_a_training_that_ended_when_the_window_died_has_not_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = multiprocessing.Pipe()

    def ends(*args: object, **named: object) -> Iterator[Event]:
        for event in train_document(*args, **named):  # type: ignore[arg-type]
            if isinstance(event, Finished):
                here.close()  # the window dies while the test part is judged
            yield event

    monkeypatch.setattr(apart, "train_document", ends)
    monkeypatch.setattr("engine.apart.signal.signal", lambda *_: None)
    order = apart._Order(
        document=dumps(iris(epochs=2)),
        data_dir=None,
        run_dir=None,
        runs_dir=tmp_path,
        resume=False,
        show=None,
        allowed=(),
    )
    apart._serve(there, order)
    (run,) = Runs(tmp_path).list()
    assert (run.state, run.was_lost, run.message) == (FINISHED, False, "")
