"""Draws a network that is written in PyTorch: its code is read, allowed, run once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem, Refusal
from gui.background import BackgroundCall
from gui.cards import label
from gui.code_field import code_to_read
from gui.texts import Texts

if TYPE_CHECKING:
    from engine.importing import Imported

tr = Texts("importing")

_SIZE = 760, 640


class ImportDialog(QDialog):
    """A file's code with what is to be drawn of it; accepted once it is drawn.

    What goes wrong is told in the dialog, so that a word can be changed and the file
    tried again.
    """

    def __init__(
        self,
        path: Path,
        code: str,
        parent: QWidget | None = None,
        draw: Callable[..., Imported] | None = None,
    ) -> None:
        super().__init__(parent)
        from engine.importing.definitions import classes_in  # after the first frame

        self.path = path
        self.code = code
        self.imported: Imported | None = None
        """What was drawn."""
        self._draw = draw
        self._call: BackgroundCall | None = None
        self._stopped = Event()
        self._needed = classes_in(code, path.name)
        self.setWindowTitle(tr("Import PyTorch code"))
        self.resize(*_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        heading = tr("Draw the network in {file}?", file=path.name)
        column.addWidget(label(heading, "heading", self))
        column.addWidget(
            label(
                tr(
                    "To see what it computes its classes run once on this machine, and "
                    "can do all that you can do here: read the code first. What stands "
                    "below them, such as a training loop, does not run."
                ),
                "muted",
                self,
            )
        )
        self.text = code_to_read(code, self)
        column.addWidget(self.text, 1)
        column.addLayout(self._form())
        self.said = label("", "error", self)
        self.said.hide()
        column.addWidget(self.said)
        column.addWidget(self._buttons())
        self.network.currentTextChanged.connect(self._show_needed)
        self._show_needed(self.network.currentText())
        self.refuse_button.setFocus()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        self.network = QComboBox(self)
        self.network.addItems(list(self._needed))
        self.arguments = QLineEdit(self)
        self.sample = QLineEdit(self)
        self.sample.setPlaceholderText(tr("guessed; else its sizes, as 3 × 32 × 32"))
        for title, field in (
            (tr("Network"), self.network),
            (tr("Made with"), self.arguments),
            (tr("One sample"), self.sample),
        ):
            name = QLabel(title, self)
            name.setBuddy(field)
            field.setAccessibleName(title)
            form.addRow(name, field)
        self.sample.setToolTip(
            tr(
                "Sizes without the batch; for tokens 16 int64. Several inputs are "
                "parted by a semicolon."
            )
        )
        return form

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        self.draw_button = buttons.addButton(
            tr("Run it once and draw it"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.refuse_button = buttons.addButton(
            tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self.refuse_button.setDefault(True)
        self.draw_button.setAutoDefault(False)
        self.draw_button.setEnabled(bool(self._needed))
        self.draw_button.clicked.connect(self.start)
        buttons.rejected.connect(self.reject)
        if not self._needed:
            self._tell(tr("No class of this file is an nn.Module."))
        return buttons

    def _show_needed(self, network: str) -> None:
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if self.text.find(f"class {network}"):
            self.text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
            bar = self.text.verticalScrollBar()
            bar.setValue(self.text.textCursor().block().firstLineNumber())
        needed = ", ".join(self._needed.get(network, ()))
        hint = tr("needs {names}, as 10, depth=3", names=needed)
        self.arguments.setPlaceholderText(hint if needed else tr("nothing is needed"))

    def start(self) -> None:
        """Run the code in a process of its own; the dialog closes when it is drawn."""
        from engine.importing.apart import import_apart
        from engine.importing.samples import sample_from

        try:
            texts = [text for text in self.sample.text().split(";") if text.strip()]
            samples = [sample_from(text) for text in texts]
        except Refusal as refusal:
            self._tell(str(refusal))
            return
        self._stopped.clear()
        call = partial(
            self._draw or import_apart,
            str(self.path),
            network=self.network.currentText(),
            arguments=self.arguments.text(),
            samples=samples,
            code=self.code,
            is_stopped=self._stopped.is_set,
        )
        self._call = BackgroundCall(call, self)
        self._call.succeeded.connect(self._take)
        self._call.failed.connect(self._fail)
        self._be_busy(True)
        self._call.start()

    def _be_busy(self, is_busy: bool) -> None:
        for field in (self.network, self.arguments, self.sample, self.draw_button):
            field.setEnabled(not is_busy)
        self.refuse_button.setText(tr("Stop") if is_busy else tr("Cancel"))
        if is_busy:
            self._tell(tr("It runs once, and is compared with its drawing…"), "muted")

    def _take(self, imported: Imported) -> None:
        self._end()
        self.imported = imported
        self.accept()

    def _fail(self, problem: Problem) -> None:
        self._end()
        self._be_busy(False)
        self._tell(problem.sentence())
        self.draw_button.setFocus()

    def _end(self) -> None:
        if self._call is not None:
            self._call.wait()
            self._call = None

    def _tell(self, text: str, role: str = "error") -> None:
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setText(text)
        self.said.show()

    # Qt's part.

    def reject(self) -> None:
        """Stop what runs; where nothing does, close."""
        if self._call is not None:
            self._stopped.set()
            return
        super().reject()
