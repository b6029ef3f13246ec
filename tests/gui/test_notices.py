"""Messages and questions lie over the canvas: nothing that is looked at moves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

import templates
from engine.edits import change_settings
from gui.main_window import MainWindow
from gui.question_bar import Answer, Question
from tests.engine.test_blocks import stack
from tests.gui.conftest import OpenWindow
from tests.gui.test_blocks import fitting
from tests.gui.test_canvas import chain

LONG = (
    "digits.csv could not be read: row 7 of the column “petal length” holds “long”, "
    "and a number was expected. Correct the row in the file, or leave the column out, "
    "and choose the file again."
)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    found = open_window(chain())
    found.activateWindow()
    found.canvas.setFocus()
    return found


def ask(window: MainWindow, closed: list[str] | None = None) -> None:
    answers = [
        Answer(label=each, act=lambda: True)
        for each in ("Take the file’s version", "Keep mine")
    ]
    window.safe.questions.ask(
        Question(
            key="asked",
            text=LONG,
            details=["conv1: 8 → 16"],
            answers=answers,
            close=lambda: closed.append("it") if closed is not None else None,
        )
    )
    QTest.qWait(30)


def say(window: MainWindow, sentence: str = LONG) -> None:
    window.messages.show_error(sentence)
    QTest.qWait(30)


def place_of(bar: QWidget, window: MainWindow) -> QRect:
    """Where a bar is, in the canvas."""
    return QRect(bar.mapTo(window, QPoint()), bar.size()).translated(
        -window.canvas.mapTo(window, QPoint())
    )


def card(window: MainWindow, name: str) -> QRect:
    rect = window.canvas.network.nodes[name].rect()
    return window.canvas.mapFromScene(rect).boundingRect()


def test_the_canvas_stays_where_it_is(window: MainWindow) -> None:
    canvas = window.canvas
    before = (canvas.sight(), canvas.geometry(), canvas.scale_now)
    say(window)
    ask(window)
    assert (canvas.sight(), canvas.geometry(), canvas.scale_now) == before
    for bar in (window.messages, window.safe.questions):
        assert bar.isVisible()
        assert canvas.rect().contains(place_of(bar, window))
    assert not place_of(window.messages, window).intersects(
        place_of(window.safe.questions, window)
    )
    window.messages.hide()
    window.safe.questions.withdraw("asked")
    QApplication.processEvents()
    assert (canvas.sight(), canvas.geometry(), canvas.scale_now) == before


def test_all_of_a_long_text_is_seen(window: MainWindow) -> None:
    say(window)
    ask(window)
    for text in (window.messages.text, window.safe.questions.text):
        assert text.height() >= text.heightForWidth(text.width())
    say(window, "Done.")
    assert window.messages.height() < 2 * window.fontMetrics().height() + 16


@pytest.mark.parametrize("name", ["images", "fc1", "digit", "lone"])
def test_what_is_selected_is_seen_wherever_it_lies(
    window: MainWindow, name: str
) -> None:
    canvas = window.canvas
    canvas.select([name])
    for across in (0.2, 0.5, 0.8):
        for down in (0.08, 0.5, 0.92):
            goal = QPoint(round(across * canvas.width()), round(down * canvas.height()))
            away = goal - card(window, name).center()
            canvas.pan_by(away.x(), away.y())
            window.messages.hide()
            say(window)
            assert not place_of(window.messages, window).intersects(card(window, name))


def test_it_goes_out_of_the_way_of_what_is_selected_then(window: MainWindow) -> None:
    canvas = window.canvas
    canvas.select([])
    goal = QPoint(canvas.width() // 2, 30)
    away = goal - card(window, "fc1").center()
    canvas.pan_by(away.x(), away.y())
    say(window)
    before = canvas.sight()
    for name in ("fc1", "images", "act1"):
        canvas.select([name])
        QTest.qWait(30)
        assert not place_of(window.messages, window).intersects(card(window, name))
    assert canvas.sight() == before


def test_it_hides_neither_the_map_nor_the_trail(open_window: OpenWindow) -> None:
    window = open_window(fitting(stack()))
    canvas = window.canvas
    window.model.enter("Bottleneck", "stage1")
    canvas.afar.toggle_map()
    QTest.qWait(50)
    say(window)
    ask(window)
    for bar in (window.messages, window.safe.questions):
        for over in (canvas.scopes.trail, canvas.minimap):
            assert over.isVisible()
            assert not place_of(bar, window).intersects(over.geometry())


def test_the_bar_for_several_nodes_leaves_it_alone(window: MainWindow) -> None:
    say(window)
    window.canvas.select_all()
    QTest.qWait(30)
    bar = window.canvas.arrange_bar
    assert bar.isVisible()
    assert not bar.geometry().intersects(place_of(window.messages, window))


def test_its_buttons_are_before_the_canvas_wherever_it_lies(
    window: MainWindow,
) -> None:
    canvas, closed = window.canvas, list[str]()
    say(window)
    ask(window, closed)
    canvas.select(["fc1"])
    for _ in range(2):
        canvas.setFocus()
        seen = []
        for _ in range(4):
            now = QApplication.focusWidget()
            assert now is not None
            QTest.keyClick(now, Qt.Key.Key_Backtab)
            now = QApplication.focusWidget()
            assert isinstance(now, QPushButton)
            seen.append(now.accessibleName())
        assert seen == [
            "Close the question",
            "Keep mine",
            "Take the file’s version",
            "Close the message",
        ]
        canvas.pan_by(0, -120)
        QTest.qWait(30)
    QTest.keyClick(now, Qt.Key.Key_Space)
    assert not window.messages.isVisible()


def test_a_click_on_it_leaves_the_keyboard_with_the_canvas(window: MainWindow) -> None:
    say(window)
    before = window.canvas.sight()
    QTest.mousePress(window.messages, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    QTest.mouseRelease(window.messages, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert window.canvas.sight() == before
    assert window.canvas.hasFocus()


def test_it_lies_at_an_edge_and_not_amid_the_cards(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    canvas = window.canvas
    window.resize(1280, 800)
    graph = window.model.document.graph
    edit = change_settings(graph, "conv1", {"kernel_size": 15})
    window.model.push("Change kernel_size", edit)
    canvas.select(["conv1"])
    QTest.qWait(500)  # the note has unfolded, the map has gone where it hides nothing
    say(window)
    place = place_of(window.messages, window)
    assert place.top() <= 12 or place.bottom() >= canvas.height() - 14


def test_a_gesture_is_not_covered_by_an_earlier_message(window: MainWindow) -> None:
    canvas = window.canvas
    canvas.select([])
    say(window)
    bar, view = place_of(window.messages, window), canvas.viewport()
    start = card(window, "act1").center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 9):
        QTest.mouseMove(view, start + (bar.center() - start) * step / 8)
    here = place_of(window.messages, window)
    assert window.messages.isVisible()
    assert not here.contains(bar.center())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=bar.center())


def test_why_an_edit_cannot_be_is_past_when_the_next_gesture_begins(
    window: MainWindow,
) -> None:
    window.canvas.refused.emit("The clipboard holds no nodes.")
    assert window.messages.isVisible()
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton)
    assert not window.messages.isVisible()
    say(window, "The file could not be written.")
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton)
    assert window.messages.isVisible(), "of that one has to know"


def test_escape_closes_a_message_and_then_lets_go_of_the_selection(
    window: MainWindow,
) -> None:
    window.canvas.select(["fc1"])
    say(window)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.messages.isVisible()
    assert window.canvas.selection.names == ["fc1"]
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.canvas.selection.is_empty


def test_the_keyboard_goes_back_to_where_it_was_before_a_message(
    window: MainWindow,
) -> None:
    say(window)
    (close,) = window.messages.findChildren(QPushButton)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not window.messages.isVisible()
    assert window.canvas.hasFocus()
    line = window.inspector.document_page.title
    line.setFocus()
    say(window)
    close.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(close, Qt.Key.Key_Escape)
    assert not window.messages.isVisible()
    assert line.hasFocus()
