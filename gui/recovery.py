"""Keeps every edit on the disk, on a thread of its own, until it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from engine.problems import Refusal
from engine.recovery import RecoverySlot, Unsaved, snapshot
from gui.document_model import DocumentModel
from gui.failures import explain
from gui.texts import Texts

tr = Texts("files")

REST_MILLISECONDS = 100
"""The least time between two writes: a dragged slider shall not wear the disk out. With
it a command is on the disk at most this and two writes later."""


class RecoveryKeeper(QObject):
    """Writes the document down after each command, and forgets it once it is saved."""

    kept = Signal(int)
    """All commands up to this one, counted from the first, are on the disk."""
    refused = Signal(str)
    """Why edits cannot be kept; said once until they can be again."""

    def __init__(
        self, model: DocumentModel, folder: Path | None, parent: QObject | None = None
    ) -> None:
        """Without a `folder` nothing is kept."""
        super().__init__(parent)
        self._model = model
        self._folder = folder
        self.base: str | None = None
        """The fingerprint of the file that the edits are made on."""
        self.lesson: str | None = None
        """The lesson that the document was opened as, if any."""
        self.origin = ""
        """Where a document without a file is from."""
        self.commands = 0
        """How many commands there were, undone and redone ones too."""
        self._slot: RecoverySlot | None = None
        self._carried = 0  # edits the document came with
        self._is_behind = self._is_writing = self._has_refused = False
        self._writer: _Writer | None = None
        self._turn = QTimer(self)  # at once, then with rests
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._write)
        if folder is not None:
            model.undo_stack.indexChanged.connect(self._note_command)
            model.undo_stack.cleanChanged.connect(self._note_clean)
            model.replaced.connect(self.forget)

    @property
    def is_up_to_date(self) -> bool:
        """Whether everything unsaved is on the disk."""
        return not (self._is_behind or self._is_writing)

    @property
    def unsaved_edits(self) -> int:
        """How many undo steps closing would lose; 0 where nobody can tell."""
        stack = self._model.undo_stack
        if stack.cleanIndex() < 0:
            return self._carried + stack.index() if self._carried else 0
        return abs(stack.index() - stack.cleanIndex())

    def take_over(self, slot: RecoverySlot, unsaved: Unsaved) -> None:
        """Go on with a slot whose document is the model's now."""
        self.forget()
        self._slot, self._carried = slot, unsaved.edits
        self.base = unsaved.base

    def note_saving(self, path: Path, content: str) -> None:
        """Let the disk know that the document is about to be written to its file."""
        if self._slot is not None:
            self._slot.note_saving(path, content)

    def forget(self) -> None:
        """Nothing of the document is to be kept any longer: it is saved, or let go."""
        self._is_behind = False
        self._carried = 0
        self._turn.stop()
        slot, self._slot = self._slot, None
        if slot is not None:
            self._on_thread(slot.remove)

    def close(self) -> None:
        """Forget, and wait until that is done on the disk; nothing is kept after it."""
        if self._folder is None:
            return
        self._folder = None
        stack = self._model.undo_stack  # it speaks up once more while it is destroyed
        stack.indexChanged.disconnect(self._note_command)
        stack.cleanChanged.disconnect(self._note_clean)
        self._model.replaced.disconnect(self.forget)
        self.forget()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.jobs.put(None)
            writer.wait()

    def _note_command(self) -> None:
        self.commands += 1
        self._note_clean(self._model.undo_stack.isClean())

    def _note_clean(self, is_clean: bool) -> None:
        if is_clean:
            self.forget()
            return
        self._is_behind = True
        if not self._is_writing and not self._turn.isActive():
            self._turn.start(0)  # after what belongs to this very command

    def _write(self) -> None:
        if self._is_writing or not self._is_behind or self._folder is None:
            return
        self._is_behind = False
        try:
            self._slot = slot = self._slot or RecoverySlot.new(self._folder)
        except OSError as error:
            self._refuse((error.strerror or str(error)).lower())
            return
        unsaved = Unsaved(
            document=snapshot(self._model.root),
            path=self._model.path,
            edits=self.unsaved_edits,
            base=self.base,
            lesson=self.lesson,
            origin=self.origin,
        )
        self._is_writing = True
        self._on_thread(lambda: slot.write(unsaved), self.commands)

    def _on_thread(self, job: Callable[[], None], number: int = -1) -> None:
        if self._writer is None:
            self._writer = _Writer(self)
            self._writer.done.connect(self._written)
            self._writer.failed.connect(self._failed)
            self._writer.start()
        self._writer.jobs.put((job, number))

    def _written(self, number: int) -> None:
        self._has_refused = False
        self._rest()
        self.kept.emit(number)

    def _failed(self, problem: str) -> None:
        self._rest()
        self._refuse(problem)

    def _rest(self) -> None:
        self._is_writing = False
        if not self._turn.isActive():
            self._turn.start(REST_MILLISECONDS)

    def _refuse(self, reason: str) -> None:
        if not self._has_refused:
            self._has_refused = True
            self.refused.emit(
                tr(
                    "Unsaved edits cannot be kept on the disk now: {why}. "
                    "Save the document often until that is mended.",
                    why=reason.rstrip("."),
                )
            )


class _Writer(QThread):
    """Does one thing after the other."""

    done = Signal(int)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.jobs: SimpleQueue[tuple[Callable[[], None], int] | None] = SimpleQueue()

    def run(self) -> None:
        while (item := self.jobs.get()) is not None:
            job, number = item
            try:
                job()
            except Refusal as refusal:
                self.failed.emit(refusal.problem.message)
            except Exception as error:  # the edge of the thread: nothing may pass it
                self.failed.emit(explain(error))
            else:
                if number >= 0:
                    self.done.emit(number)
