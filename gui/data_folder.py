"""The folder in which published data sets are looked for, chosen by the user."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from gui.message_bar import MessageBar
from gui.texts import Texts
from gui.workplace import Workplace

tr = Texts("data_folder")


def choose_data_folder(place: Workplace, messages: MessageBar) -> bool:
    """Ask for the folder, and say that it counts; whether one was chosen."""
    begin = place.data_folder
    folder = QFileDialog.getExistingDirectory(
        messages.window(),
        tr("The folder of data sets"),
        # One that is yet to be made is hidden, and what lies around it says nothing.
        str(begin if begin.is_dir() else Path.home()),
    )
    if not folder:
        return False
    place.look_for_data_in(Path(folder))
    messages.show_note(tr("Data sets are looked for in {folder}.", folder=folder))
    return True
