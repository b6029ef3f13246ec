"""The blocks one can build with: the document's, the library's and the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.block_edits import remove_block
from engine.block_parts import bring
from engine.blocks import BlockLayer
from engine.edits import Edit
from engine.problems import Refusal
from gui.document_model import DocumentModel
from gui.texts import Texts
from templates.block_library import KeptBlock, keep, library, own_blocks

tr = Texts("blocks")

HERE, LIBRARY, OWN = (
    tr.mark("In this document"),
    tr.mark("Library"),
    tr.mark("Kept by you"),
)


class BlockShelf(QObject):
    """Finds blocks by name; keeps some in the user's folder for other documents."""

    changed = Signal()
    """Other blocks are there now."""
    kept = Signal(str)
    """The name of a block that was kept."""
    refused = Signal(str)

    def __init__(
        self, model: DocumentModel, folder: Path | None, parent: QObject | None = None
    ) -> None:
        """`folder` is where the user's own blocks are kept; it may not exist yet."""
        super().__init__(parent)
        self._model = model
        self._folder = folder
        self._own: tuple[KeptBlock, ...] | None = None
        self._read_at = 0
        """When the folder had changed last as it was read, in nanoseconds."""
        model.blocks_changed.connect(self.changed)
        model.replaced.connect(self.changed)

    @property
    def own(self) -> tuple[KeptBlock, ...]:
        """The blocks the user has kept, in another document too."""
        changed_at = self._changed_at()
        if self._own is None or changed_at != self._read_at:
            self._read_at = changed_at
            self._own = own_blocks(self._folder) if self._folder is not None else ()
        return self._own

    def _changed_at(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns if self._folder is not None else 0
        except OSError:  # nothing was kept yet
            return 0

    def groups(self) -> list[tuple[str, list[BlockLayer]]]:
        """All blocks under their headings; one that is here already is shown once."""
        here = self._model.root.blocks
        return [
            (HERE, list(here.values())),
            (OWN, [each.layer for each in self.own if each.name not in here]),
            (LIBRARY, [each.layer for each in library() if each.name not in here]),
        ]

    def layers(self) -> Sequence[BlockLayer]:
        """All blocks, each name once: what a search looks through."""
        found = {
            layer.name: layer
            for _, layers in reversed(self.groups())
            for layer in layers
        }
        return list(found.values())

    def find(self, name: str) -> KeptBlock | None:
        """The block of that name that is not in the document yet."""
        if name in self._model.root.blocks:
            return None
        return next((b for b in (*self.own, *library()) if b.name == name), None)

    def bringing(self, name: str) -> Edit | None:
        """The edit that takes a block into the document; None where it is there.

        Raises Refusal where it cannot be.
        """
        found = self.find(name)
        return bring(self._model.root, found.document, name) if found else None

    # What the user asks for.

    def keep(self, name: str) -> None:
        """Keep a block of the document for other documents."""
        if self._folder is None:
            self.refused.emit(tr("There is no folder to keep blocks in."))
            return
        try:
            keep(self._model.root, name, self._folder)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._own = None
        self.kept.emit(name)
        self.changed.emit()

    def forget(self, name: str) -> None:
        """Delete the file of a block the user has kept."""
        for each in self.own:
            if each.name == name:
                try:
                    each.path.unlink(missing_ok=True)
                except OSError as error:
                    self.refused.emit(
                        tr(
                            "{path} could not be deleted: {why}. "
                            "Check the rights of the file.",
                            path=each.path,
                            why=error.strerror,
                        )
                    )
        self._own = None
        self.changed.emit()

    def take_out(self, name: str) -> None:
        """Take a block out of the document that nobody uses."""
        try:
            edit = remove_block(self._model.root, name)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._model.push(tr("Take {name} out", name=name), edit, scope="")
