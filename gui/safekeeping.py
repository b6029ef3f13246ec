"""What a window does so that no edit is lost: keeps, offers, watches, asks."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.problems import Refusal
from engine.recovery import RecoverySlot, Unsaved, left_behind
from gui.document_model import DocumentModel
from gui.file_guard import FileGuard
from gui.files import DocumentFiles
from gui.question_bar import Answer, Question, QuestionBar
from gui.recovery import RecoveryKeeper
from gui.theme import Theme


class Safekeeping(QObject):
    """Joins the recovery files and the guard of the document's file to a window."""

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
        self._recovery_dir = state_dir / "recovery" if state_dir is not None else None
        open_dir = state_dir / "open" if state_dir is not None else None
        self.recovery = RecoveryKeeper(model, self._recovery_dir, self)
        self.guard = FileGuard(model, self.questions, open_dir, window)
        self.guard.based.connect(self._pass_base)
        self._pass_base()
        self.recovery.refused.connect(self.refused)
        self._files: DocumentFiles | None = None
        self._offered: list[RecoverySlot] = []

    def serve(self, files: DocumentFiles) -> None:
        """Let questions open and save through `files`."""
        self._files = files
        files.save_began.connect(self.recovery.note_saving)
        self.guard.save_wanted.connect(files.save)
        self.guard.save_as_wanted.connect(files.save_as)

    def offer_left_behind(self) -> None:
        """Ask about each document that a process which is gone did not save."""
        if self._recovery_dir is None:
            return
        for slot in left_behind(self._recovery_dir):
            try:
                unsaved = slot.read()
            except Refusal as refusal:
                aside = slot.set_aside()
                self.refused.emit(f"{refusal} It is kept as {aside}.")
                continue
            if unsaved.is_in_its_file:
                slot.remove()
                continue
            self._offered.append(slot)
            self.questions.ask(self._offer(slot, unsaved))

    def close(self) -> None:
        """The document is saved or let go; what was not answered is asked again."""
        self.recovery.close()
        self.guard.close()
        for slot in self._offered:
            slot.lock.release()
        self._offered = []

    def _pass_base(self) -> None:
        self.recovery.base = self.guard.base

    def _offer(self, slot: RecoverySlot, unsaved: Unsaved) -> Question:
        it = "it" if unsaved.edits == 1 else "them"
        return Question(
            key=str(slot.path),
            text=offer_sentence(unsaved),
            details=[_where_from(unsaved)],
            answers=[
                Answer(label=f"Open {it}", act=lambda: self._open(slot, unsaved)),
                Answer(label=f"Forget {it}", act=lambda: self._forget(slot)),
            ],
        )

    def _open(self, slot: RecoverySlot, unsaved: Unsaved) -> bool:
        if self._files is None or not self._files.show_unsaved(unsaved):
            return False
        self.recovery.take_over(slot, unsaved)
        self._offered.remove(slot)
        self.guard.note(unsaved.base)
        self.guard.look()  # the file may be another than the edits were made on
        return True

    def _forget(self, slot: RecoverySlot) -> bool:
        slot.remove()
        self._offered.remove(slot)
        return True


def offer_sentence(unsaved: Unsaved) -> str:
    """What was not saved, as a person would say it."""
    if unsaved.edits == 0:
        return f"Edits of {unsaved.title} were not saved when Espalier ended."
    if unsaved.edits == 1:
        return f"1 edit of {unsaved.title} was not saved when Espalier ended."
    return (
        f"{unsaved.edits} edits of {unsaved.title} were not saved when Espalier ended."
    )


def _where_from(unsaved: Unsaved) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(unsaved.time))
    if unsaved.path is None:
        return f"Last edit {when}; never saved to a file."
    return f"Last edit {when}, in {unsaved.path.parent}."
