"""Evaluate: the whole test part, in the background, and where the network errs."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from engine import evaluation
from engine.edits import MoveNodes, change_settings
from engine.figures import loss_figure
from gui.look.confusion_view import legible, luminance, mixed
from gui.look.evaluate_page import INVITATION
from gui.look.picture_list import SampleList
from gui.look.samples_page import MOST_SAMPLES
from gui.look.trained_source import IS_TRAINING, NOT_TRAINED, WAS_EDITED
from gui.look.view import EVALUATE
from gui.theme import DARK, LIGHT, Theme
from tests.engine.documents import digits, forecast, halves, iris, rebuild
from tests.engine.shown_documents import generator, writer
from tests.gui.conftest import OpenWindow
from tests.gui.look.desk import Desk, opened


@pytest.fixture
def flowers(qtbot: QtBot, open_window: OpenWindow) -> Desk:
    desk = opened(qtbot, open_window, iris())
    desk.open_page(EVALUATE)
    return desk


def click_cell(view: QTableView, row: int, column: int) -> None:
    at = view.visualRect(view.model().index(row, column)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def choose_view(desk: Desk, name: str) -> None:
    view = desk.look.evaluate.view
    desk.choose(view, view.findData(name))
    QTest.keyClick(view, Qt.Key.Key_Return)


def captions(desk: Desk) -> list[str]:
    """What is said of the samples that are listed alone."""
    return told(desk.look.evaluate.samples.list)


def told(found: SampleList) -> list[str]:
    return [found.item(row).text() for row in range(found.count())]


# When there is something to evaluate.


def test_before_a_training_it_is_said_what_to_do(flowers: Desk) -> None:
    page = flowers.look.evaluate
    assert (
        page.sentence.text()
        == NOT_TRAINED
        == (
            "Press Train, or choose above: an older run, if there is one, or "
            "“Before training” for the network as it begins."
        )
    )
    assert not page.button.isEnabled()


def test_after_a_training_it_can_be_pressed(flowers: Desk) -> None:
    page = flowers.look.evaluate
    flowers.train()
    assert page.button.isEnabled()
    assert page.sentence.text() == INVITATION
    flowers.evaluate()
    assert page.evaluation is not None
    assert page.figures.whole.startswith("accuracy ")
    assert page.figures.whole.endswith(" · 30 test samples")
    assert (
        page.matrix.confusion.isVisible()
        and page.matrix.confusion.matrix.rowCount() == 3
    )


def test_the_keyboard_goes_from_the_button_to_what_came_of_it(flowers: Desk) -> None:
    page = flowers.look.evaluate
    flowers.train()
    flowers.window.activateWindow()
    page.button.setFocus()
    QTest.keyClick(page.button, Qt.Key.Key_Space)
    flowers.until(lambda: page.evaluation is not None)
    assert page.view.hasFocus()


def test_an_edit_takes_the_network_away_and_undo_brings_it_back(flowers: Desk) -> None:
    page, model = flowers.look.evaluate, flowers.window.model
    flowers.train()
    flowers.evaluate()
    model.push("Move", MoveNodes({"fc1": (500.0, 500.0)}))
    assert page.evaluation is not None  # a card that moves computes the same
    edit = change_settings(model.document.graph, "fc1", {"out_features": 9})
    model.push("Widen", edit)
    assert page.evaluation is None
    assert page.sentence.text() == WAS_EDITED
    assert not page.button.isEnabled()
    model.undo_stack.undo()
    assert page.button.isEnabled()
    flowers.evaluate()
    assert page.evaluation is not None


def test_an_older_run_is_chosen_and_stays_through_a_training(flowers: Desk) -> None:
    page, runs = flowers.look.evaluate, flowers.look.run
    flowers.train()
    flowers.train()
    titles = [runs.itemText(place) for place in range(runs.count())]
    assert titles[:2] == ["Last training", "Before training"]
    assert [title.split(" · ")[0] for title in titles[2:]] == ["Run 2", "Run 1"]
    assert "accuracy" in titles[2]
    flowers.choose(runs, 3)
    QTest.keyClick(runs, Qt.Key.Key_Return)
    flowers.evaluate()
    first = page.evaluation
    assert first is not None
    graph = flowers.window.model.document.graph
    edit = change_settings(graph, "fc1", {"out_features": 9})
    flowers.window.model.push("Widen", edit)
    flowers.train()
    assert page.evaluation is first  # it is about that run
    assert runs.currentText().startswith("Run 1")


def test_a_network_is_evaluated_before_any_training(flowers: Desk) -> None:
    page, runs = flowers.look.evaluate, flowers.look.run
    flowers.choose(runs, 1)
    QTest.keyClick(runs, Qt.Key.Key_Return)
    assert page.button.isEnabled()
    flowers.evaluate()
    begun = page.evaluation
    assert begun is not None and len(page.report.truth) == 30
    # A card that moves changes nothing; another width is another network.
    model = flowers.window.model
    model.push("Move", MoveNodes({"fc1": (5.0, 700.0)}))
    assert page.evaluation is begun
    graph = model.document.graph
    model.push("Widen", change_settings(graph, "fc1", {"out_features": 9}))
    assert page.evaluation is None and page.button.isEnabled()


def test_while_it_trains_the_last_training_is_not_there(flowers: Desk) -> None:
    window = flowers.window
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)
    assert flowers.look.source.why_not() == IS_TRAINING
    flowers.until(lambda: not window.training.is_busy)
    assert flowers.look.source.why_not() == ""


def test_weights_that_are_gone_are_told(flowers: Desk) -> None:
    page = flowers.look.evaluate
    flowers.train()
    flowers.choose(flowers.look.run, 2)
    QTest.keyClick(flowers.look.run, Qt.Key.Key_Return)
    choice = flowers.look.run.currentData()
    (choice.folder / "final.safetensors").write_bytes(b"spoiled")
    flowers.evaluate()
    assert page.sentence.text().endswith(
        "cannot be read: the file is damaged. Train the network again, or choose "
        "another run."
    )
    assert page.button.isEnabled()


def test_the_window_lives_while_a_network_is_evaluated(
    flowers: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = threading.Event(), threading.Event()
    real = evaluation.judged

    def slow(*args: object) -> object:
        begun.set()
        gate.wait(20)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluation, "judged", slow)
    flowers.train()
    page = flowers.look.evaluate
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    flowers.until(begun.is_set)
    beats: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(5)
    flowers.until(lambda: len(beats) > 20)
    assert page.evaluation is None
    assert page.sentence.text() == "0 of 30 test samples answered"
    gate.set()
    flowers.until(lambda: page.evaluation is not None)


def test_a_window_that_closes_gives_the_evaluation_up(
    flowers: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def endless(trained: object, is_wanted: object, progress: object) -> object:
        while is_wanted():  # type: ignore[operator]
            asked.set()
        raise evaluation.Unwanted

    monkeypatch.setattr(evaluation, "evaluate", endless)
    flowers.train()
    page = flowers.look.evaluate
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    flowers.until(asked.is_set)
    flowers.window.model.undo_stack.setClean()
    assert flowers.window.close()
    assert page.evaluation is None


# Classes.


def test_a_cell_shows_its_samples_and_back(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    desk.window.resize(1100, 1000)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page = desk.look.evaluate
    report = page.report
    best = int(np.diag(report.confusion).argmax())
    count = report.confusion[best, best]
    assert page.matrix.confusion.matrix.index(best, best).data() == str(count)
    click_cell(page.matrix.confusion, best, best)
    desk.until(lambda: page.matrix.samples.list.count() == min(count, MOST_SAMPLES))
    assert (
        page.matrix.samples.heading.text()
        == f"{best} told right: {count}, the surest first."
    )
    assert told(page.matrix.samples.list)[0].startswith(f"{best}, ")
    assert not page.matrix.samples.list.item(0).icon().isNull()
    QTest.mouseClick(page.matrix.samples.back, Qt.MouseButton.LeftButton)
    assert page.matrix.confusion.isVisible() and page.matrix.confusion.hasFocus()
    assert " · top-5 " in page.figures.whole and " · F1 " in page.figures.whole
    # By the keyboard, too.
    key, other = (
        (Qt.Key.Key_Right, best + 1) if best < 9 else (Qt.Key.Key_Left, best - 1)
    )
    QTest.keyClick(page.matrix.confusion, key)
    QTest.keyClick(page.matrix.confusion, Qt.Key.Key_Return)
    taken = report.confusion[best, other]
    told_of = f"{taken}, the surest first" if taken else "none"
    head = f"{best} taken for {other}: {told_of}."
    assert page.matrix.samples.heading.text() == head
    assert not report.confusion[best, other] or page.matrix.samples.list.isVisible()


def test_where_there_is_room_the_mistakes_stand_beside_the_matrix(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    desk.window.resize(1100, 800)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page, report = desk.look.evaluate.matrix, desk.look.evaluate.report
    confusion, samples = page.confusion, page.samples
    assert confusion.isVisible() and not samples.isVisible()
    desk.window.resize(2200, 1200)
    desk.until(samples.isVisible)
    assert confusion.isVisible() and not samples.back.isVisible()
    places = report.mistakes()
    desk.until(lambda: samples.list.count() == min(len(places), MOST_SAMPLES))
    wrong = f"{len(places)} of 359 answers are wrong"
    assert samples.heading.text().startswith(wrong)
    last = confusion.visualRect(confusion.matrix.index(9, 9))
    assert last.right() < confusion.viewport().width()  # no column is cut
    assert confusion.geometry().right() < samples.geometry().left()
    best = int(np.diag(report.confusion).argmax())
    click_cell(confusion, best, best)
    assert confusion.isVisible() and samples.back.isVisible()
    assert samples.heading.text().startswith(f"{best} told right")
    QTest.mouseClick(samples.back, Qt.MouseButton.LeftButton)
    assert samples.heading.text().startswith(wrong)
    click_cell(confusion, best, best)
    desk.window.resize(1100, 800)  # the cell's samples take the matrix's place
    desk.until(lambda: not confusion.isVisible())
    assert samples.isVisible() and samples.back.isVisible()


def test_the_worst_mistakes_are_pictures_with_what_was_said(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, digits(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    choose_view(desk, "mistakes")
    page = desk.look.evaluate
    desk.until(lambda: page.samples.list.count() > 0)
    places = page.report.mistakes()
    assert page.samples.list.count() == min(len(places), MOST_SAMPLES)
    assert page.samples.heading.text().startswith(
        f"{len(places)} of 359 answers are wrong"
    )
    truth, chosen = (
        each[places[0]] for each in (page.report.truth, page.report.chosen)
    )
    sure = round(100 * float(page.report.confidence[places[0]]))
    assert captions(desk)[0] == f"{truth} → {chosen}\n{sure}\u00a0%"
    assert not page.samples.back.isVisible()


def test_the_table_of_classes_sorts_by_its_heads(flowers: Desk) -> None:
    flowers.train()
    flowers.evaluate()
    choose_view(flowers, "figures")
    table = flowers.look.evaluate.classes
    assert table.isVisible()

    def column(place: int) -> list[str]:
        model = table.model()
        return [model.index(row, place).data() for row in range(model.rowCount())]

    assert column(0) == ["setosa", "versicolor", "virginica"]
    header = table.horizontalHeader()
    for _ in range(2):
        at = QPoint(header.sectionViewportPosition(2) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        shares = [float(text.removesuffix("\u00a0%")) for text in column(2)]
        order = header.sortIndicatorOrder()
        falls = order is Qt.SortOrder.DescendingOrder
        assert shares == sorted(shares, reverse=falls)
        head = table.model().headerData(2, Qt.Orientation.Horizontal)
        assert head == f"Recall {'▾' if falls else '▴'}"


def test_rows_of_a_table_are_told_by_their_columns(flowers: Desk) -> None:
    flowers.train()
    flowers.evaluate()
    choose_view(flowers, "mistakes")
    page = flowers.look.evaluate
    if len(page.report.mistakes()):
        flowers.until(lambda: page.samples.list.count() > 0)
        assert " taken for " in captions(flowers)[0]
        assert "petal length (cm) " in captions(flowers)[0]


def test_each_output_is_chosen(qtbot: QtBot, open_window: OpenWindow) -> None:
    desk = opened(qtbot, open_window, halves(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page = desk.look.evaluate
    assert page.output.isVisible()
    assert page.matrix.confusion.matrix.rowCount() == 10
    desk.choose(page.output, 1)
    QTest.keyClick(page.output, Qt.Key.Key_Return)
    assert page.matrix.confusion.matrix.rowCount() == 2


def test_signs_that_cannot_be_seen_have_names(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, writer(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page = desk.look.evaluate
    names = [
        page.matrix.confusion.matrix.headerData(place, Qt.Orientation.Horizontal)
        for place in range(page.matrix.confusion.matrix.columnCount())
    ]
    assert "␣" in names and " " not in names
    assert "perplexity" in page.figures.whole
    choose_view(desk, "mistakes")
    desk.until(lambda: page.samples.list.count() > 0)
    assert " taken for ␣, " in captions(desk)[0]


# Numbers and pictures.


def test_a_forecast_is_drawn_beside_the_truth(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, forecast(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page = desk.look.evaluate
    plots = page.plots
    assert plots is not None and plots.isVisible()
    report = page.report
    assert plots.line.getData()[1].tolist() == report.truth[:, 0].tolist()
    assert plots.answers.getData()[1].tolist() == report.answers[:, 0].tolist()
    assert "R² " in page.figures.whole
    choose_view(desk, "residuals")
    x, y = plots.points.getData()
    assert (x - y).tolist() == pytest.approx(report.truth[:, 0].tolist())
    choose_view(desk, "truth")
    x, y = plots.points.getData()
    assert x.tolist() == report.truth[:, 0].tolist()
    plots.set_theme(LIGHT)


def test_what_is_rebuilt_worst_stands_beside_what_was_seen(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, rebuild(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    page = desk.look.evaluate
    desk.until(lambda: page.samples.list.count() == MOST_SAMPLES)
    worst = page.report.worst()[0]
    assert captions(desk)[0] == f"error {loss_figure(page.report.errors[worst])}"
    icon = page.samples.list.item(0).icon()
    size = icon.availableSizes()[0]
    assert size.width() > 1.8 * size.height()  # two pictures


def test_a_network_without_answers_says_so(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    desk = opened(qtbot, open_window, generator(), epochs=1)
    desk.open_page(EVALUATE)
    desk.train()
    desk.evaluate()
    assert desk.look.evaluate.sentence.text().startswith(
        "This network answers nothing that the test part could be compared with."
    )


# Colours.


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_numbers_stand_out_from_every_cell(theme: Theme) -> None:
    for family in ("convolution", "dense"):
        for percent in range(0, 101, 5):
            hue = theme.families[family]
            ground = mixed(theme.surface, hue, (percent / 100) ** 0.6)
            text = legible(ground, theme)
            light, dark = sorted(map(luminance, (ground, text)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5
