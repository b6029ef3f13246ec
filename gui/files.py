"""Opening and saving: dialogs, recent files, and what is not saved yet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from engine.document import Document
from engine.problems import Refusal
from engine.recovery import Unsaved, fingerprint
from engine.storage import SUFFIX, dumps, load, write_whole
from gui.document_model import DocumentModel
from gui.file_guard import FileGuard, Permission, fingerprint_of

_FILTER = f"Espalier (*{SUFFIX})"
_RECENT_KEY = "recent"
_RECENT_MOST = 8


class DocumentFiles(QObject):
    """Moves documents between the model and files. Never loses one unasked."""

    recent_changed = Signal()
    lesson_changed = Signal(object)
    """The id of the lesson that was opened, or None for a document of the user's."""
    refused = Signal(str)
    """A sentence on what could not be done."""
    save_began = Signal(object, str)
    """The path that is about to be written, and the fingerprint of what it will be."""
    saved = Signal(object)
    """The path that was written."""

    def __init__(
        self,
        model: DocumentModel,
        settings: QSettings,
        window: QWidget,
        guard: FileGuard,
    ) -> None:
        super().__init__(window)
        self._guard = guard
        self._model = model
        self._settings = settings
        self._window = window

    @property
    def is_saved(self) -> bool:
        """Whether the document holds nothing that closing would lose."""
        return self._model.undo_stack.isClean()

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first, those that still exist."""
        stored = self._settings.value(_RECENT_KEY, [])
        names = [stored] if isinstance(stored, str) else list(stored or [])
        return [path for path in map(Path, names) if path.is_file()]

    def fill_menus(self, recent: QMenu, lessons: QMenu) -> None:
        """Let two menus list what can be opened, each time they open."""
        recent.aboutToShow.connect(lambda: self._fill_recent(recent))
        lessons.aboutToShow.connect(lambda: self._fill_lessons(lessons))

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.recent:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))
        if menu.isEmpty():
            menu.addAction("No files yet").setEnabled(False)

    def _fill_lessons(self, menu: QMenu) -> None:
        from templates import lessons

        menu.clear()
        for lesson in lessons():
            action = menu.addAction(lesson.title)
            action.setToolTip(lesson.summary)
            action.triggered.connect(
                lambda _=False, lesson_id=lesson.id: self.open_lesson(lesson_id)
            )

    def new(self) -> None:
        """Begin an empty document."""
        if self.may_leave():
            self._model.replace(Document())
            self.lesson_changed.emit(None)

    def open(self) -> None:
        """Ask for a file and open it."""
        if not self.may_leave():
            return
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open", str(self._folder()), f"{_FILTER};;All files (*)"
        )
        if name:
            self._load(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a file that was named, once the user lets the present document go."""
        if self.may_leave():
            self._load(path)

    def open_lesson(self, lesson_id: str) -> None:
        """Open the starting document of a lesson."""
        from templates import open_lesson

        if not self.may_leave():
            return
        try:
            document = open_lesson(lesson_id)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._model.replace(document)
        self.lesson_changed.emit(lesson_id)

    def show_unsaved(self, unsaved: Unsaved) -> bool:
        """Show what was not saved as it was, still not saved; whether it is shown."""
        if not self.may_leave():
            return False
        self._model.replace(unsaved.document, unsaved.path)
        self._model.undo_stack.resetClean()
        self.lesson_changed.emit(None)
        return True

    def save(self) -> bool:
        """Write the document to its file; whether it is saved now."""
        path = self._model.path
        return self.save_as() if path is None else self._write(path)

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; whether it is saved now."""
        suggestion = self._folder() / f"{_file_name(self._model.document.name)}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save as", str(suggestion), _FILTER
        )
        if not name:
            return False
        path = Path(name)
        return self._write(path if path.suffix else path.with_suffix(SUFFIX))

    def may_leave(self) -> bool:
        """Whether the document may be closed: it is saved, or the user let it go."""
        if self.is_saved:
            return True
        box = QMessageBox(self._window)
        box.setWindowTitle("Espalier")
        box.setText(f"Save the changes to “{self._model.document.name}”?")
        box.setInformativeText("They are lost if you do not.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def _load(self, path: Path) -> None:
        # Before it is read: what is written meanwhile is then seen as a change.
        base = fingerprint_of(path)
        try:
            document = load(path)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._model.replace(document, path)
        self._guard.note(base)
        self._remember(path)
        self.lesson_changed.emit(None)

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
        self._remember(path)
        self.saved.emit(path)
        return True

    def _remember(self, path: Path) -> None:
        paths = [path, *(each for each in self.recent if each != path)][:_RECENT_MOST]
        self._settings.setValue(_RECENT_KEY, [str(each) for each in paths])
        self.recent_changed.emit()

    def _folder(self) -> Path:
        if self._model.path is not None:
            return self._model.path.parent
        recent = self.recent
        return recent[0].parent if recent else Path.home()


def _file_name(title: str) -> str:
    """A title as a file's name: what file systems refuse is left out."""
    kept = "".join(c if c.isalnum() or c in " -_" else " " for c in title)
    return " ".join(kept.split()) or "network"
