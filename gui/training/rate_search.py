"""Looking for a learning rate to begin with: may it begin, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.edits import SetRecipe
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.training.rate_dialog import RateDialog

tr = Texts("training")


class RateSearch(QWidget):
    """Opens the dialog over the page it belongs to; never shown itself."""

    refused = Signal(str)

    def __init__(
        self,
        model: DocumentModel,
        data_dir: Path,
        why_not: Callable[[], str],
        parent: QWidget,
    ) -> None:
        """`why_not` says why nothing can be trained now; empty where it can."""
        super().__init__(parent)
        self._model = model
        self._data_dir = data_dir
        self._why_not = why_not
        self.hide()

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir

    def begin(self) -> None:
        """Try which learning rate to begin with; what is chosen is one edit."""
        error = self._model.whole.first_error
        if why_not := self._why_not():
            self.refused.emit(why_not)
        elif error is not None:
            self.refused.emit(
                tr("Nothing can be tried yet. {problem}", problem=error.sentence())
            )
        else:
            dialog = RateDialog(self._model.root, self._data_dir, self.parentWidget())
            dialog.chosen.connect(self._use)
            dialog.open()

    def _use(self, rate: float) -> None:
        recipe = replace(self._model.root.recipe, learning_rate=rate)
        edit = SetRecipe(recipe)
        self._model.push(
            tr("Use the learning rate {rate:g}", rate=rate), edit, scope=""
        )
