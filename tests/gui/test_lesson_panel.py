"""Lessons that check themselves, taken in a window as a learner would take them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QFontMetricsF,
    QPalette,
    QTextTable,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QStyleOptionViewItem,
)
from pytestqt.qtbot import QtBot

import templates
from engine.analysis import analyse
from engine.edits import RenameNode, SetRecipe, change_settings, insertion, removal
from engine.graph import Node
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.training.events import Event
from gui.formula_image import formula_image
from gui.later_text import LaterText
from gui.lesson_figures.activation import ActivationFigure
from gui.lesson_fold import Fold
from gui.lesson_panel import LessonPanel
from gui.lesson_questions import readings_of
from gui.lesson_shortfall import shortfall_text
from gui.lesson_steps import StepFold
from gui.lesson_text import LessonText, kept_together
from gui.style import mono_family
from gui.training.controller import Control, Order, TrainingState
from gui.workspace import Workspace
from templates.actions import Train, changed
from templates.progress import ProgressBook
from templates.shortfalls import lacks_a_run
from templates.situation import Network, RunResult, Situation
from tests.gui.conftest import OpenWindow
from tests.gui.test_lesson_walks import Nothing

QUICK = ["convolution-by-hand"]
"""Trained for real here; `test_lesson_walks` walks every lesson."""


class Learner:
    """Somebody in front of a window, with a lesson open."""

    def __init__(self, qtbot: QtBot, page: Workspace, lesson_id: str) -> None:
        self.qtbot, self.page = qtbot, page
        self.panel: LessonPanel = page.left.lesson
        page.left.setCurrentWidget(self.panel)
        page.show_lesson(lesson_id)
        self.session = page.lesson

    def fold(self, step_id: str) -> StepFold:
        return next(each for each in self.panel.steps if each.step.id == step_id)

    def open(self, step_id: str) -> StepFold:
        fold = self.fold(step_id)
        if not fold.is_open:
            self.click(fold.head)
        assert fold.is_open
        return fold

    def click(self, widget: object) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def is_done(self, step_id: str) -> bool:
        self.session.judge()
        return self.session.is_done(self.fold(step_id).step)

    def wait_until_done(self, step_id: str) -> None:
        step = self.fold(step_id).step
        self.qtbot.waitUntil(lambda: self.session.is_done(step))

    def train(self) -> None:
        runs = len(self.session.situation().runs)
        self.click(self.page.top.train_button)
        self.qtbot.waitUntil(lambda: len(self.session.situation().runs) > runs)


@pytest.fixture
def learner(qtbot: QtBot, open_window: OpenWindow) -> Learner:
    window = open_window(templates.open_lesson("digits-cnn"))
    return Learner(qtbot, window.page, "digits-cnn")


@pytest.mark.parametrize("lesson_id", QUICK)
def test_a_lesson_is_walked_to_its_end(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, lesson_id: str
) -> None:
    window = open_window(templates.open_lesson(lesson_id))
    learner = Learner(qtbot, window.page, lesson_id)
    course = templates.course(lesson_id)
    for step in course.tasks:
        assert not learner.is_done(step.id), step.id
        fold = learner.open(step.id)
        learner.click(fold.show_me)
        learner.wait_until_done(step.id)
        qtbot.waitUntil(lambda: not learner.session.is_showing)
        assert fold.done_line.isVisible()
    total = len(course.steps)
    assert (
        learner.panel.count.text() == f"{total} of {total} steps · the lesson is done"
    )
    assert ProgressBook(tmp_path / "state").progress_of(lesson_id) == (total, total)
    # What every training of "show me" really came to is what the lesson expects.
    runs = iter(learner.session.situation().runs)
    for expected in _expectations(lesson_id):
        metrics = next(runs).metrics
        for name, value in expected.items():
            assert metrics[name] == pytest.approx(value, rel=0.2, abs=0.06), name
    learner.click(learner.panel.back)
    rows = range(learner.panel.list.count())
    texts = [learner.panel.list.item(row).text() for row in rows]
    assert any(t.startswith("✓") and t.endswith(f"{total} of {total}") for t in texts)


def _expectations(lesson_id: str) -> Iterator[dict[str, float]]:
    for step in templates.course(lesson_id).tasks:
        for action in step.show:
            if hasattr(action, "expect"):
                yield dict(action.expect)


def test_the_steps_of_the_first_lesson_done_by_hand(learner: Learner) -> None:
    model = learner.page.model
    learner.page.top.epochs.setValue(1)
    learner.open("one-epoch")
    learner.train()
    learner.wait_until_done("one-epoch")
    assert not learner.is_done("reach-97")

    fold = learner.open("count")
    assert fold.question is not None
    field = fold.question.field
    assert field is not None
    QTest.keyClicks(field, "4,000")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert fold.question.verdict.text() == "Not quite. Try again."
    assert not learner.is_done("count")
    field.selectAll()
    # A mistake that is to be expected is told as what it is.
    QTest.keyClicks(field, "12,800")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert fold.question.verdict.text() == (
        "Not quite. Those are the filters. One bias for each channel that it gives is "
        "missing."
    )
    field.selectAll()
    QTest.keyClicks(field, "12,832")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert fold.question.verdict.text() == "Right."
    learner.wait_until_done("count")

    graph = model.document.graph
    pool = Node(name=graph.free_name("pool"), layer="AvgPool2d")
    model.push("Insert", insertion(graph, pool, graph.edges_out_of("conv1")[0]))
    learner.wait_until_done("add-pool")

    settings = change_settings(model.document.graph, "conv1", {"kernel_size": 15})
    model.push("Change", settings)
    learner.wait_until_done("break")
    assert not learner.is_done("mend")
    model.undo_stack.undo()
    learner.wait_until_done("mend")


def test_a_prediction_is_locked_while_it_runs_and_told_after(learner: Learner) -> None:
    page = learner.page
    page.top.epochs.setValue(2)
    learner.train()
    learner.click(learner.open("add-pool").show_me)
    learner.wait_until_done("add-pool")
    fold = learner.open("predict-pool")
    question = fold.question
    assert question is not None
    # A run without an answer decides nothing.
    learner.train()
    assert not learner.is_done("predict-pool")
    learner.click(question.options[1])
    assert question.verdict.text() == "You can change it until you train."
    learner.click(question.options[0])
    assert question.options[0].isChecked()
    learner.click(page.top.train_button)
    assert not any(option.isEnabled() for option in question.options)
    assert question.verdict.text() == "Your choice stands until a run decides it."
    learner.wait_until_done("predict-pool")
    runs = learner.session.situation().runs
    was_right = runs[-1].metrics["val_loss"] < runs[0].metrics["val_loss"]
    told = "It came as you said." if was_right else "It came otherwise: The old one"
    learner.qtbot.waitUntil(lambda: question.verdict.text().startswith(told))
    assert not any(option.isEnabled() for option in question.options)


def test_the_run_that_a_comparison_lacks_is_told(qapp: QApplication) -> None:
    """Who takes step 4 before step 2 has trained the smaller network alone."""
    steps = {step.id: step for step in templates.course("char-lstm").steps}
    question = steps["small"].question
    assert question is not None and question.decided_by is not None
    document = templates.open_lesson("char-lstm")
    large = RunResult(network=Network(document, analyse), metrics={})
    fewer = document.copy()
    change_settings(fewer.graph, "lstm", {"hidden_size": 32}).apply(fewer)
    small = RunResult(network=Network(fewer, analyse), metrics={})
    lacks = [
        lacks_a_run(
            question.decided_by, Situation(network=small.network, runs=tuple(runs))
        )
        for runs in ([], [small], [large], [small, large])
    ]
    assert lacks == [False, True, True, False]


def test_a_prediction_is_judged_by_runs_that_were_made_alike(
    learner: Learner,
) -> None:
    """The tour's training, then one epoch in step 1, then what step 5 asks for."""
    page, session = learner.page, learner.session
    question = learner.open("predict-pool").question
    assert question is not None

    def ran(epochs: int, loss: float) -> None:
        document = page.model.root.copy()
        document.recipe = replace(document.recipe, epochs=epochs)
        run = RunResult(network=Network(document, analyse), metrics={"val_loss": loss})
        session._runs.append(run)
        session.judge()

    ran(1, 1.89)
    learner.click(learner.open("add-pool").show_me)
    learner.click(learner.open("predict-pool").question.options[1])
    ran(20, 0.11)
    assert not learner.is_done("predict-pool")
    assert question.verdict.text() == (
        "Your choice stands. Only runs that were made alike are compared, and yours "
        "differ: epochs 1 and 20. Train one of the two networks again, with the values "
        "of the other."
    )
    graph = page.model.document.graph
    pool = next(name for name in graph.nodes if name == "pool3")
    page.model.push("Remove", removal(graph, [pool]))
    ran(20, 0.0342)
    assert learner.is_done("predict-pool")
    told = (
        "It came as you said. Validation loss: 0.11 in the earlier run, 0.0342 in the "
        "later."
    )
    assert question.verdict.text() == told
    ran(20, 0.9)  # what comes later turns nothing round
    assert question.verdict.text() == told


