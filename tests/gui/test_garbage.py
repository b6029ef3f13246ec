"""What nobody needs any more is taken apart on the main thread, whoever is busy."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.garbage import MainThreadGarbage


class Circle:
    """Something that only a search for garbage takes apart."""

    def __init__(self, ends: list[int]) -> None:
        self.itself = self
        self._ends = ends

    def __del__(self) -> None:
        self._ends.append(threading.get_ident())


@pytest.fixture
def garbage(_main_thread_garbage: MainThreadGarbage) -> Iterator[MainThreadGarbage]:
    """Tests have it already; here it may be stopped, too."""
    gc.collect()
    yield _main_thread_garbage


def allocate() -> None:
    """As much as makes Python search where it may."""
    for _ in range(20):
        [[] for _ in range(2_000)]


def on_a_thread() -> None:
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


def test_a_busy_thread_takes_nothing_apart(
    garbage: MainThreadGarbage, qtbot: QtBot
) -> None:
    ends: list[int] = []
    Circle(ends)
    on_a_thread()
    assert ends == []
    kept: list[list[None]] = []

    def is_over() -> bool:
        kept.extend([] for _ in range(2_000))  # a search becomes due
        return bool(ends)

    qtbot.waitUntil(is_over)
    assert ends == [threading.get_ident()]


def test_python_would_take_it_apart_on_that_thread(garbage: MainThreadGarbage) -> None:
    garbage.stop()
    ends: list[int] = []
    Circle(ends)
    on_a_thread()
    assert len(ends) == 1
    assert ends != [threading.get_ident()]


def test_all_is_searched_now_and_then(
    garbage: MainThreadGarbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda depth=2: searched.append(depth))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 50))
    clock = [1_000.0]
    monkeypatch.setattr("gui.garbage.time.monotonic", lambda: clock[0])
    own = MainThreadGarbage()
    own.search()
    assert searched == []  # what takes some frames may wait
    clock[0] += 31
    own.search()
    own.search()
    assert searched == [2]
    monkeypatch.setattr(gc, "get_count", lambda: (800, 11, 0))
    own.search()
    monkeypatch.setattr(gc, "get_count", lambda: (800, 3, 0))
    own.search()
    monkeypatch.setattr(gc, "get_count", lambda: (300, 3, 0))
    own.search()
    assert searched == [2, 1, 0]
