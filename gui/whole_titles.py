"""A list whose titles have as many lines as they take."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QListWidget, QStyledItemDelegate, QStyleOptionViewItem

_PADDING, _AROUND = 8, 8
"""Pixels that the style sheet and Qt put beside a title of the list, and around it."""
Index = QModelIndex | QPersistentModelIndex


class WholeTitles(QStyledItemDelegate):
    """Gives a title as many lines as it takes: Qt's own measure forgets the padding."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        usual = super().sizeHint(option, index)
        view = self.parent()
        if not isinstance(view, QListWidget):
            return usual
        room = view.viewport().width() - 2 * (view.spacing() + _PADDING)
        wrap = Qt.TextFlag.TextWordWrap
        text = str(index.data())
        metrics = view.fontMetrics()
        tall = metrics.boundingRect(0, 0, room, 10_000, wrap, text).height()
        return QSize(usual.width(), max(usual.height(), tall + _AROUND))