def test_what_the_newest_run_lacks_is_told(learner: Learner) -> None:
    fold = learner.open("one-epoch")
    assert not fold.missing.isVisible()
    learner.page.top.epochs.setValue(3)
    learner.train()
    assert fold.missing.isVisible()
    assert fold.missing.text() == ("Your newest run was made with epochs 3. Wanted: 1.")
    fold = learner.open("reach-97")
    accuracy = learner.session.situation().runs[-1].metrics["test_accuracy"]
    assert fold.missing.text() == (
        f"Your newest run came to a test accuracy of {100 * accuracy:.4g} %. "
        "Wanted: at least 97 %."
    )
    learner.page.top.epochs.setValue(1)
    learner.train()
    learner.wait_until_done("one-epoch")
    assert not learner.open("one-epoch").missing.isVisible()


def test_why_a_stopped_run_does_not_count_is_told(
    qtbot: QtBot, learner: Learner
) -> None:
    fold = learner.open("one-epoch")
    learner.page.top.epochs.setValue(1000)
    learner.click(learner.page.top.train_button)
    qtbot.waitUntil(lambda: learner.page.training.state is TrainingState.RUNNING)
    assert not fold.missing.isVisible()
    learner.click(learner.page.top.stop_button)
    qtbot.waitUntil(lambda: learner.page.training.state is TrainingState.IDLE)
    assert fold.missing.text() == (
        "Your newest run did not come to its end, and only finished runs count. Go on "
        "with it, or train for fewer epochs."
    )
    assert not learner.open("break").missing.isVisible()  # it asks for no run
    learner.page.top.epochs.setValue(1)
    learner.train()
    learner.wait_until_done("one-epoch")
    assert not learner.open("reach-97").missing.text().startswith("Your newest run did")


def test_what_a_node_of_the_newest_run_should_have_is_told(qapp: QApplication) -> None:
    step = next(s for s in templates.course("neuron").steps if s.id == "eight")
    document = templates.open_lesson("neuron")
    change_settings(document.graph, "neuron", {"out_features": 2}).apply(document)
    network = Network(document, analyse)
    run = RunResult(network=network, metrics={"test_accuracy": 0.9})
    assert shortfall_text(step, Situation(network=network, runs=(run,))) == (
        "In your newest run neuron had out features 2. Wanted: at least 8."
    )


