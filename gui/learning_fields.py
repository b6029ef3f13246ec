"""The fields that say how nodes learn: frozen, or at a rate of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.edits import Compound, Edit
from engine.graph import Node
from engine.learning_edits import FROZEN, RATE, SetFrozen, SetRate
from gui.canvas.wording import nodes_phrase
from gui.cards import section
from gui.document_model import DocumentModel
from gui.settings_form import SettingsForm
from gui.texts import Texts

tr = Texts("inspector")


class LearningFields(QWidget):
    """Edits one node, or several at once; hides where none has weights of its own."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._names: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.form = SettingsForm((FROZEN, RATE), self)
        column.setSpacing(6)
        column.addWidget(section(tr("Learning"), self))
        column.addWidget(self.form)
        self.form.changed.connect(self._change)
        self.form.taken_back.connect(self._take_back)

    def show_nodes(self, names: Sequence[str]) -> None:
        """Show how these nodes learn, those of them that have weights."""
        graph = self._model.document.graph
        nodes = [graph[n] for n in names if n in graph and self._learns(graph[n])]
        self._names = tuple(node.name for node in nodes)
        self.setVisible(bool(nodes))
        if not nodes:
            return
        first = nodes[0]
        self.form.show_values({"frozen": first.frozen, "rate": first.rate})
        mixed = [
            name
            for name in ("frozen", "rate")
            if any(getattr(node, name) != getattr(first, name) for node in nodes)
        ]
        self.form.show_mixed(mixed)

    def _learns(self, node: Node) -> bool:
        """Whether a node has weights, or is set as if it had."""
        if node.frozen or node.rate != RATE.default:
            return True
        known = self._model.analysis
        if known.outputs(node.name) is not None:
            return known.parameters(node.name) > 0
        # An error, in it or before it, leaves them uncounted.
        return node.type is not None and node.type.has_weights and not node.shares

    def _change(self, setting: str, value: Any) -> None:
        names = self._there()
        edits: list[Edit] = []
        for name in names:
            if setting == FROZEN.name:
                edits.append(SetFrozen(name, value))
            else:
                edits.append(SetRate(name, value))
        label = tr("Learning rate of {nodes}", nodes=nodes_phrase(names))
        if setting == FROZEN.name:
            nodes = nodes_phrase(names)
            freeze = tr("Freeze {nodes}", nodes=nodes)
            label = freeze if value else tr("Let {nodes} learn", nodes=nodes)
        merge = self._merge_key(setting)
        self._model.push(label, Compound(tuple(edits)), merge=merge)

    def _take_back(self, setting: str) -> None:
        self._model.take_back(self._merge_key(setting))

    def _there(self) -> list[str]:
        return [name for name in self._names if name in self._model.document.graph]

    def _merge_key(self, setting: str) -> str:
        key = self.form.merge_key(setting)
        return f"learning:{','.join(self._there())}:{key}" if key else ""
