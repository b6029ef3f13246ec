"""The inspector: edits reach the document, and undo takes them back in one step."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import templates
from engine.annotation_edits import PutFrame, SetFrame
from engine.annotations import Frame
from engine.catalog import CATALOG
from engine.data.source import SOURCES
from engine.document import DataConfig
from engine.edits import Compound, change_settings
from engine.problems import Fix, Problem
from gui.canvas.marks import FrameMark
from gui.cards import CodeLabel, FixButton, ProblemCard
from gui.frame_page import FramePage
from gui.main_window import MainWindow
from gui.node_page import NodePage
from gui.several_page import SeveralPage
from tests.engine.documents import forecast, iris
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("digits-cnn"))


def page_of(window: MainWindow, name: str) -> NodePage:
    window.canvas.select([name])
    page = window.inspector.page
    assert isinstance(page, NodePage)
    return page


def write(editor: object, text: str) -> None:
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_a_typed_setting_is_one_undo_step_and_shapes_follow(
    window: MainWindow,
) -> None:
    page = page_of(window, "conv2")
    before = window.model.document.copy()
    write(page.form.fields["out_channels"].editor, "128")
    graph = window.model.document.graph
    assert graph["conv2"].values.out_channels == 128
    assert "128 × 4 × 4" in page.subtitle.text()
    assert window.model.undo_stack.count() == 1
    QTest.keyClick(page.form.fields["out_channels"].editor, Qt.Key.Key_Return)
    write(page.form.fields["out_channels"].editor, "8")
    assert window.model.undo_stack.count() == 2
    window.actions_.of["undo"].trigger()
    assert graph["conv2"].values.out_channels == 128
    window.actions_.of["undo"].trigger()
    assert window.model.document == before


def test_a_wrong_setting_leaves_the_document_alone(window: MainWindow) -> None:
    page = page_of(window, "conv2")
    write(page.form.fields["kernel_size"].editor, "abc")
    assert window.model.document.graph["conv2"].values.kernel_size == 3
    assert page.form.fields["kernel_size"].problem.endswith("It stays 3.")
    assert window.model.undo_stack.isClean()


def test_a_number_on_the_way_to_a_wrong_text_was_never_meant(
    window: MainWindow,
) -> None:
    """Typed into the middle of 3, as in `0.00.0303`: right first, then wrong."""
    page = page_of(window, "conv2")
    field = page.form.fields["kernel_size"]
    write(field.editor, "5q")
    assert window.model.document.graph["conv2"].values.kernel_size == 3
    assert field.problem.endswith("It stays 3.")
    assert isinstance(field.editor, QLineEdit)
    assert field.editor.text() == "5q"  # what is being typed is left alone
    QTest.keyClick(field.editor, Qt.Key.Key_Backspace)
    assert window.model.document.graph["conv2"].values.kernel_size == 5
    assert field.problem == ""
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    write(field.editor, "7q")
    assert field.problem.endswith("It stays 5.")  # a gesture of its own
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert field.editor.text() == "5"
    for _ in range(window.model.undo_stack.count()):
        window.actions_.of["undo"].trigger()
    assert window.model.document.graph["conv2"].values.kernel_size == 3


@pytest.mark.parametrize("text", ["5q", "15-", "5abc", "53", "5 x 3 q"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Tab, None])
def test_what_was_never_meant_is_no_step_of_the_history(
    window: MainWindow, text: str, key: Qt.Key | None
) -> None:
    page, stack = page_of(window, "conv2"), window.model.undo_stack
    field = page.form.fields["kernel_size"].editor
    write(page.form.fields["out_channels"].editor, "128")
    QTest.keyClick(page.form.fields["out_channels"].editor, Qt.Key.Key_Return)
    before, count = window.model.document.copy(), stack.count()
    write(field, text)
    if text == "53":  # right on the way, right at the end: taken back by hand
        for _ in range(2):
            QTest.keyClick(field, Qt.Key.Key_Backspace)
        QTest.keyClicks(field, "3")
    if key is not None:
        QTest.keyClick(field, key)
    assert (stack.count(), stack.index()) == (count, count)
    assert window.model.document == before
    assert stack.undoText() == "Change out_channels of conv2"


@pytest.mark.parametrize("text", ["3x", "0.0.1", "53\b\b3"])
def test_what_was_never_meant_leaves_what_can_be_done_again(
    window: MainWindow, text: str
) -> None:
    page, stack = page_of(window, "conv2"), window.model.undo_stack
    for value in ("128", "256"):
        write(page.form.fields["out_channels"].editor, value)
        QTest.keyClick(page.form.fields["out_channels"].editor, Qt.Key.Key_Return)
    after = window.model.document.copy()
    for _ in range(2):
        window.actions_.of["undo"].trigger()
    write(page.form.fields["kernel_size"].editor, text)
    assert (stack.index(), stack.count()) == (0, 2)
    assert window.actions_.of["redo"].isEnabled()
    for _ in range(2):
        window.actions_.of["redo"].trigger()
    assert window.model.document == after


def test_a_wrong_text_leaves_a_saved_document_saved(window: MainWindow) -> None:
    page, stack = page_of(window, "conv2"), window.model.undo_stack
    write(page.form.fields["kernel_size"].editor, "5q")
    assert stack.isClean()
    assert not stack.canUndo() and not stack.canRedo()


def test_a_wrong_text_for_several_nodes_leaves_each_its_value(
    window: MainWindow,
) -> None:
    model = window.model
    model.push(
        "Other", change_settings(model.document.graph, "conv2", {"kernel_size": 5})
    )
    before, count = model.document.copy(), model.undo_stack.count()
    window.canvas.select(["conv1", "conv2"])
    page = window.inspector.page
    assert isinstance(page, SeveralPage)
    field = page.form.fields["kernel_size"]
    write(field.editor, "7")
    graph = model.document.graph
    assert [graph[n].values.kernel_size for n in ("conv1", "conv2")] == [7, 7]
    QTest.keyClicks(field.editor, "q")
    assert model.document == before
    assert model.undo_stack.count() == count
    assert field.problem.startswith("Kernel size must be")
    assert "It stays" not in field.problem, "they differ"
    assert isinstance(field.editor, QLineEdit)
    assert field.editor.text() == "7q"
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert field.editor.text() == ""
    write(field.editor, "3")  # what the first of them has already
    assert [graph[n].values.kernel_size for n in ("conv1", "conv2")] == [3, 3]


def test_keys_in_a_field_of_differing_values_leave_each_its_value(
    window: MainWindow,
) -> None:
    model = window.model
    for name, stride in (("pool1", 2), ("pool2", None)):
        model.push(
            "Other", change_settings(model.document.graph, name, {"stride": stride})
        )
    before, count = model.document.copy(), model.undo_stack.count()
    for names in (["pool1", "pool2"], ["pool2", "pool1"]):
        window.canvas.select(names)
        page = window.inspector.page
        assert isinstance(page, SeveralPage)
        editor = page.form.fields["stride"].editor
        assert isinstance(editor, QLineEdit)
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert editor.text() == "", "one's value is not that of both"
        assert editor.placeholderText() == "several values"
    assert model.document == before
    assert model.undo_stack.count() == count
    QTest.keyClicks(editor, "3")
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    graph = model.document.graph
    assert [graph[n].values.stride for n in ("pool1", "pool2")] == [None, None]


def test_renaming(window: MainWindow) -> None:
    page = page_of(window, "conv2")
    write(page.name_field.line, "features")
    QTest.keyClick(page.name_field.line, Qt.Key.Key_Return)
    graph = window.model.document.graph
    assert "features" in graph and "conv2" not in graph
    assert page.heading.text() == "features"
    assert window.canvas.hasFocus(), "what is typed next is for the node"
    assert graph.edges_into("features")
    window.actions_.of["undo"].trigger()
    assert "conv2" in graph


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "conv1",
            "Another node is called conv1; a name is used once. The node stays conv2.",
        ),
        (
            "2nd",
            "“2nd” is no name: use letters, digits and _, beginning with a letter. "
            "The node stays conv2.",
        ),
        (
            "train",
            "“train” is taken by Python or by PyTorch's modules. The node stays conv2.",
        ),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(
    window: MainWindow, text: str, sentence: str
) -> None:
    page = page_of(window, "conv2")
    write(page.name_field.line, text)
    assert page.name_field.problem_label.text() == sentence
    QTest.keyClick(page.name_field.line, Qt.Key.Key_Return)
    assert page.name_field.line.hasFocus(), "to be mended"
    assert "conv2" in window.model.document.graph
    assert window.model.undo_stack.isClean()


def test_a_wrong_name_does_not_outlast_its_field(window: MainWindow) -> None:
    page = page_of(window, "conv2")
    field = page.name_field
    window.activateWindow()
    write(field.line, "2")
    QTest.keyClick(field.line, Qt.Key.Key_Escape)
    assert field.line.text() == "conv2"
    assert field.problem_label.isHidden()
    write(field.line, "2")
    page.form.fields["stride"].editor.setFocus()
    assert field.line.text() == "conv2"
    assert field.problem_label.text().startswith("“2” is no name")
    write(page.form.fields["stride"].editor, "2")
    assert field.problem_label.isHidden(), "it was said once"


def test_a_node_with_an_error_is_still_set_how_it_learns(window: MainWindow) -> None:
    page = page_of(window, "conv2")
    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv1", {"kernel_size": 33}))
    assert page.learning.isVisible(), "it waits for conv1"
    assert page_of(window, "conv1").learning.isVisible()
    page = page_of(window, "relu1")
    assert page.learning.isHidden(), "it has no weights"


def test_a_fix_button_mends_the_network(qtbot: QtBot, window: MainWindow) -> None:
    page = page_of(window, "conv2")
    write(page.form.fields["kernel_size"].editor, "9")
    assert not window.model.analysis.is_valid
    fixes = [
        button
        for button in page.findChildren(QPushButton)
        if button.property("role") == "fix"
    ]
    qtbot.waitUntil(fixes[0].isVisible)
    fixes[0].setFocus()
    QTest.mouseClick(fixes[0], Qt.MouseButton.LeftButton)
    assert window.model.analysis.is_valid
    assert window.canvas.hasFocus()  # the button is gone: not on to Home


def test_the_page_of_a_node_tells_its_problem_briefly(qtbot: QtBot) -> None:
    """In full it is told at the card and in the list of problems."""
    fix = Fix(label="Set padding to 3", edits=())
    problem = Problem(
        message="conv1 does not fit.",
        found="8 × 8",
        expected="a kernel of at most 8",
        remedy="Set padding to 3.",
        code="misfit",
        fixes=(fix,),
    )
    card = ProblemCard(problem)
    qtbot.addWidget(card)
    texts = [each.text() for each in card.findChildren(QLabel)]
    assert texts == ["conv1 does not fit."]
    assert [each.text() for each in card.findChildren(FixButton)] == [fix.label]
    assert card.accessibleName() == problem.sentence()
    said = card.accessibleDescription()
    assert "8 × 8" in said and "a kernel of at most 8" in said
    assert "a kernel of at most 8" in card.toolTip()
    bare = ProblemCard(replace(problem, fixes=()))
    qtbot.addWidget(bare)
    texts = [each.text() for each in bare.findChildren(QLabel)]
    assert texts == ["conv1 does not fit.", "Set padding to 3."]


def test_the_letters_of_a_formula_are_explained_below_it(window: MainWindow) -> None:
    page = page_of(window, "conv1")
    texts = [each.text() for each in page.findChildren(QLabel)]
    formula = texts.index(CATALOG["Conv2d"].formula)
    assert "k\N{NO-BREAK SPACE}kernel size" in texts[formula + 1]


def test_a_key_mends_the_first_problem(window: MainWindow) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(window, Qt.Key.Key_Return, alt)
    assert window.messages.text.text() == "Nothing is wrong: there is nothing to mend."
    field = page_of(window, "conv1").form.fields["kernel_size"].editor
    write(field, "15")
    assert window.model.analysis.first_error is not None
    page = window.inspector.page
    page.adjustSize()
    assert page.minimumSizeHint().width() <= window.inspector.minimumWidth()
    QTest.keyClick(field, Qt.Key.Key_Return, alt)
    assert window.model.analysis.first_error is None
    assert window.model.document.graph["conv1"].values.padding == 7
    assert window.canvas.selection.names == ["conv1"]


def test_a_key_mends_a_warning_where_there_is_no_error(window: MainWindow) -> None:
    field = page_of(window, "fc2").form.fields["out_features"].editor
    write(field, "64")
    (warning,) = window.model.analysis.problems
    assert not warning.is_error
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert window.model.document.graph["fc2"].settings["out_features"] == 10
    assert window.model.analysis.problems == []


def test_several_nodes_share_their_settings(window: MainWindow) -> None:
    window.canvas.select(["conv1", "conv2"])
    page = window.inspector.page
    assert isinstance(page, SeveralPage)
    editor = page.form.fields["out_channels"].editor
    assert isinstance(editor, QLineEdit)
    assert editor.placeholderText() == "several values"
    write(editor, "24")
    graph = window.model.document.graph
    assert [graph[name].values.out_channels for name in ("conv1", "conv2")] == [24, 24]
    assert window.model.undo_stack.count() == 1


def test_several_nodes_are_told_as_they_run_and_what_they_share(
    window: MainWindow,
) -> None:
    def said(names: list[str]) -> list[str]:
        window.canvas.select(names)
        page = window.inspector.page
        assert isinstance(page, SeveralPage)
        labels = page.findChildren(QLabel)
        return [each.text() for each in labels if each.isVisibleTo(page)]

    names = ["fc1", "conv2", "relu1", "conv1"]
    texts = said(names)
    assert "conv1, relu1, conv2, fc1" in texts
    # They share how they learn.
    assert "They share no setting." not in texts and "Learning" in texts
    assert "They share no setting." in said(["relu1", "flatten"])


def test_title_recipe_and_data_are_edited_when_nothing_is_selected(
    window: MainWindow,
) -> None:
    window.canvas.select([])
    page = window.inspector.document_page
    assert window.inspector.page is page
    write(page.title, "My digits")
    write(page.recipe.fields["learning_rate"].editor, "0.01")
    source = page.data.source
    assert isinstance(source, QComboBox)
    assert "1,258 train" in page.data.about.body.text().replace("\xa0", " ")
    source.setFocus()
    index = source.findData("iris")
    source.setCurrentIndex(index)
    source.activated.emit(index)
    document = window.model.document
    assert document.name == "My digits"
    assert document.recipe.learning_rate == 0.01
    assert document.data.source == "iris"
    assert "3 classes: setosa" in page.data.about.body.text()
    for _ in range(3):
        window.actions_.of["undo"].trigger()
    assert document.data.source == "digits"
    assert window.model.undo_stack.isClean()


def test_the_page_of_a_removed_node_gives_way(window: MainWindow) -> None:
    page_of(window, "conv2")
    window.actions_.of["delete"].trigger()
    assert window.inspector.page is window.inspector.document_page


def test_sources_are_listed_by_what_samples_are(window: MainWindow) -> None:
    box = window.inspector.document_page.data.source
    listed = [box.itemText(row) for row in range(box.count())]
    assert [text for row, text in enumerate(listed) if box.itemData(row) is None] == [
        "Pictures",
        "Points and tables",
        "Series and sounds",
        "Texts",
    ]
    assert len(listed) == len(SOURCES) + 4
    box.setFocus()
    assert box.currentText() == "Small digits"
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.currentText() == "Small digits", "a heading is no choice"
    box.setCurrentIndex(listed.index("A folder of pictures"))
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Iris flowers", "the keys go past it"


def test_no_page_is_wider_than_the_inspector(window: MainWindow) -> None:
    widest = window.inspector.minimumWidth()
    page = window.inspector.document_page
    sources = page.data.source
    for index in (i for i in range(sources.count()) if sources.itemData(i)):
        sources.activated.emit(index)
        assert page.minimumSizeHint().width() <= widest, page.data.source.itemText(
            index
        )
    too_wide = []
    for layer in CATALOG:
        name = window.canvas.add_layer(layer)
        node_page = page_of(window, name)
        if node_page.minimumSizeHint().width() > widest:
            too_wide.append((layer, node_page.minimumSizeHint().width()))
    assert too_wide == []


@pytest.mark.parametrize(
    "data",
    [
        DataConfig(source="reviews-small"),
        DataConfig(source="iris"),
        DataConfig(source="made-up-text"),
        DataConfig(source="wav-folder"),
    ],
    ids=lambda data: data.source,
)
def test_what_a_sample_is_called_widens_no_page(
    open_window: OpenWindow, data: DataConfig
) -> None:
    document = iris()
    document.data = data
    window = open_window(document)
    inspector = window.inspector
    for node in list(document.graph):
        page = page_of(window, node.name)
        assert page.minimumSizeHint().width() <= inspector.minimumWidth(), node.name
        QApplication.processEvents()
        assert page.width() <= inspector.viewport().width()
        top = page.preview.fold, page.preview.next_button
        for each in top if page.preview.isVisible() else ():
            assert each.width() >= each.sizeHint().width(), "its words are whole"
            assert each.geometry().right() < page.preview.width()


def test_long_names_in_its_code_do_not_widen_a_page(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("bert-embeddings"))
    page = page_of(window, "body")
    assert "transformers.AutoModel.from_pretrained(" in page._code.body.text()
    assert page.minimumSizeHint().width() <= window.inspector.minimumWidth()


def test_a_name_that_is_still_being_typed_counts_for_an_action(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[object] = []
    monkeypatch.setattr(
        window.page.trainer, "_start", lambda root: trained.append(root)
    )
    page = page_of(window, "conv2")
    window.activateWindow()
    write(page.name_field.line, "second")
    qtbot.waitUntil(page.name_field.line.hasFocus)
    assert "second" not in window.model.document.graph
    window.actions_.of["train"].trigger()
    assert trained == [window.model.document]
    assert "second" in window.model.document.graph


def test_a_file_that_is_still_being_typed_counts_for_an_action(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    chosen = DataConfig(source="csv-table", settings={"path": "a.csv"})
    document = iris()
    document.data = chosen
    window = open_window(document)
    window.canvas.select([])
    window.activateWindow()
    editor = window.inspector.document_page.data.form.fields["path"].editor
    write(editor, "b.csv")
    qtbot.waitUntil(editor.hasFocus)
    assert window.model.root.data == chosen  # not at each letter
    window.actions_.of["train"].trigger()
    assert window.model.root.data.settings["path"] == "b.csv"


def test_the_code_of_a_block_that_repeats_widens_no_page(
    open_window: OpenWindow,
) -> None:
    window = open_window(templates.open_lesson("resnet-50"))
    window.canvas.select(["conv2"])
    QApplication.processEvents()
    inspector = window.inspector
    needed = inspector.widget().minimumSizeHint().width()
    assert needed <= inspector.viewport().width()
    said = [each.text() for each in inspector.findChildren(QLabel)]
    (code,) = (each for each in said if each.startswith("self.conv2 ="))
    ast.parse(code)


def test_a_fix_takes_as_few_lines_as_its_room_allows(qtbot: QtBot) -> None:
    label = "Take the shape that the data give: 25 × 1 float32"
    fix = Fix(label=label, edits=())
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    problem = Problem(message="It is short.", remedy="", code="short", fixes=(fix,))
    card = ProblemCard(problem)
    row.addWidget(card)
    (button,) = card.findChildren(FixButton)
    page.resize(700, 300)
    page.show()
    assert button.text() == label
    lines = []
    for width in (400, 300, 240):
        page.resize(width, 300)
        QApplication.processEvents()
        assert page.width() == width
        assert button.text().replace("\n", " ") == label
        assert button.width() >= button.sizeHint().width(), "nothing is cut off"
        lines.append(button.text().count("\n") + 1)
    assert lines == sorted(lines)
    assert lines[-1] > 1
    page.resize(700, 300)
    QApplication.processEvents()
    assert button.text() == label


def test_a_wrapped_line_of_code_goes_on_further_in(qtbot: QtBot) -> None:
    code = "if x:\n    " + "word < " * 12 + "last"
    made = CodeLabel("mono")
    qtbot.addWidget(made)
    made.setText(code)
    made.setFixedWidth(200)
    made.adjustSize()
    made.show()
    assert made.text() == code
    image = made.grab().toImage()
    ground = image.pixelColor(image.width() - 1, image.height() - 1)
    height = made.fontMetrics().lineSpacing()

    def begins(line: int) -> int:
        """The first column of a line that has ink."""
        return next(
            x
            for x in range(image.width())
            for y in range(line * height, (line + 1) * height)
            if image.pixelColor(x, y) != ground
        )

    assert begins(0) < begins(1) < begins(2) == begins(3)


def test_a_bypassed_node_says_so_and_how_to_go_back(window: MainWindow) -> None:
    window.canvas.select(["relu1"])
    note = window.inspector.page.bypass_note
    assert not note.isVisible()
    window.canvas.nodes.bypass()
    note = window.inspector.page.bypass_note
    assert note.isVisible()
    QTest.mouseClick(note.back, Qt.MouseButton.LeftButton)
    assert not window.model.document.graph["relu1"].bypassed
    assert not window.inspector.page.bypass_note.isVisible()


def test_a_selected_frame_has_its_title_and_colour_in_the_inspector(
    window: MainWindow,
) -> None:
    frame = PutFrame(Frame(name="part", title="Part"))
    window.model.push("Frame", Compound((frame, SetFrame("conv1", "part"))))
    window.canvas.select(["conv1"])
    window.canvas.selection.set([], [], [FrameMark("part")])
    page = window.inspector.page
    assert isinstance(page, FramePage)
    assert page.title.text() == "Part"
    assert page.inside.text() == "conv1"
    page.title.setFocus()
    page.title.selectAll()
    QTest.keyClicks(page.title, "Features")
    page.color.setCurrentIndex(page.color.findData("green"))
    page.color.activated.emit(page.color.currentIndex())
    frames = window.model.document.graph.frames
    assert (frames["part"].title, frames["part"].color) == ("Features", "green")
    window.model.undo_stack.undo()
    window.model.undo_stack.undo()
    assert window.model.document.graph.frames["part"].title == "Part", "one gesture"
    assert page.title.text() == "Part"
    window.canvas.select(["conv1"])
    assert not isinstance(window.inspector.page, FramePage)
    window.canvas.selection.set([], [], [FrameMark("part")])
    window.canvas.select([])
    assert window.inspector.page is window.inspector.document_page


def test_the_loss_that_auto_takes_is_named(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(iris())
    box = window.inspector.document_page.recipe.fields["loss"].editor
    assert isinstance(box, QComboBox)
    qtbot.waitUntil(lambda: box.currentText() == "auto: cross entropy")
    graph = window.model.root.graph
    (output,) = (node.name for node in graph if node.layer == "Output")
    own = change_settings(graph, output, {"loss": "cross_entropy"})
    window.model.push("Own loss", own)
    qtbot.waitUntil(lambda: box.currentText() == "each output's own")
    lesson = open_window(forecast())
    box = lesson.inspector.document_page.recipe.fields["loss"].editor
    assert isinstance(box, QComboBox)
    qtbot.waitUntil(lambda: box.currentText() == "auto: squared error")
    assert box.toolTip().startswith("auto: mean squared error. What is minimized")
