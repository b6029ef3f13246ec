"""Watches over the file of the document: who else has it open, and who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QEvent, QFileSystemWatcher, QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from engine import storage
from engine.comparison import compare, shortened
from engine.document import Document
from engine.file_locks import FileLock
from engine.problems import Refusal
from engine.recovery import fingerprint
from engine.transition import transition
from gui.document_model import DocumentModel
from gui.file_claims import claimed, holder_of
from gui.question_bar import Answer, Question, QuestionBar
from gui.texts import Texts
from gui.undo_step import forget_saved

tr = Texts("files")

CHANGED, SHARED = "changed", "shared"
"""The keys of the questions that are asked here."""
_MOST_LINES = 6
_SETTLE_MILLISECONDS = 200  # a program may write a file in several goes


class Permission(Enum):
    """What the user lets a save do."""

    WRITE = auto()
    ELSEWHERE = auto()
    """Write, and to another file."""
    NO = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The file holds something else than the document was read from or saved to."""

    path: Path
    found: str | None
    """The fingerprint of what is there now; None where the file is gone."""
    document: Document | None
    """What it holds, if it can be read."""
    lines: tuple[str, ...] = ()
    """How that differs from the document that is open."""

    @property
    def brief(self) -> tuple[str | None, tuple[str, ...]]:
        """What is the same for changes about which one question is enough."""
        return self.found, self.lines


