"""The tabs on the left of the canvas and below it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QTabBar, QTabWidget, QWidget

from gui.block_list import BlockPanel
from gui.block_shelf import BlockShelf
from gui.document_model import DocumentModel
from gui.layer_list import LayerPanel
from gui.lesson_panel import LessonPanel
from gui.lesson_return import LessonReturn
from gui.lesson_session import LessonSession
from gui.texts import Texts
from gui.theme import Theme
from gui.training.controller import TrainingController
from gui.training.panel import TrainingPanel

tr = Texts("window")

_LATER = (
    tr.mark("Data"),
    tr.mark("Look"),
    tr.mark("Problems"),
    tr.mark("Code"),
    tr.mark("Runs"),
    tr.mark("Sweeps"),
)


class LeftTabs(QTabWidget):
    """Lesson, Layers and Blocks."""

    def __init__(
        self,
        model: DocumentModel,
        shelf: BlockShelf,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.setAccessibleName(tr("Lessons, layers and blocks"))
        self.setMinimumWidth(180)
        self.lesson = LessonPanel(self)
        self.layers = LayerPanel(theme, self)
        self.addTab(self.lesson, tr("Lesson"))
        self.blocks = BlockPanel(model, shelf, theme, self)
        self.addTab(self.layers, tr("Layers"))
        self.addTab(self.blocks, tr("Blocks"))
        self.setCurrentWidget(self.layers)
        self.returns = [self._make_return(each) for each in (self.layers, self.blocks)]

    def _make_return(self, panel: LayerPanel | BlockPanel) -> LessonReturn:
        back = LessonReturn(lambda: self.setCurrentWidget(self.lesson), panel)
        panel.stack_above(back)
        return back

    def attend(self, session: LessonSession) -> None:
        """Show the lesson of `session`, and the way back to it in the other tabs."""
        self.lesson.attend(session)
        for back in self.returns:
            session.opened.connect(partial(back.follow, session))
            session.judged.connect(partial(back.follow, session))


class BottomTabs(QTabWidget):
    """Training, Data, Look, Problems, Code, Runs and Sweeps.

    The first frame shows Training alone: the others are there after `fill`.
    """

    data_folder_wanted = Signal()
    """To say in which folder the data sets are."""

    def __init__(
        self,
        model: DocumentModel,
        controller: TrainingController,
        data_dir: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.setAccessibleName(
            tr("Training, data, look, problems, code, runs and sweeps")
        )
        self.setMinimumHeight(110)
        self._model, self._controller = model, controller
        self._data_dir, self._theme = data_dir, theme
        self._is_full = False
        self._counted = 0, False
        """How many problems the tab tells, and whether there is an error among them."""
        self.problem_count = QLabel(self.tabBar())
        """How many problems there are, beside their tab's title; hidden where none."""
        self.problem_count.setProperty("role", "count")
        self.problem_count.hide()
        self.training = TrainingPanel(controller, theme, self)
        self.addTab(self.training, tr("Training"))
        for title in _LATER:
            self.addTab(QWidget(self), tr.of(title))

    def fill(self) -> None:
        """Make what the first frame does not show; once."""
        if self._is_full:
            return
        from gui.code_panel import CodePanel
        from gui.data_panel.panel import DataPanel
        from gui.look.panel import LookPanel
        from gui.problems_panel import ProblemsPanel
        from gui.runs_panel import RunsPanel
        from gui.sweeps.panel import SweepsPanel

        model, theme = self._model, self._theme
        self.data = DataPanel(model, theme, self)
        self.data.folder_wanted.connect(self.data_folder_wanted)
        self.look = LookPanel(
            self._controller, lambda: model.root, self._data_dir, theme, self
        )
        self.problems = ProblemsPanel(model, self)
        self.code = CodePanel(model, theme, self)
        self.runs = RunsPanel(lambda: model.root.name, theme, self)
        self.sweeps = SweepsPanel(model, theme, self)
        panels = self.data, self.look, self.problems, self.code, self.runs, self.sweeps
        chosen = self.currentIndex()
        for index, panel in enumerate(panels, start=1):
            empty = self.widget(index)
            self.removeTab(index)
            empty.deleteLater()
            self.insertTab(index, panel, tr.of(_LATER[index - 1]))
        self.setCurrentIndex(chosen)
        self._is_full = True
        model.analysed.connect(self._count)
        model.analysed.connect(self.look.note_edit)

    def look_at_last(self, page: int) -> None:
        """Bring the Look tab forward, with a page about what was trained last."""
        self.setCurrentWidget(self.look)
        self.show()
        self.look.look_at_last(page)

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir
        if self._is_full:
            self.data.look_in(data_dir)
            self.look.look_in(data_dir)
            self.sweeps.look_in(data_dir)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.training.set_theme(theme)
        if not self._is_full:
            return
        self.data.set_theme(theme)
        self.look.set_theme(theme)
        self.code.set_theme(theme)
        self.runs.set_theme(theme)
        self.sweeps.set_theme(theme)

    def say_training(self, is_training: bool) -> None:
        """Say whether a training goes on where no run is to be seen yet."""
        if self._is_full:
            self.runs.say_training(is_training)

    @property
    def is_sweeping(self) -> bool:
        """Whether a sweep trains here."""
        view = self.sweeps.view if self._is_full else None
        return view is not None and view.controller.is_busy

    def rename_sweeps(self, name: str) -> set[str]:
        """Sweeps begun here are of a document that is called `name` from now on.

        Gives what their runs are tagged with. Raises Refusal.
        """
        return self.sweeps.rename(name) if self._is_full else set()

    def stop(self) -> bool:
        """Stop what trains here; whether it has stopped."""
        return not self._is_full or self.sweeps.stop()

    def close_panels(self) -> None:
        """Let go of all that is shown, for good."""
        if self._is_full:
            for panel in (self.sweeps, self.runs, self.data, self.look):
                panel.close_panel()

    def _count(self) -> None:
        model = self._model
        count = 0 if model.is_blank else len(model.analysis.problems)
        is_wrong = bool(count) and model.analysis.first_error is not None
        if (count, is_wrong) == self._counted:
            return
        self._counted = count, is_wrong
        text = tr("Problems {count}", count=count) if count else tr("Problems")
        bar, index = self.tabBar(), self.indexOf(self.problems)
        bar.setAccessibleTabName(index, text)
        self.problem_count.setText(str(count))
        self.problem_count.setAccessibleName(text)
        self.problem_count.setProperty("kind", "" if is_wrong else "warning")
        self.problem_count.style().unpolish(self.problem_count)
        self.problem_count.style().polish(self.problem_count)
        # A style sheet gives all of a tab's text one colour: the count is a label.
        # Taken out before it is put in again: else Qt hides it as the one before it.
        side = QTabBar.ButtonPosition.RightSide
        bar.setTabButton(index, side, None)
        if count:
            self.problem_count.adjustSize()
            bar.setTabButton(index, side, self.problem_count)
            self.problem_count.show()
