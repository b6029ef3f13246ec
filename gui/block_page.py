"""The inspector's page inside a block, when no node is selected: what its uses set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.block_edits import (
    MAIN,
    and_list,
    remove_block_setting,
    rename_block,
    rename_block_setting,
    set_block_setting,
    setting_name_problem,
    users,
)
from engine.blocks import Block
from engine.edits import AddBlock, Edit
from engine.problems import Refusal
from gui.cards import label, section, unbroken
from gui.document_model import DocumentModel
from gui.form_label import FormLabel
from gui.texts import Texts

tr = Texts("blocks")

_HELP = tr.mark(
    "What differs between uses of the block. A field of a node in here may hold an "
    "expression of these, such as 4\u00a0*\u00a0channels."
)
_DEFAULT = 16


class BlockPage(QWidget):
    """A block's name, what it is for, its settings with defaults, and who uses it."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self._shown: Block | None = None
        self.rows: list[SettingRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 12)
        column.setSpacing(8)
        self.heading = label("", "heading", self)
        self.subtitle = label("", "muted", self)
        self.name_line = self._line("block-name", tr("Name"))
        self.help_text = _HelpText(self)
        self.problem = label("", "error", self)
        column.addWidget(self.heading)
        column.addWidget(self.subtitle)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(5)
        fields.setColumnStretch(1, 1)
        caption = FormLabel(tr("Name"), self.name_line, self)
        fields.addWidget(caption, 0, 0)
        fields.addWidget(self.name_line, 0, 1)
        column.addLayout(fields)
        column.addWidget(section(tr("What it does"), self))
        column.addWidget(self.help_text)
        column.addWidget(section(tr("Settings"), self))
        self._settings = QVBoxLayout()
        self._settings.setSpacing(5)
        column.addLayout(self._settings)
        self.add_button = QPushButton(tr("Add a setting"), self)
        self.add_button.setToolTip(tr("Something that may differ between uses"))
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.problem)
        column.addWidget(label(tr.of(_HELP), "muted", self))
        column.addStretch(1)
        self.problem.hide()
        self.name_line.editingFinished.connect(self._rename)
        self.help_text.left.connect(self._describe)
        self.add_button.clicked.connect(self.add_setting)
        model.analysed.connect(self.refresh)
        model.scope_changed.connect(self.refresh)
        self.refresh()

    def _line(self, name: str, title: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(name)
        line.setAccessibleName(title)
        return line

    # What is shown.

    def refresh(self) -> None:
        """Show the block one is in."""
        layer = self._model.root.blocks.get(self._model.scope)
        if layer is None:
            self._shown = None
            return
        block = layer.block
        self.heading.setText(block.name)
        self.subtitle.setText(self._users(block.name))
        before = self._shown
        if before is None or before.name != block.name:
            self.name_line.setText(block.name)
            self.name_line.home(False)
            self._say("")
        if before is None or (before.name, before.help) != (block.name, block.help):
            self.help_text.setPlainText(unbroken(block.help))
        shown = [(row.name, row.default) for row in self.rows]
        if shown != list(block.settings.items()):
            self._fill(block)
        self._shown = block

    def _users(self, name: str) -> str:
        found = [
            node.name
            if scope == MAIN
            else tr("{node} in {scope}", node=node.name, scope=scope)
            for scope, node in users(self._model.root, name)
        ]
        return (
            tr("A block · used by {names}", names=and_list(found))
            if found
            else tr("A block · not used")
        )

    def _fill(self, block: Block) -> None:
        for row in self.rows:
            self._settings.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for name, default in block.settings.items():
            row = SettingRow(block, name, default, self)
            row.renamed.connect(self._rename_setting)
            row.changed.connect(self._set_default)
            row.removed.connect(self._remove_setting)
            row.refused.connect(self._say)
            self.rows.append(row)
            self._settings.addWidget(row)

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    # What is changed.

    def _push(self, label_text: str, make: Callable[[], Edit]) -> bool:
        try:
            edit = make()
        except Refusal as refusal:
            self._say(str(refusal))
            return False
        self._say("")
        self._model.push(label_text, edit, scope="")
        return True

    def _rename(self) -> None:
        model, new = self._model, self.name_line.text().strip()
        old, steps = model.scope, model.path_of_scopes
        if not old or new == old:
            return
        if self._push(
            tr("Rename {old} to {new}", old=old, new=new),
            lambda: rename_block(model.root, old, new),
        ):
            model.go_to([replace(s, block=new) if s.block == old else s for s in steps])
        else:
            self.name_line.setText(old)

    def _describe(self) -> None:
        text = " ".join(self.help_text.toPlainText().split())
        scope = self._model.scope
        if not scope:
            return
        block = self._model.root.blocks[scope].block
        if text != block.help:
            self._push(
                tr("Describe {scope}", scope=scope),
                lambda: AddBlock(replace(block, help=text)),
            )

    def add_setting(self) -> None:
        """Add a setting under a free name, which is then to be typed over."""
        scope, root = self._model.scope, self._model.root
        block = root.blocks[scope].block
        name, number = "channels", 1
        while setting_name_problem(block, name) is not None:
            number += 1
            name = f"setting{number}"
        if self._push(
            tr("Add the setting {name} to {scope}", name=name, scope=scope),
            lambda: set_block_setting(root, scope, name, _DEFAULT),
        ):
            line = self.rows[-1].name_line
            line.setFocus(Qt.FocusReason.OtherFocusReason)
            line.selectAll()

    def _set_default(self, name: str, value: int) -> None:
        scope, root = self._model.scope, self._model.root
        self._push(
            tr("Change the default of {name}", name=name),
            lambda: set_block_setting(root, scope, name, value),
        )

    def _rename_setting(self, old: str, new: str) -> None:
        scope, root = self._model.scope, self._model.root
        if not self._push(
            tr("Rename {old} to {new}", old=old, new=new),
            lambda: rename_block_setting(root, scope, old, new),
        ):
            self._fill(root.blocks[scope].block)

    def _remove_setting(self, name: str) -> None:
        scope, root = self._model.scope, self._model.root
        self._push(
            tr("Remove the setting {name} of {scope}", name=name, scope=scope),
            lambda: remove_block_setting(root, scope, name),
        )


class _HelpText(QPlainTextEdit):
    """A few lines of text; Tab goes on, as in every other field."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the block does"))
        self.setPlaceholderText(tr("What it does, in a sentence or two"))
        self.setProperty("role", "prose")
        self.setTabChangesFocus(True)
        self.setFixedHeight(7 * self.fontMetrics().lineSpacing())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class SettingRow(QWidget):
    """One setting: its name, its default, and a button that takes it away."""

    renamed = Signal(str, str)
    changed = Signal(str, int)
    removed = Signal(str)
    refused = Signal(str)

    def __init__(
        self, block: Block, name: str, default: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._block = block
        self.name, self.default = name, default
        self.name_line = QLineEdit(name, self)
        self.name_line.setAccessibleName(tr("Name of the setting {name}", name=name))
        self.default_line = QLineEdit(str(default), self)
        self.default_line.setAccessibleName(tr("Default of {name}", name=name))
        self.default_line.setToolTip(
            tr("What {name} is where a use does not say", name=name)
        )
        self.remove_button = QToolButton(self)
        self.remove_button.setText("×")
        self.remove_button.setProperty("role", "flat")
        self.remove_button.setAccessibleName(tr("Remove the setting {name}", name=name))
        self.remove_button.setToolTip(tr("Remove the setting {name}", name=name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name_line, 3)
        row.addWidget(self.default_line, 2)
        row.addWidget(self.remove_button)
        self.name_line.editingFinished.connect(self._rename)
        self.default_line.editingFinished.connect(self._change)
        self.remove_button.clicked.connect(lambda: self.removed.emit(self.name))

    def _rename(self) -> None:
        new = self.name_line.text().strip()
        if new != self.name:
            self.renamed.emit(self.name, new)

    def _change(self) -> None:
        text = self.default_line.text().strip()
        if text == str(self.default):
            return
        if not text.isdecimal():
            self.default_line.setText(str(self.default))
            self.refused.emit(
                tr(
                    "{name} must be a whole number of at least 0; found “{text}”. "
                    "It stays {default}.",
                    name=self.name,
                    text=text,
                    default=self.default,
                )
            )
            return
        self.changed.emit(self.name, int(text))
