"""Which runs the table shows: those of the document in front, or of all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QWidget

from engine.run_record import Run
from gui.texts import Texts

tr = Texts("runs")

_THIS, _ALL = range(2)


class WhichRuns(QComboBox):
    """Asks for this network's runs as long as it has any, until somebody chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems([tr("This network"), tr("All networks")])
        self.setAccessibleName(tr("Which networks' runs are shown"))
        self.setToolTip(tr("The runs of the network in front, or of every network"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._is_chosen = False
        self.activated.connect(self._choose)

    def _choose(self) -> None:
        self._is_chosen = True

    def network(self, name: str, runs: Sequence[Run]) -> str:
        """The name of the document whose runs are wanted; "" where those of all are."""
        if not self._is_chosen:
            has_any = any(run.name == name for run in runs)
            self.setCurrentIndex(_THIS if has_any else _ALL)
        return name if self.currentIndex() == _THIS else ""
