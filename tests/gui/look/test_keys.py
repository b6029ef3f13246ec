"""Evaluating and trying a network by keyboard alone, with the keys one would press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.look.try_drawing import DrawTrial
from gui.look.try_sentence import SentenceTrial
from gui.look.try_writing import WriteTrial
from gui.look.view import EVALUATE, SHOWN, TRY
from gui.training.controller import TrainingState
from tests.engine.documents import digits
from tests.engine.shown_documents import kind_words, writer
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, opened

MOST_STOPS = 12


class Keys:
    """Somebody who has a keyboard, and no mouse."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.window.activateWindow()
        desk.window.canvas.setFocus()

    @property
    def here(self) -> QWidget:
        """What has the keyboard."""
        now = QApplication.focusWidget()
        assert now is not None, "the keyboard is nowhere"
        return now

    def press(self, key: Qt.Key, count: int = 1) -> None:
        for _ in range(count):
            QTest.keyClick(self.here, key)
        QApplication.processEvents()

    def tab_to(self, widget: QWidget, *, back: bool = False) -> None:
        """Press Tab, or Shift+Tab, until the keyboard is there."""
        shift = Qt.KeyboardModifier.ShiftModifier
        for _ in range(MOST_STOPS):
            if self.here is widget:
                return
            if back:
                QTest.keyClick(self.here, Qt.Key.Key_Backtab, shift)
            else:
                self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {widget.accessibleName()}")

    def look_at(self, page: int) -> None:
        """Go to the lower tabs by F6, to Look, and to one of its pages."""
        bottom, look = self.desk.window.bottom, self.desk.look
        while not bottom.isAncestorOf(self.here):
            self.press(Qt.Key.Key_F6)
        if bottom.currentWidget() is not self.desk.window.bottom.look:
            self.tab_to(bottom.tabBar())
            for _ in range(bottom.count()):
                if bottom.currentWidget() is not bottom.look:
                    self.press(Qt.Key.Key_Right)
        self.tab_to(look.pages)
        self.press(Qt.Key.Key_Right, page - look.pages.currentIndex())


def trained(desk: Desk) -> Keys:
    """Train by Ctrl+Enter, and begin at the canvas."""
    keys = Keys(desk)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(keys.here, Qt.Key.Key_Return, control)
    assert desk.window.training.is_busy
    desk.until(lambda: desk.window.training.state is TrainingState.IDLE)
    return keys


def shows_itself(widget: QWidget) -> bool:
    """Whether one sees that the keyboard is there, and it has a name."""
    with_keys = widget.grab().toImage()
    widget.clearFocus()
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    return with_keys != without and bool(widget.accessibleName())