def test_a_layer_that_was_put_elsewhere_is_told(learner: Learner) -> None:
    fold, model = learner.open("add-pool"), learner.page.model
    learner.session.judge()
    assert not fold.missing.isVisible()
    graph = model.document.graph
    pool = Node(name="pool3", layer="MaxPool2d")
    model.push("Insert", insertion(graph, pool, graph.edges_out_of("relu1")[0]))
    learner.session.judge()
    assert fold.missing.text() == (
        "There is one more now, but no MaxPool2d or AvgPool2d on the way from conv1 to "
        "relu1."
    )
    model.undo_stack.undo()
    learner.session.judge()
    assert not fold.missing.isVisible()


def test_the_words_of_an_option_focus_it_and_not_the_panel(learner: Learner) -> None:
    fold = learner.open("predict-pool")
    learner.page.window().activateWindow()
    assert fold.question is not None
    option = fold.question.options[1]
    words = next(
        each for each in fold.question.findChildren(QLabel) if each.buddy() is option
    )
    learner.click(words)
    assert option.isChecked()
    learner.qtbot.waitUntil(option.hasFocus)
    assert not learner.panel.area.focusPolicy() & Qt.FocusPolicy.ClickFocus


def test_a_verdict_comes_into_sight_under_a_tall_figure(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("convolution-by-hand"))
    learner = Learner(qtbot, window.page, "convolution-by-hand")
    window.resize(1280, 560)
    fold = learner.open("flat")
    assert fold.question is not None and fold.question.field is not None
    QTest.keyClicks(fold.question.field, "0")
    QTest.keyClick(fold.question.field, Qt.Key.Key_Return)
    learner.wait_until_done("flat")
    verdict, area = fold.question.verdict, learner.panel.area

    def is_in_sight() -> None:
        at = verdict.mapTo(area.viewport(), verdict.rect().topLeft()).y()
        assert at >= 0 and at + verdict.height() <= area.viewport().height()

    qtbot.waitUntil(is_in_sight)


def test_how_far_a_loss_rose_from_its_best_is_told(qapp: QApplication) -> None:
    steps = {step.id: step for step in templates.course("playground").steps}
    start = templates.open_lesson("playground")
    shown = [*steps["deeper"].show, *steps["noise"].show]
    edits = [each for each in shown if not isinstance(each, Train)]
    document = changed(start, edits, start)
    network = Network(document, analyse)
    run = RunResult(network=network, metrics={"val_loss": 0.33, "best_val_loss": 0.3})
    assert shortfall_text(steps["noise"], Situation(network=network, runs=(run,))) == (
        "In your newest run the validation loss was 1.1 times the best validation "
        "loss. Wanted: at least 2."
    )


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("0.5", [0.5]),
        ("0,5", [0.5]),
        ("1 000", [1000.0]),
        ("4,640", [4640.0, 4.64]),
        ("1,734,210", [1_734_210.0]),
        ("1,234.5", [1234.5]),
        ("−2e-5", [-2e-5]),
        ("2 digits", []),
        ("1,2,3", []),
        ("nan", []),
        ("8/9", [8 / 9]),
        (" 8 / 9 ", [8 / 9]),
        ("-1/4", [-0.25]),
        ("1 1/2", [1.5]),
        ("-1 1/2", [-1.5]),
        ("0,5/2", [0.25]),
        ("8/0", []),
        ("1/2/3", []),
        ("8/", []),
        ("44 %", [44.0, 0.44]),
        ("44,5%", [44.5, 0.445]),
        ("%", []),
        ("sqrt(32)", [math.sqrt(32)]),
        ("−√2", [-math.sqrt(2)]),
        ("1/sqrt(4)", [0.5]),
        ("sqrt(1/4)", [0.5]),
        ("√4/8", [0.25]),
        ("sqrt(-1)", []),
        ("sqrt()", []),
    ],
)
def test_a_comma_parts_thousands_or_is_a_point(
    text: str, readings: list[float]
) -> None:
    assert readings_of(text) == readings


