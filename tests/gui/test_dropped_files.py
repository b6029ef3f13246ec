"""Files dropped on the window, by the events that a drag sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.test_window_files import edit


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("fnn-iris"))


def drop(target: QWidget, *paths: Path) -> bool:
    """Drag files from another program onto a widget; whether they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    spot = target.rect().center()
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(spot, action, data, left, none)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    move = QDragMoveEvent(spot, action, data, left, none)
    QApplication.sendEvent(target, move)
    dropped = QDropEvent(QPointF(spot), action, data, left, none)
    QApplication.sendEvent(target, dropped)
    return dropped.isAccepted()


def networks(folder: Path, *lessons: str) -> list[Path]:
    paths = [folder / f"{lesson}.espalier" for lesson in lessons]
    for path, lesson in zip(paths, lessons, strict=True):
        storage.save(templates.open_lesson(lesson), path)
    return paths


def test_networks_dropped_on_the_canvas_open_in_tabs(
    window: MainWindow, tmp_path: Path
) -> None:
    edit(window)
    paths = networks(tmp_path, "cnn-small", "digits-cnn")
    assert drop(window.canvas.viewport(), *paths)
    assert [page.model.path for page in window.tabs.pages] == [None, *paths]


def test_a_network_dropped_on_the_start_page_opens(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(None)
    (path,) = networks(tmp_path, "cnn-small")
    assert drop(window.start, path)
    assert window.model.path == path


def test_a_table_is_offered_as_data_and_can_be_undone(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    table = tmp_path / "flowers.csv"
    table.write_text("a,b,kind\n" + "1,2,x\n3,4,y\n" * 20)
    before = window.model.root.data
    assert drop(window.canvas.viewport(), table)
    questions = window.safe.questions
    assert questions.text.text() == "Let this network learn from flowers.csv?"
    assert questions.details.text() == (
        "It is read as: Table: CSV, Parquet. Its settings are in the inspector."
    )
    assert window.model.root.data == before
    (use, _) = questions.buttons
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert not questions.isVisible()
    assert window.model.root.data.source == "csv-table"
    assert window.model.root.data.settings["path"] == str(table)
    assert window.inspector.page is window.inspector.document_page
    said = "The network learns from flowers.csv now."
    assert window.messages.text.text() == said
    window.actions_.of["undo"].trigger()
    assert window.model.root.data == before


def test_data_that_is_left_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    text = tmp_path / "story.txt"
    text.write_text("Once upon a time. " * 50)
    assert drop(window.canvas.viewport(), text)
    (_, leave) = window.safe.questions.buttons
    qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    assert not window.safe.questions.isVisible()
    assert window.files.is_saved


def test_a_folder_of_pictures_is_data(window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats" / "one.png").write_bytes(b"x")
    assert drop(window.canvas.viewport(), folder)
    window.safe.questions.buttons[0].click()
    assert window.model.root.data.source == "image-folder"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "song.mp3",
            "song.mp3 is nothing Espalier opens. Open a .espalier or .py file, or "
            "data: a .csv table or a .txt text; a folder of pictures can be dropped.",
        ),
        (
            "cat.png",
            "cat.png is one picture. Drop the folder it is in to learn from pictures.",
        ),
        (
            "papers/",
            "There are no pictures in the folder papers. Drop one with a folder of "
            "pictures for each class.",
        ),
    ],
)
def test_other_kinds_get_one_sentence(
    window: MainWindow, tmp_path: Path, name: str, sentence: str
) -> None:
    path = tmp_path / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.write_bytes(b"x")
    assert drop(window.canvas.viewport(), path)
    assert window.messages.text.text() == sentence
    assert len(window.tabs.pages) == 1


def test_data_dropped_on_the_start_page_begins_a_network(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(None)
    table = tmp_path / "flowers.csv"
    table.write_text("length,width,species\n1,2,a\n2,3,b\n" * 30)
    assert drop(window.start, table)
    assert window.messages.text.text() == "The network learns from flowers.csv now."
    assert window.model.root.name == window.page.title == "flowers"
    assert len(window.model.document.graph) == 0
    assert window.model.document.data.settings["path"] == str(table)
    # Its columns are offered where one is to be written.
    form = window.inspector.document_page.data.form
    target = form.fields["target"].editor
    assert isinstance(target, QLineEdit)
    assert target.placeholderText() == "species", "the last, where none is chosen"
    completer = target.completer()
    offered = choices(target)
    assert offered == ["length", "width", "species"]
    take_first()
    assert window.model.document.data.settings["target"] == "length"
    assert target.completer() is completer, "not replaced while it tells its choice"
    ignore = form.fields["ignore"].editor
    assert isinstance(ignore, QLineEdit)
    QTest.keyClicks(ignore, "width, spe")
    take_first()
    assert window.model.document.data.settings["ignore"] == "width, species"


def take_first() -> None:
    """Choose what the list that is shown offers first, by keys."""
    shown = QApplication.activePopupWidget()
    assert shown is not None
    QTest.keyClick(shown, Qt.Key.Key_Down)
    QTest.keyClick(shown, Qt.Key.Key_Return)


def choices(line: QLineEdit) -> list[str]:
    """What a click into a field offers."""
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, QListView)
    model = shown.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_what_is_no_file_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("only words")
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none
    )
    enter.ignore()
    QApplication.sendEvent(window.canvas.viewport(), enter)
    assert not enter.isAccepted()


def test_a_table_that_is_opened_is_taken_as_one_that_is_dropped(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "heights.csv"
    table.write_text("age,height\n" + "\n".join(f"{n},{n * 2}" for n in range(40)))
    chosen = [str(table)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    window.actions_.of["open"].trigger()
    assert window.safe.questions.question is not None
    assert "heights.csv" in window.safe.questions.text.text()
    window.safe.questions.buttons[0].click()
    assert window.model.root.data.source == "csv-table"
