"""What a training will cost: its memory, told beforehand; the layers' time, measured.

Both are found out on a thread, once the document has been left alone for a while.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.costs import Cost, costs
from engine.document import Document
from engine.problems import Problem
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.look.latest_call import LatestCall
from gui.texts import Texts
from gui.training.controller import TrainingController, TrainingState

tr = Texts("window")

_QUIET_MILLISECONDS = 1500
_FIRST_MILLISECONDS = 100
"""Of a document that was just opened: it is not being edited."""
_MOST_NODES = 1000  # more take longer than anybody waits for a figure
_LOADING = tr.mark(
    "PyTorch is still being loaded. Choose these colours again in a moment."
)
_TRAINING = tr.mark(
    "A training goes on, and would be measured with the layers. Wait until it has "
    "finished, or stop it, and choose these colours again."
)


class Measuring(QObject):
    """Follows the document; one measurement at a time."""

    memory_known = Signal(object)
    """The `Memory` of the document as it is now, or None where nobody can tell."""
    memory_outdated = Signal()
    """What was known of the memory is an earlier network's."""
    refused = Signal(str)
    """Why nothing is measured, and what to do."""

    def __init__(
        self,
        model: DocumentModel,
        canvas: CanvasView,
        training: TrainingController,
        data_dir: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._canvas = canvas
        self._training = training
        self._data_dir = data_dir
        self._timed = ""
        """The code whose layers were timed last."""
        self._has_told = False
        self._told_of: object = None
        """What the memory that is shown depends on, as it was then."""
        self._memory = LatestCall(self)
        self._memory.answered.connect(self._tell)
        self._memory.failed.connect(lambda _: self._tell(None))
        self._times = LatestCall(self)
        self._times.answered.connect(self._show_times)
        self._times.failed.connect(self._refuse)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._measure)
        for changed in (model.analysed, model.recipe_changed, model.data_changed):
            changed.connect(self._wait_for_quiet)
        training.state_changed.connect(self._wait_for_quiet)
        canvas.cost_chosen.connect(self._on_cost)

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir
        self._wait_for_quiet()

    def close(self) -> None:
        """Wait for what is being measured."""
        self._quiet.stop()
        self._memory.close()
        self._times.close()

    def _wait_for_quiet(self) -> None:
        if self._model.whole.has_shapes:  # so PyTorch is there
            self._quiet.start(
                _QUIET_MILLISECONDS if self._has_told else _FIRST_MILLISECONDS
            )
            if not self._has_told and self._can_be_told:
                self.memory_outdated.emit()  # its place is there from the beginning
            elif self._told_of is not None and self._told_of != self._sizes():
                self._told_of = None
                if self._can_be_told:
                    self.memory_outdated.emit()
                else:
                    self.memory_known.emit(None)

    def _tell(self, memory: object) -> None:
        # Whoever opened a file whose data are still looked at waits for a figure yet.
        self._has_told = self._has_told or memory is not None or self._can_be_told
        self._told_of = None if memory is None else self._sizes()
        self.memory_known.emit(memory)

    def _sizes(self) -> object:
        """What the memory depends on: whoever moves a card changes none of it."""
        whole, root = self._model.whole, self._model.root
        given = sum(costs(whole, Cost.MEMORY).values())
        weights = whole.total_parameters, whole.trainable_parameters
        # How long and how fast it learns takes no memory.
        recipe = replace(root.recipe, epochs=1, learning_rate=1.0, seed=0)
        return given, weights, whole.total_operations, recipe, root.data

    @property
    def _can_be_told(self) -> bool:
        model = self._model
        is_known = model.data is None or model.data.ask(model.root.data) is not None
        is_small = len(model.root.graph) <= _MOST_NODES
        return model.whole.is_valid and is_known and is_small

    def _measure(self) -> None:
        model = self._model
        if not self._can_be_told:
            self._tell(None)
        elif self._training.state is TrainingState.IDLE:
            self._memory.ask(partial(_memory_of, model.root.copy(), self._data_dir))
            if self._canvas.network.coloring.cost is Cost.TIME:
                self._time()

    def _on_cost(self, cost: Cost | None) -> None:
        if cost is not Cost.TIME:
            return
        known = self._model.whole
        if not known.has_shapes:
            self.refused.emit(tr.of(_LOADING))
        elif known.first_error is not None:
            error = known.first_error.sentence()
            self.refused.emit(
                tr("The network cannot run yet. {problem}", problem=error)
            )
        elif self._training.state is not TrainingState.IDLE:
            self.refused.emit(tr.of(_TRAINING))
        else:
            self._time()

    def _time(self) -> None:
        code = self._model.whole.code
        if code != self._timed:
            self._timed = code
            self._times.ask(partial(_times_of, self._model.root.copy()))

    def _show_times(self, times: dict[str, float]) -> None:
        self._canvas.network.coloring.times = times
        self._canvas.follower.redraw()

    def _refuse(self, problem: Problem) -> None:
        self._timed = ""
        self.refused.emit(problem.sentence())


def _memory_of(document: Document, data_dir: Path) -> object:
    from engine.memory import memory_of

    return memory_of(document, data_dir)


def _times_of(document: Document) -> object:
    from engine.timing import times_of

    return times_of(document)
