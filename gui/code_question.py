"""Asks whether code that came with a document may run, with all of it in sight."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Refusal
from gui.cards import label
from gui.code_field import code_to_read
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("code")

_SIZE = 640, 520


class CodeQuestion(QDialog):
    """Shows code to read; accepted where the person lets it run."""

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Espalier")
        self.resize(*_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(
            label(tr("May this code run on this machine?"), "heading", self)
        )
        column.addWidget(
            label(
                tr(
                    "It is part of the document. Allowed, it can do all that you can "
                    "do here: read your files, and change them. Only this very text is "
                    "allowed, in every document on this machine."
                ),
                "muted",
                self,
            )
        )
        self.text = code_to_read(code, self)
        column.addWidget(self.text, 1)
        buttons = QDialogButtonBox(self)
        self.allow_button = buttons.addButton(
            tr("Allow this code"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.refuse_button = buttons.addButton(
            tr("Do not run it"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self.refuse_button.setDefault(True)
        self.allow_button.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.refuse_button.setFocus()


def ask_to_allow(model: DocumentModel, parent: QWidget, code: str) -> None:
    """Show code to read, and let it run where the person says so."""
    question = CodeQuestion(code, parent)
    if question.exec() == QDialog.DialogCode.Accepted:
        allow(model, parent, code)
    question.deleteLater()


def allow(model: DocumentModel, parent: QWidget, code: str) -> None:
    """Let code run, and say where that could not be remembered."""
    try:
        model.allow_code(code)
    except Refusal as refusal:
        QMessageBox.warning(parent, "Espalier", str(refusal))
