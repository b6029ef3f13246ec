"""One form for everything that has settings: layers, data sources, the recipe."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Setting
from gui.cards import label as made_label
from gui.code_field import CodeField
from gui.form_label import FormLabel
from gui.setting_field import Field
from gui.setting_fields import make_field
from gui.texts import Texts
from gui.unfold_button import UnfoldButton

tr = Texts("inspector")


class SettingsForm(QWidget):
    """Fields for a tuple of settings, the advanced ones folded away."""

    changed = Signal(str, object)
    """A setting's name and its new, right value."""
    taken_back = Signal(str)
    """A setting whose change, the gesture that is going on, was never meant."""
    code_allowed = Signal(str)
    """Code that the person wrote and lets run."""
    code_questioned = Signal(str)
    """Code that the person wants to read, and perhaps to allow."""

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
        self._labels: dict[str, QLabel] = {}
        self._is_shown = {setting.name: True for setting in settings}
        self._gesture = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        folded = [setting for setting in settings if setting.advanced]
        if len(folded) == 1:  # a fold would take as much room as the setting itself
            folded = []
        plain = [setting for setting in settings if setting not in folded]
        if plain:
            column.addWidget(self._rows(plain))
        self.more = _Fold(self)
        self.more.setAccessibleName(tr("More settings"))
        self._folded = self._rows(folded)
        self._advanced = folded
        self.more.toggled.connect(self._unfold)
        column.addWidget(self.more)
        column.addWidget(self._folded)
        self._name_folded()
        self._folded.setVisible(False)

    def show_names(self, names: Mapping[str, int] | None) -> None:
        """Let expressions use these names from now on."""
        for field in self.fields.values():
            field.names = names

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show what the document holds, and only what matters beside it."""
        defaults = {setting.name: setting.default for setting in self.settings}
        whole = {**defaults, **values}
        for setting in self.settings:
            self._show_row(setting.name, setting.matters(whole))
        self._name_folded()
        for name, field in self.fields.items():
            field.show_value(
                field.setting.normalise(values.get(name, field.setting.default))
            )

    def put_under(self, name: str, widget: QWidget) -> None:
        """Put a widget under the row of a setting, as wide as the form."""
        box = self.fields[name].parentWidget()
        grid = box.layout() if box is not None else None
        if isinstance(grid, QGridLayout):
            row = grid.getItemPosition(grid.indexOf(self.fields[name]))[0]
            grid.addWidget(widget, row + 1, 0, 1, 2)  # left free for it

    def show_mixed(self, names: Collection[str]) -> None:
        """Show that the nodes edited together differ in the settings of these names."""
        for name in names:
            self.fields[name].show_mixed()

    def _show_row(self, name: str, is_shown: bool) -> None:
        if self._is_shown[name] is not is_shown:
            self._is_shown[name] = is_shown
            self._labels[name].setVisible(is_shown)
            self.fields[name].setVisible(is_shown)

    def merge_key(self, name: str) -> str:
        """The key under which edits of one gesture become one undo step."""
        return f"{name}#{self._gesture}" if self.fields[name].merges else ""

    def _rows(self, settings: list[Setting]) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, setting in enumerate(settings):
            field = make_field(setting, box, self._names)
            label: QLabel
            if field.is_wide:
                label = made_label(setting.title, "muted", box)
                label.setBuddy(field.editor)
                grid.addWidget(label, 2 * row, 0, 1, 2)
                grid.addWidget(field, 2 * row + 1, 0, 1, 2)
            else:
                label = FormLabel(setting.title, field.editor, box)
                grid.addWidget(label, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(field, 2 * row, 1)
            label.setToolTip(setting.help)
            if isinstance(field, CodeField):
                field.allowed.connect(self.code_allowed)
                field.question_wanted.connect(self.code_questioned)
            self.fields[setting.name] = field
            self._labels[setting.name] = label
            field.edited.connect(
                lambda value, name=setting.name: self.changed.emit(name, value)
            )
            field.taken_back.connect(partial(self.taken_back.emit, setting.name))
            field.finished.connect(self._end_gesture)
        return box

    def _name_folded(self) -> None:
        """Say which settings the fold holds: those that matter beside the others."""
        there = [
            setting.title.lower()
            for setting in self._advanced
            if self._is_shown[setting.name]
        ]
        titles = ", ".join(there)
        self.more.show_titles(there)
        self.more.setAccessibleName(tr("More settings: {titles}", titles=titles))
        self.more.setToolTip(tr("More settings: {titles}", titles=titles))
        self.more.setVisible(bool(there))

    def _unfold(self, is_open: bool) -> None:
        self._folded.setVisible(is_open)

    def _end_gesture(self) -> None:
        self._gesture += 1


class _Fold(UnfoldButton):
    """The button that unfolds; it names as many settings as there is room for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self.setAccessibleName(tr("More settings"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_titles(self, titles: Sequence[str]) -> None:
        """Name these settings, the last ones by their number where room is scarce."""
        self._titles = tuple(titles)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        # What is beside the text, the chevron above all, grows with the text.
        beside = self.sizeHint().width() - metrics.horizontalAdvance(self.text())
        room = max(self.width() - beside, 0)
        for named in range(len(self._titles), 0, -1):
            text = self._said(named)
            if metrics.horizontalAdvance(text) <= room:
                break
        else:
            text = tr("More settings")
        self.setText(text)

    def _said(self, named: int) -> str:
        text = ", ".join(self._titles[:named])
        text = text[:1].upper() + text[1:]
        rest = len(self._titles) - named
        return (
            tr("{titles} and {count} more", titles=text, count=rest) if rest else text
        )
