"""The list of all lessons, each with how far one is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.layer_list import heading_font
from gui.texts import Texts

if TYPE_CHECKING:  # lessons are read after the first frame
    from gui.lesson_session import LessonSession
    from templates.lesson_files import Lesson

tr = Texts("lessons")

_PADDING, _AROUND = 4 + 8, 10
"""Pixels left and right of a title, by the style sheet and Qt, and around it."""
_AT_THE_LEFT = "QListView::item { padding-left: 0px; }"
"""Titles are in line with those of the lists of layers and blocks."""
_ABOVE = 6  # pixels, between a chapter and the one before it
_LOW = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
_OFF = QPalette.ColorGroup.Disabled
Index = QModelIndex | QPersistentModelIndex


class LessonList(QListWidget):
    """The lessons to choose from."""

    lesson_chosen = Signal(str)
    """The id of the lesson to open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Lessons"))
        self.setWordWrap(True)
        self.setItemDelegate(WholeTitles(self))
        self.setStyleSheet(_AT_THE_LEFT)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def load(self, session: LessonSession | None) -> None:
        """Read the lessons anew, and from `session` how far one is in each."""
        from templates import chapters

        self.clear()
        for chapter in chapters():
            self._add_heading(chapter.title)
            for lesson in chapter.lessons:
                item = QListWidgetItem(_titled(lesson, session))
                item.setData(Qt.ItemDataRole.UserRole, lesson.id)
                item.setToolTip(lesson.summary)
                self.addItem(item)

    def _add_heading(self, title: str) -> None:
        heading = QListWidgetItem(title)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)  # arrows and clicks pass it by
        self.addItem(heading)

    def _choose(self, item: QListWidgetItem) -> None:
        lesson_id = item.data(Qt.ItemDataRole.UserRole)
        if lesson_id is not None:
            self.lesson_chosen.emit(lesson_id)


class WholeTitles(QStyledItemDelegate):
    """Gives a title as many lines as it takes: Qt's own measure forgets the padding.

    A heading is written as those of the lists of layers and blocks.
    """

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if _is_heading(index):
            option.text = option.text.upper()
            option.font = heading_font(option.font)
            option.displayAlignment = _LOW
            muted = option.palette.placeholderText()
            option.palette.setBrush(_OFF, QPalette.ColorRole.Text, muted)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        usual = super().sizeHint(option, index)
        view = self.parent()
        if not isinstance(view, QListWidget):
            return usual
        room = view.viewport().width() - _PADDING
        wrap = Qt.TextFlag.TextWordWrap
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        metrics = QFontMetrics(shown.font)
        tall = metrics.boundingRect(0, 0, room, 10_000, wrap, shown.text).height()
        above = _ABOVE if _is_heading(index) and index.row() else 0
        return QSize(usual.width(), max(usual.height(), tall + _AROUND) + above)


def _is_heading(index: Index) -> bool:
    return index.data(Qt.ItemDataRole.UserRole) is None


def _titled(lesson: Lesson, session: LessonSession | None) -> str:
    done, total = session.progress_of(lesson.id) if session is not None else (0, 0)
    if not done:
        return lesson.title
    mark = "✓ " if done == total else ""
    share = tr("{done} of {total}", done=done, total=total)
    return f"{mark}{lesson.title}  ·  {share}"
