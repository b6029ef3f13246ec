"""The field that says whose weights a node uses: its own, or another node's."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from engine.graph import Graph
from engine.sharing import candidates
from gui.form_label import FormLabel
from gui.texts import Texts

tr = Texts("inspector")

OWN = tr.mark("its own")


class SharingField(QWidget):
    """Hides where there is nobody to share with."""

    chosen = Signal(str)
    """The node whose weights are to be used; "" for its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.box = QComboBox(self)
        self.box.setObjectName("node-shares")
        self.box.setAccessibleName(tr("Weights"))
        self.box.setToolTip(
            tr("Its own weights, or those of another node: then both learn as one")
        )
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        caption = FormLabel(tr("Weights"), self.box, self)
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.box, 0, 1)
        self.box.activated.connect(
            lambda index: self.chosen.emit(self.box.itemData(index))
        )

    def show_node(self, name: str, graph: Graph, *, has_weights: bool) -> None:
        """Offer the nodes whose weights a node may use, and show the one it does."""
        shares = graph[name].shares
        others = candidates(graph, name) if has_weights or shares else []
        if shares and shares not in others:
            others = [shares, *others]  # a file may name any node, or none
        self.setVisible(bool(others))
        wanted = [
            (tr.of(OWN), ""),
            *((tr("those of {other}", other=other), other) for other in others),
        ]
        shown = [
            (self.box.itemText(i), self.box.itemData(i))
            for i in range(self.box.count())
        ]
        if shown != wanted:
            self.box.clear()
            for text, data in wanted:
                self.box.addItem(text, data)
        self.box.setCurrentIndex([data for _, data in wanted].index(shares))
