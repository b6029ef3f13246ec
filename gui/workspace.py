"""Everything of one document: its model, canvas, panels, training and file.

The window shows one workspace at a time, and those behind it go on: a network trains
in its tab while another is drawn. What belongs to one document is joined here; what
belongs to the window, its menus and its tabs, in `gui.main_window`.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.problems import Refusal
from gui.add_search import AddSearch
from gui.block_shelf import BlockShelf
from gui.canvas.view import CanvasView
from gui.document_file import DocumentFile
from gui.document_model import DocumentModel
from gui.export_menu import Exporter
from gui.find_node import FindNode
from gui.inspector import Inspector
from gui.lesson_session import LessonSession
from gui.measuring import Measuring
from gui.message_bar import MessageBar
from gui.missing_data import MissingData
from gui.new_inputs import NewInputs
from gui.notices import Notices
from gui.page_training import PageTraining
from gui.problem_walk import ProblemWalk
from gui.readiness import Readiness
from gui.recent_files import RecentFiles
from gui.runs_panel import known_runs
from gui.safekeeping import Safekeeping
from gui.side_panels import BottomTabs, LeftTabs
from gui.side_room import SideRoom
from gui.sides import GivingSplitter, Sides
from gui.status_line import StatusLine
from gui.texts import Texts
from gui.theme import Theme
from gui.top_bar import TopBar
from gui.training.controller import TrainingController
from gui.workplace import Workplace

tr = Texts("window")


class Workspace(QWidget):
    """One document with all that is around it."""

    described = Signal()
    """What the window shows of it is another: title, file, undo, or training."""
    document_restored = Signal(object, object)
    """The document of a run, to be opened as one that is not saved yet, and the run."""
    resume_wanted = Signal(object)
    """A run to go on with, in the tab of its document."""
    lesson_wanted = Signal(str)
    """The id of a lesson that is to be opened."""

    def __init__(
        self,
        model: DocumentModel,
        place: Workplace,
        recent: RecentFiles,
        acts: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = model
        model.setParent(self)
        self._place = place
        self.lesson_id: str | None = None
        """The lesson it was opened as, if any."""
        self.origin = ""
        """Where its document is from, until it has a file: `run 12`."""
        theme = place.appearance.theme
        self.training = TrainingController(
            place.data_folder, place.runs_dir, self, place.start
        )
        self.readiness = Readiness(model, self)
        self.shelf = BlockShelf(model, place.blocks_dir, self)
        self.canvas = CanvasView(model, theme, self, self.shelf, NewInputs(model))
        self.safe = Safekeeping(model, place.state_dir, theme, self)
        self.file = DocumentFile(model, self.safe.guard, recent, self)
        self.safe.serve(self.file)
        self.exporter = Exporter(model, self.training.weights_for, self)
        self.left = LeftTabs(model, self.shelf, theme, self)
        self.lesson = LessonSession(
            model, self.training, place.state_dir, self.train, self
        )
        self.left.attend(self.lesson)
        self.bottom = BottomTabs(model, self.training, place.data_folder, theme, self)
        self.inspector = Inspector(model, place.data_folder, self.training, self)
        self.messages = MessageBar(theme, self)
        self.status = StatusLine(model, self)
        self.measuring = Measuring(
            model, self.canvas, self.training, place.data_folder, self
        )
        self.add_search = AddSearch(theme, self)
        self.add_search.list.layers.more = self.shelf.layers
        self.find_node = FindNode(model, theme, self)
        self.top = TopBar(acts, theme, self)
        choose = acts["data_folder"].trigger
        self.missing_data = MissingData(self, choose, lambda: place.data_folder)
        self.bottom.data_folder_wanted.connect(choose)
        self.problems = ProblemWalk(model, self.canvas, self.bottom, self.go_to, self)
        self._lay_out()
        self._connect()
        self.trainer = PageTraining(self, place.data_folder, place.runs_dir)
        self._show_document()

    # Putting it together.

    def _lay_out(self) -> None:
        middle = GivingSplitter(Qt.Orientation.Vertical, 0, self)
        canvas_column = QWidget(middle)
        column = QVBoxLayout(canvas_column)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.notices = Notices(self.canvas, self.messages, self.safe.questions)
        middle.addWidget(canvas_column)
        middle.addWidget(self.bottom)
        middle.setStretchFactor(0, 1)
        middle.setCollapsible(0, False)
        sides = self._sides = Sides(self)
        for widget in (self.left, middle, self.inspector):
            sides.addWidget(widget)
        sides.setStretchFactor(1, 1)
        sides.setCollapsible(1, False)
        self._room = SideRoom(sides, self.left, self.bottom, self.inspector)
        self._follow_text()
        self.splitters: dict[str, GivingSplitter] = {"middle": middle, "sides": sides}
        self.panels: dict[str, QWidget] = {
            "left": self.left,
            "bottom": self.bottom,
            "right": self.inspector,
        }
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.top)
        whole.addWidget(sides, 1)
        whole.addWidget(self.status)

    def _follow_text(self) -> None:
        """Give the sides the room that their text needs, and the canvas its size."""
        self._divide()
        self.canvas.follow_text()

    def _divide(self) -> None:
        self._room.divide(is_reading=self.lesson_id is not None)

    def _connect(self) -> None:
        model, canvas = self.model, self.canvas
        self._place.appearance.theme_changed.connect(self._set_theme)
        self._place.appearance.text_resized.connect(self._follow_text)
        self._sides.resized.connect(self._divide)
        canvas.selection_changed.connect(self.inspector.show_selection)
        canvas.selection.marks_changed.connect(
            lambda: self.inspector.show_marks(canvas.selection.marks)
        )
        canvas.node_activated.connect(lambda _: self.inspector.focus_settings())
        self.inspector.left.connect(self._focus_canvas)
        canvas.add_requested.connect(self._open_add_search)
        canvas.zoom_changed.connect(self.status.show_zoom)
        self.add_search.layer_chosen.connect(self._add_layer)
        self.add_search.closed.connect(canvas.requests.close)
        self.left.layers.list.layer_chosen.connect(lambda name: canvas.add_layer(name))
        self.left.blocks.list.layer_chosen.connect(lambda name: canvas.add_layer(name))
        self.left.blocks.open_requested.connect(lambda name: model.enter(name))
        self.left.blocks.rename_requested.connect(canvas.blocks.ask_name)
        self.left.lesson.lesson_chosen.connect(self.lesson_wanted)
        self.lesson.edited.connect(canvas.framing.fit_all)
        self.lesson.opened.connect(self.described)  # its title is known
        self.measuring.memory_known.connect(self.status.show_training_memory)
        self.measuring.memory_outdated.connect(self.status.await_training_memory)
        canvas.refused.connect(self.messages.show_refusal)
        model.undo_stack.indexChanged.connect(self.messages.forget_refusal)
        self.measuring.refused.connect(self.messages.show_error)
        self.shelf.refused.connect(self.messages.show_error)
        self.shelf.kept.connect(
            lambda name: self.messages.show_note(
                tr(
                    "{name} is kept: find it in the Blocks tab of every document.",
                    name=name,
                )
            )
        )
        self.find_node.node_chosen.connect(self.go_to)
        self.inspector.document_page.data.look_wanted.connect(self._show_data)
        self.status.problems.clicked.connect(self.problems.show_first)
        self.file.refused.connect(self.messages.show_error)
        self.safe.refused.connect(self.messages.show_error)
        self.file.saved.connect(
            lambda path: self.messages.show_note(tr("Saved to {path}.", path=path))
        )
        self.exporter.refused.connect(self.messages.show_error)
        self.exporter.exported.connect(self.messages.show_note)
        for signal in (
            model.name_changed,
            model.path_changed,
            model.recipe_changed,
            model.analysed,
            model.undo_stack.cleanChanged,
            model.undo_stack.indexChanged,
        ):
            signal.connect(self._show_document)

    def _show_data(self) -> None:
        self.bottom.setCurrentWidget(self.bottom.data)
        self.bottom.show()

    def _join_panels(self) -> None:
        """Join what the first frame did not show."""
        self.canvas.selection_changed.connect(self.bottom.code.select)
        self.bottom.problems.problem_chosen.connect(self.problems.show)
        self.bottom.problems.mended.connect(self._focus_canvas)
        self.bottom.code.node_clicked.connect(self.go_to)
        runs, sweeps = self.bottom.runs, self.bottom.sweeps
        runs.document_restored.connect(self.document_restored)
        runs.resume_wanted.connect(self.resume_wanted)
        sweeps.runs_changed.connect(self.show_runs)
        for panel in (runs, sweeps):
            panel.refused.connect(self.messages.show_error)
            panel.noted.connect(self.messages.show_note)

    # What the user sees of the document.

    @property
    def is_untouched(self) -> bool:
        """Whether another document may take its place without anybody missing it."""
        stack = self.model.undo_stack
        return (
            stack.isClean()
            and stack.count() == 0
            and self.model.path is None
            and self.training.document is None
            and self.training.learned is None
        )

    @property
    def title(self) -> str:
        """What its tab says: the file's name, the lesson's, or else the document's."""
        has_name = self.model.path is not None or self.origin
        of_lesson = "" if has_name else self.lesson.title_of(self.model.root)
        return of_lesson or self.file.title

    @property
    def name(self) -> str:
        """The document's name, and where it is from while it has no file."""
        return self.file.name

    def show_origin(self, origin: str) -> None:
        """Say where the document is from that is shown, which has no file."""
        self.origin = self.file.origin = self.safe.recovery.origin = origin
        self._show_document()

    def expect_lesson(self, lesson_id: str) -> None:
        """Give a lesson its room for the first frame; its text is read after that."""
        self.lesson_id = self.safe.recovery.lesson = lesson_id
        self._follow_text()
        self.left.lesson.make_room()
        self.left.setCurrentWidget(self.left.lesson)

    def show_lesson(self, lesson_id: str | None) -> None:
        """Show the text of the lesson that is open here; None shows the list."""
        self.lesson_id = self.safe.recovery.lesson = lesson_id
        self._follow_text()
        self.left.lesson.show_lesson(lesson_id)
        if lesson_id is not None:
            self.left.setCurrentWidget(self.left.lesson)

    def _show_document(self) -> None:
        model, is_saved = self.model, self.file.is_saved
        if model.path is not None:
            self.origin = self.file.origin = self.safe.recovery.origin = ""
        if model.path is None:
            state = tr("not saved yet") if not is_saved else ""
        else:
            kept = tr("saved") if is_saved else tr("edited")
            state = f"{model.path.name} · {kept}"
        self.top.show_document(self.name, state)
        self.trainer.follow()
        self.described.emit()

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
            self.find_node,
        ):
            each.set_theme(theme)

    # Finding one's way.

    def go_to(self, name: str) -> None:
        """Select a node of the graph that is shown, and bring it into sight."""
        if name in self.model.document.graph:
            self.canvas.select([name])
            if not self.canvas.sees(name):
                self.canvas.center_on(name)

    def keep_block(self) -> None:
        """Put the selected block among the user's own."""
        name = self.canvas.blocks.wanted()
        if name is not None:
            self.shelf.keep(self.model.document.graph[name].layer)

    def _open_add_search(self, position: QPointF, source: object) -> None:
        at = self.canvas.mapFromScene(position)
        corner = self.canvas.viewport().mapToGlobal(at)
        asked = self.canvas.requests
        joins, given = source is not None, asked.given
        self.add_search.open_at(corner, position, joins, given, asked.likely)

    def _add_layer(self, name: str, position: QPointF) -> None:
        self.canvas.add_layer(name, position)  # it knows what to join it to
        self._focus_canvas()

    def _focus_canvas(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def train(self) -> None:
        """Train; while a training goes on, pause or resume it."""
        self.trainer.train()

    def new_sweep(self) -> None:
        """Ask what a sweep is to vary, and begin it."""
        self.bottom.show()
        self.bottom.setCurrentWidget(self.bottom.sweeps)
        view = self.bottom.sweeps.open()
        if view is not None:
            view.ask_new()

    def show_runs(self) -> None:
        """Show the runs as they are now."""
        try:
            known = known_runs(self._place.runs_dir)
            self.bottom.runs.show_runs(known)
            self.bottom.look.show_runs(known)
        except Refusal as refusal:
            self.messages.show_error(str(refusal))

    # From the first frame to the last.

    def load_the_rest(self) -> None:
        """Everything the first frame did not need."""
        self.bottom.fill()
        self._join_panels()
        self.left.lesson.load_lessons()
        self.inspector.document_page.data.load_sources()
        self.show_runs()
        if self.model.path is not None:
            self.trainer.bring_back()
        self.bottom.data.look_in(self._place.data_folder)
        self.bottom.sweeps.work_in(self._place.data_folder, self._place.runs_dir)
        self.readiness.start()

    def look_for_data(self) -> None:
        """Look for data sets where they are wanted from now on."""
        folder = self._place.data_folder
        if self.model.data is not None:
            self.model.data.look_in(folder)
        for each in (
            self.training,
            self.trainer.rates,
            self.bottom,
            self.inspector.previews,
            self.measuring,
        ):
            each.look_in(folder)

    def end(self) -> None:
        """Let go of all that is left, for good: nothing trains here any more."""
        self.bottom.close_panels()
        for busy in (self.inspector.previews, self.measuring, self.model.data):
            if busy is not None:
                busy.close()
        self.exporter.wait()
        self.safe.close()
        self.readiness.close()
