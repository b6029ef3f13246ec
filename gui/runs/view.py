"""The runs of a history: the table, and beside it what the chosen ones show.

Made after the first frame: it reads SQLite and, once curves are wanted, draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Refusal
from engine.run_comparison import document_of
from engine.run_curves import CurveShelf
from engine.run_record import RUNNING, Run
from engine.run_table import Row, row_of
from engine.runs import Runs
from gui.cards import label
from gui.runs.differences import DifferencesView
from gui.runs.exports import RunExporter
from gui.runs.side_by_side import SideBySide
from gui.runs.table import RunTable
from gui.runs.which_runs import WhichRuns
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # pyqtgraph: when curves are first shown
    from gui.runs.curve_plot import CurvePlot

tr = Texts("runs")

_SHARES = (5, 4)
"""How table and curves share the room: names of runs take more of it than curves."""


class RunsView(QWidget):
    """A history's runs: find, compare, go on with, keep and throw away."""

    document_restored = Signal(object, object)
    """The document of a run, to be opened as one that is not saved yet."""
    resume_wanted = Signal(object)
    """A `Run` to go on with."""
    larger_wanted = Signal()
    """To have a window of its own, or to go back out of it."""
    refused = Signal(str)
    noted = Signal(str)

    def __init__(
        self,
        history: Runs,
        theme: Theme,
        parent: QWidget | None = None,
        name: Callable[[], str] = str,
    ) -> None:
        """`name` gives the name of the document in front, as its runs have it."""
        super().__init__(parent)
        self._history = history
        self._name = name
        self._theme = theme
        self._shelf = CurveShelf()
        self._trashed: list[int] = []
        self._newest: int | None = None
        """The latest of the runs that were shown when the history was read."""
        self.exporter = RunExporter(self)
        self.exporter.refused.connect(self.refused)
        self.exporter.exported.connect(self.noted)
        self.table = RunTable(theme, self)
        self.plot: CurvePlot | None = None
        self.differences = DifferencesView(self)
        self.details = QTabWidget(self)
        self.details.setAccessibleName(tr("What the chosen runs show"))
        self._plot_page = QWidget(self.details)
        QVBoxLayout(self._plot_page).setContentsMargins(4, 0, 0, 0)
        self.details.addTab(self._plot_page, tr("Curves"))
        self.details.addTab(self.differences, tr("What differs"))
        self._lay_out()
        self.table.chosen.connect(self._show_chosen)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.star_wanted.connect(self._toggle_star)
        self.table.delete_wanted.connect(self.delete_chosen)
        self.table.runs.annotated.connect(self._annotate)
        self.details.currentChanged.connect(lambda _: self._show_chosen())

    def _lay_out(self) -> None:
        self.which = WhichRuns(self)
        self.which.activated.connect(self._switch)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(tr("Filter: adam  tag:best  seed=0  -failed"))
        self.filter.setAccessibleName(tr("Filter of the runs"))
        self.filter.setToolTip(
            tr(
                "Words that the name, tags, note or settings hold; optimizer=SGD asks "
                "for that very value, tag:x for a tag, -x for runs without x"
            )
        )
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.table.set_filter)
        self.filter.textChanged.connect(lambda _: self._say_count())
        self.count = label("", "caption", self)
        self.count.setWordWrap(False)
        self.sides = SideBySide(
            self.table, self.details, tr("curves"), self, shares=_SHARES
        )
        self.sides.arranged.connect(self._show_chosen)
        self.larger = QPushButton(tr("Larger"), self)
        self.larger.setToolTip(
            tr("Show the runs in a window of their own, or here again")
        )
        self.larger.clicked.connect(self.larger_wanted)
        self.menu_button = QPushButton(tr("Actions"), self)
        self.menu_button.setAccessibleName(tr("What can be done with the chosen runs"))
        self.columns = QMenu(tr("Columns"), self)
        self.columns.aboutToShow.connect(lambda: self.table.fill_columns(self.columns))
        self.menu = QMenu(self.menu_button)
        self.menu.aboutToShow.connect(lambda: self._fill(self.menu))
        self.menu_button.setMenu(self.menu)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.which)
        row.addWidget(self.filter, 1)
        row.addWidget(self.count)
        for button in (self.sides.toggle, self.larger, self.menu_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.sides, 1)
        column.addWidget(self._make_undo())

    def _make_undo(self) -> QFrame:
        self.undo_bar = QFrame(self)
        self.undo_bar.setProperty("role", "card")
        row = QHBoxLayout(self.undo_bar)
        row.setContentsMargins(10, 3, 4, 3)
        self.undo_text = label("", "plain", self.undo_bar)
        self.undo_button = QPushButton(tr("Undo"), self.undo_bar)
        self.undo_button.setToolTip(tr("Bring the deleted runs back"))
        self.undo_button.clicked.connect(self.undelete)
        row.addWidget(self.undo_text, 1)
        row.addWidget(self.undo_button)
        self.undo_bar.hide()
        return self.undo_bar

    # Showing.

    def refresh(self) -> None:
        """Read the history again."""
        try:
            rows = [row_of(run, self._shelf.of(run)) for run in self._history.list()]
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        newest = self._newest
        follows = newest is None or [run.id for run in self.chosen] == [newest]
        network = self.which.network(self._name(), [row.run for row in rows])
        self.table.set_network(network)
        self.table.show_rows(rows)
        shown = [row for row in rows if network in ("", row.run.name)]
        self._newest = max((row.run.id for row in shown), default=None)
        if follows and self._newest is not None and self._newest != newest:
            self.table.select([self._newest])
        self._say_count()

    def _switch(self) -> None:
        """Other networks' runs are wanted: what was chosen stays so, if it is shown."""
        before = [run.id for run in self.chosen]
        self.refresh()
        self.table.select(before)
        if not self.chosen and self._newest is not None:
            self.table.select([self._newest])

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.table.runs.set_theme(theme)
        if self.plot is not None:
            self.plot.set_theme(theme)

    def close_view(self) -> None:
        """Wait for what is written, and delete for good what was deleted."""
        self.exporter.wait()
        self._try(lambda: self._history.purge(self._trashed))

    @property
    def chosen(self) -> list[Run]:
        """The selected runs, in the order of the table."""
        return [row.run for row in self.table.selected]

    def _say_count(self) -> None:
        shown, total = len(self.table.runs.rows), self.table.runs.of_network
        runs = tr.counted(total, "1 run", "{count} runs")
        self.count.setText(
            runs if shown == total else tr("{shown} of {runs}", shown=shown, runs=runs)
        )

    def _show_chosen(self) -> None:
        rows = self.table.selected
        is_plotted = self.details.currentWidget() is self._plot_page
        if self.details.currentWidget() is self.differences:
            self.differences.show_runs([row.run for row in rows])
        is_seen = self.isVisible() and self.details.isVisibleTo(self)
        if is_plotted and is_seen:
            self._draw(rows)
        places = {row.run.id: place for place, row in enumerate(rows)}
        self.table.runs.show_strokes(places if is_plotted and is_seen else {})

    def _draw(self, rows: Sequence[Row]) -> None:
        from gui.runs.curve_plot import CurvePlot, Drawn  # imports pyqtgraph

        if self.plot is None:
            self.plot = CurvePlot(self._theme, self._plot_page)
            layout = self._plot_page.layout()
            if layout is not None:
                layout.addWidget(self.plot)
        self.plot.show_runs(
            [
                Drawn(
                    title=f"{row.run.id} · {row.run.title}",
                    curves=self._shelf.of(row.run),
                    losses=self._shelf.losses_of(row.run),
                )
                for row in rows
            ]
        )

    def show_enlarged(self, is_enlarged: bool) -> None:
        """Say on the button whether there is a window of its own to leave."""
        self.larger.setText(tr("Smaller") if is_enlarged else tr("Larger"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()  # another tab may have deleted or renamed runs

    # What can be done.

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu)
        menu.popup(at)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        runs = self.chosen
        one = runs[0] if len(runs) == 1 else None
        resumable = one is not None and one.is_unfinished
        ended = bool(runs) and all(run.state != RUNNING for run in runs)
        entries: tuple[tuple[str, Callable[[], object], bool] | None, ...] = (
            (tr("Go on with the training"), self.resume_chosen, resumable),
            (tr("Open its document"), self.restore_chosen, one is not None),
            None,
            (tr("Rename"), lambda: self._edit("name"), one is not None),
            (tr("Change the tags"), lambda: self._edit("tags"), one is not None),
            (tr("Write a note"), lambda: self._edit("note"), one is not None),
            (_star_text(runs), self._star_chosen, bool(runs)),
            None,
            (
                tr("Compare the two"),
                lambda: self.sides.bring(self.differences),
                len(runs) == 2,
            ),
            (tr("Curves as CSV…"), lambda: self.exporter.ask_csv(runs), bool(runs)),
            (
                tr("Curves as CSV, with every step…"),
                lambda: self.exporter.ask_csv(runs, each_step=True),
                bool(runs),
            ),
            (
                tr("Curves for TensorBoard…"),
                lambda: self.exporter.ask_tensorboard(runs),
                bool(runs),
            ),
            (
                tr("Write to MLflow…"),
                lambda: self.exporter.ask_mlflow(runs),
                bool(runs),
            ),
            None,
            (tr("Delete"), self.delete_chosen, ended),
        )
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, act, is_enabled = entry
            action = menu.addAction(text)
            action.setEnabled(is_enabled)
            action.triggered.connect(lambda _=False, act=act: act())
        menu.addSeparator()
        menu.addMenu(self.columns)

    def resume_chosen(self) -> None:
        """Go on with the chosen run after its last checkpoint."""
        for run in self.chosen[:1]:
            self.resume_wanted.emit(run)

    def restore_chosen(self) -> None:
        """Open the document that the chosen run trained."""
        for run in self.chosen[:1]:
            self._try(
                lambda run=run: self.document_restored.emit(document_of(run), run)
            )

    def delete_chosen(self) -> None:
        """Take the chosen runs out of the table; they can be brought back."""
        numbers = [run.id for run in self.chosen]
        if numbers and self._try(lambda: self._history.trash(numbers)):
            self._trashed += numbers
            self._show_undo()
            self.refresh()

    def undelete(self) -> None:
        """Bring back everything that was deleted here."""
        numbers, self._trashed = self._trashed, []
        if self._try(lambda: self._history.restore(numbers)):
            self.refresh()
            self.table.select(numbers)
        self._show_undo()

    def _show_undo(self) -> None:
        count = len(self._trashed)
        self.undo_text.setText(
            tr.counted(
                count,
                "1 deleted run is gone for good once this document is closed.",
                "{count} deleted runs are gone for good once this document is closed.",
            )
        )
        self.undo_bar.setVisible(count > 0)

    def _edit(self, column: str) -> None:
        """Let a cell of the chosen run be typed into."""
        from engine.run_table import COLUMNS

        self.sides.bring_table()
        place = self.table.runs.row_of(self.chosen[0].id)
        names = [each.name for each in COLUMNS]
        if place is not None:
            self.table.show_column(names.index(column))
            index = self.table.runs.index(place, names.index(column))
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
            self.table.edit(index)

    def _star_chosen(self) -> None:
        starred = not all(run.is_starred for run in self.chosen)
        for run in self.chosen:
            self._annotate(run.id, "starred", starred)

    def _toggle_star(self, number: int) -> None:
        run = self._history.get(number)
        self._annotate(number, "starred", not run.is_starred)

    def _annotate(self, number: int, what: str, value: object) -> None:
        changed = {what: value}
        if self._try(lambda: self._history.annotate(number, **changed)):  # type: ignore[arg-type]
            typed_here = self.table.isAncestorOf(QApplication.focusWidget() or self)
            self.refresh()  # the cell's editor goes, and the keyboard would with it
            if typed_here:
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return False
        return True


def _star_text(runs: Sequence[Run]) -> str:
    return (
        tr("Take the star away")
        if runs and all(r.is_starred for r in runs)
        else tr("Star")
    )
