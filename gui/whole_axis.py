"""An axis of things that are counted. Importing this imports pyqtgraph."""

from __future__ import annotations

import pyqtgraph as pg


class WholeAxis(pg.AxisItem):
    """Marks whole numbers alone: there is no epoch 1.5."""

    def __init__(self, orientation: str = "bottom") -> None:
        super().__init__(orientation)
        self.counts = True
        """Whether what it shows is counted now, and not measured."""

    def tickSpacing(
        self,
        minVal: float,  # noqa: N803  pyqtgraph's names
        maxVal: float,  # noqa: N803
        size: float,
    ) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(minVal, maxVal, size)
        if not self.counts:
            return spacings
        whole = [(width, offset) for width, offset in spacings if width % 1 == 0]
        return whole or [(1.0, 0.0)]
