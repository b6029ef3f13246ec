"""Every lesson is walked to its end in its panel, with the edits of a learner.

Trainings come at once to what the lesson expects of them; quick ones are trained for
real in `test_lesson_panel`, and `python -m tests.benchmarks.lessons` trains them all.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from engine.edits import SetName, change_settings, removal
from engine.runs import DOCUMENT, EVENTS
from engine.training.events import Event, Finished, RunOpened
from engine.training.fitness import FitsItsData
from gui.document_model import DocumentModel
from gui.lesson_panel import LessonPanel
from gui.lesson_session import LessonSession
from gui.lesson_steps import StepFold
from gui.training.controller import Control, Order, TrainingController
from templates.actions import Train
from templates.steps import Step
from tests.gui.conftest import OpenWindow
from tests.templates.course import EVERY_WITH_STEPS

PATIENCE = 20_000  # milliseconds


class Nothing:
    """The control of a run that is over at once."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...


class Expected:
    """Launches runs that come to what the lesson expects, in the order of its steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.coming: list[Train] = []
        self.count = 0

    def prepare(self, step: Step) -> None:
        self.coming = [action for action in step.show if isinstance(action, Train)]

    def __call__(self, order: Order) -> tuple[Control, Callable[[], Iterator[Event]]]:
        self.count += 1
        folder = self.folder / f"run{self.count}"
        folder.mkdir(parents=True)
        storage.save(order.document, folder / DOCUMENT)
        record = {"event": "finished", "seconds": 0.0, **self.coming.pop(0).expect}
        (folder / EVENTS).write_text(json.dumps(record) + "\n", encoding="utf-8")

        def events() -> Iterator[Event]:
            yield RunOpened(id=self.count, folder=str(folder))
            yield Finished(
                test_loss=0.0,
                test_metrics={},
                epochs=1,
                best_epoch=1,
                best_val_loss=0.0,
                seconds=0.0,
            )

        return Nothing(), events


class Walker:
    """A learner before the lesson's panel, with the network on no canvas."""

    def __init__(self, qtbot: QtBot, lesson: str, folder: Path) -> None:
        self.qtbot = qtbot
        self.runs = Expected(folder / "runs")
        self.model = DocumentModel(
            templates.open_lesson(lesson), checks=(FitsItsData(folder),)
        )
        self.training = TrainingController(folder, folder / "runs", start=self.runs)
        self.session = LessonSession(
            self.model,
            self.training,
            folder / "state",
            lambda: self.training.start(self.model.root),
        )
        self.panel = LessonPanel()
        qtbot.addWidget(self.panel)
        self.panel.resize(300, 700)
        self.panel.attend(self.session)
        self.panel.show()
        self.panel.show_lesson(lesson)

    def fold(self, step: Step) -> StepFold:
        return next(each for each in self.panel.steps if each.step.id == step.id)

    def is_done(self, step: Step) -> bool:
        self.session.judge()
        return self.session.is_done(step)

    def show_me(self, step: Step) -> None:
        """Open the step and press "Show me"; wait until all of it is done."""
        self.runs.prepare(step)
        fold = self.fold(step)
        if not fold.is_open:
            self.qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
        self.qtbot.mouseClick(fold.show_me, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: not self.session.is_showing, timeout=PATIENCE)
        self.qtbot.waitUntil(lambda: not self.training.is_busy, timeout=PATIENCE)

    def close(self) -> None:
        self.training.close()


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[str], Walker]]:
    walkers: list[Walker] = []

    def begin(lesson: str) -> Walker:
        from engine.analysis import load_shapes

        load_shapes()
        walkers.append(Walker(qtbot, lesson, tmp_path))
        return walkers[-1]

    yield begin
    for walker in walkers:
        walker.close()


