"""Shared weights on the canvas and in the inspector, and cards with long texts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import templates
from engine.analysis import analyse
from engine.block_view import BlockView, Known, Step
from engine.document import Document
from engine.edits import SetShares
from engine.sharing import candidates, groups
from gui.canvas.card import Card, Findings
from gui.canvas.card_making import make_card
from gui.canvas.scene import CanvasScene, Pair
from gui.canvas.style import Fonts, Style
from gui.main_window import MainWindow
from gui.node_page import NodePage
from gui.theme import DARK
from tests.engine.drawing import Drawing
from tests.gui.conftest import OpenWindow


def tied() -> Document:
    """A tiny language model whose last layer has the weights of its first."""
    drawing = Drawing("Tied").node("tokens", "Input", shape=(4,), dtype="int64")
    drawing.node("words", "Embedding", num_embeddings=20, embedding_dim=6)
    drawing.node("act", "ReLU")
    drawing.node("scores", "Linear", out_features=20, bias=False)
    drawing.node("following", "Output")
    document = drawing.edges("tokens > words > act > scores > following").document
    SetShares("scores", "words").apply(document)
    return document


def cards(document: Document, scope: str = "") -> dict[str, Card]:
    """The cards of one graph of a document."""
    whole = analyse(document)
    known: Known = whole
    if scope:
        use = next((n.name for n in document.graph if n.layer == scope), None)
        known = BlockView(whole, [Step(scope, use)])
    graph = document.scoped(scope).graph
    findings, fonts = Findings(graph, known), Fonts()
    return {n.name: make_card(n, graph, known, findings, fonts) for n in graph}


def test_groups_and_who_may_join_them() -> None:
    document = tied()
    assert groups(document.graph) == {
        "words": ("words", "scores"),
        "scores": ("words", "scores"),
    }
    assert candidates(document.graph, "scores") == ["words"]
    assert candidates(document.graph, "words") == []  # another uses its own
    SetShares("scores", "nobody").apply(document)
    assert groups(document.graph) == {}


def test_each_card_of_a_group_names_the_other(qapp: QApplication) -> None:
    shown = cards(tied())
    assert {name: card.tie for name, card in shown.items() if card.tie} == {
        "words": "scores",
        "scores": "words",
    }
    assert shown["words"].hint == "words and scores have the same weights."
    t5 = cards(templates.open_lesson("t5-small"))
    assert t5["words"].tie == "2 others"
    assert t5["words_written"].tie == t5["scores"].tie == "words"


def test_the_sign_comes_and_goes_with_the_edit(qapp: QApplication) -> None:
    document = tied()
    analysis = analyse(document)
    scene = CanvasScene(Pair(document, analysis), Style(DARK))
    assert scene.card("words").tie == "scores"
    edit = SetShares("scores", "")
    edit.apply(document)
    analysis.note(edit)
    analysis.refresh()
    scene.note_node("scores")
    scene.follow()
    assert scene.card("scores").tie == ""
    assert scene.card("words").tie == ""  # though nothing else of it changed


def test_a_selected_node_lights_up_its_partners(open_window: OpenWindow) -> None:
    window = open_window(tied())
    nodes = window.canvas.network.nodes
    window.canvas.select(["words"])
    assert nodes["scores"].look.is_partner
    assert not nodes["words"].look.is_partner
    assert not nodes["act"].look.is_partner
    window.canvas.select(["act"])
    assert not nodes["scores"].look.is_partner


def test_the_pointer_over_a_card_tells_what_the_sign_means(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(tied())
    canvas = window.canvas
    canvas.framing.fit_all()
    canvas.glide.finish()
    place = canvas.mapFromScene(canvas.network.nodes["words"].rect().center())
    QTest.mouseMove(canvas.viewport(), place + QPoint(60, 90))
    QTest.mouseMove(canvas.viewport(), place)
    words = "words and scores have the same weights."
    qtbot.waitUntil(lambda: canvas.network.hint.text == words)
    window.model.analysed.emit()  # the pointer rests: what it lies on is told again
    assert canvas.network.hint.text == words


def page_of(window: MainWindow, name: str) -> NodePage:
    window.canvas.select([name])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    return page


def test_sharing_is_chosen_in_the_inspector_and_undone(open_window: OpenWindow) -> None:
    window = open_window(tied())
    count = window.model.analysis.total_parameters
    box = page_of(window, "scores").sharing.box
    assert box.currentText() == "those of words"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert window.model.document.graph["scores"].shares == ""
    assert window.model.analysis.total_parameters == 2 * count
    assert "self.scores.weight" not in window.model.analysis.code
    window.actions_.of["undo"].trigger()
    assert window.model.document.graph["scores"].shares == "words"
    assert box.currentText() == "those of words"


@pytest.mark.parametrize(("name", "is_shown"), [("act", False), ("scores", True)])
def test_only_what_has_weights_can_share(
    open_window: OpenWindow, name: str, is_shown: bool
) -> None:
    page = page_of(open_window(tied()), name)
    assert page.sharing.isVisible() is is_shown


# Long texts.


def test_a_block_with_many_settings_tells_them_all_in_its_hint(
    qapp: QApplication,
) -> None:
    card = cards(templates.open_lesson("inception-v1"))["inception3a"]
    assert 1 < len(card.details) <= 3
    assert card.hint == (
        "inception3a: Inception ones 64, reduce3 96, threes 128, reduce5 16, fives 32, "
        "pooled 32."
    )
    for line in card.details[:-1]:
        assert line.endswith(",") or line == "Inception"  # no name without its value


def test_what_is_at_its_default_gives_way_first(qapp: QApplication) -> None:
    card = cards(templates.open_lesson("inception-v1"))["conv2"]
    assert " ".join(card.details) == (
        "ConvNormReLU channels 64, kernel_size 1, stride 1"
    )
    assert card.hint == (
        "conv2: ConvNormReLU channels 64, kernel_size 1, stride 1, padding 0."
    )


def test_a_card_with_room_for_everything_has_no_hint(qapp: QApplication) -> None:
    shown = cards(templates.open_lesson("resnet-50"))
    assert {card.hint for card in shown.values()} == {""}


def test_long_port_names_leave_room_for_the_shape(qapp: QApplication) -> None:
    document = Document(name="Ports")
    block = document.new_block("Wide", {})
    drawing = Drawing()
    for number in (1, 2):
        name = f"a_very_long_name_of_a_port_{number}"
        drawing.node(name, "Input", shape=(3, 224, 224))
    drawing.node("added", "Add").node("answer", "Output")
    names = [n.name for n in drawing.document.graph if n.layer == "Input"]
    drawing.edges(*(f"{name} > added" for name in names), "added > answer")
    block.graph = drawing.document.graph
    document.put_block(block)
    outer = Drawing()
    outer.document = document
    outer.node("image", "Input", shape=(3, 224, 224)).node("wide", "Wide")
    outer.node("y", "Output")
    outer.edges(*(f"image > wide.{name}" for name in names), "wide > y")
    card = cards(document)["wide"]
    fonts = Fonts()
    for row in card.rows:
        texts = fonts.width(fonts.small, row.left) + fonts.width(fonts.mono, row.shape)
        assert texts <= card.width - 28
    assert all(name in card.hint for name in names)


def test_no_card_of_the_architectures_lies_on_another(qapp: QApplication) -> None:
    for lesson in ("inception-v1", "inception-v4", "inception-resnet-v2", "t5-small"):
        document = templates.open_lesson(lesson)
        for scope in ("", *document.blocks):
            graph = document.scoped(scope).graph
            placed = [
                (graph[name].position, card)
                for name, card in cards(document, scope).items()
            ]
            for index, ((x, y), card) in enumerate(placed):
                for (other_x, other_y), other in placed[:index]:
                    is_apart = (
                        x >= other_x + other.width
                        or other_x >= x + card.width
                        or y >= other_y + other.height
                        or other_y >= y + card.height
                    )
                    assert is_apart, (lesson, scope, card.title, other.title)
