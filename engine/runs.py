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
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs

from engine.problems import Refusal
from engine.recipe import Recipe

DOCUMENT = "document.espalier"
EVENTS = "events.jsonl"
FINAL = "final.safetensors"
BEST = "best.safetensors"
CHECKPOINT = "checkpoint.safetensors"
FILES = (DOCUMENT, EVENTS, FINAL, BEST, CHECKPOINT)
"""What a run's folder holds; deleting a run deletes these and no other file."""

RUNNING, FINISHED, STOPPED, FAILED = "running", "finished", "stopped", "failed"

_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    ended TEXT,
    name TEXT NOT NULL,
    recipe TEXT NOT NULL,
    versions TEXT NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    precision TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    result TEXT NOT NULL DEFAULT '{}',
    message TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL,
    host TEXT NOT NULL,
    process INTEGER NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as the history knows it."""

    id: int
    started: str
    """ISO 8601, UTC."""
    ended: str | None
    name: str
    """The document's name."""
    recipe: dict[str, Any]  # JSON
    versions: dict[str, str]
    device: str
    precision: str
    state: str
    """`running`, `finished`, `stopped` or `failed`."""
    result: dict[str, Any]  # JSON: the last event as the command line prints it
    message: str
    """Why it failed, in one sentence."""
    folder: Path

    @property
    def seed(self) -> int:
        """What the weights, the order of the samples and the dropout were drawn by."""
        return int(self.recipe["seed"])

    @property
    def can_resume(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return (self.folder / CHECKPOINT).is_file()


class Runs:
    """The runs in one folder: their history, and by default their folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "runs.sqlite"

    def open(self, name: str, recipe: Recipe, folder: Path | None = None) -> Run:
        """A new run with its folder made; raises Refusal when it cannot be made."""
        started = datetime.now(UTC)
        folder = folder or self._free_folder(name, started)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(
                f"The run's folder {folder} could not be made: {error.strerror}.",
                "Choose another folder for the run.",
                code="no-run-folder",
            ) from error
        row = {
            "started": started.isoformat(timespec="seconds"),
            "name": name,
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

    def list(self) -> list[Run]:
        """Every run, the newest first."""
        with self._connected() as database:
            self._find_lost(database)
            rows = database.execute("SELECT * FROM runs ORDER BY id DESC").fetchall()
        return [_as_run(row) for row in rows]

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
        return _as_run(row)

    def delete(self, number: int) -> None:
        """Forget a run, and delete its files; others in its folder are left alone."""
        run = self.get(number)
        if run.state == RUNNING:
            raise Refusal(
                f"Run {number} is still training.", "Stop it first.", code="running"
            )
        for name in FILES:
            with contextlib.suppress(OSError):
                (run.folder / name).unlink()
        if run.folder.parent == self.folder.resolve():
            shutil.rmtree(run.folder, ignore_errors=True)
        with self._connected() as database:
            database.execute("DELETE FROM runs WHERE id = ?", (number,))

    def resumable(self, name: str) -> Run:
        """The newest run of a document that can go on; raises Refusal without one."""
        for run in self.list():
            if run.name == name and run.state != RUNNING and run.can_resume:
                return run
        raise Refusal(
            f"No run of {name} has a checkpoint to go on from.",
            "Train it from the beginning.",
            code="nothing-to-resume",
        )

    def reopen(self, number: int, recipe: Recipe) -> Run:
        """Go on with a run that had ended."""
        with self._connected() as database:
            database.execute(
                "UPDATE runs SET state = ?, ended = NULL, message = '', recipe = ?, "
                "host = ?, process = ? WHERE id = ?",
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

    def _free_folder(self, name: str, started: datetime) -> Path:
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "run"
        stem = f"{started:%Y%m%d-%H%M%S}-{word}"
        folder, number = self.folder / stem, 1
        while folder.exists():
            number += 1
            folder = self.folder / f"{stem}-{number}"
        return folder

    def _find_lost(self, database: sqlite3.Connection) -> None:
        """A run whose process is gone did not end: it was killed, or crashed."""
        running = database.execute(
            "SELECT id, process FROM runs WHERE state = ? AND host = ?",
            (RUNNING, socket.gethostname()),
        ).fetchall()
        for row in running:
            if not _is_alive(row["process"]):
                database.execute(
                    "UPDATE runs SET state = ?, message = ? WHERE id = ?",
                    (FAILED, "Its program ended before the run did.", row["id"]),
                )

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._file, timeout=10)) as base:
                base.row_factory = sqlite3.Row
                with base:
                    base.execute(_TABLE)
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


def _as_run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        started=row["started"],
        ended=row["ended"],
        name=row["name"],
        recipe=json.loads(row["recipe"]),
        versions=json.loads(row["versions"]),
        device=row["device"],
        precision=row["precision"],
        state=row["state"],
        result=json.loads(row["result"]),
        message=row["message"],
        folder=Path(row["folder"]),
    )


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
