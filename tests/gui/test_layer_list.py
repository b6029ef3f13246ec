"""The palette: search, what is dragged, and adding with the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QWidget
from pytestqt.qtbot import QtBot

import templates
from engine.blocks import Block, BlockLayer
from engine.catalog import CATALOG
from engine.graph import Graph
from gui.canvas.gestures.drop import PALETTE_MIME
from gui.layer_folds import USUAL, Rest
from gui.layer_list import LayerListModel, LayerPanel
from gui.layer_search import FAMILY_TITLES, matching, reads
from gui.theme import DARK
from tests.gui.conftest import OpenWindow


@pytest.fixture
def panel(qtbot: QtBot) -> LayerPanel:
    made = LayerPanel(DARK)
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    return made


def test_every_layer_is_there_under_its_family() -> None:
    assert {layer.name for layer in matching("")} == set(CATALOG)
    assert {layer.family for layer in CATALOG.values()} <= set(FAMILY_TITLES)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("conv2d", "Conv2d"),
        ("dense", "Linear"),
        ("fully connected", "Linear"),
        ("fullyconn", "Linear"),
        ("lst", "LSTM"),
    ],
)
def test_search_finds_by_name_and_by_everyday_words(words: str, first: str) -> None:
    assert matching(words)[0].name == first


@pytest.mark.parametrize("words", ["resid", "residual"])
def test_the_shorter_of_two_names_comes_first(words: str) -> None:
    names = ["ResidualDown", "Residual", "ResidualUp"]
    blocks = [BlockLayer(Block(name=name, graph=Graph({}))) for name in names]
    found = [layer.name for layer in matching(words, blocks)]
    assert found[0] == "Residual"
    assert found.index("ResidualUp") < found.index("ResidualDown")


def test_what_is_in_a_name_comes_before_what_is_in_an_everyday_word() -> None:
    found = [layer.name for layer in matching("drop")]
    assert found.index("AlphaDropout") < found.index("Squeeze")


def test_search_for_nonsense_finds_nothing() -> None:
    assert matching("zzzz") == []


@pytest.mark.parametrize(
    ("layer", "word"),
    [("Conv2d", "image"), ("LSTM", "sequence"), ("Add", "several"), ("ReLU", "")],
)
def test_what_a_layer_reads(layer: str, word: str) -> None:
    assert reads(CATALOG[layer]) == word


def test_a_drag_carries_the_layer_and_headings_cannot_be_dragged(
    panel: LayerPanel,
) -> None:
    layers = panel.list.layers
    index = layers.index(layers.row_of("Conv2d"))
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert bytes(layers.mimeData([index]).data(PALETTE_MIME).data()) == b"Conv2d"
    heading = layers.index(0)
    assert not isinstance(heading.data(LayerListModel.layer_role), type(CATALOG))
    assert heading.flags() == Qt.ItemFlag.NoItemFlags


def test_enter_in_the_search_adds_what_it_stands_on(
    qtbot: QtBot, panel: LayerPanel
) -> None:
    QTest.keyClicks(panel.search, "batchnorm")
    with qtbot.waitSignal(panel.list.layer_chosen) as chosen:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert chosen.args == ["BatchNorm1d"]
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.list.layer_chosen) as chosen:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert chosen.args == ["BatchNorm2d"]


def test_tips_tell_what_a_layer_does(panel: LayerPanel) -> None:
    layers = panel.list.layers
    tip = layers.index(layers.row_of("Linear")).data(Qt.ItemDataRole.ToolTipRole)
    assert "matrix of weights" in tip
    assert "Also called Dense" in tip


def test_at_first_the_usual_layers_are_shown_and_the_others_unfold(
    panel: LayerPanel,
) -> None:
    layers = panel.list.layers
    assert layers.data(layers.index(0)) == "Input and output"
    assert layers.row_of("Conv2d") >= 0 and layers.row_of("Conv3d") < 0
    row = next(
        row
        for row, each in enumerate(layers.rows)
        if isinstance(each, Rest) and each.family == "convolution"
    )
    index = layers.index(row)
    count = sum(layer.family == "convolution" for layer in CATALOG.values())
    usual = sum(CATALOG[name].family == "convolution" for name in USUAL)
    assert layers.data(index) == f"{count - usual} more"
    panel.list.scrollTo(index)
    spot = panel.list.visualRect(index).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert layers.row_of("Conv3d") >= 0
    # The keyboard folds it away again, and adds nothing by it.
    end = next(
        r for r, e in enumerate(layers.rows) if isinstance(e, Rest) and e.is_open
    )
    assert layers.data(layers.index(end)) == "Show fewer"
    panel.list.setCurrentIndex(layers.index(end))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert layers.row_of("Conv3d") < 0


def test_every_usual_layer_is_in_the_catalog() -> None:
    assert set(USUAL) <= set(CATALOG)


def test_a_search_finds_what_is_folded_away(panel: LayerPanel) -> None:
    QTest.keyClicks(panel.search, "conv3d")
    assert panel.list.layers.row_of("Conv3d") == 0


def test_the_bar_of_the_list_stands_at_the_edge_and_the_search_does_not(
    panel: LayerPanel,
) -> None:
    edge = panel.rect().right()
    assert edge - panel.list.geometry().right() == 2
    assert edge - panel.search.geometry().right() == 8


def first_letter(view: QListView, side: QWidget) -> int:
    """Where the leftmost letter of a list begins, in pixels from the edge of `side`."""
    image = view.viewport().grab().toImage()
    ground = image.pixelColor(image.width() // 2, 1)
    column = next(
        x
        for x in range(2, image.width())  # but for a frame
        if any(image.pixelColor(x, y) != ground for y in range(4, image.height() - 4))
    )
    return view.viewport().mapTo(side, view.viewport().rect().topLeft()).x() + column


def test_the_side_lists_begin_and_end_at_one_place(open_window: OpenWindow) -> None:
    left = open_window(templates.open_lesson("digits-cnn")).left
    begins, ends = list[int](), list[int]()
    for tab in (left.lesson, left.layers, left.blocks):
        left.setCurrentWidget(tab)
        QApplication.processEvents()
        begins.append(first_letter(tab.list, left))
        ends.append(tab.list.mapTo(left, tab.list.rect().topRight()).x())
    assert max(begins) - min(begins) <= 1, "letters differ by that"
    assert len(set(ends)) == 1
    for tab in (left.layers, left.blocks):
        edge = tab.rect().right()
        assert edge - tab.list.geometry().right() == 2, "its bar stands at the edge"
        assert edge - tab.search.geometry().right() == 8
