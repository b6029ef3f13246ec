"""The open document: its only mutator, and the only emitter of its changes.

Widgets read `model.document` and `model.analysis`, and change the document with
`model.push(label, edit)` alone. Every change, undone and redone ones too, arrives as
the signals below, once per single edit and in order; `analysed` follows when shapes,
problems and code are right again.

One may go inside a block: `document.graph`, `analysis` and the signals are then about
the block's graph, and `root` and `whole` still about all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine import edits
from engine.allowed_code import ALLOWED
from engine.analysis import Analysis, Check
from engine.block_view import BlockView, Known, Step
from engine.document import Document
from gui.announcing import announce
from gui.described_data import DescribedData
from gui.form_words import in_form_words
from gui.scope_paths import path_to, place_of, renamed, scope_of, standing
from gui.undo_step import Branch, UndoStep


class DocumentModel(QObject):
    """A document with its undo stack and what is known about it."""

    changing = Signal(bool)
    """An edit is about to be applied; whether it undoes a step, or does it again."""
    node_added = Signal(str)
    node_removed = Signal(str)
    node_changed = Signal(str)
    """Its settings changed, or whether it takes part and how it is shown."""
    nodes_moved = Signal(list)
    """Names of the nodes that have new positions."""
    node_renamed = Signal(str, str)
    """Old name, new name; edges have followed already."""
    edge_added = Signal(object)
    edge_removed = Signal(object)
    edge_bent = Signal(object)
    """It is led through other points."""
    data_changed = Signal()
    recipe_changed = Signal()
    name_changed = Signal()
    path_changed = Signal()
    replaced = Signal()
    """Another document altogether: read everything anew."""
    analysed = Signal()
    """Shapes, problems and code follow the document again."""
    scope_changed = Signal()
    """Another graph of the document is shown: read it anew."""
    blocks_changed = Signal()
    """Blocks came, went, or were edited from outside."""

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        checks: Sequence[Check] = (),
        data: DescribedData | None = None,
    ) -> None:
        """`data` finds out what its data hold, and is checked against it."""
        super().__init__(parent)
        self.data = data
        if data is not None:
            data.setParent(self)
            data.found.connect(self.analyse)
            checks = (*checks, data.problems)
        self.undo_stack = QUndoStack(self)
        self._root = document
        self._shown = document
        self._checks = tuple(checks)
        self._whole = Analysis(document, self._checks, in_form_words)
        self._known: Known = self._whole
        self._steps: tuple[Step, ...] = ()
        self._path: Path | None = None

    @property
    def document(self) -> Document:
        """The document, its `graph` the one that is shown; never to be changed."""
        return self._shown

    @property
    def root(self) -> Document:
        """The whole document: what is saved, trained and exported."""
        return self._root

    @property
    def analysis(self) -> Known:
        """What is known of the graph that is shown: shapes, problems, costs, code."""
        return self._known

    @property
    def whole(self) -> Analysis:
        """What is known of the whole document."""
        return self._whole

    def study(self, document: Document) -> Analysis:
        """What would be known of another document, with all that is asked of this."""
        analysis = Analysis(document, self._checks, in_form_words)
        analysis.refresh()
        return analysis

    @property
    def is_blank(self) -> bool:
        """Whether nothing is drawn yet: what it lacks is no news to anybody."""
        return not len(self._root.graph) and not self._root.blocks

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
        self._root = self._shown = document
        self._whole = self._known = Analysis(document, self._checks, in_form_words)
        was_inside, self._steps = bool(self._steps), ()
        self._path = path
        if was_inside:
            self.scope_changed.emit()
        self.replaced.emit()
        self.path_changed.emit()
        self.analyse()

    # Where one is.

    @property
    def scope(self) -> str:
        """The block whose graph is shown; "" for the main graph."""
        return scope_of(self._steps)

    @property
    def path_of_scopes(self) -> tuple[Step, ...]:
        """The blocks one went into, the outermost first."""
        return self._steps

    def enter(self, block_name: str, use_node: str | None = None) -> None:
        """Show the inside of a block, as a node of the present graph uses it.

        Of no node in particular, as its first use does: with the shapes it has there.
        """
        if block_name not in self._root.blocks:
            return
        if use_node is None:
            self.go_to_scope(block_name)
        else:
            self.go_to((*self._steps, Step(block_name, use_node)))

    def leave(self) -> None:
        """Show the graph around the present one."""
        self.go_to(self._steps[:-1])

    def leave_to(self, depth: int) -> None:
        """Show the graph so many blocks deep; 0 is the main one."""
        self.go_to(self._steps[:depth])

    def go_to(self, steps: Sequence[Step]) -> None:
        """Show the graph at the end of a path, as far as that is there."""
        steps = standing(self._root, steps)
        if steps != self._steps:
            self._steps = steps
            self._look()
            self.scope_changed.emit()
            self.analysed.emit()

    def go_to_scope(self, scope: str) -> None:
        """Show the graph of a block: from here if on the way, else at its first use."""
        self.go_to(path_to(self._root, self._steps, scope))

    def _look(self) -> None:
        """Let `document` and `analysis` be about the graph at the end of the path."""
        self._shown = self._root.scoped(self.scope)
        if self._steps:
            self._known = BlockView(self._whole, self._steps)
        else:
            self._known = self._whole

    # How it changes.

    def push(
        self, label: str, edit: edits.Edit, merge: str = "", scope: str | None = None
    ) -> None:
        """Apply an edit of the graph that is shown as one undo step called `label`.

        Of another graph where `scope` names it: a block, or "" for the main one and
        for edits that know their graphs themselves. Consecutive pushes with the same
        non-empty `merge` key become one step: a dragged spin box or slider is one
        gesture; one that ends where it began is no step at all, and what could be done
        again before it still can be. Raises what the edit raises.
        """
        edit = edits.within(self.scope if scope is None else scope, edit)
        steps = place_of(self._root, self._steps, edit)
        merge = _whole_key(steps, merge)
        gesture = self._gesture(merge)
        if gesture is not None and gesture.is_undone_by(edit, self._root):
            self._void(gesture)
            return
        cut_off = Branch(self.undo_stack) if merge else None
        self.changing.emit(False)
        # Applied before Qt sees it: an edit that cannot be applied raises here, and
        # leaves neither a change nor an undo step behind.
        inverse = self._apply(edit)
        step = UndoStep(self._apply_at, label, edit, inverse, merge, steps, cut_off)
        self.undo_stack.push(step)

    def take_back(self, merge: str) -> None:
        """Let the gesture of this key, if it is the last step, never have been."""
        gesture = self._gesture(_whole_key(self._steps, merge))
        if gesture is not None:
            self._void(gesture)

    def _gesture(self, merge: str) -> UndoStep | None:
        """The last step, where an edit with this key would be part of it."""
        stack = self.undo_stack
        last = stack.command(stack.index() - 1)
        is_last = bool(merge) and not stack.canRedo()
        if is_last and isinstance(last, UndoStep) and last.merge == merge:
            return last
        return None

    def _void(self, gesture: UndoStep) -> None:
        gesture.is_void = not self.undo_stack.isClean()  # else it is in a file
        cut_off = gesture.cut_off if gesture.is_void else None
        self.undo_stack.undo()
        if cut_off:
            cut_off.put_back(self.undo_stack)

    def analyse(self) -> None:
        """Bring shapes, problems and code up to date and say so."""
        self._whole.refresh()
        self._look()
        self.analysed.emit()

    def allow_code(self, code: str) -> None:
        """Let Python code that the document carries run, here and from now on.

        It is no edit: the document stays as it is. Raises Refusal where it could not be
        remembered; it is allowed all the same.
        """
        try:
            ALLOWED.allow(code)
        finally:
            self.analyse()

    def _apply_at(self, edit: edits.Edit, steps: tuple[Step, ...]) -> edits.Edit:
        """Apply an edit that was made at a path, and show that again."""
        self.changing.emit(True)
        self.go_to(steps)
        inverse = self._apply(edit)
        self.go_to(steps)  # undoing may have brought a block of the path back
        return inverse

    def _apply(self, edit: edits.Edit) -> edits.Edit:
        inverse = edit.apply(self._root)
        singles = list(edits.flatten(edit))
        before = renamed(self._steps, singles)
        self._steps = standing(self._root, before)
        has_moved = [s.block for s in self._steps] != [s.block for s in before]
        self._shown = self._root.scoped(self.scope)
        for single in singles:
            announce(self, single)
        self._whole.note(edit)
        self._whole.refresh()
        self._look()
        if has_moved:
            self.scope_changed.emit()
        self.analysed.emit()
        return inverse


def _whole_key(steps: Sequence[Step], merge: str) -> str:
    """A gesture's key with the place of its graph; "" stays what never merges."""
    return f"{'/'.join(step.block for step in steps)}:{merge}" if merge else ""
