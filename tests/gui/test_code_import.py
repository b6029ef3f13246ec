"""A Python file is read in the window, allowed, and drawn in a tab of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

import templates
from engine.importing import Imported
from engine.importing.sameness import Sameness
from engine.importing.samples import Sample
from engine.problems import Refusal
from gui.import_dialog import ImportDialog
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.test_dropped_files import drop
from tests.gui.test_start_page import card

CODE = """\
import torch
from torch import nn


class Part(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        return torch.relu(self.fc(x)) + x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = Part(6), Part(6)

    def forward(self, x):
        return self.b(self.a(x))


raise SystemExit("trained for hours")
"""


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def in_dialog(act: Callable[[ImportDialog], None]) -> list[str]:
    """Do something in the dialog once it is there; what went wrong is in the list."""
    wrong: list[str] = []

    def begin() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, ImportDialog):
            wrong.append(f"{dialog} is shown")
            return
        try:
            act(dialog)
        except AssertionError as error:
            wrong.append(str(error))
            dialog.done(0)

    QTimer.singleShot(0, begin)
    return wrong


def test_a_file_is_read_allowed_and_drawn(
    window: MainWindow, path: Path, qtbot: QtBot
) -> None:
    def act(dialog: ImportDialog) -> None:
        assert dialog.text.toPlainText() == CODE
        names = [dialog.network.itemText(i) for i in range(dialog.network.count())]
        assert names == ["Net", "Part"]
        assert dialog.refuse_button.isDefault()
        press(dialog.draw_button)
        assert not dialog.network.isEnabled()
        assert "runs once" in dialog.said.text()

    wrong = in_dialog(act)
    window.code_import.open_path(path)
    assert wrong == []
    document = window.model.document
    assert document.name == "Net"
    assert [node.layer for node in document.graph] == [
        "Input",
        "Part",
        "Part",
        "Output",
    ]
    assert not window.page.file.is_saved
    assert window.messages.text.text().startswith("Checked: with the same weights")
    qtbot.waitUntil(lambda: window.canvas.network.rects() != {})


def test_what_goes_wrong_is_told_and_can_be_mended(
    window: MainWindow, path: Path
) -> None:
    calls: list[dict[str, object]] = []

    def drawn(target: str, **given: object) -> Imported:
        calls.append(given)
        if given["network"] == "Part" and not given["arguments"]:
            raise Refusal("Part cannot be made of these arguments.", "Give width.")
        return Imported(
            document=templates.open_lesson("fnn-iris"),
            samples=(Sample(shape=(4,)),),
            sameness=Sameness(parameters=1, parameters_before=1, difference=0.5),
        )

    dialog = ImportDialog(path, CODE, window, drawn)
    dialog.show()
    dialog.network.setCurrentText("Part")
    assert dialog.arguments.placeholderText() == "needs width, as 10, depth=3"
    press(dialog.draw_button)
    wait_for(lambda: dialog.draw_button.isEnabled())
    assert dialog.said.text() == "Part cannot be made of these arguments. Give width."
    assert dialog.isVisible()
    QTest.keyClicks(dialog.arguments, "6")
    QTest.keyClicks(dialog.sample, "large")
    press(dialog.draw_button)
    assert "The sample 'large' cannot be read." in dialog.said.text()
    dialog.sample.clear()
    QTest.keyClicks(dialog.sample, "4; 16 int64")
    press(dialog.draw_button)
    wait_for(lambda: not dialog.isVisible())
    assert dialog.imported is not None
    assert calls[-1]["arguments"] == "6"
    assert calls[-1]["samples"] == [
        Sample(shape=(4,)),
        Sample(shape=(16,), is_whole=True),
    ]
    dialog.deleteLater()


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so() and time.monotonic() < end:
        QTest.qWait(10)
    assert is_so()


def test_what_runs_can_be_stopped(window: MainWindow, path: Path) -> None:
    def hanging(
        target: str, *, is_stopped: Callable[[], bool], **_: object
    ) -> Imported:
        while not is_stopped():
            time.sleep(0.01)
        raise Refusal("The import was stopped.")

    dialog = ImportDialog(path, CODE, window, hanging)
    dialog.show()
    press(dialog.draw_button)
    assert dialog.refuse_button.text() == "Stop"
    press(dialog.refuse_button)
    wait_for(lambda: dialog.draw_button.isEnabled())
    assert dialog.said.text() == "The import was stopped."
    assert dialog.refuse_button.text() == "Cancel"
    press(dialog.refuse_button)
    assert not dialog.isVisible()
    dialog.deleteLater()


def test_a_file_without_a_network_is_not_run(
    window: MainWindow, tmp_path: Path
) -> None:
    dialog = ImportDialog(tmp_path / "sum.py", "print(1 + 1)\n", window)
    assert not dialog.draw_button.isEnabled()
    assert dialog.said.text() == "No class of this file is an nn.Module."
    dialog.deleteLater()


def test_what_is_no_python_is_told(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "poem.py"
    path.write_text("Roses are red", encoding="utf-8")
    window.code_import.open_path(path)
    assert window.messages.text.text() == (
        "poem.py, line 1 is no Python: invalid syntax. Mend the line, and try again."
    )


def test_the_start_page_asks_for_a_file(
    open_window: OpenWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(None)
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), "")
    )
    wrong = in_dialog(lambda dialog: press(dialog.refuse_button))
    QTest.mouseClick(card(window, "import"), Qt.MouseButton.LeftButton)
    assert wrong == []


def test_refused_nothing_runs_and_nothing_opens(window: MainWindow, path: Path) -> None:
    count = len(window.tabs.pages)
    wrong = in_dialog(lambda dialog: press(dialog.refuse_button))
    window.code_import.open_path(path)
    assert wrong == []
    assert len(window.tabs.pages) == count
    assert window.model.document.name != "Net"


def test_a_python_file_dropped_is_asked_about(window: MainWindow, path: Path) -> None:
    wrong = in_dialog(lambda dialog: press(dialog.refuse_button))
    assert drop(window, path)
    assert wrong == []
