"""The window: menus, and the documents in tabs. What one document needs is joined in
`gui.workspace`; here is what belongs to the window alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from engine.document import Document
from engine.problems import Refusal
from gui.action_table import ACTION_TEXTS, MENUS, spec_of
from gui.actions import Actions
from gui.background import BackgroundCall
from gui.code_import import CodeImport
from gui.dropped_files import Dropped
from gui.files import Files
from gui.first_frame import FirstFrame
from gui.keyboard import Keyboard
from gui.leaving import may_leave, may_stop
from gui.left_behind import LeftBehind
from gui.look_menus import fill_look_menus
from gui.message_bar import MessageBar
from gui.page_training import Work
from gui.readiness import load_torch
from gui.recent_files import RecentFiles
from gui.runs.interrupted import InterruptedRuns
from gui.start_page import StartPage
from gui.tabs import DocumentTabs
from gui.texts import Texts
from gui.theme import Theme
from gui.training.controller import TrainingState
from gui.window_commands import Handlers, page_handlers, window_handlers
from gui.window_memory import WindowMemory
from gui.workplace import Workplace
from gui.workspace import Workspace

if TYPE_CHECKING:  # SQLite: after the first frame
    from engine.run_record import Run

tr = Texts("window")

SMALLEST = (960, 600)


def _of_page(name: str) -> Any:  # whatever the workspace has there
    """A part of the workspace that is shown, under the same name."""
    return property(lambda window: getattr(window.page, name))


class MainWindow(QMainWindow):
    """Documents in tabs, and the start page where there is none."""

    first_frame_shown = Signal()
    """The first frame is on screen: what is heavy may be imported now."""
    page_changed = Signal(object)
    """Another workspace is shown, or None: the start page."""

    model = _of_page("model")
    canvas = _of_page("canvas")
    training = _of_page("training")
    readiness = _of_page("readiness")
    shelf = _of_page("shelf")
    safe = _of_page("safe")
    exporter = _of_page("exporter")
    left = _of_page("left")
    bottom = _of_page("bottom")
    inspector = _of_page("inspector")
    status = _of_page("status")
    add_search = _of_page("add_search")
    find_node = _of_page("find_node")
    top = _of_page("top")

    def __init__(self, place: Workplace) -> None:
        super().__init__()
        self.place = place
        theme = place.appearance.theme
        self._is_shown = False
        self._warming: BackgroundCall | None = None
        self.actions_ = Actions(self)
        self.actions_.fill(self.menuBar(), self._dispatch())
        self.recent = RecentFiles(place.settings, place.state_dir, self)
        self.start = StartPage(self.recent, place.state_dir, theme, self)
        self.tabs = DocumentTabs(self.start, theme, self)
        self.files = Files(self.tabs, self.recent, self._make_page, self)
        self.left_behind = LeftBehind(self.files, place.state_dir, theme, self)
        self.interrupted = InterruptedRuns(
            place.runs_dir, self.left_behind.questions, self.resume_run, self
        )
        self.code_import = CodeImport(self.files, self)
        self._dropped = Dropped(self.files, self.code_import, self)
        self.memory = WindowMemory(place.settings, self, self.actions_.of)
        self.keyboard = Keyboard(
            self, self.actions_, place.settings, theme, lambda: self.tabs.page
        )
        self._lay_out()
        self._fill_menus()
        self._connect()
        self.memory.restore()
        self.tabs.show_start()

    # Putting it together.

    def _lay_out(self) -> None:
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        central = QWidget(self)
        whole = QVBoxLayout(central)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.left_behind.questions)
        whole.addWidget(self.tabs, 1)
        self.setCentralWidget(central)

    def _dispatch(self) -> Handlers:
        """A handler for each action: what it does depends on the page that is shown."""
        return {
            spec.id: partial(self._act, spec.id)
            for specs in MENUS.values()
            for spec in specs
        }

    def _act(self, name: str) -> None:
        handlers = window_handlers(self)
        if self.tabs.page is not None:
            handlers |= page_handlers(self.tabs.page)
        if name in handlers:
            handlers[name]()

    def _fill_menus(self) -> None:
        menus = self.actions_.menus
        self.files.fill_menus(menus["recent"], menus["lessons"])
        fill_look_menus(menus["theme"], menus["text_size"], self.place.appearance)
        self.actions_.of["apart"].setChecked(self.place.trains_apart)

    def _connect(self) -> None:
        self.place.appearance.theme_changed.connect(self._set_theme)
        self.tabs.leaving.connect(self.memory.note)
        self.tabs.current_changed.connect(self._show_page)
        self.tabs.close_wanted.connect(self.close_page)
        self.start.lesson_chosen.connect(self.files.open_lesson)
        self.start.path_chosen.connect(self.files.open_path)
        self.start.new_chosen.connect(self.files.new)
        self.start.open_chosen.connect(self.files.open)
        self.start.import_chosen.connect(self.code_import.ask)
        self.files.other_chosen.connect(
            lambda path: self._dropped.take_other(path, self.tabs.page)
        )
        for refused in (
            self.files.refused,
            self.left_behind.refused,
            self.interrupted.refused,
            self._dropped.refused,
            self.code_import.refused,
        ):
            refused.connect(lambda sentence: self.messages.show_error(sentence))
        for said in (self._dropped.said, self.code_import.said):
            said.connect(lambda text: self.messages.show_note(text))
        self._first_frame = FirstFrame(self)
        self._first_frame.shown.connect(self.first_frame_shown)
        self.first_frame_shown.connect(self._load_the_rest)

    # The pages.

    @property
    def page(self) -> Workspace:
        """The workspace that is shown. Raises LookupError on the start page."""
        if self.tabs.page is None:
            raise LookupError("no document is shown")
        return self.tabs.page

    @property
    def messages(self) -> MessageBar:
        """Where something is said to the user now."""
        page = self.tabs.page
        return page.messages if page is not None else self.start.messages

    def show_document(self, document: Document, path: Path | None = None) -> Workspace:
        """Show a document in a tab of its own; gives its workspace."""
        page = self._make_page(document, path)
        self.tabs.show_page(page)
        return page

    def show_restored(self, document: Document, run: Run) -> Workspace:
        """Show the document of a run, which is not saved to any file yet."""
        page = self.show_document(document)
        page.show_origin(tr("run {number}", number=run.id))
        page.training.take_over(document, run.folder)
        page.model.undo_stack.resetClean()
        return page

    def resume_run(self, run: Run) -> bool:
        """Go on with a run in a tab of its document; whether it goes on."""
        from engine.run_comparison import document_of

        try:
            document = document_of(run)
        except Refusal as refusal:
            self.messages.show_error(str(refusal))
            return False
        same = (p for p in self.tabs.pages if p.model.root == document)
        page = next(same, None) or self.show_restored(document, run)
        self.tabs.show_page(page)
        return page.trainer.go_on(document, run.folder)

    def _make_page(self, document: Document, path: Path | None) -> Workspace:
        model = self.place.model_of(document, path)
        # Where it will stay: to be moved costs a new look at every style.
        stack = self.tabs.stack
        page = Workspace(model, self.place, self.recent, self.actions_.of, stack)
        self.actions_.serve(page.canvas)
        self.keyboard.adopt(page)
        page.trainer.may_train = partial(self._why_not_train, page)
        page.described.connect(partial(self._describe, page))
        page.canvas.cost_chosen.connect(lambda _: self._describe(page))
        page.training.news_came.connect(lambda _: self.tabs.refresh(page))
        page.lesson_wanted.connect(self.files.open_lesson)
        page.document_restored.connect(self.show_restored)
        page.resume_wanted.connect(self.resume_run)
        page.file.saved.connect(
            lambda path: self.recent.keep_picture(path, page.model.root)
        )
        self.memory.dress(page)
        self.tabs.add(page)
        if self._is_shown:
            page.load_the_rest()
        return page

    def _show_page(self) -> None:
        """Let the window be about the page that is shown now."""
        page, independent = self.tabs.page, window_handlers(self)
        for name, action in self.actions_.of.items():
            action.setEnabled(page is not None or name in independent)
        export = self.actions_.menus["export"]
        export.clear()
        export.setEnabled(page is not None)
        if page is not None:
            page.exporter.fill(export)
        self.keyboard.serve(page)
        self.page_changed.emit(page)
        if page is None:
            self.setWindowTitle("Espalier")
            self.start.begin_anew()
            return
        self.memory.dress(page)
        self._describe(page)
        page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _describe(self, page: Workspace) -> None:
        """Say what a page is and does: in its tab, and in the window if it is shown."""
        self.tabs.refresh(page)
        if page is not self.tabs.page:
            return
        dot = "" if page.file.is_saved else " •"
        self.setWindowTitle(f"{page.title}{dot} – Espalier")
        acts, stack = self.actions_.of, page.model.undo_stack
        for name, can, text in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            acts[name].setEnabled(can)
            spec = spec_of(name)
            called = ACTION_TEXTS.of(spec.text) if spec is not None else name
            acts[name].setText(f"{called}{f' {text}' if text else ''}")
        state = page.training.state
        acts["train"].setText(
            {
                TrainingState.RUNNING: tr("&Pause"),
                TrainingState.PAUSED: tr("&Resume"),
            }.get(state, ACTION_TEXTS.of("&Train"))
        )
        waits = {TrainingState.STARTING, TrainingState.STOPPING}
        acts["train"].setEnabled(state not in waits)
        acts["stop"].setEnabled(
            state not in {TrainingState.IDLE, TrainingState.STOPPING}
        )
        acts["go_on"].setEnabled(page.trainer.going_on.is_possible)
        acts["evaluate"].setEnabled(page.trainer.next.can_evaluate)
        acts["try_it"].setEnabled(page.trainer.next.can_try)
        self.actions_.check_coloring(page.canvas.network.coloring.cost or "layer")

    def _why_not_train(self, page: Workspace) -> str:
        """PyTorch has one source of chance: two trainings at once would disturb it."""
        if self.place.trains_apart:
            return ""
        for other in self.tabs.pages:
            if other is not page and other.training.is_busy:
                return tr(
                    "“{other}” trains in another tab. Wait until it has "
                    "finished, or stop it there.",
                    other=other.title,
                )
        return ""

    def train(self) -> None:
        """Train what is shown; while it trains, pause or resume it."""
        self.page.train()

    def _set_theme(self, theme: Theme) -> None:
        for each in (
            self.tabs,
            self.start,
            self.left_behind.questions,
            self.keyboard,
        ):
            each.set_theme(theme)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.keyboard.step(forward) or super().focusNextPrevChild(forward)

    # Files dropped on the window.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._dropped.takes(event.mimeData()):
            event.acceptProposedAction()
            self._dropped.take(event.mimeData(), self.tabs.page)

    # From the first frame to the last.

    def _load_the_rest(self) -> None:
        """Everything the first frame did not need."""
        self._is_shown = True
        for page in self.tabs.pages:
            page.load_the_rest()
        self.keyboard.serve(self.tabs.page)  # panels were added
        self.start.load()
        if not self.tabs.pages:
            self._warming = BackgroundCall(load_torch, self)
            self._warming.start()
        self.left_behind.offer()
        self.interrupted.offer()

    def close_page(self, page: Workspace) -> bool:
        """Close a tab, asking where something would be lost; whether it is closed."""
        if page.trainer.work is not Work.NONE or not page.file.is_saved:
            self.tabs.show_page(page)
        if not (
            may_stop([page], self) and page.file.may_leave() and page.trainer.stop()
        ):
            return False
        page.end()
        self.files.note_closed(page)
        self.tabs.remove(page)
        page.hide()
        page.deleteLater()
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        pages = self.tabs.pages
        if not (may_stop(pages, self) and may_leave(pages, self.tabs, self)):
            event.ignore()
            return
        for page in pages:
            if not page.trainer.stop():
                self.tabs.show_page(page)
                event.ignore()
                return
        for page in pages:  # only now: none of them stays open
            page.end()
            self.files.note_closed(page)
        self.left_behind.close()
        if self._warming is not None:
            self._warming.wait()
        if self.tabs.page is not None:
            self.memory.note(self.tabs.page)
        self.memory.keep()
        event.accept()
