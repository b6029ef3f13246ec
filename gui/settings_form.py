"""One form for everything that has settings: layers, data sources, the recipe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Setting
from gui.setting_fields import Field, make_field

LABEL_WIDTH = 92  # pixels: one column of labels down the whole inspector
_ARROW_WIDTH = 30  # pixels: the arrow and the margins beside the title


class SettingsForm(QWidget):
    """Fields for a tuple of settings, the advanced ones folded away."""

    changed = Signal(str, object)
    """A setting's name and its new, right value."""

    def __init__(
        self,
        settings: tuple[Setting, ...],
        parent: QWidget | None = None,
        names: Mapping[str, int] | None = None,
    ) -> None:
        """Inside a block, `names` are its settings: what expressions may use."""
        super().__init__(parent)
        self.settings = settings
        self._names = names
        self.fields: dict[str, Field] = {}
        self._gesture = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        plain = [setting for setting in settings if not setting.advanced]
        folded = [setting for setting in settings if setting.advanced]
        if plain:
            column.addWidget(self._rows(plain))
        self.more = _Fold(self)
        self._folded = self._rows(folded)
        if folded:
            self._make_fold(folded)
        column.addWidget(self.more)
        column.addWidget(self._folded)
        self.more.setVisible(bool(folded))
        self._folded.setVisible(False)

    def show_names(self, names: Mapping[str, int] | None) -> None:
        """Let expressions use these names from now on."""
        for field in self.fields.values():
            field.names = names

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show what the document holds."""
        for name, field in self.fields.items():
            field.show_value(
                field.setting.normalise(values.get(name, field.setting.default))
            )

    def show_mixed(self, names: Collection[str]) -> None:
        """Show that the nodes edited together differ in the settings of these names."""
        for name in names:
            self.fields[name].show_mixed()

    def merge_key(self, name: str) -> str:
        """The key under which edits of one gesture become one undo step."""
        return f"{name}#{self._gesture}" if self.fields[name].merges else ""

    def _rows(self, settings: list[Setting]) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        for row, setting in enumerate(settings):
            field = make_field(setting, box, self._names)
            label = QLabel(setting.title, box)
            label.setProperty("role", "muted")
            label.setToolTip(setting.help)
            label.setBuddy(field.editor)
            label.setMinimumHeight(field.editor.sizeHint().height())
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
            self.fields[setting.name] = field
            field.edited.connect(
                lambda value, name=setting.name: self.changed.emit(name, value)
            )
            field.finished.connect(self._end_gesture)
        return box

    def _make_fold(self, folded: list[Setting]) -> None:
        titles = ", ".join(setting.title.lower() for setting in folded)
        self.more.show_title(titles[:1].upper() + titles[1:])
        self.more.setProperty("role", "flat")
        self.more.setCheckable(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setAccessibleName(f"More settings: {titles}")
        self.more.setToolTip(f"More settings: {titles}")
        self.more.toggled.connect(self._unfold)

    def _unfold(self, is_open: bool) -> None:
        self.more.setArrowType(
            Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        )
        self._folded.setVisible(is_open)

    def _end_gesture(self) -> None:
        self._gesture += 1


class _Fold(QToolButton):
    """The button that unfolds; a long title is cut rather than widening the panel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_title(self, title: str) -> None:
        """Show `title`, or as much of it as there is room for."""
        self._title = title
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width() - _ARROW_WIDTH, 0)
        self.setText(
            self.fontMetrics().elidedText(
                self._title, Qt.TextElideMode.ElideRight, room
            )
        )
