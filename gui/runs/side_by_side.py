"""A table with what its chosen rows show beside it, in much room or in little."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui.texts import Texts

tr = Texts("runs")

_NARROW = 720
"""Pixels: below that the table is the first of the details' tabs, not beside them."""
_LARGE = (1100, 720)


class SideBySide(QSplitter):
    """In little room the table is a tab among the details; in much, a toggle hides
    those."""

    arranged = Signal()
    """Other things are in sight than before."""

    def __init__(
        self,
        table: QWidget,
        details: QTabWidget,
        what: str,
        parent: QWidget | None = None,
        first: str = "",
        shares: tuple[int, int] = (1, 1),
    ) -> None:
        """`what` the details are, in a word: `curves`; and what is beside them, a table
        where nothing is said. Of the room both get their `shares`.
        """
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._what = what
        self._first = first or tr("Table")
        self._table = table
        self._details = details
        self._shares = shares
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for place, widget in enumerate((table, details)):
            self.addWidget(widget)
            self.setStretchFactor(place, shares[place])
        details.setDocumentMode(True)
        details.tabBar().setDrawBase(False)
        self.toggle = QPushButton(self)
        self.toggle.setToolTip(
            tr(
                "Show the {what} of what is chosen, or the {first} alone",
                what=what,
                first=self._first.lower(),
            )
        )
        self.toggle.setCheckable(True)
        self.toggle.setChecked(True)
        self.toggle.toggled.connect(lambda _: self._arrange())
        self._is_narrow = False
        self._name_toggle()

    def bring(self, page: QWidget) -> None:
        """Show the details, and this page of them."""
        self.toggle.setChecked(True)
        self._details.setCurrentWidget(page)

    def bring_table(self) -> None:
        """Show the table, if need be in place of the details."""
        if self._is_narrow:
            self._details.setCurrentWidget(self._table)

    def _arrange(self) -> None:
        place = self._details.indexOf(self._table)
        if self._is_narrow and place < 0:
            self._details.insertTab(0, self._table, self._first)
            self._details.setCurrentIndex(0)  # without it nothing can be chosen
        elif place >= 0 and not self._is_narrow:
            self._details.removeTab(place)
            self.insertWidget(0, self._table)
            self.setStretchFactor(0, self._shares[0])
            self._table.show()
        self._details.setVisible(self._is_narrow or self.toggle.isChecked())
        self._name_toggle()
        self.arranged.emit()

    def _name_toggle(self) -> None:
        is_shown = self.toggle.isChecked()
        hide = tr("Hide {what}", what=self._what)
        self.toggle.setText(hide if is_shown else self._what.capitalize())
        self.toggle.setVisible(self.isVisible() and not self._is_narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._name_toggle()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._name_toggle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            self._arrange()


class Larger(QDialog):
    """A window of its own for a part of the main window, which takes it back."""

    def __init__(
        self, view: QWidget, title: str, give_back: Callable[[QWidget], None]
    ) -> None:
        super().__init__(view.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setModal(False)
        self.resize(*_LARGE)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 4)
        column.addWidget(view)
        view.show()
        self.finished.connect(lambda _: give_back(view))


class Enlarging(QWidget):
    """Shows one widget, or a text while there is none or it has its own window."""

    enlarged = Signal(bool)
    """Whether the widget has a window of its own now."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._window: Larger | None = None
        self._stack = QStackedLayout(self)

    def hold(self, widget: QWidget) -> None:
        """Show a widget in place of what was shown."""
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def enlarge(self, view: QWidget, instead: QWidget) -> None:
        """Give a widget a window of its own, or take it back where it has one."""
        if self._window is not None:
            self._window.close()
            return
        self._stack.removeWidget(view)
        self.hold(instead)
        self._window = Larger(view, self._title, self._take_back)
        self._window.show()
        self.enlarged.emit(True)

    def bring_forward(self) -> None:
        """Put its window before the others, if the widget has one of its own."""
        if self._window is not None:
            self._window.raise_()
            self._window.activateWindow()

    def bring_back(self) -> None:
        """Take the widget back, if it has a window of its own."""
        if self._window is not None:
            self._window.close()

    def _take_back(self, view: QWidget) -> None:
        self._window = None
        self.hold(view)
        self.enlarged.emit(False)
