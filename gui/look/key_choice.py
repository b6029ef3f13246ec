"""Where the keyboard comes into a list or a table, something is chosen to be seen."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView


def choose_current(view: QAbstractItemView) -> None:
    """Choose what the next arrow would leave: Qt makes it current, and shows it not."""
    at = view.currentIndex()
    chooser = view.selectionModel()
    if at.isValid() and chooser is not None and not chooser.hasSelection():
        view.setCurrentIndex(at)
