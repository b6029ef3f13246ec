"""Several players, against each other or one after the other: a loss curve for each."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from engine.training.events import StepDone
from gui.main_window import MainWindow
from tests.gui.training.script import (
    RUNNING,
    STARTED,
    Script,
    epoch,
    press_train,
    wait_for,
)

BOTH = ("discriminator", "generator")


def test_each_player_has_a_curve_of_its_own_colour(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(
        STARTED,
        StepDone(epoch=1, step=2, losses=(1.4, 0.7, 1.2, 0.9), players=BOTH),
        StepDone(epoch=1, step=3, losses=(1.0, 1.1), players=BOTH),
        epoch(1),
        StepDone(epoch=2, step=1, losses=(0.8, 1.3), players=BOTH),
    )
    wait_for(qtbot, window, RUNNING)
    panel = window.bottom.training
    qtbot.waitUntil(lambda: panel.state_label.text() == "Epoch 2 of 3")
    plots = panel.plots
    assert plots is not None
    assert tuple(plots.players) == BOTH
    drawn = {
        player: [list(axis) for axis in curve.raw.getOriginalDataset()]
        for player, curve in plots.players.items()
    }
    assert drawn == {
        "discriminator": [[1, 2, 3, 4], [1.4, 1.2, 1.0, 0.8]],
        "generator": [[1, 2, 3, 4], [0.7, 0.9, 1.1, 1.3]],
    }
    pens = [curve.mean.opts["pen"].color() for curve in plots.players.values()]
    assert pens[0] != pens[1]
    for player, pen in zip(BOTH, pens, strict=True):
        assert f"{pen.name()}" in plots.loss_caption.text()
        assert player in plots.loss_caption.text()
    # What both lose together says nothing of either.
    assert not plots.validation.isVisible()


def test_the_next_run_of_one_network_has_one_curve_again(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    plots = window.bottom.training.plots
    press_train(window)
    script.give(STARTED, StepDone(epoch=1, step=1, losses=(1.4, 0.7), players=BOTH))
    wait_for(qtbot, window, RUNNING)
    plots = window.bottom.training.plots
    assert plots is not None
    qtbot.waitUntil(lambda: tuple(plots.players) == BOTH)
    window.training.stop()
    qtbot.waitUntil(lambda: not script.is_running)
    press_train(window)
    script.give(STARTED, StepDone(epoch=1, step=1, losses=(2.0,)))
    qtbot.waitUntil(lambda: tuple(plots.players) == ("network",))
    assert plots.validation.isVisible()


def test_who_learns_later_has_a_curve_beside_those_before(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    """As the layers of a belief network do; nothing that was drawn is lost."""
    press_train(window)
    script.give(
        STARTED,
        StepDone(epoch=1, step=2, losses=(3.0, 2.0), players=("layer1",)),
        StepDone(epoch=1, step=3, losses=(5.0,), players=("layer2",)),
        StepDone(epoch=1, step=4, losses=(9.0,)),
        epoch(1),
        StepDone(epoch=2, step=1, losses=(8.0,)),
    )
    wait_for(qtbot, window, RUNNING)
    panel = window.bottom.training
    qtbot.waitUntil(lambda: panel.state_label.text() == "Epoch 2 of 3")
    plots = panel.plots
    assert plots is not None
    drawn = {
        player: [list(axis) for axis in curve.raw.getOriginalDataset()]
        for player, curve in plots.players.items()
    }
    assert drawn == {
        "layer1": [[1, 2], [3.0, 2.0]],
        "layer2": [[3], [5.0]],
        "network": [[4, 5], [9.0, 8.0]],
    }
    pens = [curve.mean.opts["pen"].color().name() for curve in plots.players.values()]
    pens.append(plots.validation.opts["pen"].color().name())
    assert len(set(pens)) == 4
    assert plots.validation.isVisible()
    assert "validation" in plots.loss_caption.text()


def test_a_run_that_goes_on_shows_all_who_learned_before(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    press_train(window)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)
    plots = window.bottom.training.plots
    assert plots is not None
    plots.clear(steps_per_epoch=4, epochs_done=0, steps_done=3)
    one, two = np.array([1.0, 2.0]), np.array([3.0])
    plots.add_earlier({"layer1": (one, 2 * one), "layer2": (two, 2 * two)})
    plots.add_losses([7.0], ("layer2",))
    drawn = {
        player: [list(axis) for axis in curve.raw.getOriginalDataset()]
        for player, curve in plots.players.items()
    }
    assert drawn == {"layer1": [[1, 2], [2, 4]], "layer2": [[3, 4], [6, 7]]}
    assert plots.validation.isVisible()
    plots.clear(steps_per_epoch=4, epochs_done=0, steps_done=2)
    plots.add_earlier(dict.fromkeys(BOTH, (one, one)))
    assert tuple(plots.players) == BOTH
    assert not plots.validation.isVisible()
