"""What the fields of a settings form have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Setting
from gui.texts import Texts

tr = Texts("inspector")

MIXED = tr.mark("several values")


class Field(QWidget):
    """Shows one setting and tells when the user gave it another right value."""

    edited = Signal(object)
    """A right value, as the document keeps it."""
    taken_back = Signal()
    """What this gesture gave was never meant; what it found differed from node to node,
    so that no value is what was there before."""
    finished = Signal()
    """The gesture is over: what is edited next is an undo step of its own."""

    is_wide = False
    """Whether it stands below its label, as wide as the form."""
    merges = False
    """Whether a gesture may give many values that are one undo step."""
    names: Mapping[str, int] | None = None
    """What an expression may use: the settings of the block around, as the chosen use
    gives them. None outside of blocks, where there are no expressions."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        column = self.column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._row)
        self.problem_label = QLabel(self)
        self.problem_label.setProperty("role", "error")
        self.problem_label.setWordWrap(True)
        self.problem_label.hide()
        column.addWidget(self.problem_label)

    def add_beside(self, widget: QWidget) -> None:
        """Put a widget beside the editor, as high as that."""
        policy = widget.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        widget.setSizePolicy(policy)
        self._row.addWidget(widget)

    @property
    def editor(self) -> QWidget:
        """The widget that takes the keyboard."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show the document's value; what is being typed is left alone if it agrees."""
        raise NotImplementedError

    def show_mixed(self) -> None:
        """Show that several nodes hold different values."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """The sentence under the field; empty while its content is right."""
        return "" if self.problem_label.isHidden() else self.problem_label.text()

    def mark(self, problem: str) -> None:
        """Mark the field with a sentence on what is right; clear it with ""."""
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))

    def _adopt(self, editor: QWidget) -> None:
        editor.setObjectName(f"setting-{self.setting.name}")
        editor.setAccessibleName(self.setting.title)
        editor.setAccessibleDescription(self.setting.help)
        editor.setToolTip(self.setting.help)
        editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row.addWidget(editor)
        self.setFocusProxy(editor)
