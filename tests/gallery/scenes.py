"""What there is to see, scene by scene.

A scene is set once, and acted for each picture: it opens its popup anew, say, in a
window of another size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

import templates
from engine.costs import Cost
from engine.document import Document
from engine.edits import change_settings
from gui.look.try_drawing import DrawTrial
from gui.look.view import EVALUATE, TRY
from gui.shortcuts_page import ShortcutsPage
from gui.shortcuts_sheet import ShortcutsSheet
from gui.sweeps.form import SweepForm
from gui.training.controller import TrainingState
from tests.gallery.stage import Stage

NETWORK = "cnn-mnist"
QUICK = "digits-cnn"
BLOCKS = "resnet-50"

Act = Callable[[Stage], object]


def _nothing(_: Stage) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture of the window in a certain state."""

    name: str
    begin: Act
    """Opens the window."""
    act: Act = _nothing
    """Brings about what is to be seen, before each picture."""
    rest: float = 0.35
    """Seconds until it is painted."""
    is_main: bool = False
    """Whether it is also taken in high contrast."""


def scenes() -> Iterator[Scene]:
    """All scenes, those that need no training first."""
    yield Scene(name="start-page", begin=Stage.start_page, rest=1.5, is_main=True)
    yield Scene(name="start-search", begin=Stage.start_page, act=_search, rest=1.5)
    yield from _canvas_scenes()
    yield from _over_scenes()
    yield from _left_scenes()
    yield from _untrained_scenes()
    yield from _trained_scenes()
    yield from _lesson_scenes()


# Canvas and inspector.


def _opened(lesson_id: str) -> Act:
    return partial(Stage.lesson, lesson_id=lesson_id)


def _canvas_scenes() -> Iterator[Scene]:
    network = _opened(NETWORK)
    yield Scene(name="network", begin=network, act=_select(), is_main=True)
    yield Scene(name="empty", begin=lambda stage: stage.document(Document()))
    yield Scene(name="node", begin=network, act=_select("conv1"), rest=1.0)
    yield Scene(name="nodes", begin=network, act=_select("fc1", "fc2"))
    yield Scene(name="output", begin=network, act=_select("digit"))
    yield Scene(name="blocks", begin=_opened(BLOCKS), act=_select())
    yield Scene(name="block-node", begin=_opened(BLOCKS), act=_select("conv2"))
    yield Scene(name="block-inside", begin=_opened(BLOCKS), act=_enter_block)
    yield Scene(name="error", begin=_broken, act=_select(), is_main=True)
    yield Scene(name="error-node", begin=_broken, act=_select("conv1"))
    yield Scene(name="costs", begin=_opened("inception-v3"), act=_color_by_cost)
    yield Scene(name="large", begin=_opened("inception-v3"), act=_select())


def _select(*names: str) -> Act:
    def act(stage: Stage) -> None:
        canvas = stage.window.canvas
        canvas.select(list(names))
        canvas.setFocus()

    return act


def _enter_block(stage: Stage) -> None:
    model = stage.window.model
    if not model.scope:
        blocks = [node.layer for node in model.root.graph if node.type is None]
        names = blocks or sorted(model.root.blocks)
        model.enter(names[0])
    stage.window.canvas.framing.open()


def _color_by_cost(stage: Stage) -> None:
    stage.window.canvas.color_by(Cost.PARAMETERS)


def _broken(stage: Stage) -> None:
    window = stage.lesson(NETWORK)
    edit = change_settings(window.model.document.graph, "conv1", {"kernel_size": 33})
    window.model.push("Break", edit)
    window.bottom.setCurrentWidget(window.bottom.problems)


# What opens over the window.


def _over_scenes() -> Iterator[Scene]:
    network = _opened(NETWORK)
    for name, act in {
        "command-palette": _act("palette"),
        "command-palette-search": _palette_search,
        "add-search": _add_search,
        "add-search-after": _add_search_after,
        "find": _find,
        "menu": _menu,
    }.items():
        yield Scene(name=name, begin=network, act=act, is_main=name == "add-search")
    for name, make in {
        "shortcut-sheet": _sheet,
        "change-shortcuts": _shortcuts,
        "sweep-form": _sweep_form,
    }.items():
        yield Scene(name=name, begin=network, act=_dialog(make))
    yield Scene(name="find-rate", begin=_opened(QUICK), act=_find_rate, rest=0.5)


def _act(name: str) -> Act:
    return lambda stage: stage.window.actions_.of[name].trigger()


def _palette_search(stage: Stage) -> None:
    stage.window.keyboard.open_palette()
    QTest.keyClicks(stage.window.keyboard.palette.search, "ex")


def _add_search(stage: Stage) -> None:
    stage.window.canvas.setFocus()
    QTest.keyClick(stage.window.canvas, Qt.Key.Key_Tab)


def _add_search_after(stage: Stage) -> None:
    canvas = stage.window.canvas
    middle = canvas.to_scene(QPointF(canvas.viewport().rect().center()))
    stage.window.add_search.open_at(
        canvas.viewport().mapToGlobal(canvas.viewport().rect().center()),
        middle,
        True,
        stage.window.model.analysis.outputs("pool1")[0],
    )


def _find(stage: Stage) -> None:
    stage.window.find_node.open_over(stage.window.canvas.viewport())


