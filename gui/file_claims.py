"""Which window has a file open: a claim on it that every window sees."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from engine.file_locks import FileLock
from gui.texts import Texts

tr = Texts("files")


def claimed(folder: Path, path: Path) -> FileLock | None:
    """The claim on a file, if nobody has it; where none can be made, a free one."""
    lock = lock_of(folder, path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        note = json.dumps({"process": os.getpid(), "path": str(path)})
        return lock if lock.acquire(note) else None
    except OSError:
        return lock  # no folder for locks is no reason to keep anyone from saving


def lock_of(folder: Path, path: Path) -> FileLock:
    """The lock that says who has a file open; one file is one lock under any name."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    return FileLock(folder / f"{name}.lock")


def holder_of(folder: Path | None, path: Path) -> str:
    """` (process 4711)`, if it is known and another one than this."""
    if folder is None:
        return ""
    try:
        process = int(json.loads(lock_of(folder, path).note())["process"])
    except (ValueError, KeyError, TypeError):
        return ""
    return tr(" (process {process})", process=process) if process != os.getpid() else ""
