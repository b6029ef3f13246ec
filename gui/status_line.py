"""The line at the bottom: size and cost, where it trains and why, problems, zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from engine.costs import Cost, costs
from engine.figures import short_bytes, short_count
from engine.pretrained.needs import needs_of
from gui.cards import label
from gui.document_model import DocumentModel
from gui.elided import ElidedLabel
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.memory import Memory

tr = Texts("window")

_BESIDE, _SPACING = 12, 18
"""Pixels at the ends, and between two figures."""
_HARDWARE_LEAST = 60
"""Pixels in which it is still said where the network trains."""


class StatusLine(QFrame):
    """Follows the document's analysis."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "status")
        self._model = model
        self.parameters = label("", "caption", self)
        self.operations = label("", "caption", self)
        self.memory = label("", "caption", self)
        self.memory.setToolTip(
            tr(
                "What the layers give for one sample; training keeps it for the "
                "gradients"
            )
        )
        self.training = label("", "caption", self)
        self.training.hide()
        self.hardware = ElidedLabel(self)  # the longest, and the first to be cut
        self.hardware.setProperty("role", "caption")
        self.zoom = label("100 %", "caption", self)
        self.problems = QPushButton("", self)
        self.problems.setProperty("role", "alarm")
        self.problems.setAccessibleName(tr("Problems"))
        self.problems.setToolTip(tr("Show the first problem (F8)"))
        for each in self._labels():
            each.setWordWrap(False)
        keeps = self.problems.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # the canvas does not jump with a problem
        self.problems.setSizePolicy(keeps)
        row = QHBoxLayout(self)
        row.setContentsMargins(_BESIDE, 2, _BESIDE, 2)
        row.setSpacing(_SPACING)
        row.addWidget(self.parameters)
        row.addWidget(self.operations)
        row.addWidget(self.memory)
        row.addWidget(self.training)
        row.addWidget(self.hardware, 1)
        row.addWidget(self.problems)
        row.addWidget(self.zoom)
        model.analysed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of the network."""
        analysis = self._model.analysis
        if not analysis.has_shapes:
            self.parameters.setText(tr("Working out shapes…"))
            self.operations.setText("")
            self.memory.setText("")
        else:
            self.parameters.setText(self._parameters())
            operations = analysis.total_operations
            self.operations.setText(
                tr(
                    "{count} operations per sample",
                    count=short_count(operations),
                )
                if operations
                else ""
            )
            self.memory.setText(self._memory())
        problems = () if self._model.is_blank else analysis.problems
        self.problems.setVisible(bool(problems))
        if problems:
            worst = next((each for each in problems if each.is_error), problems[0])
            self._color("alarm" if worst.is_error else "caution")
            count = len(problems)
            said = tr.counted(count, "{count} problem", "{count} problems")
            self.problems.setText(f"{said}: {worst.node}" if worst.node else said)
            self.problems.setAccessibleName(worst.sentence())
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}:
            self._fit()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the window: the figures give way, one after the other."""
        return QSize(1, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Leave out whole figures where some would be cut; the first one tells them."""
        room = self.width() - 2 * _BESIDE - _HARDWARE_LEAST
        for each in (self.zoom, self.parameters, self.problems):
            room -= each.sizeHint().width() + _SPACING
        left_out = []
        for each in (self.operations, self.training, self.memory):
            width = each.sizeHint().width() + _SPACING
            fits = width <= room
            room -= width if fits and each.text() else 0
            each.setVisible(fits and bool(each.text()))  # no gap stands for it
            left_out += [] if fits or not each.text() else [each.text()]
        self.parameters.setToolTip("\n".join(left_out))

    def _color(self, role: str) -> None:
        if self.problems.property("role") != role:
            self.problems.setProperty("role", role)
            self.problems.style().unpolish(self.problems)
            self.problems.style().polish(self.problems)

    def _parameters(self) -> str:
        """How many there are, and how many learn where some are frozen."""
        known = self._model.analysis
        total, trainable = known.total_parameters, known.trainable_parameters
        learn = "" if trainable == total else tr(", {count:,} learn", count=trainable)
        # What comes after an error has no shape, and is not counted.
        is_part = any(
            each.is_error and each.node and known.outputs(each.node) is None
            for each in known.problems
            if not each.scope
        )
        if is_part:
            return tr.counted(
                total,
                "{count} parameter so far{learn}",
                "{count:,} parameters so far{learn}",
                learn=learn,
            )
        return tr.counted(
            total,
            "{count} parameter{learn}",
            "{count:,} parameters{learn}",
            learn=learn,
        )

    def _labels(self) -> list[QLabel]:
        return [
            *(self.parameters, self.operations, self.memory),
            *(self.training, self.hardware, self.zoom),
        ]

    def _memory(self) -> str:
        """The whole network's activations, inside a block too.

        None of a pretrained network: what its inside keeps is seen as it trains.
        """
        if needs_of(self._model.root):
            return ""
        amount = sum(costs(self._model.whole, Cost.MEMORY).values())
        if not amount:
            return ""
        return tr("{amount} of activations per sample", amount=short_bytes(amount))

    def await_training_memory(self) -> None:
        """An earlier network's figure goes; the place waits for the next."""
        self.training.setText(tr("working out memory"))
        self._fit()
        self.training.setToolTip(
            tr("What a training will take is worked out in a moment, once none goes on")
        )

    def show_training_memory(self, memory: Memory | None) -> None:
        """Show what a training will take, in all; its parts as the tool tip."""
        self.training.setText(
            tr("{total} to train", total=short_bytes(memory.total)) if memory else ""
        )
        self._fit()
        if memory is not None:
            self.training.setToolTip(
                tr(
                    "A training will take about {total}: {data}, {weights} for the "
                    "network and its optimizer, {batch} for a batch with its "
                    "gradients, {copies} for what it goes on from after a crash",
                    total=short_bytes(memory.total),
                    data=_data(memory),
                    weights=short_bytes(memory.weights + memory.optimizer),
                    batch=short_bytes(memory.batch),
                    copies=short_bytes(memory.copies),
                )
            )

    def show_hardware(self, device: str, precision: str, reason: str) -> None:
        """Show where the network trains; why, in full, as the tool tip."""
        shown = short = f"{device.upper()}, {precision}"
        if device != "cuda":
            first = reason.split(";")[0].removeprefix("CPU: ").strip()
            shown += f" · {first}" if first else ""
        self.hardware.show_text(shown, short)
        self.hardware.setToolTip(reason)

    def show_zoom(self, percent: int) -> None:
        """Show how large the canvas is drawn."""
        self.zoom.setText(f"{percent} %")


def _data(memory: Memory) -> str:
    if not memory.data:
        return tr("without the data, whose number is not known yet")
    return tr("{amount} for the data", amount=short_bytes(memory.data))
