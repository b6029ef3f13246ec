"""Published data in the Data tab: downloaded, cut off, gone on with, broken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

import engine.data.mnist
import templates
from engine.data.download import md5_of
from engine.data.idx import IDX_FILES
from gui.data_panel.view import DataView
from gui.main_window import MainWindow
from gui.training.controller import TrainingState
from tests.engine.data_files import write_idx_set
from tests.gui.conftest import OpenWindow
from tests.gui.published_server import Host
from tests.gui.test_data_panel import learn_from, opened, settle, with_data

IMAGES = IDX_FILES[0]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Where MNIST is published: a small one, with its own checksums."""
    write_idx_set(tmp_path / "published")
    made = Host(tmp_path / "published")
    sums = [md5_of(tmp_path / "published" / name) for name in IDX_FILES]
    one, two, three, four = sums
    here = replace(
        engine.data.mnist.MNIST, url=made.url, checksums=(one, two, three, four)
    )
    monkeypatch.setattr(engine.data.mnist, "MNIST", here)
    yield made
    made.stop()


def about(window: MainWindow) -> str:
    data = window.page.inspector.document_page.data
    card = data.complaint.card
    said = data.about.body.text() if card is None else card.accessibleName()
    return said.replace("\xa0", " ")


def press(qtbot: QtBot, view: DataView, text: str) -> None:
    assert view.message_button.text() == text
    QTest.mouseClick(view.message_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)


def test_the_real_addresses_are_kept() -> None:
    assert engine.data.mnist.MNIST.url == (
        "https://ossci-datasets.s3.amazonaws.com/mnist/"
    )


def test_from_a_download_that_is_cut_off_to_the_samples(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, host: Host
) -> None:
    window = open_window(with_data("mnist"))
    view = opened(qtbot, window)
    assert view.message.text() == "11 MB have to be downloaded."
    assert "11 MB will be downloaded when training starts." in about(window)
    assert host.requests == []  # nothing without being told to
    host.cuts = True
    press(qtbot, view, "Download now")
    size = (tmp_path / "published" / IMAGES).stat().st_size
    assert view.message.text() == (
        f"The download of {IMAGES} from {host.url}{IMAGES} broke off after "
        f"{size // 2:,} of {size:,} bytes. Try again: what has arrived is kept, and it "
        f"goes on from there."
    )
    host.cuts = False
    press(qtbot, view, "Try again")
    assert host.requests[1] == (IMAGES, f"bytes={size // 2}-")
    assert [name for name, _ in host.requests[2:]] == list(IDX_FILES[1:])
    assert view.loaded is not None
    assert len(view.loaded.splits.test) == 10
    assert "downloaded" not in about(window)
    kept = sorted(path.name for path in (tmp_path / "data/mnist").iterdir())
    assert kept == sorted(IDX_FILES)


