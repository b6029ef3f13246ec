"""The main job from beginning to end, by mouse and keyboard, as a new user does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from engine.exporting import export
from engine.runs import EVENTS, Runs
from gui.node_page import NodePage
from gui.training.controller import TrainingState
from tests.gui.conftest import OpenWindow
from tests.gui.test_canvas import body, click, drag, port, send_drop

CTRL = Qt.KeyboardModifier.ControlModifier


def test_draw_break_mend_train_save_and_leave_with_the_code(
    qtbot: QtBot,
    open_window: OpenWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    canvas, model = window.canvas, window.model
    began = model.document.copy()

    # A layer from the palette onto an edge: it is inserted, and every shape is there.
    middle = (
        port(canvas, "fc1", "output", is_output=True)
        + port(canvas, "relu", "input", is_output=False)
    ) / 2
    assert send_drop(canvas, "Linear", middle, drop=True)
    (added,) = set(model.document.graph.nodes) - set(began.graph.nodes)
    assert model.analysis.outputs(added)[0].shape == (64,)
    assert model.analysis.is_valid

    # Another beside the network; an edge pulled to it, and from it to the end.
    qtbot.waitUntil(lambda: not canvas.framing.travel.is_on)
    below = body(canvas, "fc2") + QPointF(0, 220)
    assert send_drop(canvas, "Linear", below, drop=True)
    qtbot.waitUntil(lambda: not canvas.framing.travel.is_on)  # the view follows
    (spare,) = set(model.document.graph.nodes) - {added} - set(began.graph.nodes)
    drag(
        canvas,
        port(canvas, "relu", "output", is_output=True),
        port(canvas, spare, "input", is_output=False),
    )
    drag(
        canvas,
        port(canvas, spare, "output", is_output=True),
        port(canvas, "species", "input", is_output=False),
    )
    assert model.document.graph.edges_into("species")[0].source == spare

    # A setting changed in the inspector: 64 answers for three species are told of.
    (told,) = [each for each in model.analysis.problems if each.node == "species"]
    assert "64" in told.message
    click(canvas, body(canvas, spare))
    page = window.inspector.page
    assert isinstance(page, NodePage)
    field = page.form.fields["out_features"].editor
    assert isinstance(field, QLineEdit)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, "3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    # The code follows, and nothing is left to tell but the node that is now loose.
    assert model.document.graph[spare].settings["out_features"] == 3
    assert [each.node for each in model.analysis.problems] == ["fc2"]
    assert f"self.{spare} = nn.Linear(64, 3)" in model.analysis.code

    # All of it undone, all of it redone.
    canvas.setFocus()
    drawn = model.document.copy()
    while model.undo_stack.canUndo():
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL)
    assert model.document == began
    while model.undo_stack.canRedo():
        QTest.keyClick(canvas, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert model.document == drawn

    # Saved, and the same when it is opened again.
    path = tmp_path / "mine.espalier"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), "")
    )
    QTest.keyClick(window, Qt.Key.Key_S, CTRL)
    assert storage.load(path) == drawn

    # Trained to the end.
    window.top.epochs.setValue(3)
    with qtbot.waitSignal(
        window.training.state_changed,
        timeout=120_000,
        check_params_cb=lambda state: state is TrainingState.IDLE,
    ):
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    run = Runs(tmp_path / "runs").list()[0]
    shown = _epochs((run.folder / EVENTS).read_text())
    assert len(shown) == 3

    # The exported script, alone in an empty folder, prints the very same losses.
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    export(model.document, "script", folder / "train.py")
    assert _epochs(_run_alone(folder)) == shown


def _epochs(lines: str) -> list[tuple[float, float]]:
    events = [json.loads(line) for line in lines.splitlines()]
    return [
        (event["train_loss"], event["val_loss"])
        for event in events
        if event["event"] == "epoch"
    ]


def _run_alone(folder: Path) -> str:
    """Run train.py where nothing of Espalier can be imported."""
    blocked = "raise ImportError('Espalier must not be needed here')"
    for name in ("engine", "gui", "templates", "main"):
        (folder / f"{name}.py").write_text(blocked)
    done = subprocess.run(
        [sys.executable, "train.py", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
