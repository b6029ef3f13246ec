"""Why data cannot be learnt from: said at the data, with what mends it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalog.settings import Text
from engine.document import DataConfig
from engine.edits import SetData
from engine.problems import Problem
from gui.cards import ProblemCard
from gui.setting_field import Field
from gui.settings_form import SettingsForm


class DataComplaint(QWidget):
    """A card under the data's settings; the setting that it is about is marked."""

    fix_chosen = Signal(object)
    """The `Fix` whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.card: ProblemCard | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_problem(
        self, problem: Problem | None, config: DataConfig, form: SettingsForm
    ) -> None:
        """Say what is wrong with the data of `config`, which `form` shows."""
        if self.card is not None:
            self._column.removeWidget(self.card)
            self.card.hide()
            self.card.deleteLater()
            self.card = None
        named = None if problem is None else _setting_of(problem, config, form)
        for name, field in form.fields.items():
            _mark(field, is_wrong=name == named)
        self.setVisible(problem is not None)
        if problem is not None:
            self.card = ProblemCard(problem, self)
            self.card.fix_chosen.connect(self.fix_chosen)
            self._column.addWidget(self.card)


def _setting_of(problem: Problem, config: DataConfig, form: SettingsForm) -> str | None:
    """The setting that is wrong, that a fix changes, or that says where data are."""
    if problem.setting in form.fields:
        return problem.setting
    for fix in problem.fixes:
        for edit in fix.edits:
            if isinstance(edit, SetData):
                for name, value in edit.data.settings.items():
                    if value != config.settings.get(name):
                        return name
    for name, field in form.fields.items():
        setting = field.setting
        if isinstance(setting, Text) and setting.kind in {"path", "folder"}:
            return name
    return None


def _mark(field: Field, *, is_wrong: bool) -> None:
    editor = field.editor
    if field.problem or bool(editor.property("wrong")) == is_wrong:
        return  # what it holds is wrong by itself
    editor.setProperty("wrong", is_wrong)
    editor.style().unpolish(editor)
    editor.style().polish(editor)
