"""The search that opens where an edge is let go: layers that take what flows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.catalog import CATALOG, Layer, TensorSpec
from engine.document import Document
from engine.edits import AddEdge, AddNode
from engine.graph import Edge, Node
from gui.add_search import AddSearch
from gui.layer_search import matching
from gui.theme import DARK
from tests.gui.canvas.desk import Desk, desk

__all__ = ["desk"]
IMAGE, VECTOR = TensorSpec((3, 32, 32)), TensorSpec((64,))
VECTOR_OF_PICTURE = TensorSpec((3 * 32 * 32,))


def names(words: str, given: TensorSpec | None) -> list[str]:
    return [layer.name for layer in matching(words, (), given)]


def test_without_words_only_what_fits_is_listed() -> None:
    for_image, for_vector = names("", IMAGE), names("", VECTOR)
    assert "Conv2d" in for_image
    assert "Conv2d" not in for_vector
    assert "Conv1d" not in for_image
    assert "Linear" in for_vector
    assert "Input" not in for_image, "it takes nothing"
    assert len(names("", None)) == len(CATALOG)


def test_with_words_what_fits_goes_first_and_the_rest_is_found_too() -> None:
    assert names("conv", IMAGE)[0] == "Conv2d"
    assert "Conv1d" in names("conv", IMAGE)
    assert names("embedding", IMAGE)[0] == "Embedding", "it was asked for by name"


def test_where_nothing_is_pulled_what_fits_the_network_goes_first(desk: Desk) -> None:
    def found(words: str) -> str:
        likely = desk.canvas.requests.likely
        return matching(words, (), None, likely)[0].name

    assert matching("conv", (), None)[0].name == "Conv1d"
    desk.model.replace(Document(name="Pictures"))
    assert found("conv") == "Conv1d", "nothing is known"
    desk.canvas.inputs = Pictures()
    assert found("conv") == "Conv2d", "the data are pictures"
    desk.canvas.inputs = None
    settings = {"shape": (3, 32, 32)}
    desk.model.push("Add", AddNode(Node(name="x", layer="Input", settings=settings)))
    assert found("conv") == "Conv2d", "the Input gives pictures"
    desk.model.push("Add", AddNode(Node(name="flat", layer="Flatten")))
    desk.model.push("Join", AddEdge(Edge("x", "output", "flat", "input")))
    assert desk.canvas.requests.likely == [VECTOR_OF_PICTURE, IMAGE]
    assert found("batchnorm") == "BatchNorm1d", "the end gives a vector"
    assert found("conv") == "Conv2d"
    assert len(matching("", (), None, [IMAGE])) == len(CATALOG), "none is left out"


class Pictures:
    """Data of pictures."""

    def settings(self) -> dict[str, Any]:
        return {"shape": (3, 32, 32), "dtype": "float"}


def test_the_search_says_what_it_looks_for(desk: Desk, qapp: QApplication) -> None:
    search = AddSearch(DARK, desk.window)
    search.open_at(QPoint(), QPointF(), True, IMAGE)
    assert search.caption.text() == (
        "Layers that take N × 3 × 32 × 32; type a name for any other layer"
    )
    listed = [row.name for row in search.list.layers.rows if isinstance(row, Layer)]
    assert "Conv2d" in listed
    assert "Conv1d" not in listed
    QTest.keyClicks(search.search, "conv1d")
    shown = [row.name for row in search.list.layers.rows if isinstance(row, Layer)]
    assert shown[0] == "Conv1d"
    search.hide()
    search.open_at(QPoint(), QPointF())
    assert search.caption.text() == "Add a layer: type its name"


def test_an_edge_let_go_on_nothing_knows_what_it_carries(desk: Desk) -> None:
    assert desk.canvas.requests.given is None
    desk.drag(desk.port("fc1", is_output=True), QPointF(420, 300))
    assert desk.canvas.requests.given == TensorSpec((32,))
    desk.double_click(QPointF(640, 320))
    assert desk.canvas.requests.given is None
