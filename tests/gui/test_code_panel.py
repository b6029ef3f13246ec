"""The code panel: smallest changes, the scroll kept, lines that lead to nodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import templates
from engine.analysis import load_shapes
from engine.edits import change_settings
from gui.code_panel import CodePanel, changed_lines
from gui.document_model import DocumentModel
from gui.theme import DARK

LINES = st.lists(st.sampled_from(["a", "b", "", "x = 1"]), max_size=12)


@given(LINES, LINES)
def test_the_pieces_make_the_new_text_of_the_old(
    old: list[str], new: list[str]
) -> None:
    text = list(old)
    for first, last, lines in changed_lines(old, new):
        text[first:last] = lines
    assert text == new


@given(LINES)
def test_no_change_is_no_piece(lines: list[str]) -> None:
    assert changed_lines(lines, lines) == []


@pytest.fixture
def model(qtbot: QtBot) -> DocumentModel:
    load_shapes()
    made = DocumentModel(templates.open_lesson("cnn-three-conv"))
    made.analyse()
    return made


@pytest.fixture
def panel(qtbot: QtBot, model: DocumentModel) -> CodePanel:
    made = CodePanel(model, DARK)
    qtbot.addWidget(made)
    made.resize(700, 160)
    made.show()
    return made


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb", "a"),
        ("a", "a\nb\nc"),
        ("", "a\nb"),
        ("a\nb", ""),
        ("a\nb\nc\nd", "a\nd"),
        ("x\na", "a"),
        ("a\n\n\nb\n", "a\nb\n\n"),
    ],
)
def test_the_editor_ends_with_the_text_itself(
    panel: CodePanel, old: str, new: str
) -> None:
    panel.editor.setPlainText(old)
    panel.editor.replace_text(new)
    assert panel.editor.toPlainText() == new


def test_it_follows_an_edit_and_touches_only_what_changed(
    panel: CodePanel, model: DocumentModel
) -> None:
    assert panel.editor.toPlainText() == model.analysis.code
    bar = panel.editor.verticalScrollBar()
    bar.setValue(7)
    document = panel.editor.document()
    kept = document.findBlockByNumber(2)
    touched: list[tuple[int, int, int]] = []
    document.contentsChange.connect(lambda *change: touched.append(change))
    model.push("", change_settings(model.document.graph, "conv3", {"kernel_size": 5}))
    assert panel.editor.toPlainText() == model.analysis.code
    assert "kernel_size=5" in model.analysis.code
    assert bar.value() == 7
    assert kept.isValid() and kept.blockNumber() == 2
    assert sum(removed for _, removed, _ in touched) < len(model.analysis.code) / 2


def test_a_hidden_panel_catches_up_when_it_is_shown(
    panel: CodePanel, model: DocumentModel
) -> None:
    panel.hide()
    model.push("", change_settings(model.document.graph, "conv3", {"kernel_size": 5}))
    assert panel.editor.toPlainText() != model.analysis.code
    panel.show()
    assert panel.editor.toPlainText() == model.analysis.code


def test_selected_lines_are_marked_and_seen(
    panel: CodePanel, model: DocumentModel
) -> None:
    panel.select(["conv3"])
    marked = {
        selection.cursor.blockNumber() + 1  # type: ignore[attr-defined]
        for selection in panel.editor.extraSelections()
    }
    assert marked == set(model.analysis.lines_of("conv3"))
    first = panel.editor.firstVisibleBlock().blockNumber() + 1
    assert first <= min(marked) <= first + 12


def test_a_click_on_a_line_leads_to_its_node(
    qtbot: QtBot, panel: CodePanel, model: DocumentModel
) -> None:
    line = min(model.analysis.lines_of("conv1"))
    block = panel.editor.document().findBlockByNumber(line - 1)
    panel.editor.setTextCursor(QTextCursor(block))
    panel.editor.ensureCursorVisible()
    spot = panel.editor.cursorRect(QTextCursor(block)).center() + QPoint(60, 0)
    with qtbot.waitSignal(panel.node_clicked) as clicked:
        QTest.mouseClick(panel.editor.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert clicked.args == ["conv1"]


def test_copy_takes_the_whole_module(panel: CodePanel, model: DocumentModel) -> None:
    QTest.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == model.analysis.code


def test_copy_lies_in_the_corner_and_never_over_the_scroll_bar(
    panel: CodePanel,
) -> None:
    for text in ("a", "a\n" * 200, "b"):
        panel.editor.setPlainText(text)
        panel.editor.ensurePolished()
        QGuiApplication.processEvents()
        viewport = panel.editor.viewport().geometry()
        button = panel.copy_button.geometry()
        assert viewport.contains(button)
        assert viewport.right() - button.right() == button.top() - viewport.top()
