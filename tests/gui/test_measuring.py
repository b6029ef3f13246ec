"""What a training will take, and how long each layer takes, in the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine import edits
from engine.figures import short_bytes, short_time
from engine.graph import Node
from gui.main_window import MainWindow
from tests.engine.documents import digits
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    found = open_window(digits())
    qtbot.waitUntil(lambda: found.model.whole.has_shapes)
    return found


def test_the_memory_of_a_training_is_told_and_follows_the_recipe(
    window: MainWindow, qtbot: QtBot
) -> None:
    from engine.memory import memory_of

    status, model = window.status, window.model
    assert (
        status.training.text() == "working out memory"
    )  # its place from the beginning
    assert status.training.isVisibleTo(status)
    qtbot.waitUntil(lambda: status.training.text() != "working out memory")
    told = memory_of(model.root)
    assert told is not None
    assert status.training.text() == f"{short_bytes(told.total)} to train"
    assert f"{short_bytes(told.batch)} for a batch with its gradients" in (
        status.training.toolTip()
    )
    before = status.training.text()
    recipe = model.root.recipe
    model.push("", edits.MoveNodes({"conv1": (0.0, 400.0)}))
    assert status.training.text() == before  # whoever moves a card changes none of it
    model.push("", edits.SetRecipe(replace(recipe, batch_size=1024)))
    assert (
        status.training.text() == "working out memory"
    )  # and no figure of an earlier one
    qtbot.waitUntil(
        lambda: status.training.text() not in {before, "working out memory"}
    )
    model.push("", edits.AddNode(Node(name="odd", layer="Flux")))
    broken = edits.RemoveEdge(model.document.graph.edges_into("digit")[0])
    model.push("", broken)
    qtbot.waitUntil(lambda: not status.training.text())


def test_cards_are_coloured_by_measured_time(window: MainWindow, qtbot: QtBot) -> None:
    canvas = window.canvas
    # By keyboard: the palette knows it as all actions.
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = window.keyboard.palette.search
    QTest.keyClicks(search, "colour by measured time")
    QTest.keyClick(search, Qt.Key.Key_Return)
    network = canvas.network
    qtbot.waitUntil(lambda: network.card("conv1").heat >= 0)
    heats = {name: network.card(name).heat for name in canvas.model.whole.network}
    assert max(heats.values()) == 1.0
    assert network.card("conv1").cost.endswith(("µs", "ms"))
    assert "Time for a batch, forward" in canvas.legend.text
    canvas.color_by(None)
    assert network.card("conv1").heat < 0


def test_what_cannot_run_is_said(window: MainWindow) -> None:
    edge = window.model.document.graph.edges_into("conv1")[0]
    window.model.push("", edits.RemoveEdge(edge))
    window.actions_.of["color_time"].trigger()
    said = window.messages.text.text()
    assert said.startswith("The network cannot run yet. "), said
    assert "conv1" in said


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0 ns"), (950, "950 ns"), (1_250_000, "1.25 ms"), (2_000_000_000, "2.00 s")],
)
def test_times_are_short(nanoseconds: int, text: str) -> None:
    assert short_time(nanoseconds) == text
