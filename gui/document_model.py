"""The open document: its only mutator, and the only emitter of its changes.

Widgets read `model.document` and `model.analysis`, and change the document with
`model.push(label, edit)` alone. Every change, undone and redone ones too, arrives as
the signals below, once per single edit and in order; `analysed` follows when shapes,
problems and code are right again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine import edits
from engine.analysis import Analysis, Check
from engine.document import Document


class DocumentModel(QObject):
    """A document with its undo stack and what is known about it."""

    node_added = Signal(str)
    node_removed = Signal(str)
    node_changed = Signal(str)
    """Settings changed."""
    nodes_moved = Signal(list)
    """Names of the nodes that have new positions."""
    node_renamed = Signal(str, str)
    """Old name, new name; edges have followed already."""
    edge_added = Signal(object)
    edge_removed = Signal(object)
    data_changed = Signal()
    recipe_changed = Signal()
    name_changed = Signal()
    path_changed = Signal()
    replaced = Signal()
    """Another document altogether: read everything anew."""
    analysed = Signal()
    """Shapes, problems and code follow the document again."""

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        checks: Sequence[Check] = (),
    ) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._document = document
        self._checks = tuple(checks)
        self._analysis = Analysis(document, self._checks)
        self._path: Path | None = None

    @property
    def document(self) -> Document:
        """The document; to be read, never changed."""
        return self._document

    @property
    def analysis(self) -> Analysis:
        """What is known of the document: shapes, problems, costs and code."""
        return self._analysis

    @property
    def path(self) -> Path | None:
        """The file the document is kept in, once it has one."""
        return self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path = path
        self.path_changed.emit()

    def replace(self, document: Document, path: Path | None = None) -> None:
        """Show another document; the undo history begins anew."""
        self.undo_stack.clear()
        self._document = document
        self._analysis = Analysis(document, self._checks)
        self._path = path
        self.replaced.emit()
        self.path_changed.emit()
        self.analyse()

    def push(self, label: str, edit: edits.Edit, merge: str = "") -> None:
        """Apply an edit as one undo step called `label`.

        Consecutive pushes with the same non-empty `merge` key become one step: a
        dragged spin box or slider is one gesture. Raises what the edit raises.
        """
        # Applied before Qt sees it: an edit that cannot be applied raises here, and
        # leaves neither a change nor an undo step behind.
        inverse = self._apply(edit)
        self.undo_stack.push(_Command(self._apply, label, edit, inverse, merge))

    def analyse(self) -> None:
        """Bring shapes, problems and code up to date and say so."""
        self._analysis.refresh()
        self.analysed.emit()

    def _apply(self, edit: edits.Edit) -> edits.Edit:
        inverse = edit.apply(self._document)
        for single in edits.flatten(edit):
            self._announce(single)
        self._analysis.note(edit)
        self.analyse()
        return inverse

    def _announce(self, edit: edits.Edit) -> None:
        match edit:
            case edits.AddNode(node=node):
                self.node_added.emit(node.name)
            case edits.RemoveNode(name=name):
                self.node_removed.emit(name)
            case edits.SetSettings(name=name) | edits.SetShares(name=name):
                self.node_changed.emit(name)
            case edits.MoveNodes(positions=positions):
                self.nodes_moved.emit(list(positions))
            case edits.RenameNode(old=old, new=new):
                self.node_renamed.emit(old, new)
            case edits.AddEdge(edge=edge):
                self.edge_added.emit(edge)
            case edits.RemoveEdge(edge=edge):
                self.edge_removed.emit(edge)
            case edits.SetData():
                self.data_changed.emit()
            case edits.SetRecipe():
                self.recipe_changed.emit()
            case edits.SetName():
                self.name_changed.emit()


class _Command(QUndoCommand):
    """One gesture: an edit, and the edit that undoes it."""

    def __init__(
        self,
        apply: Callable[[edits.Edit], edits.Edit],
        label: str,
        edit: edits.Edit,
        inverse: edits.Edit,
        merge: str,
    ) -> None:
        super().__init__(label)
        self._apply = apply
        self._edit = edit
        self._inverse = inverse
        self._merge = merge
        self._is_applied = True

    def redo(self) -> None:
        if not self._is_applied:  # Qt calls this once as the command is pushed
            self._inverse = self._apply(self._edit)
        self._is_applied = True

    def undo(self) -> None:
        self._edit = self._apply(self._inverse)
        self._is_applied = False

    def id(self) -> int:
        # Qt offers commands of equal ids to mergeWith; -1 is never offered.
        return hash(self._merge) & 0x7FFFFFFF if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Command) or other._merge != self._merge:
            return False
        self._edit = edits.Compound((self._edit, other._edit))
        self._inverse = edits.Compound((other._inverse, self._inverse))
        return True