def test_numbers_are_taken_and_shown_as_they_are_written(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    page = open_window(templates.open_lesson("vae")).page
    learner = Learner(qtbot, page, "vae")
    question = learner.open("divergence").question
    assert question is not None and question.field is not None
    QTest.keyClicks(question.field, "a half")
    QTest.keyClick(question.field, Qt.Key.Key_Return)
    assert question.verdict.text() == (
        "Write a number, such as 160 or 0.5, a fraction, such as 8/9, or a root, such "
        "as sqrt(2)."
    )
    question.field.clear()
    QTest.keyClicks(question.field, "1/2")
    QTest.keyClick(question.field, Qt.Key.Key_Return)
    assert learner.is_done("divergence")
    assert question.field.text() == "1/2"
    learner = Learner(qtbot, page, "distilbert-sentiment")
    learner.session.answer("no-head", 66_364_418)
    question = learner.open("no-head").question
    assert question is not None and question.field is not None
    assert question.field.text() == "66364418"


def test_a_run_before_the_choice_is_told(learner: Learner) -> None:
    learner.page.top.epochs.setValue(1)
    learner.train()
    graph = learner.page.model.document.graph
    pool = Node(name=graph.free_name("pool"), layer="MaxPool2d")
    edit = insertion(graph, pool, graph.edges_out_of("conv1")[0])
    learner.page.model.push("Insert", edit)
    question = learner.open("predict-pool").question
    assert question is not None
    assert not question.verdict.isVisible()
    learner.train()
    assert question.verdict.text() == (
        "You have trained already. Choose now, then train once more."
    )
    learner.click(question.options[0])
    assert question.verdict.text() == "You can change it until you train."


def test_steps_are_done_in_any_order_and_stay_done(learner: Learner) -> None:
    model = learner.page.model
    began = model.document.copy()
    settings = change_settings(model.document.graph, "conv1", {"kernel_size": 15})
    model.push("Change", settings)
    learner.wait_until_done("break")
    assert "is done as well" not in learner.panel.note.text()
    model.undo_stack.undo()
    assert model.document == began
    learner.wait_until_done("mend")
    assert learner.is_done("break")
    assert learner.session.current is not None
    assert learner.session.current.id == "one-epoch"
    assert learner.panel.count.text() == "2 of 7 steps"


def test_a_step_done_while_another_is_open_is_told_and_does_not_disturb(
    learner: Learner,
) -> None:
    learner.open("reach-97")
    model = learner.page.model
    settings = change_settings(model.document.graph, "conv1", {"kernel_size": 15})
    model.push("Change", settings)
    learner.wait_until_done("break")
    assert learner.panel.note.text() == "“Make it fail” is done as well."
    assert learner.fold("reach-97").is_open
    assert learner.panel.note.isVisible()
    learner.click(learner.fold("mend").head)
    assert not learner.panel.note.isVisible()  # it is behind the learner


def test_that_another_step_is_done_is_told_for_a_while(learner: Learner) -> None:
    learner.open("reach-97")
    learner.panel._celebrate("break")
    assert learner.panel.note.isVisible()
    learner.panel._news._passing.setInterval(1)
    learner.qtbot.waitUntil(learner.panel.note.isHidden)


def test_a_text_that_is_read_stays_when_a_step_is_done(learner: Learner) -> None:
    idea = learner.panel._folds[0]
    assert idea.is_open
    before = idea.mapTo(learner.panel, QPoint())
    model = learner.page.model
    settings = change_settings(model.document.graph, "conv1", {"kernel_size": 15})
    model.push("Change", settings)
    learner.wait_until_done("break")
    QApplication.processEvents()
    assert idea.is_open
    assert not learner.fold("break").is_open
    assert learner.panel.note.text() == "“Make it fail” is done."
    assert learner.panel.note.isVisible()
    assert idea.mapTo(learner.panel, QPoint()) == before
    learner.panel._news._passing.setInterval(1)
    learner.qtbot.waitUntil(learner.panel.note.isHidden)
    assert idea.mapTo(learner.panel, QPoint()) == before


def test_of_two_steps_done_at_once_the_open_one_is_read(learner: Learner) -> None:
    learner.open("one-epoch")
    assert learner.session.progress is not None
    learner.session.progress.done += ["one-epoch", "reach-97"]
    learner.session.judged.emit()
    for step in ("reach-97", "one-epoch"):
        learner.session.step_done.emit(step)
    assert learner.fold("one-epoch").is_open
    assert learner.panel.note.text() == "“Reach 97 %” is done as well."


def test_after_show_me_the_keyboard_is_at_next(learner: Learner) -> None:
    fold = learner.open("add-pool")
    fold.show_me.setFocus()
    learner.qtbot.keyClick(fold.show_me, Qt.Key.Key_Space)
    learner.wait_until_done("add-pool")
    learner.qtbot.waitUntil(fold.next.isVisible)
    assert learner.panel.window().focusWidget() is fold.next


def test_the_list_says_what_it_is_for(learner: Learner) -> None:
    learner.click(learner.panel.back)
    assert learner.panel.invitation.text() == "Open another lesson."
    learner.page.show_lesson(None)
    assert learner.panel.invitation.text() == "Open a lesson to begin with."


def test_a_renamed_node_is_still_the_one_the_lesson_means(learner: Learner) -> None:
    model = learner.page.model
    model.push("Rename", RenameNode("conv1", "edges"))
    settings = change_settings(model.document.graph, "edges", {"kernel_size": 15})
    model.push("Change", settings)
    learner.wait_until_done("break")


def test_show_me_is_one_undo_step_and_gives_the_network_back(learner: Learner) -> None:
    model = learner.page.model
    model.push("Remove", removal(model.document.graph, ["conv1"], keep_flow=True))
    model.push("Change", SetRecipe(Recipe(epochs=9)))
    own = model.document.copy()
    count = model.undo_stack.count()
    learner.click(learner.open("break").show_me)
    learner.wait_until_done("break")
    assert learner.panel.note.text() == (
        "This begins from the lesson's network. Ctrl+Z brings yours back."
    )
    assert model.undo_stack.count() == count + 1
    assert model.undo_stack.undoText() == "Show me: Make it fail"
    model.undo_stack.undo()
    assert model.document == own


def test_the_next_lesson_is_one_press_away(learner: Learner) -> None:
    button = learner.panel.next_lesson
    assert not button.isVisible()
    progress = learner.session.progress
    assert progress is not None and learner.session.course is not None
    progress.done += [step.id for step in learner.session.course.steps]
    learner.session.judge()
    assert button.isVisible()
    assert button.text() == "Next lesson: The smallest CNN"
    with learner.qtbot.waitSignal(learner.panel.lesson_chosen) as chosen:
        learner.click(button)
    assert chosen.args == ["cnn-small"]


def test_a_hint_comes_and_goes(learner: Learner) -> None:
    fold = learner.open("break")
    assert not fold.hint_text.isVisible()
    learner.click(fold.hint)
    assert fold.hint_text.isVisible()
    assert "inspector" in fold.hint_text.toPlainText()
    learner.click(fold.hint)
    assert not fold.hint_text.isVisible()


def test_the_next_step_is_one_press_away(learner: Learner) -> None:
    fold = learner.open("add-pool")
    assert not fold.next.isVisible()
    learner.click(fold.show_me)
    learner.wait_until_done("add-pool")
    learner.click(fold.next)
    assert learner.fold("predict-pool").is_open
    assert not fold.is_open


def test_a_step_that_is_done_stays_where_it_was_read(learner: Learner) -> None:
    fold = learner.open("add-pool")
    bar = learner.panel.area.verticalScrollBar()
    learner.qtbot.waitUntil(lambda: bar.value() == min(fold.y(), bar.maximum()))
    before = bar.value()
    assert before > 0
    learner.click(fold.show_me)
    learner.wait_until_done("add-pool")
    learner.qtbot.waitUntil(fold.next.isVisible)
    QApplication.processEvents()
    end = fold.y() + fold.height() - learner.panel.area.viewport().height()
    assert bar.value() == max(before, min(end, fold.y()))


def test_progress_is_there_again_and_can_be_forgotten(
    learner: Learner, open_window: OpenWindow, qtbot: QtBot
) -> None:
    learner.page.top.epochs.setValue(1)
    learner.train()
    learner.click(learner.open("add-pool").show_me)
    learner.wait_until_done("add-pool")
    window = open_window(templates.open_lesson("digits-cnn"))
    again = Learner(qtbot, window.page, "digits-cnn")
    assert again.panel.count.text() == "2 of 7 steps"
    assert len(again.session.situation().runs) == 1
    assert again.fold("reach-97").is_open

    def agree() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.informativeText() == "Your network and your runs stay as they are."
        next(b for b in box.buttons() if b.text() == "Start over").click()

    QTimer.singleShot(50, agree)
    again.click(again.panel.start_over)
    assert again.panel.count.text() == "0 of 7 steps"
    assert again.session.situation().runs == ()
    assert not again.is_done("add-pool")


def test_a_training_that_is_stopped_ends_show_me(learner: Learner) -> None:
    learner.page.model.push("Change", SetRecipe(Recipe(epochs=500)))
    step = learner.fold("no-bends").step
    learner.session.show_me(step)
    assert learner.session.is_showing
    learner.page.training.stop()
    learner.qtbot.waitUntil(lambda: not learner.session.is_showing, timeout=30_000)
    learner.qtbot.waitUntil(lambda: not learner.page.training.is_busy, timeout=30_000)
    assert not learner.is_done("no-bends")
    assert learner.panel.note.text() == (
        "The training did not come to its end: show me stops here."
    )


def test_what_to_think_about_is_formatted_and_leads_to_lessons(
    learner: Learner,
) -> None:
    learner.page.show_lesson("cnn-cifar10")
    talk = next(
        f for f in learner.panel._folds if f.head.accessibleName() == "Think about it"
    )
    learner.click(talk.head)
    texts = [each.toPlainText() for each in talk.findChildren(LaterText)]
    assert any(text.startswith("Transfer learning: take a network") for text in texts)
    assert not any("*" in text or "](" in text for text in texts)
    thought = next(
        each
        for each in talk.findChildren(LessonText)
        if "See Patterns of training" in each.toPlainText()
    )
    with learner.qtbot.waitSignal(learner.panel.lesson_chosen) as chosen:
        thought.anchorClicked.emit(QUrl("lesson:training-patterns"))
    assert chosen.args == ["training-patterns"]


def test_no_line_breaks_within_a_number_and_its_percent() -> None:
    text = "about 98 % of 4 × 4 numbers, 3 times"
    assert kept_together(text) == (
        "about 98\u00a0% of 4\u00a0×\u00a04 numbers, 3 times"
    )


def test_no_line_breaks_within_a_logarithm_or_a_shape() -> None:
    assert (
        kept_together("pays 2 ln 2 = 1.39") == "pays 2\u00a0ln\u00a02\u00a0=\u00a01.39"
    )
    assert kept_together("N × 24, N × time") == "N\u00a0×\u00a024, N\u00a0× time"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("at 28 − 3 + 1 = 26 places", ["at", "28 − 3 + 1 = 26", "places"]),
        ("a mean of 1 / 784, or so", ["a", "mean", "of", "1 / 784,", "or", "so"]),
        ("the hidden state h:", ["the", "hidden", "state h:"]),
        ("1997. S. Hochreiter", ["1997.", "S. Hochreiter"]),
    ],
)
def test_a_short_sum_a_letter_and_an_initial_do_not_stand_alone(
    text: str, parts: list[str]
) -> None:
    kept = kept_together(text).split(" ")
    assert [part.replace("\u00a0", " ") for part in kept] == parts


