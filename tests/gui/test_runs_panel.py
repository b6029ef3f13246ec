"""The Runs tab: sorting, filtering, editing, curves, deleting, going on with a run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

import templates
from engine import storage
from engine.edits import change_settings
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.run_record import DOCUMENT, FINAL, Run
from engine.run_table import COLUMNS
from engine.runs import Runs
from engine.session import train_document
from gui.main_window import MainWindow
from gui.runs.strokes import STROKES, stroke
from gui.runs.table import NAME, STAR
from gui.runs.view import RunsView
from gui.theme import DARK, LIGHT
from gui.training.controller import TrainingState
from tests.engine.documents import iris
from tests.engine.test_run_table import record
from tests.gui.conftest import OpenWindow
from tests.gui.test_window_files import answer

WIDER = {"out_features": 9}


def keep(folder: Path, losses: list[float], name: str = "Net", **recipe: object) -> Run:
    """A run in the history, as if it had been trained."""
    runs = Runs(folder)
    run = runs.open(name, Recipe(**recipe))  # type: ignore[arg-type]
    record(run.folder, losses)
    runs.close(run.id, "finished", {"test_loss": min(losses)})
    return runs.get(run.id)


@pytest.fixture
def history(tmp_path: Path) -> Runs:
    folder = tmp_path / "runs"
    keep(folder, [0.9, 0.5], name="First", learning_rate=0.01)
    keep(folder, [0.8, 0.2, 0.3], name="Second", optimizer="SGD")
    keep(folder, [0.7], name="Third")
    return Runs(folder)


def runs_view(window: MainWindow) -> RunsView:
    window.bottom.setCurrentWidget(window.bottom.runs)
    view: RunsView | None = window.bottom.runs.view
    assert view is not None
    return view


@pytest.fixture
def window(open_window: OpenWindow, history: Runs) -> MainWindow:
    return open_window(templates.open_lesson("fnn-iris"))


def shown(view: RunsView) -> list[str]:
    return [row.run.title for row in view.table.runs.rows]


def click(view: RunsView, row: int, column: int) -> None:
    rect = view.table.visualRect(view.table.runs.index(row, column))
    QTest.mouseClick(
        view.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center()
    )


def click_head(view: RunsView, title: str) -> None:
    header = view.table.horizontalHeader()
    model = view.table.runs
    column = next(
        place
        for place in range(model.columnCount())
        if model.headerData(place, Qt.Orientation.Horizontal).rstrip(" ▴▾") == title
    )
    view.table.scrollTo(model.index(0, column))
    at = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def choose(view: RunsView, *numbers: int) -> None:
    view.table.select(numbers)


def act(view: RunsView, text: str) -> None:
    """Press an entry of the Actions menu."""
    view.menu.aboutToShow.emit()
    actions = {action.text(): action for action in view.menu.actions()}
    assert actions[text].isEnabled(), text
    actions[text].trigger()


def test_without_runs_it_says_so(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    assert window.bottom.runs.view is None
    empty = window.bottom.runs._empty
    assert empty.title.text() == "No runs yet"
    assert empty.text.text() == "Each training is kept here with its result."


def test_the_newest_run_is_chosen_until_another_is(
    window: MainWindow, history: Runs, tmp_path: Path
) -> None:
    view = runs_view(window)
    assert [run.title for run in view.chosen] == ["Third"]
    keep(tmp_path / "runs", [0.6], name="Fourth")
    view.refresh()
    assert [run.title for run in view.chosen] == ["Fourth"]
    click(view, shown(view).index("First"), 2)
    keep(tmp_path / "runs", [0.5], name="Fifth")
    view.refresh()
    assert [run.title for run in view.chosen] == ["First"]


def test_the_runs_of_this_network_come_first(
    open_window: OpenWindow, history: Runs, tmp_path: Path
) -> None:
    document = templates.open_lesson("fnn-iris")
    keep(tmp_path / "runs", [0.6], name=document.name)
    keep(tmp_path / "runs", [0.6], name="Fifth")
    view = runs_view(open_window(document))
    assert view.which.currentText() == "This network"
    assert shown(view) == [document.name]
    assert [run.name for run in view.chosen] == [document.name]
    assert view.count.text() == "1 run"
    view.which.setFocus()
    QTest.keyClick(view.which, Qt.Key.Key_Down)
    assert view.which.currentText() == "All networks"
    assert view.count.text() == "5 runs"
    assert [run.name for run in view.chosen] == [document.name]
    click(view, shown(view).index("Fifth"), 2)
    QTest.keyClick(view.which, Qt.Key.Key_Up)
    assert [run.name for run in view.chosen] == [document.name]


def test_without_a_run_of_this_network_all_are_shown(window: MainWindow) -> None:
    view = runs_view(window)
    assert view.which.currentText() == "All networks"
    assert shown(view) == ["Third", "Second", "First"]


def test_heads_sort_and_the_filter_finds(window: MainWindow) -> None:
    view = runs_view(window)
    view.sides.toggle.setChecked(False)  # there is room for more columns
    QApplication.processEvents()
    assert shown(view) == ["Third", "Second", "First"]
    assert view.count.text() == "3 runs"
    click_head(view, "Best val. loss")
    assert shown(view) == ["Second", "First", "Third"]
    click_head(view, "Best val. loss")
    assert shown(view) == ["Third", "First", "Second"]
    QTest.keyClicks(view.filter, "optimizer=SGD")
    assert shown(view) == ["Second"]
    assert view.count.text() == "1 of 3 runs"
    view.filter.clear()
    QTest.keyClicks(view.filter, "-second")
    assert shown(view) == ["Third", "First"]


def test_names_tags_and_notes_are_typed_in_place(
    qtbot: QtBot, window: MainWindow, history: Runs
) -> None:
    view = runs_view(window)
    for entry, typed in (
        ("Rename", "Best of all"),
        ("Change the tags", "thesis, kept"),
        ("Write a note", "why not"),
    ):
        qtbot.waitUntil(lambda: view.table.findChild(QLineEdit) is None)
        choose(view, 2)
        act(view, entry)
        editor = view.table.findChild(QLineEdit)
        assert editor is not None
        editor.selectAll()
        QTest.keyClicks(editor, typed)
        before = history.get(2)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda before=before: history.get(2) != before)
        assert view.table.hasFocus()
    run = history.get(2)
    assert (run.title, run.name) == ("Best of all", "Second")
    assert (run.tags, run.note) == (("thesis", "kept"), "why not")
    QTest.keyClicks(view.filter, "tag:thesis")
    assert shown(view) == ["Best of all"]


def test_a_click_gives_and_takes_the_star(window: MainWindow, history: Runs) -> None:
    view = runs_view(window)
    click(view, 1, STAR)
    assert history.get(2).is_starred
    click(view, 1, STAR)
    assert not history.get(2).is_starred
    choose(view, 1, 2)
    act(view, "Star")
    assert [run.is_starred for run in history.list()] == [False, True, True]
    act(view, "Take the star away")
    assert not any(run.is_starred for run in history.list())


def test_the_curves_of_the_chosen_lie_over_one_another(window: MainWindow) -> None:
    view = runs_view(window)
    choose(view, 1, 2)
    plot = view.plot
    assert plot is not None
    drawn = [item.getOriginalDataset() for item in plot.plot.listDataItems()]
    assert [list(y) for _, y in drawn] == [[0.8, 0.2, 0.3], [0.9, 0.5]]
    assert [list(x) for x, _ in drawn] == [[1, 2, 3], [1, 2]]
    names = {plot.number.itemText(place) for place in range(plot.number.count())}
    assert names == {"loss", "accuracy"}
    plot.part.setCurrentIndex(plot.part.findData("both"))
    plot.part.activated.emit(0)
    assert len(plot.plot.listDataItems()) == 4
    assert plot.note.text() == "Thin: training. Thick: validation."
    plot.by.setCurrentIndex(plot.by.findData("seconds"))
    plot.by.activated.emit(0)
    assert list(plot.plot.listDataItems()[0].getOriginalDataset()[0]) == [0.5, 1, 1.5]
    plot.by.setCurrentIndex(plot.by.findData("steps"))
    plot.by.activated.emit(0)
    assert plot.note.text().startswith("No steps were recorded by 2 · Second, 1 · Firs")
    plot.by.setCurrentIndex(0)
    QTest.mouseClick(plot.log, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    assert plot.log.isChecked()
    choose(view)
    assert plot.note.text().startswith("Choose runs in the table")


def test_the_pointer_reads_the_curves_of_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1500, 900)
    view = runs_view(window)
    view.table.selectAll()
    qtbot.waitUntil(lambda: view.plot is not None and view.plot.isVisible())
    plot = view.plot
    assert plot is not None
    qtbot.wait(50)
    box = plot.plot.getViewBox()
    place = plot.plot.mapFromScene(box.mapViewToScene(QPointF(2.0, 0.4)))
    QTest.mouseMove(plot.plot.viewport(), place)
    text = plot.readout.text
    qtbot.waitUntil(text.isVisible, timeout=5_000)
    told = text.text().replace("&nbsp;", " ")
    assert told.startswith("epoch 2<br>")
    assert "1 · First 0.5" in told and "2 · Second 0.2" in told
    assert "Third" not in told, "it ended before"


def test_a_key_tells_two_curves_apart_in_little_room(window: MainWindow) -> None:
    window.resize(1000, 700)
    view = runs_view(window)
    choose(view, 1, 2)
    view.details.setCurrentIndex(1)
    plot = view.plot
    assert plot is not None and not view.table.isVisible()
    QApplication.processEvents()  # a layout shows what was added to it a little later
    key = plot.key
    assert key.names == ("2 · Second", "1 · First")
    assert key.isVisible() and key.geometry().bottom() < plot.plot.geometry().top()
    assert len(key.cells()) == 2 and key.cells()[-1].right() <= key.width()
    for name, cell, place in zip(key.names, key.cells(), (0, 1), strict=True):
        drawn = key.grab(cell).toImage()
        assert drawn.pixelColor(12, drawn.height() // 2) != DARK.canvas, name
        strokes = {drawn.pixelColor(x, cell.center().y()).name() for x in range(20)}
        assert stroke(place, DARK).color().name() in strokes
    choose(view, 1)
    assert not key.isVisible()


def test_names_are_read_whole_beside_the_curves_and_over_them(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    names = ("A first network", "Untitled", "Transformer block")
    for name in (*names, "Sequence to sequence with attention 2"):
        keep(tmp_path / "runs", [0.9, 0.5], name=name)
    window = open_window(templates.open_lesson("fnn-iris"))
    window.resize(1280, 800)
    view = runs_view(window)
    choose(view, 1, 2, 3)
    QApplication.processEvents()
    assert view.table.isVisible() and view.details.isVisible()
    for row, title in enumerate(shown(view)):
        index = view.table.runs.index(row, NAME)
        cell = view.table.visualRect(index)
        is_whole = view.table.sizeHintForIndex(index).width() <= cell.width()
        assert is_whole is (title in names), title
        option = QStyleOptionViewItem()
        delegate = view.table.itemDelegateForIndex(index)
        assert isinstance(delegate, QStyledItemDelegate)
        delegate.initStyleOption(option, index)
        assert option.textElideMode is Qt.TextElideMode.ElideMiddle
    assert view.plot is not None
    key = view.plot.key
    widest = max(map(key.fontMetrics().horizontalAdvance, key.names))
    assert key.names == ("3 · Transformer block", "2 · Untitled", "1 · A first network")
    for name, cell in zip(key.names, key.cells(), strict=True):
        assert cell.width() > key.fontMetrics().horizontalAdvance(name) + 40, name
    assert key.cells()[1].width() < widest + 40, "no wider than it needs"
    choose(view, 1, 4)
    QApplication.processEvents()
    assert key.cells()[-1].right() <= key.width()


def test_the_loss_of_each_step_is_drawn_too(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    list(train_document(iris(epochs=2), runs_dir=tmp_path / "runs"))
    view = runs_view(open_window(templates.open_lesson("fnn-iris")))
    choose(view, 1)
    plot = view.plot
    assert plot is not None
    plot.number.setCurrentIndex(plot.number.findText("loss of each step"))
    plot.by.setCurrentIndex(plot.by.findData("steps"))
    plot.by.activated.emit(plot.by.currentIndex())
    (curve,) = plot.plot.listDataItems()
    steps, losses = curve.getOriginalDataset()
    assert list(steps) == list(range(1, len(steps) + 1))
    assert len(losses) == len(steps) > 2
    plot.by.setCurrentIndex(plot.by.findData("epochs"))
    plot.by.activated.emit(plot.by.currentIndex())
    (curve,) = plot.plot.listDataItems()
    assert curve.getOriginalDataset()[0][-1] == 2.0
    assert not plot.part.isEnabled()


def test_runs_whose_steps_were_not_kept_are_named(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    keep(tmp_path / "runs", [0.9, 0.5], name="Old one")
    list(train_document(iris(epochs=1), runs_dir=tmp_path / "runs"))
    view = runs_view(open_window(templates.open_lesson("fnn-iris")))
    choose(view, 1, 2)
    plot = view.plot
    assert plot is not None
    plot.number.setCurrentIndex(plot.number.findText("loss of each step"))
    plot.number.activated.emit(plot.number.currentIndex())
    assert len(plot.plot.listDataItems()) == 1
    assert "No steps were recorded by 1 · Old one." in plot.note.text()


def test_many_runs_are_drawn_in_one_go(window: MainWindow) -> None:
    view = runs_view(window)
    assert view.plot is not None
    drawn: list[int] = []
    view.plot.drawn.connect(lambda: drawn.append(1))
    view.table.select([1, 2])
    assert len(drawn) == 1
    view.table.selectAll()
    assert len(drawn) == 2


def test_strokes_differ_by_more_than_colour() -> None:
    for theme in (DARK, LIGHT):
        pens = [stroke(place, theme) for place in range(STROKES)]
        looks = {(pen.color().name(), tuple(pen.dashPattern())) for pen in pens}
        assert len(looks) == STROKES
        for one, two in pairwise(pens):
            assert one.dashPattern() != two.dashPattern()


def test_two_runs_are_compared(open_window: OpenWindow, tmp_path: Path) -> None:
    for rate in (0.001, 0.01):
        list(
            train_document(
                iris(epochs=1, learning_rate=rate), runs_dir=tmp_path / "runs"
            )
        )
    view = runs_view(open_window(templates.open_lesson("fnn-iris")))
    choose(view, 1, 2)
    act(view, "Compare the two")
    table = view.differences.table
    assert view.details.currentWidget() is view.differences
    heads = [table.horizontalHeaderItem(c).text() for c in (2, 3)]  # type: ignore[union-attr]
    assert heads == ["1 · Iris", "2 · Iris"]
    rows = [
        [table.item(r, c).text() for c in range(4)]  # type: ignore[union-attr]
        for r in range(table.rowCount())
    ]
    assert rows[0] == ["Training", "Learning rate", "0.001", "0.01"]
    told = {row[1]: row[2] for row in rows}
    assert "Test loss" in told
    assert told.get("Test accuracy", "%").endswith("%"), "as the table of runs has it"
    choose(view, 1)
    assert view.differences.text.text() == (
        "Choose two runs to see what differs between them."
    )


def test_what_differs_has_the_words_of_the_forms(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    for recipe in ({}, {"schedule": "one_cycle", "loss": "cross_entropy"}):
        list(
            train_document(
                iris(epochs=1, **recipe),  # type: ignore[arg-type]
                runs_dir=tmp_path / "runs",
            )
        )
    view = runs_view(open_window(templates.open_lesson("fnn-iris")))
    choose(view, 1, 2)
    act(view, "Compare the two")
    table = view.differences.table
    rows = [
        [table.item(r, c).text() for c in range(1, 4)]  # type: ignore[union-attr]
        for r in range(2)
    ]
    assert rows == [
        ["Schedule", "constant", "one cycle"],
        ["Loss", "auto", "cross entropy"],
    ]


def test_a_sweep_is_told_by_its_title(open_window: OpenWindow, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    list(train_document(iris(epochs=1), runs_dir=folder))
    Runs(folder).annotate(1, tags=["20261121-131800-iris", "kept"])
    view = runs_view(open_window(templates.open_lesson("fnn-iris")))
    names = [column.name for column in COLUMNS]
    cell = view.table.runs.index(0, names.index("tags"))
    assert cell.data() == "2026-11-21 13:18  iris, kept"
    assert cell.data(Qt.ItemDataRole.EditRole) == "20261121-131800-iris, kept"


def test_deleting_can_be_undone_until_the_document_closes(
    window: MainWindow, history: Runs
) -> None:
    view = runs_view(window)
    folders = {run.id: run.folder for run in history.list()}
    choose(view, 1, 2)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    assert shown(view) == ["Third"]
    assert view.undo_text.text() == (
        "2 deleted runs are gone for good once this document is closed."
    )
    QTest.mouseClick(view.undo_button, Qt.MouseButton.LeftButton)
    assert shown(view) == ["Third", "Second", "First"]
    assert not view.undo_bar.isVisible()
    choose(view, 2)
    act(view, "Delete")
    assert folders[2].exists()
    assert window.close_page(window.page)
    assert not folders[2].exists() and folders[1].exists()
    assert [run.id for run in history.list()] == [3, 1]


def test_a_running_run_is_not_deleted(window: MainWindow, history: Runs) -> None:
    view = runs_view(window)
    live = history.open("Live", Recipe())
    view.refresh()
    choose(view, live.id)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    assert window.messages.text.text() == (
        f"Run {live.id} is still training. Stop it first."
    )
    assert history.get(live.id).trashed_by == 0
    history.close(live.id, "stopped")


def test_the_document_of_a_run_opens_in_a_tab_of_its_own(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    list(train_document(iris(epochs=1), runs_dir=tmp_path / "runs"))
    window = open_window(templates.open_lesson("fnn-iris"))
    view = runs_view(window)
    choose(view, 1)
    act(view, "Open its document")
    assert len(window.tabs.pages) == 2
    assert window.model.root == iris(epochs=1)
    assert window.model.path is None
    assert not window.page.file.is_saved


def test_the_document_of_a_run_brings_what_was_learned(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    list(train_document(iris(epochs=1), runs_dir=tmp_path / "runs"))
    window = open_window(templates.open_lesson("fnn-iris"))
    view = runs_view(window)
    choose(view, 1)
    act(view, "Open its document")
    page = window.page
    (run,) = Runs(tmp_path / "runs").list()
    assert page.training.weights_for(page.model.root) == run.folder / FINAL
    assert not page.bottom.training.go_on_button.isVisible()
    told: list[str] = []
    page.exporter.exported.connect(told.append)
    page.exporter.export("weights", tmp_path / "net.safetensors")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "untrained" not in told[0]
    assert load_file(tmp_path / "net.safetensors").keys()
    page.model.push("Wider", change_settings(page.model.root.graph, "fc1", WIDER))
    assert page.training.weights_for(page.model.root) is None


def test_larger_text_is_put_on_where_curves_were_shown(window: MainWindow) -> None:
    view = runs_view(window)
    choose(view, 1, 2)
    view.sides.bring(view._plot_page)
    assert view.plot is not None
    window.place.appearance.resize_text(130)
    window.place.appearance.resize_text(100)


def test_a_document_that_is_gone_is_said(window: MainWindow) -> None:
    view = runs_view(window)
    choose(view, 1)
    act(view, "Open its document")
    assert window.messages.text.text().startswith(
        "The document of run 1 cannot be read: "
    )


def test_curves_are_written_as_csv(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(path.with_suffix("")), "")
    )
    view = runs_view(window)
    choose(view, 1, 2)
    with qtbot.waitSignal(view.exporter.exported, timeout=20_000):
        act(view, "Curves as CSV…")
    assert window.messages.text.text() == f"Wrote the curves of 2 runs to {path}."
    assert path.read_text().startswith("run,name,epoch,step,seconds,part,metric,value")


def test_what_cannot_be_written_is_said(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "file")
    )
    view = runs_view(window)
    choose(view, 1)
    with qtbot.waitSignal(view.exporter.refused):
        act(view, "Curves for TensorBoard…")
    assert "could not be written" in window.messages.text.text()


def test_a_window_of_its_own_and_back(qtbot: QtBot, window: MainWindow) -> None:
    view = runs_view(window)
    QTest.mouseClick(view.larger, Qt.MouseButton.LeftButton)
    assert view.window() is not window
    assert view.larger.text() == "Smaller"
    qtbot.waitUntil(lambda: view.sides.toggle.text() == "Hide curves")
    QTest.mouseClick(view.larger, Qt.MouseButton.LeftButton)
    assert view.window() is window
    assert view.larger.text() == "Larger" and view.isVisible()


def test_in_little_room_table_and_curves_take_turns(
    qtbot: QtBot, window: MainWindow
) -> None:
    view = runs_view(window)
    window.resize(960, 600)
    qtbot.waitUntil(lambda: not view.sides.toggle.isVisible())
    bar = view.details.tabBar()
    names = [bar.tabText(place) for place in range(bar.count())]
    assert names == ["Table", "Curves", "What differs"] and view.table.isVisible()
    at = bar.tabRect(1).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: view.plot is not None and view.plot.isVisible())
    assert not view.table.isVisible()
    act(view, "Rename")
    assert view.table.isVisible()
    assert view.table.currentIndex().column() == NAME
    # In much room they stand beside each other again.
    window.resize(1800, 1000)
    qtbot.waitUntil(view.sides.toggle.isVisible)
    assert view.table.isVisible() and view.details.isVisible()
    assert bar.tabText(0) == "Curves"
    assert view.table.geometry().right() < view.details.geometry().left()


# Going on with a run.


def interrupted(folder: Path, name: str = "fnn-iris") -> None:
    """Train a lesson in a process that is killed in its third epoch."""
    code = f"""
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import engine.session as session
import templates
document = templates.open_lesson({name!r})
recipe = replace(document.recipe, epochs=5)
if hasattr(recipe, "checkpoint_seconds"):
    recipe = replace(recipe, checkpoint_seconds=0.0)
