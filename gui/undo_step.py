"""One step of the undo history, and whether an edit would undo it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtGui import QUndoCommand

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
    ) -> None:
        super().__init__(label)
        self._apply = apply
        self._steps = steps
        self._edit = edit
        self._inverse = inverse
        self._origin = inverse
        """What undoes the first edit of the gesture, the others being undone."""
        self.merge = merge
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

    def redo(self) -> None:
        if not self._is_applied:  # Qt calls this once as the command is pushed
            self._inverse = self._apply(self._edit, self._steps)
        self._is_applied = True

    def undo(self) -> None:
        self._edit = self._apply(self._inverse, self._steps)
        self._is_applied = False
        self.setObsolete(self.is_void)  # the stack lets go of it then

    def id(self) -> int:
        # Qt offers commands of equal ids to mergeWith; -1 is never offered.
        return hash(self.merge) & 0x7FFFFFFF if self.merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, UndoStep) or other.merge != self.merge:
            return False
        self._edit = edits.Compound((self._edit, other._edit))
        self._inverse = edits.Compound((other._inverse, self._inverse))
        return True


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
