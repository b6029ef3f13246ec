"""Opens Python files: the network that a class of theirs is, drawn in a new tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from engine.problems import Refusal
from gui.files import Files
from gui.import_dialog import ImportDialog
from gui.texts import Texts

if TYPE_CHECKING:
    from engine.importing import Imported

tr = Texts("importing")


class CodeImport(QObject):
    """Asks for a file, shows what is in it, and opens what was drawn of it."""

    refused = Signal(str)
    """A sentence on what cannot be read."""
    said = Signal(str)

    def __init__(self, files: Files, window: QWidget) -> None:
        super().__init__(window)
        self._files = files
        self._window = window
        self._folder = ""

    def ask(self) -> None:
        """Ask for a Python file and import it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Import PyTorch code"),
            self._folder,
            tr("Python files (*.py)"),
        )
        if name:
            self._folder = str(Path(name).parent)
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Show a file's code, and draw its network where the person says so."""
        from engine.importing.definitions import read_code  # after the first frame

        try:
            code = read_code(path)
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        dialog = ImportDialog(path, code, self._window)
        drawn = dialog.exec() == QDialog.DialogCode.Accepted
        if drawn and dialog.imported is not None:
            self._open(dialog.imported)
        dialog.deleteLater()

    def _open(self, imported: Imported) -> None:
        self._files.open_unnamed(imported.document)
        said = imported.sameness.sentence()
        if imported.sameness.is_same:
            self.said.emit(said)
        else:
            self.refused.emit(said)
