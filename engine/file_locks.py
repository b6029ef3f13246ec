"""Locks that end with their process: the system lets go of them, after `kill -9` too.

A lock is a small file that its holder keeps open and locked; its text says who holds
it. What is left of the file when a process was killed is not locked and hinders nobody.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_NOTE_BYTES = 4096


class FileLock:
    """One lock; it excludes other processes and other locks of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this very lock is held."""
        return self._handle is not None

    def acquire(self, note: str = "") -> bool:
        """Take the lock if it is free and leave a note in it; whether it is held now.

        Never waits. Raises OSError where no file can be made or locked.
        """
        while self._handle is None:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if not _try_lock(handle):
                    os.close(handle)
                    return False
                # Who held it may have taken the file away after it was opened here:
                # such a lock is on no file that anyone else could find.
                if _is_same_file(handle, self.path):
                    self._handle = handle
                else:
                    os.close(handle)
            except OSError:
                os.close(handle)
                raise
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, note.encode()[:_NOTE_BYTES])
        return True

    def note(self) -> str:
        """What the holder left in it; empty when there is none."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return self.path.read_bytes()[:_NOTE_BYTES].decode()
        return ""

    def release(self) -> None:
        """Let go of the lock and take its file away; nothing if it is not held."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if sys.platform != "win32":
            # Before it is unlocked: after that the file may be someone else's.
            self.path.unlink(missing_ok=True)
            os.close(handle)
        else:
            os.close(handle)
            with contextlib.suppress(OSError):  # held again already
                self.path.unlink(missing_ok=True)


def _is_same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a locked byte cannot be read by others, so not one of the note's

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
