"""The fields of a settings form: one widget for each kind of setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QWidget,
)

from engine.catalog.settings import Bool, Choice, Setting, Text
from gui.choice_box import ChoiceBox
from gui.code_field import CodeField
from gui.line_field import LineField
from gui.setting_field import MIXED, Field
from gui.texts import Texts

tr = Texts("inspector")


class ChoiceField(Field):
    """One of a few words."""

    def __init__(self, setting: Choice, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._box = _QuietBox(self)
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.addItems(list(setting.options))
        self._adopt(self._box)
        self._box.activated.connect(self._chosen)

    @property
    def editor(self) -> QComboBox:
        return self._box

    def show_value(self, value: Any) -> None:
        self._box.setPlaceholderText("")
        self._box.setCurrentIndex(self._box.findText(str(value)))
        problem = self.setting.problem(value)
        self.mark("" if problem is None else f"{self.setting.title} {problem}.")

    def show_mixed(self) -> None:
        self._box.setPlaceholderText(tr.of(MIXED))
        self._box.setCurrentIndex(-1)

    def _chosen(self, index: int) -> None:
        self.mark("")
        self.edited.emit(self._box.itemText(index))
        self.finished.emit()


class _QuietBox(ChoiceBox):
    """A combo box that leaves the wheel to the panel unless it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class BoolField(Field):
    """On or off."""

    def __init__(self, setting: Bool, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._box = QCheckBox(self)
        self._adopt(self._box)
        self._box.clicked.connect(self._clicked)

    @property
    def editor(self) -> QCheckBox:
        return self._box

    def show_value(self, value: Any) -> None:
        self._box.setTristate(False)
        self._box.setChecked(value is True)
        self._box.setText(self.setting.show(value))
        problem = self.setting.problem(value)
        self.mark("" if problem is None else f"{self.setting.title} {problem}.")

    def show_mixed(self) -> None:
        self._box.setCheckState(Qt.CheckState.PartiallyChecked)
        self._box.setText(tr.of(MIXED))

    def _clicked(self) -> None:
        value = self._box.checkState() is not Qt.CheckState.Unchecked
        self.show_value(value)
        self.edited.emit(value)
        self.finished.emit()


def make_field(
    setting: Setting,
    parent: QWidget | None = None,
    names: Mapping[str, int] | None = None,
) -> Field:
    """The field for a setting of any kind; `names` are for expressions in a block."""
    if isinstance(setting, Bool):
        return BoolField(setting, parent)
    if isinstance(setting, Choice):
        return ChoiceField(setting, parent)
    if isinstance(setting, Text) and setting.kind == "code":
        return CodeField(setting, parent)
    field = LineField(setting, parent)
    field.names = names
    return field
