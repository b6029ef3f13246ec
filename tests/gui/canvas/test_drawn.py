"""What is drawn around and on the network: frames, notes, costs; also in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from engine.annotation_edits import PutFrame, PutNote, SetFrame
from engine.annotations import FRAME_COLORS, Frame, Note
from engine.costs import Cost
from engine.edits import Compound, SetBypassed, change_settings
from engine.figures import short_bytes, short_count
from gui.canvas.render import render
from gui.canvas.style import Style
from gui.theme import DARK, LIGHT
from tests.gui.canvas.desk import Desk, desk

__all__ = ["desk"]


def annotate(desk: Desk) -> None:
    desk.model.push(
        "Annotate",
        Compound(
            (
                PutFrame(Frame(name="frame1", title="Features", color="blue")),
                SetFrame("fc1", "frame1"),
                PutNote(
                    Note(name="note1", text="Sixteen would do", position=(600, 300))
                ),
            )
        ),
    )


def test_frames_and_notes_are_in_exported_pictures(desk: Desk, tmp_path: Path) -> None:
    annotate(desk)
    model = desk.model
    render(model.document, model.analysis, LIGHT, tmp_path / "network.svg")
    text = (tmp_path / "network.svg").read_text()
    assert "Features" in text
    assert "Sixteen would do" in text
    render(model.document, model.analysis, LIGHT, tmp_path / "network.png")
    picture = QImage(str(tmp_path / "network.png"))
    plain = desk.canvas.network.extent(desk.model.document.graph.nodes)
    assert picture.height() > 2 * plain.height() + 64, "the note lies below the cards"


def test_undoing_takes_them_off_the_canvas(desk: Desk) -> None:
    annotate(desk)
    annotations = desk.canvas.network.annotations
    assert set(annotations.frames) == {"frame1"}
    assert annotations.notes["note1"].text == "Sixteen would do"
    desk.model.undo_stack.undo()
    assert not annotations.frames
    assert not annotations.notes
    assert desk.canvas.network.passing_items() == []


def test_every_frame_colour_is_drawn_in_its_own(desk: Desk) -> None:
    for theme in (DARK, LIGHT):
        style = Style(theme)
        assert len({style.frame(color).name() for color in FRAME_COLORS}) == 6


def test_another_theme_and_another_document_follow(desk: Desk) -> None:
    annotate(desk)
    desk.canvas.set_theme(LIGHT)
    assert not desk.canvas.viewport().grab().isNull()
    desk.model.replace(desk.model.root.copy())
    assert set(desk.canvas.network.annotations.frames) == {"frame1"}


# Costs.


def test_cards_are_coloured_by_what_they_cost(desk: Desk) -> None:
    legend = desk.canvas.legend
    assert legend.isHidden()
    desk.actions.of["color_parameters"].trigger()
    cards = desk.canvas.network.card
    assert cards("fc1").cost == "2,080"
    assert cards("fc1").heat == 1.0
    assert (cards("act1").cost, cards("act1").heat) == ("", 0.0)
    assert cards("lone").heat < 0, "it is not part of the network"
    assert not legend.isHidden()
    assert legend.text == "Parameters · 2,080 · 2,080 in all"
    desk.actions.of["color_memory"].trigger()
    assert cards("act1").cost == "128 B"
    assert legend.text == "Memory per sample · 128 B · 256 B in all"
    desk.actions.of["color_layer"].trigger()
    assert legend.isHidden()
    assert (cards("fc1").cost, cards("fc1").heat) == ("", -1.0)


def test_the_colours_follow_edits(desk: Desk) -> None:
    desk.canvas.color_by(Cost.OPERATIONS)
    assert desk.canvas.network.card("fc1").cost == "4,096"
    graph = desk.model.document.graph
    desk.model.push("", change_settings(graph, "fc1", {"out_features": 64}))
    assert desk.canvas.network.card("fc1").cost == "8,192"
    assert desk.canvas.legend.text == "Operations per sample · 8,192 · 8,192 in all"
    desk.model.push("", SetBypassed("fc1", True))
    assert desk.canvas.network.card("fc1").heat < 0


def test_a_dear_card_is_drawn_in_the_colour_of_heat(desk: Desk) -> None:
    def has_bar() -> bool:
        canvas = desk.canvas
        picture = canvas.viewport().grab().toImage()
        rect = canvas.network.nodes["fc1"].rect()
        corner = desk.at(rect.bottomLeft()) * picture.devicePixelRatio()
        heat = canvas.network.style_.heat.name()
        return any(
            picture.pixelColor(corner.x() + 60, corner.y() - up).name() == heat
            for up in range(1, 8)
        )

    assert not has_bar()
    desk.canvas.color_by(Cost.PARAMETERS)
    desk.canvas.zoom_to(100)
    assert has_bar()


def test_what_cards_cost_is_read_from_afar(desk: Desk) -> None:
    """Letters do not get as small as the cards."""
    canvas = desk.canvas
    canvas.color_by(Cost.PARAMETERS)
    canvas.zoom_to(40)
    canvas.center_on("fc1")
    picture = canvas.viewport().grab().toImage()
    rect = canvas.network.nodes["fc1"].rect()
    at, end = desk.at(rect.topLeft()), desk.at(rect.bottomRight())
    across = range(at.x() + 6, end.x() - 6)
    is_written = [
        any(picture.pixelColor(x, y).lightness() > 130 for x in across)
        for y in range(at.y() + 2, end.y() - 3)
    ]
    lines = "".join("#" if row else " " for row in is_written).split()
    assert len(lines) == 2, "name and cost"
    assert min(map(len, lines)) >= 6, lines


@pytest.mark.parametrize(
    ("number", "count", "memory"),
    [
        (0, "0", "0 B"),
        (9_999, "9,999", "9.76 KiB"),
        (12_345, "12.3 k", "12.1 KiB"),
        (4_210_000, "4.21 M", "4.01 MiB"),
        (5_000_000_000, "5.00 G", "4.66 GiB"),
    ],
)
def test_large_numbers_are_short(number: int, count: str, memory: str) -> None:
    assert (short_count(number), short_bytes(number)) == (count, memory)


def test_enter_writes_a_note_that_is_selected(desk: Desk) -> None:
    annotate(desk)
    desk.click(desk.canvas.network.annotations.notes["note1"].rect().center())
    desk.press(Qt.Key.Key_Return)
    entry = desk.canvas.annotator.note_entry
    assert not entry.isHidden()
    assert entry.text.toPlainText() == "Sixteen would do"
    QTest.keyClick(entry.text, Qt.Key.Key_Escape)
    assert desk.labels == ["Annotate"]
