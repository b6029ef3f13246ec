"""Try it: draw, type, fill in, write on, walk through codes, draw again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.document import Document
from engine.edits import change_settings
from gui.look.trained_source import NOT_TRAINED, WAS_EDITED
from gui.look.try_attention import AttentionTrial
from gui.look.try_codes import MakeTrial, PlaneTrial
from gui.look.try_drawing import INVITATION, DrawTrial
from gui.look.try_page import NO_WAY
from gui.look.try_row import RowTrial
from gui.look.try_sentence import SentenceTrial
from gui.look.try_writing import WriteTrial
from gui.look.view import EVALUATE, SHOWN, TRY
from gui.theme import LIGHT
from tests.engine.documents import Layers, chain, digits, forecast, iris, rebuild
from tests.engine.pretrained_models import reader, small_encoder
from tests.engine.shown_documents import (
    generator,
    kind_words,
    plane_of_digits,
    writer,
)
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, drag, opened


def tried(qtbot: QtBot, open_window: OpenWindow, document: Document) -> Desk:
    """A trained network on the page where it is tried."""
    desk = opened(qtbot, open_window, document, epochs=1)
    desk.train()
    desk.open_page(TRY)
    page = desk.look.trying
    desk.until(lambda: page.trial is not None or page.sentence.text() == NO_WAY)
    return desk


def test_before_a_training_there_is_nothing_to_try(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, iris())
    desk.open_page(TRY)
    page = desk.look.trying
    assert page.sentence.text() == NOT_TRAINED and page.trial is None


def test_what_cannot_be_asked_by_hand_is_said(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, forecast())
    assert desk.look.trying.sentence.text() == (
        "This network takes nothing that could be drawn, typed or filled in here; "
        "Shown and Evaluate tell what it has learned."
    )


def test_after_an_edit_the_answers_are_gone(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, iris())
    page, model = desk.look.trying, desk.window.model
    edit = change_settings(model.document.graph, "fc1", {"out_features": 9})
    model.push("Widen", edit)
    assert page.sentence.isVisible() and page.sentence.text() == WAS_EDITED
    model.undo_stack.undo()
    desk.until(lambda: page.trial is not None)
    assert page.trial.isVisible()


def test_a_network_loaded_for_one_page_serves_the_other(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, iris())
    loaded = desk.look.source.trained
    desk.open_page(EVALUATE)
    desk.evaluate()
    assert desk.look.source.trained is loaded is not None
    desk.open_page(SHOWN)
    desk.open_page(TRY)
    assert desk.look.trying.trial is not None


# Drawing.


def drawing(desk: Desk) -> DrawTrial:
    trial = desk.look.trying.trial
    assert isinstance(trial, DrawTrial)
    return trial


def test_a_digit_is_drawn_and_answered(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = tried(qtbot, open_window, digits())
    trial = drawing(desk)
    assert trial.answer.text.text() == INVITATION
    drag(trial.pad, (0.5, 0.2), (0.5, 0.5), (0.5, 0.8))
    assert trial.pad.ink().max() == 1.0
    desk.until(lambda: trial.answer.bars.isVisible())
    assert [name for name, _ in trial.answer.bars.chances] == list("0123456789")
    assert sum(s for _, s in trial.answer.bars.chances) == pytest.approx(1.0, abs=1e-4)
    assert trial.answer.bars.accessibleDescription().count("%") == 3
    # More strokes, another answer: it follows the pen.
    desk.until(lambda: not trial.call.is_busy)
    before = trial.answer.bars.chances
    drag(trial.pad, (0.2, 0.5), (0.8, 0.5))
    desk.until(lambda: trial.answer.bars.chances != before)
    QTest.mouseClick(trial.clear_button, Qt.MouseButton.LeftButton)
    assert trial.pad.is_empty
    desk.until(lambda: trial.answer.text.isVisible())
    assert trial.answer.text.text() == INVITATION


def test_a_picture_file_is_answered_and_inverted(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    desk = tried(qtbot, open_window, digits())
    trial = drawing(desk)
    path = tmp_path / "grey.png"
    Image.new("L", (30, 30), 200).save(path)
    trial.show_file(path)
    desk.until(lambda: trial.answer.bars.isVisible() and not trial.call.is_busy)
    first = trial.answer.bars.chances
    assert trial.inverted.isVisible()
    trial.inverted.setFocus()
    QTest.keyClick(trial.inverted, Qt.Key.Key_Space)
    desk.until(lambda: trial.answer.bars.chances != first)
    path.write_bytes(b"spoiled")
    trial.show_file(path)
    desk.until(lambda: trial.answer.text.text().endswith("Choose another file."))
    assert trial.answer.text.isVisible()


def test_pictures_of_the_test_part_are_taken_one_after_the_other(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, digits())
    trial = drawing(desk)
    for number in (1, 2):
        QTest.mouseClick(trial.sample_button, Qt.MouseButton.LeftButton)
        test = desk.look.source.trained.splits.test
        digit = int(test.targets["digit"][number - 1])
        assert trial.truth.text() == f"Test picture {number}: truth\u00a0{digit}"
        desk.until(lambda: not trial.call.is_busy and trial.answer.bars.isVisible())


def test_an_autoencoder_gives_the_drawing_back(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, rebuild())
    trial = drawing(desk)
    drag(trial.pad, (0.4, 0.2), (0.6, 0.8))
    desk.until(lambda: trial.answer.picture.isVisible())


# Rows and sentences.


def test_a_row_is_filled_in_and_answered(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = tried(qtbot, open_window, iris())
    trial = desk.look.trying.trial
    assert isinstance(trial, RowTrial)
    desk.until(lambda: trial.answer.bars.isVisible() and not trial.call.is_busy)
    assert list(trial.fields)[2] == "petal length (cm)"
    before = trial.answer.bars.chances
    test = desk.look.source.trained.splits.test
    species = ("setosa", "versicolor", "virginica")[int(test.targets["species"][0])]
    assert trial.truth.text() == f"Test row 1: truth\u00a0{species}"
    field = trial.fields["petal length (cm)"]
    assert isinstance(field, QLineEdit)
    assert field.toolTip().startswith("From 1")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "6.9")
    desk.until(lambda: trial.answer.bars.chances != before)
    assert trial.truth.text() == ""
    QTest.keyClicks(field, "x")
    desk.until(lambda: trial.answer.text.isVisible())
    assert trial.answer.text.text().startswith(
        "petal length (cm) needs a number; received “6.9x”."
    )
    QTest.mouseClick(trial.sample_button, Qt.MouseButton.LeftButton)
    desk.until(lambda: trial.answer.bars.isVisible())


def test_an_empty_field_is_filled_as_gaps_are_in_the_training(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("w,v,y\n" + "1,,a\n3,5,b\n2,4,a\n2,6,b\n" * 20)
    settings = {"path": str(tmp_path / "a.csv"), "gaps": "fill"}
    layers: Layers = [
        ("features", "Input", {"shape": (2,)}),
        ("fc1", "Linear", {"out_features": 2}),
        ("y", "Output", {}),
    ]
    desk = tried(qtbot, open_window, chain("Gaps", layers, "csv-table", settings))
    trial = desk.look.trying.trial
    assert isinstance(trial, RowTrial)
    desk.until(lambda: trial.answer.bars.isVisible() and not trial.call.is_busy)
    field = trial.fields["v"]
    assert isinstance(field, QLineEdit)
    shown = set()
    for _ in range(len(desk.look.source.trained.splits.test)):
        shown.add(field.text())
        QTest.mouseClick(trial.sample_button, Qt.MouseButton.LeftButton)
    assert shown == {"", "4", "5", "6"}
    desk.until(lambda: not trial.call.is_busy)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "x")
    desk.until(lambda: trial.answer.text.isVisible())
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    desk.until(lambda: trial.answer.bars.isVisible())
    assert field.text() == ""
    assert field.placeholderText().startswith("missing: read as 5")


def test_a_sentence_is_answered_while_it_is_typed(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, kind_words())
    trial = desk.look.trying.trial
    assert isinstance(trial, SentenceTrial)
    assert trial.answer.text.text().startswith("Type a sentence")
    trial.line.setFocus()
    QTest.keyClicks(trial.line, "the cast is lifeless")
    desk.until(lambda: trial.answer.bars.isVisible())
    assert [name for name, _ in trial.answer.bars.chances] == ["negative", "positive"]
    assert not trial.unknown.isVisible()
    QTest.keyClicks(trial.line, " zzz")
    desk.until(lambda: trial.unknown.isVisible())
    assert trial.unknown.text() == "Unknown to the network: “zzz”"
    trial.set_theme(LIGHT)


def test_a_pretrained_network_is_asked_before_it_was_taught_anything(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    """What it was trained for by others answers at once; and who looks at whom."""
    folder = small_encoder(tmp_path / "model", classes=2)
    desk = opened(qtbot, open_window, reader(folder=str(folder), taken="mean"))
    desk.open_page(TRY)
    desk.choose(desk.look.run, 1)
    QTest.keyClick(desk.look.run, Qt.Key.Key_Return)
    page = desk.look.trying
    desk.until(lambda: page.trial is not None)
    trial = page.trial
    assert isinstance(trial, SentenceTrial)
    QTest.keyClicks(trial.line, "the dog zzz")
    desk.until(lambda: trial.answer.bars.isVisible() and not trial.call.is_busy)
    assert [name for name, _ in trial.answer.bars.chances] == ["negative", "positive"]
    assert trial.unknown.text() == "Unknown to the network: “zzz”"
    desk.choose(page.way, 1)
    QTest.keyClick(page.way, Qt.Key.Key_Return)
    looking = page.trial
    assert isinstance(looking, AttentionTrial)
    assert looking.text.text().startswith("Type a sentence")
    QTest.keyClicks(looking.line, "the dog chased the ball")
    desk.until(
        lambda: looking.table.rows[1:-1] == tuple("the dog chased the ball".split())
    )
    assert looking.table.rows == looking.table.columns
    assert [looking.layer.itemText(i) for i in range(2)] == [
        "body, layer 0",
        "body, layer 1",
    ]
    assert looking.layer.currentIndex() == 1
    assert looking.head.count() == 5
    mean = np.array(looking.table.shares)
    assert np.allclose(mean.sum(1), 1.0, atol=1e-5)
    heads = []
    for head in range(4):
        desk.choose(looking.head, head + 1)
        QTest.keyClick(looking.head, Qt.Key.Key_Return)
        heads.append(np.array(looking.table.shares))
    assert np.allclose(np.mean(heads, axis=0), mean, atol=1e-6)
    assert not np.allclose(heads[0], heads[1])
    # The head stays chosen while more is typed.
    QTest.keyClicks(looking.line, " because")
    desk.until(lambda: "because" in looking.table.rows)
    assert looking.head.currentText() == "Head 3"
    field = looking.table.field(1, 2).center().toPoint()
    assert looking.table.said_at(field).startswith("the takes ")
    looking.line.clear()
    assert looking.text.isVisible() and not looking.head.isVisible()


# Writing.


def test_a_text_is_written_on_and_stopped(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, writer())
    trial = desk.look.trying.trial
    assert isinstance(trial, WriteTrial)
    trial.text.setFocus()
    QTest.keyClicks(trial.text, "The ")
    field = trial.form.fields["length"].editor
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "20")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.mouseClick(trial.write_button, Qt.MouseButton.LeftButton)
    assert trial.text.isReadOnly() and not trial.write_button.isEnabled()
    desk.until(lambda: not trial.call.is_busy)
    text = trial.text.toPlainText()
    assert text.startswith("The ") and len(text) == 24
    assert trial.speed.text().startswith("20 tokens, ")
    assert not trial.text.isReadOnly()
    # Much more than there is time for: it grows, and Stop ends it.
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "100000")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.mouseClick(trial.write_button, Qt.MouseButton.LeftButton)
    desk.until(lambda: len(trial.text.toPlainText()) > 40)
    assert trial.call.is_busy
    QTest.mouseClick(trial.stop_button, Qt.MouseButton.LeftButton)
    desk.until(lambda: not trial.call.is_busy)
    assert 40 < len(trial.text.toPlainText()) < 100_000


def test_words_are_parted_from_what_was_typed(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, writer("words"))
    trial = desk.look.trying.trial
    assert isinstance(trial, WriteTrial)
    QTest.keyClicks(trial.text, "the")
    trial.write()
    desk.until(lambda: not trial.call.is_busy)
    assert trial.text.toPlainText().startswith("the ")


def test_a_window_that_closes_stops_the_writing(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, writer())
    trial = desk.look.trying.trial
    assert isinstance(trial, WriteTrial)
    trial._change("length", 100_000)
    trial.write()
    desk.until(lambda: len(trial.text.toPlainText()) > 5)
    desk.window.model.undo_stack.setClean()
    assert desk.window.close()
    assert not trial.call.is_busy


# Codes and noise.


def test_the_plane_is_walked_by_mouse_and_keys(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = tried(qtbot, open_window, plane_of_digits())
    page = desk.look.trying
    assert [page.way.itemText(i) for i in range(page.way.count())] == ["Draw", "Codes"]
    desk.choose(page.way, 1)
    QTest.keyClick(page.way, Qt.Key.Key_Return)
    trial = page.trial
    assert isinstance(trial, PlaneTrial)
    desk.until(lambda: trial.picture._pictures is not None)
    seen = [np.array(trial.picture._pictures)]
    drag(trial.plane, (0.5, 0.5), (0.55, 0.4))
    here = trial.plane.place_of(*trial.plane.at)
    at = (0.55 * trial.plane.width(), 0.4 * trial.plane.height())
    assert (here.x(), here.y()) == pytest.approx(at, abs=1.0)
    desk.until(lambda: not trial.call.is_busy)
    seen.append(np.array(trial.picture._pictures))
    x, y = trial.plane.at
    trial.plane.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(trial.plane, key)
    assert trial.plane.at[0] > x and trial.plane.at[1] > y
    desk.until(lambda: not trial.call.is_busy)
    seen.append(np.array(trial.picture._pictures))
    assert len({each.tobytes() for each in seen}) == 3
    assert trial.caption.text().endswith("click and drag.")
    trial.set_theme(LIGHT)


def test_a_generator_draws_again(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = tried(qtbot, open_window, generator())
    trial = desk.look.trying.trial
    assert isinstance(trial, MakeTrial)
    desk.until(lambda: trial.sheet._pictures is not None)
    before = np.array(trial.sheet._pictures)
    QTest.mouseClick(trial.button, Qt.MouseButton.LeftButton)
    desk.until(lambda: not np.array_equal(trial.sheet._pictures, before))


# A window of its own.


def test_larger_and_smaller(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = opened(qtbot, open_window, iris())
    look = desk.look
    QTest.mouseClick(look.larger, Qt.MouseButton.LeftButton)
    assert look.window() is not desk.window
    assert look.larger.text() == "Smaller"
    QTest.mouseClick(look.larger, Qt.MouseButton.LeftButton)
    desk.until(lambda: look.window() is desk.window)
    assert look.larger.text() == "Larger" and look.isVisible()
