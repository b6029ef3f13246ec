"""The pages of the Help menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions import shortcut_rows

GESTURES = (
    ("Canvas", "Add a layer here", "Tab, or double-click"),
    ("Canvas", "Draw an edge", "drag from a port to another"),
    ("Canvas", "Put a layer on an edge", "drop it there"),
    ("Canvas", "Move the view", "middle button, or Space and drag"),
    ("Canvas", "Zoom", "wheel"),
)


class ShortcutsPage(QDialog):
    """All keys and gestures on one page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.resize(560, 620)
        rows = [*shortcut_rows(), *GESTURES]
        self.table = QTableWidget(len(rows), 3, self)
        self.table.setAccessibleName("Shortcuts")
        self.table.setHorizontalHeaderLabels(["Where", "What", "Keys"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(self.table)
        column_layout.addWidget(buttons)


def show_about(parent: QWidget) -> None:
    """Say what this program is."""
    QMessageBox.about(
        parent,
        "About Espalier",
        "<b>Espalier</b><p>Build neural networks by wiring layers, see every shape "
        "while you wire, train on your own machine, and leave with plain PyTorch code."
        "</p><p>Free software under the MIT licence.</p>",
    )
