"""One step of the undo history, and whether an edit would undo it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtGui import QUndoCommand, QUndoStack

from engine import edits
from engine.block_view import Step
from engine.document import DataConfig, Document

Path = tuple[Step, ...]


class UndoStep(QUndoCommand):
    """One gesture: an edit, and the edit that undoes it."""

    def __init__(
        self,
        apply: Callable[[edits.Edit, Path], edits.Edit],
        label: str,
        edit: edits.Edit,
        inverse: edits.Edit,
        merge: str,
        steps: Path,
        cut_off: Branch | None = None,
    ) -> None:
        super().__init__(label)
        self._apply = apply
        self._steps = steps
        self._edit = edit
        self._inverse = inverse
        self._origin = inverse
        """What undoes the first edit of the gesture, the others being undone."""
        self.merge = merge
        self.cut_off = cut_off
        """What could be done again before it, and can be once more if it is void."""
        self.is_asleep = False
        """Whether undoing and redoing it only moves along the history."""
        self.is_void = False
        """Whether it goes for good once it is undone: nothing was meant by it."""
        self._is_applied = True

    def is_undone_by(self, edit: edits.Edit, document: Document) -> bool:
        """Whether an edit brings back what was there before the gesture."""
        there = list(edits.flatten(edit))
        back = list(edits.flatten(self._origin))
        if len(there) != len(back):
            return False
        pairs = zip(there, reversed(back), strict=True)
        return all(_alike(one, other, document) for one, other in pairs)

    def twin(self) -> UndoStep:
        """The same step once more, for when Qt has deleted this one."""
        twin = UndoStep(
            self._apply,
            self.text(),
            self._edit,
            self._inverse,
            self.merge,
            self._steps,
            self.cut_off,
        )
        twin._origin = self._origin
        return twin

    def forget_saved(self) -> None:
        """What it cut off leads to what is in the file no more."""
        if self.cut_off is not None:
            self.cut_off.forget_saved()

    def redo(self) -> None:
        # Qt calls this once as the command is pushed
        if not (self._is_applied or self.is_asleep):
            self._inverse = self._apply(self._edit, self._steps)
        self._is_applied = True

    def undo(self) -> None:
        if not self.is_asleep:
            self._edit = self._apply(self._inverse, self._steps)
        self._is_applied = False
        self.setObsolete(self.is_void)  # the stack lets go of it then

    def id(self) -> int:
        # Qt offers commands of equal ids to mergeWith; -1 is never offered.
        return hash(self.merge) & 0x7FFFFFFF if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, UndoStep) or other.merge != self.merge:
            return False
        if other.is_asleep or other.cut_off:  # it has been, or begins, a step
            return False
        self._edit = edits.Compound((self._edit, other._edit))
        self._inverse = edits.Compound((other._inverse, self._inverse))
        return True


class Branch:
    """The steps that can be done again, which the next push lets Qt delete."""

    def __init__(self, stack: QUndoStack) -> None:
        ahead = (stack.command(at) for at in range(stack.index(), stack.count()))
        self._steps = [step.twin() for step in ahead if isinstance(step, UndoStep)]
        self._saved_after = stack.cleanIndex() - stack.index()
        """How many of them lead to what is in the file; none where not above 0."""

    def __len__(self) -> int:
        return len(self._steps)

    def put_back(self, stack: QUndoStack) -> None:
        """Let them be what can be done again; the document is as before them."""
        was_blocked = stack.blockSignals(True)  # on the way it would seem saved
        for done, step in enumerate(self._steps, 1):
            step.is_asleep = True
            stack.push(step)
            if done == self._saved_after and stack.cleanIndex() < 0:
                stack.setClean()
        stack.setIndex(stack.index() - len(self._steps))
        for step in self._steps:
            step.is_asleep = False
        stack.blockSignals(was_blocked)
        stack.indexChanged.emit(stack.index())

    def forget_saved(self) -> None:
        """None of them leads to what is in the file any more."""
        self._saved_after = 0
        for step in self._steps:
            step.forget_saved()


def forget_saved(stack: QUndoStack) -> None:
    """No step leads to what is in the file any more, not even one that is put back."""
    stack.resetClean()
    for step in map(stack.command, range(stack.count())):
        if isinstance(step, UndoStep):
            step.forget_saved()


def _alike(one: edits.Edit, other: edits.Edit, document: Document) -> bool:
    """Whether two edits lead to the same values, be they written or left to default."""
    if isinstance(one, edits.Within) and isinstance(other, edits.Within):
        if one.scope != other.scope:
            return False
        return _alike(one.edit, other.edit, document.scoped(one.scope))
    if isinstance(one, edits.SetSettings) and isinstance(other, edits.SetSettings):
        node = document.graph.nodes.get(one.name)
        if one.name != other.name or node is None or node.type is None:
            return False
        given = (replace(node, settings=each.settings) for each in (one, other))
        return next(given).values == next(given).values
    if isinstance(one, edits.SetData) and isinstance(other, edits.SetData):
        return one.data.source == other.data.source and (
            _complete(one.data) == _complete(other.data)
        )
    return one == other


def _complete(data: DataConfig) -> Mapping[str, Any]:
    from engine.data.source import SOURCES  # after the first frame

    source = SOURCES.get(data.source)
    settings = source.settings if source is not None else ()
    return {**{each.name: each.default for each in settings}, **data.settings}