class FileGuard(QObject):
    """Claims the document's file for its window, and asks where two would collide."""

    save_wanted = Signal()
    save_as_wanted = Signal()
    based = Signal()
    """`base` is another one."""

    def __init__(
        self,
        model: DocumentModel,
        bar: QuestionBar,
        folder: Path | None,
        window: QWidget,
    ) -> None:
        """`folder` holds what says who has which file open; without it nobody knows."""
        super().__init__(window)
        self._model = model
        self._bar = bar
        self._folder = folder
        self._window = window
        self._path: Path | None = None
        self.base: str | None = None
        """The fingerprint of the file as it was last read or written here."""
        self._seen: tuple[int, ...] | None = None
        self._lock: FileLock | None = None
        self._is_closed = False
        self._asked: tuple[str | None, tuple[str, ...]] | None = None
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._look_if_needed)
        self._watcher.fileChanged.connect(lambda _: self._settle.start())
        self._watcher.directoryChanged.connect(lambda _: self._settle.start())
        model.path_changed.connect(self._follow)
        model.undo_stack.indexChanged.connect(self._compare_again)
        window.installEventFilter(self)
        self._follow()

    def note(self, base: str | None) -> None:
        """The document is what the file held when it had this fingerprint."""
        self.base = base
        self._seen = _stamp(self._path)
        self._bar.withdraw(CHANGED)
        self.based.emit()

    def close(self) -> None:
        """Let go of the file."""
        if self._is_closed:
            return
        self._is_closed = True
        self._window.removeEventFilter(self)
        self._model.path_changed.disconnect(self._follow)
        self._model.undo_stack.indexChanged.disconnect(self._compare_again)
        self._settle.stop()
        self._release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and watched is self._window:
            self._glance()
        return False

    # Following the document.

    def _follow(self) -> None:
        """Watch the file that the document has now."""
        path = self._model.path
        path = path.absolute() if path is not None else None
        if path == self._path:
            return
        self._release()
        self._path = path
        self.note(fingerprint_of(path))
        if path is not None:
            self._watch()
            if not self._claim():
                self._say_shared(path)

    def _release(self) -> None:
        self._path = None
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
        for key in (CHANGED, SHARED):
            self._bar.withdraw(key)

    def _watch(self) -> None:
        """Watch the folder too: a file that is replaced is another to a watcher."""
        if self._path is None:
            return
        wanted = [path for path in (self._path, self._path.parent) if path.exists()]
        watched = {*self._watcher.files(), *self._watcher.directories()}
        missing = [str(path) for path in wanted if str(path) not in watched]
        if missing:
            self._watcher.addPaths(missing)

    # Two windows on one file.

    def _claim(self) -> bool:
        """Whether no other window has the file; it is this one's then."""
        if self._lock is None and self._path is not None and self._folder is not None:
            self._lock = claimed(self._folder, self._path)
        return self._lock is not None or self._folder is None

    def _say_shared(self, path: Path) -> None:
        self._bar.ask(
            Question(
                key=SHARED,
                text=tr(
                    "{path} is open in another Espalier window too{holder}.",
                    path=path.name,
                    holder=holder_of(self._folder, path),
                ),
                details=[
                    tr(
                        "Who saves last would replace what the other saved. Save this "
                        "one under another name to keep both."
                    )
                ],
                answers=[Answer(label=tr("Save as…"), act=self._save_as)],
                close=lambda: None,
            )
        )

    def _save_as(self) -> bool:
        self.save_as_wanted.emit()
        return self._lock is not None

    # A file changed on disk.

    def _glance(self) -> None:
        """Look if the file is not as it was; costs one look into its folder."""
        if _stamp(self._path) != self._seen:
            self.look()

    def _look_if_needed(self) -> None:
        if CHANGED in self._bar.waiting:
            self.look()  # what differs may be another by now
        else:
            self._watch()
            self._glance()

    def look(self) -> Change | None:
        """Read the file again, and ask what is to be done where it is another."""
        self._watch()
        self._seen = _stamp(self._path)
        change = self._change()
        if change is None:
            self._bar.withdraw(CHANGED)
        elif CHANGED not in self._bar.waiting or self._asked != change.brief:
            self._asked = change.brief
            self._bar.ask(self._question(change))
        return change

    def _change(self) -> Change | None:
        path = self._path
        if path is None:
            return None
        found = fingerprint_of(path)
        if found == self.base:
            return None
        if found is None:
            return Change(path=path, found=None, document=None)
        try:
            document = storage.load(path)
        except Refusal:
            return Change(path=path, found=found, document=None)
        lines = compare(self._model.root, document)
        if not lines:  # both came to the same
            self.note(found)
            self._model.undo_stack.setClean()
            return None
        return Change(path=path, found=found, document=document, lines=tuple(lines))

    def _compare_again(self) -> None:
        """While the question stands the user may go on editing."""
        if CHANGED in self._bar.waiting:
            self._settle.start()

    def _question(self, change: Change) -> Question:
        answers = [Answer(label=tr("Keep mine"), act=lambda: self._keep(change))]
        if change.document is not None:
            take = Answer(
                label=tr("Take the file’s version"), act=lambda: self._take(change)
            )
            answers.insert(0, take)
        elif change.found is None:
            save = Answer(label=tr("Save it again"), act=lambda: self._save(change))
            answers.insert(0, save)
        return Question(
            key=CHANGED,
            text=_what_happened(change),
            details=shortened(change.lines, _MOST_LINES),
            answers=answers,
        )

    def _take(self, change: Change) -> bool:
        """What the file holds becomes the document, as one step that can be undone."""
        if change.document is None:
            return False
        edit = transition(self._model.root, change.document)
        self._model.push(tr("Take the file’s version"), edit, scope="")
        self.note(change.found)
        self._model.undo_stack.setClean()
        self._glance_soon()
        return True

    def _keep(self, change: Change) -> bool:
        """The document is what counts; it is not what the file holds, so not saved."""
        self.note(change.found)
        forget_saved(self._model.undo_stack)
        self._glance_soon()
        return True

    def _save(self, change: Change) -> bool:
        self._keep(change)
        self.save_wanted.emit()
        return True

    def _glance_soon(self) -> None:
        """The file may have changed again since the question was asked."""
        self._settle.start()

    # Before a save.

    def ask_before_writing(self, path: Path) -> Permission:
        """Whether a file may be written, asking the user where another's is there."""
        path = path.absolute()
        if path == self._path:
            change = self.look()
            if change is not None and change.found is not None:
                return self._ask_which(change)
            if self._claim():
                return Permission.WRITE
        else:
            if self._folder is None:
                return Permission.WRITE
            lock = claimed(self._folder, path)
            if lock is not None:
                lock.release()  # it is claimed as the document's once it is written
                return Permission.WRITE
        return self._ask_shared(path)

    def _ask_which(self, change: Change) -> Permission:
        box = QMessageBox(self._window)
        box.setWindowTitle("Espalier")
        box.setText(_what_happened(change))
        box.setInformativeText("\n".join(shortened(change.lines, 2 * _MOST_LINES)))
        roles = QMessageBox.ButtonRole
        keep = box.addButton(tr("Save mine over it"), roles.AcceptRole)
        take = None
        if change.document is not None:
            take = box.addButton(tr("Take the file’s version"), roles.DestructiveRole)
        other = box.addButton(tr("Save as…"), roles.ActionRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        clicked = box.clickedButton()
        if clicked is keep:
            self._keep(change)
            return Permission.WRITE
        if take is not None and clicked is take:
            self._take(change)
        return Permission.ELSEWHERE if clicked is other else Permission.NO

    def _ask_shared(self, path: Path) -> Permission:
        box = QMessageBox(self._window)
        box.setWindowTitle("Espalier")
        box.setText(
            tr(
                "{path} is open in another Espalier window{holder}. Save over it?",
                path=path.name,
                holder=holder_of(self._folder, path),
            )
        )
        box.setInformativeText(
            tr("The other window will be asked which of both counts.")
        )
        roles = QMessageBox.ButtonRole
        over = box.addButton(tr("Save over it"), roles.DestructiveRole)
        other = box.addButton(tr("Save as…"), roles.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(other)
        box.exec()
        if box.clickedButton() is over:
            return Permission.WRITE
        return Permission.ELSEWHERE if box.clickedButton() is other else Permission.NO


def fingerprint_of(path: Path | None) -> str | None:
    """The fingerprint of a file's content; None where there is none to read."""
    if path is None:
        return None
    try:
        return fingerprint(path.read_bytes())
    except OSError:
        return None


def _stamp(path: Path | None) -> tuple[int, ...] | None:
    """What changes with every write of a file, without reading it."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _what_happened(change: Change) -> str:
    name = change.path.name
    if change.found is None:
        return tr(
            "{name} is gone from its folder. Your network here is whole.", name=name
        )
    if change.document is None:
        return tr(
            "{name} was changed outside this window and cannot be read now. Your "
            "network here is whole; saving it replaces the file.",
            name=name,
        )
    return tr("{name} was changed outside this window. In the file:", name=name)
