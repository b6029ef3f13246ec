"""Sweeps in the window: the form, the trials as they come, and using the best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QStyle,
)
from pytestqt.qtbot import QtBot

import templates
from engine import sweeps
from engine.document import UNTITLED, Document
from engine.edits import SetName, removal
from engine.recipe import SCHEDULES
from engine.runs import Runs
from engine.sweep_plan import Plan
from engine.sweep_space import read, suggestion, targets
from gui.appearance import TEXT_SIZES
from gui.main_window import MainWindow
from gui.setting_fields import ChoiceField
from gui.sweeps.form import SweepForm
from gui.sweeps.view import SweepsView
from tests.engine.documents import digits
from tests.gui.conftest import OpenWindow

pytest.importorskip("optuna", reason="needs the extra sweeps; CI has it")


def quick() -> Document:
    document = templates.open_lesson("fnn-iris")
    document.recipe = replace(document.recipe, epochs=2)
    return document


def sweeps_view(qtbot: QtBot, window: MainWindow) -> SweepsView:
    panel = window.bottom.sweeps
    window.bottom.setCurrentWidget(panel)
    qtbot.waitUntil(lambda: panel.view is not None, timeout=20_000)
    assert panel.view is not None
    return panel.view


def made(folder: Path, *vary: str, **plan: str | int) -> sweeps.Sweep:
    """A sweep of the iris lesson that has been run to its end."""
    document = quick()
    variations = [read(text, document) for text in vary]
    kept = {"pruner": "none", **plan}
    sweep = sweeps.begin(document, variations, Plan(**kept), folder)  # type: ignore[arg-type]
    list(sweep.run(runs_dir=folder))
    return sweep


# The form.


@pytest.fixture
def form(qtbot: QtBot) -> SweepForm:
    made = SweepForm(digits())
    qtbot.addWidget(made)
    made.show()
    return made


def test_nothing_ticked_cannot_be_started(form: SweepForm) -> None:
    assert not form.start.isEnabled()
    assert form.about.text() == "Nothing is ticked yet."


def test_no_title_of_a_setting_is_cut_with_any_text(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    appearance = open_window(quick()).place.appearance
    try:
        for percent in TEXT_SIZES:
            appearance.resize_text(percent)
            form = SweepForm(digits())
            qtbot.addWidget(form)
            form.show()
            tree = form.list.tree
            box = tree.style().pixelMetric(
                QStyle.PixelMetric.PM_IndicatorWidth, None, QCheckBox(form)
            )
            taken = 2 * tree.indentation() + box
            for item in form.list.items.values():
                words = tree.fontMetrics().horizontalAdvance(item.text(0))
                if item.parent().isExpanded():
                    assert taken + words < tree.columnWidth(0), (percent, item.text(0))
    finally:
        appearance.resize_text(100)


def test_choices_are_told_and_read_in_the_words_of_their_form(form: SweepForm) -> None:
    assert form.list.items["schedule"].text(1) == "constant"
    form.list.tick("schedule")
    field = form.list.fields["schedule"]
    assert "one cycle" in field.line.text() and "_" not in field.line.text()
    form.list.tick("loss", "cross entropy, mse")
    found = {each.name: each.options for each in form.list.variations()}
    assert found["loss"] == ("cross_entropy", "mse"), "either is understood"
    assert found["schedule"] == SCHEDULES


def test_a_ticked_setting_comes_with_a_suggestion(form: SweepForm) -> None:
    item = form.list.items["learning_rate"]
    tree = form.list.tree
    tree.scrollToItem(item)
    rect = tree.visualItemRect(item)
    QTest.mouseClick(
        tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=rect.topLeft() + QPointF(8, rect.height() / 2).toPoint(),
    )
    assert item.checkState(0) is Qt.CheckState.Checked
    field = form.list.fields["learning_rate"]
    assert field.line.text() == "0.0001..0.1" and field.log.isChecked()
    assert form.start.isEnabled()
    assert form.about.text() == (
        "1 setting, 20 trials. Each is kept in the table of runs."
    )
    form.list.tick("conv1.out_channels")
    assert form.list.fields["conv1.out_channels"].line.text() == "4, 8, 16"
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert list(form.list.fields) == ["conv1.out_channels"]


def test_a_wrong_range_is_said_and_keeps_from_starting(form: SweepForm) -> None:
    form.list.tick("learning_rate")
    line = form.list.fields["learning_rate"].line
    line.clear()
    QTest.keyClicks(line, "0.1..0.01")
    assert form.list.problem.text() == (
        "The range of learning_rate must go from a lower to a higher number; got 0.1 "
        "to 0.01. Change its ends."
    )
    assert line.property("wrong") and not form.start.isEnabled()
    line.clear()
    QTest.keyClicks(line, "0.01..0.1")
    assert not form.list.problem.isVisible() and form.start.isEnabled()


def test_a_grid_says_how_many_trials_it_is(form: SweepForm) -> None:
    form.list.tick("learning_rate")
    form.list.tick("optimizer", "SGD, Adam")
    sampler = form.search.fields["sampler"].findChild(QComboBox)
    assert sampler is not None
    QTest.keyClicks(sampler, "g")
    assert form.plan.sampler == "grid"
    assert form.about.text() == (
        "2 settings, 10 trials. Each is kept in the table of runs."
    )
    at_once = form.search.fields["at_once"].findChild(QLineEdit)
    assert at_once is not None
    at_once.selectAll()
    QTest.keyClicks(at_once, "3")
    assert form.about.text().startswith("2 settings, 10 trials, 3 at once.")
    QTest.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert form.result() == SweepForm.DialogCode.Accepted
    rate, optimizer = form.variations
    assert (rate.name, rate.log) == ("learning_rate", True)
    assert (optimizer.name, optimizer.options) == ("optimizer", ("SGD", "Adam"))


def test_enter_ends_what_is_typed_and_ctrl_enter_starts(
    qtbot: QtBot, form: SweepForm
) -> None:
    form.list.tick("learning_rate")
    trials = form.search.fields["trials"].findChild(QLineEdit)
    assert trials is not None
    for line in (trials, form.list.fields["learning_rate"].line, form.list.filter):
        line.setFocus()
        QTest.keyClick(line, Qt.Key.Key_Return)
        QTest.keyClick(line, Qt.Key.Key_Enter)
        assert form.isVisible() and form.start.isEnabled()
    said: list[tuple[str, bool, bool]] = []
    form.confirmed.connect(
        lambda *_: said.append(
            (form.start.text(), form.start.isEnabled(), form.isVisible())
        )
    )
    trials.setFocus()
    trials.selectAll()
    QTest.keyClicks(trials, "6")
    with qtbot.waitSignal(form.confirmed) as begun:
        QTest.keyClick(trials, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    variations, plan = begun.args
    assert [each.name for each in variations] == ["learning_rate"]
    assert plan.trials == 6
    assert said == [("Starting", False, True)]
    assert form.result() == SweepForm.DialogCode.Accepted and not form.isVisible()


def test_enter_on_the_button_starts(form: SweepForm) -> None:
    form.list.tick("learning_rate")
    form.start.setFocus()
    QTest.keyClick(form.start, Qt.Key.Key_Return)
    assert form.result() == SweepForm.DialogCode.Accepted


def test_how_to_search_is_said_in_names_and_a_line_each(form: SweepForm) -> None:
    form.show()
    search, pruning = form.search.fields["sampler"], form.search.fields["pruner"]
    assert isinstance(search, ChoiceField) and isinstance(pruning, ChoiceField)
    assert search.editor.currentText() == "TPE"
    assert search.line.isVisible()
    assert search.line.text() == "Learns from earlier trials where good values lie."
    assert "worse than half of the others" in pruning.line.text()
    QTest.keyClicks(pruning.editor, "n")
    assert (form.plan.pruner, pruning.editor.currentText()) == ("none", "None")
    assert pruning.line.text() == "Trains every trial to its end."


def test_a_setting_is_found_by_its_name(form: SweepForm) -> None:
    QTest.keyClicks(form.list.filter, "conv1 kernel")
    found = [name for name, item in form.list.items.items() if not item.isHidden()]
    assert found == ["conv1.kernel_size"]
    form.list.filter.clear()
    assert not any(item.isHidden() for item in form.list.items.values())


def test_every_suggestion_can_be_started_with(form: SweepForm) -> None:
    known = {target.name: target for target in targets(digits())}
    for name in form.list.items:
        form.list.tick(name)
    found = {variation.name: variation for variation in form.list.variations()}
    assert set(found) == set(form.list.items)
    for name, variation in found.items():
        assert variation.grid() == suggestion(known[name]).grid(), name


# The tab.


def test_without_sweeps_it_says_what_one_is(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = sweeps_view(qtbot, open_window(quick()))
    assert view.empty.isVisible() and not view.sides.isVisible()
    assert view.empty.title.text() == "No sweeps yet"
    assert view.new_button.isVisible()


def test_a_sweep_from_the_form_to_its_best_settings(
    qtbot: QtBot,
    open_window: OpenWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(quick())
    view = sweeps_view(qtbot, window)

    def fill(form: SweepForm) -> int:
        form.list.tick("learning_rate", "0.0001, 0.01")
        form.list.tick("fc1.out_features", "4, 8")
        form._change("sampler", "grid")
        form._change("pruner", "none")
        form._accept()
        return form.result()

    monkeypatch.setattr(SweepForm, "exec", fill)
    QTest.mouseClick(view.new_button, Qt.MouseButton.LeftButton)
    assert view.controller.is_busy and view.go_button.text() == "Stop"
    assert not view.new_button.isEnabled()
    qtbot.waitUntil(lambda: not view.controller.is_busy, timeout=120_000)
    trials = view.table.trials.trials
    assert [trial.state for trial in trials] == ["done"] * 4
    best = min(trials, key=lambda trial: trial.loss)
    assert view.state.whole == (
        f"4 of 4 trials · best validation loss {best.loss:.4g} in trial {best.number}"
    )
    assert view.go_button.text() == "Go on" and not view.go_button.isEnabled()
    # Each trial is in the table of runs.
    runs = window.bottom.runs.view
    assert runs is not None
    assert len(runs.table.runs.rows) == 4
    # One undo step gives the network the best settings, and another takes them back.
    before = window.model.root.copy()
    assert view.use_button.text() == "Use the best"
    QTest.mouseClick(view.use_button, Qt.MouseButton.LeftButton)
    root = window.model.root
    assert root.recipe.learning_rate == best.values["learning_rate"] == 0.01
    assert root.graph["fc1"].settings["out_features"] == best.values["fc1.out_features"]
    assert window.messages.text.text() == (
        f"This network has the settings of trial {best.number} now."
    )
    assert window.model.undo_stack.undoText() == (
        f"Use the settings of trial {best.number}"
    )
    window.model.undo_stack.undo()
    assert window.model.root == before


def test_the_menu_asks_what_to_vary(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        SweepForm, "exec", lambda form: asked.append(form.windowTitle()) or 0
    )
    window = open_window(quick())
    window.actions_.of["sweep"].trigger()
    assert asked == ["New sweep of Iris network"]
    assert window.bottom.currentWidget() is window.bottom.sweeps
    assert not window.bottom.sweeps.view.controller.is_busy


def test_an_old_sweep_is_shown_and_drawn(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    sweep = made(
        tmp_path / "runs",
        "learning_rate=1e-3..1e-1:log:3",
        "optimizer=SGD,Adam",
        sampler="grid",
    )
    window = open_window(quick())
    window.resize(1600, 1000)
    view = sweeps_view(qtbot, window)
    assert view.choice.currentData() == sweep.folder
    assert view.choice.currentText().endswith("  iris-network")
    qtbot.waitUntil(lambda: view.plot is not None and view.plot.isVisible())
    plot = view.plot
    assert plot is not None and len(plot.lines) == 6
    heights = plot.lines[3]  # 0.01 is in the middle of a logarithmic axis, Adam above
    assert list(heights[:2]) == [pytest.approx(0.5), 1.0]
    titles = [name for _, name in plot.plot.getAxis("bottom")._tickLevels[0]]
    assert titles == ["Learning rate", "Optimizer", "Validation loss"]
    box = plot.plot.getPlotItem().vb  # the axes take all but two lines of text
    tall = box.mapViewToScene(QPointF(0, 0)).y() - box.mapViewToScene(QPointF(0, 1)).y()
    assert tall > box.height() - 2 * plot.fontMetrics().height() - 16
    # A click on a line chooses its trial.
    number, line = max(plot.lines.items(), key=lambda pair: pair[1][2])
    at = plot.plot.getPlotItem().vb.mapViewToScene(QPointF(2.0, float(line[2])))
    QTest.mouseClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert view.table.trial is not None and view.table.trial.number == number
    assert view.use_button.text() == "Use settings"
    view.details.setCurrentWidget(view.importance)
    assert set(view.importance.shares) == {"Learning rate", "Optimizer"}
    view.sides.toggle.click()
    view.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    losses = [trial.loss for trial in view.table.trials.trials]
    assert losses == sorted(losses)
    head = view.table.trials.headerData(2, Qt.Orientation.Horizontal)
    assert head == "Val. loss ▴"
    states = {view.table.trials.index(row, 1).data() for row in range(len(losses))}
    assert "done" not in states, "as the table of runs has it"


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        (("seed=0,1", "optimizer=SGD"), "Importance needs 4 trials"),
        (("seed=0,1",), "One setting was varied: there is nothing to compare it with."),
    ],
)
def test_importance_is_not_made_up(
    qtbot: QtBot,
    open_window: OpenWindow,
    tmp_path: Path,
    vary: tuple[str, ...],
    told: str,
) -> None:
    made(tmp_path / "runs", *vary, sampler="grid")
    window = open_window(quick())
    window.resize(1600, 1000)
    view = sweeps_view(qtbot, window)
    view.details.setCurrentWidget(view.importance)
    assert view.importance.text.startswith(told)


def test_a_sweep_is_stopped_and_goes_on(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    document = quick()
    document.recipe = replace(document.recipe, epochs=60)
    window = open_window(document)
    view = sweeps_view(qtbot, window)
    root = window.model.root
    view.begin([read("seed=0..99", root)], Plan(trials=3, pruner="none"))
    qtbot.waitUntil(
        lambda: any(t.state == "done" for t in view.table.trials.trials),
        timeout=120_000,
    )
    QTest.mouseClick(view.go_button, Qt.MouseButton.LeftButton)
    assert "stopping…" in view.state.whole or not view.controller.is_busy
    qtbot.waitUntil(lambda: not view.controller.is_busy)
    done = sum(t.state == "done" for t in view.table.trials.trials)
    assert 1 <= done < 3
    assert view.state.whole.startswith(f"{done} of 3 trials · best ")
    states = {t.state for t in view.table.trials.trials}
    assert states <= {"done", "stopped"}
    QTest.mouseClick(view.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.controller.is_busy, timeout=120_000)
    assert view.state.whole.startswith("3 of 3 trials · best ")
    assert [t.state for t in view.table.trials.trials] == ["done"] * 3
    view._open(view.choice.currentData())
    assert [t.state for t in view.table.trials.trials] == ["done"] * 3


def choose(text: str) -> str:
    """Press a button of the question that is asked; gives what it says."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    said = box.text()
    (button,) = [each for each in box.buttons() if each.text() == text]
    button.click()
    return said


