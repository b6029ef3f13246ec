"""The file of one document: saving it, and what is not saved yet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.document import is_untitled
from engine.edits import SetName
from engine.problems import Refusal
from engine.recovery import fingerprint
from engine.storage import SUFFIX, dumps, write_whole
from gui.document_model import DocumentModel
from gui.file_guard import FileGuard, Permission, fingerprint_of
from gui.recent_files import RecentFiles
from gui.replacing import with_ending
from gui.texts import Texts

tr = Texts("files")

FILTER = f"Espalier (*{SUFFIX})"


class DocumentFile(QObject):
    """Moves one document between its model and its file. Never loses one unasked."""

    refused = Signal(str)
    """A sentence on what could not be done."""
    save_began = Signal(object, str)
    """The path that is about to be written, and the fingerprint of what it will be."""
    saved = Signal(object)
    """The path that was written."""

    def __init__(
        self,
        model: DocumentModel,
        guard: FileGuard,
        recent: RecentFiles,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._guard = guard
        self._model = model
        self._recent = recent
        self._window = window
        self.origin = ""
        """Where the document is from that has no file yet, for the name of one."""

    @property
    def title(self) -> str:
        """What it is called in tabs and windows: its file's name, or else the title."""
        path = self._model.path
        return path.stem if path is not None else self.name

    @property
    def name(self) -> str:
        """The document's title, and where it is from while it has no file."""
        name = self._model.root.name
        return f"{name} – {self.origin}" if self.origin else name

    @property
    def is_saved(self) -> bool:
        """Whether the document holds nothing that closing would lose."""
        return self._model.undo_stack.isClean()

    def is_outdated(self) -> bool:
        """Whether the file holds something else than was read or written here."""
        path = self._model.path
        return path is not None and fingerprint_of(path) != self._guard.base

    def save(self) -> bool:
        """Write the document to its file; whether it is saved now."""
        path = self._model.path
        return self.save_as() if path is None else self._write(path)

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; whether it is saved now."""
        folder = self._model.path.parent if self._model.path else self._recent.folder
        suggestion = folder / f"{file_name(self.title)}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save as"), str(suggestion), FILTER
        )
        if not name:
            return False
        path = with_ending(Path(name), SUFFIX, self._window)
        if path is None:
            return False
        if is_untitled(self._model.root.name):
            self._model.push(tr("Change the title"), SetName(path.stem), scope="")
        return self._write(path)

    def may_leave(self) -> bool:
        """Whether the document may be closed: it is saved, or the user let it go."""
        if self.is_saved:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setWindowTitle("Espalier")
        box.setText(tr("Save the changes to “{title}”?", title=self.title))
        box.setInformativeText(tr("They are lost if you do not."))
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def _write(self, path: Path) -> bool:
        permission = self._guard.ask_before_writing(path)
        if permission is Permission.ELSEWHERE:
            return self.save_as()
        if permission is Permission.NO:
            return self.is_saved
        content = dumps(self._model.root).encode()
        self.save_began.emit(path, fingerprint(content))
        try:
            write_whole(path, content)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return False
        self._model.path = path
        self._guard.note(fingerprint(content))
        self._model.undo_stack.setClean()
        self._recent.note(path)
        self.saved.emit(path)
        return True


def file_name(title: str) -> str:
    """A title as a file's name: what file systems refuse is left out."""
    kept = "".join(c if c.isalnum() or c in " -_" else " " for c in title)
    return " ".join(kept.split()) or "network"
