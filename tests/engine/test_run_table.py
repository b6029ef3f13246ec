"""The table of runs: what is kept of them, found, sorted, trashed and resumed."""

from __future__ import annotations

import json
import math
import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.problems import Refusal
from engine.recipe import Recipe
from engine.run_curves import CurveShelf, read_curves
from engine.run_record import CHECKPOINT, EVENTS, LOCK, Run
from engine.run_table import COLUMNS, Row, matches, row_of, sorted_rows
from engine.runs import Runs


def record(folder: Path, losses: list[float], **more: object) -> None:
    """Write the record of a run with these validation losses."""
    lines = [
        json.dumps(
            {
                "event": "epoch",
                "epoch": number,
                "train_loss": loss / 2,
                "val_loss": loss,
                "val_accuracy": 1 - loss,
                "seconds": 0.5,
                "best": True,
                **more,
            }
        )
        for number, loss in enumerate(losses, start=1)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EVENTS).write_text("\n".join(lines) + "\n")


def a_run(runs: Runs, losses: list[float], name: str = "Net", **recipe: object) -> Run:
    run = runs.open(name, Recipe(**recipe))  # type: ignore[arg-type]
    record(run.folder, losses)
    best = min(losses)
    runs.close(run.id, "finished", {"test_loss": best, "test_accuracy": 1 - best})
    return runs.get(run.id)


def rows_of(runs: Runs) -> list[Row]:
    return [row_of(run, read_curves(run.folder)) for run in runs.list()]


