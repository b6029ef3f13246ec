"""What is known of data: small files at once, large ones on a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import gui.described_data
from engine.catalog.spec import TensorSpec
from engine.data.csv_cells import csv_blocks
from engine.data.declaration import QUICK_BYTES, DataInfo
from engine.data.source import is_quickly_described
from engine.data.table_cells import Block
from engine.document import DataConfig
from engine.edits import SetData
from engine.problems import Problem
from gui.cards import FixButton
from gui.described_data import Described, DescribedData, described
from gui.document_page import holding
from gui.line_field import LineField
from gui.main_window import MainWindow
from tests.engine.data_files import write_pictures
from tests.engine.documents import iris
from tests.gui.conftest import OpenWindow
from tests.gui.test_data_panel import opened


def table(folder: Path, name: str, rows: int) -> Path:
    lines = (f"{i % 89},{i * i % 97 / 4},{'ab'[i % 2]}" for i in range(rows))
    path = folder / name
    path.write_text("x,n,kind\n" + "\n".join(lines))
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = table(tmp_path, "large.csv", 6000)
    assert path.stat().st_size > QUICK_BYTES
    return path


def config(path: Path, **settings: str) -> DataConfig:
    return DataConfig(source="csv-table", settings={"path": str(path), **settings})


class Gate:
    """Lets a description through when it is told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked: list[DataConfig] = []

    def __call__(self, config: DataConfig, data_dir: Path) -> Described:
        if config.source != "iris":
            self.asked.append(config)
            assert threading.current_thread() is not threading.main_thread()
            assert self.open.wait(20)
        return described(config, data_dir)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(gui.described_data, "described", made)
    yield made
    made.open.set()


def about(window: MainWindow) -> str:
    data = window.page.inspector.document_page.data
    card = data.complaint.card
    said = data.about.body.text() if card is None else card.accessibleName()
    return said.replace("\xa0", " ")


def target_field(window: MainWindow) -> LineField:
    field = window.page.inspector.document_page.data.form.fields["target"]
    assert isinstance(field, LineField)
    return field


# Which is which.


@pytest.mark.parametrize(
    ("source", "name", "is_quick"),
    [
        ("iris", "", True),
        ("csv-table", "", True),
        ("csv-table", "absent.csv", True),
        ("csv-table", "small.csv", True),
        ("csv-table", "large.csv", False),
        ("image-folder", "few", True),
        ("image-folder", "many", False),
        ("npz", "arrays/small.npy", False),
        ("npz", "few.npz", True),
        ("npz", "inflates.npz", False),
        ("unknown", "large.csv", True),
    ],
)
def test_what_takes_longer_than_a_frame_is_known_beforehand(
    source: str, name: str, is_quick: bool, large: Path
) -> None:
    folder = large.parent
    table(folder, "small.csv", 20)
    write_pictures(folder / "few", {"cat": 5, "dog": 5}, side=2)
    write_pictures(folder / "many", {"cat": 60, "dog": 60}, side=2)
    (folder / "arrays").mkdir()
    np.save(folder / "arrays/small.npy", np.zeros(4))
    np.save(folder / "arrays/large.npy", np.zeros(40_000))
    np.savez(folder / "few.npz", x=np.zeros(40))
    np.savez_compressed(folder / "inflates.npz", x=np.zeros(2_000_000))
    assert (folder / "inflates.npz").stat().st_size < QUICK_BYTES
    settings = {"path": name} if name else {}
    chosen = DataConfig(source=source, settings=settings)
    assert is_quickly_described(chosen, folder) is is_quick
    if name == "small.csv":  # the table to test with counts too
        both = DataConfig(
            source=source, settings={**settings, "test_path": "large.csv"}
        )
        assert not is_quickly_described(both, folder)


