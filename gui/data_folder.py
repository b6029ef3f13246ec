"""The folder in which published data sets are looked for, chosen by the user."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from gui.message_bar import MessageBar
from gui.texts import Texts
from gui.workplace import Workplace

tr = Texts("data_folder")


def choose_data_folder(place: Workplace, messages: MessageBar) -> None:
    """Ask for the folder, and say from when on it counts."""
    folder = QFileDialog.getExistingDirectory(
        messages.window(),
        tr("The folder of data sets"),
        str(place.data_folder),
    )
    if not folder:
        return
    place.look_for_data_in(Path(folder))
    told = tr(
        "Data sets are looked for in {folder}. A network that is open already looks "
        "there once its tab is closed and opened again.",
        folder=folder,
    )
    messages.show_note(told)
