"""Cards gliding to new places, so that the eye can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QVariantAnimation
from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_MILLISECONDS = 180
_MOST_NODES = 200
"""More than these would stutter."""


class Glide(QObject):
    """Shows the way from the old places to the new; the document is there already."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._is_armed = False
        self._ways: dict[str, tuple[QPointF, QPointF]] = {}
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(_MILLISECONDS)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._show)

    def arm(self) -> None:
        """Animate the change that comes next, unless the system wants stillness."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        wants = self._canvas.style().styleHint(hint, None, self._canvas) > 0
        few = len(self._canvas.network.nodes) <= _MOST_NODES
        self._is_armed = wants and few and self._canvas.isVisible()

    def places(self) -> dict[str, QPointF]:
        """Where the cards lie now, if the next change is to be animated."""
        self.finish()
        if not self._is_armed:
            return {}
        nodes = self._canvas.network.nodes
        return {name: item.pos() for name, item in nodes.items()}

    def start(self, before: dict[str, QPointF]) -> None:
        """Glide from these places to where the cards lie now."""
        if not self._is_armed:
            return
        self._is_armed = False
        nodes = self._canvas.network.nodes
        self._ways = {
            name: (place, nodes[name].pos())
            for name, place in before.items()
            if name in nodes and nodes[name].pos() != place
        }
        if self._ways:
            self._animation.start()
            self._show(0.0)  # its first tick comes later: no frame shows the end first

    def finish(self) -> None:
        """Be there at once."""
        if self._ways:
            self._animation.stop()
            self._show(1.0)

    def _show(self, share: float) -> None:
        network = self._canvas.network
        ways = {n: way for n, way in self._ways.items() if n in network.nodes}
        for name, (start, end) in ways.items():
            network.nodes[name].setPos(start + (end - start) * share)
        network.reroute(ways)
        self._canvas.afar.changed()
        if share >= 1.0:
            self._ways = {}
