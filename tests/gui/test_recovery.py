"""Unsaved edits: kept on the disk while they are, offered when a process is gone."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

import templates
from engine import edits, storage
from engine.document import Document
from engine.recovery import RecoverySlot, Unsaved, fingerprint, left_behind
from engine.session import train_document
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.test_window_files import answer, edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "recovery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.espalier"
    storage.save(templates.open_lesson("fnn-iris"), path)
    return path


def in_folder(folder: Path) -> list[Unsaved]:
    """What the recovery files hold, as a process that could not lock them sees it."""
    return [RecoverySlot(folder, p.stem).read() for p in folder.glob("*.recovery")]


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.safe.recovery.is_up_to_date)


def press(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Click the button of the question that is shown."""
    (button,) = [each for each in buttons(window) if each.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def buttons(window: MainWindow) -> list[QPushButton]:
    """Of the question of the document, or else of the window's."""
    bars = (window.safe.questions, window.left_behind.questions)
    return next(bar.buttons for bar in bars if bar.isVisible())


def leave_behind(folder: Path, unsaved: Unsaved) -> RecoverySlot:
    slot = RecoverySlot.new(folder)
    slot.write(unsaved)
    slot.lock.release()
    return slot


def test_each_command_is_on_the_disk_until_it_is_saved(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, file: Path
) -> None:
    window = open_window(storage.load(file), path=file)
    model, keeper = window.model, window.safe.recovery
    assert not folder.exists()  # nothing unsaved, nothing written
    with qtbot.waitSignal(keeper.kept) as kept:
        edit(window)
    assert kept.args == [1]
    (unsaved,) = in_folder(folder)
    assert unsaved.document == model.root
    assert (unsaved.path, unsaved.edits) == (file, 1)
    assert unsaved.base == fingerprint(file.read_bytes())
    assert left_behind(folder) == []  # its process lives

    model.push("Name", edits.SetName("A"))
    model.push("Name", edits.SetName("B"))
    model.undo_stack.undo()
    settle(qtbot, window)
    (unsaved,) = in_folder(folder)
    assert unsaved.document.name == "A"
    assert unsaved.edits == 2

    before = file.read_bytes()
    model.push("Name", edits.SetName("C"))
    settle(qtbot, window)
    assert file.read_bytes() == before  # never the user's own file
    window.actions_.of["save"].trigger()
    qtbot.waitUntil(lambda: not list(folder.iterdir()))
    assert storage.load(file).name == "C"


def test_undone_to_what_is_saved_nothing_is_kept(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    edit(window)
    settle(qtbot, window)
    assert in_folder(folder)[0].path is None
    window.model.undo_stack.undo()
    qtbot.waitUntil(lambda: not list(folder.iterdir()))
    window.model.undo_stack.redo()
    settle(qtbot, window)
    assert in_folder(folder)[0].document == window.model.root


def test_many_commands_are_few_writes(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    written: list[int] = []
    window.safe.recovery.kept.connect(written.append)
    for number in range(200):
        window.model.push("Name", edits.SetName(str(number)))
    settle(qtbot, window)
    assert written[-1] == 200
    assert len(written) <= 2
    assert in_folder(folder)[0].document.name == "199"


def test_a_command_during_a_write_is_written_after_it(
    qtbot: QtBot,
    open_window: OpenWindow,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    has_begun, may_end = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        has_begun.set()
        may_end.wait(5)

    monkeypatch.setattr(os, "fsync", slow)
    window.model.push("Name", edits.SetName("A"))
    qtbot.waitUntil(has_begun.is_set)
    window.model.push("Name", edits.SetName("B"))  # the window does not wait for it
    assert not window.safe.recovery.is_up_to_date
    may_end.set()
    settle(qtbot, window)
    assert in_folder(folder)[0].document.name == "B"


def test_closed_knowingly_nothing_is_kept(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    edit(window)
    settle(qtbot, window)
    answer(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert len(in_folder(folder)) == 1
    answer(QMessageBox.StandardButton.Discard)
    assert window.close()
    assert list(folder.iterdir()) == []


def test_each_tab_has_a_place_of_its_own(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, file: Path
) -> None:
    window = open_window(templates.open_lesson("cnn-small"))
    edit(window)
    settle(qtbot, window)
    window.files.open_path(file)
    edit(window)
    settle(qtbot, window)
    kept = {unsaved.path: unsaved.document for unsaved in in_folder(folder)}
    first, second = window.tabs.pages
    assert kept == {None: first.model.root, file: second.model.root}
    answer(QMessageBox.StandardButton.Discard)
    assert window.close_page(first)
    assert [unsaved.path for unsaved in in_folder(folder)] == [file]


def test_left_behind_is_offered_and_opens_as_it_was(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, file: Path
) -> None:
    document = storage.load(file)
    edits.SetName("Edited").apply(document)
    base = fingerprint(file.read_bytes())
    saved = file.read_bytes()
    leave_behind(folder, Unsaved(document=document, path=file, edits=3, base=base))
    window = open_window(templates.open_lesson("cnn-small"))
    question = window.left_behind.questions
    assert question.text.text() == (
        "3 edits of mine.espalier were not saved when Espalier ended."
    )
    assert str(file.parent) in question.details.text()
    assert [each.text() for each in buttons(window)] == ["Open them", "Forget them"]
    press(qtbot, window, "Open them")
    assert not question.isVisible()
    assert window.model.root == document
    assert window.model.path == file
    assert not window.files.is_saved
    assert window.top.state.text() == "mine.espalier · edited"
    assert file.read_bytes() == saved
    edit(window)
    settle(qtbot, window)
    (unsaved,) = in_folder(folder)  # the same place goes on
    assert unsaved.edits == 4
    assert unsaved.document == window.model.root
    window.actions_.of["save"].trigger()
    assert storage.load(file) == window.model.root
    qtbot.waitUntil(lambda: not list(folder.iterdir()))


def test_the_last_run_of_what_was_left_behind_comes_back(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, tmp_path: Path
) -> None:
    document = templates.open_lesson("fnn-iris")
    edits.SetName("Mine").apply(document)
    document.recipe = replace(document.recipe, epochs=2)
    for _ in train_document(document, runs_dir=tmp_path / "runs"):
        pass
    leave_behind(folder, Unsaved(document=document, edits=1))
    window = open_window(templates.open_lesson("cnn-small"))
    press(qtbot, window, "Open it")
    panel = window.bottom.training
    assert panel.state_label.text().startswith("Run 1. Finished: 2 epochs in ")
    assert panel.best.text().startswith("best by validation loss: epoch ")
    assert "accuracy" in panel.result.text()
    assert panel.plots is not None and panel.plots.losses_now
    assert window.training.weights_for(window.model.root) is not None
    graph = window.model.document.graph
    wider = edits.change_settings(graph, "fc1", {"out_features": 9})
    window.model.push("Widen", wider, scope="")
    assert panel.version.text() == "Of the network before its last change."


def test_several_that_were_left_behind_are_told_apart(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    for name in ("A", "B"):
        leave_behind(folder, Unsaved(document=Document(name=name), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    questions = window.left_behind.questions
    first = questions.text.text()
    assert questions.more.text() == "1 more after this"
    assert questions.more.isVisible()
    press(qtbot, window, "Open them")
    assert questions.text.text() != first
    assert not questions.more.isVisible()


def test_all_that_were_left_behind_are_opened_by_one_press(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    for name in ("A", "B", "C"):
        leave_behind(folder, Unsaved(document=Document(name=name), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    press(qtbot, window, "Open all")
    assert not window.left_behind.questions.isVisible()
    assert {page.model.root.name for page in window.tabs.pages} >= {"A", "B", "C"}


def test_a_lesson_is_a_lesson_again(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    window = open_window(None)
    window.files.open_lesson("digits-cnn")
    steps = window.page.lesson.course.steps
    window.page.lesson.progress.done.append(steps[0].id)
    window.page.lesson._keep()
    edit(window)
    settle(qtbot, window)
    (unsaved,) = in_folder(folder)
    assert unsaved.lesson == "digits-cnn"
    leave_behind(folder, unsaved)
    again = open_window(templates.open_lesson("fnn-iris"))
    press(qtbot, again, "Open it")
    page = again.page
    assert page.lesson_id == page.lesson.lesson_id == "digits-cnn"
    assert page.left.currentWidget() is page.left.lesson
    assert page.lesson.is_done(steps[0])
    assert page.model.root == unsaved.document
    edit(again)
    settle(qtbot, again)
    assert {each.lesson for each in in_folder(folder)} == {"digits-cnn"}


def test_one_whose_lesson_has_gone_opens_without_it(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, tmp_path: Path
) -> None:
    gone = Unsaved(document=Document(name="A"), edits=1, lesson=str(tmp_path / "gone"))
    leave_behind(folder, gone)
    window = open_window(templates.open_lesson("fnn-iris"))
    press(qtbot, window, "Open it")
    assert window.model.root.name == "A"
    assert window.page.lesson_id is None


def test_the_document_of_a_run_is_called_as_before(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    document = Document(name="Small")
    leave_behind(folder, Unsaved(document=document, edits=1, origin="run 12"))
    window = open_window(templates.open_lesson("fnn-iris"))
    question = window.left_behind.questions.text.text()
    assert question.startswith("1 edit of “Small – run 12” was not saved")
    press(qtbot, window, "Open it")
    assert window.windowTitle() == "Small – run 12 • – Espalier"
    assert window.page.title == "Small – run 12"


def test_forgotten_ones_are_not_offered_again(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, file: Path
) -> None:
    other = Unsaved(document=templates.open_lesson("cnn-small"), edits=1)
    leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    assert window.left_behind.questions.text.text().startswith(
        "2 edits of “A” were not"
    )
    assert "never saved to a file" in window.left_behind.questions.details.text()
    press(qtbot, window, "Forget them")
    questions = window.left_behind.questions
    assert questions.text.text() == "2 edits of “A” will be forgotten."
    assert questions.details.text() == (
        "They are kept until this line, or the window, is closed."
    )
    assert list(folder.iterdir()) != []
    close = questions.findChild(QPushButton, "close")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not questions.isVisible()
    assert list(folder.iterdir()) == []
    leave_behind(folder, other)
    second = open_window(templates.open_lesson("fnn-iris"))
    assert second.left_behind.questions.text.text() == (
        "1 edit of “Small CNN” was not saved when Espalier ended."
    )
    assert [each.text() for each in buttons(second)] == ["Open it", "Forget it"]


def test_what_was_forgotten_by_a_slip_is_brought_back(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    press(qtbot, window, "Forget them")
    press(qtbot, window, "Bring back")
    assert window.model.root == Document(name="A")
    assert not window.page.file.is_saved
    assert not window.left_behind.questions.isVisible()


def test_several_are_offered_one_after_the_other_and_an_unanswered_one_again(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    first = leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    second = leave_behind(folder, Unsaved(document=Document(name="B")))
    window = open_window(templates.open_lesson("fnn-iris"))
    waiting = [str(slot.path) for slot in sorted((first, second), key=_path)]
    assert window.left_behind.questions.waiting == waiting
    assert left_behind(folder) == []  # another window would not offer them too
    press(qtbot, window, "Forget them")
    assert window.left_behind.questions.waiting[:1] == waiting[1:]
    assert window.close()
    assert [str(slot.path) for slot in left_behind(folder)] == waiting[1:]


def _path(slot: RecoverySlot) -> Path:
    return slot.path


def test_what_is_offered_opens_beside_what_was_edited_meanwhile(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    edit(window)
    first, mine = window.page, window.model.root.copy()
    press(qtbot, window, "Open them")
    assert first.model.root == mine
    assert window.page is not first
    assert window.model.root == Document(name="A")
    qtbot.waitUntil(lambda: len(in_folder(folder)) == 2)
    names = {unsaved.document.name for unsaved in in_folder(folder)}
    assert names == {mine.name, "A"}


def test_what_is_offered_waits_on_the_start_page_too(
    qtbot: QtBot, open_window: OpenWindow, folder: Path
) -> None:
    slot = leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    window = open_window(None)
    offered = window.left_behind.questions
    assert offered.isVisible()
    assert offered.waiting == [str(slot.path)]
    (button,) = [each for each in offered.buttons if each.text() == "Open them"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.model.root == Document(name="A")
    assert not window.files.is_saved


def test_a_damaged_one_is_skipped_with_a_sentence(
    open_window: OpenWindow, folder: Path
) -> None:
    slot = leave_behind(folder, Unsaved(document=Document(name="A"), edits=2))
    slot.path.write_bytes(slot.path.read_bytes()[:-9])
    whole = leave_behind(folder, Unsaved(document=Document(name="B"), edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    assert window.messages.text.text() == (
        f"A recovery file of unsaved edits is damaged: {slot.path.name}. It was "
        "skipped; the files you saved are untouched. It is kept as "
        f"{slot.path.with_suffix('.damaged')}."
    )
    assert window.left_behind.questions.waiting == [str(whole.path)]


def test_what_was_saved_after_all_is_not_offered(
    open_window: OpenWindow, folder: Path, file: Path
) -> None:
    leave_behind(folder, Unsaved(document=storage.load(file), path=file, edits=2))
    window = open_window(templates.open_lesson("fnn-iris"))
    assert not window.left_behind.questions.isVisible()
    assert list(folder.iterdir()) == []


def test_edits_on_a_file_that_is_another_now_are_compared_with_it(
    qtbot: QtBot, open_window: OpenWindow, folder: Path, file: Path
) -> None:
    document = storage.load(file)
    edits.SetName("Edited").apply(document)
    unsaved = Unsaved(document=document, path=file, edits=1, base="of long ago")
    leave_behind(folder, unsaved)
    window = open_window(templates.open_lesson("cnn-small"))
    press(qtbot, window, "Open it")
    questions = window.safe.questions
    assert questions.text.text() == (
        "mine.espalier was changed outside this window. In the file:"
    )
    assert questions.details.text() == f"Title: Edited → {storage.load(file).name}"


def test_a_full_disk_is_said_once_until_it_is_mended(
    qtbot: QtBot,
    open_window: OpenWindow,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    said: list[str] = []
    window.safe.refused.connect(said.append)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for name in "AB":
            window.model.push("Name", edits.SetName(name))
            settle(qtbot, window)
        assert len(said) == 1
        assert said[0].startswith("Unsaved edits cannot be kept on the disk now: ")
        assert "no space left on device. Save the document often" in said[0]
        assert window.messages.text.text() == said[0]
    window.model.push("Name", edits.SetName("C"))
    settle(qtbot, window)
    assert in_folder(folder)[0].document.name == "C"
    assert len(said) == 1
