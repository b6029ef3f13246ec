"""The data of a document, looked at: loaded on a thread, shown a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.document import DataConfig
from engine.problems import Problem
from gui.cards import label
from gui.data_panel.controls import Controls
from gui.data_panel.details import Details
from gui.data_panel.latest import Latest
from gui.data_panel.loading import Progress, find_figures, load_to_show
from gui.data_panel.pages import (
    DUPLICATES,
    Figures,
    Loaded,
    Unusable,
)
from gui.data_panel.rows import RowsTable
from gui.data_panel.samples import SamplePages
from gui.document_model import DocumentModel
from gui.missing_data import MISSING
from gui.runs.side_by_side import SideBySide
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("data")

_QUIET_MILLISECONDS = 300
"""So long nothing is typed before changed data is loaded."""
_KEPT_MILLISECONDS = 60_000
"""So long the data is kept in memory while nobody sees it."""
_NEWS_MILLISECONDS = 200


class DataView(QWidget):
    """Samples with their controls, and the figures of the data beside them."""

    larger_wanted = Signal()
    """To have a window of its own, or to go back out of it."""
    folder_wanted = Signal()
    """To say in which folder the data sets are."""

    def __init__(
        self,
        model: DocumentModel,
        data_dir: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._data_dir = data_dir
        self._theme = theme
        self.loaded: Loaded | None = None
        """The data, while it is in memory."""
        self._figures: Figures | None = None
        self._wanted: DataConfig | None = None
        self._may_download = self._offers_download = False
        self._progress = Progress()
        self.loading, self.reading = Latest(self), Latest(self)
        self.controls = Controls(self)
        self.samples = SamplePages(model, self.controls, theme, self)
        self.details = Details(model, theme, self)
        self._lay_out()
        self._connect()
        self._quiet = self._timer(_QUIET_MILLISECONDS, self._load)
        self._letting_go = self._timer(_KEPT_MILLISECONDS, self.let_go)
        self._news = self._timer(_NEWS_MILLISECONDS, self._tell_progress)
        self._news.setSingleShot(False)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def _lay_out(self) -> None:
        self.sides = SideBySide(
            self.samples, self.details, tr("figures"), self, tr("Samples")
        )
        self.larger = QPushButton(tr("Larger"), self)
        self.larger.setToolTip(
            tr("Show the data in a window of its own, or here again")
        )
        self.controls.beside.addWidget(self.sides.toggle)
        self.controls.beside.addWidget(self.larger)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 2, 10, 6)
        column.setSpacing(4)
        column.addWidget(self.controls)
        column.addWidget(self.sides, 1)
        self.message = label("", "muted", self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message_button = QPushButton("", self)
        self.folder_button = QPushButton(tr("Choose the folder"), self)
        self.folder_button.setToolTip(
            tr("Say where the data sets are, if you have them on this computer")
        )
        self.as_written = RowsTable(tr("The file as it is"), self._theme, self)
        message = QWidget(self)
        middle = QVBoxLayout(message)
        middle.addStretch(1)
        middle.addWidget(self.message)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.message_button)
        row.addWidget(self.folder_button)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addWidget(self.as_written, 100)
        middle.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(message)
        self._stack.addWidget(content)

    def _connect(self) -> None:
        self.larger.clicked.connect(self.larger_wanted)
        self.loading.answered.connect(self._take_loaded)
        self.loading.failed.connect(self._fail)
        self.reading.answered.connect(self._take_figures)
        self.reading.failed.connect(self._fail_figures)
        self.samples.failed.connect(self._fail)
        self.details.duplicates_wanted.connect(self._show_duplicates)
        self.details.augmented.connect(self._show_augmented)
        self.message_button.clicked.connect(self._answer_message)
        self.folder_button.clicked.connect(self.folder_wanted)
        self._model.data_changed.connect(self._follow)
        self._model.replaced.connect(self._follow)

    # Loading.

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir
        self._drop()
        if self.isVisible():
            self._load()

    def _follow(self) -> None:
        """The document names other data, or the same again."""
        self._may_download = False
        if self.isVisible() and self._wanted != self._model.root.data:
            self.say(tr("Loading…"))
            self._quiet.start()

    def _answer_message(self) -> None:
        """The button below a sentence was pressed: it does what it says."""
        self._may_download = self._may_download or self._offers_download
        self._load()

    def _load(self) -> None:
        """Load the document's data, unless it is there or on its way."""
        config = self._model.root.data
        if config == self._wanted and (self.loaded is not None or self.loading.is_busy):
            return
        self._drop()
        self._wanted = config
        self.say(tr("Loading…"))
        self._progress = Progress()
        self._news.start()
        self.loading.ask(
            partial(
                load_to_show, config, self._data_dir, self._may_download, self._progress
            )
        )

    def _drop(self) -> None:
        """Let go of the data, and of what was still to be found out about it."""
        self._progress.stop()
        for each in (self.loading, self.reading):
            each.forget()
        self.loaded, self._wanted = None, None
        self.samples.forget()

    def let_go(self) -> None:
        """Give the memory back; what is shown again is loaded again."""
        if not self.isVisible():
            self._drop()

    def _tell_progress(self) -> None:
        if self.loading.is_busy and self._progress.text:
            self.message.setText(self._progress.text)

    def say(self, text: str, button: str = "") -> None:
        """Show a sentence in place of the data, and a button if there is a remedy."""
        self.message.setText(text)
        self.message_button.setText(button)
        self.message_button.setVisible(bool(button))
        self._offers_download = False
        self.folder_button.hide()
        self.as_written.hide()
        self._stack.setCurrentIndex(0)

    def _take_loaded(self, answer: object) -> None:
        self._news.stop()
        if isinstance(answer, str):  # not on this machine yet
            self.say(answer, tr("Download now"))
            self._offers_download = True
            self.folder_button.show()
            return
        if isinstance(answer, Unusable):
            self._fail(answer.problem)
            self.as_written.show_rows(answer.heads, answer.rows, answer.numbers)
            self.as_written.show()
            return
        loaded, reader = answer  # type: ignore[misc]  # as `load_to_show` gives them
        known = self._model.data
        if known is not None and (self._may_download or known.is_refused):
            known.look_again()
        self.loaded = loaded
        self.controls.offer(list(loaded.splits.classes), list(loaded.info.inputs))
        self.details.show_loaded(loaded)
        self._stack.setCurrentIndex(1)
        if self._figures is not None and self._figures.config == loaded.config:
            self._take_figures(self._figures)
        else:
            self.reading.ask(partial(find_figures, loaded))
        self.samples.show_loaded(loaded, reader)

    def _take_figures(self, figures: Figures) -> None:
        if self.loaded is None:
            return
        self._figures = figures
        self.details.show_figures(figures, len(self.loaded.splits.test))
        self.samples.show_figures(figures)

    def _fail(self, problem: Problem) -> None:
        self._news.stop()
        self.say(problem.sentence(), tr("Try again"))
        self.folder_button.setVisible(problem.code == MISSING)
        self.loaded = None  # to be loaded anew
        self.samples.forget()

    def _fail_figures(self, problem: Problem) -> None:
        self.details.say_figures(problem.sentence())

    # What the details ask for.

    def _show_duplicates(self) -> None:
        self.sides.bring_table()
        self.controls.choose_part(DUPLICATES)

    def _show_augmented(self) -> None:
        """Who changes how samples are changed wants to see it."""
        if self._model.root.recipe.augments:
            self.controls.seen.setChecked(True)
            self.samples.follow_recipe()

    # From when it is shown to the end.

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.samples.set_theme(theme)
        self.as_written.rows.set_theme(theme)
        self.details.set_theme(theme)

    def show_enlarged(self, is_large: bool) -> None:
        """Say where the view is."""
        self.larger.setText(tr("Smaller") if is_large else tr("Larger"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._letting_go.stop()
        self._load()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._letting_go.start()

    def close_view(self) -> None:
        """Stop what is loading, and wait for the threads."""
        for timer in (self._quiet, self._letting_go, self._news):
            timer.stop()
        self._drop()
        for each in (self.loading, self.reading, self.samples.paging):
            each.close()