else:
    session.CHECKPOINT_SECONDS = 0.0
document.recipe = recipe
is_kept = False
for event in session.train_document(document, runs_dir=Path(sys.argv[1])):
    is_kept |= event.event == "checkpoint"
    if event.event == "epoch" and event.epoch == 3 and is_kept:
        os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)


def test_after_a_crash_the_next_start_offers_to_go_on(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    interrupted(tmp_path / "runs")
    window = open_window(templates.open_lesson("digits-cnn"))
    bar = window.left_behind.questions
    assert bar.text.text() == (
        "The training of Iris network was broken off when Espalier ended."
    )
    assert bar.details.text() == "It goes on from its last checkpoint, up to epoch 5."
    assert [button.text() for button in bar.buttons] == ["Go on", "Not now"]
    QTest.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    assert window.model.root.name == "Iris network"
    qtbot.waitUntil(
        lambda: (
            window.training.state is TrainingState.IDLE
            and Runs(tmp_path / "runs").get(1).state == "finished"
        ),
    )
    (run,) = Runs(tmp_path / "runs").list()
    assert run.result["epochs"] == 5
    assert not bar.isVisible()
    plots = window.bottom.training.plots  # with the epochs before the crash
    assert plots is not None
    for curve in (plots.validation_metric, plots.train_metric):
        assert list(curve.getData()[0]) == [1, 2, 3, 4, 5]
    assert len(plots.validation.getData()[0]) == 5


def test_not_now_is_not_asked_again(open_window: OpenWindow, tmp_path: Path) -> None:
    interrupted(tmp_path / "runs")
    window = open_window(templates.open_lesson("digits-cnn"))
    bar = window.left_behind.questions
    QTest.mouseClick(bar.buttons[1], Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    again = open_window(templates.open_lesson("digits-cnn"))
    assert not again.left_behind.questions.isVisible()
    run = Runs(tmp_path / "runs").get(1)
    assert run.state == "failed" and run.is_unfinished


def test_the_table_goes_on_with_a_run(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    interrupted(tmp_path / "runs")
    Runs(tmp_path / "runs").forget_interruption(1)
    window = open_window(templates.open_lesson("digits-cnn"))
    view = runs_view(window)
    choose(view, 1)
    act(view, "Go on with the training")
    qtbot.waitUntil(lambda: Runs(tmp_path / "runs").get(1).state == "finished")
    qtbot.waitUntil(lambda: window.training.state is TrainingState.IDLE)
    # In its own tab, and the history has no other run.
    assert window.model.root.name == "Iris network"
    assert len(Runs(tmp_path / "runs").list()) == 1
    view = runs_view(window)
    choose(view, 1)
    with pytest.raises(AssertionError, match="Go on"):  # it has ended by itself
        act(view, "Go on with the training")


def test_a_history_that_cannot_be_used_is_said(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = runs_view(window)

    def broken(*_: object) -> None:
        raise Refusal("The history of runs cannot be used.", "Choose another folder.")

    monkeypatch.setattr(Runs, "list", broken)
    view.refresh()
    assert window.messages.text.text() == (
        "The history of runs cannot be used. Choose another folder."
    )


def test_columns_grow_with_what_they_hold_unless_drawn_to_size(
    window: MainWindow, history: Runs, tmp_path: Path
) -> None:
    view = runs_view(window)
    view.sides.toggle.setChecked(False)  # there is room for more columns
    QTest.mouseClick(view.larger, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    header = view.table.horizontalHeader()
    names = [column.name for column in COLUMNS]
    rate, optimizer = names.index("learning_rate"), names.index("optimizer")
    header.resizeSection(optimizer, 40)
    before = header.sectionSize(NAME)
    keep(tmp_path / "runs", [0.4], name="A title that is longer than the others")
    view.refresh()
    assert header.sectionSize(NAME) > before
    assert header.sectionSize(NAME) >= view.table.sizeHintForColumn(NAME)
    assert header.sectionSize(rate) >= view.table.sizeHintForColumn(rate)
    assert header.sectionSize(optimizer) == 40


def test_beside_the_curves_the_columns_fit_and_others_can_be_chosen(
    window: MainWindow,
) -> None:
    view = runs_view(window)
    table, names = view.table, [column.name for column in COLUMNS]
    bar = table.horizontalScrollBar()

    def is_seen(name: str) -> bool:
        return not table.isColumnHidden(names.index(name))

    assert bar.maximum() == 0
    assert all(map(is_seen, ("star", "id", "name", "test", "state")))
    assert not is_seen("note")
    table.fill_columns(view.columns)
    entries = {action.text(): action for action in view.columns.actions()}
    assert entries["State"].isChecked() and not entries["Note"].isChecked()
    entries["Note"].trigger()
    entries["State"].trigger()
    assert is_seen("note") and not is_seen("state")
    table.fill_columns(view.columns)
    view.columns.actions()[-1].trigger()
    assert is_seen("state") and not is_seen("note") and bar.maximum() == 0
    act(view, "Change the tags")  # what is typed into is to be seen
    assert is_seen("tags")


def test_a_document_from_a_run_says_so_and_is_saved_beside_the_original(
    window: MainWindow,
    history: Runs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = tmp_path / "mine.espalier"
    storage.save(window.model.root, original)
    before = original.read_bytes()
    assert window.files.open_path(original)
    run = history.get(2)
    storage.save(window.model.root, run.folder / DOCUMENT)
    name = window.model.root.name
    view = runs_view(window)
    choose(view, run.id)
    act(view, "Open its document")
    assert [window.tabs.bar.tabText(at) for at in range(2)] == [
        "mine",
        f"{name} – run 2 •",
    ]
    assert window.windowTitle() == f"{name} – run 2 • – Espalier"
    assert window.top.title.toolTip() == f"{name} – run 2"
    offered: list[str] = []
    chosen = str(tmp_path / "mine")  # as somebody types it, without the ending

    def pick(_: object, __: str, path: str, ___: str) -> tuple[str, str]:
        offered.append(Path(path).name)
        return chosen, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", pick)
    answer(QMessageBox.StandardButton.Cancel)
    window.actions_.of["save"].trigger()
    assert offered == [f"{name} run 2.espalier"]
    assert original.read_bytes() == before
    assert not window.files.is_saved
    chosen = str(tmp_path / "other")
    window.actions_.of["save"].trigger()
    assert (tmp_path / "other.espalier").is_file()
    assert window.tabs.bar.tabText(1) == "other"
    assert window.windowTitle() == "other – Espalier"
    assert original.read_bytes() == before


def test_a_document_from_a_run_that_was_closed_comes_back_as_that(
    window: MainWindow, history: Runs
) -> None:
    run = history.get(2)
    storage.save(window.model.root, run.folder / DOCUMENT)
    view = runs_view(window)
    choose(view, run.id)
    act(view, "Open its document")
    title = window.page.title
    answer(QMessageBox.StandardButton.Discard)
    window.actions_.of["close_tab"].trigger()
    window.actions_.of["reopen_tab"].trigger()
    assert window.page.title == title


def test_the_first_run_is_listed_while_it_goes_on(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    document = templates.open_lesson("fnn-iris")
    document.recipe = replace(document.recipe, epochs=10_000)
    window = open_window(document)
    runs = window.bottom.runs
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    if runs.view is None:
        assert runs._empty.title.text() == "The first run is under way"
    qtbot.waitUntil(lambda: runs.view is not None)
    (row,) = runs.view.table.runs.rows
    assert row.run.state == "running"
    assert window.training.is_busy
    window.training.stop()
    qtbot.waitUntil(lambda: not window.training.is_busy)
    (row,) = runs.view.table.runs.rows
    assert row.run.state == "stopped"
