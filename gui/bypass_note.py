"""What the inspector says first of a bypassed node, with the way back."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.edits import SetBypassed
from gui.cards import label
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("inspector")


class BypassNote(QFrame):
    """Hidden while the node takes part."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._model, self._name = model, ""
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 9)
        column.setSpacing(6)
        column.addWidget(label(tr("Bypassed"), "title", self))
        column.addWidget(
            label(
                tr("What reaches it flows past it: it takes no part in the network."),
                "muted",
                self,
            )
        )
        self.back = QPushButton(tr("Let it take part"), self)
        self.back.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.back.clicked.connect(self._let_take_part)
        column.addWidget(self.back)
        self.hide()

    def show_node(self, name: str) -> None:
        """Be about the node of this name."""
        self._name = name
        self.setVisible(self._model.document.graph[name].bypassed)

    def _let_take_part(self) -> None:
        name = self._name
        if name in self._model.document.graph:
            words = tr("Let {node} take part", node=name)
            self._model.push(words, SetBypassed(name, False))
