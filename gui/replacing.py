"""Asks before a file is replaced that a dialog did not know of by its whole name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from gui.texts import Texts

tr = Texts("files")


def with_ending(path: Path, suffix: str, window: QWidget) -> Path | None:
    """A path as it was chosen, with an ending; None where what is there is to stay.

    The dialog has asked about the name that was typed. Systems differ in whether it
    asks about the name that comes of it, so that is asked here.
    """
    if path.suffix:
        return path
    path = path.with_suffix(suffix)
    return path if not path.exists() or _may_replace(path, window) else None


def _may_replace(path: Path, window: QWidget) -> bool:
    buttons = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setWindowTitle("Espalier")
    box.setText(tr("{path} is there already. Replace it?", path=path.name))
    box.setInformativeText(tr("What it holds now would be lost."))
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    box.setDefaultButton(buttons.Cancel)
    return box.exec() == buttons.Yes
