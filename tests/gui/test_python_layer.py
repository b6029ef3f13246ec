"""Code in the inspector: written, used, and asked about before it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from engine import storage
from engine.allowed_code import ALLOWED
from engine.analysis import load_shapes
from engine.catalog.python import DEFAULT
from engine.grouping import collapse
from engine.recovery import RecoverySlot, Unsaved
from gui.code_field import CodeField
from gui.code_question import CodeQuestion
from gui.main_window import MainWindow
from gui.node_page import NodePage
from main import main
from tests.engine.test_python_layer import GATE, marking, with_code
from tests.gui.conftest import OpenWindow


def code_field(window: MainWindow, name: str = "own") -> CodeField:
    window.canvas.select([name])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    field = page.form.fields["code"]
    assert isinstance(field, CodeField)
    return field


def write(field: CodeField, text: str) -> None:
    """Type it as a person does: the field indents, Backspace goes back out."""
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClick(field.editor, Qt.Key.Key_Delete)
    for line in text.rstrip("\n").split("\n"):
        wanted = len(line) - len(line.lstrip())
        while len(field.editor.textCursor().block().text()) > wanted:
            QTest.keyClick(field.editor, Qt.Key.Key_Backspace)
        while len(field.editor.textCursor().block().text()) < wanted:
            QTest.keyClick(field.editor, Qt.Key.Key_Tab)
        QTest.keyClicks(field.editor, line.lstrip())
        QTest.keyClick(field.editor, Qt.Key.Key_Return)


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def answering(choose: Callable[[CodeQuestion], QPushButton], seen: list[str]) -> None:
    """Press a button of the question as soon as it is there."""

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, CodeQuestion)
        seen.append(question.text.toPlainText())
        press(choose(question))

    QTimer.singleShot(0, answer)


def fix_button(parent: QWidget, text: str) -> QPushButton:
    return next(
        each
        for each in parent.findChildren(QPushButton)
        if each.text() == text and each.isVisible()
    )


def test_written_code_is_used_at_a_press_and_undone_in_one_step(
    open_window: OpenWindow,
) -> None:
    window = open_window(with_code(DEFAULT))
    field = code_field(window)
    assert field.state_label.text() == "Allowed on this machine."
    assert not field.use_button.isEnabled()
    write(field, GATE)
    assert field.state_label.text() == "Not used yet."
    assert window.model.document.graph["own"].values.code == DEFAULT
    written = field.editor.toPlainText()
    press(field.use_button)
    assert window.model.document.graph["own"].values.code == written
    assert ALLOWED.allows(written)
    assert window.model.analysis.is_valid
    assert "class Gate(nn.Module):" in window.model.analysis.code
    assert window.model.undo_stack.count() == 1
    assert field.state_label.text() == "Allowed on this machine."
    window.actions_.of["undo"].trigger()
    assert window.model.document.graph["own"].values.code == DEFAULT
    window.actions_.of["redo"].trigger()
    assert window.model.analysis.is_valid


def test_control_and_enter_use_it_too(open_window: OpenWindow) -> None:
    window = open_window(with_code(DEFAULT))
    field = code_field(window)
    field.editor.setFocus()
    field.editor.setPlainText(GATE)
    QTest.keyClick(field.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.model.document.graph["own"].values.code == GATE
    assert window.model.analysis.is_valid


def test_what_was_typed_and_left_is_kept_and_not_run(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    window = open_window(with_code(DEFAULT))
    field = code_field(window)
    field.editor.setFocus()
    field.editor.setPlainText(marking(marker))
    window.canvas.setFocus()
    assert window.model.document.graph["own"].values.code == marking(marker)
    assert not window.model.analysis.is_valid
    assert field.state_label.text() == "Not allowed: nothing of it runs."
    assert field.use_button.text() == "Read and allow…"
    assert not marker.exists()


def test_a_mistake_is_told_under_the_field(open_window: OpenWindow) -> None:
    window = open_window(with_code(DEFAULT))
    field = code_field(window)
    field.editor.setPlainText("class A:\n    def forward(self, x) return x\n")
    assert field.problem == (
        "The layer has a mistake in its code: expected ':' (line 2)."
    )
    assert not field.use_button.isEnabled()


def test_code_of_a_file_waits_until_it_was_read(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    code = marking(marker)
    window = open_window(with_code(code))
    window.bottom.setCurrentWidget(window.bottom.problems)
    seen: list[str] = []
    button = fix_button(window.bottom.problems, "Read the code…")
    answering(lambda question: question.refuse_button, seen)
    press(button)
    assert seen == [code]
    assert not window.model.analysis.is_valid
    assert not marker.exists()
    answering(lambda question: question.allow_button, seen)
    press(button)
    assert window.model.analysis.is_valid
    assert marker.exists()
    assert window.model.undo_stack.count() == 0  # the document is as it was
    assert "allow" not in storage.dumps(window.model.root)


def test_the_inspector_asks_with_the_code_in_sight(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(with_code(GATE))
    field = code_field(window)
    seen: list[str] = []
    answering(lambda question: question.allow_button, seen)
    press(field.use_button)
    assert seen == [GATE]
    assert window.model.analysis.is_valid
    assert field.state_label.text() == "Allowed on this machine."


def test_code_inside_a_block_can_be_allowed_from_outside(
    open_window: OpenWindow,
) -> None:
    document = with_code(GATE)
    collapse(document, "", ["own"], "Gates").apply(document)
    window = open_window(document)
    window.bottom.setCurrentWidget(window.bottom.problems)
    seen: list[str] = []
    answering(lambda question: question.allow_button, seen)
    press(fix_button(window.bottom.problems, "Read the code…"))
    assert seen == [GATE]
    assert window.model.analysis.is_valid


def test_pasted_code_is_not_allowed_by_being_pasted(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    window = open_window(with_code(marking(marker)))
    window.canvas.select(["own"])
    window.actions_.of["copy"].trigger()
    assert "Evil" in QGuiApplication.clipboard().text()
    window.actions_.of["paste"].trigger()
    pasted = [n for n in window.model.document.graph if n.layer == "Python"]
    assert len(pasted) == 2
    waiting = [p for p in window.model.analysis.problems if p.asks_to_run]
    assert {problem.node for problem in waiting} >= {"own"}
    assert not marker.exists()


@pytest.mark.parametrize("verb", ["check", "summary", "code", "train", "export"])
def test_headless_verbs_refuse_in_one_sentence(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marker, path = tmp_path / "ran", tmp_path / "hostile.espalier"
    storage.save(with_code(marking(marker), epochs=1), path)
    more = {
        "train": ["--run-dir", str(tmp_path / "run")],
        "export": ["--to", "module", "-o", str(tmp_path / "out.py")],
    }.get(verb, [])
    assert main([verb, str(path), *more]) == 1
    assert capsys.readouterr().err == (
        "hostile.espalier carries Python code, in own. Read it, and add --allow-code "
        "if you trust it.\n"
    )
    assert not marker.exists()
    assert main([verb, str(path), "--allow-code", *more]) == 0
    assert marker.exists()


def test_a_hostile_file_runs_nowhere_by_being_looked_at(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    load_shapes()
    marker, path = tmp_path / "ran", tmp_path / "hostile.espalier"
    document = with_code(marking(marker))
    storage.save(document, path)
    assert main(["screenshot", str(path), "-o", str(tmp_path / "shot.png")]) == 0
    assert (tmp_path / "shot.png").exists()
    slot = RecoverySlot.new(tmp_path / "recovery")
    slot.write(Unsaved(document=document))
    window = open_window(slot.read().document)
    window.canvas.select(["own"])
    window.actions_.of["tidy"].trigger()
    window.bottom.setCurrentWidget(window.bottom.code)
    window.train()
    assert window.messages.isVisible()
    slot.remove()
    assert not marker.exists()
