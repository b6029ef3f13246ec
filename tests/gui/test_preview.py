"""“On this image”: the selected node's pictures follow edits and samples."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import templates
from engine.edits import change_settings
from gui import preview_source
from gui.main_window import MainWindow
from gui.node_page import NodePage
from gui.preview import PreviewCard
from tests.gui.conftest import OpenWindow


def opened(open_window: OpenWindow, qtbot: QtBot, name: str) -> MainWindow:
    window = open_window(templates.open_lesson("digits-cnn"))
    qtbot.waitUntil(lambda: window.page.model.whole.has_shapes, timeout=20_000)
    window.page.canvas.select([name])
    return window


def card_of(window: MainWindow) -> PreviewCard:
    page = window.page.inspector.page
    assert isinstance(page, NodePage)
    return page.preview


def wait_for(qtbot: QtBot, window: MainWindow, text: str) -> None:
    def is_there() -> None:
        assert any(text in each for each in card_of(window).texts)

    qtbot.waitUntil(is_there, timeout=20_000)


def first_conv() -> str:
    graph = templates.open_lesson("digits-cnn").graph
    return next(node.name for node in graph if node.layer == "Conv2d")


def test_the_maps_follow_an_edit_and_the_next_sample(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    name = first_conv()
    window = opened(open_window, qtbot, name)
    wait_for(qtbot, window, "channels, each from its least value")
    card, model = card_of(window), window.page.model
    assert card.fold.text() == "On this image"
    assert card.texts[-1] == "Sample 1 of 32, before training."
    edit = change_settings(model.document.graph, name, {"out_channels": 5})
    model.push("Change out_channels", edit)
    wait_for(qtbot, window, "5 channels, each from its least value")
    assert card.pictures[0].accessibleName() == f"What {name} gives"
    qtbot.mouseClick(card.next_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "Sample 2 of 32, before training.")


def test_what_cannot_be_shown_is_said_and_comes_back(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    name = first_conv()
    window = opened(open_window, qtbot, name)
    wait_for(qtbot, window, "channels, each")
    model = window.page.model
    edit = change_settings(model.document.graph, name, {"kernel_size": 99})
    model.push("Change kernel_size", edit)
    wait_for(qtbot, window, "Nothing can be shown. ")
    assert "kernel size" in card_of(window).texts[0]  # as the form calls it
    assert "kernel_size" not in card_of(window).texts[0]
    assert name in card_of(window).texts[0]
    assert not card_of(window).pictures
    assert not card_of(window).next_button.isEnabled()
    model.undo_stack.undo()
    wait_for(qtbot, window, "channels, each")


def test_an_input_has_no_weights_to_speak_of(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    graph = templates.open_lesson("digits-cnn").graph
    window = opened(
        open_window, qtbot, next(n.name for n in graph if n.layer == "Input")
    )
    wait_for(qtbot, window, "Sample 1 of 32")
    assert card_of(window).texts[-1] == "Sample 1 of 32."


def test_folded_it_computes_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window, qtbot, first_conv())
    wait_for(qtbot, window, "channels, each")
    card = card_of(window)
    qtbot.mouseClick(card.fold, Qt.MouseButton.LeftButton)
    assert card.inside.isHidden()
    other = next(n.name for n in window.page.model.root.graph if n.layer == "Linear")
    asked: list[str] = []
    window.page.inspector.previews.shown.connect(lambda name, _: asked.append(name))
    window.page.canvas.select([other])
    assert card_of(window).inside.isHidden()
    qtbot.wait(200)
    assert asked == []
    qtbot.mouseClick(card_of(window).fold, Qt.MouseButton.LeftButton)
    wait_for(qtbot, window, "blue is below zero, orange above")


def test_large_networks_say_why_it_is_off(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_source, "MOST_PARAMETERS", 100)
    window = opened(open_window, qtbot, first_conv())
    wait_for(qtbot, window, "Off: the network has ")
    assert (
        card_of(window)
        .texts[0]
        .endswith("parameters. With more than 100 it would take too long.")
    )