def _menu(stage: Stage) -> None:
    bar = stage.window.menuBar()
    (action,) = (each for each in bar.actions() if each.text() == "&Network")
    menu = action.menu()
    assert isinstance(menu, QMenu)
    menu.popup(bar.mapToGlobal(bar.actionGeometry(action).bottomLeft()))


def _dialog(make: Callable[[Stage], QWidget]) -> Act:
    def act(stage: Stage) -> None:
        dialog = make(stage)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    return act


def _sheet(stage: Stage) -> QWidget:
    return ShortcutsSheet(stage.window.keyboard.shortcuts, stage.window)


def _shortcuts(stage: Stage) -> QWidget:
    return ShortcutsPage(stage.window.keyboard.shortcuts, stage.window)


def _sweep_form(stage: Stage) -> QWidget:
    form = SweepForm(stage.window.model.root, stage.window)
    form.list.tick("learning_rate")
    form.list.tick("conv1.out_channels")
    return form


def _find_rate(stage: Stage) -> None:
    stage.window.page.trainer.rates.begin()
    stage.until(lambda: _has_button(stage, "Close"))


def _has_button(stage: Stage, text: str) -> bool:
    buttons = (b for each in stage.over() for b in each.findChildren(QPushButton))
    return any(button.text() == text and button.isVisible() for button in buttons)


# Left.


def _left_scenes() -> Iterator[Scene]:
    yield Scene(name="lesson-list", begin=_opened(NETWORK), act=_left("lesson"))
    yield Scene(name="layer-search", begin=_opened(NETWORK), act=_search_layers)
    yield Scene(name="block-list", begin=_opened(BLOCKS), act=_left("blocks"))


def _left(name: str) -> Act:
    def act(stage: Stage) -> None:
        left = stage.window.left
        left.setCurrentWidget(getattr(left, name))

    return act


def _search_layers(stage: Stage) -> None:
    layers = stage.window.left.layers
    stage.window.left.setCurrentWidget(layers)
    layers.search.setText("drop")


# Below, before and after a training.


def _below(name: str) -> Act:
    def act(stage: Stage) -> None:
        bottom = stage.window.bottom
        bottom.setCurrentWidget(getattr(bottom, name))

    return act


def _data(stage: Stage) -> None:
    _below("data")(stage)
    data = stage.window.bottom.data
    stage.until(lambda: data.view is not None and data.view.loaded is not None)


def _look_page(page: int, act: Act = _nothing) -> Act:
    def show(stage: Stage) -> None:
        _below("look")(stage)
        stage.window.bottom.look.view.show_page(page)
        act(stage)

    return show


def _untrained_scenes() -> Iterator[Scene]:
    quick = _opened(QUICK)
    yield Scene(name="data", begin=quick, act=_data, rest=0.6)
    for name in ("look", "problems", "code", "runs", "sweeps"):
        yield Scene(name=f"{name}-at-first", begin=quick, act=_below(name), rest=0.6)
    for name, page in (("evaluate", EVALUATE), ("try", TRY)):
        yield Scene(name=f"{name}-at-first", begin=quick, act=_look_page(page))


def _trained_scenes() -> Iterator[Scene]:
    yield Scene(name="training", begin=_training, rest=1.0, is_main=True)
    done = partial(Stage.trained, lesson_id=QUICK, epochs=8)
    yield Scene(name="trained", begin=done, act=_below("training"), is_main=True)
    yield Scene(name="look", begin=done, act=_look_page(0), rest=0.6)
    yield Scene(name="evaluate", begin=done, act=_evaluate, rest=0.8)
    yield Scene(name="try", begin=done, act=_try, rest=1.2)
    yield Scene(name="runs", begin=done, act=_below("runs"), rest=0.8)
    yield Scene(
        name="learned-node",
        begin=done,
        act=_select("conv1"),
        rest=1.0,
    )


def _training(stage: Stage) -> None:
    window = stage.lesson(QUICK)
    window.top.epochs.setValue(2_000)
    window.train()
    stage.until(lambda: window.training.state is TrainingState.RUNNING)
    stage.rest(4.0)
    window.train()  # pause: every picture is of the same moment
    stage.until(lambda: window.training.state is TrainingState.PAUSED)


def _try(stage: Stage) -> None:
    _look_page(TRY)(stage)
    trying = stage.window.bottom.look.view.trying
    stage.until(lambda: bool(trying.findChildren(DrawTrial)))
    trial = trying.findChildren(DrawTrial)[0]
    stage.until(lambda: trial.trained is not None)
    trial.sample_button.click()


def _evaluate(stage: Stage) -> None:
    _look_page(EVALUATE)(stage)
    page = stage.window.bottom.look.view.evaluate
    if page.evaluation is None:
        page.button.click()
        stage.until(lambda: page.evaluation is not None)


# Lessons.


def _lesson_scenes() -> Iterator[Scene]:
    for lesson in templates.lessons():
        if lesson.kind == "lesson":
            begin = partial(Stage.lesson, lesson_id=lesson.id, is_read=True)
            yield Scene(name=f"lesson-{lesson.id}", begin=begin, is_main=True)


def _search(stage: Stage) -> None:
    stage.window.start.search.setText("attention")
