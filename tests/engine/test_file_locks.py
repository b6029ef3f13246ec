"""Locks: one holder, a note for the others, no trouble after a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.file_locks import FileLock

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from engine.file_locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire("from afar"), flush=True)
sys.stdin.read()
"""
"""A program that holds the lock it is given until it is killed."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.lock"


def test_one_holds_it_and_leaves_a_note(path: Path) -> None:
    first, second = FileLock(path), FileLock(path)
    assert first.acquire("me")
    assert first.is_held
    assert not second.acquire("you")
    assert not second.is_held
    assert second.note() == "me"
    first.release()
    assert not path.exists()
    assert second.acquire("you")
    assert first.note() == "you"
    first.release()  # not held: takes nobody's away
    assert not FileLock(path).acquire()
    second.release()
    assert second.note() == ""


def test_a_lock_taken_twice_stays_one(path: Path) -> None:
    lock = FileLock(path)
    assert lock.acquire("a")
    assert lock.acquire("b")
    assert lock.note() == "b"
    lock.release()
    assert not lock.is_held
    assert FileLock(path).acquire()


def test_a_killed_process_lets_go(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        lock = FileLock(path)
        assert not lock.acquire()
        assert lock.note() == "from afar"
        process.kill()
        process.wait()
        assert path.exists()
        assert lock.acquire("mine")
    assert lock.note() == "mine"
    lock.release()


def test_where_no_file_can_be_made_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLock(tmp_path / "none" / "one.lock").acquire()