@pytest.mark.parametrize("size", [(1000, 640), (1600, 1000)], ids=str)
def test_mistakes_are_found_by_keys(
    qtbot: QtBot, open_window: OpenWindow, size: tuple[int, int]
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    desk.window.resize(*size)
    keys = trained(desk)
    keys.look_at(EVALUATE)
    page, matrix = desk.look.evaluate, desk.look.evaluate.matrix
    keys.tab_to(page.button)
    keys.press(Qt.Key.Key_Space)
    desk.until(lambda: page.evaluation is not None)
    assert keys.here is page.view and shows_itself(page.view)
    keys.tab_to(matrix.confusion)
    first = matrix.confusion.currentIndex()
    assert (first.row(), first.column()) == (0, 0)
    assert matrix.confusion.selectedIndexes() == [first], "it is outlined"
    assert shows_itself(matrix.confusion)
    keys.press(Qt.Key.Key_Down, 3)
    keys.press(Qt.Key.Key_Right, 3)
    at = matrix.confusion.currentIndex()
    assert (at.row(), at.column()) == (3, 3)
    said = at.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.endswith("told right")
    keys.press(Qt.Key.Key_Return)
    assert matrix.cell == (3, 3)
    desk.until(lambda: matrix.samples.list.count() > 0)
    keys.tab_to(matrix.samples.list)
    assert matrix.samples.list.selectedItems() == [matrix.samples.list.item(0)]
    assert shows_itself(matrix.samples.list)
    keys.press(Qt.Key.Key_Right)
    assert matrix.samples.list.currentRow() == 1
    keys.press(Qt.Key.Key_Escape)
    assert matrix.cell is None and keys.here is matrix.confusion
    at = matrix.confusion.currentIndex()
    assert (at.row(), at.column()) == (3, 3)


def test_another_part_is_chosen_by_keys(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    keys = trained(desk)
    keys.look_at(EVALUATE)
    page = desk.look.evaluate
    keys.tab_to(page.button)
    keys.press(Qt.Key.Key_Space)
    desk.until(lambda: page.evaluation is not None)
    keys.press(Qt.Key.Key_Down)
    assert page.view.currentData() == "figures"
    keys.tab_to(page.classes)
    assert page.classes.selectionModel().selectedRows(), "a row is seen"
    keys.tab_to(page.view, back=True)
    keys.press(Qt.Key.Key_Down)
    assert page.view.currentData() == "mistakes"
    desk.until(lambda: page.samples.list.count() > 0)
    keys.tab_to(page.samples.list)
    assert page.samples.list.selectedItems()


def test_a_sample_is_taken_and_its_answer_read_by_keys(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=2)
    keys = trained(desk)
    keys.look_at(TRY)
    desk.until(lambda: desk.look.trying.trial is not None)
    trial = desk.look.trying.trial
    assert isinstance(trial, DrawTrial)
    keys.tab_to(trial.sample_button)
    keys.press(Qt.Key.Key_Space)
    desk.until(lambda: bool(trial.answer.bars.chances))
    assert keys.here is trial.sample_button
    keys.tab_to(trial.answer)
    assert shows_itself(trial.answer)
    name, _ = trial.answer.bars.likeliest(1)[0]
    assert trial.answer.accessibleDescription().startswith(f"{name} ")
    keys.tab_to(desk.look.pages, back=True)
    keys.press(Qt.Key.Key_Left)
    assert desk.look.pages.currentIndex() == EVALUATE


def test_a_sentence_is_typed_and_its_answer_read_by_keys(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, kind_words(), epochs=1)
    keys = trained(desk)
    keys.look_at(TRY)
    desk.until(lambda: desk.look.trying.trial is not None)
    trial = desk.look.trying.trial
    assert isinstance(trial, SentenceTrial)
    keys.tab_to(trial.line)
    QTest.keyClicks(keys.here, "good")
    desk.until(lambda: bool(trial.answer.bars.chances))
    keys.tab_to(trial.answer)
    assert "%" in trial.answer.accessibleDescription()


def test_a_text_is_written_on_by_keys(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = opened(qtbot, open_window, writer(), epochs=1)
    keys = trained(desk)
    keys.look_at(TRY)
    desk.until(lambda: desk.look.trying.trial is not None)
    trial = desk.look.trying.trial
    assert isinstance(trial, WriteTrial)
    keys.tab_to(trial.text)
    QTest.keyClicks(keys.here, "the")
    keys.tab_to(trial.write_button)
    assert trial.text.toPlainText() == "the", "Tab leads on"
    keys.press(Qt.Key.Key_Space)
    desk.until(lambda: not trial.call.is_busy)
    QApplication.processEvents()
    assert keys.here in (trial.write_button, trial.stop_button)
    desk.until(trial.write_button.isEnabled)
    assert keys.here is trial.write_button
    assert len(trial.text.toPlainText()) > len("the")


def test_before_a_training_nothing_is_called_the_last(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    look = desk.look
    for page in (SHOWN, EVALUATE, TRY):
        desk.open_page(page)
        assert not look.larger.isVisible(), "there is nothing to enlarge"
    assert look.run.itemText(0) == "Not trained yet"
    desk.train()
    assert look.run.itemText(0) == "Last training"
    desk.open_page(SHOWN)
    assert look.larger.isVisible()
    desk.open_page(EVALUATE)
    desk.evaluate()
    assert look.larger.isVisible()
