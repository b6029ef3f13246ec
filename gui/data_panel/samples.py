"""The samples of loaded data, a page at a time: as pictures or as rows of a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from gui.data_panel.controls import Controls
from gui.data_panel.grid import SampleGrid
from gui.data_panel.latest import Latest
from gui.data_panel.loading import ROWS
from gui.data_panel.pages import DUPLICATES, GRID, Figures, Loaded, Page, Wish
from gui.data_panel.rows import RowsTable
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: on the thread that loads
    from gui.data_panel.reading import Reader

tr = Texts("data")


class SamplePages(QWidget):
    """Asks for the page that the controls describe, and shows it."""

    failed = Signal(object)
    """The `Problem` with which a page could not be read."""

    def __init__(
        self,
        model: DocumentModel,
        controls: Controls,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controls = controls
        self._loaded: Loaded | None = None
        self._reader: Reader | None = None
        self._figures: Figures | None = None
        self._first, self._seed = 0, 0
        self.paging = Latest(self)
        self.grid = SampleGrid(theme, self)
        self.table = RowsTable(tr("Samples"), theme, self)
        self._forms = QStackedLayout(self)
        self._forms.addWidget(self.grid)
        self._forms.addWidget(self.table)
        self.paging.answered.connect(self._take)
        self.paging.failed.connect(self.failed)
        controls.changed.connect(self._begin)
        controls.turned.connect(self.turn)
        controls.redrawn.connect(self.redraw)
        self.grid.turned.connect(self.turn)
        self.grid.resized.connect(self._ask)
        model.recipe_changed.connect(self.follow_recipe)

    def show_loaded(self, loaded: Loaded, reader: Reader) -> None:
        """Show data from its beginning."""
        self._loaded, self._reader = loaded, reader
        self.follow_recipe()
        self._begin()

    def show_figures(self, figures: Figures) -> None:
        """Which samples are duplicates is known now."""
        self._figures = figures
        self._controls.offer_duplicates(figures.duplicates.count > 0)

    def forget(self) -> None:
        """Let go of the data."""
        self.paging.forget()
        self._loaded, self._reader = None, None
        self.grid.show_page(None)
        self.table.show_rows((), ())

    def turn(self, pages: int) -> None:
        """Go some pages on, or back where negative."""
        first = self._first + pages * self._count()
        if first >= 0 and (pages < 0 or self._controls.on.isEnabled()):
            self._first = first
        elif pages < 0:
            self._first = 0
        self._ask()

    def redraw(self) -> None:
        """Change the samples anew, as a training does in every epoch."""
        self._seed += 1
        self._ask()

    def follow_recipe(self) -> None:
        """Show samples changed as the recipe says now, where it does."""
        was_augmented = self._controls.is_augmented
        self._controls.allow_augmented(self._model.root.recipe.augments)
        if self._controls.is_augmented or was_augmented:
            self._ask()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.grid.set_theme(theme)
        self.table.rows.set_theme(theme)

    def _begin(self) -> None:
        self._first = 0
        self._ask()

    def _is_table(self) -> bool:
        return self._forms.currentWidget() is self.table

    def _count(self) -> int:
        return ROWS if self._is_table() else self.grid.room

    def _wish(self) -> Wish:
        controls, figures = self._controls, self._figures
        pairs = figures.duplicates.first if figures is not None else ()
        count = self._count()
        if controls.chosen_part == DUPLICATES:
            self._first -= self._first % 2  # a pair stays together
            count += count % 2
        return Wish(
            part=controls.chosen_part,
            field=str(controls.field.currentData()),
            class_number=controls.chosen_class,
            first=self._first,
            count=count,
            pairs=pairs,
            recipe=self._model.root.recipe if controls.is_augmented else None,
            seed=self._seed,
        )

    def _ask(self) -> None:
        if self._loaded is None or self._reader is None:
            return
        field = str(self._controls.field.currentData())
        spec = self._loaded.info.inputs[field]
        self.grid.expect(spec.shape, self._loaded.splits.classes)
        self.paging.ask(partial(self._reader.page, self._wish()))

    def _take(self, page: Page) -> None:
        if self._loaded is None:
            return
        is_grid = page.form == GRID
        had_other = is_grid is self._is_table()
        self._forms.setCurrentWidget(self.grid if is_grid else self.table)
        if had_other:  # the other has room for another number of samples
            self._ask()
            return
        self._controls.show_place(page)
        if is_grid:
            self.grid.show_page(page)
        else:
            self.table.show_rows(page.heads, page.rows, page.numbers, page.notes)
