"""Blocks under real events: made, entered, edited inside, left, and expanded."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from engine.document import Document
from engine.edits import RenameNode, change_settings, insertion
from engine.graph import Node
from engine.tidying import COLUMN_GAP
from gui.block_list import BlockListModel
from gui.block_page import BlockPage
from gui.block_shelf import BlockShelf
from gui.canvas.name_entry import NameEntry
from gui.document_model import DocumentModel
from gui.main_window import MainWindow
from gui.node_page import NodePage
from tests.engine.test_blocks import stack
from tests.engine.test_grouping import nested, network
from tests.engine.test_shared_blocks import towers
from tests.gui.conftest import OpenWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def fitting(document: Document) -> Document:
    """The document for the digits: one grey picture in, ten classes out."""
    graph = document.graph
    change_settings(graph, "image", {"shape": (1, 8, 8)}).apply(document)
    if "fc" in graph:
        change_settings(graph, "fc", {"out_features": 10}).apply(document)
        return document
    (last,) = graph.edges_into("features")
    for name, layer in (("flat", "Flatten"), ("fc", "Linear")):
        edge = graph.edges_into("features")[0]
        insertion(graph, Node(name=name, layer=layer), edge).apply(document)
    change_settings(graph, "fc", {"out_features": 10}).apply(document)
    assert graph.edges_into("flat")[0].source == last.source
    return document


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(fitting(network()))


@pytest.fixture
def blocks(open_window: OpenWindow) -> MainWindow:
    return open_window(fitting(stack()))


def double_click(window: MainWindow, name: str) -> None:
    canvas = window.canvas
    canvas.show_node(name)
    spot = canvas.to_view(canvas.network.nodes[name].rect().center()).toPoint()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def press(window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, key, held)


def make(window: MainWindow, names: list[str], block: str) -> NameEntry:
    window.canvas.select(names)
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    entry = window.canvas.blocks.entry
    assert entry.isVisible()
    QTest.keyClick(entry.line, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(entry.line, block)
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    return entry


def names(window: MainWindow) -> set[str]:
    return set(window.model.document.graph.nodes)


def type_into(line: QLineEdit, text: str) -> None:
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_selection_becomes_a_block_by_keyboard(window: MainWindow) -> None:
    before = window.model.root.copy()
    entry = make(window, ["conv1", "norm1", "relu1"], "Stem")
    assert not entry.isVisible()
    assert "conv1" not in names(window)
    assert window.canvas.selection.names == ["stem1"]
    assert window.model.whole.problems == []
    shape = window.model.root.blocks["Stem"].block.graph["input"].values["shape"]
    assert shape == (1, 8, 8)
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert window.model.root == before


@pytest.mark.parametrize(
    "chosen", [["relu1"], ["conv1", "norm1"], ["flat"], ["conv2", "norm2", "relu2"]]
)
def test_a_new_block_has_the_usual_room_around_it(
    window: MainWindow, chosen: list[str]
) -> None:
    canvas = window.canvas
    canvas.select([])
    window.actions_.of["tidy"].trigger()
    before, steps = window.model.root.copy(), window.model.undo_stack.count()
    make(window, chosen, "AnEncoderOfManyLetters")
    boxes = canvas.network.boxes()
    (added,) = canvas.selection.names
    box = boxes.pop(added)
    for name, other in boxes.items():
        if other.shares_row(box):
            room = max(other.x - box.right, box.x - other.right)
            assert room >= COLUMN_GAP, name
    for one, other in combinations(boxes.values(), 2):
        assert not one.meets(other, 8)
    assert window.model.undo_stack.count() == steps + 1
    window.actions_.of["undo"].trigger()
    assert window.model.root == before


def test_a_block_of_two_rows_goes_into_one_and_is_seen_whole_inside(
    open_window: OpenWindow,
) -> None:
    window = open_window(templates.open_lesson("cnn-mnist"))
    canvas = window.canvas
    before = window.model.root.copy()
    make(window, ["relu1", "pool1", "flatten", "fc1"], "Body")
    boxes = canvas.network.boxes()
    box = boxes.pop("body1")
    assert box.y == boxes["conv1"].y, "in a row, not between both"
    press(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert window.model.scope == "Body"
    assert canvas.sight().contains(canvas.network.extent())
    assert canvas.framing.room.is_legible
    window.actions_.of["undo"].trigger()
    assert window.model.root == before


def test_a_name_that_cannot_be_is_marked_and_not_taken(window: MainWindow) -> None:
    entry = make(window, ["conv1", "norm1"], "Conv2d")
    assert entry.isVisible()
    assert entry.problem.text() == "“Conv2d” is the name of a layer."
    QTest.keyClick(entry.line, Qt.Key.Key_Escape)
    assert not entry.isVisible()
    assert window.model.root.blocks == {}


@pytest.mark.parametrize(("typed", "made"), [("Stem", {"Stem"}), ("Conv2d", set())])
def test_tab_keeps_a_name_that_can_be_one(
    window: MainWindow, typed: str, made: set[str]
) -> None:
    window.canvas.select(["conv1", "norm1"])
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    entry = window.canvas.blocks.entry
    QTest.keyClicks(entry.line, typed)
    QTest.keyClick(entry.line, Qt.Key.Key_Tab)
    assert not entry.isVisible()
    assert set(window.model.root.blocks) == made


def test_a_name_that_was_only_suggested_makes_no_block_by_tab(
    window: MainWindow,
) -> None:
    window.canvas.select(["conv1", "norm1"])
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    QTest.keyClick(window.canvas.blocks.entry.line, Qt.Key.Key_Tab)
    assert window.model.root.blocks == {}


def test_what_cannot_be_a_block_is_said_before_a_name_is_asked(
    window: MainWindow,
) -> None:
    window.canvas.select(["relu1", "added"])
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    assert not window.canvas.blocks.entry.isVisible()
    assert window.messages.isVisible()
    assert "would feed itself" in window.messages.text.text()


def test_double_click_goes_in_and_escape_leads_out(blocks: MainWindow) -> None:
    double_click(blocks, "stage2")
    assert blocks.model.scope == "Bottleneck"
    assert "reduce" in blocks.canvas.network.nodes
    assert "stage1" not in blocks.canvas.network.nodes
    card = blocks.canvas.network.card("expand")
    assert card.details[0].startswith("Conv2d 128")
    assert card.rows[0].shape == "128 × 8 × 8"
    trail = blocks.canvas.scopes.trail
    assert trail.isVisible()
    assert [part.text() for part in trail.parts] == ["Main"]
    press(blocks, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert blocks.model.scope == ""
    assert not trail.isVisible()
    assert blocks.canvas.selection.names == ["stage2"]


def test_tab_goes_into_a_selected_block_and_the_trail_leads_back(
    open_window: OpenWindow,
) -> None:
    window = open_window(nested())
    window.canvas.select(["deep"])
    press(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    window.canvas.select(["inner"])
    press(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert [s.block for s in window.model.path_of_scopes] == ["Outer", "Bottleneck"]
    trail = window.canvas.scopes.trail
    assert [part.text() for part in trail.parts] == ["Main", "deep: Outer"]
    QTest.mouseClick(trail.parts[1], Qt.MouseButton.LeftButton)
    assert window.model.scope == "Outer"
    QTest.mouseClick(trail.parts[0], Qt.MouseButton.LeftButton)
    assert window.model.scope == ""
    assert window.canvas.selection.names == ["deep"]


def test_leaving_a_block_looks_as_it_was_left(blocks: MainWindow) -> None:
    canvas = blocks.canvas
    canvas.zoom_to(60)
    before = canvas.sight().center()
    blocks.model.enter("Bottleneck", "stage1")
    blocks.model.leave()
    assert canvas.zoom_percent() == 60
    assert (canvas.sight().center() - before).manhattanLength() < 4
    assert canvas.selection.names == ["stage1"]
    assert blocks.inspector.names == ("stage1",)  # the same on both sides


def test_back_from_a_block_the_view_follows_new_layers_as_before(
    blocks: MainWindow, qtbot: QtBot
) -> None:
    canvas = blocks.canvas
    canvas.framing.fit_all()
    blocks.model.enter("Bottleneck", "stage1")
    QTest.mouseClick(canvas.scopes.trail.parts[0], Qt.MouseButton.LeftButton)
    assert blocks.model.scope == ""
    for _ in range(2):
        canvas.add_layer("ReLU")
    qtbot.waitUntil(lambda: not canvas.framing.travel.is_on)
    assert canvas.sight().contains(canvas.network.extent(canvas.network.nodes))


def test_an_edit_inside_changes_every_use_and_undo_shows_where(
    blocks: MainWindow,
) -> None:
    before = blocks.model.root.copy()
    count = blocks.model.whole.total_parameters
    blocks.model.enter("Bottleneck", "stage1")
    blocks.canvas.select(["relu"])
    press(blocks, Qt.Key.Key_Delete, SHIFT)
    assert "relu" not in blocks.model.root.blocks["Bottleneck"].block.graph
    assert blocks.model.whole.is_valid
    blocks.model.leave()
    make(blocks, ["stage2"], "Last")
    assert blocks.model.scope == ""
    stack_ = blocks.model.undo_stack
    stack_.undo()
    assert blocks.model.scope == ""
    stack_.undo()
    assert blocks.model.scope == "Bottleneck"
    assert "relu" in blocks.canvas.network.nodes
    assert blocks.model.root == before
    stack_.redo()
    stack_.redo()
    assert blocks.model.scope == ""
    assert "Last" in blocks.model.root.blocks
    assert blocks.model.whole.total_parameters == count


def test_undoing_a_block_while_inside_leads_out_of_it(window: MainWindow) -> None:
    make(window, ["conv1", "norm1", "relu1"], "Stem")
    window.model.enter("Stem", "stem1")
    window.model.undo_stack.undo()
    assert window.model.scope == ""
    assert "conv1" in window.canvas.network.nodes


def test_a_renamed_use_stays_on_the_trail(blocks: MainWindow) -> None:
    blocks.model.enter("Bottleneck", "stage1")
    blocks.model.push("Rename", RenameNode("stage1", "first"), scope="")
    assert blocks.model.path_of_scopes[0].use == "first"
    assert blocks.model.analysis.names == {"channels": 16}  # type: ignore[union-attr]


def test_the_whole_document_is_saved_trained_and_counted_from_inside(
    blocks: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "stack.espalier"
    blocks.model.enter("Bottleneck", "stage1")
    blocks.model.path = path
    assert blocks.files.save()
    assert storage.load(path) == fitting(stack())
    count = blocks.model.whole.total_parameters
    assert blocks.status.parameters.text() == f"{count:,} parameters"


def test_a_block_expands_and_is_made_unique(blocks: MainWindow) -> None:
    count = blocks.model.whole.total_parameters
    blocks.canvas.select(["stage1"])
    press(blocks, Qt.Key.Key_G, CTRL | SHIFT)
    assert "stage1_2_reduce" in names(blocks)
    assert set(blocks.canvas.selection.names) >= {"stage1_0_norm", "stage1_1_norm"}
    assert blocks.model.whole.total_parameters == count
    blocks.canvas.select(["stage2"])
    blocks.actions_.of["unique_block"].trigger()
    assert blocks.model.document.graph["stage2"].layer == "Bottleneck2"
    assert blocks.canvas.selection.names == ["stage2"]


def test_without_a_block_selected_it_says_so(blocks: MainWindow) -> None:
    blocks.canvas.select(["image"])
    blocks.actions_.of["expand_block"].trigger()
    assert blocks.messages.text.text().startswith("No block is selected.")


def test_a_block_is_renamed_from_the_inside_and_one_stays_there(
    blocks: MainWindow,
) -> None:
    blocks.model.enter("Bottleneck", "stage2")
    blocks.canvas.blocks.rename()
    entry = blocks.canvas.blocks.entry
    assert entry.line.text() == "Bottleneck"
    type_into(entry.line, "Narrow")
    assert blocks.model.scope == "Narrow"
    assert blocks.model.path_of_scopes[0].use == "stage2"
    assert blocks.model.root.graph["stage1"].layer == "Narrow"


def test_repeats_are_a_deck_with_their_number(blocks: MainWindow) -> None:
    card = blocks.canvas.network.card("stage1")
    assert card.count == "× 3"
    assert card.family == "block"
    assert " ".join(card.details) == "Bottleneck channels 16"
    assert blocks.canvas.network.card("stage2").count == ""


def test_a_field_inside_takes_an_expression_and_shows_its_value(
    blocks: MainWindow,
) -> None:
    blocks.model.enter("Bottleneck", "stage2")
    blocks.canvas.select(["expand"])
    page = blocks.inspector.page
    assert isinstance(page, NodePage)
    field = page.form.fields["out_channels"]
    line = field.editor
    assert isinstance(line, QLineEdit)
    assert line.text() == "4 * channels"
    assert field.value_label.text() == "= 128"  # type: ignore[attr-defined]
    type_into(line, "2 * channels + 2 * channels")
    inner = blocks.model.root.blocks["Bottleneck"].block.graph
    assert inner["expand"].settings["out_channels"] == "2 * channels + 2 * channels"
    assert field.value_label.text() == "= 128"  # type: ignore[attr-defined]
    assert blocks.model.undo_stack.undoText() == "Change out_channels of expand"
    QTest.keyClick(line, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(line, "3 * width")
    assert field.problem == (
        "Out channels uses width; the block's settings are: channels. It stays "
        "2 * channels + 2 * channels."
    )


def test_outside_of_a_block_a_name_is_no_number(window: MainWindow) -> None:
    window.canvas.select(["conv1"])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    line = page.form.fields["out_channels"].editor
    assert isinstance(line, QLineEdit)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(line, "channels")
    assert page.form.fields["out_channels"].problem.startswith(
        "Out channels must be a whole number"
    )


def test_a_block_gets_settings_in_the_inspector(blocks: MainWindow) -> None:
    blocks.model.enter("Bottleneck", "stage2")
    blocks.canvas.select([])
    page = blocks.inspector.page
    assert isinstance(page, BlockPage)
    assert page.subtitle.text() == "A block · used by stage1 and stage2"
    QTest.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    type_into(page.rows[-1].name_line, "factor")
    type_into(page.rows[-1].default_line, "4")
    block = blocks.model.root.blocks["Bottleneck"].block
    assert block.settings == {"channels": 8, "factor": 4}
    QTest.mouseClick(page.rows[0].remove_button, Qt.MouseButton.LeftButton)
    assert page.problem.text() == (
        "channels is used by reduce, expand and shortcut. Give them numbers first."
    )
    type_into(page.rows[1].default_line, "many")
    assert page.problem.text() == (
        "factor must be a whole number of at least 0; found “many”. It stays 4."
    )
    type_into(page.rows[0].name_line, "width")
    assert blocks.model.root.graph["stage2"].settings == {"width": 32}
    QTest.mouseClick(page.rows[1].remove_button, Qt.MouseButton.LeftButton)
    assert list(blocks.model.root.blocks["Bottleneck"].block.settings) == ["width"]
    blocks.model.leave()
    assert blocks.inspector.page is not page


def test_a_port_renamed_inside_keeps_its_edges_outside(blocks: MainWindow) -> None:
    blocks.model.enter("Bottleneck", "stage2")
    blocks.canvas.select(["x_in"])
    page = blocks.inspector.page
    assert isinstance(page, NodePage)
    type_into(page.name_field.line, "features_in")
    assert blocks.model.whole.problems == []


def test_a_problem_inside_leads_there_and_its_fix_works(blocks: MainWindow) -> None:
    blocks.model.enter("Bottleneck", "stage1")
    graph = blocks.model.document.graph
    blocks.model.push("Break", change_settings(graph, "norm", {"eps": -1.0}))
    callout = blocks.canvas.network.callout
    assert callout is not None
    assert callout.problem.node == "norm"
    assert not blocks.model.whole.is_valid
    (row,) = blocks.bottom.problems.rows
    assert row.problem.scope == "Bottleneck"
    blocks.canvas.editor.apply_fix(0)
    assert blocks.model.whole.is_valid
    blocks.model.push("Break", change_settings(graph, "norm", {"eps": -1.0}))
    row = blocks.bottom.problems.rows[0]
    row.fix_chosen.emit(row.problem.fixes[0])
    assert blocks.model.whole.is_valid


def test_a_problem_of_the_main_graph_leads_out(blocks: MainWindow) -> None:
    graph = blocks.model.document.graph
    blocks.model.push("Break", change_settings(graph, "stage2", {"repeat": 0}))
    blocks.model.enter("Bottleneck", "stage1")
    assert blocks.canvas.network.callout is None
    press(blocks, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier)
    assert blocks.model.scope == ""
    assert blocks.canvas.selection.names == ["stage2"]


def rows_of(window: MainWindow) -> list[str]:
    return [
        each if isinstance(each, str) else each.name
        for each in window.left.blocks.blocks.rows
    ]


def test_the_blocks_tab_holds_the_document_and_the_library(blocks: MainWindow) -> None:
    panel = blocks.left.blocks
    blocks.left.setCurrentWidget(panel)
    rows = rows_of(blocks)
    assert rows[:2] == ["In this document", "Bottleneck"]
    assert rows[rows.index("Library") :].count("Bottleneck") == 0
    assert {"Residual", "UNetUp", "TransformerDecoder"} <= set(rows)
    QTest.keyClicks(panel.search, "unet")
    assert rows_of(blocks) == ["Library", "UNetDown", "UNetUp"]


def test_a_library_block_is_dropped_onto_an_edge(window: MainWindow) -> None:
    window.left.setCurrentWidget(window.left.blocks)
    model: BlockListModel = window.left.blocks.blocks
    mime: QMimeData = model.mimeData([model.index(model.row_of("SeparableConv"))])
    before = window.model.root.copy()
    canvas = window.canvas
    canvas.show_node("image")
    ends = [canvas.network.nodes[name].rect() for name in ("image", "conv1")]
    middle = QPointF((ends[0].right() + ends[1].left()) / 2, ends[0].top() + 36)
    spot = canvas.to_view(middle).toPoint()
    held = Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    viewport = canvas.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(spot, copy, mime, left, held))
    QApplication.sendEvent(viewport, QDropEvent(QPointF(spot), copy, mime, left, held))
    (added,) = names(window) - set(before.graph.nodes)
    assert window.model.root.graph[added].layer == "SeparableConv"
    assert window.model.root.graph.edges_into(added)[0].source == "image"
    assert list(window.model.root.blocks) == ["SeparableConv"]
    window.model.undo_stack.undo()
    assert window.model.root == before


def test_a_library_block_is_added_inside_another_block(blocks: MainWindow) -> None:
    blocks.model.enter("Bottleneck", "stage2")
    blocks.left.setCurrentWidget(blocks.left.blocks)
    panel = blocks.left.blocks
    blocks.canvas.select([])
    index = panel.blocks.index(panel.blocks.row_of("SqueezeExcite"))
    panel.list.scrollTo(index)
    spot: QPoint = panel.list.visualRect(index).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert blocks.model.scope == "Bottleneck"
    assert "squeezeexcite1" in names(blocks)
    assert "SqueezeExcite" in blocks.model.root.blocks


def test_the_add_search_finds_blocks(window: MainWindow) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    QTest.keyClicks(window.add_search.search, "squeezeex")
    QTest.keyClick(window.add_search.search, Qt.Key.Key_Return)
    assert "SqueezeExcite" in window.model.root.blocks


def test_a_kept_block_is_there_in_the_next_document(blocks: MainWindow) -> None:
    blocks.canvas.select(["stage1"])
    blocks.actions_.of["keep_block"].trigger()
    assert blocks.messages.text.text() == (
        "Bottleneck is kept: find it in the Blocks tab of every document."
    )
    blocks.left.setCurrentWidget(blocks.left.blocks)
    blocks.model.replace(network())
    rows = rows_of(blocks)
    assert rows[:2] == ["Kept by you", "Bottleneck"]
    menu = blocks.left.blocks.menu_for(1)
    assert menu is not None
    next(each for each in menu.actions() if each.text() == "Forget").trigger()
    assert rows_of(blocks)[0] == "Library"


def test_a_kept_block_is_there_in_a_document_that_is_open(blocks: MainWindow) -> None:
    first = blocks.page
    other = blocks.show_document(network())
    other.left.setCurrentWidget(other.left.blocks)
    assert rows_of(blocks)[0] == "Library"
    blocks.tabs.show_page(first)
    blocks.canvas.select(["stage1"])
    blocks.actions_.of["keep_block"].trigger()
    blocks.tabs.show_page(other)
    assert rows_of(blocks)[:2] == ["Kept by you", "Bottleneck"]
    assert "Bottleneck" in [layer.name for layer in other.shelf.layers()]


def test_a_block_that_is_broken_inside_is_opened_by_a_button(
    blocks: MainWindow,
) -> None:
    blocks.model.enter("Bottleneck", "stage1")
    graph = blocks.model.document.graph
    edit = change_settings(graph, "expand", {"kernel_size": 99})
    blocks.model.push("Break", edit)
    blocks.model.leave()
    assert blocks.model.scope == ""
    blocks.bottom.setCurrentWidget(blocks.bottom.problems)
    row = blocks.bottom.problems.rows[0]
    assert row.problem.message.startswith("stage1 does not work inside: expand ")
    (button,) = row.findChildren(QPushButton)
    assert button.text() == "Open Bottleneck"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert blocks.model.scope == "Bottleneck"
    assert blocks.canvas.selection.names == ["expand"]


def test_the_menu_of_a_block_of_the_document(blocks: MainWindow) -> None:
    blocks.left.setCurrentWidget(blocks.left.blocks)
    menu = blocks.left.blocks.menu_for(1)
    assert menu is not None
    actions = {each.text(): each for each in menu.actions()}
    actions["Take out of this document"].trigger()
    assert blocks.messages.text.text() == (
        "Bottleneck is used by stage1 and stage2, so it cannot be taken out. Expand "
        "or delete the nodes that use it first."
    )
    actions["Look inside"].trigger()
    assert blocks.model.scope == "Bottleneck"
    assert blocks.model.path_of_scopes[0].use == "stage1"


def test_the_inspector_leads_inside_and_takes_a_description(
    blocks: MainWindow,
) -> None:
    blocks.canvas.select(["stage1"])
    page = blocks.inspector.page
    assert isinstance(page, NodePage)
    QTest.mouseClick(page.look_button, Qt.MouseButton.LeftButton)
    assert blocks.model.scope == "Bottleneck"
    own = blocks.inspector.page
    assert isinstance(own, BlockPage)
    own.help_text.setFocus()
    QTest.keyClicks(own.help_text, "Narrow, then wide.")
    QTest.keyClick(own.help_text, Qt.Key.Key_Tab)
    assert blocks.model.root.blocks["Bottleneck"].block.help == "Narrow, then wide."
    assert blocks.model.undo_stack.undoText() == "Describe Bottleneck"
    type_into(own.name_line, "two words")
    assert own.problem.text().startswith("“two words” is no name")
    assert own.name_line.text() == "Bottleneck"


def test_copied_nodes_bring_their_blocks_into_another_document(
    open_window: OpenWindow,
) -> None:
    window = open_window(nested())
    window.canvas.select(["stage2", "deep"])
    window.canvas.clipboard.copy()
    window.model.replace(network())
    before = window.model.root.copy()
    window.canvas.clipboard.paste()
    pasted = window.canvas.selection.names
    assert [window.model.root.graph[name].layer for name in pasted] == [
        "Bottleneck",
        "Outer",
    ]
    assert window.model.root.blocks["Outer"].block == nested().blocks["Outer"].block
    assert set(window.model.root.blocks) == {"Bottleneck", "Outer"}
    window.canvas.clipboard.paste()
    assert set(window.model.root.blocks) == {"Bottleneck", "Outer"}
    window.model.undo_stack.undo()
    window.model.undo_stack.undo()
    assert window.model.root == before


def test_without_a_folder_no_block_is_kept(qapp: QApplication) -> None:
    shelf = BlockShelf(DocumentModel(stack()), None)
    said: list[str] = []
    shelf.refused.connect(said.append)
    shelf.keep("Bottleneck")
    assert said == ["There is no folder to keep blocks in."]
    assert shelf.own == ()


def test_towers_that_share_weights_open_and_close_by_keys(
    open_window: OpenWindow,
) -> None:
    """Expanded both open; one of them made into a block again, both close."""
    window = open_window(towers(out_features="width"))
    window.canvas.select(["tower_again"])
    press(window, Qt.Key.Key_G, CTRL | SHIFT)
    opened = names(window)
    assert "tower_again_0_layer" in opened
    assert "tower_0_layer" in opened
    chosen = [name for name in opened if name.startswith("tower_again_")]
    window.canvas.select(chosen)
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    entry = window.canvas.blocks.entry
    assert entry.caption.text() == (
        "A block of 4 nodes, used 2 times with the same weights: its name. "
        "Enter keeps it, Escape does not."
    )
    QTest.keyClicks(entry.line, "Pair")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)
    uses = [n for n in window.model.document.graph if n.layer == "Pair"]
    assert {use.shares for use in uses} == {"", uses[0].name}
    assert set(window.canvas.selection.names) == {use.name for use in uses}
    press(window, Qt.Key.Key_Z, CTRL)
    assert names(window) == opened


def test_no_line_ends_within_a_size_in_what_a_block_does(qtbot: QtBot) -> None:
    model = DocumentModel(templates.open_lesson("resnet-50"))
    model.enter("Bottleneck")
    page = BlockPage(model)
    qtbot.addWidget(page)
    shown = page.help_text.document().firstBlock().text()
    assert "1\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}1" in shown
    page.help_text.left.emit()
    assert model.undo_stack.isClean(), "what is shown otherwise is no edit"
