"""What a workspace does so that no edit is lost: keeps, watches, asks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.recovery import RecoverySlot, Unsaved
from gui.document_file import DocumentFile
from gui.document_model import DocumentModel
from gui.file_guard import FileGuard
from gui.question_bar import QuestionBar
from gui.recovery import RecoveryKeeper
from gui.theme import Theme


class Safekeeping(QObject):
    """Joins the recovery files and the guard of the document's file to a workspace."""

    refused = Signal(str)

    def __init__(
        self,
        model: DocumentModel,
        state_dir: Path | None,
        theme: Theme,
        window: QWidget,
    ) -> None:
        """`state_dir` is a folder of Espalier's own; without it nothing is kept."""
        super().__init__(window)
        self.questions = QuestionBar(theme, window)
        recovery_dir = state_dir / "recovery" if state_dir is not None else None
        open_dir = state_dir / "open" if state_dir is not None else None
        self.recovery = RecoveryKeeper(model, recovery_dir, self)
        self.guard = FileGuard(model, self.questions, open_dir, window)
        self.guard.based.connect(self._pass_base)
        self._pass_base()
        self.recovery.refused.connect(self.refused)

    def serve(self, file: DocumentFile) -> None:
        """Let questions save through `file`."""
        file.save_began.connect(self.recovery.note_saving)
        self.guard.save_wanted.connect(file.save)
        self.guard.save_as_wanted.connect(file.save_as)

    def take_over(self, slot: RecoverySlot, unsaved: Unsaved) -> None:
        """Go on with what was left behind: its document is the model's now."""
        self.recovery.take_over(slot, unsaved)
        self.guard.note(unsaved.base)
        self.guard.look()  # the file may be another than the edits were made on

    def close(self) -> None:
        """The document is saved or let go."""
        self.recovery.close()
        self.guard.close()

    def _pass_base(self) -> None:
        self.recovery.base = self.guard.base
