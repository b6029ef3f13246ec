"""The files opened or saved last, with a small picture of each."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMenu

from engine.document import Document
from gui.sketch import sketch
from gui.texts import Texts
from gui.theme import DARK, LIGHT, Theme

tr = Texts("files")

_KEY = "recent"
_MOST = 8
_MOST_PICTURES = 40
_PICTURE = QSize(440, 240)
"""Pixels: twice what the start page shows, for screens with twice the dots."""


class RecentFiles(QObject):
    """Knows the files opened or saved last, newest first."""

    changed = Signal()

    def __init__(
        self, settings: QSettings, state_dir: Path | None, parent: QObject | None = None
    ) -> None:
        """Pictures are kept in `state_dir`; without it there are none."""
        super().__init__(parent)
        self._settings = settings
        self._pictures = state_dir / "pictures" if state_dir is not None else None

    @property
    def paths(self) -> list[Path]:
        """Those that still exist, newest first."""
        stored = self._settings.value(_KEY, [])
        names = [stored] if isinstance(stored, str) else list(stored or [])
        return [path for path in map(Path, names) if path.is_file()]

    @property
    def folder(self) -> Path:
        """Where one looks first for a file."""
        paths = self.paths
        return paths[0].parent if paths else Path.home()

    def note(self, path: Path) -> None:
        """A file was opened or saved; those that are gone are forgotten."""
        path = path.absolute()
        self._keep([path, *(each for each in self.paths if each != path)][:_MOST])

    def clear(self) -> None:
        """Forget all of them; the files stay."""
        for path in self.paths:
            for theme in (DARK, LIGHT):
                picture = self._picture_path(path, theme)
                if picture is not None:
                    picture.unlink(missing_ok=True)
        self._keep([])

    def fill(self, menu: QMenu, open_path: Callable[[Path], object]) -> None:
        """List the files in `menu`, and below them what forgets them."""
        menu.clear()
        menu.setToolTipsVisible(True)
        for path in self.paths:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: open_path(path))
        if menu.isEmpty():
            menu.addAction(tr("No files yet")).setEnabled(False)
            return
        menu.addSeparator()
        clear = menu.addAction(tr("&Clear this list"))
        clear.setToolTip(tr("Forget these files; they stay where they are"))
        clear.triggered.connect(lambda _=False: self.clear())

    # The pictures.

    def keep_picture(self, path: Path, document: Document) -> None:
        """Draw the document that a file holds, for the start page to show."""
        if self._pictures is None:
            return
        # A picture is a nicety: no disk for it is no reason to bother anyone.
        with contextlib.suppress(OSError):
            self._pictures.mkdir(parents=True, exist_ok=True, mode=0o700)
            for theme in (DARK, LIGHT):
                image = sketch(document, theme, _PICTURE)
                image.save(str(self._picture_path(path, theme)))
            self._prune()

    def picture(self, path: Path, theme: Theme) -> QPixmap | None:
        """The picture of a file; None where none was kept, as in high contrast."""
        if theme.is_high_contrast:
            return None
        stored = self._picture_path(path, theme)
        if stored is None or not stored.is_file():
            return None
        found = QPixmap(str(stored))
        return None if found.isNull() else found

    def _picture_path(self, path: Path, theme: Theme) -> Path | None:
        if self._pictures is None:
            return None
        name = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:24]
        return self._pictures / f"{name}-{'dark' if theme.is_dark else 'light'}.png"

    def _prune(self) -> None:
        """Keep the newest pictures only."""
        if self._pictures is None:
            return
        stored = sorted(
            self._pictures.glob("*.png"), key=lambda each: each.stat().st_mtime
        )
        for each in stored[:-_MOST_PICTURES]:
            each.unlink(missing_ok=True)

    def _keep(self, paths: list[Path]) -> None:
        self._settings.setValue(_KEY, [str(each) for each in paths])
        self.changed.emit()
