"""The figures of the lessons move with their sliders and follow the training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

import main
import templates
from engine.runs import FINAL
from engine.showing.exhibit import Shares, Sheet, Shown, Writing
from gui.lesson_figures.activation import BENDS, ActivationFigure
from gui.lesson_figures.convolution import (
    KERNELS,
    LEARNED,
    OWN,
    ConvolutionFigure,
    _Number,
    slide,
)
from gui.lesson_figures.making import figure_for
from gui.lesson_figures.shown import NOTHING, WAITING, ShownFigure
from gui.lesson_guide import COPY, LessonGuide
from templates.figures import FIGURES


class Session(QObject):
    """As much of a lesson's session as figures ask for."""

    judged = Signal()
    shown_came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.newest_run: Path | None = None
        self.shown: Shown | None = None

    def show(self, *exhibits: Shares | Sheet | Writing) -> None:
        self.shown = Shown(epoch=3, exhibits=exhibits)
        self.shown_came.emit()


# One neuron.


def test_the_curve_moves_with_the_sliders(qtbot: QtBot) -> None:
    figure = ActivationFigure()
    qtbot.addWidget(figure)
    figure.resize(260, 300)
    figure.show()
    assert figure.curve.value(0.0) == pytest.approx(0.5)
    before = figure.curve.grab().toImage()
    figure.w.setFocus()
    for _ in range(10):
        QTest.keyClick(figure.w, Qt.Key.Key_Right)
    figure.b.setValue(-5)
    figure.here.setValue(15)
    assert (figure.curve.w, figure.curve.b, figure.curve.here) == (2.0, -0.5, 1.5)
    total = 2.0 * 1.5 - 0.5
    value = 1 / (1 + math.exp(-total))
    slope = 2.0 * value * (1 - value)
    said = f"The sum is 2.50, and y is {value:.2f}. The slope there is {slope:.2f}."
    assert figure.said.text() == said
    assert figure.curve.grab().toImage() != before
    figure.chooser.setCurrentText("ReLU")
    assert (
        figure.said.text() == "The sum is 2.50, and y is 2.50. The slope there is 2.00."
    )
    figure.b.setValue(-30)
    figure.here.setValue(-10)
    assert figure.said.text() == (
        "The sum is −5.00, and y is 0.00. The slope there is 0.00."
    )


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
def test_every_slope_is_that_of_its_curve(bend: object) -> None:
    for x in (-3.1, -0.7, 0.4, 2.9):
        measured = (bend.value(x + 1e-6) - bend.value(x - 1e-6)) / 2e-6
        assert bend.slope(x) == pytest.approx(measured, abs=1e-4)


# A kernel on a picture.


def test_the_kernel_gives_what_the_lesson_works_out_by_hand() -> None:
    edges = KERNELS["Edges"]
    even = ((5.0,) * 10,) * 10
    beside = ((0.0, 0.0, 9.0) + (9.0,) * 7,) * 10
    line = ((0.0, 9.0, 0.0) + (0.0,) * 7,) * 10
    assert slide(even, edges) == ((0.0,) * 8,) * 8
    assert slide(beside, edges)[0][0] == -27
    assert slide(line, edges)[0][0] == 54


