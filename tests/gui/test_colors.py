"""The colours of every theme: legible, and told apart by everybody."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
)
from pytestqt.qtbot import QtBot

import templates
from engine.catalog.settings import Int
from gui.canvas.card import Card, Status, describe
from gui.canvas.card_painter import CardPainter, Look
from gui.canvas.style import Style
from gui.choice_box import ChoiceBox
from gui.code_panel import Highlighter
from gui.inks import ink
from gui.settings_form import SettingsForm
from gui.style import THEMES, make_palette, style_sheet
from gui.theme import Theme
from tests.gui.color_science import VISIONS, apart, contrast, difference

_ADVANCED = tuple(Int(name=name, default=1, advanced=True) for name in ("two", "three"))
ALL = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
GROUNDS = ("window", "canvas", "surface")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # Sharma, Wu and Dalal 2005, table 1: rows 1, 7, 12, 17, 20, 34
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_the_paper(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    assert difference(np.array(one), np.array(other)) == pytest.approx(
        expected, abs=5e-5
    )


def test_the_deficiencies_make_what_they_are_known_to_confuse_alike() -> None:
    assert apart("#d94040", "#7a7a20", "normal") > 30
    assert apart("#d94040", "#7a7a20", "deuteranopia") < 15
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@ALL
def test_text_is_legible_on_every_ground(theme: Theme) -> None:
    least = 7 if "contrast" in theme.name else 4.5
    pairs = [
        *((ink, ground) for ink in ("text", "muted") for ground in GROUNDS),
        *(("text", ground) for ground in ("raised", "error_surface")),
        *(("muted", ground) for ground in ("raised", "error_surface")),
        *(("error", ground) for ground in (*GROUNDS, "error_surface")),
        *(("success", ground) for ground in GROUNDS),
        *(("warning", ground) for ground in GROUNDS),
        ("on_accent", "accent"),
    ]
    measured = {
        pair: contrast(getattr(theme, pair[0]), getattr(theme, pair[1]))
        for pair in pairs
    }
    assert {pair: value for pair, value in measured.items() if value < least} == {}


@ALL
def test_what_is_switched_off_is_legible_on_what_is_raised(theme: Theme) -> None:
    """A main button that is disabled is such a ground."""
    least = 4.5 if "contrast" in theme.name else 3
    assert contrast(theme.faint, theme.raised) >= least


@ALL
def test_the_count_of_problems_is_legible_on_its_tab(
    theme: Theme, qapp: QApplication
) -> None:
    sheet = style_sheet(theme)
    rules = re.findall(r'QLabel\[role="count"\](\S*) \{ color: (#\w+);', sheet)
    assert [kind for kind, _ in rules] == ["", '[kind="warning"]']
    for _, color in rules:
        for ground in (theme.window, theme.raised):
            assert contrast(color, ground) >= theme.least_contrast


@ALL
def test_the_arrow_of_a_fold_stands_out(theme: Theme, qtbot: QtBot) -> None:
    settings = (Int(name="one", default=1), *(_ADVANCED))
    form = SettingsForm(settings)
    qtbot.addWidget(form)
    form.setStyleSheet(f"QWidget {{ background: {theme.window} }}" + style_sheet(theme))
    form.resize(300, 200)
    form.show()
    least = 4.5 if "contrast" in theme.name else 3
    for is_open in (False, True):
        form.more.setChecked(is_open)
        side = form.more.height()
        picture = form.more.grab().toImage()
        ratio = round(picture.devicePixelRatio())
        drawn = {
            picture.pixelColor(x, y).name()
            for x in range(14 * ratio)
            for y in range(side * ratio)
        }
        strongest = max(contrast(each, theme.window) for each in drawn)
        assert strongest >= least, f"{strongest:.1f}"


@ALL
def test_the_words_of_an_empty_field_are_legible_and_paler_than_a_text(
    theme: Theme, qtbot: QtBot
) -> None:
    """As it is drawn: a style sheet may pale them behind a palette's back."""
    line, box, text = QLineEdit(), ChoiceBox(), QPlainTextEdit()
    text.setProperty("role", "prose")
    box.addItem("one")
    box.setCurrentIndex(-1)
    for field in (line, box, text):
        qtbot.addWidget(field)
        field.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a cursor is as strong as a text
        field.setPlaceholderText("MMMM")
        field.setPalette(make_palette(theme))
        field.setStyleSheet(style_sheet(theme))
        field.resize(200, 40)
        field.show()
        QApplication.processEvents()
        picture = field.grab().toImage()
        inner = {
            picture.pixelColor(x, y).name()
            for x in range(6, 90)
            for y in range(5, picture.height() - 5)
        }
        strongest = max(contrast(each, theme.canvas) for each in inner)
        assert strongest >= 0.9 * theme.least_contrast, f"{field}: {strongest:.1f}"
        written = contrast(theme.text, theme.canvas)
        assert strongest < written / 1.8, f"{field}: {strongest:.1f}"


