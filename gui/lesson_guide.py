"""How a lesson is written, on a page of its own, with an example to copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.texts import Texts

tr = Texts("lessons")

_SIZE = (760, 600)  # fits the smallest window
COPY = "my-lesson"
"""What the copied example's folder is called."""


class LessonGuide(QDialog):
    """Shows the guide for teachers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        import templates  # lessons are read after the first frame

        super().__init__(parent)
        self.setWindowTitle(tr("Write a lesson"))
        self.resize(*_SIZE)
        column = QVBoxLayout(self)
        self.page = QTextBrowser(self)
        self.page.setAccessibleName(tr("How a lesson is written"))
        self.page.setOpenExternalLinks(True)
        self.page.setMarkdown(templates.GUIDE.read_text(encoding="utf-8"))
        column.addWidget(self.page, 1)
        self.said = label("", "muted", self)
        self.said.hide()
        column.addWidget(self.said)
        row = QHBoxLayout()
        self.copy = QPushButton(tr("Copy the example…"), self)
        self.copy.setToolTip(tr("Put a lesson to begin with into a folder"))
        self.copy.clicked.connect(self._ask_where)
        close = QPushButton(tr("Close"), self)
        close.clicked.connect(self.accept)
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)

    def _ask_where(self) -> None:
        where = QFileDialog.getExistingDirectory(self, tr("Where the example is to go"))
        if where:
            self.copy_example(Path(where))

    def copy_example(self, where: Path) -> None:
        """Copy the example into a new folder in `where`, and say what came of it."""
        import templates

        folder = where / COPY
        try:
            shutil.copytree(templates.lesson(templates.EXAMPLE).folder, folder)
        except FileExistsError:
            said = tr(
                "There is a folder “{folder}” already. Rename it, or choose another "
                "place.",
                folder=folder,
            )
        except OSError as error:
            why = error.strerror or tr("it failed")
            said = tr(
                "“{folder}” cannot be written: {why}. Choose another place.",
                folder=folder,
                why=why,
            )
        else:
            said = tr(
                "The example is in “{folder}”. Edit its files, then open it with "
                "File, Open lesson, A lesson of your own.",
                folder=folder,
            )
        self.said.setText(said)
        self.said.show()


def show_lesson_guide(parent: QWidget) -> None:
    """Open the guide."""
    guide = LessonGuide(parent)
    guide.exec()
    guide.deleteLater()
