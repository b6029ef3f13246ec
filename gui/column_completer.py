"""Offers the columns of a table where the name of one is to be written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit


class ColumnCompleter(QCompleter):
    """Completes the name of a column, or the last of several with commas between."""

    def __init__(self, line: QLineEdit, names: Sequence[str], *, many: bool) -> None:
        super().__init__(line)
        self._names = QStringListModel(list(names), self)
        self.setModel(self._names)
        self.popup().setObjectName("columns")
        self._many = many
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(12)

    def offer(self, names: Sequence[str]) -> None:
        """Offer these from now on."""
        if self._names.stringList() != list(names):
            self._names.setStringList(list(names))

    def offer_all(self) -> None:
        """Show every column, whatever is written already."""
        self.setCompletionPrefix("")
        self.complete()

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(",")[2].strip() if self._many else path]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        name = str(index.data())
        line = self.widget()
        if not self._many or not isinstance(line, QLineEdit):
            return name
        before, comma, _ = line.text().rpartition(",")
        return f"{before}, {name}" if comma else name
