"""Documents in tabs: shown, ordered, closed, brought back, trained behind others."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMessageBox,
    QTabBar,
    QToolButton,
)
from pytestqt.qtbot import QtBot

import templates
from engine import edits, storage
from engine.document import Document
from gui.main_window import MainWindow
from gui.training import controller
from gui.training.controller import Control, Order, TrainingState
from gui.workspace import Workspace
from tests.gui.conftest import OpenWindow
from tests.gui.test_window_files import answer, edit

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.espalier" for name in ("one", "two", "three")]
    for path, lesson in zip(paths, ("fnn-iris", "cnn-small", "lenet-5"), strict=True):
        storage.save(templates.open_lesson(lesson), path)
    return paths


@pytest.fixture
def window(open_window: OpenWindow, files: list[Path]) -> MainWindow:
    """With three files open, the last one shown."""
    window = open_window(storage.load(files[0]), path=files[0])
    for path in files[1:]:
        window.files.open_path(path)
    return window


def titles(window: MainWindow) -> list[str]:
    return [window.tabs.bar.tabText(at) for at in range(window.tabs.bar.count())]


def middle_of(window: MainWindow, at: int) -> QPoint:
    return window.tabs.bar.tabRect(at).center()


def test_a_lesson_is_called_by_its_title_until_its_network_has_a_name(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = str(tmp_path / "kept")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (kept, ""))
    window = open_window(None)
    window.files.open_lesson("convolution-by-hand")
    window.top.epochs.setValue(7)
    window.files.open_lesson("digits-cnn")
    assert titles(window) == ["Convolution by hand •", "Handwritten digits"]
    assert window.windowTitle() == "Handwritten digits – Espalier"
    assert window.top.title.text() == window.model.root.name == "Digits CNN"
    window.model.push("Name", edits.SetName("My digits"), scope="")
    assert titles(window)[1] == "My digits •"
    window.model.undo_stack.undo()
    assert window.page.file.save()
    assert titles(window) == ["Convolution by hand •", "kept"]


def test_one_document_has_no_bar_and_two_have(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    assert not window.tabs.bar.isVisible()
    name = window.model.root.name
    edit(window)
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.tabs.bar.isVisible()
    assert titles(window) == [f"{name} •", "Untitled"]
    assert window.model.root == Document()


def test_each_new_document_has_a_title_of_its_own(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = open_window(None)
    for _ in range(3):
        page = window.files.new()
        page.canvas.add_layer("Linear")
    assert titles(window) == ["Untitled •", "Untitled 2 •", "Untitled 3 •"]
    assert window.windowTitle() == "Untitled 3 • – Espalier"
    proposed: list[str] = []
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda *asked: (proposed.append(asked[2]), (str(tmp_path / "mine"), ""))[1],
    )
    assert window.files.save()
    assert Path(proposed[0]).name == "Untitled 3.espalier"
    assert page.model.root.name == "mine", "nobody had given it a title"
    window.files.new()
    assert window.model.root.name == "Untitled 3", "the number is free again"
    window.files.new()
    assert window.model.root.name == "Untitled 3", "the untouched one gave its place"


def test_tabs_are_no_higher_than_those_of_the_panels(window: MainWindow) -> None:
    """What the arrows at the end of a full bar need is not given to each cross."""
    panels = window.bottom.tabBar()
    assert window.tabs.bar.height() <= panels.height() + 6


def test_a_click_shows_a_document_with_all_that_is_its_own(
    window: MainWindow, files: list[Path]
) -> None:
    assert titles(window) == ["one", "two", "three"]
    first = window.tabs.pages[0]
    QTest.mouseClick(
        window.tabs.bar, Qt.MouseButton.LeftButton, pos=middle_of(window, 0)
    )
    assert window.page is first
    assert window.model.path == files[0]
    assert first.canvas.isVisible()
    assert first.canvas.hasFocus()
    assert window.windowTitle() == "one – Espalier"
    edit(window)
    assert titles(window) == ["one •", "two", "three"]
    assert window.windowTitle().endswith("• – Espalier")
    assert window.actions_.of["undo"].isEnabled()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab, CTRL)
    assert window.model.path == files[1]
    assert not window.actions_.of["undo"].isEnabled()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CTRL)
    assert first.model.undo_stack.canUndo()  # it was the other one that was asked


@pytest.mark.parametrize(
    ("key", "modifiers", "goal"),
    [
        (Qt.Key.Key_Tab, CTRL, 0),
        (Qt.Key.Key_PageDown, CTRL, 0),
        (Qt.Key.Key_Backtab, CTRL | SHIFT, 1),
        (Qt.Key.Key_PageUp, CTRL, 1),
    ],
)
def test_keys_go_round_the_tabs(
    window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier, goal: int
) -> None:
    QTest.keyClick(window.canvas, key, modifiers)
    assert window.page is window.tabs.pages[goal]


def test_a_file_that_is_open_is_shown_and_not_opened_twice(
    window: MainWindow, files: list[Path]
) -> None:
    link = files[0].with_name("link.espalier")
    link.symlink_to(files[0])
    first = window.tabs.pages[0]
    assert window.files.open_path(link)
    assert window.page is first
    assert len(window.tabs.pages) == 3
    assert not window.safe.questions.isVisible()


def test_tabs_are_dragged_into_another_order(window: MainWindow) -> None:
    bar, pages = window.tabs.bar, window.tabs.pages
    start, end = middle_of(window, 2), middle_of(window, 0) - QPoint(30, 0)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.2, 0.5, 0.8, 1.0):
        QTest.mouseMove(bar, start + (end - start) * share, 20)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=end)
    assert window.tabs.pages == [pages[2], pages[0], pages[1]]
    assert titles(window) == ["three", "one", "two"]
    assert window.page is pages[2]


def test_closing_by_key_button_and_middle_button(window: MainWindow) -> None:
    bar = window.tabs.bar
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    assert titles(window) == ["one", "two"]
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=middle_of(window, 0))
    assert not bar.isVisible()  # one is left
    assert window.model.path is not None
    assert window.model.path.stem == "two"
    window.tabs.show_start()
    button = bar.tabButton(1, QTabBar.ButtonPosition.RightSide)
    assert isinstance(button, QToolButton)
    assert button.accessibleName() == "Close two"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.tabs.pages == []
    assert window.start.isVisible()
    assert window.isVisible()
    QTest.keyClick(window, Qt.Key.Key_W, CTRL)  # nothing is left to be closed
    assert window.start.isVisible()


def test_a_middle_press_that_is_released_elsewhere_closes_nothing(
    window: MainWindow,
) -> None:
    bar = window.tabs.bar
    QTest.mousePress(bar, Qt.MouseButton.MiddleButton, pos=middle_of(window, 0))
    QTest.mouseRelease(bar, Qt.MouseButton.MiddleButton, pos=middle_of(window, 1))
    assert len(window.tabs.pages) == 3


def test_closing_a_tab_with_unsaved_edits_asks(
    window: MainWindow, files: list[Path]
) -> None:
    edit(window)
    page = window.page
    answer(QMessageBox.StandardButton.Cancel)
    window.actions_.of["close_tab"].trigger()
    assert window.page is page
    answer(QMessageBox.StandardButton.Save)
    window.actions_.of["close_tab"].trigger()
    assert titles(window) == ["one", "two"]
    assert storage.load(files[2]) != templates.open_lesson("lenet-5")


def test_a_closed_tab_is_brought_back_as_it_was(
    window: MainWindow, files: list[Path]
) -> None:
    window.actions_.of["close_tab"].trigger()
    window.actions_.of["reopen_tab"].trigger()
    assert window.model.path == files[2]
    assert window.files.is_saved
    # What was let go comes back too, and is still not saved.
    edit(window)
    edited = window.model.root.copy()
    answer(QMessageBox.StandardButton.Discard)
    window.actions_.of["close_tab"].trigger()
    assert len(window.tabs.pages) == 2
    window.actions_.of["reopen_tab"].trigger()
    assert window.model.root == edited
    assert window.model.path == files[2]
    assert not window.files.is_saved


def test_an_empty_canvas_nobody_used_is_not_brought_back(
    open_window: OpenWindow,
) -> None:
    window = open_window(Document())
    QTest.keyClick(window.canvas, Qt.Key.Key_W, CTRL)
    QTest.keyClick(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert window.tabs.pages == []


def test_the_window_asks_once_for_all_that_is_unsaved(
    window: MainWindow, files: list[Path]
) -> None:
    edit(window)
    window.tabs.step(1)
    edit(window)
    said: list[str] = []

    def note() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.extend([box.text(), box.informativeText()])
        box.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(50, note)
    assert not window.close()
    assert said == [
        "Save the changes to 2 networks?",
        "• one\n• three\n\nThey are lost if you do not.",
    ]
    answer(QMessageBox.StandardButton.SaveAll)
    assert window.close()
    assert storage.load(files[0]) != templates.open_lesson("fnn-iris")
    assert storage.load(files[1]) == templates.open_lesson("cnn-small")
    assert storage.load(files[2]) != templates.open_lesson("lenet-5")


def test_a_much_smaller_window_is_divided_anew(window: MainWindow) -> None:
    window.resize(1600, 1000)
    window.page.splitters["middle"].setSizes([200, 700])
    window.memory.note(window.page)
    window.resize(1560, 980)
    window.memory.dress(window.page)
    canvas, below = window.page.splitters["middle"].sizes()
    assert below > 2 * canvas, "about as large: as somebody has divided it"
    window.resize(1280, 800)
    window.memory.dress(window.page)
    canvas, below = window.page.splitters["middle"].sizes()
    assert canvas > below


def test_all_documents_have_one_shape_of_the_window(window: MainWindow) -> None:
    window.actions_.of["left"].trigger()
    assert not window.left.isVisible()
    window.page.splitters["middle"].setSizes([300, 300])
    sizes = window.page.splitters["middle"].sizes()
    window.tabs.step(1)
    QApplication.processEvents()
    assert not window.left.isVisible()
    assert window.page.splitters["middle"].sizes() == sizes
    window.actions_.of["left"].trigger()
    assert window.left.isVisible()
    window.tabs.step(-1)
    assert window.left.isVisible()


# Training behind another tab.


class _Stopped:
    """A control of a run that goes on until it is stopped."""

    def __init__(self) -> None:
        self.is_stopped = False

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None:
        self.is_stopped = True


def _endless(order: Order) -> tuple[Control, object]:
    control = _Stopped()

    def events() -> Iterator[object]:
        while not control.is_stopped:
            QTest.qSleep(5)
        yield from ()

    return control, events


def test_a_network_trains_in_its_tab_while_another_is_drawn(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    window.top.epochs.setValue(3)
    trained: Workspace = window.page
    window.train()
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.page is not trained
    assert trained.training.is_busy
    qtbot.waitUntil(lambda: trained.training.state is TrainingState.IDLE)
    assert trained.bottom.training.state_label.text().startswith("Finished: 3 epochs")
    assert "test" in trained.bottom.training.result.text()


def test_a_tab_shows_that_its_network_trains_and_how_far_it_is(
    open_window: OpenWindow,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"), start=_endless)
    edit(window)
    window.train()
    trained = window.page
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    bar = window.tabs.bar
    assert not bar.tabIcon(0).isNull()
    assert bar.tabIcon(1).isNull()
    name = trained.model.root.name
    assert bar.tabToolTip(0) == f"{name} · not saved · training starting, 0 %"
    assert bar.accessibleTabName(0) == bar.tabToolTip(0)
    before = bar.tabIcon(0).pixmap(28).toImage()
    trained.bottom.training.bar.setValue(500)
    window.tabs.refresh(trained)
    assert bar.tabToolTip(0).endswith("50 %")
    assert bar.tabIcon(0).pixmap(28).toImage() != before
    assert trained.training.close()
    assert bar.tabIcon(0).isNull()


def test_two_trainings_at_once_would_disturb_each_other(
    open_window: OpenWindow,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"), start=_endless)
    window.train()
    first = window.page
    window.files.open_lesson("digits-cnn")
    window.train()
    assert not window.training.is_busy
    assert window.messages.text.text() == (
        f"“{first.model.root.name}” trains in another tab. Wait until it has "
        "finished, or stop it there."
    )
    assert first.training.close()
    window.train()
    assert window.training.is_busy
    assert window.training.close()


def test_closing_a_tab_that_trains_asks_first(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"), start=_endless)
    window.train()
    page = window.page

    def choose(text: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.text() == "A training is running. Stop it and close?"
        (button,) = [each for each in box.buttons() if each.text() == text]
        button.click()

    QTimer.singleShot(50, lambda: choose("Go on training"))
    assert not window.close_page(page)
    assert page.training.is_busy
    QTimer.singleShot(50, lambda: choose("Stop and close"))
    assert window.close_page(page)
    assert not page.training.is_busy
    assert window.tabs.pages == []


def test_a_window_that_stays_open_goes_on_keeping_edits(
    qtbot: QtBot,
    open_window: OpenWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A training that does not end keeps the window, and all of its tabs, as it was."""
    is_held = True

    def stubborn(order: Order) -> tuple[Control, object]:
        def events() -> Iterator[object]:
            while is_held:
                QTest.qSleep(5)
            yield from ()

        return _Stopped(), events

    monkeypatch.setattr(controller, "_JOIN_MILLISECONDS", 50)
    window = open_window(templates.open_lesson("digits-cnn"), start=stubborn)
    first = window.page
    edit(window)
    first.model.undo_stack.setClean()
    window.files.open_lesson("fnn-iris")
    trained = window.page
    window.train()
    window.tabs.show_page(first)

    def agree() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        box.defaultButton().click()

    QTimer.singleShot(50, agree)
    assert not window.close()
    assert window.page is trained
    assert window.messages.text.text().startswith("The training has not stopped yet.")
    window.tabs.show_page(first)
    with qtbot.waitSignal(first.safe.recovery.kept, timeout=5000):
        first.model.push("Name", edits.SetName("kept"))
    assert list((tmp_path / "state" / "recovery").glob("*.recovery"))
    first.model.undo_stack.setClean()
    is_held = False
    qtbot.waitUntil(lambda: not trained.training.is_busy)
    assert window.close()


def test_a_closed_tab_is_collected(qtbot: QtBot, window: MainWindow) -> None:
    page = weakref.ref(window.page)
    model = weakref.ref(window.model)
    edit(window)
    window.model.undo_stack.setClean()
    assert window.close_page(window.page)
    qtbot.wait(50)
    gc.collect()
    assert page() is None
    assert model() is None
    assert len(window.tabs.pages) == 2
