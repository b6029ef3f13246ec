"""What was read of a file, kept on disk in the form in which it is used."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from engine.data.errors import DataError
from engine.data.keeping import amount

CACHE = "cache"
"""Its folder, within that of the data."""
CACHE_FORM = 1
"""Raised by one whenever what is written changes its form."""
UNUSED_SECONDS = 30 * 24 * 3600
"""What nobody asked for so long is removed when something else is written."""
LENGTH_BYTES = 8


def cached_on_disk(
    data_dir: Path,
    files: Sequence[Path],
    settings: Sequence[object],
    write: Callable[[IO[bytes]], object],
) -> tuple[Path, Any]:
    """A file with what `write` writes, and the facts that it gives (as JSON has them).

    Written once for each state of the `files` that are read, and for each `settings`:
    the first of these says what it is. Raises DataError where the disk is full.
    """
    stamps = []
    for file in files:
        stat = file.stat()
        stamps.append((str(file.absolute()), stat.st_size, stat.st_mtime_ns))
    told = repr((CACHE_FORM, stamps, settings)).encode()
    key = hashlib.blake2b(told, digest_size=12).hexdigest()
    path = data_dir / CACHE / f"{settings[0]}-{key}"
    try:
        facts = facts_at_end(path)
    except (OSError, ValueError):  # not there, or cut off when the machine went down
        pass
    else:
        with suppress(OSError):  # it may be read, and not touched
            os.utime(path)
        return path, facts
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_unused(path.parent)
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    written = 0
    try:
        with part.open("wb") as file_of_part:
            try:
                facts = write(file_of_part)
            finally:
                written = part.stat().st_size
            tail = json.dumps(facts).encode()
            file_of_part.write(tail + len(tail).to_bytes(LENGTH_BYTES, "little"))
        replaced(part, path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DataError(
            f"The disk is full: of what {files[0].name} becomes to be read from disk "
            f"while training, {amount(written)} were written to {path.parent}.",
            "Make room there, or choose another folder for data.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path, facts


def replaced(part: Path, path: Path) -> None:
    """Put a file that is written whole where it belongs."""
    try:
        part.replace(path)
    except PermissionError:  # Windows: another process wrote it first and reads it
        if not path.exists():
            raise


def facts_at_end(path: Path) -> Any:  # any: what JSON can hold
    """What stands behind the body of a cached file.

    Raises OSError or ValueError where there is none.
    """
    with path.open("rb") as file:
        end = file.seek(-LENGTH_BYTES, os.SEEK_END)
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        if not 0 < length <= end:
            raise ValueError(f"{path} is cut off")
        file.seek(end - length)
        return json.loads(file.read(length))


def remove_unused(folder: Path) -> None:
    """Remove what was not asked for during the last month."""
    before = time.time() - UNUSED_SECONDS
    for path in folder.iterdir():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
        except OSError:  # another process was quicker, or reads it
            continue
