"""What leads from the end of a training to Evaluate and to Try it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine import evaluation
from engine.edits import change_settings
from gui.look.evaluate_page import INVITATION
from gui.look.view import EVALUATE, TRY
from gui.training.what_next import NextButtons
from tests.engine.documents import digits, forecast, iris
from tests.engine.own_way_documents import machine
from tests.engine.shown_documents import generator
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, opened

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def flowers(qtbot: QtBot, open_window: OpenWindow) -> Desk:
    return opened(qtbot, open_window, iris())


def buttons_of(desk: Desk) -> NextButtons:
    """The buttons of the Training tab, which is brought forward."""
    desk.window.bottom.setCurrentWidget(desk.window.bottom.training)
    return desk.window.bottom.training.next


def offered(desk: Desk) -> list[str]:
    found = buttons_of(desk)
    both = (found.evaluate, found.try_it)
    return [button.text() for button in both if button.isVisible()]


def by_palette(desk: Desk, typed: str) -> None:
    """Do something by the keyboard alone."""
    window = desk.window
    window.activateWindow()
    desk.until(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = window.keyboard.palette.search
    QTest.keyClicks(search, typed)
    QTest.keyClick(search, Qt.Key.Key_Return)


def test_after_a_training_the_network_is_evaluated_by_one_press(flowers: Desk) -> None:
    assert offered(flowers) == []
    flowers.train()
    assert offered(flowers) == ["Evaluate", "Try it"]
    QTest.mouseClick(buttons_of(flowers).evaluate, LEFT)
    look = flowers.look
    assert flowers.window.bottom.currentWidget() is flowers.window.bottom.look
    assert look.pages.currentIndex() == EVALUATE
    flowers.until(lambda: look.evaluate.evaluation is not None)
    assert look.evaluate.matrix.isVisible()
    found = look.evaluate.evaluation
    QTest.mouseClick(buttons_of(flowers).evaluate, LEFT)
    assert look.evaluate.evaluation is found, "it would say the same again"


def test_after_a_training_the_network_is_tried_by_one_press(flowers: Desk) -> None:
    flowers.train()
    QTest.mouseClick(buttons_of(flowers).try_it, LEFT)
    assert flowers.look.pages.currentIndex() == TRY
    flowers.until(lambda: flowers.look.trying.trial is not None)


def test_it_is_about_the_last_training_whatever_was_looked_at(flowers: Desk) -> None:
    flowers.train()
    flowers.choose(flowers.look.run, 1)
    QTest.keyClick(flowers.look.run, Qt.Key.Key_Return)
    assert flowers.look.run.currentText() == "Before training"
    QTest.mouseClick(buttons_of(flowers).evaluate, LEFT)
    assert flowers.look.run.currentText() == "Last training"
    flowers.until(lambda: flowers.look.evaluate.evaluation is not None)


def test_the_palette_and_the_menu_lead_there_too(flowers: Desk) -> None:
    acts = flowers.window.actions_.of
    assert not acts["evaluate"].isEnabled() and not acts["try_it"].isEnabled()
    flowers.train()
    assert acts["evaluate"].isEnabled() and acts["try_it"].isEnabled()
    flowers.window.bottom.hide()
    by_palette(flowers, "evaluate")
    assert flowers.window.bottom.isVisible()
    page = flowers.look.evaluate
    flowers.until(lambda: page.evaluation is not None)
    assert page.isAncestorOf(flowers.window.focusWidget()), "the keyboard is there"
    by_palette(flowers, "try it")
    assert flowers.look.pages.currentIndex() == TRY


@pytest.mark.parametrize(
    ("make", "titles"),
    [
        (digits, ["Evaluate", "Try it"]),
        (forecast, ["Evaluate"]),
        (generator, ["Try it"]),
        (machine, []),
    ],
)
def test_only_what_fits_the_network_is_offered(
    qtbot: QtBot, open_window: OpenWindow, make: object, titles: list[str]
) -> None:
    desk = opened(qtbot, open_window, make(), epochs=1)  # type: ignore[operator]
    desk.train()
    assert offered(desk) == titles
    acts = desk.window.actions_.of
    assert acts["evaluate"].isEnabled() is ("Evaluate" in titles)
    assert acts["try_it"].isEnabled() is ("Try it" in titles)


def test_an_edited_network_is_not_the_one_that_was_trained(flowers: Desk) -> None:
    flowers.train()
    model = flowers.window.model
    edit = change_settings(model.document.graph, "fc1", {"out_features": 9})
    model.push("Widen", edit)
    assert offered(flowers) == []
    assert not flowers.window.actions_.of["evaluate"].isEnabled()
    model.undo_stack.undo()
    assert offered(flowers) == ["Evaluate", "Try it"]


@pytest.mark.parametrize("way", ["click", "escape"])
def test_an_evaluation_tells_how_far_it_is_and_can_be_cancelled(
    flowers: Desk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    real, gate = evaluation.judged, threading.Semaphore(0)
    asked: list[int] = []

    def slow(*args: object) -> object:
        asked.append(1)
        gate.acquire(timeout=20)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluation, "judged", slow)
    monkeypatch.setattr(evaluation, "evaluation_batch", lambda _: 10)
    flowers.train()
    page = flowers.look.evaluate
    flowers.window.activateWindow()
    QTest.mouseClick(buttons_of(flowers).evaluate, LEFT)
    flowers.until(lambda: len(asked) == 1)
    gate.release()
    flowers.until(lambda: page.sentence.text() == "10 of 30 test samples answered")
    assert page.bar.isVisible() and (page.bar.value(), page.bar.maximum()) == (10, 30)
    assert page.cancel_button.isVisible() and not page.button.isVisible()
    if way == "click":
        QTest.mouseClick(page.cancel_button, LEFT)
    else:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.button.isVisible() and not page.bar.isVisible()
    assert page.sentence.text() == INVITATION
    # Asked again at once, the one given up does not go on in the new one's place.
    QTest.mouseClick(page.button, LEFT)
    before = len(asked)
    gate.release(100)
    flowers.until(lambda: page.evaluation is not None)
    assert len(asked) == before + 3, "its last batch, and three of the new one"


def test_no_button_is_cut_in_a_narrow_panel(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    found = NextButtons(panel)
    found.offer(is_evaluated=True, is_tried=True)
    panel.resize(400, 400)
    panel.show()
    both = found.evaluate.sizeHint().width() + found.try_it.sizeHint().width()
    for width, is_one_line in ((both + 20, True), (both, False)):
        found.resize(width, 200)
        qtbot.wait(20)
        one, other = found.evaluate.geometry(), found.try_it.geometry()
        assert (one.top() == other.top()) is is_one_line
        assert not one.intersects(other)
        for each in (found.evaluate, found.try_it):
            assert each.width() >= each.sizeHint().width()
            assert found.rect().contains(each.geometry())
