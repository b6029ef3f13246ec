"""The command palette: everything there is to do, found by typing a little of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSettings,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.layer_list import heading_font
from gui.palette_entries import SECTION_TITLES, Entry, ranked
from gui.texts import Texts
from gui.theme import Theme
from gui.whole_rows import end_with_whole_row

tr = Texts("palette")

_LETTERS, _ROWS = 100, 20  # its size, in letters and lines of the text
_LAST_KEY = "palette/last"
_LAST_MOST = 30
_LAST_SHOWN = 5
_SECTION_MOST = 12
_Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole + 1
"""The entry that a row is."""


class _Rows(QAbstractListModel):
    """Entries under the headings of their sections."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Entry | str] = []

    def show_rows(self, rows: list[Entry | str]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        each = self.rows[index.row()]
        if role == ENTRY:
            return each
        if role == Qt.ItemDataRole.DisplayRole:
            return each if isinstance(each, str) else each.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return each if isinstance(each, str) else spoken(each)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], Entry):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags


class EntryDelegate(QStyledItemDelegate):
    """Draws a row: the title, the menus that lead to it, and its keys."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        is_entry = isinstance(index.data(ENTRY), Entry)
        return QSize(200, option.fontMetrics.height() + (9 if is_entry else 16))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        each = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(option.font)
        small.setPointSizeF(max(small.pointSizeF() * 0.88, 6.0))
        if isinstance(each, Entry):
            self._paint_entry(painter, option, each, small)
        else:
            self._paint_heading(painter, option, str(each))
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, title: str
    ) -> None:
        """In capitals as in the lists on the left, a line from it to the edge."""
        font = heading_font(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        rect = option.rect.adjusted(10, 0, -10, -4)
        at = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        written = painter.boundingRect(rect, at, title.upper())
        painter.drawText(rect, at, title.upper())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self.theme.border))
        y = written.center().y()
        painter.drawLine(written.right() + 10, y, rect.right(), y)

    def _paint_entry(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        entry: Entry,
        small: QFont,
    ) -> None:
        theme, rect = self.theme, QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            ring = theme.focus if theme.is_high_contrast else theme.raised
            painter.setPen(QColor(ring))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 5, 5)
        middle = Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(10, 0, -10, 0)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        right = entry.why_not or entry.keys
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, right)
        width = painter.fontMetrics().horizontalAdvance(right)
        room.setRight(room.right() - width - (14 if right else 0))
        painter.setFont(option.font)
        painter.setPen(QColor(theme.text if entry.is_enabled else theme.faint))
        title = option.fontMetrics.elidedText(
            entry.title, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, title)
        room.setLeft(room.left() + option.fontMetrics.horizontalAdvance(title) + 12)
        if entry.where and room.width() > 40:
            painter.setFont(small)
            painter.setPen(QColor(theme.muted if entry.is_enabled else theme.faint))
            where = painter.fontMetrics().elidedText(
                entry.where, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, where)


class CommandPalette(QFrame):
    """A popup over the window; Enter does what it stands on, Escape does nothing."""

    def __init__(
        self,
        settings: QSettings,
        theme: Theme,
        entries: Callable[[], Iterable[Entry]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._settings = settings
        self._entries_of = entries
        self._entries: list[Entry] = []
        self._before: QWidget | None = None
        self._height = 0
        """Pixels that it may be high; it is as many lower as a row would be cut."""
        self.setProperty("role", "popup")
        self.setProperty("kind", "window")
        self.setAccessibleName(tr("All commands"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Type what you want to do, or where to go…"))
        self.search.setAccessibleName(tr("Search commands"))
        self.rows = _Rows(self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self._delegate = EntryDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.none = label(tr("Nothing is called that."), "muted", self)
        self.hint = label(
            tr("Up and Down choose · Enter does it · Esc closes"),
            "hint",
            self,
        )
        self.hint.setContentsMargins(11, 8, 0, 2)  # in line with the rows
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(5)
        for each in (self.search, self.none, self.list, self.hint):
            column.addWidget(each, 1 if each is self.list else 0)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.choose)
        self.list.clicked.connect(lambda _: self.choose())

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._delegate.theme = theme

    def open(self) -> None:
        """Open over the upper middle of the window, with all there is to do now."""
        if self.isVisible():
            return
        self._before = QApplication.focusWidget()
        self._entries = list(self._entries_of())
        self.search.clear()
        self._filter("")
        window = self.parentWidget().window()
        metrics = self.fontMetrics()
        width = min(metrics.averageCharWidth() * _LETTERS, window.width() - 40)
        height = min(metrics.height() * 3 * _ROWS // 2, window.height() - 80)
        self._height = height
        self.resize(width, height)
        corner = QPoint(
            (window.width() - width) // 2,
            min(5 * metrics.height(), window.height() // 8),
        )
        self.move(window.mapToGlobal(corner))
        self.show()
        self._end_with_whole_row()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def current(self) -> Entry | None:
        """The entry it stands on."""
        index = self.list.currentIndex()
        each = index.data(ENTRY) if index.isValid() else None
        return each if isinstance(each, Entry) else None

    def choose(self) -> None:
        """Close and do what it stands on, if that can be done."""
        entry = self.current
        if entry is None or not entry.is_enabled:
            return
        self.hide()  # first: the keyboard is back where the command expects it
        last = [entry.id, *(each for each in self._last() if each != entry.id)]
        self._settings.setValue(_LAST_KEY, last[:_LAST_MOST])
        entry.run()

    def _last(self) -> list[str]:
        """The ids of what was used last, newest first."""
        stored = self._settings.value(_LAST_KEY, [])
        return (
            [stored]
            if isinstance(stored, str)
            else [str(each) for each in stored or ()]
        )

    def _filter(self, typed: str) -> None:
        rows = self._found(typed) if typed.strip() else self._all()
        self.rows.show_rows(rows)
        self.none.setVisible(not rows)
        self._step(1, start=-1)
        if self.isVisible():
            self._end_with_whole_row()

    def _end_with_whole_row(self) -> None:
        """What is found begins at the top: it then ends with a row, too."""
        self.resize(self.width(), self._height)
        self.layout().activate()
        end_with_whole_row(self, self.list)

    def _all(self) -> list[Entry | str]:
        by_id = {entry.id: entry for entry in self._entries}
        last = [by_id[each] for each in self._last() if each in by_id][:_LAST_SHOWN]
        sections = {"last": last} | {
            section: [entry for entry in self._entries if entry.section == section]
            for section in SECTION_TITLES
            if section != "last"
        }
        return _headed(sections)

    def _found(self, typed: str) -> list[Entry | str]:
        sections: dict[str, list[Entry]] = {}  # in the order of their best
        for _, entry in ranked(typed, self._entries, self._last()):
            sections.setdefault(entry.section, []).append(entry)
        return _headed(sections, most=_SECTION_MOST)

    def _step(self, step: int, start: int | None = None) -> None:
        """Stand on the next entry in a direction, if there is one."""
        row = (self.list.currentIndex().row() if start is None else start) + step
        while 0 <= row < len(self.rows.rows):
            if isinstance(self.rows.rows[row], Entry):
                self.list.setCurrentIndex(self.rows.index(row))
                if row <= 1:
                    self.list.scrollToTop()  # its heading too
                break
            row += step
        entry = self.current
        self.search.setAccessibleDescription(spoken(entry) if entry else "")

    # Qt's part.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 10,
            Qt.Key.Key_PageUp: -10,
        }
        step = steps.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif step is not None:
            for _ in range(abs(step)):
                self._step(step // abs(step))
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        before, self._before = self._before, None
        self._entries = []
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)


def spoken(entry: Entry) -> str:
    """An entry as a screen reader says it."""
    said = [entry.title, entry.where, entry.keys, entry.why_not]
    return ", ".join(each for each in said if each)


def _headed(
    sections: dict[str, list[Entry]], most: int | None = None
) -> list[Entry | str]:
    """Each section under its title, which says of how many only the best are there."""
    rows: list[Entry | str] = []
    for section, entries in sections.items():
        title, shown = tr.of(SECTION_TITLES[section]), entries[:most]
        if len(shown) < len(entries):
            title = tr(
                "{section}: the best {shown} of {count}",
                section=title,
                shown=len(shown),
                count=len(entries),
            )
        if shown:
            rows += [title, *shown]
    return rows
