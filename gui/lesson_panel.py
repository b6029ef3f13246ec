"""The Lesson tab: the text of the open lesson, and all lessons to open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label

_INDENT = 14  # pixels: Qt's 40 leave too little of a side panel


class LessonPanel(QWidget):
    """Shows a lesson beside its network, or the list to choose from."""

    lesson_chosen = Signal(str)
    """The id of the lesson to open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 8)
        column.addWidget(self._stack)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Lessons")
        self.list.setWordWrap(True)
        self.list.setSpacing(1)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        choice = QWidget(self)
        choice_column = QVBoxLayout(choice)
        choice_column.setContentsMargins(0, 0, 0, 0)
        choice_column.addWidget(label("Open a lesson to begin with.", "muted", choice))
        choice_column.addWidget(self.list, 1)
        reading = QWidget(self)
        reading_column = QVBoxLayout(reading)
        reading_column.setContentsMargins(0, 0, 0, 0)
        self.back = QPushButton("All lessons", reading)
        self.back.setProperty("role", "flat")
        self.back.clicked.connect(lambda: self._stack.setCurrentIndex(0))
        self.text = QTextBrowser(reading)
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName("Text of the lesson")
        self.text.document().setIndentWidth(_INDENT)
        reading_column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        reading_column.addWidget(self.text, 1)
        self._stack.addWidget(choice)
        self._stack.addWidget(reading)

    def load_lessons(self) -> None:
        """Fill the list; the lessons are read here, after the first frame."""
        from templates import lessons

        self.list.clear()
        for lesson in lessons():
            item = QListWidgetItem(lesson.title)
            item.setData(Qt.ItemDataRole.UserRole, lesson.id)
            item.setToolTip(lesson.summary)
            self.list.addItem(item)

    def show_lesson(self, lesson_id: str | None) -> None:
        """Show the text of a lesson; None shows the list."""
        if lesson_id is None:
            self._stack.setCurrentIndex(0)
            return
        from templates import text

        self.text.setMarkdown(text(lesson_id))
        _calm_headings(self.text.document())
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self._stack.setCurrentIndex(1)

    def _choose(self, item: QListWidgetItem) -> None:
        self.lesson_chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _calm_headings(document: QTextDocument) -> None:
    """Make headings as large as a side panel bears: Qt's are those of a page."""
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            cursor = QTextCursor(block)
            cursor.movePosition(
                QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            look = QTextCharFormat()
            look.setProperty(
                QTextFormat.Property.FontSizeAdjustment, 1 if level == 1 else 0
            )
            cursor.mergeCharFormat(look)
        block = block.next()
