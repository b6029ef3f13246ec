"""One file and two hands on it: said, compared, and never overwritten unasked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

import templates
from engine import edits, storage
from engine.document import Document
from gui.file_claims import lock_of
from gui.main_window import MainWindow
from tests.engine.test_file_locks import HOLD, ROOT
from tests.gui.conftest import OpenWindow
from tests.gui.test_recovery import buttons, press
from tests.gui.test_window_files import edit

CHANGED = "mine.espalier was changed outside this window. In the file:"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.espalier"
    storage.save(templates.open_lesson("fnn-iris"), path)
    return path


@pytest.fixture
def window(open_window: OpenWindow, file: Path) -> MainWindow:
    return open_window(storage.load(file), path=file)


def changed(file: Path, name: str = "Theirs") -> Document:
    """The document that another program writes into the file."""
    document = storage.load(file)
    edits.SetName(name).apply(document)
    linear = next(node.name for node in document.graph if node.layer == "Linear")
    edits.change_settings(document.graph, linear, {"bias": False}).apply(document)
    storage.save(document, file)
    return document


def answer(text: str) -> list[str]:
    """Click a button of the box that is about to be asked; gives what it says."""
    said: list[str] = []

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.extend([box.text(), box.informativeText()])
        (button,) = [b for b in box.buttons() if b.text().replace("&", "") == text]
        button.click()

    QTimer.singleShot(50, click)
    return said


def wait_for_question(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(window.safe.questions.isVisible)


# A file changed on disk.


def test_a_change_is_seen_and_compared(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    mine = window.model.root.copy()
    changed(file)
    wait_for_question(qtbot, window)
    questions = window.safe.questions
    assert questions.text.text() == CHANGED
    assert questions.details.text().splitlines() == [
        f"Title: {mine.name} → Theirs",
        "fc1: bias on → off",
    ]
    assert window.model.root == mine
    labels = [each.text() for each in buttons(window)]
    assert labels == ["Take the file’s version", "Keep mine"]


def test_taking_the_files_version_can_be_undone(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    edit(window)
    mine = window.model.root.copy()
    theirs = changed(file)
    wait_for_question(qtbot, window)
    press(qtbot, window, "Take the file’s version")
    assert not window.safe.questions.isVisible()
    assert window.model.root == theirs
    assert window.files.is_saved
    window.actions_.of["undo"].trigger()
    assert window.model.root == mine
    assert not window.files.is_saved
    window.actions_.of["redo"].trigger()
    assert window.model.root == theirs
    assert window.files.is_saved


def test_keeping_mine_leaves_the_file_until_it_is_saved(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    mine = window.model.root.copy()
    theirs = changed(file)
    wait_for_question(qtbot, window)
    press(qtbot, window, "Keep mine")
    assert window.model.root == mine
    assert not window.files.is_saved
    assert storage.load(file) == theirs
    assert window.files.save()  # asked once: not again
    assert storage.load(file) == mine
    assert window.files.is_saved


def test_the_comparison_follows_edits_and_further_changes(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    details = window.safe.questions.details
    changed(file)
    wait_for_question(qtbot, window)
    window.model.push("Name", edits.SetName("Mine"))
    qtbot.waitUntil(lambda: "Title: Mine → Theirs" in details.text())
    changed(file, "Others")
    qtbot.waitUntil(lambda: "Title: Mine → Others" in details.text())
    window.model.push("Name", edits.SetName("Others"))
    qtbot.waitUntil(lambda: details.text() == "fc1: bias on → off")


def test_the_window_looks_when_it_becomes_active(
    window: MainWindow, file: Path
) -> None:
    watcher = window.safe.guard._watcher  # such as on a network drive: it hears nothing
    watcher.removePaths([*watcher.files(), *watcher.directories()])
    changed(file)
    assert not window.safe.questions.isVisible()
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert window.safe.questions.text.text() == CHANGED


def test_own_saves_and_equal_files_ask_nothing(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    edit(window)
    assert window.files.save()
    window.model.push("Name", edits.SetName("Already another"))
    qtbot.wait(500)
    assert not window.safe.questions.isVisible()
    assert window.files.save()
    edits_made = window.model.root.copy()
    window.model.undo_stack.undo()
    window.model.undo_stack.redo()
    file.write_text(storage.dumps(edits_made).replace('  "name"', '    "name"', 1))
    qtbot.wait(500)
    assert not window.safe.questions.isVisible()
    assert window.files.is_saved


def test_opening_the_file_again_answers_the_question(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    theirs = changed(file)
    wait_for_question(qtbot, window)
    window.files.open_path(file)
    assert window.model.root == theirs
    assert not window.safe.questions.isVisible()
    edit(window)
    qtbot.wait(500)
    assert not window.safe.questions.isVisible()
    assert window.files.save()


def test_a_file_that_went_can_be_saved_again(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    file.unlink()
    wait_for_question(qtbot, window)
    assert window.safe.questions.text.text() == (
        "mine.espalier is gone from its folder. Your network here is whole."
    )
    press(qtbot, window, "Save it again")
    assert storage.load(file) == window.model.root
    assert window.files.is_saved
    assert not window.safe.questions.isVisible()


def test_a_file_that_came_back_is_no_question_any_more(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    content = file.read_bytes()
    file.unlink()
    wait_for_question(qtbot, window)
    file.write_bytes(content)
    qtbot.waitUntil(lambda: not window.safe.questions.isVisible())
    assert window.files.is_saved


def test_a_file_that_cannot_be_read_is_said(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    file.write_text("{")
    wait_for_question(qtbot, window)
    assert window.safe.questions.text.text() == (
        "mine.espalier was changed outside this window and cannot be read now. Your "
        "network here is whole; saving it replaces the file."
    )
    assert [each.text() for each in buttons(window)] == ["Keep mine"]


@pytest.mark.parametrize("choice", ["Cancel", "Save mine over it", "Save as…"])
def test_saving_over_a_change_asks(
    window: MainWindow,
    file: Path,
    tmp_path: Path,
    choice: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other.espalier"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    edit(window)
    mine = window.model.root.copy()
    theirs = changed(file)
    said = answer(choice)
    assert window.files.save() == (choice != "Cancel")
    assert said[0] == CHANGED
    assert "bias on → off" in said[1]
    assert window.model.root == mine
    assert storage.load(file) == (mine if "over" in choice else theirs)
    assert other.exists() == (choice == "Save as…")
    assert window.safe.questions.isVisible() == (choice == "Cancel")


def test_saving_can_take_the_files_version_instead(
    window: MainWindow, file: Path
) -> None:
    edit(window)
    theirs = changed(file)
    answer("Take the file’s version")
    assert window.files.save()
    assert window.model.root == theirs == storage.load(file)


# Two windows on one file.


def test_the_second_window_says_so_and_still_opens(
    qtbot: QtBot, window: MainWindow, open_window: OpenWindow, file: Path
) -> None:
    assert not window.safe.questions.isVisible()
    second = open_window(storage.load(file), path=file)
    assert second.safe.questions.text.text() == (
        "mine.espalier is open in another Espalier window too."
    )
    assert "Save this one under another name to keep both." in (
        second.safe.questions.details.text()
    )
    assert second.model.root == window.model.root
    close = second.safe.questions.findChild(QPushButton, "close")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not second.safe.questions.isVisible()
    # Another name for the same file is the same file.
    link = file.with_name("link.espalier")
    link.symlink_to(file)
    third = open_window(storage.load(link), path=link)
    assert third.safe.questions.isVisible()


def test_a_window_of_another_process_is_named_until_it_is_killed(
    open_window: OpenWindow, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "open"
    folder.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock_of(folder, file).path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        lock = lock_of(folder, file)
        lock.path.write_text(json.dumps({"process": process.pid, "path": str(file)}))
        window = open_window(storage.load(file), path=file)
        assert window.safe.questions.text.text() == (
            "mine.espalier is open in another Espalier window too "
            f"(process {process.pid})."
        )
        process.kill()
        process.wait()
    second = open_window(storage.load(file), path=file)
    assert not second.safe.questions.isVisible()
    assert lock.path.exists()


def test_the_second_window_asks_before_it_saves(
    window: MainWindow,
    open_window: OpenWindow,
    qtbot: QtBot,
    file: Path,
) -> None:
    second = open_window(storage.load(file), path=file)
    before = file.read_bytes()
    edit(second)
    said = answer("Cancel")
    assert not second.files.save()
    assert said[0] == "mine.espalier is open in another Espalier window. Save over it?"
    assert file.read_bytes() == before
    answer("Save over it")
    assert second.files.save()
    assert storage.load(file) == second.model.root
    wait_for_question(qtbot, window)  # and the first window is asked
    assert window.safe.questions.text.text() == CHANGED


def test_saved_under_another_name_both_are_kept(
    window: MainWindow,
    open_window: OpenWindow,
    qtbot: QtBot,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other.espalier"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    second = open_window(storage.load(file), path=file)
    press(qtbot, second, "Save as…")
    assert second.model.path == other
    assert not second.safe.questions.isVisible()
    # Saving over what the first has open asks there too.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    edit(second)
    said = answer("Cancel")
    assert not second.files.save_as()
    assert said[0].startswith("mine.espalier is open in another Espalier window.")


def test_a_closed_window_lets_go_of_its_file(
    window: MainWindow, open_window: OpenWindow, file: Path, tmp_path: Path
) -> None:
    second = open_window(storage.load(file), path=file)
    assert window.close()
    edit(second)
    assert second.files.save()  # nobody else has it now
    third = open_window(storage.load(file), path=file)
    assert third.safe.questions.isVisible()
    for each in (second, third):
        each.close()
    assert list((tmp_path / "state" / "open").iterdir()) == []