def test_what_a_training_downloaded_is_known_once_it_runs(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(with_data("mnist"))
    assert "11 MB will be downloaded when training starts." in about(window)
    write_idx_set(tmp_path / "data/mnist")
    window.page.training.state_changed.emit(TrainingState.RUNNING)
    assert "10 classes: " in about(window)
    assert "downloaded" not in about(window)


def test_wrong_bytes_are_thrown_away(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, host: Host
) -> None:
    view = opened(qtbot, open_window(with_data("mnist")))
    host.spoils = True
    press(qtbot, view, "Download now")
    told = view.message.text()
    assert told.startswith(f"{IMAGES} arrived damaged from {host.url}{IMAGES}: its MD5")
    assert told.endswith(" was expected. Try again.")
    assert list((tmp_path / "data/mnist").iterdir()) == []
    host.spoils = False
    press(qtbot, view, "Try again")
    assert view.loaded is not None


def test_trying_again_downloads_nothing_unasked(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, host: Host
) -> None:
    """The file was damaged; who throws it away has not asked for another."""
    here = tmp_path / "data/mnist"
    write_idx_set(here)
    (here / IMAGES).write_bytes(b"no pictures")
    view = opened(qtbot, open_window(with_data("mnist")))
    assert view.message_button.text() == "Try again"
    (here / IMAGES).unlink()
    press(qtbot, view, "Try again")
    assert view.message.text() == "11 MB have to be downloaded."
    assert host.requests == []
    press(qtbot, view, "Download now")
    assert [name for name, _ in host.requests] == [IMAGES]
    assert view.loaded is not None


def test_a_host_that_is_gone(
    qtbot: QtBot, open_window: OpenWindow, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = replace(engine.data.mnist.MNIST, url="http://127.0.0.1:9/")
    monkeypatch.setattr(engine.data.mnist, "MNIST", away)
    view = opened(qtbot, open_window(with_data("mnist")))
    press(qtbot, view, "Download now")
    told = view.message.text()
    assert told.startswith(
        f"{IMAGES} is not there, and it cannot be downloaded from "
        f"http://127.0.0.1:9/{IMAGES} ("
    )
    assert told.endswith(", or connect to the internet and try again.")


def test_a_training_without_its_data_asks_where_they_are(
    qtbot: QtBot,
    open_window: OpenWindow,
    host: Host,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = replace(engine.data.mnist.MNIST, url="http://127.0.0.1:9/")
    monkeypatch.setattr(engine.data.mnist, "MNIST", away)
    window = open_window(templates.open_lesson("cnn-mnist"))
    questions = window.safe.questions
    window.train()
    qtbot.waitUntil(questions.isVisible)
    assert questions.text.text() == (
        "“MNIST digits” is not in the folder of data sets, and it could not be "
        "downloaded."
    )
    assert questions.text.toolTip().endswith("and try again.")
    assert not window.messages.isVisible()
    assert not window.bottom.training.error.isVisible(), "told once"
    assert not (tmp_path / "data" / "mnist").exists()
    _, again = questions.buttons
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.training.state is TrainingState.IDLE)
    qtbot.waitUntil(questions.isVisible)
    found = tmp_path / "found"
    write_idx_set(found / "mnist")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(found))
    monkeypatch.setattr(window.page.trainer, "_start", lambda *_: True)
    QTest.mouseClick(questions.buttons[0], Qt.MouseButton.LeftButton)
    assert not questions.isVisible()
    assert window.place.data_folder == found


def test_progress_is_told_and_other_data_break_it_off(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, host: Host
) -> None:
    noise = tmp_path / "published" / IMAGES
    noise.write_bytes(noise.read_bytes() + bytes(3_000_000))  # long enough to see
    host.seconds = 0.05
    window = open_window(with_data("mnist"))
    view = opened(qtbot, window)
    QTest.mouseClick(view.message_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: view.message.text().startswith(f"Downloading {IMAGES}: "),
        timeout=20_000,
    )
    assert view.message.text().endswith("%")
    learn_from(window, "iris")
    settle(qtbot, view)
    assert view.loaded is not None
    assert view.loaded.config.source == "iris"
    part = tmp_path / "data/mnist" / f"{IMAGES}.part"
    assert 0 < part.stat().st_size < noise.stat().st_size  # kept to go on from


def test_closing_the_window_breaks_it_off(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, host: Host
) -> None:
    noise = tmp_path / "published" / IMAGES
    noise.write_bytes(noise.read_bytes() + bytes(30_000_000))
    host.seconds = 0.05  # half a minute in all
    window = open_window(with_data("mnist"))
    view = opened(qtbot, window)
    QTest.mouseClick(view.message_button, Qt.MouseButton.LeftButton)
    part = tmp_path / "data/mnist" / f"{IMAGES}.part"
    qtbot.waitUntil(lambda: part.exists() and part.stat().st_size > 0, timeout=20_000)
    window.model.undo_stack.setClean()
    window.close()
    assert not view.loading.is_busy
    assert part.stat().st_size < noise.stat().st_size
