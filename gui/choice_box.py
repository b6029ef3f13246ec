"""A choice that ends in dots where it is too long for its room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter


class ChoiceBox(QComboBox):
    """A combo box; under a style sheet Qt's own cuts a long choice through a letter,
    and writes what stands for no choice as strongly as a choice."""

    def add_heading(self, text: str) -> None:
        """Begin a group of choices; what it is called is no choice."""
        self.addItem(text)
        model = self.model()
        assert isinstance(model, QStandardItemModel)  # noqa: S101  Qt's own, if unset
        item = model.item(self.count() - 1)
        item.setEnabled(False)
        item.setSelectable(False)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.92)
        item.setFont(font)

    def showPopup(self) -> None:
        super().showPopup()
        self.view().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Home and End go past headings: Qt's own list stays where it is for them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            rows = range(self.count())
            ways = {Qt.Key.Key_Home: rows, Qt.Key.Key_End: reversed(rows)}
            for row in ways.get(Qt.Key(event.key()), ()):
                at = self.model().index(row, self.modelColumn())
                if at.flags() & Qt.ItemFlag.ItemIsSelectable:
                    self.view().setCurrentIndex(at)
                    return True
        return super().eventFilter(watched, event)

    def shown_text(self) -> str:
        """As much of what is chosen as there is room for."""
        option = self._option()
        right = Qt.TextElideMode.ElideRight
        room = self._room(option).width()
        return self.fontMetrics().elidedText(option.currentText, right, room)

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if not self.currentText():
            option.currentText = self.placeholderText()
        return option

    def _room(self, option: QStyleOptionComboBox) -> QRect:
        """Where the words of the choice are."""
        field = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        return self.style().subControlRect(kind, option, field, self)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = self._option()
        option.currentText = self.shown_text()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        if self.currentText():
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        else:
            painter.setPen(self.palette().placeholderText().color())
            at = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self._room(option), at, option.currentText)
        painter.end()