@ALL
def test_code_is_legible_in_all_its_colours(theme: Theme, qapp: QApplication) -> None:
    document = QTextDocument('class Net:  # 3 layers\n    x = "one" + 12')
    Highlighter(document, theme).rehighlight()
    inks = set()
    block = document.begin()
    while block.isValid():
        inks |= {
            found.format.foreground().color().name()
            for found in block.layout().formats()
        }
        block = block.next()
    assert len(inks) >= 4, "words, names, strings, numbers; comments as names there"
    least = 7 if "contrast" in theme.name else 4.5
    weak = {each: contrast(each, theme.canvas) for each in inks}
    assert min(weak.values()) >= least, weak


@ALL
def test_an_ink_moves_no_further_than_it_takes(theme: Theme) -> None:
    assert ink(theme, theme.text, theme.canvas) == theme.text
    assert contrast(ink(theme, theme.canvas, theme.canvas), theme.canvas) > 4.5


def test_what_is_switched_off_is_dashed_in_high_contrast(qapp: QApplication) -> None:
    for name, theme in THEMES.items():
        is_strong = "contrast" in name
        assert ("border-style: dashed" in style_sheet(theme)) == is_strong
        away = contrast(theme.text, theme.faint)
        assert away > 2, f"{name}: enabled and not look alike"


@ALL
def test_the_pictures_of_a_style_sheet_stand_out(
    theme: Theme, qapp: QApplication
) -> None:
    least = 4.5 if "contrast" in theme.name else 3
    sheet = style_sheet(theme)
    grounds = {
        "check": theme.accent,
        "chevron-down": theme.canvas,
        "clear": theme.canvas,
    }
    for name, ground in grounds.items():
        (address,) = set(re.findall(rf'url\("([^"]*/{name}[^"/]*)"\)', sheet))
        text = Path(address).read_text(encoding="utf-8")
        (color,) = re.findall(r'stroke="(#\w+)"', text)
        assert contrast(color, ground) >= least, f"{name} in {theme.name}"


@ALL
def test_marks_stand_out_from_their_ground(theme: Theme) -> None:
    """Rings of focus, badges, strips, edges, ports, what is switched off: 3 to 1."""
    least = 4.5 if "contrast" in theme.name else 3
    marks = {
        **{
            name: getattr(theme, name)
            for name in ("focus", "accent", "error", "warning", "success", "faint")
        },
        **theme.families,
        **theme.kinds,
    }
    weak = {
        (name, ground): round(value, 2)
        for name, color in marks.items()
        for ground in GROUNDS
        if (value := contrast(color, getattr(theme, ground))) < least
    }
    assert weak == {}
    assert contrast(theme.focus, theme.raised) >= 3
    if "contrast" in theme.name:
        assert contrast(theme.border, theme.window) >= 4.5


@ALL
@pytest.mark.parametrize("vision", VISIONS)
def test_families_are_told_apart(theme: Theme, vision: str) -> None:
    """On the map and from afar a family is its colour alone."""
    near = {
        pair: round(value, 1)
        for pair in combinations(theme.families, 2)
        if (value := apart(*(theme.families[each] for each in pair), vision)) < 6
    }
    assert near == {}


@ALL
@pytest.mark.parametrize("vision", VISIONS)
def test_what_flows_and_what_is_plotted_is_told_apart(
    theme: Theme, vision: str
) -> None:
    """Edges by kind; the curves are three of these colours."""
    kinds = ("image", "sequence", "vector", "tokens", "number")
    near = {
        pair: round(value, 1)
        for pair in combinations(kinds, 2)
        if (value := apart(*(theme.kinds[each] for each in pair), vision)) < 12
    }
    assert near == {}


