"""The learning-rate finder in the window, and the schedule drawn under the recipe."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import templates
from engine.edits import SetRecipe
from gui.main_window import MainWindow
from gui.training.rate_dialog import RateDialog
from gui.training.small_curve import SmallCurve
from tests.gui.conftest import OpenWindow


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def dialog_of(window: MainWindow) -> RateDialog:
    (dialog,) = window.findChildren(RateDialog)
    return dialog


def test_a_rate_is_found_and_used_as_one_edit(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    before = window.model.document.recipe
    click(window.inspector.document_page.find_rate)
    dialog = dialog_of(window)
    assert dialog.isVisible() and dialog.isModal()
    qtbot.waitUntil(dialog.use.isVisible)
    assert dialog.text.text().startswith("A learning rate of ")
    rate = float(dialog.use.text().removeprefix("Use "))
    assert len(dialog.curve.values) > 20
    assert dialog.curve.mark is not None and 0 < dialog.curve.mark < 1
    assert dialog.curve.marked == f"{rate:g}"
    assert dialog.curve.words[0] == "1e-7"
    low, high = map(float, dialog.curve.heights())
    assert 0 < low < high, "the losses that the curve goes between"
    assert "Thin: the loss of each step" in dialog.note.text()
    count = window.model.undo_stack.count()
    click(dialog.use)
    assert window.model.document.recipe == replace(before, learning_rate=rate)
    assert window.model.undo_stack.count() == count + 1
    assert window.model.undo_stack.undoText() == f"Use the learning rate {rate:g}"
    window.model.undo_stack.undo()
    assert window.model.document.recipe == before


def test_escape_stops_the_search(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    click(window.inspector.document_page.find_rate)
    dialog = dialog_of(window)
    call = dialog._call
    with qtbot.waitSignal(dialog.destroyed):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert call.isFinished()
    QApplication.processEvents()
    assert window.findChildren(RateDialog) == []


def test_the_schedule_is_drawn_for_the_recipe_as_it_is(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    curve = window.inspector.document_page.schedule
    assert curve.isHidden()
    recipe = replace(
        window.model.document.recipe,
        schedule="cosine",
        epochs=10,
        learning_rate=0.1,
        final_rate=0.01,
    )
    window.model.push("Change", SetRecipe(recipe))
    assert not curve.isHidden()
    assert curve.values[0] == 0.1 and abs(curve.values[-1] - 0.001) < 1e-9
    assert list(curve.values) == sorted(curve.values, reverse=True)
    assert curve.words == ("0.1", "0.001 after 10 epochs")
    assert curve.toolTip() == "The learning rate over 10 epochs: from 0.1 to 0.001"
    page = window.inspector.document_page
    rows = [page.recipe.fields[name] for name in ("schedule", "patience")]
    tops = [row.mapTo(page, QPoint()).y() for row in rows]
    assert tops[0] < curve.mapTo(page, QPoint()).y() < tops[1], "under what it draws"
    warm = replace(recipe, schedule="constant", warmup_epochs=2.0)
    window.model.push("Change", SetRecipe(warm))
    assert not curve.isHidden() and curve.values[0] < curve.values[-1] == 0.1
    assert curve.heights() == ("", ""), "its end tells the highest rate"
    both = replace(recipe, warmup_epochs=2.0)
    window.model.push("Change", SetRecipe(both))
    assert curve.heights() == ("", "0.1"), "neither end tells it"
    window.model.undo_stack.undo()
    window.model.undo_stack.undo()
    window.model.undo_stack.undo()
    assert curve.isHidden()


def test_a_faint_curve_is_in_sight_unless_it_flies_off(qtbot: QtBot) -> None:
    curve = SmallCurve(200)
    qtbot.addWidget(curve)
    curve.show_curve([1.0, 2.0, 3.0])
    assert curve.reach() == (1.0, 3.0)
    curve.show_curve([1.0, 2.0, 3.0], faint=[0.5, 2.0, 3.5])
    assert curve.reach() == (0.5, 3.5)
    curve.show_curve([1.0, 2.0, 3.0], faint=[0.5, 2.0, 1e9])
    assert curve.reach() == (0.5, 4.0)
