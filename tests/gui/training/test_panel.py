"""Training in the window: real runs to the end, and a scripted one step by step."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt, QThread, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

import templates
from engine.document import Document
from engine.edits import AddNode, change_settings
from engine.graph import Node
from engine.problems import Refusal
from engine.run_curves import read_curves
from engine.runs import FINAL, Runs
from engine.training.events import (
    Diverged,
    Finished,
    StepDone,
    Stopped,
)
from gui.look.trained_source import NOT_TRAINED
from gui.look.view import TRY
from gui.main_window import MainWindow
from gui.style import THEMES
from gui.training.buffer import MetricsBuffer, Progress, duration
from gui.training.controller import Order, TrainingState, launch
from gui.training.player_curve import RunningMean
from gui.training.plots import Plots
from gui.training.run_words import best_before
from gui.training.series import ROOM, Series
from gui.whole_axis import GridAxis, WholeAxis, show_grid
from tests.gui.conftest import OpenWindow
from tests.gui.training.script import (
    IDLE,
    RUNNING,
    STARTED,
    Script,
    epoch,
    press_train,
    wait_for,
)


def test_a_run_stopped_while_it_loads_says_so(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(Stopped(epoch=0, step=0))
    label = window.bottom.training.state_label
    qtbot.waitUntil(lambda: label.text() == "Stopped before the first step")


def test_training_from_the_epochs_keeps_the_keyboard_off_undo(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    window.activateWindow()
    window.top.epochs.setFocus()
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    assert window.top.train_button.hasFocus()


def test_a_run_from_its_start_to_its_end(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    press_train(window)
    assert window.training.state is TrainingState.STARTING
    assert panel.state_label.text() == "Starting…"
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    assert window.top.train_button.text() == "Pause"
    assert window.status.hardware.text() == "CPU, fp32 · PyTorch finds no CUDA device"
    script.give(
        StepDone(epoch=1, step=2, losses=(3.0, 2.0)),
        StepDone(epoch=1, step=4, losses=(1.5, 1.0)),
        epoch(1, 0.5),
        StepDone(epoch=2, step=2, losses=(0.9, 0.8)),
    )
    qtbot.waitUntil(lambda: panel.state_label.text() == "Epoch 2 of 3")
    assert panel.bar.value() == 500
    assert panel.left.text() == "about 3 s left"
    best = "best by validation loss: epoch 1, accuracy\u00a050.0\u00a0%"
    assert panel.best.text() == best
    plots = panel.plots
    assert plots is not None
    assert list(plots.players["network"].raw.getOriginalDataset()[0]) == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]
    assert list(plots.players["network"].raw.getOriginalDataset()[1]) == [
        3.0,
        2.0,
        1.5,
        1.0,
        0.9,
        0.8,
    ]
    assert list(plots.validation.getOriginalDataset()[0]) == [4]
    script.give(
        epoch(2),
        epoch(3),
        Finished(
            test_loss=0.25,
            test_metrics={"accuracy": 0.975, "bits_per_token": 2.16},
            epochs=3,
            best_epoch=3,
            best_val_loss=0.3,
            seconds=6.0,
            tested_epoch=3,
        ),
    )
    wait_for(qtbot, window, IDLE)
    assert panel.state_label.text() == "Finished: 3 epochs in 6\u00a0s"
    told = panel.result.text().replace("\u00a0", " ")
    assert told == "test: accuracy 97.5 %, bits per token 2.16, loss 0.25"
    assert panel.bar.value() == 1000
    assert not window.top.stop_button.isVisible()


def test_the_result_names_its_epoch_where_another_one_is_kept(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(
        STARTED,
        epoch(1),
        replace(epoch(2), best=False),
        Finished(
            test_loss=0.25,
            test_metrics={"accuracy": 0.975},
            epochs=2,
            best_epoch=1,
            best_val_loss=0.3,
            seconds=6.0,
            tested_epoch=2,
        ),
    )
    wait_for(qtbot, window, IDLE)
    panel = window.bottom.training
    assert "epoch 1" in panel.best.text()
    told = panel.result.text().replace("\u00a0", " ")
    assert told == "test, last epoch 2: accuracy 97.5 %, loss 0.25"
    # 2 epochs of 40 samples in 6 s, and not the speed of the last one.
    assert panel.speed.text() == "13 samples/s on average"


def test_a_run_that_goes_on_brings_its_best_epoch(tmp_path: Path) -> None:
    lines = [
        {"event": "epoch", "epoch": number, "val_loss": loss, "val_accuracy": right}
        for number, loss, right in ((1, 0.9, 0.5), (2, 0.3, 0.9), (3, 0.4, 0.95))
    ]
    record = tmp_path / "events.jsonl"
    record.write_text("".join(json.dumps(line) + "\n" for line in lines))
    curves = read_curves(tmp_path)
    assert best_before(curves, 3, picks_best=True) == (2, {"accuracy": 0.9}, 0.3)
    assert best_before(curves, 1, picks_best=True) == (1, {"accuracy": 0.5}, 0.9)
    assert best_before(curves, 3, picks_best=False) == (3, {"accuracy": 0.95}, 0.4)
    assert best_before(curves, 0, picks_best=True) is None


def test_an_empty_canvas_asks_for_layers_before_it_asks_to_train(
    open_window: OpenWindow,
) -> None:
    window = open_window(Document(name="New"))
    title = window.bottom.training.area.empty_state.title
    assert title.text() == "Nothing to train yet"
    assert window.top.train_button.property("role") == ""
    window.model.push("Add", AddNode(Node(name="flatten", layer="Flatten")), scope="")
    assert title.text() == "It cannot be trained yet"
    text = window.bottom.training.area.empty_state.text.text()
    error = window.model.whole.first_error
    assert error is not None and text == f"To mend first: {error.message}"
    assert window.top.train_button.property("role") == ""
    whole = open_window(templates.open_lesson("digits-cnn"))
    assert whole.top.train_button.property("role") == "primary"


def test_while_it_trains_the_epochs_are_of_the_next_training(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    assert window.top.epochs.isEnabled(), "as the field in the inspector is"
    assert window.top.epochs.toolTip().startswith("Of the next training")
    window.top.epochs.setValue(2000)
    assert window.top.epochs.text() == "2,000 epochs"
    assert window.bottom.training.state_label.text() == "Epoch 1 of 3"
    assert window.top.epochs.valueFromText("1500 epochs") == 1500


def test_why_an_epoch_is_kept_depends_on_the_method(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    window.resize(1600, 1200)
    for picks_best, best, why in (
        (True, "best by validation loss", ""),
        (False, "kept", "with this method the last is kept"),
    ):
        press_train(window)
        script.give(replace(STARTED, picks_best=picks_best), epoch(1))
        qtbot.waitUntil(lambda: "epoch 1" in panel.best.text())
        assert panel.best.text().startswith(best)
        assert panel.why_best.text() == why
        QTest.mouseClick(window.top.stop_button, Qt.MouseButton.LeftButton)
        wait_for(qtbot, window, IDLE)


def test_pause_resume_and_stop_answer_at_once(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    assert script.control.is_paused
    assert panel.state_label.text() == "Paused, epoch 1 of 3"
    assert window.top.train_button.text() == "Resume"
    press_train(window)
    assert not script.control.is_paused
    assert window.training.state is RUNNING
    QTest.mouseClick(window.top.stop_button, Qt.MouseButton.LeftButton)
    assert panel.state_label.text() == "Stopping…"
    assert script.control.is_stopped
    wait_for(qtbot, window, IDLE)
    assert panel.state_label.text() == "Stopped in epoch 1, after step 2"
    assert window.top.train_button.text() == "Train"
    assert panel.loss.text() == ""
    assert window.findChildren(QThread, "training") == [] or all(
        not thread.isRunning() for thread in window.findChildren(QThread, "training")
    )


def test_edits_do_not_reach_what_is_trained(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    before = script.orders[0].document.copy()
    graph = window.model.document.graph
    name = next(node.name for node in graph if node.layer == "Linear")
    window.model.push("Change", change_settings(graph, name, {"out_features": 9}))
    assert script.orders[0].document == before
    assert (
        window.bottom.training.version.text()
        == "Training an earlier version: the network was edited since."
    )
    window.model.undo_stack.undo()
    assert window.bottom.training.version.text() == ""


def test_a_failure_is_a_sentence(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(Refusal("There is no iris data.", "Choose another source."))
    wait_for(qtbot, window, IDLE)
    sentence = "There is no iris data. Choose another source."
    assert window.bottom.training.error.text() == sentence
    assert window.bottom.training.state_label.text() == "Training did not begin"
    assert window.messages.text.text() == sentence
    assert window.messages.isVisible()
    edit = change_settings(window.model.root.graph, "fc1", {"out_features": 9})
    window.model.push("Widen", edit)
    assert not window.messages.isVisible(), "the learner has done something about it"
    window.bottom.setCurrentWidget(window.bottom.look)
    view = window.bottom.look.view
    view.pages.setCurrentIndex(TRY)
    assert view.trying.sentence.text() == NOT_TRAINED


def test_an_unexpected_failure_is_a_sentence_too(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(ZeroDivisionError("division by zero"))
    wait_for(qtbot, window, IDLE)
    shown = window.messages.text.text()
    assert shown.startswith(
        "Something in Espalier went wrong; your network is unharmed"
    )
    assert "ZeroDivisionError" not in shown


def test_a_loss_that_is_no_number_is_said(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(
        STARTED,
        StepDone(epoch=1, step=1, losses=(float("nan"),)),
        Diverged(epoch=1, step=1, message="The loss is nan.", remedy="Step smaller."),
    )
    wait_for(qtbot, window, IDLE)
    panel = window.bottom.training
    assert panel.error.text() == "The loss is nan. Step smaller."
    assert panel.state_label.text() == "The loss is no number any more"


def test_a_network_with_an_error_is_not_trained(
    window: MainWindow, script: Script
) -> None:
    window.canvas.select_all()
    window.actions_.of["delete"].trigger()
    press_train(window)
    assert script.orders == []
    assert window.messages.text.text().startswith("The network cannot be trained yet. ")
    assert window.bottom.currentWidget() is window.bottom.problems


def test_why_it_cannot_be_trained_goes_with_what_was_wrong(window: MainWindow) -> None:
    window.canvas.select_all()
    window.actions_.of["delete"].trigger()
    press_train(window)
    told = window.messages
    assert told.isVisible() and "no Input" in told.text.text()
    window.canvas.add_layer("Input", QPointF(0, 0))
    assert window.model.whole.first_error is not None  # another
    assert not told.isVisible()


def test_closing_while_training_asks_then_stops_and_joins(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)

    def answer(text: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(each for each in box.buttons() if each.text() == text).click()

    QTimer.singleShot(50, lambda: answer("Go on training"))
    assert not window.close()
    assert window.training.state is RUNNING
    QTimer.singleShot(50, lambda: answer("Stop and close"))
    assert window.close()
    assert window.training.state is IDLE
    assert not script.is_running
    assert window.training._thread is None


@pytest.mark.parametrize("lesson", ["fnn-iris", "digits-cnn"])
def test_a_lesson_is_trained_to_its_end(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, lesson: str
) -> None:
    window = open_window(templates.open_lesson(lesson))
    window.top.epochs.setValue(2)
    assert window.model.document.recipe.epochs == 2
    press_train(window)
    with qtbot.waitSignal(
        window.training.state_changed,
        timeout=120_000,
        check_params_cb=lambda state: state is IDLE,
    ):
        pass
    panel = window.bottom.training
    assert panel.error.text() == ""
    assert panel.result.text().startswith("test: accuracy\u00a0")
    run = Runs(tmp_path / "runs").list()[0]
    assert run.state == "finished"
    assert f"{100 * run.result['test_accuracy']:.1f}\u00a0%" in panel.result.text()
    view = window.bottom.runs.view
    assert view is not None
    (row,) = view.table.runs.rows
    assert (row.run.id, row.epochs) == (run.id, 2)
    assert panel.plots is not None
    steps, losses = panel.plots.players["network"].raw.getOriginalDataset()
    assert len(steps) == len(losses) > 2
    document = window.model.document
    assert window.training.weights_for(document) == run.folder / FINAL
    graph = document.graph
    name = next(node.name for node in graph if node.layer == "Linear")
    window.model.push("Change", change_settings(graph, name, {"out_features": 9}))
    assert window.training.weights_for(document) is None  # they would not fit
    assert losses[-1] < losses[0]


def test_a_real_run_is_paused_resumed_and_stopped(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    window.top.epochs.setValue(10_000)
    press_train(window)
    wait_for(qtbot, window, RUNNING)
    panel = window.bottom.training
    qtbot.waitUntil(
        lambda: (
            panel.plots is not None and len(panel.plots.players["network"].losses) > 20
        ),
    )
    press_train(window)
    assert window.training.state is TrainingState.PAUSED
    assert panel.plots is not None
    losses = panel.plots.players["network"].losses
    paused_at = -1
    for _ in range(20):  # the step that was being taken, and its news
        if len(losses) == paused_at:
            break
        paused_at = len(losses)
        qtbot.wait(700)
    assert len(losses) == paused_at
    press_train(window)
    qtbot.waitUntil(
        lambda: (
            panel.plots is not None
            and len(panel.plots.players["network"].losses) > paused_at
        ),
        timeout=20_000,
    )
    QTest.mouseClick(window.top.stop_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, IDLE)
    assert Runs(tmp_path / "runs").list()[0].state == "stopped"


def test_news_are_handed_over_once_and_in_order() -> None:
    buffer = MetricsBuffer()
    buffer.add(STARTED)
    buffer.add(StepDone(epoch=1, step=0, losses=(), players=()))  # nobody learned
    buffer.add(StepDone(epoch=1, step=1, losses=(3.0,)))
    buffer.add(StepDone(epoch=1, step=3, losses=(2.0, 1.0)))
    buffer.add(epoch(1))
    buffer.note_loading(5, 10, "train images")
    news = buffer.drain()
    assert news.turns == [(("network",), [3.0, 2.0, 1.0])]
    assert (news.steps, news.step) == (3, 3)
    assert news.others == [STARTED]
    assert [each.epoch for each in news.epochs] == [1]
    assert news.loading == "Downloading train images, 50 %"
    assert not buffer.drain()


def test_a_curve_is_whole_while_it_is_short() -> None:
    series = Series()
    for start in range(0, 2000, 50):
        numbers = [float(number) for number in range(start, start + 50)]
        series.extend(numbers, numbers)
    for places, values in (series.points(), series.ends()):
        assert list(places) == list(values) == list(range(2000))


def test_a_long_curve_keeps_its_peaks_in_bounded_room() -> None:
    count, given = 1_000_000, random.Random(0)  # noqa: S311  lengths, not secrets
    values = np.sin(np.arange(count) / 5000)
    values[345_678], values[765_432], values[999] = 9.0, -7.0, np.nan
    series, done = Series(), 0
    while done < count:
        until = min(done + given.choice([1, 3, 700, 5000]), count)
        series.extend(np.arange(done, until), values[done:until])
        done = until
    assert len(series) == count
    places, drawn = series.points()
    assert len(drawn) <= 2 * ROOM
    assert np.all(np.diff(places) >= 0)
    assert places[0] == 0 and places[-1] == count - 1
    assert drawn.max() == 9.0 and drawn.min() == -7.0
    assert abs(places[drawn.argmax()] - 345_678) <= 2 * count / ROOM
    at, ends = series.ends()
    assert np.array_equal(ends, values[at.astype(int)], equal_nan=True)


def test_a_run_that_measures_nothing_but_its_loss_has_no_empty_plot(
    qtbot: QtBot,
) -> None:
    plots = Plots(THEMES["dark"])
    qtbot.addWidget(plots)
    plots.add_epochs([replace(epoch(1), val_metrics={}, train_metrics={})])
    plots.resize(600, 200)
    plots.show()
    assert not plots.metric_caption.isVisible()
    assert plots.loss_caption.width() > 550
    plots.clear(steps_per_epoch=4, epochs_done=0)
    assert plots.metric_caption.isVisible()
    plots.add_epochs([epoch(1)])
    assert plots.metric_caption.isVisible()


def test_a_caption_of_two_lines_leaves_both_plots_equally_high(
    qtbot: QtBot,
) -> None:
    plots = Plots(THEMES["dark"])
    qtbot.addWidget(plots)
    plots.add_epochs([epoch(1)])
    plots.resize(450, 230)
    plots.show()
    plots.metric_caption.setText(f"{plots.loss_caption.text()} {'more words ' * 5}")
    qtbot.waitUntil(lambda: plots.metric_caption.height() > plots.loss_caption.height())
    loss, metric = plots.findChildren(pg.PlotWidget)
    assert loss.geometry().bottom() == metric.geometry().bottom()


def test_each_stage_of_a_run_draws_a_metric_of_its_own(qapp: QApplication) -> None:
    """Machines have a free energy, and the network on top of them an accuracy."""
    plots = Plots(THEMES["dark"])
    energies = {"free_energy": -300.0}
    machine = replace(epoch(1), val_metrics=energies, train_metrics=energies)
    plots.add_epochs([machine])
    assert "free energy" in plots.metric_caption.text()
    plots.add_epochs([epoch(2, 0.95), epoch(3, 0.97)])
    for curve in (plots.validation_metric, plots.train_metric):
        assert list(curve.getData()[0]) == [2, 3]
        assert list(curve.getData()[1]) == [0.95, 0.97]
    assert "accuracy" in plots.metric_caption.text()
    plots.deleteLater()


def test_many_epochs_are_a_line_and_the_next_run_has_dots_again(
    qapp: QApplication,
) -> None:
    plots = Plots(THEMES["dark"])
    curves = (plots.validation, plots.train_metric, plots.validation_metric)
    plots.add_epochs([epoch(1)])
    assert all(curve.opts["symbol"] == "o" for curve in curves)
    plots.add_epochs([epoch(at) for at in range(2, 60)])
    assert all(curve.opts["symbol"] is None for curve in curves)
    plots.clear(steps_per_epoch=4, epochs_done=0)
    plots.add_epochs([epoch(1)])
    assert all(curve.opts["symbol"] == "o" for curve in curves)
    plots.deleteLater()


def test_the_validation_has_one_colour_in_both_curves(qapp: QApplication) -> None:
    plots = Plots(THEMES["light"])
    loss, metric = plots.validation, plots.validation_metric
    assert loss.opts["pen"].color() == metric.opts["pen"].color()
    assert metric.opts["pen"].color() != plots.train_metric.opts["pen"].color()
    plots.deleteLater()


def test_a_mark_is_explained_while_it_is_there(qapp: QApplication) -> None:
    plots = Plots(THEMES["dark"])
    assert "warning" not in plots.loss_caption.text()
    mark = plots.mark(2)
    assert "warning" in plots.loss_caption.text()
    plots.unmark(mark)
    assert "warning" not in plots.loss_caption.text()


def test_each_line_of_a_grid_has_its_number(qtbot: QtBot) -> None:
    plot = pg.PlotWidget(axisItems={"left": GridAxis()})
    qtbot.addWidget(plot)
    plot.showGrid(x=False, y=True)
    plot.resize(300, 150)
    plot.show()
    plot.setYRange(0.0, 2.0, padding=0.0)
    QApplication.processEvents()
    axis = plot.getAxis("left")
    ground = QPixmap(300, 150)
    painter = QPainter(ground)
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    assert {float(text) for _, _, text in texts} >= {0.0, 2.0}


@pytest.mark.parametrize("is_log", [False, True])
def test_the_numbers_of_an_axis_have_as_many_decimals(
    qtbot: QtBot, is_log: bool
) -> None:
    plot = pg.PlotWidget(axisItems={"left": GridAxis()})
    qtbot.addWidget(plot)
    show_grid(plot)
    plot.resize(300, 220)
    plot.plot([1, 2, 3], [0.5, 1.0, 2.0])
    plot.setLogMode(y=is_log)
    plot.show()
    QApplication.processEvents()
    ground = QPixmap(300, 220)
    painter = QPainter(ground)
    _, _, texts = plot.getAxis("left").generateDrawSpecs(painter)
    painter.end()
    numbers = [text for _, _, text in texts if float(text)]
    assert numbers
    if not is_log:
        assert len({len(number.partition(".")[2]) for number in numbers}) == 1
    assert plot.getAxis("left").zValue() < plot.getViewBox().zValue()


def test_the_figures_fit_into_a_narrow_panel(window: MainWindow) -> None:
    panel = window.bottom.training
    for width in (400, 900):
        panel.resize(width, 250)
        QApplication.processEvents()
        assert panel.minimumSizeHint().width() <= 420
    assert panel._numbers.width() == 250


def test_epochs_are_marked_by_whole_numbers() -> None:
    axis = WholeAxis()
    for high in (1.2, 2.0, 4.0, 30.0, 500.0):
        assert all(width >= 1 for width, _ in axis.tickSpacing(0.9, high, 200))
    for size in (60, 130, 400):
        (width, _), *_rest = axis.tickSpacing(0.0, 320.0, size)
        drawn = QFontMetrics(QApplication.font()).horizontalAdvance("320")
        assert width / 320 * size > drawn or width > 160, "numbers that touch"
    for high in (24.0, 340.0, 490.0):  # at most a number of room: two at least
        (width, _), *_rest = axis.tickSpacing(0.0, high, 90)
        assert high // width >= 1 and axis.style["maxTextLevel"] == 0
    axis.counts = False  # seconds are measured
    assert min(width for width, _ in axis.tickSpacing(0.0, 1.0, 200)) < 1


def test_the_running_mean_begins_at_the_first_number() -> None:
    assert RunningMean(10).after([4.0, 4.0, 4.0]) == pytest.approx([4.0, 4.0, 4.0])
    means = RunningMean(10).after([0.0] * 50 + [1.0] * 50)
    assert means[49] == 0.0 and 0.9 < means[-1] < 1.0


def test_progress_and_time_left() -> None:
    progress = Progress(STARTED)
    assert progress.seconds_left is None
    progress.note_step(1, 2, 2, 1.0)
    assert progress.share == pytest.approx(2 / 12)
    assert progress.samples_per_second == pytest.approx(20.0)
    progress.note_epoch(epoch(1))
    assert progress.seconds_left == pytest.approx(4.0)
    assert progress.told_left == "about 4 s left"
    progress.note_epoch(epoch(2))
    progress.note_epoch(epoch(3))  # of 3: the test part may take longer than a second
    assert progress.told_left == "trained; now the test part…"


def test_the_rest_of_an_epoch_is_not_taken_for_a_whole_one() -> None:
    progress = Progress(replace(STARTED, steps_done=3))  # of 4
    progress.note_epoch(epoch(1))
    assert progress.seconds_left == pytest.approx(16.0)
    progress.note_epoch(epoch(2))
    assert progress.seconds_left == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (42, "42 s"), (240, "4 min"), (7800, "2 h 10 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_it_waits_for_is_said(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    label = window.bottom.training.state_label
    press_train(window)
    buffer = script.orders[0].buffer
    buffer.note_wait("Loading PyTorch…")
    qtbot.waitUntil(lambda: label.text() == "Loading PyTorch…")
    buffer.note_loading(10, 40, "mnist")
    qtbot.waitUntil(lambda: label.text() == "Downloading mnist, 25\u00a0%")
    buffer.note_loading(40, 40, "mnist")
    qtbot.waitUntil(lambda: label.text() == "Reading what was downloaded…")


def test_pytorch_and_the_data_are_waited_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    buffer = MetricsBuffer()
    monkeypatch.setattr(buffer, "note_wait", said.append)
    order = Order(
        document=templates.open_lesson("neuron"),
        data_dir=tmp_path,
        runs_dir=tmp_path / "runs",
        buffer=buffer,
    )
    _, events = launch(order)
    events()
    assert said == ["Loading PyTorch…", "Loading the data…"]


def test_what_decides_the_kept_epoch_is_said_where_there_is_room(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel, middle = window.bottom.training, window.page.splitters["middle"]
    middle.setSizes([300, 400])
    press_train(window)
    script.give(replace(STARTED, picks_best=False), epoch(1, 0.5))
    qtbot.waitUntil(lambda: panel.why_best.isVisible())
    assert panel.why_best.text() == "with this method the last is kept"
    middle.setSizes([600, 110])
    QApplication.processEvents()
    assert panel.best.isVisible()
    assert not panel.why_best.isVisible()
