"""The Data tab; what is in it is made when it is first shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.cards import EmptyState
from gui.document_model import DocumentModel
from gui.runs.side_by_side import Enlarging
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # the sources are declared in many modules: after the first frame
    from gui.data_panel.view import DataView

tr = Texts("data")


class DataPanel(Enlarging):
    """Holds the view of the data, in its tab or in a window of its own."""

    folder_wanted = Signal()
    """To say in which folder the data sets are."""

    def __init__(
        self, model: DocumentModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Data"), parent)
        self._model = model
        self._theme = theme
        self._data_dir: Path | None = None
        self.view: DataView | None = None
        self._empty = EmptyState("", tr("Loading…"), self)
        self.text = self._empty.text
        self.hold(self._empty)

    def look_in(self, data_dir: Path) -> None:
        """Find data there; the first frame is on screen."""
        self._data_dir = data_dir
        if self.view is not None:
            self.view.look_in(data_dir)
        elif self.isVisible():
            self.open()

    def open(self) -> DataView | None:
        """Make what is in the tab, if it can be made."""
        if self.view is not None or self._data_dir is None:
            return self.view
        from gui.data_panel.view import DataView

        self.view = DataView(self._model, self._data_dir, self._theme, self)
        self.view.larger_wanted.connect(self._enlarge)
        self.view.folder_wanted.connect(self.folder_wanted)
        self.enlarged.connect(self.view.show_enlarged)
        self._empty.say("", tr("The data is shown in a window of its own."))
        self.hold(self.view)
        return self.view

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        if self.view is not None:
            self.view.set_theme(theme)

    def _enlarge(self) -> None:
        if self.view is not None:
            self.enlarge(self.view, self._empty)

    def close_panel(self) -> None:
        """Stop what is loading."""
        self.bring_back()
        if self.view is not None:
            self.view.close_view()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self.open)  # the tab itself is drawn first
