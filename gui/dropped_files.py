"""Files dropped on the window: networks are opened, data is offered to learn from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.document import DataConfig, is_untitled
from engine.edits import Compound, Edit, SetData, SetName
from engine.storage import SUFFIX
from gui.code_import import CodeImport
from gui.files import Files
from gui.question_bar import Answer, Question
from gui.texts import Texts
from gui.workspace import Workspace

tr = Texts("files")

_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
)
_DATA = {
    ".csv": "csv-table",
    ".tsv": "csv-table",
    ".parquet": "csv-table",
    ".txt": "text-file",
}
_MOST_LOOKED_AT = 2000  # files of a folder: a drop is to be answered at once


class Dropped(QObject):
    """Takes files and folders from other programs."""

    refused = Signal(str)
    """A sentence on what cannot be taken."""
    said = Signal(str)

    def __init__(self, files: Files, code_import: CodeImport, window: QWidget) -> None:
        super().__init__(window)
        self._files = files
        self._code_import = code_import

    def takes(self, data: QMimeData) -> bool:
        """Whether something is dragged that is on this machine's disks."""
        return bool(_paths(data))

    def take(self, data: QMimeData, page: Workspace | None) -> None:
        """Open what is a network; offer what is data to the network that is shown."""
        paths = _paths(data)
        for path in paths:
            if path.suffix.lower() == SUFFIX:
                self._files.open_path(path)
        others = [each for each in paths if each.suffix.lower() != SUFFIX]
        if not others:
            return
        if others[0].suffix.lower() == ".py":
            self._code_import.open_path(others[0])
            return
        source = source_for(others[0])
        if source is None:
            self.refused.emit(_why_not(others[0]))
        elif page is None:
            self._use(others[0], source, self._files.new(_title_of(others[0])))
        else:
            self._offer(others[0], source, page)

    def _offer(self, path: Path, source: str, page: Workspace) -> None:
        from engine.data.source import SOURCES  # after the first frame

        title = SOURCES[source].title

        def use() -> bool:
            self._use(path, source, page)
            return True

        page.safe.questions.ask(
            Question(
                key="dropped data",
                text=tr("Let this network learn from {path}?", path=path.name),
                details=[
                    tr(
                        "It is read as: {title}. Its settings are in the inspector.",
                        title=title,
                    )
                ],
                answers=[
                    Answer(label=tr("Learn from it"), act=use),
                    Answer(label=tr("Leave it"), act=lambda: True),
                ],
            )
        )

    def _use(self, path: Path, source: str, page: Workspace) -> None:
        config = DataConfig(source=source, settings={"path": str(path.absolute())})
        edit: Edit = SetData(config)
        if page.model.is_blank and is_untitled(page.model.root.name):
            edit = Compound((edit, SetName(_title_of(path))))
        page.model.push(tr("Learn from {path}", path=path.name), edit, scope="")
        page.canvas.select([])  # the inspector shows the data's settings then
        page.canvas.setFocus()
        self.said.emit(tr("The network learns from {path} now.", path=path.name))


def _title_of(path: Path) -> str:
    """What a network that learns from a file or folder is called at first."""
    return path.name if path.is_dir() else path.stem


def source_for(path: Path) -> str | None:
    """The id of the data source that reads a file or folder; None where none does."""
    if path.is_dir():
        return "image-folder" if _holds_pictures(path) else None
    return _DATA.get(path.suffix.lower())


def _holds_pictures(folder: Path) -> bool:
    """Whether there are pictures in a folder, or in the folders inside it."""
    looked_at = 0
    for pattern in ("*", "*/*"):
        for each in folder.glob(pattern):
            looked_at += 1
            if each.suffix.lower() in _PICTURES:
                return True
            if looked_at >= _MOST_LOOKED_AT:
                return False
    return False


def _why_not(path: Path) -> str:
    if path.is_dir():
        return tr(
            "There are no pictures in the folder {path}. Drop one with a folder "
            "of pictures for each class.",
            path=path.name,
        )
    if path.suffix.lower() in _PICTURES:
        return tr(
            "{path} is one picture. Drop the folder it is in to learn from pictures.",
            path=path.name,
        )
    return tr(
        "{path} is nothing Espalier opens. Drop a {suffix} or .py file, or data: a "
        ".csv table, a .txt text or a folder of pictures.",
        path=path.name,
        suffix=SUFFIX,
    )


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