def test_a_product_of_words_breaks_after_its_sign() -> None:
    kept = kept_together("mean + spread × noise")
    assert kept == "mean + spread\N{NO-BREAK SPACE}× noise"


def test_a_long_sum_breaks_between_its_products() -> None:
    long = kept_together("is 4 × (256 × 100 + 256 × 256 + 512) = 366,592, as")
    assert long.split(" ") == [
        "is",
        "4\u00a0×\u00a0(256\u00a0×\u00a0100",
        "+",
        "256\u00a0×\u00a0256",
        "+",
        "512)\u00a0=\u00a0366,592,",
        "as",
    ]


def test_thoughts_are_kept(learner: Learner, tmp_path: Path) -> None:
    fold = next(
        f for f in learner.panel._folds if f.head.accessibleName() == "Think about it"
    )
    learner.click(fold.head)
    writing = fold.findChildren(QPlainTextEdit)
    writing[0].setFocus()
    QTest.keyClicks(writing[0], "so that nobody chooses by it")
    learner.qtbot.waitUntil(
        lambda: (
            "discussion-1"
            in ProgressBook(tmp_path / "state").read("digits-cnn").answers
        )
    )
    # The field grows with them, until it would take the panel.
    before = writing[0].height()
    for _ in range(5):
        QTest.keyClick(writing[0], Qt.Key.Key_Return)
    line = writing[0].fontMetrics().lineSpacing()
    assert before + 2 * line <= writing[0].height() <= before + 5 * line
    for _ in range(40):
        QTest.keyClick(writing[0], Qt.Key.Key_Return)
    assert writing[0].height() < 15 * line
    caret = writing[0].viewport().mapToGlobal(writing[0].cursorRect().center())
    panel = learner.panel
    learner.qtbot.waitUntil(
        lambda: panel.mapFromGlobal(caret).y() < panel.height()
    )  # in sight


