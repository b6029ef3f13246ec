"""A whole window for tests: settings of its own, folders of its own, joined threads."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from engine.document import Document
from gui.app import make_window
from gui.appearance import Appearance
from gui.garbage import MainThreadGarbage
from gui.main_window import MainWindow
from gui.readiness import load_torch
from gui.training.controller import Launch, launch
from gui.workplace import Workplace

OpenWindow = Callable[..., MainWindow]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Qt say what the offscreen platform cannot do; all else it warns of fails."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
            )


class PatientBot(QtBot):
    """Waits as long as a busy machine may take; who waits in vain waits two minutes."""

    def waitUntil(
        self, callback: Callable[[], bool | None], *, timeout: int = 120_000
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(
        self, signal: object, *, timeout: int = 120_000, **options: Any
    ) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True, scope="session")
def _empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """What was copied goes while Python is there to let it go.

    The offscreen platform keeps it until the process ends, and crashes then.
    """
    yield
    qapp.clipboard().clear()


@pytest.fixture(autouse=True)
def _main_thread_garbage(qapp: QApplication) -> Iterator[MainThreadGarbage]:
    """Widgets are taken apart on the main thread, as in the application."""
    garbage = MainThreadGarbage(qapp)
    yield garbage
    garbage.stop()
    garbage.deleteLater()


@pytest.fixture(autouse=True)
def _free_hand(qapp: QApplication) -> Iterator[None]:
    """No button stays held, else the next test would drag where it means to point.

    Qt's double click ends with the button down, and a window that closes under a held
    button never hears of its release.
    """
    yield
    held = qapp.mouseButtons()
    if held != Qt.MouseButton.NoButton:
        window = QWindow()
        QTest.mouseRelease(window, held)
        window.destroy()
    assert qapp.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[OpenWindow]:
    """Opens windows on documents, or on the start page; closes them unasked."""
    windows: list[MainWindow] = []
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    load_torch()  # before the window: what is there by then is never collected

    def open_one(
        document: Document | None,
        *,
        path: Path | None = None,
        start: Launch = launch,
        data_dir: Path | None = None,
        theme: str = "dark",
    ) -> MainWindow:
        place = Workplace(
            settings=settings,
            appearance=Appearance(qapp, settings, theme),
            data_dir=data_dir or tmp_path / "data",
            runs_dir=tmp_path / "runs",
            blocks_dir=tmp_path / "blocks",
            state_dir=tmp_path / "state",
            launch=start,
        )
        window = make_window(document, place, path)
        windows.append(window)
        window.resize(1280, 800)
        begun = window.first_frame_shown if document is None else window.readiness.ready
        with qtbot.waitSignal(begun, timeout=120_000):
            window.show()
        return window

    yield open_one
    for window in windows:
        for page in window.tabs.pages:
            page.model.undo_stack.setClean()
            page.trainer.stop()
        window.close()
        window.deleteLater()
    windows.clear()
    qapp.processEvents()
    # Else it would wait for the event loop of the next test, in whose way its 800
    # widgets are: they take part in each change of style.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