def test_a_history_of_the_first_version_gains_what_it_lacks(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute(
            "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT "
            "NULL, ended TEXT, name TEXT NOT NULL, recipe TEXT NOT NULL, versions TEXT "
            "NOT NULL, device TEXT NOT NULL DEFAULT '', precision TEXT NOT NULL DEFAULT"
            " '', state TEXT NOT NULL, result TEXT NOT NULL DEFAULT '{}', message TEXT "
            "NOT NULL DEFAULT '', folder TEXT NOT NULL, host TEXT NOT NULL, process "
            "INTEGER NOT NULL)"
        )
        database.execute(
            "INSERT INTO runs (started, name, recipe, versions, state, folder, host, "
            "process) VALUES ('2026-01-01T00:00:00+00:00', 'Old', '{\"seed\": 3}', "
            "'{}', 'finished', '/nowhere', 'here', 1)"
        )
    runs = Runs(tmp_path)
    (old,) = runs.list()
    assert (old.name, old.title, old.seed, old.tags) == ("Old", "Old", 3, ())
    assert runs.annotate(old.id, tags=["kept"]).tags == ("kept",)
    assert runs.open("New", Recipe()).id == 2


def test_what_the_user_says_of_a_run_is_kept(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = a_run(runs, [0.5])
    runs.annotate(run.id, title=" Best so far ", tags=["a", " b ", "a", ""], note="why")
    runs.annotate(run.id, starred=True)
    kept = Runs(tmp_path).get(run.id)
    assert (kept.title, kept.name) == ("Best so far", "Net")
    assert (kept.tags, kept.note, kept.is_starred) == (("a", "b"), "why", True)
    assert runs.annotate(run.id, title="").title == "Net"
    assert runs.annotate(run.id, starred=False).is_starred is False
    assert runs.get(run.id).note == "why"


def test_the_trash_gives_back_until_it_is_emptied(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    first, second = a_run(runs, [0.5]), a_run(runs, [0.4])
    runs.trash([first.id, second.id])
    assert runs.list() == [] and first.folder.exists()
    runs.restore([first.id])
    assert [run.id for run in runs.list()] == [first.id]
    runs.purge()
    assert second.folder.exists()  # another window of this process may want it back
    runs.purge([first.id, second.id])
    assert first.folder.exists() and not second.folder.exists()
    with pytest.raises(Refusal, match=f"There is no run {second.id}"):
        runs.get(second.id)
    live = runs.open("Net", Recipe())
    with pytest.raises(Refusal, match=rf"Run {live.id} is still training\. Stop it"):
        runs.trash([live.id])
    runs.close(live.id, "stopped")


def test_the_trash_of_another_living_program_is_left_alone(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = a_run(runs, [0.5])
    runs.trash([run.id])
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("UPDATE runs SET trashed_by = ?", (os.getppid(),))
    runs.purge()
    assert run.folder.exists()
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        database.execute("UPDATE runs SET trashed_by = ?", (gone.pid,))
    runs.purge()
    assert not run.folder.exists()


KILLED = """
import sys, os, signal
from pathlib import Path
from engine.recipe import Recipe
from engine.runs import CHECKPOINT, Runs
for sweep in ("", "some-sweep"):
    run = Runs(Path(sys.argv[1])).open("Net", Recipe())
    (run.folder / CHECKPOINT).write_bytes(b"x")
    if sweep:
        Runs(Path(sys.argv[1])).note_sweep(run.id, sweep, 0)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_is_offered_until_it_is_answered(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    runs = Runs(tmp_path)
    (lost,) = runs.interrupted()  # the trial belongs to its sweep
    assert lost.message == "Its program ended before the run did."
    assert lost.is_unfinished and lost.was_lost
    runs.forget_interruption(lost.id)
    assert list(runs.interrupted()) == []
    assert runs.get(lost.id).is_unfinished  # the table still offers it
    again = runs.reopen(lost.id, Recipe())
    assert again.state == "running" and (again.folder / LOCK).exists()
    runs.close(again.id, "finished")
    assert not (again.folder / LOCK).exists()


def test_a_process_number_used_again_does_not_hide_a_lost_run(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("UPDATE runs SET process = ?", (os.getpid(),))
        (host,) = database.execute("SELECT host FROM runs").fetchone()
    assert host == socket.gethostname()
    assert [run.state for run in runs.list()] == ["failed", "failed"]


def test_a_filter_finds_names_tags_notes_and_settings(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = a_run(runs, [0.5], name="Deep net", optimizer="SGD", learning_rate=0.05)
    run = runs.annotate(run.id, tags=["Thesis"], note="with more data", starred=True)
    for text in (
        "",
        "deep",
        "DEEP thesis",
        "tag:thesis",
        "optimizer=sgd learning_rate=5e-2",
        '"more data"',
        '"more data',  # a quote that is still open
        "-adam",
        "starred",
        "finished",
    ):
        assert matches(run, text), text
    for text in ("shallow", "tag:the", "optimizer=SG", "learning_rate=0.06", "-deep"):
        assert not matches(run, text), text


def test_columns_sort_and_gaps_come_last(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    for losses in ([0.5, 0.3], [0.9], [0.2, 0.4]):
        a_run(runs, losses)
    empty = runs.open("Empty", Recipe())
    runs.close(empty.id, "failed", message="No data.")
    rows = rows_of(runs)
    up = [row.run.id for row in sorted_rows(rows, "val_loss", descending=False)]
    down = [row.run.id for row in sorted_rows(rows, "val_loss", descending=True)]
    assert (up, down) == ([3, 1, 2, 4], [2, 1, 3, 4])
    for column in COLUMNS:
        ordered = sorted_rows(rows, column.name, descending=False)
        assert len(ordered) == 4
    texts = {column.name: column.text(rows[1]) for column in COLUMNS}
    assert texts["test"] == "accuracy 80.0 %"
    assert texts["val_loss"] == "0.2"
    assert texts["epochs"] == "2 of 5"
    assert texts["seconds"] == "1.0 s"


def test_curves_of_a_run_that_was_cut_off_and_resumed(tmp_path: Path) -> None:
    record(tmp_path, [0.5, 0.4])
    with (tmp_path / EVENTS).open("a") as file:
        file.write('{"event": "started", "steps_per_epoch": 7}\n')
        file.write('{"event": "epoch", "epoch": 2, "val_loss": 0.3, "seconds": 1.0}\n')
        file.write('{"event": "epoch", "epoch": 3, "val_lo')
    curves = read_curves(tmp_path)
    assert list(curves.epochs) == [1, 2]
    assert list(curves.metrics["val_loss"]) == [0.5, 0.3]
    assert math.isnan(curves.metrics["train_loss"][1])
    assert list(curves.seconds) == [0.5, 1.5]
    assert curves.steps is not None and list(curves.steps) == [7, 14]
    assert curves.best("val_loss") == 0.3 and curves.best("val_accuracy") == 0.5
    assert len(read_curves(tmp_path / "nowhere")) == 0


def test_a_shelf_reads_again_what_has_changed(tmp_path: Path) -> None:
    runs, shelf = Runs(tmp_path), CurveShelf()
    run = a_run(runs, [0.5])
    first = shelf.of(run)
    assert shelf.of(run) is first
    record(run.folder, [0.5, 0.4])
    assert len(shelf.of(run)) == 2
    (run.folder / CHECKPOINT).write_bytes(b"")
    (run.folder / EVENTS).unlink()
    assert len(shelf.of(run)) == 0


def test_two_hundred_runs_are_read_at_once(tmp_path: Path) -> None:
    runs, shelf = Runs(tmp_path), CurveShelf()
    for _ in range(200):
        run = runs.open("Net", Recipe())
        record(run.folder, [1 / n for n in range(1, 31)])
        runs.close(run.id, "finished", {"test_loss": 0.1})
    begun = time.process_time()  # on a busy machine, too
    rows = [row_of(run, shelf.of(run)) for run in runs.list()]
    seconds = time.process_time() - begun
    assert len(rows) == 200 and all(row.epochs == 30 for row in rows)
    assert seconds < 5  # far more than it takes: some 0.1 s
