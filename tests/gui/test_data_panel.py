"""The Data tab: samples of every kind, what is said of them, and augmentation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.document import DataConfig, Document
from engine.edits import SetData, SetRecipe
from engine.recipe import Recipe
from gui.data_panel import view as view_module
from gui.data_panel.balance import BalanceBars
from gui.data_panel.details import duplicates_in_words
from gui.data_panel.latest import Latest
from gui.data_panel.loading import Progress
from gui.data_panel.pages import DUPLICATES, Figures
from gui.data_panel.reading import by_turns
from gui.data_panel.view import DataView
from gui.line_field import LineField
from gui.main_window import MainWindow
from gui.theme import DARK
from gui.training.worker import LoadingStopped
from tests.engine.data_files import write_pictures, write_tones
from tests.engine.documents import digits, forecast, halves, iris, rebuild
from tests.gui.conftest import OpenWindow


def opened(qtbot: QtBot, window: MainWindow) -> DataView:
    """The tab, in sight, with everything in it that has to be waited for."""
    QTest.mouseClick(window.page.inspector.document_page.data.look, _LEFT)
    panel = window.bottom.data
    assert window.bottom.currentWidget() is panel
    qtbot.waitUntil(lambda: panel.view is not None, timeout=20_000)
    assert panel.view is not None
    settle(qtbot, panel.view)
    return panel.view


_LEFT = Qt.MouseButton.LeftButton


def settle(qtbot: QtBot, view: DataView) -> None:
    def is_calm() -> bool:
        busy = (view.loading, view.reading, view.samples.paging)
        return not (view._quiet.isActive() or any(each.is_busy for each in busy))

    qtbot.waitUntil(is_calm, timeout=30_000)


def learn_from(window: MainWindow, source: str, **settings: Any) -> None:
    config = DataConfig(source=source, settings=settings)
    window.model.push("Other data", SetData(config))


def with_data(source: str, **settings: Any) -> Document:
    document = digits()
    document.data = DataConfig(source=source, settings=settings)
    return document


# Questions on a thread.


def test_only_the_newest_question_is_answered(qtbot: QtBot) -> None:
    latest, gate = Latest(), threading.Event()
    answers: list[object] = []
    latest.answered.connect(answers.append)
    latest.ask(lambda: gate.wait(10) and "first")
    latest.ask(lambda: "second")
    latest.ask(lambda: "third")
    assert latest.is_busy
    gate.set()
    qtbot.waitUntil(lambda: not latest.is_busy)
    assert answers == ["third"]
    gate.clear()
    latest.ask(lambda: gate.wait(10) and "fourth")
    latest.forget()
    gate.set()
    latest.close()
    qtbot.wait(50)
    assert answers == ["third"]


def test_what_goes_wrong_arrives_as_a_problem(qtbot: QtBot) -> None:
    latest = Latest()
    with qtbot.waitSignal(latest.failed) as failed:
        latest.ask(lambda: 1 / 0)
    (problem,) = failed.args
    assert problem.sentence().startswith("Something in Espalier went wrong")
    with qtbot.waitSignal(latest.answered) as answered:
        latest.ask(lambda: 4)
    assert answered.args == [4]
    latest.close()


# Samples of every kind.


def test_pictures_with_their_classes_a_page_at_a_time(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(digits())
    view = opened(qtbot, window)
    assert view.loaded is not None
    cells, labels = view.samples.grid.cells, view.loaded.splits.train.targets["digit"]
    assert len(cells) == view.samples.grid.room > 3
    assert [cell.caption for cell in cells] == [
        str(int(n)) for n in labels[: len(cells)]
    ]
    assert cells[0].image is not None and cells[0].image.width() == 8
    place = view.controls.place
    assert place.text() == f"1–{len(cells)} of 1,258"
    assert not view.controls.back.isEnabled()

    QTest.mouseClick(view.controls.on, _LEFT)
    settle(qtbot, view)
    assert view.samples.grid.cells[0].index == len(cells)
    view.samples.grid.setFocus()
    QTest.keyClick(view.samples.grid, Qt.Key.Key_PageUp)
    settle(qtbot, view)
    assert view.samples.grid.cells[0].index == 0
    QTest.keyClick(view.samples.grid, Qt.Key.Key_PageUp)  # there is nothing before
    settle(qtbot, view)
    assert view.samples.grid.cells[0].index == 0

    box = view.controls.of_class
    box.setFocus()
    QTest.keyClicks(box, "7")
    box.activated.emit(box.currentIndex())
    settle(qtbot, view)
    assert {cell.caption for cell in view.samples.grid.cells} == {"7"}
    assert place.text().endswith(f"of {int((labels == 7).sum())}")
    first = view.samples.grid.cells[0]
    assert view.samples.grid.cell_at(QPointF(12, 10)) == first
    assert view.samples.grid.cell_at(QPointF(1, 1)) is None


def test_another_part_is_shown_from_its_beginning(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(digits()))
    view.samples.turn(3)
    settle(qtbot, view)
    assert view.samples.grid.cells[0].index > 0
    view.controls.choose_part("test")
    settle(qtbot, view)
    assert [c.index for c in view.samples.grid.cells][:2] == [0, 1]
    assert {cell.part for cell in view.samples.grid.cells} == {"test"}
    assert view.controls.place.text().endswith("of 359")


def test_rows_have_the_columns_and_values_of_the_table(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(iris()))
    rows = view.samples.table.rows
    assert rows.heads == ("Answer", *(f"{name} (cm)" for name in (
        "sepal length", "sepal width", "petal length", "petal width")))  # fmt: skip
    assert rows.rows[0] == ("setosa", "5.1", "3.5", "1.4", "0.2")
    assert view.controls.place.text() == "1–100 of 105"
    view.samples.turn(1)
    settle(qtbot, view)
    assert len(rows.rows) == 5
    assert view.controls.place.text() == "101–105 of 105"


def test_series_are_lines_with_what_follows_in_its_unit(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(forecast()))
    assert view.loaded is not None
    cell, splits = view.samples.grid.cells[0], view.loaded.splits
    assert len(cell.lines) == 1 and len(cell.lines[0]) == 20
    mean, std = splits.scales["next"]
    follows = float(splits.train.targets["next"][0, 0]) * std + mean
    assert cell.caption == f"{follows:.4g}"
    assert view.details.balance.classes == []
    assert view.details._no_classes.text() == (
        "There are no classes: the answers are numbers."
    )


def test_texts_are_words_again(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(with_data("reviews-small"))
    view = opened(qtbot, window)
    assert view.samples.table.rows.heads == ("Answer", "Text")
    answer, text = view.samples.table.rows.rows[0]
    assert answer in ("negative", "positive")
    assert len(text.split()) > 4 and "<padding>" not in text

    learn_from(window, "made-up-dates")
    settle(qtbot, view)
    answer, text = view.samples.table.rows.rows[0]
    assert answer.count("-") == 2 and answer[:4].isdigit() and "  " not in text

    learn_from(window, "made-up-text", level="words")
    settle(qtbot, view)
    following, text = view.samples.table.rows.rows[0]
    assert text.split()[1:] == following.split()[:-1]


def test_several_inputs_are_looked_at_one_by_one(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(halves()))
    field = view.controls.field
    assert field.isVisible()
    assert [field.itemText(i) for i in range(field.count())] == ["left", "right"]
    assert view.samples.grid.cells[0].caption in ("0, even",)
    left = view.samples.grid.cells[0].image
    field.setCurrentIndex(1)
    field.activated.emit(1)
    settle(qtbot, view)
    right = view.samples.grid.cells[0].image
    assert left is not None and right is not None and left != right
    assert (left.width(), left.height()) == (4, 8)


def test_flat_pictures_are_pictures_and_need_no_answer(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(rebuild()))
    cell = view.samples.grid.cells[0]
    assert cell.caption == "" and cell.image is not None
    assert (cell.image.width(), cell.image.height()) == (8, 8)


# What is said of the data.


@pytest.mark.parametrize("width", [140, 300])
def test_balance_has_room_for_every_bar_below_what_it_says(
    width: int, qtbot: QtBot
) -> None:
    balance = BalanceBars(DARK)
    qtbot.addWidget(balance)
    names = [str(each) for each in range(10)]
    balance.show_counts(
        {part: dict.fromkeys(names, 100) for part in ("train", "validation", "test")}
    )
    balance.resize(width, balance.sizeHint().height())
    image = balance.grab().toImage()
    colors = [QColor(DARK.kinds[kind]) for kind in ("image", "vector", "tokens")]
    # Right of the names, behind which all bars begin.
    x = 8 + balance.fontMetrics().horizontalAdvance("0") + 8 + 4
    column = [image.pixelColor(x, y) for y in range(image.height())]
    words = 2 * balance.fontMetrics().height() + 8
    bars = [
        y
        for y, color in enumerate(column)
        if color in colors and column[y - 1] != color and y > words
    ]
    assert len(bars) == 3 * len(names)
    assert bars[0] > words and bars[-1] + 5 < image.height()
    told = [
        image.pixelColor(x, y)
        for x in range(width)
        for y in range(words // 2, words)
        if image.pixelColor(x, y) == QColor(DARK.muted)
    ]
    assert bool(told) is (width == 300), "what bars are is said where there is room"


def test_pictures_begin_where_the_controls_do(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(digits()))
    grid = view.samples.grid
    image = grid.grab().toImage()
    first = grid.cells[0].image
    assert first is not None and not grid.hasFocus()
    ground = image.pixelColor(image.width() - 1, image.height() - 1)
    left = next(
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(4, 30))
    )
    edge = view.controls.mapTo(view, view.controls.rect().topLeft()).x()
    assert grid.mapTo(view, grid.rect().topLeft()).x() + left == edge


def test_balance_values_and_split_are_told(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(digits()))
    details = view.details
    assert view.loaded is not None
    assert details.balance.counts == view.loaded.counts
    assert sum(details.balance.counts["train"].values()) == 1258
    assert "Test part: 0 36, 1 36" in details.balance.accessibleDescription()
    assert details.ranges.rows.rows[0] == (
        "train", "image", "0", "0.3056", "0.3766", "1", "1,258",
    )  # fmt: skip
    split = details.split
    told = split.sizes.text().replace("\N{NO-BREAK SPACE}", " ")
    assert told == "1,258 train, 180 validation, 359 test"
    assert split.how.text() == (
        "10\u00a0% is kept for validation and 20\u00a0% for the test, by chance "
        "with seed 0, with "
        "the classes in the same proportions everywhere."
    )
    assert split.duplicates.text() == "No test sample occurs in the training part."
    assert split.show_button.isHidden() and split.note.isHidden()


def test_duplicates_are_told_and_shown_beside_their_twins(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "a/train", {"cat": 9, "dog": 9})
    write_pictures(tmp_path / "a/test", {"cat": 3, "dog": 3}, seed=5)
    for source, copy in (("dog/004", "cat/001"), ("cat/002", "cat/002")):
        twin = (tmp_path / f"a/train/{source}.png").read_bytes()
        (tmp_path / f"a/test/{copy}.png").write_bytes(twin)
    settings = {"path": str(tmp_path / "a"), "picture_size": 12, "validation": 0.06}
    window = open_window(with_data("image-folder", **settings))
    view = opened(qtbot, window)
    split = view.details.split
    assert split.duplicates.text() == (
        "2 of 6 test samples occur in the training part too, number for number, 1 of "
        "them with another answer."
    )
    view.details.setCurrentIndex(2)
    QTest.mouseClick(split.show_button, _LEFT)
    settle(qtbot, view)
    assert view.controls.chosen_part == DUPLICATES
    cells = view.samples.grid.cells
    assert [cell.part for cell in cells] == ["train", "test"] * 2
    for train, test in zip(cells[::2], cells[1::2], strict=True):
        assert train.image == test.image
    assert [cell.caption for cell in cells] == ["dog", "cat", "cat", "cat"]
    assert not view.controls.of_class.isEnabled()
    learn_from(window, "digits")
    settle(qtbot, view)
    assert view.controls.part.findData(DUPLICATES) < 0
    assert view.controls.chosen_part == "train"


def test_one_duplicate_is_told_in_the_singular() -> None:
    from engine.data.inspection import Duplicates

    found = Duplicates(count=1, contradicting=0, first=((0, 0),))
    figures = Figures(config=DataConfig(source="x"), ranges=[], duplicates=found)
    assert duplicates_in_words(figures, 5000) == (
        "1 of 5,000 test samples occurs in the training part too, number for number."
    )


def test_what_was_left_out_is_said(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "a", {"cat": 9, "dog": 9})
    (tmp_path / "a/cat/003.png").write_bytes(b"no picture")
    settings = {"path": str(tmp_path / "a"), "picture_size": 12, "damaged": "skip"}
    view = opened(qtbot, open_window(with_data("image-folder", **settings)))
    note = view.details.split.note
    assert not note.isHidden() and "003.png" in note.text()


# Loading.


def test_an_error_is_one_sentence_and_can_be_tried_again(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    window = open_window(with_data("csv-table", path=str(path)))
    view = opened(qtbot, window)
    assert view.message.text() == (
        f"There is no file {path}. Choose a file that exists."
    )
    assert view.message.isVisible() and not view.samples.grid.isVisible()
    path.write_text("x,y\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40)))
    QTest.mouseClick(view.message_button, _LEFT)
    settle(qtbot, view)
    assert view.samples.table.isVisible() and view.samples.table.rows.heads == (
        "Answer",
        "x",
    )


def test_a_table_with_gaps_is_shown_as_it_stands(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(iris(), data_dir=tmp_path)
    lines = ["age,height,kind", *(f"{n},{n + 100},{'ab'[n % 2]}" for n in range(40))]
    lines[3] = "2,,a"
    (tmp_path / "people.csv").write_text("\n".join(lines))
    learn_from(window, "csv-table", path="people.csv")
    view = opened(qtbot, window)
    assert "row 4: the column “height” has no value" in view.message.text()
    assert view.as_written.isVisible()
    assert view.as_written.rows.heads == ("age", "height", "kind")
    assert view.as_written.rows.rows[2] == ("2", "", "a")
    assert view.as_written.rows.headerData(2, Qt.Orientation.Vertical) == "4"
    learn_from(window, "csv-table", path="people.csv", gaps="fill")
    settle(qtbot, view)
    assert not view.as_written.isVisible()
    table = view.samples.table
    view.controls.choose_part("test")
    settle(qtbot, view)
    gap = ("a", "2", "(missing)")
    at = table.rows.index(table.rows.rows.index(gap), 2)
    assert at.data(Qt.ItemDataRole.ForegroundRole) == QColor(DARK.muted)
    assert at.data(Qt.ItemDataRole.ToolTipRole).startswith(
        "Missing in the file: the network reads 1"
    )
    beside = at.siblingAtColumn(1)
    assert beside.data(Qt.ItemDataRole.ForegroundRole) == QColor(DARK.text)
    assert beside.data(Qt.ItemDataRole.ToolTipRole) is None


def test_nothing_is_downloaded_unasked(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(with_data("svhn"))
    view = opened(qtbot, window)
    assert view.message.text() == "246 MB have to be downloaded."
    assert view.message_button.text() == "Download now"
    chosen: list[bool] = []
    monkeypatch.setattr(
        "gui.data_folder.QFileDialog.getExistingDirectory",
        lambda *_: chosen.append(True) or "",
    )
    QTest.mouseClick(view.folder_button, _LEFT)
    assert chosen == [True], "who has the files says where they are"
    started: list[bool] = []

    def loaded(
        config: DataConfig, data_dir: Path, may: bool, progress: Callable[..., None]
    ) -> object:
        started.append(may)
        progress(512, 1024, "train_32x32.mat")
        return "stopped here"

    monkeypatch.setattr(view_module, "load_to_show", loaded)
    QTest.mouseClick(view.message_button, _LEFT)
    settle(qtbot, view)
    assert started == [True]
    assert view._progress.text == "Downloading train_32x32.mat: 50\u00a0%"


def test_a_download_that_nobody_waits_for_is_broken_off() -> None:
    progress = Progress()
    progress(1, 0, "a")
    assert progress.text == "Downloading a: 0 MB"
    progress.stop()
    with pytest.raises(LoadingStopped):
        progress(2, 0, "a")


def test_the_data_is_loaded_once_and_let_go_when_nobody_looks(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    real = view_module.load_to_show

    def counted(config: DataConfig, *more: Any) -> object:
        calls.append(config.source)
        return real(config, *more)

    monkeypatch.setattr(view_module, "load_to_show", counted)
    window = open_window(digits())
    view = opened(qtbot, window)
    figures = view._figures
    window.bottom.setCurrentWidget(window.bottom.code)
    window.bottom.setCurrentWidget(window.bottom.data)
    settle(qtbot, view)
    assert calls == ["digits"]
    window.model.push("Longer", SetRecipe(Recipe(epochs=9)))
    settle(qtbot, view)
    assert calls == ["digits"]

    window.bottom.setCurrentWidget(window.bottom.code)
    assert view._letting_go.isActive()
    assert view._letting_go.interval() == 60_000
    view.let_go()  # as the timer does
    assert view.loaded is None and not view.samples.grid.cells
    learn_from(window, "iris")  # nobody sees it: nothing is loaded
    qtbot.wait(400)
    assert calls == ["digits"]
    window.model.undo_stack.undo()
    window.bottom.setCurrentWidget(window.bottom.data)
    settle(qtbot, view)
    assert calls == ["digits", "digits"]
    assert view._figures is figures  # these were kept
    assert view.samples.grid.cells


def test_the_window_answers_while_data_is_loaded(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, real = threading.Event(), view_module.load_to_show

    def slow(*arguments: Any) -> object:
        gate.wait(20)
        return real(*arguments)

    monkeypatch.setattr(view_module, "load_to_show", slow)
    window = open_window(digits())
    QTest.mouseClick(window.page.inspector.document_page.data.look, _LEFT)
    qtbot.waitUntil(lambda: window.bottom.data.view is not None)
    view = window.bottom.data.view
    assert view is not None and view.message.text() == "Loading…"
    learn_from(window, "iris")  # and what was asked for first is not shown
    qtbot.wait(350)
    assert view.message.text() == "Loading…"
    gate.set()
    settle(qtbot, view)
    assert view.samples.table.rows.rows[0][0] == "setosa"


# Augmentation.


def field_line(view: DataView, name: str) -> QLineEdit:
    field = view.details.augmentation.form.fields[name]
    assert isinstance(field, LineField)
    return field.editor


def offered(view: DataView) -> list[str]:
    return list(view.details.augmentation.form.fields)


def test_augmentation_is_chosen_and_seen_at_once(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(digits())
    view = opened(qtbot, window)
    assert offered(view) == [
        "flip", "rotation", "shift", "zoom", "brightness", "contrast", "erasing",
        "noise", "mixup",
    ]  # fmt: skip
    seen = view.controls.seen
    assert not seen.isEnabled()
    assert seen.toolTip() == "Nothing is changed yet: see Augmentation"
    plain = [cell.image for cell in view.samples.grid.cells]

    view.details.setCurrentWidget(view.details.augmentation_area)
    line = field_line(view, "rotation")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "40")
    settle(qtbot, view)
    assert window.model.document.recipe.rotation == 40.0
    assert seen.isEnabled() and seen.isChecked()
    turned = [cell.image for cell in view.samples.grid.cells]
    assert turned != plain
    QTest.mouseClick(view.controls.redraw, _LEFT)
    settle(qtbot, view)
    again = [cell.image for cell in view.samples.grid.cells]
    assert again not in (turned, plain)

    view.controls.choose_part("test")
    settle(qtbot, view)
    assert not seen.isEnabled()
    assert seen.toolTip() == "Only samples of the training part are changed"
    view.controls.choose_part("train")
    settle(qtbot, view)
    window.model.undo_stack.undo()  # what was typed is one step
    settle(qtbot, view)
    assert window.model.document.recipe.rotation == 0.0
    assert [cell.image for cell in view.samples.grid.cells] == plain
    assert line.text() == "0"


def test_a_blend_tells_both_answers(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window(digits())
    view = opened(qtbot, window)
    line = field_line(view, "mixup")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "1")
    settle(qtbot, view)
    cell = view.samples.grid.cells[0]
    assert view.loaded is not None
    first = int(view.loaded.splits.train.targets["digit"][0])
    assert cell.caption.startswith(f"{first} + ")
    assert cell.detail.count("%") == 2 and f"% {first}, " in cell.detail


def test_looking_takes_no_random_numbers_of_a_training(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    document = digits(rotation=20.0, noise=0.2, erasing=0.5, mixup=0.4, flip=True)
    view = opened(qtbot, open_window(document))
    torch.manual_seed(7)
    before = torch.get_rng_state()
    QTest.mouseClick(view.controls.seen, _LEFT, pos=view.controls.seen.rect().center())
    view.controls.seen.setChecked(True)
    view.samples.redraw()
    settle(qtbot, view)
    assert view.controls.is_augmented
    assert torch.equal(torch.get_rng_state(), before)


def test_what_does_not_fit_is_told_and_can_be_turned_off(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(digits(rotation=10.0))
    view = opened(qtbot, window)
    learn_from(window, "iris")
    settle(qtbot, view)
    page = view.details.augmentation
    assert offered(view) == ["rotation", "noise", "mixup"]
    assert page.problems.text() == (
        "The augmentation rotation is for pictures, and the data gives none. Turn "
        "rotation off."
    )
    line = field_line(view, "rotation")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0")
    settle(qtbot, view)
    assert offered(view) == ["noise", "mixup"]
    assert page.problems.isHidden()
    learn_from(window, "made-up-dates")
    settle(qtbot, view)
    assert (
        page.about.text() == "Nothing that could be changed by chance fits this data."
    )


def test_rows_and_texts_are_shown_augmented_too(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(with_data("reviews-small"))
    view = opened(qtbot, window)
    plain = view.samples.table.rows.rows
    recipe = replace(window.model.document.recipe, word_dropout=0.4)
    window.model.push("Drop words", SetRecipe(recipe))
    QTest.mouseClick(view.controls.seen, _LEFT)
    settle(qtbot, view)
    texts = [text for _, text in view.samples.table.rows.rows]
    assert sum(text.count("<unknown>") for text in texts) > 100
    assert [a for a, _ in view.samples.table.rows.rows] == [a for a, _ in plain]


@pytest.mark.parametrize(
    ("source", "name", "is_offered"),
    [
        ("digits", "Samples and augmentation", True),
        ("iris", "Samples and augmentation", True),
        ("made-up-dates", "Samples", False),
    ],
)
def test_augmentation_is_offered_only_where_some_fits(
    qtbot: QtBot, open_window: OpenWindow, source: str, name: str, is_offered: bool
) -> None:
    window = open_window(with_data(source))
    view = opened(qtbot, window)
    assert window.page.inspector.document_page.data.look.text() == name
    place = view.details.indexOf(view.details.augmentation_area)
    assert view.details.isTabVisible(place) == is_offered


def test_the_recipe_form_leaves_augmentation_to_the_data_tab(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    fields = open_window(digits()).page.inspector.document_page.recipe.fields
    assert "epochs" in fields and "rotation" not in fields and "mixup" not in fields


# The tab itself.


def test_the_data_may_have_a_window_of_its_own(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(digits())
    view = opened(qtbot, window)
    few = len(view.samples.grid.cells)
    QTest.mouseClick(view.larger, _LEFT)
    settle(qtbot, view)
    assert view.larger.text() == "Smaller"
    assert window.bottom.data.text.text() == "The data is shown in a window of its own."
    assert len(view.samples.grid.cells) > few
    QTest.mouseClick(view.larger, _LEFT)
    settle(qtbot, view)
    assert view.window() is window and view.loaded is not None


def test_both_themes_are_drawn(qtbot: QtBot, open_window: OpenWindow) -> None:
    pictures = []
    for theme in ("dark", "light"):
        view = opened(qtbot, open_window(forecast(), theme=theme))
        image = view.samples.grid.grab().toImage()
        pictures.append(image)
        colors = {image.pixel(x, y) for x in range(0, 160, 3) for y in range(0, 60, 3)}
        assert len(colors) > 2  # ground, cell and line
    assert pictures[0].pixel(20, 20) != pictures[1].pixel(20, 20)


def test_closing_the_window_waits_for_what_is_loading(
    qtbot: QtBot, open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []

    def slow(*_: Any) -> object:
        threading.Event().wait(0.3)
        ended.append(True)
        return "nothing"

    monkeypatch.setattr(view_module, "load_to_show", slow)
    window = open_window(digits())
    QTest.mouseClick(window.page.inspector.document_page.data.look, _LEFT)
    qtbot.waitUntil(lambda: window.bottom.data.view is not None)
    view = window.bottom.data.view
    assert view is not None
    window.bottom.data.close_panel()
    assert ended == [True] and view.message.text() == "Loading…"


def test_another_source_takes_over_only_what_it_can_have(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    rows = "".join(f"{i},{i * i}\n" for i in range(60))
    (tmp_path / "a.csv").write_text("x,y\n" + rows)
    settings = {"path": str(tmp_path / "a.csv"), "gaps": "fill", "ignore": "x"}
    window = open_window(with_data("csv-table", **settings))
    section = window.page.inspector.document_page.data
    series = section.source.findData("csv-series")
    section.source.setFocus()
    while section.source.currentIndex() != series:
        is_before = section.source.currentIndex() < series
        key = Qt.Key.Key_Down if is_before else Qt.Key.Key_Up
        QTest.keyClick(section.source, key)
    found = window.model.root.data
    assert found.source == "csv-series"
    assert found.settings["path"] == str(tmp_path / "a.csv")
    assert found.settings["ignore"] == "x"  # to be there when choosing back
    assert "gaps" not in found.settings  # a series cannot be filled with means
    assert section.about.body.text().startswith("Regression")


def test_tabs_of_the_figures_need_no_scrolling(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    view = opened(qtbot, open_window(digits()))
    bar = view.details.tabBar()
    assert bar.width() >= bar.sizeHint().width()


def test_names_of_classes_have_room(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "a", {"automobile": 9, "t": 9})
    config = {"path": str(tmp_path / "a"), "picture_size": 10}
    view = opened(qtbot, open_window(with_data("image-folder", **config)))
    assert view.samples.grid.cells
    words = QFontMetricsF(view.samples.grid._caption_font()).horizontalAdvance(
        "automobile"
    )
    assert view.samples.grid._rect_of(0).width() >= words


def test_the_low_pitches_of_a_sound_are_drawn_below(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    write_tones(tmp_path / "tones", count=4)
    window = open_window(
        with_data("wav-folder", path="tones", sample_rate=8000, seconds=0.2),
        data_dir=tmp_path,
    )
    view = opened(qtbot, window)
    brightest = {}
    for cell in view.samples.grid.cells:
        image = cell.image
        assert image is not None
        column = [
            image.pixelColor(image.width() // 2, y).lightness()
            for y in range(image.height())
        ]
        brightest[cell.caption] = column.index(max(column)) / len(column)
    assert brightest["low"] > 0.6  # from the top
    assert brightest["high"] < brightest["low"] - 0.2


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        ([0, 0, 0, 1, 2, 2], [0, 3, 4, 1, 5, 2]),
        ([1, 0, 2, 0], [0, 1, 2, 3]),
        ([0, 0], [0, 1]),
        ([1, 1, 3], [0, 2, 1]),
        ([], []),
    ],
)
def test_samples_that_lie_by_class_are_shown_by_turns(
    labels: list[int], order: list[int]
) -> None:
    given = torch.tensor(labels, dtype=torch.int64)
    assert by_turns(given).tolist() == order


def test_tab_goes_from_the_source_down_its_settings(open_window: OpenWindow) -> None:
    window = open_window(Document())
    window.activateWindow()
    data = window.inspector.document_page.data
    data.source.activated.emit(data.source.findData("csv-table"))
    data.source.setFocus()
    visited = []
    while not data.look.hasFocus() and len(visited) < 20:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        visited.append(window.focusWidget())
    fields = data.form.fields
    editors = [fields[name].editor for name in ("path", "test_path", "target", "task")]
    places = [visited.index(editor) for editor in editors]
    assert places == sorted(places)
    assert places[0] == 0
