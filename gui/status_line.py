"""The line at the bottom: size and cost, where it trains and why, problems, zoom."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.cards import label
from gui.document_model import DocumentModel


class StatusLine(QFrame):
    """Follows the document's analysis."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "status")
        self._model = model
        self.parameters = label("", "caption", self)
        self.operations = label("", "caption", self)
        self.hardware = label("", "caption", self)
        self.zoom = label("100 %", "caption", self)
        self.problems = QPushButton("", self)
        self.problems.setProperty("role", "alarm")
        self.problems.setAccessibleName("Problems")
        self.problems.setToolTip("Show the first problem (F8)")
        for each in (self.parameters, self.operations, self.hardware, self.zoom):
            each.setWordWrap(False)
        keeps = self.problems.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # the canvas does not jump with a problem
        self.problems.setSizePolicy(keeps)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 2)
        row.setSpacing(18)
        row.addWidget(self.parameters)
        row.addWidget(self.operations)
        row.addWidget(self.hardware)
        row.addStretch(1)
        row.addWidget(self.problems)
        row.addWidget(self.zoom)
        model.analysed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of the network."""
        analysis = self._model.analysis
        if not analysis.has_shapes:
            self.parameters.setText("Working out shapes…")
            self.operations.setText("")
        else:
            self.parameters.setText(f"{analysis.total_parameters:,} parameters")
            operations = analysis.total_operations
            self.operations.setText(
                f"{short_count(operations)} operations per sample" if operations else ""
            )
        problems = analysis.problems
        self.problems.setVisible(bool(problems))
        if problems:
            count = len(problems)
            noun = "problem" if count == 1 else "problems"
            where = problems[0].node
            self.problems.setText(
                f"{count} {noun}: {where}" if where else f"{count} {noun}"
            )
            self.problems.setAccessibleName(problems[0].sentence())

    def show_hardware(self, device: str, precision: str, reason: str) -> None:
        """Show where the network trains; why, in full, as the tool tip."""
        shown = f"{device.upper()}, {precision}"
        if device != "cuda":
            first = reason.split(";")[0].removeprefix("CPU: ").strip()
            shown += f" · {first}" if first else ""
        self.hardware.setText(shown)
        self.hardware.setToolTip(reason)

    def show_zoom(self, percent: int) -> None:
        """Show how large the canvas is drawn."""
        self.zoom.setText(f"{percent} %")


def short_count(number: int) -> str:
    """A large number in three digits: `4.21 M`."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            scale = 1e3 if unit == "k" else size
            return f"{number / scale:.3g} {unit}"
    return f"{number:,}"