@ALL
@pytest.mark.parametrize("vision", VISIONS)
def test_an_error_is_not_taken_for_success(theme: Theme, vision: str) -> None:
    assert apart(theme.error, theme.success, vision) > 12


def test_curves_differ_by_more_than_colour(qapp: QApplication) -> None:
    from gui.training.plots import Plots

    plots = Plots(THEMES["dark"])
    assert plots.validation.opts["symbol"] == "o"
    assert plots.players["network"].mean.opts["symbol"] is None
    assert plots.train_metric.opts["pen"].style() == Qt.PenStyle.SolidLine
    assert plots.validation_metric.opts["pen"].style() == Qt.PenStyle.DashLine
    assert plots.validation_metric.opts["symbol"] == "o"
    # One epoch makes no line: without a dot its training metric would not be seen.
    assert plots.train_metric.opts["symbol"] == "o"
    plots.deleteLater()


@ALL
@pytest.mark.parametrize("vision", VISIONS)
def test_cost_is_read_from_lightness(theme: Theme, vision: str) -> None:
    """More cost is further from the surface for everybody, and text on it legible."""
    style = Style(theme)
    steps = [style.heated(share / 4, 0.5).name() for share in range(5)]
    away = [apart(theme.surface, step, vision) for step in steps]
    assert away == sorted(away)
    assert away[-1] > 12
    assert min(contrast(theme.text, step) for step in steps) >= 4.5


@ALL
@pytest.mark.parametrize("scale", [1.0, 0.8], ids=["100 %", "80 %"])
def test_a_card_that_waits_is_legible_as_it_is_drawn(
    theme: Theme, scale: float, qapp: QApplication
) -> None:
    """Smoothed letters are fainter than their ink: read off the picture, not off it."""
    strengths = {}
    for status in (Status.FINE, Status.FADED):
        picture = _drawn(_card(status), theme, scale)
        for part, (top, bottom) in {"title": (6, 26), "details": (27, 43)}.items():
            inks = {
                picture.pixelColor(x, y).name()
                for x in range(round(12 * scale), round(120 * scale))
                for y in range(round(top * scale), round(bottom * scale))
            }
            strengths[status, part] = max(
                contrast(each, theme.surface) for each in inks
            )
    assert strengths[Status.FADED, "title"] >= 4.5
    assert strengths[Status.FADED, "details"] >= 0.75 * theme.least_contrast
    if not theme.is_high_contrast:  # there it is dashed
        shown, waits = (
            strengths[each, "title"] for each in (Status.FINE, Status.FADED)
        )
        assert waits < shown / 1.8, "it does not look as if it waited"


def _card(status: Status) -> Card:
    return Card(
        title="HHMM",
        count="",
        details=("HHMM HHMM HHMM",),
        rows=(),
        family="dense",
        status=status,
        width=152,
        height=72,
        spots=(),
    )


def _drawn(card: Card, theme: Theme, scale: float) -> QImage:
    picture = QImage(170, 90, QImage.Format.Format_RGB32)
    picture.fill(QColor(theme.canvas))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    CardPainter(card, Style(theme)).draw(painter, Look(), scale)
    painter.end()
    return picture


def test_a_card_names_its_layer_beside_the_colour() -> None:
    graph = templates.open_lesson("digits-cnn").graph
    for node in graph:
        assert node.layer in describe(node)


def test_the_line_along_a_chosen_row_has_no_gaps(qtbot: QtBot) -> None:
    theme = THEMES["dark-contrast"]
    table = QTableWidget(3, 4)
    qtbot.addWidget(table)
    table.setStyleSheet(style_sheet(theme))
    table.setShowGrid(False)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.selectRow(1)
    table.resize(500, 200)
    table.show()
    picture = table.viewport().grab().toImage()
    top = table.rowViewportPosition(1)
    right = table.columnViewportPosition(3) + table.columnWidth(3)
    for y in (top, top + table.rowHeight(1) - 1):
        line = {picture.pixelColor(x, y).name() for x in range(right)}
        assert line == {theme.focus}