def test_closing_the_window_stops_the_sweep(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    document = quick()
    document.recipe = replace(document.recipe, epochs=20_000)
    window = open_window(document)
    view = sweeps_view(qtbot, window)
    variations = [read("seed=0..99", window.model.root)]
    view.begin(variations, Plan(trials=3, pruner="none"))
    qtbot.waitUntil(lambda: bool(view.table.trials.trials))
    controller = view.controller
    window.model.undo_stack.setClean()
    QTimer.singleShot(50, lambda: choose("Stop and close"))
    assert window.close_page(window.page)
    assert not controller.is_busy
    states = {run.state for run in Runs(tmp_path / "runs").list()}
    assert "running" not in states


def test_trials_take_the_first_name_that_their_network_is_given(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    sweep = made(tmp_path / "runs", "seed=0", sampler="grid")  # another document's
    document = quick()
    SetName(UNTITLED).apply(document)
    document.recipe = replace(document.recipe, epochs=200)
    window = open_window(document)
    view = sweeps_view(qtbot, window)
    history = Runs(tmp_path / "runs")
    view.begin([read("seed=0..99", window.model.root)], Plan(trials=2, pruner="none"))
    qtbot.waitUntil(lambda: len(history.list()) == 2, timeout=60_000)
    window.model.push("Name", SetName("mine"), scope="")
    qtbot.waitUntil(lambda: not view.controller.is_busy, timeout=60_000)
    *trials, other = history.list()
    assert [run.name for run in trials] == ["mine", "mine"], "those to come, too"
    assert other.sweep == sweep.name and other.name == sweep.document.name
    (folder,) = {each.sweep for each in trials}
    kept = sweeps.Sweep(tmp_path / "runs" / sweeps.FOLDER / folder)
    assert kept.document.name == "mine", "of trials that it goes on with"


def test_settings_of_a_network_that_was_edited_are_refused(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    made(tmp_path / "runs", "fc1.out_features=4,8", sampler="grid")
    document = quick()
    document.graph.rename_node("fc1", "first")
    window = open_window(document)
    view = sweeps_view(qtbot, window)
    QTest.mouseClick(view.use_button, Qt.MouseButton.LeftButton)
    assert window.model.undo_stack.count() == 0
    assert window.messages.text.text().endswith(
        "The network was edited since the sweep."
    )


def test_what_no_sweep_begins_with_is_said(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(quick())
    view = sweeps_view(qtbot, window)
    view.begin([], Plan())
    assert window.messages.text.text() == (
        "A sweep needs a setting to vary. Choose one or more."
    )
    graph = window.model.root.graph
    window.model.push("Remove", removal(graph, ["species"]))
    view.begin([read("seed=0,1", window.model.root)], Plan())
    assert window.messages.text.text().startswith("The network cannot be trained yet. ")


def test_deleting_a_sweep_keeps_its_runs(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    sweep = made(tmp_path / "runs", "seed=0,1", sampler="grid")
    window = open_window(quick())
    view = sweeps_view(qtbot, window)
    view.delete_sweep()
    assert not sweep.folder.exists()
    assert len(Runs(tmp_path / "runs").list()) == 2
    assert window.messages.text.text() == (
        "The sweep is deleted; its runs are kept in their table."
    )
    assert view.empty.isVisible()


def test_a_window_asks_before_it_ends_a_sweep(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(quick())
    view = sweeps_view(qtbot, window)
    variations = [read("learning_rate=0.001..0.1:log", quick())]
    view.begin(variations, Plan(trials=500, pruner="none"))
    said: list[str] = []
    QTimer.singleShot(50, lambda: said.append(choose("Go on training")))
    assert not window.close()
    assert view.controller.is_busy
    QTimer.singleShot(50, lambda: said.append(choose("Stop and close")))
    assert window.close()
    assert not view.controller.is_busy
    assert said == ["A sweep is running. Stop it and close?"] * 2