def test_the_kernel_slides_and_can_be_changed(qtbot: QtBot) -> None:
    figure = ConvolutionFigure(Session())  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    figure.resize(260, 420)
    figure.show()
    figure.picture.setCurrentText("A dot")
    figure.place.setValue(0)
    qtbot.mouseClick(figure.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: figure.place.value() >= 2)
    qtbot.mouseClick(figure.play, Qt.MouseButton.LeftButton)
    assert figure.play.text() == "Slide"
    figure.place.setValue(3 * 8 + 3)  # the dot in the middle of the kernel
    assert figure.said.text().endswith("= 72")
    figure.numbers[4].setValue(2.0)
    assert figure.numbers[4].text() == "2"
    field = figure.numbers[0]
    field.selectAll()
    QTest.keyClicks(field, "-1.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == -1.25 and field.text() == "−1.25"
    field.setValue(0.0)
    assert figure.kernels.currentText() == OWN
    assert figure.said.text().endswith("= 18")


def test_no_row_of_the_picture_is_cut_off_in_a_wide_panel(qtbot: QtBot) -> None:
    figure = ConvolutionFigure(Session())  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    figure.show()
    for width in (230, 330, 400):
        figure.resize(width, figure.layout().heightForWidth(width))
        slides = figure.slides
        assert slides.width() == width
        assert slides.height() == slides.heightForWidth(width)


def test_the_kernel_of_the_last_run_is_offered_once_there_is_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    session = Session()
    figure = ConvolutionFigure(session)  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    item = figure.kernels.model().item(figure.kernels.findText(LEARNED))
    assert not item.isEnabled()
    weight = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    save_file({"learned.weight": weight}, tmp_path / FINAL)
    session.newest_run = tmp_path
    session.judged.emit()
    assert item.isEnabled()
    figure.kernels.setCurrentText(LEARNED)
    assert [field.value() for field in figure.numbers] == list(range(9))


# What is shown while it trains.


def sheet(title: str, side: int = 8) -> Sheet:
    pictures = np.zeros((2, 3, side, side, 3), np.uint8)
    return Sheet(title=title, caption="How to read it.", pictures=pictures)


def test_what_is_shown_follows_and_has_room(qtbot: QtBot) -> None:
    session = Session()
    figure = ShownFigure(session, "Filters")  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    figure.resize(200, 300)
    figure.show()
    assert figure.caption.text() == WAITING
    session.show(sheet("Rebuilt"))
    assert figure.caption.text() == NOTHING  # it was trained, and is not waited for
    session.show(sheet("Rebuilt"), sheet("Filters of conv1"))
    assert figure.head.text() == "Filters of conv1, after epoch 3"
    assert figure.caption.text() == "How to read it."
    assert figure.sheet.isVisible() and not figure.table.isVisible()
    assert 60 <= figure.sheet.height() <= 200
    words = ("cat", "sleeping")
    table = Shares(
        title="Filters?", shares=((0.9, 0.1), (0.8, 0.2)), rows=words, columns=words
    )
    session.show(table)
    assert figure.table.isVisible() and not figure.sheet.isVisible()
    field = figure.table.field(1, 0).center().toPoint()
    assert figure.table.said_at(field) == "sleeping takes 80 % from cat"
    assert "sleeping looks most at cat" in figure.table.accessibleDescription()


def test_a_long_word_that_is_written_widens_no_lesson(qtbot: QtBot) -> None:
    """A network that has hardly begun may write a line without a space."""
    session = Session()
    figure = ShownFigure(session, "Written")  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    narrow = figure.minimumSizeHint().width()
    session.show(Writing(title="Written", caption="It", text="m" * 200, usual=200))
    assert figure.minimumSizeHint().width() <= max(narrow, 260)


def test_a_sheet_that_is_made_smaller_has_no_empty_room_around_it(qtbot: QtBot) -> None:
    """The 144 places of a plane of codes, beside a lesson's text."""
    session = Session()
    figure = ShownFigure(session, "A walk")  # type: ignore[arg-type]
    qtbot.addWidget(figure)
    figure.resize(230, 600)
    figure.show()
    pictures = np.zeros((12, 12, 28, 28, 3), np.uint8)
    session.show(Sheet(title="A walk", caption="", pictures=pictures))
    assert abs(figure.sheet.height() - figure.sheet.width()) < 8


def test_every_named_figure_can_be_made(qtbot: QtBot) -> None:
    for name in FIGURES:
        widget = figure_for(name, Session(), None)  # type: ignore[arg-type]
        qtbot.addWidget(widget)
    with pytest.raises(ValueError, match="there is no figure"):
        figure_for("drawing", Session(), None)  # type: ignore[arg-type]


# The guide for teachers.


@pytest.mark.parametrize("name", ["activation", "convolution"])
def test_the_wheel_scrolls_the_text_and_moves_no_slider(
    qtbot: QtBot, name: str
) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    page = QWidget()
    column = QVBoxLayout(page)
    figure = figure_for(name, Session(), page)  # type: ignore[arg-type]
    column.addWidget(figure)
    column.addSpacing(2000)
    area.setWidget(page)
    area.resize(300, 300)
    area.show()
    bar = area.verticalScrollBar()
    kinds = (QSlider, QComboBox, QDoubleSpinBox)
    editors = [each for kind in kinds for each in figure.findChildren(kind)]
    assert editors
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for editor in editors:
        area.ensureWidgetVisible(editor)
        place_before, before = bar.value(), _value(editor)
        place = editor.mapTo(area, QPointF(editor.rect().center()))
        QTest.wheelEvent(area.windowHandle(), place, QPoint(0, -120))
        assert _value(editor) == before
        assert bar.value() > place_before


def _value(editor: QSlider | QComboBox | QDoubleSpinBox) -> float:
    return editor.currentIndex() if isinstance(editor, QComboBox) else editor.value()


def test_the_guide_is_shown_and_its_example_is_a_lesson(
    qtbot: QtBot, tmp_path: Path
) -> None:
    guide = LessonGuide()
    qtbot.addWidget(guide)
    assert "lesson.toml" in guide.page.toPlainText()
    guide.copy_example(tmp_path)
    assert str(tmp_path / COPY) in guide.said.text()
    assert main.main(["check", str(tmp_path / COPY)]) == main.DONE
    guide.copy_example(tmp_path)
    assert "There is a folder" in guide.said.text()
    own = str(tmp_path / COPY)
    assert templates.lesson(own).title == templates.lesson("fnn-iris").title
    assert len(templates.course(own).steps) == 7


def test_a_number_of_the_kernel_has_a_real_minus_and_takes_either(
    qtbot: QtBot,
) -> None:
    field = _Number()
    qtbot.addWidget(field)
    field.setLocale(QLocale.c())
    field.setRange(-99, 99)
    for typed in ("-3", "−4.5"):
        field.selectAll()
        field.lineEdit().insert(typed)  # no test can press the key of a real minus
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert field.text() == typed.replace("-", "−")
    assert field.value() == -4.5
