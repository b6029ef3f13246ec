"""The Look tab while a network trains: pictures and text, epoch by epoch."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import templates
from engine.showing.exhibit import Exhibit, Sheet, Shown, Writing
from engine.showing.wishes import LETTERS
from gui.look import history
from gui.look.history import MOST, ShownHistory
from gui.look.sheet_view import SheetView, as_image, composed, gap_of
from gui.look.shown_page import NOTHING, WAITING
from gui.theme import DARK, LIGHT
from gui.training.controller import TrainingState
from tests.engine.documents import digits, rebuild
from tests.engine.shown_documents import writer
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, opened
from tests.gui.training.script import STARTED, Script, epoch


def sheet(value: int, title: str = "Rebuilt") -> Sheet:
    pictures = np.full((2, 3, 4, 4, 3), value, np.uint8)
    return Sheet(title=title, caption=f"All is {value}.", pictures=pictures)


def shown(number: int, *exhibits: Exhibit) -> Shown:
    return Shown(epoch=number, exhibits=exhibits or (sheet(number % 256),))


# What is kept.


@pytest.mark.parametrize("count", [1, 7, MOST, MOST + 1, 250, 1000])
def test_at_most_a_hundred_epochs_are_kept_evenly(count: int) -> None:
    kept = ShownHistory()
    for number in range(1, count + 1):
        kept.add(shown(number))
        assert len(kept) <= MOST
        assert kept.epochs[-1] == number
        assert kept.epochs[0] == 1
    gaps = set(np.diff(kept.epochs[:-1]).tolist())
    assert len(gaps) <= 1  # evenly, but for the newest
    assert len(kept) >= min(count, MOST // 2)


def test_large_pictures_are_thinned_by_their_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "MOST_BYTES", 10 * sheet(0).pictures.nbytes)
    kept = ShownHistory()
    for number in range(1, 51):
        kept.add(shown(number))
    assert 5 <= len(kept) <= 10
    assert (kept.epochs[0], kept.epochs[-1]) == (1, 50)


# Crisp pictures.


def test_every_pixel_becomes_a_square_of_its_colour(qtbot: QtBot) -> None:
    pictures = np.zeros((1, 2, 2, 2, 3), np.uint8)
    pictures[0, 0, 0, 0] = (255, 0, 0)
    pictures[0, 1, 1, 1] = (0, 255, 0)
    whole = composed(pictures, 10, (9, 9, 9))
    gap = gap_of(2, 2, 10)
    assert whole.shape == (20, 40 + gap, 3)
    assert (whole[:10, :10] == (255, 0, 0)).all()
    assert (whole[:, 20 : 20 + gap] == (9, 9, 9)).all()
    assert (whole[10:, 30 + gap :] == (0, 255, 0)).all()
    assert as_image(whole).pixelColor(5, 5).name() == "#ff0000"


def test_a_sheet_is_as_large_as_fits_and_never_blurred(qtbot: QtBot) -> None:
    view = SheetView(LIGHT, "Sheet")
    qtbot.addWidget(view)
    chance = np.random.default_rng(0)
    pictures = chance.integers(0, 2, (2, 3, 8, 8, 1), np.uint8) * 255
    view.show_pictures(pictures.repeat(3, 4))
    for width, height, scale in ((200, 120, 7), (400, 400, 15), (100, 500, 3)):
        view.resize(width, height)
        assert view.scale == scale
        image = view.grab().toImage()
        ground = view.palette().window().color().name()
        colors = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
        }
        assert colors <= {"#000000", "#ffffff", ground, LIGHT.window, LIGHT.border}


def test_in_little_room_fewer_columns_are_compared(qtbot: QtBot) -> None:
    view = SheetView(DARK, "Sheet")
    qtbot.addWidget(view)
    view.resize(300, 100)
    pictures = np.zeros((2, 10, 28, 28, 3), np.uint8)
    view.show_pictures(pictures)
    assert view.scale < 1
    view.show_pictures(pictures, ("seen", "given back"))
    assert view.scale == 1


# The panel, with a training that does what the test tells it.


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def desk(qtbot: QtBot, open_window: OpenWindow, script: Script) -> Desk:
    return Desk(qtbot, open_window(rebuild(), start=script.launch))


def begin(desk: Desk, script: Script) -> None:
    QTest.mouseClick(desk.window.top.train_button, Qt.MouseButton.LeftButton)
    desk.window.bottom.setCurrentWidget(desk.window.bottom.look)
    script.give(STARTED)


def test_before_and_after_it_is_said_what_would_be_shown(
    desk: Desk, script: Script
) -> None:
    page = desk.look.shown
    assert page.invitation.text() == WAITING
    begin(desk, script)
    script.give(epoch(1))
    desk.until(lambda: page.invitation.text() == NOTHING)
    assert NOTHING.startswith("This network has nothing to show: a divided plane")
    assert page.invitation.isVisible() and not page.side.isVisible()


def test_a_run_stopped_in_its_first_epoch_may_still_have_something_to_show(
    desk: Desk, script: Script
) -> None:
    begin(desk, script)
    desk.until(lambda: desk.window.training.state is TrainingState.RUNNING)
    QTest.mouseClick(desk.window.top.stop_button, Qt.MouseButton.LeftButton)
    desk.until(lambda: desk.window.training.state is TrainingState.IDLE)
    assert desk.look.shown.invitation.text() == WAITING


def test_the_newest_is_followed_and_the_slider_goes_back(
    desk: Desk, script: Script
) -> None:
    page = desk.look.shown
    begin(desk, script)
    script.give(epoch(1), shown(1))
    desk.until(lambda: page.epoch.text() == "After epoch 1")
    assert not page.slider.isVisible() and page.sheet.isVisible()
    assert page.caption.text() == "All is 1."
    script.give(epoch(2), shown(2), epoch(3), shown(3))
    desk.until(lambda: page.epoch.text() == "After epoch 3")
    assert page.slider.isVisible()
    page.slider.setFocus()
    QTest.keyClick(page.slider, Qt.Key.Key_Home)
    assert page.caption.text() == "All is 1."
    # Who looks back is not torn forward.
    script.give(epoch(4), shown(4))
    desk.until(lambda: len(page.history) == 4)
    assert page.caption.text() == "All is 1."
    QTest.keyClick(page.slider, Qt.Key.Key_End)
    assert page.caption.text() == "All is 4."
    script.give(epoch(5), shown(5))
    desk.until(lambda: page.caption.text() == "All is 5.")


def test_several_things_are_chosen_among(desk: Desk, script: Script) -> None:
    page = desk.look.shown
    begin(desk, script)
    two = (sheet(7), sheet(8, "A walk through the codes"))
    script.give(shown(1, *two), shown(2, *two))
    desk.until(lambda: len(page.history) == 2)
    assert page.chooser.isVisible()
    assert page.caption.text() == "All is 7."
    desk.choose(page.chooser, 1)
    QTest.keyClick(page.chooser, Qt.Key.Key_Return)
    assert page.caption.text() == "All is 8."
    assert page.sheet.accessibleName() == "A walk through the codes after epoch 2"
    # The choice outlives the next epoch.
    script.give(shown(3, *two))
    desk.until(lambda: page.epoch.text() == "After epoch 3")
    assert page.caption.text() == "All is 8."


def test_text_can_be_read_and_selected(desk: Desk, script: Script) -> None:
    page = desk.look.shown
    begin(desk, script)
    script.give(shown(1, Writing(title="Written", caption="On it went.", text="a\nb")))
    desk.until(page.text.isVisible)
    assert page.text.toPlainText() == "a\nb" and page.text.isReadOnly()
    page.text.setFocus()
    QTest.keySequence(page.text, "Ctrl+A")
    assert page.text.textCursor().selectedText() == "a\u2029b"
    assert page.form.isVisible()
    script.give(shown(2))
    desk.until(lambda: len(page.history) == 2)


def test_trouble_is_told(desk: Desk, script: Script) -> None:
    page = desk.look.shown
    begin(desk, script)
    script.give(Shown(epoch=1, exhibits=(), trouble="Nothing can be shown: too large"))
    desk.until(lambda: len(page.history) == 1)
    assert page.invitation.text() == "Nothing can be shown: too large"


def test_a_new_run_begins_with_an_empty_sheet(desk: Desk, script: Script) -> None:
    page = desk.look.shown
    begin(desk, script)
    script.give(shown(1))
    desk.until(lambda: len(page.history) == 1)
    desk.window.training.stop()
    desk.until(lambda: not desk.window.training.is_busy)
    assert len(page.history) == 1  # it can be looked at when the run is over
    begin(desk, script)
    assert len(page.history) == 0
    assert page.invitation.text() == WAITING


# With real trainings.


def test_a_convolution_shows_its_filters_while_it_trains(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=3)
    desk.train()
    page = desk.look.shown
    assert page.history.epochs[-1] == 3
    assert page.chooser.currentText() == "Filters of conv1"
    assert page.sheet.isVisible()


def test_what_is_written_follows_the_form(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, writer(), epochs=1)
    page = desk.look.shown
    desk.train()
    assert len(page.text.toPlainText()) > 100
    length = page.form.fields["length"].editor
    assert length.text() == ""
    assert length.placeholderText() == str(LETTERS), "what an empty one means"
    assert "left empty, 240 characters or 60 words" in length.toolTip()
    length.setFocus()
    QTest.keyClick(length, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(length, "12")
    QTest.keyClick(length, Qt.Key.Key_Return)
    assert page.wishes.length == 12
    desk.train()
    assert 0 < len(page.text.toPlainText()) <= 12
    QTest.keyClick(length, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(length, Qt.Key.Key_Delete)
    assert page.wishes.length == 0, "as much as is usual"


def test_both_themes_draw_the_panel(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    look = window.bottom.look
    window.bottom.setCurrentWidget(look)
    look.view.shown.begin()
    look.view.shown.add(shown(1))
    dark = look.view.shown.sheet.grab().toImage()
    look.set_theme(LIGHT)
    light = look.view.shown.sheet.grab().toImage()
    assert dark != light  # the gaps have the colour of the window
