"""Which trained network is looked at: that of the last training, or of an older run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.document import Document
from engine.showing.likeness import computes_alike
from gui.look.latest_call import LatestCall
from gui.texts import Texts
from gui.training.controller import TrainingController

if TYPE_CHECKING:  # SQLite and PyTorch: after the first frame
    from engine.run_record import Run
    from engine.runs import Runs
    from engine.showing.trained import Trained

tr = Texts("look")

MOST_RUNS = 30
NOT_TRAINED = tr.mark(
    "Press Train, or choose above: an older run, if there is one, or "
    "“Before training” for the network as it begins."
)
IS_TRAINING = tr.mark(
    "The network is in training: what it learned can be used when it ends."
)
WAS_EDITED = tr.mark(
    "The network was edited since it was trained: train it again, or choose the run."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A network that can be looked at."""

    title: str
    folder: Path | None
    """Of the run; None stands for the network as it is before any training."""


BEGINNING = Choice(tr.mark("Before training"), None)


class TrainedSource(QObject):
    """Loads a run's network and its data, in the background, once for all who ask."""

    changed = Signal()
    """Another network would be looked at, or none any more."""
    loaded = Signal(object)
    """The `Trained` that was asked for."""
    failed = Signal(object)
    """Why it cannot be had, as a `Problem`."""

    def __init__(
        self,
        controller: TrainingController,
        document: Callable[[], Document],
        data_dir: Path,
        parent: QObject | None = None,
    ) -> None:
        """`document` gives the one that is open."""
        super().__init__(parent)
        self._controller = controller
        self._document = document
        self._data_dir = data_dir
        self._chosen: Choice | None = None
        self._trained: Trained | None = None
        self._loading = LatestCall(self)
        self._loading.answered.connect(self._take)
        self._loading.failed.connect(self.failed)
        self._said = ""
        self._begun: Document | None = None
        """What was loaded as it is before training."""
        controller.state_changed.connect(lambda _: self._follow())

    @property
    def trained(self) -> Trained | None:
        """The network, once it was asked for and is there."""
        return self._trained

    @property
    def is_loading(self) -> bool:
        """Whether it was asked for and is not there yet."""
        return self._loading.is_busy

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir
        self.forget()

    def choose(self, choice: Choice | None) -> None:
        """Look at an older run; None is the last training of this window."""
        if choice != self._chosen:
            self._chosen = choice
            self.forget()

    def forget(self) -> None:
        """What was loaded is of no use any more."""
        self._trained = None
        self._said = self.why_not()
        self.changed.emit()

    def _follow(self) -> None:
        """A training begins, goes on or ends; an older run stays as it is."""
        if self._chosen is None:
            self.forget()

    def note_edit(self) -> None:
        """The document was edited: the last training may fit it no more, or again."""
        if self._chosen == BEGINNING:
            is_another = self._begun is not None and not _begin_alike(
                self._begun, self._document()
            )
        else:
            is_another = self._chosen is None and self.why_not() != self._said
        if is_another:
            self.forget()

    def why_not(self) -> str:
        """Why there is no network to look at, in a sentence; empty if there is one."""
        if self._chosen is not None:
            return ""
        if self._controller.is_busy:
            return tr.of(IS_TRAINING)
        if self._controller.weights_for(self._document()) is not None:
            return ""
        is_edited = self._controller.learned is not None
        return tr.of(WAS_EDITED if is_edited else NOT_TRAINED)

    def heading(self) -> str:
        """What stands over `why_not`, in few words; empty where nothing does."""
        is_bare = self.why_not() == tr.of(NOT_TRAINED)
        return tr("Not trained yet") if is_bare else ""

    def ask(self) -> None:
        """Load the network; `loaded` or `failed` follows. Nothing if there is none."""
        if self._trained is not None:
            self.loaded.emit(self._trained)
        elif not self.is_loading and not self.why_not():
            self._loading.ask(self._load())

    def _load(self) -> Callable[[], object]:
        data_dir, chosen = self._data_dir, self._chosen
        document = self._controller.learned
        begun = self._document().copy() if chosen == BEGINNING else None
        self._begun = begun
        weights = self._controller.weights_for(self._document())

        def load() -> tuple[Choice | None, object]:
            from engine.run_record import DOCUMENT, FINAL
            from engine.showing.trained import load_trained  # imports PyTorch
            from engine.storage import load as read

            if begun is not None:
                return chosen, load_trained(begun, None, data_dir)
            if chosen is not None and chosen.folder is not None:
                path = chosen.folder / FINAL
                return chosen, load_trained(
                    read(chosen.folder / DOCUMENT), path, data_dir
                )
            if document is None or weights is None:
                raise LookupError("nothing was trained")
            return None, load_trained(document, weights, data_dir)

        return load

    def _take(self, found: tuple[Choice | None, Trained]) -> None:
        chosen, trained = found
        if chosen != self._chosen or self.why_not():
            self.changed.emit()  # another was chosen meanwhile
            return
        self._trained = trained
        self.loaded.emit(trained)

    def close(self) -> None:
        """Wait for what is being loaded."""
        self._loading.close()
        self._trained = None


def _begin_alike(one: Document, other: Document) -> bool:
    """Whether two documents are the same before any training."""
    return (
        computes_alike(one, other)
        and one.data == other.data
        and one.recipe.seed == other.recipe.seed
    )


def choices_of(history: Runs, name: str) -> Sequence[Choice]:
    """The runs of documents called `name` that left weights, the newest first."""
    from engine.run_record import FINAL

    found: list[Choice] = []
    for run in history.list():
        if run.name == name and (run.folder / FINAL).is_file():
            found.append(Choice(_title(run), run.folder))
        if len(found) == MOST_RUNS:
            break
    return found


def _title(run: Run) -> str:
    from engine.figures import metric_text

    title = tr("Run {id}", id=run.id)
    if run.own_title or run.variant:
        title += f" · {run.own_title or run.variant}"
    for name, value in run.result.items():
        is_metric = name.startswith("test_") and name != "test_loss"
        if is_metric and isinstance(value, (int, float)):
            return f"{title} · {metric_text(name.removeprefix('test_'), value)}"
    return title
