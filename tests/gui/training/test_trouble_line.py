"""Trouble at the curve: what it says, its mark, its button, and going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import templates
from engine.edits import SetRecipe, change_settings
from engine.runs import Runs
from engine.training.events import RunOpened
from engine.training.trouble import Trouble, out_of_memory
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.training.script import (
    IDLE,
    RUNNING,
    STARTED,
    Script,
    epoch,
    wait_for,
)


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def begin(qtbot: QtBot, window: MainWindow, script: Script) -> None:
    click(window.top.train_button)
    script.give(STARTED)
    wait_for(qtbot, window, RUNNING)


def test_trouble_is_a_line_a_mark_and_one_undoable_edit(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    assert not panel.trouble.isVisible()
    begin(qtbot, window, script)
    trouble = Trouble(
        epoch=1,
        kind="exploding",
        message="The gradients explode: their norm is 3e+04, most of it in fc1.",
        remedy="Clip them to a norm of 1, or take a lower learning rate.",
        nodes=("fc1",),
        fix="Clip at 1",
        changes=(("clip_norm", 1.0),),
    )
    script.give(epoch(1), trouble)
    qtbot.waitUntil(panel.trouble.isVisible)
    assert panel.trouble.text.text() == (
        "The gradients explode: their norm is 3e+04, most of it in fc1. Clip them to a "
        "norm of 1, or take a lower learning rate."
    )
    assert panel.plots is not None
    assert [mark.value() for mark in panel.plots.marks] == [4]
    assert panel.trouble.button.text() == "Clip at 1"
    assert panel.trouble.button.toolTip() == "Sets clip norm to 1"
    count = window.model.undo_stack.count()
    click(panel.trouble.button)
    assert window.model.document.recipe.clip_norm == 1.0
    assert window.model.undo_stack.count() == count + 1
    assert window.training.state is RUNNING
    window.model.undo_stack.undo()
    assert window.model.document.recipe.clip_norm == 0.0
    window.training.stop()
    wait_for(qtbot, window, IDLE)
    click(window.top.train_button)
    assert not panel.trouble.isVisible()
    assert panel.plots.marks == []


def test_overfitting_that_passed_is_not_told(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    """A quick run tells of many epochs at once, and of their trouble after them."""
    panel = window.bottom.training
    begin(qtbot, window, script)

    def overfits(since: int) -> Trouble:
        return Trouble(
            epoch=since, kind="overfitting", message="It overfits.", remedy="Stop."
        )

    script.give(epoch(1), epoch(2), epoch(3), overfits(2))
    qtbot.waitUntil(lambda: "epoch 3" in panel.best.text())
    qtbot.wait(200)
    assert not panel.trouble.isVisible()
    assert panel.plots is not None
    assert panel.plots.marks == []
    script.give(overfits(4))
    qtbot.waitUntil(panel.trouble.isVisible)
    assert len(panel.plots.marks) == 1
    script.give(epoch(5))
    qtbot.waitUntil(lambda: not panel.trouble.isVisible())
    assert panel.plots.marks == [], "a mark without a word puzzles"


def test_results_of_an_earlier_network_say_so_and_advise_nothing(
    qtbot: QtBot, window: MainWindow, script: Script
) -> None:
    panel = window.bottom.training
    begin(qtbot, window, script)
    overfits = Trouble(
        epoch=1, kind="exploding", message="It explodes.", remedy="Clip it."
    )
    script.give(epoch(1), overfits)
    qtbot.waitUntil(panel.trouble.isVisible)
    window.training.stop()
    wait_for(qtbot, window, IDLE)
    window.canvas.select(["fc1"])
    assert panel.version.text() == "" and panel.trouble.isVisible()
    changed = change_settings(window.model.root.graph, "fc1", {"out_features": 9})
    window.model.push("Widen", changed, scope="")
    assert panel.version.text() == "Of the network before its last change."
    assert not panel.trouble.isVisible()
    window.model.undo_stack.undo()
    assert panel.version.text() == "" and panel.trouble.isVisible()


def test_memory_that_does_not_suffice_goes_on_with_less(
    qtbot: QtBot, window: MainWindow, script: Script, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "checkpoint.safetensors").write_bytes(b"there")
    begin(qtbot, window, script)
    recipe = window.model.document.recipe
    trouble = out_of_memory(2, "in fc1", recipe)
    script.give(RunOpened(id=1, folder=str(folder)), trouble, RuntimeError("no memory"))
    wait_for(qtbot, window, IDLE)
    line = window.bottom.training.trouble
    assert "goes on from the last checkpoint" in line.text.text()
    click(line.button)
    assert script.orders[-1].resume == folder
    trained = script.orders[-1].document.recipe
    assert trained.batch_size < recipe.batch_size
    assert (
        trained.batch_size * trained.accumulation
        == recipe.batch_size * recipe.accumulation
    )


def test_a_stopped_run_goes_on_and_another_network_does_not(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    document = templates.open_lesson("fnn-iris")
    window = open_window(document)
    button = window.bottom.training.go_on_button
    action = window.actions_.of["go_on"]
    assert not button.isVisible() and not action.isEnabled()
    window.top.epochs.setValue(2000)
    click(window.top.train_button)
    wait_for(qtbot, window, RUNNING)
    qtbot.waitUntil(lambda: window.bottom.training.speed.text() != "", timeout=20_000)
    assert not button.isVisible() and not action.isEnabled()
    window.training.stop()
    wait_for(qtbot, window, IDLE)
    assert button.isVisible() and button.text() == "Go on"
    assert action.isEnabled()
    folder = window.training.folder
    assert folder is not None
    button.setFocus()
    click(button)
    wait_for(qtbot, window, RUNNING)
    assert window.canvas.hasFocus()  # not what comes after a button that is gone
    assert window.training.folder == folder
    window.training.stop()
    wait_for(qtbot, window, IDLE)
    action.trigger()
    wait_for(qtbot, window, RUNNING)
    assert window.training.folder == folder
    window.training.stop()
    wait_for(qtbot, window, IDLE)
    (run,) = Runs(folder.parent).list()
    assert run.folder == folder
    edit = change_settings(window.model.document.graph, "fc1", {"out_features": 5})
    window.model.push("Change", edit)
    assert not button.isVisible()
    window.model.undo_stack.undo()
    assert button.isVisible()


def test_a_run_that_finished_goes_on_for_more_epochs(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    button, top = window.bottom.training.go_on_button, window.top
    window.top.epochs.setValue(3)
    click(top.train_button)
    wait_for(qtbot, window, IDLE)
    folder = window.training.folder
    assert folder is not None
    assert button.isVisible() and button.text() == "3 more epochs"
    assert not top.go_on_button.isVisible(), "to train anew is what comes next"
    click(button)
    wait_for(qtbot, window, IDLE)
    (run,) = Runs(folder.parent).list()
    assert run.folder == folder and run.result["epochs"] == 6
    assert window.model.root.recipe.epochs == 6
    window.model.undo_stack.undo()
    assert window.model.root.recipe.epochs == 3
    window.model.undo_stack.redo()
    assert button.text() == "3 more epochs"
    window.top.epochs.setValue(7)
    assert button.text() == "Go on" and top.go_on_button.isVisible()
    click(top.go_on_button)
    wait_for(qtbot, window, IDLE)
    (run,) = Runs(folder.parent).list()
    assert run.result["epochs"] == 7


def test_a_run_that_ran_out_of_patience_wants_more_of_it(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    document = templates.open_lesson("fnn-iris")
    document.recipe = replace(document.recipe, patience=1, learning_rate=3.0)
    window = open_window(document)
    button = window.bottom.training.go_on_button
    window.top.epochs.setValue(200)
    click(window.top.train_button)
    wait_for(qtbot, window, IDLE)
    assert not button.isVisible()
    more = replace(window.model.root.recipe, patience=300)
    window.model.push("More patience", SetRecipe(more))
    assert button.isVisible() and button.text() == "Go on"