@pytest.mark.parametrize("lesson", EVERY_WITH_STEPS)
def test_it_is_walked_to_its_end(lesson: str, walk: Callable[[str], Walker]) -> None:
    walker = walk(lesson)
    course = templates.course(lesson)
    for step in course.tasks:
        assert not walker.is_done(step), f"{step.id} is done before it was begun"
        walker.show_me(step)
        assert walker.is_done(step), f"{step.id} is not done after it was shown"
        assert walker.fold(step).done_line.text() == "Done."
    count = len(course.steps)
    assert walker.panel.count.text().startswith(f"{count} of {count} steps")


@pytest.mark.parametrize("lesson", ["digits-cnn", "attention", "som-digits", "vae"])
def test_steps_can_be_left_out_and_the_network_spoilt(
    lesson: str, walk: Callable[[str], Walker]
) -> None:
    """Any order, with nodes thrown away in between: in the end all can be done."""
    walker = walk(lesson)
    chance = random.Random(lesson)  # noqa: S311  a shuffle, nothing secret
    course = templates.course(lesson)
    for step in chance.sample(course.tasks, len(course.tasks)):
        graph = walker.model.root.graph
        gone = chance.sample(sorted(graph.nodes), min(2, len(graph)))
        walker.model.push("Remove", removal(graph, gone, keep_flow=False))
        walker.model.push("Title", SetName("Mine"))
        walker.show_me(step)
    for step in course.tasks:
        if not walker.is_done(step):
            walker.show_me(step)
        assert walker.is_done(step), step.id


def test_another_document_in_between_disturbs_nothing(
    qtbot: QtBot, open_window: OpenWindow
) -> None:
    window = open_window(templates.open_lesson("digits-cnn"))
    first = window.page
    first.show_lesson("digits-cnn")
    steps = {step.id: step for step in templates.course("digits-cnn").steps}
    step = steps["add-pool"]
    first.lesson.show_me(steps["break"])
    window.files.open_lesson("neuron")
    other = window.page
    assert other is not first
    other.lesson.show_me(templates.course("neuron").steps[0])
    assert other.lesson.is_done(templates.course("neuron").steps[0])
    assert not first.lesson.is_done(step)
    window.tabs.show_page(first)
    first.lesson.show_me(step)
    qtbot.waitUntil(lambda: first.lesson.is_done(step), timeout=PATIENCE)
    assert first.lesson.lesson_id == "digits-cnn"
    assert other.lesson.lesson_id == "neuron"


def test_the_network_of_the_lesson_is_brought_back_where_a_task_wants_it(
    qtbot: QtBot, walk: Callable[[str], Walker]
) -> None:
    walker = walk("autoencoder")
    tasks = {step.id: step for step in templates.course("autoencoder").tasks}
    fold = walker.fold(tasks["textbook"])
    qtbot.mouseClick(fold.head, Qt.MouseButton.LeftButton)
    walker.session.judge()
    assert fold.anew.isHidden(), "nothing was changed yet"
    start = walker.model.root.copy()
    gone = removal(walker.model.root.graph, ["relu"], keep_flow=True)
    walker.model.push("Remove", gone)
    spoilt = walker.model.root.copy()
    walker.session.judge()
    assert fold.anew.isVisible()
    assert walker.fold(tasks["eight"]).anew.isHidden(), "it goes on from what is there"
    qtbot.mouseClick(fold.anew, Qt.MouseButton.LeftButton)
    assert walker.model.root == start
    walker.session.judge()
    assert fold.anew.isHidden()
    walker.model.undo_stack.undo()
    assert walker.model.root == spoilt


def test_the_edits_of_one_step_do_not_tick_the_next(
    walk: Callable[[str], Walker],
) -> None:
    """16 means beside 2 spreads are on the way to 16 of both."""
    walker = walk("vae")
    steps = {step.id: step for step in templates.course("vae").steps}
    graph = walker.model.root.graph
    edit = change_settings(graph, "mean", {"out_features": 16})
    walker.model.push("Wide", edit)
    assert not walker.model.whole.is_valid
    assert not walker.is_done(steps["break"])
