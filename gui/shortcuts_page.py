"""The page where actions are given other keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.shortcuts import Shortcuts
from gui.text_scale import scaled_size
from gui.texts import Texts
from gui.whole_rows import end_with_whole_row

tr = Texts("shortcuts")

_SIZE = (640, 540)
HEADINGS = (tr.mark("Menu"), tr.mark("What"), tr.mark("Keys"))


class _Keys(QKeySequenceEdit):
    """Takes one press of keys; Escape lets go without taking any."""

    pressed = Signal(QKeySequence)
    let_go = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        self.setAccessibleName(tr("New keys"))
        line = self.findChild(QLineEdit)
        if line is not None:
            line.setAccessibleName(tr("New keys"))
            line.setPlaceholderText(tr("Press the keys…"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.let_go.emit()
            return
        super().keyPressEvent(event)
        if not self.keySequence().isEmpty():
            self.pressed.emit(self.keySequence())


class ShortcutsPage(QDialog):
    """A list of all actions; Enter on one, then the keys it is to have."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._wanted: QKeySequence | None = None
        self.setWindowTitle(tr("Change shortcuts"))
        self.setAccessibleName(self.windowTitle())
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search actions or keys…"))
        self.search.setAccessibleName(tr("Search actions or keys"))
        self.table = _table(self)
        self.keys = _Keys(self)
        self.message = label("", "plain", self)
        self.message.setAccessibleName(tr("Message"))
        self.take = self._button(tr("Take them from there"))
        self.none = self._button(tr("No keys"))
        self.reset = self._button(tr("Reset this one"))
        self.reset_all = self._button(tr("Reset all"))
        self.leave = self._button(tr("Close"))
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._begin)
        self.table.itemSelectionChanged.connect(self._show_current)
        self.table.itemActivated.connect(lambda _: self._begin())
        self.keys.pressed.connect(self._try)
        self.keys.let_go.connect(self._let_go)
        self.take.clicked.connect(self._take)
        self.none.clicked.connect(lambda: self._set([]))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        self.leave.clicked.connect(self.reject)
        shortcuts.changed.connect(self._fill)
        self.resize(scaled_size(*_SIZE))
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        end_with_whole_row(self, self.table)

    def _button(self, title: str) -> QPushButton:
        button = QPushButton(title, self)
        button.setAutoDefault(False)  # Enter is for the list
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.message)
        row = QHBoxLayout()
        row.addWidget(self.keys, 1)
        for button in (self.take, self.none, self.reset):
            row.addWidget(button)
        column.addLayout(row)
        last = QHBoxLayout()
        last.addWidget(self.reset_all)
        last.addStretch(1)
        last.addWidget(self.leave)
        column.addLayout(last)

    @property
    def action_id(self) -> str:
        """The action it stands on; empty for none."""
        row = self.table.currentRow()
        item = self.table.item(row, 0) if row >= 0 else None
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def show_action(self, action_id: str) -> None:
        """Stand on an action."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == action_id:
                self.table.setCurrentCell(row, 0)

    def _fill(self) -> None:
        before = self.action_id
        words = self.search.text().lower().split()
        rows = [
            row
            for row in self._shortcuts.rows()
            if all(
                word in f"{row.where} {row.what} {row.keys}".lower() for word in words
            )
        ]
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, shown in enumerate((row.where, row.what, row.keys)):
                item = QTableWidgetItem(shown)
                item.setData(Qt.ItemDataRole.UserRole, row.id)
                font = item.font()
                font.setBold(row.is_changed)
                item.setFont(font)
                self.table.setItem(at, column, item)
        every = self._shortcuts.rows()
        self.reset_all.setEnabled(any(row.is_changed for row in every))
        self.table.setCurrentCell(0, 0)
        self.show_action(before)
        self._show_current()

    def _show_current(self) -> None:
        row = next(
            (each for each in self._shortcuts.rows() if each.id == self.action_id), None
        )
        self._wanted = None
        self.keys.clear()
        self.take.hide()
        for each in (self.keys, self.none, self.reset):
            each.setEnabled(row is not None)
        if row is None:
            self.message.setText(tr("Nothing is called that."))
            return
        self.none.setEnabled(bool(row.keys))
        self.reset.setEnabled(row.is_changed)
        keys = row.keys or tr("no keys")
        self.message.setText(
            tr(
                "{what}: {keys}. Press Enter, then the new keys.",
                what=row.what,
                keys=keys,
            )
        )

    def _begin(self) -> None:
        self.keys.clear()
        self.keys.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _let_go(self) -> None:
        self._show_current()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self, keys: QKeySequence) -> None:
        conflict = self._shortcuts.conflict(self.action_id, keys)
        if not conflict:
            self._set([keys])
            return
        self.keys.clear()
        self.message.setText(conflict)
        can_take = self._shortcuts.holder(keys, self.action_id) is not None
        self._wanted = keys if can_take else None
        self.take.setVisible(can_take)

    def _take(self) -> None:
        if self._wanted is not None:
            self._set([self._wanted])

    def _set(self, keys: list[QKeySequence]) -> None:
        self._shortcuts.set(self.action_id, keys)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reset(self) -> None:
        self._shortcuts.reset(self.action_id)

    def _reset_all(self) -> None:
        self._shortcuts.reset_all()
        self.message.setText(tr("All keys are as they were at first."))


def _table(parent: QWidget) -> QTableWidget:
    table = QTableWidget(0, 3, parent)
    table.setProperty("role", "framed")  # a row cut by its edge goes on below it
    table.setAccessibleName(tr("Actions and their keys"))
    table.setHorizontalHeaderLabels([tr.of(each) for each in HEADINGS])
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 9)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(True)
    return table
