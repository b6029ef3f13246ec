"""The fields of a settings form: one widget for each kind of setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
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
        for option, name in zip(
            setting.options, setting.names or setting.options, strict=True
        ):
            self._box.addItem(name, option)
        self._adopt(self._box)
        self._box.activated.connect(self._chosen)
        self._lines = dict(zip(setting.options, setting.lines, strict=False))
        for at, line in enumerate(setting.lines):
            self._box.setItemData(at, line, Qt.ItemDataRole.ToolTipRole)
        self.line = QLabel(self)
        """What comes of the option that is chosen; hidden where nothing is said."""
        self.line.setProperty("role", "muted")
        self.line.setWordWrap(True)
        self.line.hide()
        self.column.insertWidget(1, self.line)

    def name_option(self, option: str, name: str, whole: str) -> None:
        """Write `name` for an option from now on, and the `whole` of it in the tip."""
        self._box.setItemText(self._box.findData(option), name)
        self._box.setToolTip(f"{whole}. {self.setting.help}")

    @property
    def editor(self) -> QComboBox:
        return self._box

    def show_value(self, value: Any) -> None:
        self._box.setPlaceholderText("")
        self._box.setCurrentIndex(self._box.findData(str(value)))
        self._say(str(value))
        problem = self.setting.problem(value)
        self.mark("" if problem is None else f"{self.setting.title} {problem}.")

    def show_mixed(self) -> None:
        self._box.setPlaceholderText(tr.of(MIXED))
        self._box.setCurrentIndex(-1)
        self._say("")

    def _say(self, option: str) -> None:
        line = self._lines.get(option, "")
        self.line.setText(line)
        self.line.setVisible(bool(line))

    def _chosen(self, index: int) -> None:
        self.mark("")
        self._say(self._box.itemData(index))
        self.edited.emit(self._box.itemData(index))
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
