"""The inspector's page for one node."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.block_edits import rename_node
from engine.blocks import BlockLayer
from engine.catalog import Layer, TensorSpec
from engine.catalog.letters import letters
from engine.catalog.settings import wrong_values
from engine.edits import Compound, SetShares, change_settings
from engine.graph import Node
from engine.pretrained.needs import need_of
from engine.problems import Fix, Problem
from gui.bypass_note import BypassNote
from gui.cards import Card, LinkLabel, ProblemCard, label, unbroken
from gui.code_question import allow, ask_to_allow
from gui.document_model import DocumentModel
from gui.learning_fields import LearningFields
from gui.name_field import NameField
from gui.preview import PreviewCard
from gui.preview_source import PreviewSource
from gui.settings_form import SettingsForm
from gui.sharing_field import SharingField
from gui.texts import Texts

_LONG_WORD = re.compile(r"\S{31,}")

tr = Texts("inspector")


class NodePage(QWidget):
    """One node: its name, its settings, what it does, its shapes and its code."""

    mended = Signal()
    """A fix was applied: its button is gone, the keyboard needs another place."""
    named = Signal()
    """Its name was entered: what is typed next is for the canvas."""

    def __init__(
        self,
        model: DocumentModel,
        name: str,
        previews: PreviewSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self._shown_problems: list[tuple[Problem, tuple[Fix, ...]]] | None = None
        self._problem_cards: list[ProblemCard] = []
        self.name = name
        node = model.document.graph[name]
        self.layer_name = node.layer
        self.heading = label(name, "heading", self)
        self.subtitle = label("", "muted", self)
        self.bypass_note = BypassNote(model, self)
        self._problems_column = QVBoxLayout()
        self.name_field = NameField(self)
        settings = node.type.settings if node.type else ()
        self.form = SettingsForm(settings, self, model.analysis.names)
        self.sharing = SharingField(self)
        self.learning = LearningFields(model, self)
        self.look_button = QPushButton(tr("Look inside"), self)
        self.look_button.setToolTip(tr("Or double-click its card; Esc leads out again"))
        self.look_button.setVisible(isinstance(node.type, BlockLayer))
        self.preview = PreviewCard(previews, self)
        self._about = Card(tr("What it does"), "muted", self)
        self._formula = label("", "formula", self)
        self._letters = label("", "caption", self)
        self._source = LinkLabel("caption", self)
        self.chosen = Card(tr("What was chosen"), "muted", self)
        self._shapes = Card(tr("Shapes"), "mono", self)
        self._code = Card(tr("In the code"), "mono", self, is_code=True)
        # A name of code longer than the page is cut: it may not push all else out.
        self._code.body.setMinimumWidth(1)
        self._lay_out()
        self._describe(node.type)
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 12)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.subtitle)
        column.addWidget(self.bypass_note)
        column.addLayout(self._problems_column)
        rows = QVBoxLayout()
        rows.setSpacing(4)  # as between the rows of one form
        for field in (self.name_field, self.form, self.sharing):
            rows.addWidget(field)
        column.addLayout(rows)
        column.addWidget(self.learning)
        column.addWidget(self.look_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.preview)
        for card in (self.chosen, self._about, self._shapes, self._code):
            column.addWidget(card)
        column.addStretch(1)

    def _connect(self) -> None:
        model = self._model
        self.name_field.renamed.connect(self._rename)
        self.name_field.done.connect(self.named)
        self.sharing.chosen.connect(self._share)
        self.look_button.clicked.connect(
            lambda: model.enter(self.layer_name, self.name)
        )
        self.form.changed.connect(self._change)
        self.form.code_allowed.connect(partial(allow, model, self))
        self.form.code_questioned.connect(partial(ask_to_allow, model, self))

    def refresh(self) -> None:
        """Show the node as it is now."""
        graph = self._model.document.graph
        if self.name not in graph:
            return
        node = graph[self.name]
        analysis = self._model.analysis
        self.heading.setText(node.name)
        self.name_field.show_name(node.name, graph)
        self.form.show_names(self._model.analysis.names)
        self.form.show_values(node.settings)
        # A node that uses another's weights counts none of its own.
        has_weights = analysis.parameters(self.name) > 0
        self.sharing.show_node(self.name, graph, has_weights=has_weights)
        self.learning.show_nodes([self.name])
        self.subtitle.setText(self._summary(node))
        self.bypass_note.show_node(self.name)
        self._show_problems(analysis.problems_of(self.name))
        self.preview.show_node(self.name)
        self.chosen.show_text(_choice(node))
        self._shapes.show_text(self._shape_lines(node))
        self._code.show_text(_in_lines(analysis.constructor_of(self.name)))

    @property
    def is_outdated(self) -> bool:
        """Whether the node has other settings now: its block got or lost some."""
        node = self._model.document.graph[self.name]
        return self.form.settings != (node.type.settings if node.type else ())

    def _describe(self, layer: Layer | None) -> None:
        if layer is None:
            self._about.show_text("")
            return
        self._about.show_text(unbroken(" ".join(layer.help.split())))
        self._formula.setText(layer.formula)
        self._formula.setVisible(bool(layer.formula))
        self._about.add(self._formula)
        explained = letters(layer)
        self._letters.setText(explained)
        self._letters.setVisible(bool(explained))
        self._about.add(self._letters)
        self._source.setText("; ".join(map(_as_link, layer.source.split("; "))))
        self._source.setToolTip(layer.source)
        self._source.setVisible(bool(layer.source))
        self._about.add(self._source)

    def _summary(self, node: Node) -> str:
        outputs = self._model.analysis.outputs(node.name)
        parts = [node.layer]
        if outputs:
            parts.append(outputs[0].brief())
        count = self._model.analysis.parameters(node.name)
        if count:
            frozen = self._model.analysis.frozen(node.name)
            some = tr("{count:,} frozen", count=frozen)
            some = some if frozen < count else tr("frozen")
            parameters = tr.counted(count, "{count} parameter", "{count:,} parameters")
            counted = f"{parameters}, {some}" if frozen else parameters
            parts.append(counted.replace(" ", "\N{NO-BREAK SPACE}"))  # on one line
        return " · ".join(parts)

    def _shape_lines(self, node: Node) -> str:
        layer = node.type
        if layer is None:
            return ""
        lines = []
        inputs = self._model.analysis.inputs(node.name)
        for spec in inputs or ():
            lines.append(tr("reads {spec}", spec=_spec(spec)))
        outputs = self._model.analysis.outputs(node.name)
        for port, spec in zip(layer.outputs, outputs or (), strict=False):
            which = f" ({port.name})" if len(layer.outputs) > 1 else ""
            lines.append(tr("gives {spec}{which}", spec=_spec(spec), which=which))
        return "\n".join(lines)

    def _show_problems(self, problems: list[Problem]) -> None:
        shown = [each.as_shown for each in problems]
        if shown == self._shown_problems:
            return
        self._shown_problems = shown
        for card in self._problem_cards:
            self._problems_column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._problem_cards = [ProblemCard(problem, self) for problem in problems]
        for card in self._problem_cards:
            card.fix_chosen.connect(self._mend)
            card.allow_wanted.connect(partial(ask_to_allow, self._model, self))
            self._problems_column.addWidget(card)

    def _mend(self, fix: Fix) -> None:
        self._model.push(fix.label, Compound(fix.edits))
        self.mended.emit()

    def _share(self, other: str) -> None:
        if self._model.document.graph[self.name].shares != other:
            whose = (
                tr("Share the weights of {other}", other=other)
                if other
                else tr("Weights of its own")
            )
            self._model.push(whose, SetShares(self.name, other))

    def _rename(self, new: str) -> None:
        model = self._model
        edit = rename_node(model.root, model.scope, self.name, new)
        model.push(tr("Rename {name}", name=self.name), edit, scope="")

    def _change(self, name: str, value: Any) -> None:
        if self.name not in self._model.document.graph:
            return  # it went while a field of it had the keyboard
        edit = change_settings(self._model.document.graph, self.name, {name: value})
        key = self.form.merge_key(name)
        self._model.push(
            tr("Change {setting} of {node}", setting=name, node=self.name),
            edit,
            merge=f"setting:{self.name}:{key}" if key else "",
        )


def _choice(node: Node) -> str:
    """What is worth knowing of a node's choices, and where its weights come from."""
    layer = node.type
    if layer is None or wrong_values(layer.settings, node.settings):
        return ""
    about, need = layer.about(node.values), need_of(node)
    if need is not None:
        where = (
            tr("in {path}", path=need.path)
            if need.is_there
            else tr("not here yet: {address}", address=need.address)
        )
        about += "\n" + tr("Weights: {where}", where=where)
    return about


def _spec(spec: TensorSpec) -> str:
    dtype = "" if spec.dtype == "float32" else f" {spec.dtype}"
    return f"{spec.describe()}{dtype}"


def _as_link(source: str) -> str:
    """A source as rich text: an address is a link that says where it leads."""
    if not source.startswith("http"):
        return html.escape(source)
    # Qt underlines through the tails of letters: the colour says that it is a link.
    page = tr("PyTorch’s own page")
    return f'<a href="{source}" style="text-decoration: none">{page} ↗</a>'


def _in_lines(code: str) -> str:
    """`code` without words that are wider than the page: one breaks at its bracket."""

    def broken(word: re.Match[str]) -> str:
        is_text = {"'", '"'} & set(word[0])
        return word[0] if is_text else word[0].replace("(", "(\n    ", 1)

    return _LONG_WORD.sub(broken, code)
