"""The inspector's page for several nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Setting
from engine.edits import Compound, Edit, change_settings
from engine.graph import Graph, Node
from engine.structure import examine
from gui.cards import label
from gui.code_question import allow, ask_to_allow
from gui.document_model import DocumentModel
from gui.learning_fields import LearningFields
from gui.settings_form import SettingsForm
from gui.texts import Texts

tr = Texts("inspector")

_MOST_NAMES = 12  # that are told; of more it is said how many


class SeveralPage(QWidget):
    """Several nodes at once: the settings they share."""

    def __init__(
        self, model: DocumentModel, names: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self.names = _as_they_run(model.document.graph, names)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 12)
        column.setSpacing(8)
        column.addWidget(
            label(
                tr.counted(len(names), "{count} node", "{count} nodes"), "heading", self
            )
        )
        column.addWidget(label(self._told_names(), "muted", self))
        self.form = SettingsForm(self._shared(), self, model.analysis.names)
        column.addWidget(self.form)
        self.learning = LearningFields(model, self)
        self.nothing = label(tr("They share no setting."), "muted", self)
        column.addWidget(self.nothing)
        column.addWidget(self.learning)
        column.addStretch(1)
        self.form.changed.connect(self._change)
        self.form.taken_back.connect(self._take_back)
        self.form.code_allowed.connect(partial(allow, model, self))
        self.form.code_questioned.connect(partial(ask_to_allow, model, self))
        self.refresh()

    def refresh(self) -> None:
        """Show what the nodes hold now."""
        self.learning.show_nodes(self.names)
        shares_any = bool(self.form.settings) or not self.learning.isHidden()
        self.nothing.setHidden(shares_any)
        nodes = self._nodes()
        if not nodes:
            return
        self.form.show_values(nodes[0].values)
        mixed = [
            setting.name
            for setting in self.form.settings
            if any(
                node.values[setting.name] != nodes[0].values[setting.name]
                for node in nodes
            )
        ]
        self.form.show_mixed(mixed)

    def _told_names(self) -> str:
        told, rest = self.names[:_MOST_NAMES], len(self.names) - _MOST_NAMES
        names = ", ".join(told)
        return (
            tr("{names} and {rest} more", names=names, rest=rest)
            if rest > 1
            else (", ".join(self.names))
        )

    def _nodes(self) -> list[Node]:
        graph = self._model.document.graph
        found = [graph[name] for name in self.names if name in graph]
        return [node for node in found if node.type is not None]

    def _shared(self) -> tuple[Setting, ...]:
        """The settings all of the nodes have, alike but for default and help."""
        nodes = self._nodes()
        if not nodes or len(nodes) < len(self.names):
            return ()
        first, *others = (node.type for node in nodes if node.type is not None)
        return tuple(
            setting
            for setting in first.settings
            if all(_alike(setting, other.setting(setting.name)) for other in others)
        )

    def _change(self, name: str, value: Any) -> None:
        graph = self._model.document.graph
        edits: list[Edit] = [
            change_settings(graph, node.name, {name: value}) for node in self._nodes()
        ]
        self._model.push(
            tr("Change {setting} of {count} nodes", setting=name, count=len(edits)),
            Compound(tuple(edits)),
            merge=self._merge_key(name),
        )

    def _take_back(self, name: str) -> None:
        self._model.take_back(self._merge_key(name))

    def _merge_key(self, name: str) -> str:
        key = self.form.merge_key(name)
        return f"settings:{','.join(self.names)}:{key}" if key else ""


def _as_they_run(graph: Graph, names: Sequence[str]) -> tuple[str, ...]:
    """Names in the order in which the network runs; what does not run comes last."""
    place = {name: index for index, name in enumerate(examine(graph).order)}
    return tuple(sorted(names, key=lambda name: place.get(name, len(place))))


def _alike(one: Setting, other: Setting | None) -> bool:
    if other is None or type(one) is not type(other):
        return False
    return replace(one, default=other.default, help=other.help) == other
