"""Files dropped on the window: networks are opened, data is offered to learn from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.document import DataConfig, is_untitled
from engine.edits import Compound, Edit, SetData, SetName
from engine.storage import SUFFIX
from gui.code_import import CodeImport
from gui.files import DATA, Files
from gui.question_bar import Answer, Question
from gui.texts import Texts
from gui.workspace import Workspace

tr = Texts("files")

_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
)
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
        if others:
            self.take_other(others[0], page)

    def take_other(self, path: Path, page: Workspace | None) -> None:
        """Draw what is PyTorch code; offer what is data, or say why it is neither."""
        if path.suffix.lower() == ".py":
            self._code_import.open_path(path)
            return
        source = source_for(path)
        if source is None:
            self.refused.emit(_why_not(path))
        elif page is None:
            self._use(path, source, self._files.new(_title_of(path)))
        else:
            self._offer(path, source, page)

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
    return DATA.get(path.suffix.lower())


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
        "{path} is nothing Espalier opens. Open a {suffix} or .py file, or data: a "
        ".csv table or a .txt text; a folder of pictures can be dropped.",
        path=path.name,
        suffix=SUFFIX,
    )


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