def test_closing_breaks_the_reading_off(
    qtbot: QtBot, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table without an end: whoever waits for it waits forever."""
    begun = threading.Event()

    def endless(path: Path, lines: Iterable[str], mark: str) -> Iterator[Block]:
        while True:
            for block in csv_blocks(path, ["1,2", "3,4"], mark):
                begun.set()
                yield block

    monkeypatch.setattr("engine.data.tables.csv_blocks", endless)
    data = DescribedData(large.parent)
    assert data.ask(config(large)) is None
    assert begun.wait(20)
    data.close()
    assert not data.is_busy
    monkeypatch.undo()
    again = DescribedData(large.parent)  # nothing half read is remembered
    with qtbot.waitSignal(again.found):
        assert again.ask(config(large)) is None
    assert not again.is_refused
    again.close()


# One after the other.


def test_the_latest_choice_wins(qtbot: QtBot, large: Path, gate: Gate) -> None:
    data = DescribedData(large.parent)
    first, second, third = (config(large, target=name) for name in ("x", "n", "kind"))
    assert data.ask(first) is None
    assert data.ask(first) is None  # it is on its way
    assert data.ask(second) is None
    assert data.ask(third) is None
    assert data.waiting_for(third) == "Looking at large.csv (0.1 MB)…"
    heard: list[Described | None] = []
    data.found.connect(lambda: heard.append(data.ask(third)))
    gate.open.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert gate.asked == [first, third]
    (known,) = heard
    assert known is not None
    assert not isinstance(known.info, Problem)
    assert known.info.classes == ("a", "b")
    assert known.columns == ("x", "n", "kind")
    data.close()


def test_small_data_after_large_ones_are_known_at_once(
    qtbot: QtBot, large: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = DescribedData(large.parent)
    heard: list[int] = []
    data.found.connect(lambda: heard.append(1))
    assert data.ask(config(large)) is None
    monkeypatch.setattr(gui.described_data, "described", described)
    small = config(table(large.parent, "small.csv", 20))
    known = data.ask(small)
    assert known is not None
    assert not isinstance(known.info, Problem)
    gate.open.set()
    data.close()
    qtbot.wait(50)
    assert heard == []  # nobody asks for the large one any more
    assert data.ask(small) is known


# In the window.


def pushed(window: MainWindow, chosen: DataConfig) -> None:
    window.model.push("Other data", SetData(chosen))


def test_the_window_says_what_it_looks_at_and_goes_on(
    qtbot: QtBot, open_window: OpenWindow, large: Path, gate: Gate
) -> None:
    window = open_window(iris())
    window.canvas.select([])
    pushed(window, config(large))
    assert about(window) == "Looking at large.csv (0.1 MB)…"
    assert window.model.whole.problems == []  # of what is not known nothing is said
    turns: list[int] = []
    timer = QTimer(window, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: turns.append(1))
    timer.start(1)
    qtbot.waitUntil(lambda: len(turns) > 20)
    timer.stop()
    # Edits and undoing are done at once, whatever is being looked at.
    pushed(window, config(large, target="x"))
    assert window.model.root.data == config(large, target="x")
    window.model.undo_stack.undo()
    assert window.model.root.data == config(large)
    gate.open.set()
    qtbot.waitUntil(lambda: "2 classes: a, b" in about(window), timeout=20_000)
    assert "kept: in memory they take 46.9 KiB, not more than 2 GiB." in about(window)
    (problem,) = window.model.whole.problems[:1]
    assert problem.code == "input-differs"
    assert target_field(window).editor.placeholderText() == "kind"
    window.model.undo_stack.undo()
    assert "3 classes: " in about(window)


def test_what_is_wrong_with_a_large_table_is_said_in_both_places(
    qtbot: QtBot, open_window: OpenWindow, large: Path
) -> None:
    large.write_text(large.read_text().replace("\n5,", "\n,"))
    window = open_window(iris())
    window.canvas.select([])
    pushed(window, config(large))
    sentence = (
        "large.csv, row 7: the column “x” has no value (and 67 more are missing). Set "
        "gaps to drop or fill, ignore that column, or fill it in the file."
    )
    qtbot.waitUntil(lambda: about(window) == sentence, timeout=20_000)
    assert [each.sentence() for each in window.model.whole.problems] == [sentence]


def holed(folder: Path) -> tuple[Path, str]:
    """A small table with a gap, and what it holds once that is filled in."""
    path = table(folder, "small.csv", 20)
    whole = path.read_text()
    path.write_text(whole.replace("\n5,", "\n,"))
    return path, whole


def test_a_table_that_was_mended_can_be_trained_with(
    open_window: OpenWindow, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = holed(large.parent)
    window = open_window(iris())
    pushed(window, config(path))
    started: list[object] = []
    monkeypatch.setattr(window.page.trainer, "_start", started.append)
    window.page.train()
    assert "row 7: the column “x” has no value" in window.page.messages.text.text()
    path.write_text(whole)
    window.page.train()
    assert "has no value" not in window.page.messages.text.text()
    codes = [problem.code for problem in window.model.whole.problems]
    assert codes[0] == "input-differs"  # the network is to be made to fit it


def test_a_mended_table_that_is_shown_is_no_problem_any_more(
    qtbot: QtBot, open_window: OpenWindow, large: Path
) -> None:
    path, whole = holed(large.parent)
    window = open_window(iris())
    pushed(window, config(path))
    view = opened(qtbot, window)
    qtbot.waitUntil(lambda: "has no value" in view.message.text(), timeout=20_000)
    path.write_text(whole)
    view.message_button.click()
    qtbot.waitUntil(lambda: view.loaded is not None, timeout=20_000)
    sentences = [problem.sentence() for problem in window.model.whole.problems]
    assert not any("has no value" in each for each in sentences)


def test_a_file_that_goes_while_it_is_looked_at(
    qtbot: QtBot, open_window: OpenWindow, large: Path, gate: Gate
) -> None:
    window = open_window(iris())
    window.canvas.select([])
    pushed(window, config(large))
    large.unlink()
    gate.open.set()
    sentence = f"There is no file {large}. Choose a file that exists."
    qtbot.waitUntil(lambda: about(window) == sentence, timeout=20_000)


def test_closing_waits_for_what_is_looked_at(
    qtbot: QtBot, open_window: OpenWindow, large: Path, gate: Gate
) -> None:
    window = open_window(iris())
    data = window.page.model.data
    assert data is not None
    pushed(window, config(large))
    window.model.undo_stack.setClean()
    qtbot.waitUntil(lambda: bool(gate.asked))
    threading.Timer(0.2, gate.open.set).start()
    window.close()
    assert gate.open.is_set()  # it was waited for
    assert not data.is_busy


def test_memory_is_told_once_the_data_are_known(
    qtbot: QtBot,
    open_window: OpenWindow,
    large: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(iris())
    measured: list[Callable[[], object]] = []
    measuring = window.page.measuring
    monkeypatch.setattr(measuring._memory, "ask", measured.append)
    told: list[object] = []
    measuring.memory_known.connect(told.append)
    pushed(window, config(large))
    measuring._measure()
    assert (measured, told) == ([], [None])


def test_names_of_classes_are_told_as_far_as_there_is_room() -> None:
    holds = DataInfo(
        inputs={"tokens": TensorSpec((8,), "int64")},
        targets={"label": TensorSpec((), "int64")},
        task="classification",
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog"),
        vocabulary_size=10_000,
        is_vocabulary_limit=True,
    )
    told = holding(holds).splitlines()
    assert told[2] == "6 classes: airplane, automobile, bird, cat, deer, dog"
    assert told[3] == "vocabulary of up to 10,000"
    many = replace(holds, classes=tuple(f"kind {i}" for i in range(30)))
    assert holding(many).splitlines()[2].endswith("…")
    numbers = replace(holds, classes=(), targets={"image": TensorSpec((784,))})
    assert "target image: 784" in holding(numbers)
    unused = holding(many, has_targets=False).splitlines()
    assert unused[:2] == ["tokens: 8", "30 classes, not learned from"]
    assert "target" not in holding(numbers, has_targets=False)


def test_a_gap_is_mended_where_it_is_read(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    path, _ = holed(tmp_path)
    window = open_window(iris())
    window.canvas.select([])
    pushed(window, config(path))
    data = window.page.inspector.document_page.data
    qtbot.waitUntil(lambda: data.complaint.card is not None)
    assert data.form.fields["gaps"].editor.property("wrong")
    assert not data.form.fields["path"].editor.property("wrong")
    first = data.complaint.card.findChildren(FixButton)[0]
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: data.complaint.card is None)
    assert not data.form.fields["gaps"].editor.property("wrong")
    assert window.model.root.data.settings["gaps"] in {"drop", "fill"}
    pushed(window, config(tmp_path / "absent.csv"))
    qtbot.waitUntil(lambda: data.complaint.card is not None)
    assert data.form.fields["path"].editor.property("wrong")


@pytest.mark.parametrize("setting", ["target", "ignore"])
def test_a_column_that_is_not_there_is_marked_where_it_is_named(
    setting: str, qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    path = tmp_path / "houses.csv"
    path.write_text("price,sold fast?\n" + "1,yes\n2,no\n" * 20)
    window = open_window(iris())
    window.canvas.select([])
    pushed(window, config(path, **{setting: "prize"}))
    data = window.page.inspector.document_page.data
    qtbot.waitUntil(lambda: data.complaint.card is not None)
    fields = data.form.fields.items()
    marked = [name for name, field in fields if field.editor.property("wrong")]
    assert marked == [setting]
    assert about(window).startswith(
        "houses.csv has no column “prize”; it has “price”, “sold fast?”. Choose "
    )
