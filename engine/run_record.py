"""One run as the history keeps it: a row of a table, and the names of its files."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = "document.espalier"
EVENTS = "events.jsonl"
FINAL = "final.safetensors"
BEST = "best.safetensors"
CHECKPOINT = "checkpoint.safetensors"
LOCK = "running.lock"
FILES = (DOCUMENT, EVENTS, FINAL, BEST, CHECKPOINT, LOCK)
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
_LATER_COLUMNS = {
    "title": "TEXT NOT NULL DEFAULT ''",
    "tags": "TEXT NOT NULL DEFAULT '[]'",
    "note": "TEXT NOT NULL DEFAULT ''",
    "starred": "INTEGER NOT NULL DEFAULT 0",
    "sweep": "TEXT NOT NULL DEFAULT ''",
    "trial": "INTEGER",
    "lost": "INTEGER NOT NULL DEFAULT 0",
    "trashed_by": "INTEGER NOT NULL DEFAULT 0",
    "variant": "TEXT NOT NULL DEFAULT ''",
}
"""What histories of the first version do not have; added when one is opened."""
_VERSION = 2


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
    variant: str = ""
    """Which of several networks that the document holds; empty where it has one."""
    own_title: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    is_starred: bool = False
    sweep: str = ""
    """The name of the sweep's folder, for a trial of one."""
    trial: int | None = None
    """Which trial of its sweep it is, from 0."""
    was_lost: bool = False
    """Whether its program ended before it did, and nobody was told yet."""
    trashed_by: int = 0
    """The process that would delete it for good when it ends; 0 for a kept run."""

    @property
    def title(self) -> str:
        """What the user calls it: by itself the document's name, and its variant."""
        if self.own_title:
            return self.own_title
        return f"{self.name}: {self.variant}" if self.variant else self.name

    @property
    def seed(self) -> int:
        """What the weights, the order of the samples and the dropout were drawn by."""
        return int(self.recipe["seed"])

    @property
    def can_resume(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return (self.folder / CHECKPOINT).is_file()

    @property
    def is_unfinished(self) -> bool:
        """Whether it ended before its last epoch, and there is a checkpoint."""
        return self.state in {STOPPED, FAILED} and self.can_resume


def prepare_table(database: sqlite3.Connection) -> None:
    """Make the table of runs, or give an older one the columns it lacks."""
    if _version(database) >= _VERSION:
        return
    database.execute("BEGIN IMMEDIATE")  # two processes may open it at once
    if _version(database) >= _VERSION:
        return
    database.execute(_TABLE)
    known = {row["name"] for row in database.execute("PRAGMA table_info(runs)")}
    for name, kind in _LATER_COLUMNS.items():
        if name not in known:
            database.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
    database.execute(f"PRAGMA user_version = {_VERSION}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def as_run(row: sqlite3.Row) -> Run:
    """The run in a row of the table."""
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
        variant=row["variant"],
        own_title=row["title"],
        tags=tuple(json.loads(row["tags"])),
        note=row["note"],
        is_starred=bool(row["starred"]),
        sweep=row["sweep"],
        trial=row["trial"],
        was_lost=bool(row["lost"]),
        trashed_by=row["trashed_by"],
    )
