"""What comes after a training: to see how good the network is, and to try it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QWidget

from engine.document import Document
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.training.controller import TrainingController

if TYPE_CHECKING:  # the sources of data are declared in many modules: when needed
    from engine.data.declaration import DataInfo
    from engine.showing.uses import Uses

tr = Texts("training")

_SPACING = 6
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class NextButtons(QWidget):
    """Two quiet buttons beside each other, or in a narrow panel one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.evaluate = QPushButton(tr("Evaluate"), self)
        self.evaluate.setToolTip(
            tr("How good it is on the test part, and where it errs: in the Look tab")
        )
        self.try_it = QPushButton(tr("Try it"), self)
        self.try_it.setToolTip(tr("Ask the trained network yourself: in the Look tab"))
        self._row = QBoxLayout(_BESIDE, self)
        self._row.setContentsMargins(0, 2, 0, 2)
        self._row.setSpacing(_SPACING)
        for button in (self.evaluate, self.try_it):
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addStretch(1)
        self.offer(is_evaluated=False, is_tried=False)

    def offer(self, *, is_evaluated: bool, is_tried: bool) -> None:
        """Show the buttons of what can be done, or nothing at all."""
        self.evaluate.setVisible(is_evaluated)
        self.try_it.setVisible(is_tried)
        self.setVisible(is_evaluated or is_tried)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider button: no more is asked of the panel."""
        widest = max(each.sizeHint().width() for each in (self.evaluate, self.try_it))
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        both = self.evaluate.sizeHint().width() + self.try_it.sizeHint().width()
        self._row.setDirection(_BESIDE if both + _SPACING <= self.width() else _BELOW)


class WhatNext(QObject):
    """Offers what fits the network that was trained last, as long as it is that one."""

    def __init__(
        self,
        model: DocumentModel,
        training: TrainingController,
        buttons: NextButtons,
        look: Callable[[int], None],
    ) -> None:
        """`look` brings a page of the Look tab forward, about the last training."""
        super().__init__(buttons)
        self._model = model
        self._training = training
        self._buttons = buttons
        self._look = look
        self._known: tuple[Document, DataInfo | None, Uses] | None = None
        self.can_evaluate = self.can_try = False
        buttons.evaluate.clicked.connect(self.evaluate)
        buttons.try_it.clicked.connect(self.try_it)

    def evaluate(self) -> None:
        """Show how good the network is; it is worked out at once."""
        if self.can_evaluate:
            from gui.look.view import EVALUATE

            self._look(EVALUATE)

    def try_it(self) -> None:
        """Let the network be asked."""
        if self.can_try:
            from gui.look.view import TRY

            self._look(TRY)

    def refresh(self) -> None:
        """Offer what can be done with the document as it is now."""
        uses = self._uses()
        self.can_evaluate = uses is not None and uses.is_evaluated
        self.can_try = uses is not None and uses.is_tried
        self._buttons.offer(is_evaluated=self.can_evaluate, is_tried=self.can_try)

    def _uses(self) -> Uses | None:
        """What the last training is good for; None where its weights do not fit."""
        learned, model = self._training.learned, self._model
        if learned is None or self._training.weights_for(model.root) is None:
            return None
        from engine.showing.uses import ALL_USES, uses_of

        info = self._info(learned)
        known = self._known
        if known is None or known[0] is not learned or known[1] is not info:
            # Where too little is known all is offered: the page itself says more.
            uses = ALL_USES if info is None else uses_of(learned, model.whole, info)
            self._known = known = learned, info, uses
        return known[2]

    def _info(self, learned: Document) -> DataInfo | None:
        """What is known of the data it learned from, where the document has them still.

        Asked for the data of another document, the model would have to look anew.
        """
        data = self._model.data
        if data is None or learned.data != self._model.root.data:
            return None
        if self._model.whole.first_error is not None:  # its shapes are not all known
            return None
        known = data.ask(learned.data)
        if known is None or not hasattr(known.info, "inputs"):  # or a Problem
            return None
        return known.info
