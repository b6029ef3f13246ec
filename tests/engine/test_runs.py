"""The history of runs."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

import templates
from engine.file_locks import FileLock
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.run_record import LOCK
from engine.runs import (
    BEST,
    CHECKPOINT,
    DOCUMENT,
    EVENTS,
    FINAL,
    FINISHED,
    STOPPED,
    Run,
    Runs,
)
from engine.session import train_document
from engine.storage import load, write_whole
from engine.training.events import Finished, RunOpened
from tests.engine.documents import iris


def test_a_run_is_kept_with_all_it_is_made_of(tmp_path: Path) -> None:
    document = iris(seed=7)
    events = list(train_document(document, runs_dir=tmp_path))
    opened, finished = events[0], events[-1]
    assert isinstance(opened, RunOpened) and isinstance(finished, Finished)
    (run,) = Runs(tmp_path).list()
    assert (run.id, run.name, run.state, run.seed) == (opened.id, "Iris", "finished", 7)
    assert run.recipe["batch_size"] == 16
    assert run.versions["torch"] and run.device == "cpu" and run.precision == "fp32"
    assert run.result["test_loss"] == finished.test_loss
    assert run.started <= (run.ended or "") and run.message == ""
    assert run.folder == Path(opened.folder) and run.folder.parent == tmp_path
    assert run.folder.name.endswith("-iris")
    kept = {path.name for path in run.folder.iterdir()}
    losses = "losses-network.bin"
    assert kept == {DOCUMENT, EVENTS, FINAL, BEST, CHECKPOINT, losses}
    assert load(run.folder / DOCUMENT) == document


def test_runs_of_one_document_tell_which_of_its_networks_they_trained(
    tmp_path: Path,
) -> None:
    document = templates.open_lesson("cnn-or-transformer")
    runs = Runs(tmp_path)

    def train_a_little() -> Run:
        events = train_document(document, runs_dir=tmp_path, overrides={"epochs": 1})
        opened = next(each for each in events if isinstance(each, RunOpened))
        events.close()
        return runs.get(opened.id)

    first = train_a_little()
    assert first.title == "CNN or transformer: Convolutions"
    assert first.name == document.name, "by which it is found and resumed"
    (cnn,) = (node for node in document.graph if node.layer == "Convolutions")
    document.graph.replace_node(replace(cnn, layer="PatchTransformer"))
    assert document.variant == "PatchTransformer"
    whole = templates.open_lesson("resnet-50")
    assert whole.variant == "", "all of its blocks are in use"
    assert templates.open_lesson("digits-cnn").variant == ""


def test_a_history_of_an_older_version_is_opened(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.open("Net", Recipe())
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("ALTER TABLE runs DROP COLUMN variant")
        database.execute("PRAGMA user_version = 1")
    assert [run.title for run in Runs(tmp_path).list()] == ["Net"]


def test_the_newest_run_of_a_document_is_resumed(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No run of Iris has a checkpoint"):
        list(train_document(iris(), runs_dir=tmp_path, resume=True))
    list(train_document(iris(epochs=1), runs_dir=tmp_path))
    list(train_document(iris(epochs=1), runs_dir=tmp_path))
    opened, *_ = train_document(iris(epochs=2), runs_dir=tmp_path, resume=True)
    assert isinstance(opened, RunOpened) and opened.id == 2
    assert [run.id for run in Runs(tmp_path).list()] == [2, 1]


def test_a_trial_of_a_sweep_is_not_resumed_for_its_document(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    for sweep in ("", "rates"):
        run = runs.open("Net", Recipe())
        (run.folder / CHECKPOINT).write_bytes(b"")
        runs.close(run.id, STOPPED)
        runs.note_sweep(run.id, sweep, 0)
    assert runs.resumable("Net").id == 1


def test_the_newest_run_of_the_same_network_is_resumed(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    for variant in ("Convolutions", "PatchTransformer"):
        run = runs.open("Both", Recipe(), variant=variant)
        (run.folder / CHECKPOINT).write_bytes(b"")
        runs.close(run.id, STOPPED)
    assert runs.resumable("Both", "Convolutions").id == 1
    assert runs.resumable("Both", "PatchTransformer").id == 2
    with pytest.raises(Refusal) as caught:
        runs.resumable("Both", "LSTM")
    assert str(caught.value) == (
        "No run of Both: LSTM has a checkpoint to go on from. Train it from the "
        "beginning."
    )


def test_runs_of_the_same_second_have_their_own_folders(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    folders = {runs.open("Net", Recipe()).folder for _ in range(4)}
    assert len(folders) == 4


def test_a_folder_that_another_process_makes_meanwhile_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(tmp_path)
    first = runs.open("Net", Recipe())
    # What is made a moment after it was looked for.
    monkeypatch.setattr(Path, "exists", lambda *_, **__: False)
    moment = datetime.fromisoformat(first.started)
    assert runs._new_folder("Net", moment) != first.folder


def test_nobody_thinks_a_run_lost_that_begins_in_a_folder_of_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, mine = Runs(tmp_path / "history"), tmp_path / "mine"
    runs.close(runs.open("Net", Recipe(), mine).id, "finished")
    seen = []
    connected = Runs._connected

    @contextlib.contextmanager
    def watched(self: Runs) -> Iterator[sqlite3.Connection]:
        with connected(self) as database:
            yield database
        seen.append(is_held(mine / LOCK))

    monkeypatch.setattr(Runs, "_connected", watched)
    runs.open("Net", Recipe(), mine)
    assert all(seen)  # from the moment on at which others can read of it


def is_held(path: Path) -> bool:
    """Whether another holds the lock of a file."""
    lock = FileLock(path)
    is_free = lock.acquire()
    lock.release()
    return not is_free


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_is_full_does_not_end_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.name == EVENTS:
            path.symlink_to("/dev/full")
        else:
            write_whole(path, content)

    monkeypatch.setattr("engine.run_keeper.write_whole", full)
    events = list(train_document(iris(epochs=2), runs_dir=tmp_path))
    assert isinstance(events[-1], Finished)
    (run,) = Runs(tmp_path).list()
    assert (run.state, run.message) == (FINISHED, "")
    assert run.can_resume


def test_deleting_takes_the_files_of_the_run_alone(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "history")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("keep me")
    run = runs.open("Net", Recipe(), mine)
    (mine / DOCUMENT).write_text("{}")
    with pytest.raises(Refusal, match=r"Run 1 is still training\. Stop it first\."):
        runs.delete(run.id)
    runs.close(run.id, "stopped")
    runs.delete(run.id)
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]
    own = runs.open("Net", Recipe())
    runs.close(own.id, "finished")
    runs.delete(own.id)
    assert not own.folder.exists()
    assert runs.list() == []
    with pytest.raises(Refusal, match="There is no run 2"):
        runs.get(2)


def test_a_run_whose_program_is_gone_has_failed(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = runs.open("Net", Recipe())
    assert runs.get(run.id).state == "running"
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        database.execute("UPDATE runs SET process = ?", (int(ended.stdout),))
    found = runs.get(run.id)
    assert found.state == "failed"
    assert found.message == "Its program ended before the run did."
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        host = database.execute("SELECT host FROM runs").fetchone()[0]
    assert host == socket.gethostname()


def test_a_history_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_bytes(b"no data base" * 100)
    with pytest.raises(Refusal, match=r"The history of runs in .* cannot be used"):
        Runs(tmp_path).list()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match=r"The run's folder .* could not be made"):
        Runs(tmp_path / "runs").open("Net", Recipe(), tmp_path / "file" / "below")


def test_importing_the_history_does_not_import_torch() -> None:
    code = (
        "import sys, engine.runs, engine.training.fitness, engine.training.events, "
        "engine.training.control; sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
