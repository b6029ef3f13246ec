"""Opening documents, each in a tab of its own; which of them are open already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.document import UNTITLED, Document, numbered
from engine.problems import Refusal
from engine.recovery import Unsaved, snapshot
from engine.storage import SUFFIX, load
from gui.document_file import FILTER
from gui.file_guard import fingerprint_of
from gui.recent_files import RecentFiles
from gui.tabs import DocumentTabs
from gui.texts import Texts
from gui.waiting import waiting
from gui.workspace import Workspace

tr = Texts("files")

DATA = {
    ".csv": "csv-table",
    ".tsv": "csv-table",
    ".parquet": "csv-table",
    ".txt": "text-file",
}
"""The data source that reads a file, by how its name ends."""
_MOST_CLOSED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a closed tab held, to bring it back."""

    document: Document
    path: Path | None
    lesson_id: str | None
    is_saved: bool
    origin: str


class Files(QObject):
    """Opens documents in the tabs of a window, and saves the one that is shown.

    A document takes the place of one that nobody would miss: a lesson just looked at.
    """

    refused = Signal(str)
    """A sentence on what could not be done."""
    other_chosen = Signal(object)
    """The `Path` of what was to be opened and is no network."""

    def __init__(
        self,
        tabs: DocumentTabs,
        recent: RecentFiles,
        make_page: Callable[[Document, Path | None], Workspace],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._tabs = tabs
        self._recent = recent
        self._make_page = make_page
        self._window = window
        self._closed: list[Closed] = []

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first, those that still exist."""
        return self._recent.paths

    def fill_menus(self, recent: QMenu, lessons: QMenu) -> None:
        """Let two menus list what can be opened, each time they open."""
        recent.aboutToShow.connect(lambda: self._recent.fill(recent, self.open_path))
        lessons.aboutToShow.connect(lambda: self._fill_lessons(lessons))

    def _fill_lessons(self, menu: QMenu) -> None:
        from templates import lessons

        menu.clear()
        for lesson in lessons():
            action = menu.addAction(lesson.title)
            action.setToolTip(lesson.summary)
            action.triggered.connect(
                lambda _=False, lesson_id=lesson.id: self.open_lesson(lesson_id)
            )
        menu.addSeparator()
        own = menu.addAction(tr("A lesson of your own…"))
        own.setToolTip(tr("Open a lesson from a folder"))
        own.triggered.connect(self.open_own_lesson)

    # Opening.

    def new(self, title: str = UNTITLED) -> Workspace:
        """Begin an empty document, with a number where another has the title.

        Gives its page.
        """
        gone = self._given_up
        taken = {page.file.title for page in self._tabs.pages if page is not gone}
        page = self._show(Document(name=numbered(title, taken)))
        page.show_lesson(None)
        return page

    def open(self) -> None:
        """Ask for files and open them."""
        page = self._tabs.page
        path = page.model.path if page is not None else None
        folder = path.parent if path is not None else self._recent.folder
        patterns = " ".join(f"*{suffix}" for suffix in (SUFFIX, ".py", *DATA))
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            tr("Open"),
            str(folder),
            f"{tr('Networks, PyTorch code and data')} ({patterns});;{FILTER};;"
            f"{tr('All files (*)')}",
        )
        paths = [Path(name) for name in names]
        for path in paths:
            if path.suffix.lower() == SUFFIX:
                self.open_path(path)
        others = [path for path in paths if path.suffix.lower() != SUFFIX]
        if others:
            self.other_chosen.emit(others[0])

    def open_path(self, path: Path) -> bool:
        """Open a file, or show the tab that has it; whether it is shown now."""
        page = self._page_of(path)
        if page is not None:
            self._tabs.show_page(page)
            if not page.file.is_saved or not page.file.is_outdated():
                return True
        # Before it is read: what is written meanwhile is then seen as a change.
        base = fingerprint_of(path)
        try:
            document = load(path)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return False
        page = self._show(document, path, page)
        page.safe.guard.note(base)
        page.show_lesson(None)
        page.trainer.bring_back()
        self._recent.note(path)
        return True

    def open_lesson(self, lesson_id: str) -> None:
        """Open a lesson's starting document, or the tab where it was just begun."""
        import templates

        for page in self._tabs.pages:
            if page.lesson_id == lesson_id and page.is_untouched:
                self._tabs.show_page(page)
                return
        try:
            document = templates.open_lesson(lesson_id)
            templates.text(lesson_id)  # one of a teacher's own may lack it
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        self._show(document).show_lesson(lesson_id)

    def open_own_lesson(self) -> None:
        """Ask for the folder of a lesson and open it."""
        folder = QFileDialog.getExistingDirectory(
            self._window, tr("The folder of a lesson")
        )
        if folder:
            self.open_lesson(str(Path(folder).resolve()))

    def open_unsaved(self, unsaved: Unsaved) -> Workspace:
        """Show what was not saved as it was, still not saved; gives where."""
        page = self._page_of(unsaved.path) if unsaved.path is not None else None
        if page is not None and not page.file.is_saved:
            page = None
        page = self._show(unsaved.document, unsaved.path, page)
        page.model.undo_stack.resetClean()
        page.show_lesson(_known(unsaved.lesson))
        page.show_origin(unsaved.origin)
        return page

    def open_unnamed(self, document: Document) -> Workspace:
        """Show a document that is in no file yet, as one with edits to save."""
        page = self._show(document)
        page.model.undo_stack.resetClean()
        page.show_lesson(None)
        return page

    def _page_of(self, path: Path) -> Workspace | None:
        """The tab that has a file, under whatever name."""
        wanted = path.resolve()
        for page in self._tabs.pages:
            if page.model.path is not None and page.model.path.resolve() == wanted:
                return page
        return None

    @property
    def _given_up(self) -> Workspace | None:
        """The page that is shown, where nobody would miss what it holds."""
        page = self._tabs.page
        return page if page is not None and page.is_untouched else None

    def _show(
        self,
        document: Document,
        path: Path | None = None,
        page: Workspace | None = None,
    ) -> Workspace:
        """Show a document in a page, in one that nobody would miss, or in a new one."""
        page = page or self._given_up
        with waiting():
            if page is None:
                page = self._make_page(document, path)
            else:
                page.model.replace(document, path)
            self._tabs.show_page(page)
        return page

    # Closing and coming back.

    def note_closed(self, page: Workspace) -> None:
        """A tab is about to go: `reopen` brings back what it holds."""
        model = page.model
        if model.path is not None and page.file.is_saved:
            self._recent.keep_picture(model.path, model.root)
        if page.is_untouched and page.lesson_id is None and not len(model.root.graph):
            return  # an empty canvas that was never used
        self._closed.append(
            Closed(
                document=snapshot(model.root),
                path=model.path,
                lesson_id=page.lesson_id,
                is_saved=page.file.is_saved,
                origin=page.origin,
            )
        )
        del self._closed[:-_MOST_CLOSED]

    def reopen(self) -> None:
        """Bring back the tab that was closed last, as it was then."""
        if not self._closed:
            return
        closed = self._closed.pop()
        if closed.path is not None and closed.is_saved and closed.path.is_file():
            self.open_path(closed.path)
            return
        path = closed.path
        if path is not None and self._page_of(path) is not None:
            path = None  # it is open again: what was let go is another document now
        page = self._show(closed.document, path)
        if not closed.is_saved or closed.path is not None:
            page.model.undo_stack.resetClean()
        page.show_lesson(closed.lesson_id)
        page.show_origin(closed.origin)
        page.trainer.bring_back()

    # What is shown.

    @property
    def is_saved(self) -> bool:
        """Whether the document that is shown holds nothing that closing would lose."""
        return self._tabs.page is None or self._tabs.page.file.is_saved

    def save(self) -> bool:
        """Write the document that is shown to its file; whether it is saved now."""
        return self._tabs.page is not None and self._tabs.page.file.save()

    def save_as(self) -> bool:
        """Ask for a file and write the document to it; whether it is saved now."""
        return self._tabs.page is not None and self._tabs.page.file.save_as()


def _known(lesson_id: str | None) -> str | None:
    """The lesson where it is still there: one of a teacher's own may have gone."""
    if lesson_id is None:
        return None
    import templates

    try:
        templates.course(lesson_id)
        templates.text(lesson_id)
    except Refusal:
        return None
    return lesson_id
