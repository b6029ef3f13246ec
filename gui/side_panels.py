"""The tabs on the left of the canvas and below it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QTabWidget, QWidget

from gui.block_list import BlockPanel
from gui.block_shelf import BlockShelf
from gui.code_panel import CodePanel
from gui.data_panel.panel import DataPanel
from gui.document_model import DocumentModel
from gui.layer_list import LayerPanel
from gui.lesson_panel import LessonPanel
from gui.look.panel import LookPanel
from gui.problems_panel import ProblemsPanel
from gui.runs_panel import RunsPanel
from gui.sweeps.panel import SweepsPanel
from gui.theme import Theme
from gui.training.controller import TrainingController
from gui.training.panel import TrainingPanel


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
        self.setAccessibleName("Lessons, layers and blocks")
        self.setMinimumWidth(180)
        self.lesson = LessonPanel(self)
        self.layers = LayerPanel(theme, self)
        self.addTab(self.lesson, "Lesson")
        self.blocks = BlockPanel(model, shelf, theme, self)
        self.addTab(self.layers, "Layers")
        self.addTab(self.blocks, "Blocks")
        self.setCurrentWidget(self.layers)


class BottomTabs(QTabWidget):
    """Training, Data, Look, Problems, Code, Runs and Sweeps."""

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
        self.setAccessibleName("Training, data, look, problems, code, runs and sweeps")
        self.setMinimumHeight(110)
        self._model = model
        self.training = TrainingPanel(controller, theme, self)
        self.look = LookPanel(controller, lambda: model.root, data_dir, theme, self)
        self.problems = ProblemsPanel(model, self)
        self.code = CodePanel(model, theme, self)
        self.runs = RunsPanel(theme, self)
        self.addTab(self.training, "Training")
        self.data = DataPanel(model, theme, self)
        self.addTab(self.data, "Data")
        self.addTab(self.look, "Look")
        self.addTab(self.problems, "Problems")
        self.addTab(self.code, "Code")
        self.sweeps = SweepsPanel(model, theme, self)
        self.addTab(self.runs, "Runs")
        self.addTab(self.sweeps, "Sweeps")
        model.analysed.connect(self._count)
        model.analysed.connect(self.look.note_edit)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.training.set_theme(theme)
        self.data.set_theme(theme)
        self.look.set_theme(theme)
        self.code.set_theme(theme)
        self.runs.set_theme(theme)
        self.sweeps.set_theme(theme)

    def _count(self) -> None:
        count = len(self._model.analysis.problems)
        text = f"Problems {count}" if count else "Problems"
        index = self.indexOf(self.problems)
        if self.tabText(index) != text:
            self.setTabText(index, text)
