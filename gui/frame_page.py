"""The inspector's page for a frame: its title, its colour, and what is in it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.annotation_edits import PutFrame
from engine.annotations import FRAME_COLORS
from gui.canvas.wording import frame_color
from gui.cards import label
from gui.choice_box import ChoiceBox
from gui.document_model import DocumentModel
from gui.eliding_line import ElidingLine
from gui.form_label import FormLabel
from gui.texts import Texts

tr = Texts("inspector")


class FramePage(QWidget):
    """What can be set of one frame; each gesture is one undo step."""

    def __init__(
        self, model: DocumentModel, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self.name = name
        self._gesture = 0
        self.heading = label(tr("Frame"), "heading", self)
        self.inside = label("", "muted", self)
        self.title = ElidingLine(self)
        self.title.setObjectName("frame-title")
        self.title.setAccessibleName(tr("Title"))
        self.color = ChoiceBox(self)
        self.color.setAccessibleName(tr("Colour"))
        for color in FRAME_COLORS:
            self.color.addItem(frame_color(color), color)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 12)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.inside)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(4)
        fields.setColumnStretch(1, 1)
        rows = ((tr("Title"), self.title), (tr("Colour"), self.color))
        for row, (caption, field) in enumerate(rows):
            fields.addWidget(FormLabel(caption, field, self), row, 0)
            fields.addWidget(field, row, 1)
        column.addLayout(fields)
        column.addStretch(1)
        self.title.textEdited.connect(self._retitle)
        self.title.editingFinished.connect(self._end_title)
        self.color.activated.connect(self._recolor)
        self.refresh()

    @property
    def is_there(self) -> bool:
        """Whether the frame is still in the graph that is shown."""
        return self.name in self._model.document.graph.frames

    def refresh(self) -> None:
        """Show the frame as it is now."""
        if not self.is_there:
            return
        graph = self._model.document.graph
        frame = graph.frames[self.name]
        if self.title.text() != frame.title:
            self.title.setText(frame.title)
        self.color.setCurrentIndex(self.color.findData(frame.color))
        held = [node.name for node in graph if node.frame == self.name]
        self.inside.setText(", ".join(held))

    def _retitle(self, title: str) -> None:
        self._put(
            tr("Rename a frame"), f"frame:{self.name}#{self._gesture}", title=title
        )

    def _end_title(self) -> None:
        self._gesture += 1

    def _recolor(self, index: int) -> None:
        self._put(tr("Colour a frame"), "", color=self.color.itemData(index))

    def _put(self, words: str, merge: str, **changes: str) -> None:
        if not self.is_there:
            return  # it went while a field of it had the keyboard
        frame = self._model.document.graph.frames[self.name]
        changed = replace(frame, **changes)  # type: ignore[arg-type]
        if changed != frame:
            self._model.push(words, PutFrame(changed), merge=merge)
