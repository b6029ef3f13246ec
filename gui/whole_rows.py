"""Lists that end with a whole row as they open, not with the upper half of one."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractItemView, QWidget


def end_with_whole_row(window: QWidget, view: QAbstractItemView) -> None:
    """Make a window lower by what its list shows of a row that it cuts off.

    The window is shown already, else its list has no size yet.
    """
    window.resize(window.width(), window.height() - _shown_of_cut(view))


def _shown_of_cut(view: QAbstractItemView) -> int:
    """How many pixels of the last row are in sight while its others are not."""
    room = view.viewport().rect()
    last = view.visualRect(view.indexAt(QPoint(room.center().x(), room.bottom())))
    return room.bottom() + 1 - last.top() if last.bottom() > room.bottom() else 0
