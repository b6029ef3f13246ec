"""What a hand and an eye meet while a network trains: buttons, axes, figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

import templates
from engine.edits import change_settings
from engine.training.events import EpochDone, Finished, StepDone
from gui.main_window import MainWindow
from gui.style import THEMES
from gui.training.controller import TrainingState
from gui.training.player_curve import RunningMean
from gui.training.plots import Plots
from tests.gui.conftest import OpenWindow
from tests.gui.training.script import (
    IDLE,
    RUNNING,
    STARTED,
    Script,
    epoch,
    wait_for,
)

FINISHED = Finished(
    test_loss=0.3,
    test_metrics={"accuracy": 0.9},
    epochs=3,
    best_epoch=2,
    best_val_loss=0.5,
    seconds=6.0,
    tested_epoch=3,
    stopped_early=False,
)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def begin(qtbot: QtBot, window: MainWindow, script: Script) -> None:
    click(window.top.train_button)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)


def button_at(window: MainWindow, place: QPoint) -> QPushButton:
    found = window.top.childAt(place)
    assert isinstance(found, QPushButton)
    return found


def test_pause_is_where_train_was_and_stop_is_not(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    top = window.top
    place = top.train_button.geometry().center()
    begin(qtbot, window, script)
    qtbot.wait(50)  # laid out anew
    assert button_at(window, place).text() == "Pause"
    assert top.stop_button.isVisible()


def test_a_double_click_is_one_press(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    begin(qtbot, window, script)
    button = window.top.train_button
    place = button.mapTo(window, button.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(window.windowHandle(), left, none, place)  # as from a mouse
    assert window.training.state is TrainingState.PAUSED


def test_after_a_stop_going_on_comes_next(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    top, panel = window.top, window.bottom.training
    place = top.train_button.geometry().center()
    top.epochs.setValue(2000)
    click(top.train_button)
    wait_for(qtbot, window, RUNNING)
    qtbot.waitUntil(lambda: panel.speed.text() != "", timeout=20_000)
    assert not panel.before.isVisible()
    click(top.stop_button)
    wait_for(qtbot, window, IDLE)
    qtbot.wait(50)
    go_on = button_at(window, place)
    assert go_on.text() == "Go on" and go_on.property("role") == "primary"
    assert top.train_button.text() == "Train anew"
    assert top.train_button.property("role") == ""
    folder = window.training.folder
    click(go_on)
    wait_for(qtbot, window, RUNNING)
    assert window.training.folder == folder
    assert not panel.before.isVisible()
    click(top.stop_button)
    wait_for(qtbot, window, IDLE)
    click(top.train_button)
    wait_for(qtbot, window, RUNNING)
    assert window.training.folder != folder
    assert panel.before.isVisible(), "the curve is another; the run before is in Runs"
    window.training.stop()
    wait_for(qtbot, window, IDLE)


def test_the_loss_is_told_and_when_the_first_score_comes(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    begin(qtbot, window, script)
    plots = panel.plots
    assert plots is not None
    note = plots.metric_note
    qtbot.waitUntil(note.isVisible)
    assert note.text() == "First point at the end of epoch 1"
    script.give(StepDone(epoch=1, step=2, losses=(0.5, 0.5)))
    qtbot.waitUntil(lambda: panel.loss.text() == "training loss 0.5")
    script.give(epoch(1))
    qtbot.waitUntil(lambda: not note.isVisible())
    script.give(epoch(2), epoch(3), FINISHED)
    wait_for(qtbot, window, IDLE)
    assert panel.loss.text() == ""  # what was tested is told instead


def test_it_is_said_how_the_best_epoch_would_be_tested(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    window.resize(1600, 1200)
    panel = window.bottom.training
    begin(qtbot, window, script)
    script.give(epoch(1), epoch(2), replace(epoch(3), best=False), FINISHED)
    wait_for(qtbot, window, IDLE)
    told = "set Patience to test this epoch instead of the last"
    assert panel.why_best.text() == told
    # For the network as it is after an edit that is no advice.
    graph = window.model.document.graph
    wider = change_settings(graph, "fc1", {"out_features": 9})
    window.model.push("Widen", wider, scope="")
    assert not panel.why_best.isVisible()
    window.model.undo_stack.undo()
    assert panel.why_best.text() == told


@pytest.fixture
def plots(qtbot: QtBot) -> Plots:
    plots = Plots(THEMES["dark"])
    qtbot.addWidget(plots)
    plots.resize(800, 300)
    plots.show()
    return plots


def draw(plots: Plots, epochs: list[EpochDone], steps: int) -> None:
    plots.clear(steps_per_epoch=steps, epochs_done=0)
    losses = np.linspace(2.0, 0.5, steps * len(epochs))
    plots.add_losses(losses.tolist())
    plots.add_epochs(epochs)


def test_a_new_run_has_axes_of_its_own(qtbot: QtBot, plots: Plots) -> None:
    loss, metric = plots._loss_plot, plots._metric_plot
    draw(plots, [epoch(number) for number in range(1, 21)], 40)
    qtbot.wait(50)
    metric.setRange(xRange=(3, 9), yRange=(0.9, 0.95))  # looked at closely
    plots.clear(steps_per_epoch=40, epochs_done=0)
    qtbot.wait(50)
    for plot, right in ((loss, 40.0), (metric, 1.0)):
        (left, end), (low, high) = plot.viewRange()
        assert (left, end) == pytest.approx((0.0, right), abs=0.1 * right)
        assert (low, high) == pytest.approx((0.0, 1.0), abs=0.1)
    draw(plots, [epoch(1)], 40)
    qtbot.wait(50)
    (left, right), (low, high) = metric.viewRange()
    assert left < 1 < right < 3
    assert low < 0.9 < high


def point_at(plots: Plots, place: float, height: float) -> QPoint:
    plot = plots._loss_plot
    scene = plot.getViewBox().mapViewToScene(QPointF(place, height))
    return plot.mapFromScene(scene)


def test_the_pointer_reads_the_curves(qtbot: QtBot, plots: Plots) -> None:
    draw(plots, [epoch(1), epoch(2)], 40)
    qtbot.wait(50)
    text = plots._readouts[0].text
    assert not text.isVisible()
    viewport = plots._loss_plot.viewport()
    QTest.mouseMove(viewport, point_at(plots, 40, 1.0))
    qtbot.waitUntil(text.isVisible)
    told = text.text().replace("&nbsp;", " ")
    assert told.startswith("step 40<br>")
    assert "train " in told and "validation 1.1" in told
    QTest.mouseMove(viewport, point_at(plots, 70, 1.0))
    qtbot.waitUntil(lambda: "step&nbsp;70" in text.text(), timeout=5000)
    assert "step&nbsp;80" in text.text(), "each where its point is"
    QTest.mouseMove(viewport, point_at(plots, 10, 1.0))
    qtbot.waitUntil(lambda: text.text().startswith("step 10"), timeout=5000)
    assert "validation" not in text.text(), "its first point is far off"


def test_a_logarithmic_loss_is_read_as_it_is(qtbot: QtBot, plots: Plots) -> None:
    draw(plots, [epoch(1), epoch(2)], 40)
    plots.log.click()
    qtbot.wait(50)
    assert plots._loss_plot.getAxis("left").logMode
    (_, _), (low, high) = plots._loss_plot.viewRange()
    assert low < 0 and high < 1, "powers of ten"
    text = plots._readouts[0].text
    QTest.mouseMove(plots._loss_plot.viewport(), point_at(plots, 80, 0.0))
    qtbot.waitUntil(text.isVisible)
    assert "validation&nbsp;0.55" in text.text()


def test_a_share_is_told_in_percent_and_nothing_else_is(
    qtbot: QtBot, plots: Plots
) -> None:
    plots.clear(steps_per_epoch=40, epochs_done=0)
    plots.add_epochs([epoch(1, 0.25), epoch(2, 0.972)])
    axis = plots._metric_plot.getAxis("left")
    assert axis.tickStrings([0.4, 1.0], 1.0, 0.2) == ["40 %", "100 %"]
    assert [each.is_share for each in plots._metrics_read()] == [True, True]
    assert not any(each.is_share for each in plots._losses_read())
    losses = plots._loss_plot.getAxis("left")
    assert losses.tickStrings([0.5, 1.0], 1.0, 0.5) == ["0.5", "1.0"]
    text = plots._readouts[1].text
    plot = plots._metric_plot
    qtbot.wait(50)
    scene = plot.getViewBox().mapViewToScene(QPointF(2.0, 0.9))
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(scene))
    qtbot.waitUntil(text.isVisible)
    assert "validation&nbsp;97.2" in text.text()
    plots.clear(steps_per_epoch=40, epochs_done=0)
    assert axis.tickStrings([0.4, 1.0], 1.0, 0.2) == ["0.4", "1.0"]


def test_a_loss_that_is_rounding_alone_is_read_as_below_a_limit(
    qtbot: QtBot, plots: Plots
) -> None:
    plots.add_losses([5.473e-16] * 40)
    qtbot.wait(50)
    plots.log.click()
    qtbot.wait(50)
    text = plots._readouts[0].text
    (left, right), (low, high) = plots._loss_plot.viewRange()
    middle = point_at(plots, (left + right) / 2, (low + high) / 2)
    QTest.mouseMove(plots._loss_plot.viewport(), middle)
    qtbot.waitUntil(text.isVisible)
    assert "train&nbsp;&lt;&nbsp;1e-12" in text.text()


def test_numbers_of_a_logarithmic_axis_stand_apart(qtbot: QtBot, plots: Plots) -> None:
    plots.clear(steps_per_epoch=40, epochs_done=0)
    plots.add_losses(np.geomspace(3.0, 0.02, 200).tolist())
    plots.log.click()
    qtbot.wait(50)
    axis = plots._loss_plot.getAxis("left")
    (low, high), height = axis.range, axis.height()
    places = {
        round((value - low) / (high - low) * height, 3)
        for _, values in axis.tickValues(low, high, height)
        for value, text in zip(values, axis.tickStrings(values, 1.0, None), strict=True)
        if text
    }
    assert len(places) >= 3
    assert min(np.diff(sorted(places))) >= plots.fontMetrics().height()


def test_the_running_mean_stays_near_losses_that_fall_quickly() -> None:
    losses = (0.3 + 2.0 * np.exp(-np.arange(400) / 20)).tolist()
    means = RunningMean(50).after(losses)
    assert means[90] < 1.25 * losses[90]
    noisy = np.random.default_rng(0).normal(1.0, 0.5, 2000).tolist()
    assert float(np.std(RunningMean(50).after(noisy)[1000:])) < 0.1
