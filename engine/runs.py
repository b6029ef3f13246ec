"""The history of runs: what was trained, with what, and what came of it.

A run is a row in one SQLite file and a folder with its files. Any thread may call: each
call opens the file for itself. Nothing here imports torch.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import platformdirs

from engine.file_locks import FileLock
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.run_record import BEST as BEST
from engine.run_record import CHECKPOINT as CHECKPOINT
from engine.run_record import DOCUMENT as DOCUMENT
from engine.run_record import EVENTS as EVENTS
from engine.run_record import FAILED as FAILED
from engine.run_record import (
    FILES,
    LOCK,
    RUNNING,
    as_run,
    prepare_table,
)
from engine.run_record import FINAL as FINAL
from engine.run_record import FINISHED as FINISHED
from engine.run_record import STOPPED as STOPPED
from engine.run_record import Run as Run
from engine.step_losses import PATTERN

_LOCKS: dict[Path, FileLock] = {}
"""Held by this process, a lock for each of its running runs, by the run's folder."""


class Runs:
    """The runs in one folder: their history, and by default their folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "runs.sqlite"

    def open(
        self,
        name: str,
        recipe: Recipe,
        folder: Path | None = None,
        *,
        variant: str = "",
    ) -> Run:
        """A new run with its folder made; raises Refusal when it cannot be made."""
        started = datetime.now(UTC)
        try:
            if folder is None:
                folder = self._new_folder(name, started)
            else:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            where = folder or self.folder
            raise Refusal(
                f"The run's folder {where} could not be made: {error.strerror}.",
                "Choose another folder for the run.",
                code="no-run-folder",
            ) from error
        _lock(folder.resolve())  # before others see the run, and look whether it lives
        row = {
            "started": started.isoformat(timespec="seconds"),
            "name": name,
            "variant": variant,
            "recipe": json.dumps(asdict(recipe)),
            "versions": json.dumps(versions()),
            "state": RUNNING,
            "folder": str(folder.resolve()),
            "host": socket.gethostname(),
            "process": os.getpid(),
        }
        marks = ", ".join(f":{column}" for column in row)
        with self._connected() as database:
            cursor = database.execute(
                f"INSERT INTO runs ({', '.join(row)}) VALUES ({marks})",  # noqa: S608  names are ours
                row,
            )
            number = cursor.lastrowid
        return self.get(number or 0)

    def note_hardware(self, number: int, device: str, precision: str) -> None:
        """Remember what a run is trained on."""
        with self._connected() as database:
            database.execute(
                "UPDATE runs SET device = ?, precision = ? WHERE id = ?",
                (device, precision, number),
            )

    def close(
        self,
        number: int,
        state: str,
        result: Mapping[str, object] | None = None,
        message: str = "",
    ) -> None:
        """Remember how a run ended."""
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connected() as database:
            database.execute(
                "UPDATE runs SET state = ?, ended = ?, result = ?, message = ? "
                "WHERE id = ?",
                (state, ended, json.dumps(dict(result or {})), message, number),
            )
            row = database.execute(
                "SELECT folder FROM runs WHERE id = ?", (number,)
            ).fetchone()
        if row is not None:
            _unlock(Path(row["folder"]))

    def list(self) -> list[Run]:
        """Every run that is not in the trash, the newest first."""
        with self._connected() as database:
            self._find_lost(database)
            rows = database.execute(
                "SELECT * FROM runs WHERE trashed_by = 0 ORDER BY id DESC"
            ).fetchall()
        return [as_run(row) for row in rows]

    def get(self, number: int) -> Run:
        """The run with this id; raises Refusal when there is none."""
        with self._connected() as database:
            self._find_lost(database)
            row = database.execute(
                "SELECT * FROM runs WHERE id = ?", (number,)
            ).fetchone()
        if row is None:
            raise Refusal(
                f"There is no run {number}.", "Choose one of the list.", code="no-run"
            )
        return as_run(row)

    def delete(self, number: int) -> None:
        """Forget a run, and delete its files; others in its folder are left alone."""
        run = self._ended(number)
        kept = [run.folder / name for name in FILES]
        for path in [*kept, *run.folder.glob(PATTERN)]:
            with contextlib.suppress(OSError):
                path.unlink()
        if run.folder.parent == self.folder.resolve():
            shutil.rmtree(run.folder, ignore_errors=True)
        with self._connected() as database:
            database.execute("DELETE FROM runs WHERE id = ?", (number,))

    def annotate(
        self,
        number: int,
        *,
        title: str | None = None,
        tags: Sequence[str] | None = None,
        note: str | None = None,
        starred: bool | None = None,
    ) -> Run:
        """Change what the user says of a run; None leaves a thing as it is."""
        words = list(dict.fromkeys(tag.strip() for tag in tags or () if tag.strip()))
        changes: dict[str, object] = {
            "title": title.strip() if title is not None else None,
            "tags": json.dumps(words) if tags is not None else None,
            "note": note,
            "starred": int(starred) if starred is not None else None,
        }
        self._change(number, {k: v for k, v in changes.items() if v is not None})
        return self.get(number)

    def rename(self, numbers: Iterable[int], name: str) -> None:
        """The document of these runs is called `name` from now on."""
        for number in numbers:
            self._change(number, {"name": name})

    def note_sweep(self, number: int, sweep: str, trial: int) -> None:
        """Remember which trial of which sweep a run is."""
        self._change(number, {"sweep": sweep, "trial": trial})

    def trash(self, numbers: Iterable[int]) -> None:
        """Take runs out of the list; `restore` brings them back, `purge` ends them."""
        chosen = [self._ended(number).id for number in numbers]
        for number in chosen:
            self._change(number, {"trashed_by": os.getpid()})

    def restore(self, numbers: Iterable[int]) -> None:
        """Bring runs back from the trash."""
        for number in numbers:
            self._change(number, {"trashed_by": 0})

    def purge(self, numbers: Iterable[int] = ()) -> None:
        """Delete for good these runs of the trash, and what a process that is gone
        left in it."""
        wanted = set(numbers)
        with self._connected() as database:
            rows = database.execute("SELECT * FROM runs WHERE trashed_by <> 0")
            runs = [as_run(row) for row in rows.fetchall()]
        for run in runs:
            if run.id in wanted or not _is_alive(run.trashed_by):
                self.delete(run.id)

    def interrupted(self) -> Sequence[Run]:
        """Runs that a crash ended and that can go on, the newest first.

        Trials of sweeps are not among them: their sweep goes on as a whole.
        """
        found = (run for run in self.list() if run.was_lost and not run.sweep)
        return [run for run in found if run.is_unfinished]

    def lose(self, number: int, message: str) -> None:
        """A run's process is gone before its end: `interrupted` offers to go on."""
        run = self.get(number)
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        values = {"state": FAILED, "lost": 1, "message": message, "ended": ended}
        self._change(number, values)
        _unlock(run.folder)

    def forget_interruption(self, number: int) -> None:
        """Do not offer again to go on with a run; its row in the table still can."""
        self._change(number, {"lost": 0})

    def resumable(self, name: str, variant: str = "") -> Run:
        """The newest run of a document that can go on; raises Refusal without one.

        Of a document that holds several networks, the newest of that `variant`. Trials
        of sweeps are not among them: they train with other settings than it says.
        """
        for run in self.list():
            is_same = (run.name, run.variant, run.sweep) == (name, variant, "")
            if is_same and run.state != RUNNING and run.can_resume:
                return run
        called = f"{name}: {variant}" if variant else name
        raise Refusal(
            f"No run of {called} has a checkpoint to go on from.",
            "Train it from the beginning.",
            code="nothing-to-resume",
        )

    def reopen(self, number: int, recipe: Recipe) -> Run:
        """Go on with a run that had ended."""
        _lock(self.get(number).folder)
        with self._connected() as database:
            database.execute(
                "UPDATE runs SET state = ?, ended = NULL, message = '', recipe = ?, "
                "lost = 0, host = ?, process = ? WHERE id = ?",
                (
                    RUNNING,
                    json.dumps(asdict(recipe)),
                    socket.gethostname(),
                    os.getpid(),
                    number,
                ),
            )
        return self.get(number)

    def in_folder(self, folder: Path) -> Run | None:
        """The newest run whose files are in `folder`, if the history has one."""
        folder = folder.resolve()
        return next((run for run in self.list() if run.folder == folder), None)

    def _ended(self, number: int) -> Run:
        run = self.get(number)
        if run.state == RUNNING:
            raise Refusal(
                f"Run {number} is still training.", "Stop it first.", code="running"
            )
        return run

    def _change(self, number: int, values: Mapping[str, object]) -> None:
        if not values:
            return
        pairs = ", ".join(f"{name} = ?" for name in values)
        with self._connected() as database:
            database.execute(
                f"UPDATE runs SET {pairs} WHERE id = ?",  # noqa: S608  names are ours
                (*values.values(), number),
            )

    def _new_folder(self, name: str, started: datetime) -> Path:
        """Made here and now: another process may begin a run in the same second."""
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "run"
        stem = f"{started:%Y%m%d-%H%M%S}-{word}"
        self.folder.mkdir(parents=True, exist_ok=True)
        folder, number = self.folder / stem, 1
        while True:
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
                folder = self.folder / f"{stem}-{number}"
            else:
                return folder

    def _find_lost(self, database: sqlite3.Connection) -> None:
        """A run whose process is gone did not end: it was killed, or crashed."""
        running = database.execute(
            "SELECT id, process, folder FROM runs WHERE state = ? AND host = ?",
            (RUNNING, socket.gethostname()),
        ).fetchall()
        for row in running:
            folder = Path(row["folder"])
            if not _is_alive(row["process"]) or not _is_locked(folder):
                database.execute(
                    "UPDATE runs SET state = ?, lost = 1, message = ? WHERE id = ?",
                    (FAILED, "Its program ended before the run did.", row["id"]),
                )

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._file, timeout=10)) as base:
                base.row_factory = sqlite3.Row
                with base:
                    prepare_table(base)
                    yield base
        except (OSError, sqlite3.Error) as error:
            raise Refusal(
                f"The history of runs in {self._file} cannot be used: {error}.",
                "Choose another folder for runs.",
                code="no-history",
            ) from error


def default_folder() -> Path:
    """Where runs are kept when nobody says otherwise."""
    return platformdirs.user_data_path("espalier", appauthor=False) / "runs"


def versions() -> dict[str, str]:
    """The versions of what decides a run's numbers."""
    found = {}
    for package in ("espalier", "torch", "numpy", "scikit-learn"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lock(folder: Path) -> None:
    """Hold a run's lock as long as it goes on, or its process lives."""
    lock = FileLock(folder / LOCK)
    with contextlib.suppress(OSError):  # not every file system has locks
        if lock.acquire():
            _LOCKS[folder] = lock


def _unlock(folder: Path) -> None:
    lock = _LOCKS.pop(folder, None)
    if lock is not None:
        lock.release()


def _is_locked(folder: Path) -> bool:
    """Whether some process trains there; true where nobody can tell.

    A process of the same number is another one after the machine was started anew.
    """
    if folder in _LOCKS or not (folder / LOCK).exists():
        return True
    lock = FileLock(folder / LOCK)
    try:
        is_free = lock.acquire()
    except OSError:
        return True
    lock.release()
    return not is_free