def test_a_lesson_without_steps_is_its_text(learner: Learner) -> None:
    learner.page.show_lesson("alexnet")
    assert learner.panel.steps == []
    assert not learner.panel.bar.isVisible()
    assert "In 2012 this network" in learner.panel.text.toPlainText()


# Texts.


def test_formulas_and_pictures_are_drawn(qtbot: QtBot, tmp_path: Path) -> None:
    formula_image("y = x^2", 20.0, "#000000", 1.0).save(str(tmp_path / "square.png"))
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(300, 100)
    text.show()
    text.show_text("Above.\n\nBelow.", tmp_path)
    plain = text.height()
    text.show_text("Above.\n\n$$\\frac{1}{1 + e^{-x}}$$\n\nBelow.", tmp_path)
    assert text.height() > plain + 20
    text.show_text("Above.\n\n![a square](square.png)\n\nBelow.", tmp_path)
    assert text.height() > plain + 15


def test_a_wide_formula_is_drawn_in_smaller_letters(
    qtbot: QtBot, tmp_path: Path
) -> None:
    tex = "y = " + " - ".join("x" * 8)
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(160, 100)
    text.show_text(f"$${tex}$$", tmp_path)
    drawn = text.loadResource(2, QUrl(f"formula:{quote(tex, safe='')}"))
    size, ratio = text.fontMetrics().height() * 0.75 * 1.25, text.devicePixelRatioF()
    color = text.palette().color(QPalette.ColorRole.Text).name()
    whole = formula_image(tex, size, color, ratio)
    room = (text.viewport().width() - 8) * ratio
    assert whole.width() > room, "as a picture it would be shrunk, and its lines faint"
    share = 0.99 * room / whole.width()
    assert drawn == formula_image(tex, size * share, color, ratio)


