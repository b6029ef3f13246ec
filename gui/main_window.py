"""The window: the canvas in the middle, panels around it, and what joins them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QSplitter, QVBoxLayout, QWidget

from engine.edits import SetRecipe
from engine.problems import Problem, Refusal
from gui.actions import Actions
from gui.add_search import AddSearch
from gui.appearance import Appearance
from gui.block_shelf import BlockShelf
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.export_menu import Exporter
from gui.files import DocumentFiles
from gui.find_node import FindNode
from gui.first_frame import FirstFrame
from gui.help_pages import ShortcutsPage, show_about
from gui.inspector import Inspector
from gui.message_bar import MessageBar
from gui.readiness import Readiness
from gui.runs_panel import known_runs
from gui.safekeeping import Safekeeping
from gui.side_panels import BottomTabs, LeftTabs
from gui.status_line import StatusLine
from gui.theme import Theme
from gui.top_bar import TopBar
from gui.training.controller import Launch, TrainingController, TrainingState, launch
from gui.window_memory import WindowMemory

SMALLEST = (960, 600)
_ZOOM_STEP = 1.25
_INSPECTOR_LETTERS = 48  # its widest page, for every layer; a test holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where the window finds things: folders, settings, the look, the training."""

    settings: QSettings
    appearance: Appearance
    data_dir: Path
    runs_dir: Path | None = None
    blocks_dir: Path | None = None
    """Where the user's own blocks are kept; without it they cannot be."""
    state_dir: Path | None = None
    """Where unsaved edits are kept against a crash; without it they are not."""
    launch: Launch = launch


