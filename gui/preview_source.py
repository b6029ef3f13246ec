"""Has the inspector's previews computed in the background, the newest order first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.figures import round_count, short_count
from gui.document_model import DocumentModel
from gui.look.latest_call import LatestCall
from gui.texts import Texts
from gui.training.controller import TrainingController, TrainingState

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.preview import Previewer

tr = Texts("inspector")

DELAY = 40
"""Milliseconds after an edit: a key that is held down asks once."""
_ROW, _SENTENCE, _TEXT = tr.mark("row"), tr.mark("sentence"), tr.mark("text")
_SAMPLE_WORDS = {
    "csv-table": _ROW,
    "iris": tr.mark("flower"),
    "moons": tr.mark("point"),
    "spirals": tr.mark("point"),
    "reviews-small": _SENTENCE,
    "reviews": _SENTENCE,
    "subjects-made-up": _SENTENCE,
    "made-up-text": _TEXT,
    "text-file": _TEXT,
    "made-up-dates": tr.mark("date"),
    "wav-folder": tr.mark("sound"),
}
"""What one sample is called, by the source of the data; elsewhere its shape tells."""
MOST_PARAMETERS = 30_000_000
MOST_OPERATIONS = 4_000_000_000
MOST_NODES = 1_000


class PreviewSource(QObject):
    """Knows the document, the sample that is looked at, and the trained weights."""

    shown = Signal(str, object)
    """A node's name and its `Preview`."""
    refused = Signal(str, object)
    """A node's name and why it has none, as a `Problem`."""

    def __init__(
        self,
        model: DocumentModel,
        data_dir: Path,
        training: TrainingController,
        parent: QObject | None = None,
    ) -> None:
        """`training` knows the weights of this window's last run."""
        super().__init__(parent)
        self._model = model
        self._data_dir = data_dir
        self._previewer: Previewer | None = None
        self._name = ""
        self._sample = 0
        self.is_on = True
        """Whether previews are wanted: the card is unfolded."""
        self._training = training
        self._calls = LatestCall(self)
        self._calls.answered.connect(self._answer)
        self._calls.failed.connect(
            lambda problem: self.refused.emit(*self._of(problem))
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._start)
        training.state_changed.connect(self._on_training)

    @property
    def sample_word(self) -> str:
        """What one sample of the data is called."""
        source = self._model.root.data.source
        if source in _SAMPLE_WORDS:
            return tr.of(_SAMPLE_WORDS[source])
        specs = [
            node.values
            for node in self._model.root.graph
            if node.layer == "Input" and "shape" in node.values
        ]
        shape = specs[0]["shape"] if specs else ()
        is_picture = isinstance(shape, tuple) and len(shape) == 3
        is_image = is_picture and shape[0] in (1, 3)
        return tr("image") if is_image else tr("sample")

    def why_not(self) -> str:
        """Why there are no previews, in a sentence; empty where there are."""
        known, graph = self._model.whole, self._model.root.graph
        if not known.has_shapes:
            return tr("It comes as soon as the shapes are known.")
        if len(graph) > MOST_NODES:
            return tr(
                "Off: the network has {count:,} nodes. With more than {most:,} it "
                "would take too long.",
                count=len(graph),
                most=MOST_NODES,
            )
        for count, most, what in (
            (known.total_parameters, MOST_PARAMETERS, tr("parameters")),
            (known.total_operations, MOST_OPERATIONS, tr("operations per sample")),
        ):
            if count > most:
                return tr(
                    "Off: the network has {count} {what}. With more than {most} it "
                    "would take too long.",
                    count=short_count(count),
                    what=what,
                    most=round_count(most),
                )
        return ""

    def ask(self, name: str) -> str:
        """Have the preview of a node computed; gives why that cannot be, or nothing."""
        self._name = name
        if not self.is_on:
            return ""
        why_not = self.why_not()
        if not why_not:
            self._timer.start()
        return why_not

    def show_next(self) -> None:
        """Take the next sample."""
        self._sample += 1
        self._start()

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir, self._previewer = data_dir, None
        self._start()

    def _start(self) -> None:
        name, model, sample = self._name, self._model, self._sample
        if not self.is_on or name not in model.document.graph:
            return
        document = model.root.copy()  # the thread reads it while one goes on editing
        path = tuple((step.block, step.use) for step in model.path_of_scopes)
        weights = self._training.weights_for(model.root)

        def look() -> tuple[str, object]:
            if self._previewer is None:
                from engine.preview import Previewer  # imports PyTorch

                self._previewer = Previewer(self._data_dir)
            return name, self._previewer.look(document, path, name, sample, weights)

        self._calls.ask(look)

    def _answer(self, found: tuple[str, object]) -> None:
        self.shown.emit(*found)

    def _of(self, problem: object) -> tuple[str, object]:
        """A failure is that of the newest order: those overtaken are not told."""
        return self._name, problem

    def _on_training(self, state: TrainingState) -> None:
        if state is TrainingState.IDLE and self._name:
            self.ask(self._name)  # with what was learned

    def close(self) -> None:
        """Forget what was asked, and wait for the thread."""
        self._timer.stop()
        self._calls.close()
