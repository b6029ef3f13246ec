"""The pages of the Help menu; the sheet of keys is in `gui.shortcuts_sheet`."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from gui.texts import Texts

tr = Texts("help")


def show_about(parent: QWidget) -> None:
    """Say what this program is."""
    QMessageBox.about(
        parent,
        tr("About Espalier"),
        tr(
            "<b>Espalier</b><p>Build neural networks by wiring layers, see every shape "
            "while you wire, train on your own machine, and leave with plain PyTorch "
            "code.</p><p>Free software under the MIT licence.</p>",
        ),
    )