class MainWindow(QMainWindow):
    """One document in one window."""

    first_frame_shown = Signal()
    """The first frame is on screen: what is heavy may be imported now."""

    def __init__(self, model: DocumentModel, place: Workplace) -> None:
        super().__init__()
        self.model = model
        model.setParent(self)
        self._place = place
        theme = place.appearance.theme
        self.training = TrainingController(
            place.data_dir, place.runs_dir, self, place.launch
        )
        self.readiness = Readiness(model, self)
        self.shelf = BlockShelf(model, place.blocks_dir, self)
        self.canvas = CanvasView(model, theme, self, self.shelf)
        self.safe = Safekeeping(model, place.state_dir, theme, self)
        self.files = DocumentFiles(model, place.settings, self, self.safe.guard)
        self.safe.serve(self.files)
        self.exporter = Exporter(
            model, self.canvas.scene(), self.training.weights_for, self
        )
        self.left = LeftTabs(model, self.shelf, theme, self)
        self.bottom = BottomTabs(model, self.training, theme, self)
        self.inspector = Inspector(model, place.data_dir, self)
        self.messages = MessageBar(theme, self)
        self.status = StatusLine(model, self)
        self.add_search = AddSearch(theme, self)
        self.add_search.list.layers.more = self.shelf.layers
        self.find_node = FindNode(model, self)
        self.actions_ = Actions(self)
        self.actions_.fill(self.menuBar(), self.canvas, self._handlers())
        acts = self.actions_.of
        self.top = TopBar(
            {
                "undo": acts["undo"],
                "redo": acts["redo"],
                "plus": acts["add_layer"],
                "tidy": acts["tidy"],
            },
            acts["train"],
            acts["stop"],
            theme,
            self,
        )
        self._lay_out()
        self._fill_menus()
        self._connect()
        self._memory.restore()
        self._show_document()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # Putting it together.

    def _lay_out(self) -> None:
        self.setMinimumSize(*SMALLEST)
        middle = QSplitter(Qt.Orientation.Vertical, self)
        canvas_column = QWidget(middle)
        column = QVBoxLayout(canvas_column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.safe.questions)
        column.addWidget(self.canvas, 1)
        middle.addWidget(canvas_column)
        middle.addWidget(self.bottom)
        middle.setStretchFactor(0, 1)
        middle.setCollapsible(0, False)
        sides = QSplitter(Qt.Orientation.Horizontal, self)
        for widget in (self.left, middle, self.inspector):
            sides.addWidget(widget)
        sides.setStretchFactor(1, 1)
        sides.setCollapsible(1, False)
        letter = self.fontMetrics().averageCharWidth()
        self.inspector.setMinimumWidth(_INSPECTOR_LETTERS * letter)
        for splitter in (middle, sides):
            splitter.setHandleWidth(1)
        central = QWidget(self)
        whole = QVBoxLayout(central)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.top)
        whole.addWidget(sides, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(central)
        self._memory = WindowMemory(
            self._place.settings,
            self,
            {"middle": middle, "sides": sides},
            {"left": self.left, "bottom": self.bottom, "right": self.inspector},
            self.actions_.of,
        )

    def _handlers(self) -> dict[str, Callable[[], object]]:
        canvas, stack = self.canvas, self.model.undo_stack
        return {
            "new": self.files.new,
            "open": self.files.open,
            "save": self.files.save,
            "save_as": self.files.save_as,
            "quit": self.close,
            "undo": stack.undo,
            "redo": stack.redo,
            "cut": canvas.cut_selected,
            "copy": canvas.copy_selected,
            "paste": canvas.paste,
            "duplicate": canvas.duplicate_selected,
            "delete": canvas.delete_selected,
            "delete_keep": lambda: canvas.delete_selected(keep_flow=True),
            "select_all": canvas.select_all,
            "rename": self.inspector.focus_name,
            "find": self._open_find,
            "next_problem": self._show_first_problem,
            "zoom_in": lambda: canvas.zoom_by(_ZOOM_STEP),
            "zoom_out": lambda: canvas.zoom_by(1 / _ZOOM_STEP),
            "zoom_reset": lambda: canvas.zoom_to(100),
            "fit_all": canvas.fit_all,
            "fit_selection": canvas.fit_selection,
            "left": lambda: self._memory.toggle("left"),
            "bottom": lambda: self._memory.toggle("bottom"),
            "right": lambda: self._memory.toggle("right"),
            "add_layer": canvas.request_layer_at_pointer,
            "make_block": canvas.blocks.make,
            "expand_block": canvas.blocks.expand,
            "unique_block": canvas.blocks.make_unique,
            "rename_block": canvas.blocks.rename,
            "keep_block": self._keep_block,
            "tidy": canvas.tidy_up,
            "train": self.train,
            "stop": self.training.stop,
            "shortcuts": lambda: ShortcutsPage(self).exec(),
            "about": lambda: show_about(self),
        }

    def _fill_menus(self) -> None:
        menus = self.actions_.menus
        self.exporter.fill(menus["export"])
        self.files.fill_menus(menus["recent"], menus["lessons"])
        group = QActionGroup(self)
        for choice in ("system", "dark", "light"):
            action = menus["theme"].addAction(choice.capitalize())
            action.setCheckable(True)
            action.setChecked(choice == self._place.appearance.choice)
            action.triggered.connect(
                lambda _=False, choice=choice: self._place.appearance.choose(choice)
            )
            group.addAction(action)

    def _connect(self) -> None:
        model, canvas = self.model, self.canvas
        self._place.appearance.theme_changed.connect(self._set_theme)
        canvas.selection_changed.connect(self.inspector.show_selection)
        canvas.selection_changed.connect(self.bottom.code.select)
        canvas.node_activated.connect(lambda _: self.inspector.focus_name())
        canvas.add_requested.connect(self._open_add_search)
        canvas.zoom_changed.connect(self.status.show_zoom)
        self.add_search.layer_chosen.connect(self._add_layer)
        self.left.layers.list.layer_chosen.connect(lambda name: canvas.add_layer(name))
        self.left.blocks.list.layer_chosen.connect(lambda name: canvas.add_layer(name))
        self.left.blocks.open_requested.connect(lambda name: model.enter(name))
        self.left.blocks.rename_requested.connect(canvas.blocks.ask_name)
        canvas.refused.connect(self.messages.show_error)
        self.shelf.refused.connect(self.messages.show_error)
        self.shelf.kept.connect(
            lambda name: self.messages.show_note(
                f"{name} is kept: find it in the Blocks tab of every document."
            )
        )
        self.left.lesson.lesson_chosen.connect(self.files.open_lesson)
        self.bottom.problems.problem_chosen.connect(self._show_problem)
        self.bottom.code.node_clicked.connect(self._go_to)
        self.find_node.node_chosen.connect(self._go_to)
        self.status.problems.clicked.connect(self._show_first_problem)
        self.files.refused.connect(self.messages.show_error)
        self.safe.refused.connect(self.messages.show_error)
        self.files.saved.connect(
            lambda path: self.messages.show_note(f"Saved to {path}.")
        )
        self.files.lesson_changed.connect(self.left.lesson.show_lesson)
        self.exporter.refused.connect(self.messages.show_error)
        self.exporter.exported.connect(self.messages.show_note)
        self.top.epochs.valueChanged.connect(self._set_epochs)
        self.training.state_changed.connect(self._show_training)
        self.training.failed.connect(
            lambda problem: self.messages.show_error(problem.sentence())
        )
        self.training.hardware_known.connect(self._show_hardware)
        self.readiness.hardware_known.connect(self._show_hardware)
        self.readiness.failed.connect(
            lambda problem: self.messages.show_error(problem.sentence())
        )
        self._first_frame = FirstFrame(self)
        self._first_frame.shown.connect(self.first_frame_shown)
        self.first_frame_shown.connect(self._load_the_rest)
        for signal in (
            model.name_changed,
            model.path_changed,
            model.recipe_changed,
            model.analysed,
            model.undo_stack.cleanChanged,
            model.undo_stack.indexChanged,
        ):
            signal.connect(self._show_document)

    # What the user sees of the document.

    def _show_document(self) -> None:
        model, acts = self.model, self.actions_.of
        is_saved = self.files.is_saved
        if model.path is None:
            state = "not saved yet" if not is_saved else ""
        else:
            state = f"{model.path.name} · {'saved' if is_saved else 'edited'}"
        self.top.show_document(model.document.name, state)
        self.setWindowTitle(
            f"{model.document.name}{'' if is_saved else ' •'} – Espalier"
        )
        stack = model.undo_stack
        for name, can, text in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            acts[name].setEnabled(can)
            acts[name].setText(f"&{name.capitalize()}{f' {text}' if text else ''}")
        self.top.epochs.setValue(model.document.recipe.epochs)
        if self.training.is_busy and self.training.document is not None:
            trained = self.training.document
            self.bottom.training.say_earlier_version(
                not trained.has_network_of(model.root)
                or trained.recipe != model.document.recipe
                or trained.data != model.document.data
            )

    def _set_theme(self, theme: Theme) -> None:
        for each in (
            self.canvas,
            self.left.layers.list,
            self.left.blocks.list,
            self.bottom,
            self.messages,
            self.safe.questions,
            self.top,
            self.add_search,
        ):
            each.set_theme(theme)

    def _set_epochs(self, epochs: int) -> None:
        recipe = self.model.document.recipe
        if epochs == recipe.epochs:
            return  # the field follows the document
        recipe = replace(recipe, epochs=epochs)
        self.model.push("Change epochs", SetRecipe(recipe), merge="epochs")

    # Finding one's way.

    def _go_to(self, name: str) -> None:
        if name in self.model.document.graph:
            self.canvas.select([name])
            self.canvas.center_on(name)

    def _show_problem(self, problem: Problem) -> None:
        self.model.go_to_scope(problem.scope)
        if problem.node is not None:
            self._go_to(problem.node)

    def _show_first_problem(self) -> None:
        problems = self.model.analysis.problems
        if problems:
            self.bottom.setCurrentWidget(self.bottom.problems)
            self._show_problem(self.model.analysis.first_error or problems[0])

    def _keep_block(self) -> None:
        name = self.canvas.blocks.wanted()
        if name is not None:
            self.shelf.keep(self.model.document.graph[name].layer)

    def _open_find(self) -> None:
        corner = self.canvas.viewport().mapToGlobal(QPoint(24, 24))
        self.find_node.open_at(corner)

    def _open_add_search(self, position: QPointF, source: object) -> None:
        at = self.canvas.mapFromScene(position)
        corner = self.canvas.viewport().mapToGlobal(at)
        self.add_search.open_at(corner, position, source is not None)

    def _add_layer(self, name: str, position: QPointF) -> None:
        self.canvas.add_layer(name, position)  # it knows what to join it to
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # Training.

    def train(self) -> None:
        """Train; while a training goes on, pause or resume it."""
        if self.training.is_busy:
            self.bottom.training.toggle_pause()
            return
        error = self.model.whole.first_error
        if error is not None:
            self._show_first_problem()
            self.messages.show_error(
                f"The network cannot be trained yet. {error.sentence()}"
            )
            return
        self.messages.hide()
        self.bottom.setCurrentWidget(self.bottom.training)
        self.bottom.show()
        self.bottom.training.prepare(self.model.document.recipe)
        self.training.start(self.model.root)

    def _show_training(self, state: TrainingState) -> None:
        self.top.show_training(state)
        acts = self.actions_.of
        acts["train"].setText(
            {
                TrainingState.RUNNING: "&Pause",
                TrainingState.PAUSED: "&Resume",
            }.get(state, "&Train")
        )
        waits = {TrainingState.STARTING, TrainingState.STOPPING}
        acts["train"].setEnabled(state not in waits)
        acts["stop"].setEnabled(
            state not in {TrainingState.IDLE, TrainingState.STOPPING}
        )
        if state is TrainingState.IDLE:
            self.bottom.training.say_earlier_version(False)
            self._show_runs()

    def _show_hardware(self, device: str, precision: str, reason: str) -> None:
        self.top.hardware.setText(f"{device.upper()}, {precision}")
        self.top.hardware.setToolTip(reason)
        self.status.show_hardware(device, precision, reason)

    def _show_runs(self) -> None:
        try:
            self.bottom.runs.show_runs(known_runs(self._place.runs_dir))
        except Refusal as refusal:
            self.messages.show_error(str(refusal))

    # From the first frame to the last.

    def _load_the_rest(self) -> None:
        """Everything the first frame did not need."""
        self.left.lesson.load_lessons()
        self.inspector.document_page.data.load_sources()
        self._show_runs()
        self.readiness.start()
        self.safe.offer_left_behind()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self._may_stop_training() and self.files.may_leave()):
            event.ignore()
            return
        if not self.training.close():
            self.messages.show_error(
                "The training has not stopped yet. Close the window again in a moment."
            )
            event.ignore()
            return
        self.exporter.wait()
        self.safe.close()
        self.readiness.close()
        self._memory.keep()
        event.accept()

    def _may_stop_training(self) -> bool:
        if not self.training.is_busy:
            return True
        box = QMessageBox(self)
        box.setWindowTitle("Espalier")
        box.setText("A training is running. Stop it and close?")
        box.setInformativeText("What it learned so far is kept with the run.")
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stop)
        box.exec()
        return box.clickedButton() is stop