def test_a_formula_is_no_wider_than_the_panel(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(160, 100)
    text.show()
    text.show_text("$$" + " + ".join(f"x_{n}" for n in range(30)) + "$$", tmp_path)
    assert text.document().size().width() <= 160


def test_no_heading_follows_a_heading(learner: Learner) -> None:
    panel = learner.panel
    goals = panel.text.toPlainText().split("\n")
    assert goals[:2] == ["Handwritten digits", "What you will learn"]
    assert goals[2:] == list(templates.course("digits-cnn").objectives)
    first = next(each for each in panel.findChildren(Fold) if each.is_open)
    assert first.head.accessibleName() == "The idea"
    idea = first.body.findChildren(LessonText)[0].toPlainText()
    assert idea.startswith("A neural network is a row")


def test_what_follows_a_lesson_keeps_its_heading(learner: Learner) -> None:
    learner.page.show_lesson("transformer-block")
    last = learner.panel._folds[-1]
    assert last.head.accessibleName() == "Which one when"
    said = last.body.findChildren(LaterText)[0].toPlainText().split("\n")
    assert said.count("Further") == 1


def test_a_number_that_begins_a_sentence_is_no_list(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(400, 100)
    for said in ("160. That is all.", "4. Below 1 it dares."):
        text.show_text(said, tmp_path)
        assert text.toPlainText() == said
        assert text.document().firstBlock().textList() is None
    text.show_text("1. one\n2. two\n\n   more\n3. three\n\nDone.", tmp_path)
    blocks = [text.document().findBlockByNumber(n) for n in (0, 1, 3)]
    assert [block.text() for block in blocks] == ["one", "two", "three"]
    assert all(block.textList() for block in blocks)


def test_the_numbers_of_a_list_have_room_in_large_text(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(400, 100)
    font = text.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    text.setFont(font)
    text.show_text("1. one\n2. two", tmp_path)
    room = text.document().indentWidth()
    assert room >= QFontMetricsF(text.font()).horizontalAdvance("2.")


def test_a_heading_stands_apart_from_what_is_above(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(400, 100)
    text.show_text("Above.\n\n## Papers\n\nBelow.", tmp_path)
    layout = text.document().documentLayout()
    above, heading, below = (
        layout.blockBoundingRect(text.document().findBlockByNumber(n)) for n in range(3)
    )
    assert heading.top() - above.bottom() >= below.top() - heading.bottom()
    assert heading.top() - above.bottom() >= 8


def test_the_lines_of_a_table_are_of_one_colour(qtbot: QtBot, tmp_path: Path) -> None:
    """Those between cells are drawn twice: clear ones would be darker there."""
    text = LessonText()
    qtbot.addWidget(text)
    text.show_text("| node | count |\n|---|---|\n| `fc1` | 8,256 |\n", tmp_path)
    (table,) = text.document().rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    assert table.format().borderBrush().color().alpha() == 255


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_lines_of_a_table_stand_between_the_words_and_the_ground(
    learner: Learner, name: str
) -> None:
    """In the window's own style, in which a text has no ground of its own."""
    window = learner.page.window()
    window.place.appearance.choose(name)
    theme = window.place.appearance.theme
    QApplication.processEvents()
    tables = [
        frame
        for text in learner.panel.findChildren(LessonText)
        for frame in text.document().rootFrame().childFrames()
        if isinstance(frame, QTextTable)
    ]
    assert tables
    ends = sorted(QColor(each).lightness() for each in (theme.muted, theme.window))
    nearer = sum(ends) / 2  # the lines are nearer to the ground
    for table in tables:
        line = table.format().borderBrush().color().lightness()
        assert ends[0] < line < ends[1]
        assert (line > nearer) is (name == "light")


def test_the_tables_of_a_text_have_one_inset(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.show()
    text.resize(220, 100)
    wide = "| node | gives | one number sees |\n|---|---|---|\n"
    wide += "| `conv1` | 32 × 26 × 26 | 3 × 3 pixels |\n"
    slim = "\nThen\n\n| node | count |\n|---|---|\n| `fc1` | 8,256 |\n"
    text.show_text(wide + slim, tmp_path)
    tables = [
        frame
        for frame in text.document().rootFrame().childFrames()
        if isinstance(frame, QTextTable)
    ]
    pads = [each.cellAt(1, 0).format().toTableCellFormat() for each in tables]
    assert len(pads) == 2
    assert pads[0].leftPadding() == pads[1].leftPadding() >= 3


def test_a_table_is_airy_where_there_is_room(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.show()
    widths = []
    for room in (96, 400):
        text.resize(room, 100)
        text.show_text("| node | count |\n|---|---|\n| `fc1` | 8,256 |\n", tmp_path)
        widths.append(text.document().size().width())
        assert set(lines(text).values()) == {1}
        assert widths[-1] <= room
    table = table_of(text)
    pads = table.cellAt(1, 0).format().toTableCellFormat()
    assert pads.leftPadding() == pads.rightPadding() == 6
    assert table.format().topMargin() > 0


def test_a_figure_stands_where_the_lines_of_the_text_do(learner: Learner) -> None:
    learner.page.show_lesson("neuron")
    panel = learner.panel
    figure = panel.findChildren(ActivationFigure)[0]
    idea = panel._folds[0].body.findChildren(LaterText)[0].made()
    learner.qtbot.waitUntil(lambda: figure.chooser.width() > 100)
    start = idea.mapTo(panel, idea.cursorRect().topLeft()).x()
    assert figure.chooser.mapTo(panel, QPoint(0, 0)).x() == pytest.approx(start, abs=1)
    knobs = [each.geometry() for each in (figure.w, figure.b, figure.here)]
    assert all(low.top() - high.bottom() >= 5 for high, low in pairwise(knobs))


def test_a_name_in_a_sentence_has_a_ground_of_its_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.show_text("Now `body` is frozen, and `head` is not.", tmp_path)
    cursor = text.textCursor()
    grounds = {}
    for word in ("Now", "body", "frozen", "head", "not"):
        cursor.setPosition(text.toPlainText().index(word) + 1)
        grounds[word] = cursor.charFormat().background().style()
    plain = Qt.BrushStyle.NoBrush
    assert [word for word, ground in grounds.items() if ground != plain] == [
        "body",
        "head",
    ]


COUNTS = """
| node | sum | count |
|---|---|---|
| `conv1` | 16 × 9 + 16 | 160 |
| words | 64 × 10 + 10 | 13,706 |
| all | | 13,866 |
"""


def table_of(text: LessonText) -> QTextTable:
    (table,) = text.document().rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    return table


def test_the_cells_of_a_row_have_one_base_line(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(400, 100)
    text.show()
    text.show_text(COUNTS, tmp_path)
    table, layout = table_of(text), text.document().documentLayout()
    heights = set()
    for row in range(table.rows()):
        bases = set()
        for column in range(table.columns()):
            block = table.cellAt(row, column).firstCursorPosition().block()
            line = block.layout().lineAt(0)
            top = layout.blockBoundingRect(block).top()
            bases.add(round(top + line.y() + line.ascent(), 1))
            heights.add(line.height())
        assert len(bases - {0.0}) == 1, row
    tops = [
        layout.blockBoundingRect(table.cellAt(row, 0).firstCursorPosition().block()).y()
        for row in range(table.rows())
    ]
    assert len({round(low - high, 1) for high, low in pairwise(tops)}) == 1


def test_counts_end_under_each_other_and_a_total_needs_no_sum(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(400, 100)
    text.show_text(COUNTS, tmp_path)
    table = table_of(text)

    def is_right(row: int, column: int) -> bool:
        block = table.cellAt(row, column).firstCursorPosition().block()
        return bool(block.blockFormat().alignment() & Qt.AlignmentFlag.AlignRight)

    assert all(is_right(row, 2) for row in range(4))
    assert not any(is_right(row, column) for row in range(3) for column in (0, 1))
    assert table.cellAt(3, 0).columnSpan() == 2
    assert table.cellAt(2, 0).columnSpan() == 1


def test_lines_with_code_are_as_tall_as_the_others(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(200, 100)
    text.show()
    text.show_text("words of a text " * 5 + "`fc1` " + "and of a text " * 5, tmp_path)
    layout = text.document().firstBlock().layout()
    lines_ = [layout.lineAt(n) for n in range(layout.lineCount())]
    bases = [line.y() + line.ascent() for line in lines_]
    apart = [low - high for high, low in pairwise(bases)]
    assert len(apart) > 2 and max(apart) - min(apart) <= 1


def test_no_line_ends_within_a_product(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.show()
    for width in range(150, 260, 10):
        text.resize(width, 100)
        text.show_text("It gives 8 × 9 = 72, a map of 16 × 13 × 13 numbers.", tmp_path)
        block = text.document().firstBlock()
        said, layout = block.text(), block.layout()
        ends = [layout.lineAt(n).textStart() for n in range(1, layout.lineCount())]
        assert ends
        for end in ends:
            assert said[end - 2] not in "×=" and said[end] not in "×="
    assert "8 × 9 = 72" in text.toPlainText(), "as it was written"


def test_no_word_of_a_table_is_broken(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(190, 100)
    text.show()
    rows = "| node | reads | lower |\n|---|---|---|\n| `module1` | 784 | 715,500 |\n"
    text.show_text(rows, tmp_path)
    assert set(lines(text).values()) == {1}


def test_a_column_without_room_breaks_between_words(
    qtbot: QtBot, tmp_path: Path
) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(230, 100)
    text.show()
    rows = (
        "| node | gives | sum | count |\n|---|---|---|---|\n"
        "| `flatten` | 3 × 224 × 224 | 6,912 × 2 and a bias | 23,508,032 |\n"
    )
    text.show_text(rows, tmp_path)
    assert lines(text)["flatten"] == lines(text)["23,508,032"] == 1
    assert lines(text)["gives"] == 1
    text.resize(600, 100)
    assert set(lines(text).values()) == {1}, "it follows the width of the panel"


def test_code_is_drawn_smaller_before_it_is_cut(qtbot: QtBot, tmp_path: Path) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(260, 100)
    text.show()
    for count in (8, 36, 100):
        text.show_text("```\n" + "ab c" * (count // 4) + "\n```\n", tmp_path)
        assert text.document().size().width() <= 260
        assert (max(lines(text).values()) == 1) == (count < 100)


def lines(text: LessonText) -> dict[str, int]:
    """How many lines each paragraph or cell of a text takes."""
    found = {}
    block = text.document().begin()
    while block.isValid():
        found[block.text()] = max(block.layout().lineCount(), 1)
        block = block.next()
    return found


def test_a_title_of_the_list_is_read_whole(qtbot: QtBot) -> None:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    panel.resize(224, 600)
    panel.show()
    panel.load_lessons()
    for row in range(panel.list.count()):
        item = panel.list.item(row)
        rect = panel.list.visualItemRect(item)
        inside = rect.adjusted(7, 4, -7, -4)  # what the style and Qt leave of it
        wrap = Qt.TextFlag.TextWordWrap
        shown = QStyleOptionViewItem()
        shown.font = panel.list.font()
        index = panel.list.indexFromItem(item)
        panel.list.itemDelegate().initStyleOption(shown, index)
        needed = QFontMetrics(shown.font).boundingRect(
            0, 0, inside.width(), 1000, wrap, shown.text
        )
        assert needed.height() <= inside.height(), item.text()


def test_from_the_layers_one_press_leads_back_to_the_step(
    qtbot: QtBot, learner: Learner
) -> None:
    page = learner.page
    tabs, bar = page.left, page.left.tabBar()
    place = bar.tabRect(tabs.indexOf(tabs.layers)).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)
    back = next(each for each in tabs.returns if each.isVisible())
    first = learner.panel.steps[0].step.title
    assert back.whole == f"‹ Step 1: {first}"
    tabs.layers.search.setFocus()
    QTest.keyClicks(tabs.layers.search, "dropout")
    QTest.keyClick(tabs.layers.search, Qt.Key.Key_Return)
    assert "dropout1" in page.model.root.graph
    assert tabs.currentWidget() is tabs.layers, "nothing switches by itself"
    learner.click(back)
    assert tabs.currentWidget() is tabs.lesson
    assert learner.panel.text.isVisible()


def test_without_a_lesson_there_is_no_way_back(learner: Learner) -> None:
    tabs = learner.page.left
    tabs.setCurrentWidget(tabs.layers)
    assert any(each.isVisible() for each in tabs.returns)
    learner.page.show_lesson(None)
    tabs.setCurrentWidget(tabs.blocks)
    assert not any(each.isVisible() for each in tabs.returns)


def test_a_wide_table_breaks_its_sizes_and_is_not_cut(qtbot: QtBot) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.setFixedWidth(234)
    text.show()
    for lesson in ("transfer-resnet50", "text-classifier", "attention-maps"):
        text.show_text(templates.text(lesson), templates.lesson(lesson).folder)
        assert text.document().size().width() <= text.viewport().width() + 1, lesson


def test_show_me_can_be_pressed_again_after_a_training_failed(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    def fail(order: Order) -> tuple[Control, Callable[[], Iterator[Event]]]:
        def events() -> Iterator[Event]:
            raise Refusal("There is no network.", "Connect.")
            yield

        return Nothing(), events

    window = open_window(templates.open_lesson("digits-cnn"), start=fail)
    window.page.show_lesson("digits-cnn")
    step = next(
        each
        for each in templates.course("digits-cnn").steps
        if any(isinstance(action, Train) for action in each.show)
    )
    fold = next(s for s in window.left.lesson.steps if s.step.id == step.id)
    qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(fold.show_me, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.page.training.is_busy)
    qtbot.waitUntil(lambda: not window.page.lesson.is_showing)
    assert fold.show_me.isEnabled()


def test_the_list_of_lessons_runs_to_the_edge(learner: Learner) -> None:
    panel = learner.panel
    panel.show_lesson(None)
    QApplication.processEvents()
    low = panel.list.mapTo(panel, panel.list.rect().bottomLeft()).y()
    assert low == panel.rect().bottom()


def test_code_in_a_lesson_is_written_in_the_font_of_code(qtbot: QtBot) -> None:
    text = LessonText()
    qtbot.addWidget(text)
    text.resize(300, 400)
    text.show_text("The node `nll1` is\n\n| a | b |\n|-|-|\n| `l` | 1 |\n", Path())
    found, block = list[tuple[str, str]](), text.document().begin()
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            part = parts.fragment()
            if part.charFormat().fontFixedPitch():
                found.append((part.text(), part.charFormat().font().family()))
            parts += 1
        block = block.next()
    assert found == [("nll1", mono_family()), ("l", mono_family())]


def test_texts_that_nobody_sees_are_not_made(learner: Learner) -> None:
    learner.page.show_lesson("cnn-cifar10")
    panel = learner.panel
    shut = [each for each in panel._folds if not each.is_open]
    folded = [text for fold in shut for text in fold.findChildren(LaterText)]
    assert len(folded) > 20
    assert not any(each.findChildren(LessonText) for each in folded)
    fold = panel.steps[0]
    learner.click(fold.head)
    learner.qtbot.waitUntil(fold.text.isVisible)
    (text,) = fold.text.findChildren(LessonText)
    assert text.isVisible() and text.toPlainText()
