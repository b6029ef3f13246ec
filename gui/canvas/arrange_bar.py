"""A strip of buttons for what is selected, while it is two nodes or more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from gui.canvas.callout_item import CalloutItem
from gui.canvas.node_item import NodeItem
from gui.canvas.placing import Side
from gui.icons import icon
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_CORNER = 12
_AIR, _STEP = 4, 8
"""Pixels between it and a card, and from one place that is tried to the next."""
_SIDES = {
    Side.LEFT: tr.mark("Align left"),
    Side.CENTRE: tr.mark("Align centres, one above the other"),
    Side.RIGHT: tr.mark("Align right"),
    Side.TOP: tr.mark("Align top"),
    Side.MIDDLE: tr.mark("Align middles, one beside the other"),
    Side.BOTTOM: tr.mark("Align bottom"),
}


class ArrangeBar(QFrame):
    """Aligns and distributes; it lies at an edge of the canvas, and is gone again."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("Align and distribute"))
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 3, 4, 3)
        row.setSpacing(1)
        arranger = canvas.arranger
        self.buttons: dict[str, QToolButton] = {}
        for side, tip in _SIDES.items():
            self._add(f"align-{side}", tr.of(tip), partial(arranger.align, side))
        self._add(
            "distribute-across",
            tr("Distribute across: equal gaps"),
            lambda: arranger.distribute(across=True),
        )
        self._add(
            "distribute-down",
            tr("Distribute down: equal gaps"),
            lambda: arranger.distribute(across=False),
        )
        self._color = canvas.network.style_.theme.text
        self._has_icons = False
        canvas.afar.sight_changed.connect(self._follow)
        self.hide()

    def _add(self, name: str, tip: str, action: object) -> None:
        button = QToolButton(self)
        button.setProperty("role", "flat")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        # The keyboard stays with the canvas: the same commands are in the menu.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda _=False: action())  # type: ignore[operator]
        layout = self.layout()
        if layout is not None:
            layout.addWidget(button)
        self.buttons[name] = button

    def set_color(self, color: str) -> None:
        """Draw the icons in another colour, once they are to be seen."""
        self._color, self._has_icons = color, False
        if not self.isHidden():
            self._draw_icons()

    def _draw_icons(self) -> None:
        if not self._has_icons:
            self._has_icons = True
            for name, button in self.buttons.items():
                button.setIcon(icon(name, self._color))

    def show_selection(self, names: list[str]) -> None:
        """Be there for two nodes or more."""
        self.buttons["distribute-across"].setEnabled(len(names) > 2)
        self.buttons["distribute-down"].setEnabled(len(names) > 2)
        if len(names) > 1:
            self._draw_icons()
            self.show()
            self.place()
        else:
            self.hide()

    def _follow(self) -> None:
        if not self.underMouse():  # a second press of a button finds it there
            self.place()

    def place(self) -> None:
        """Lie where no card is covered, at the top right before anywhere else."""
        if self.isHidden():
            return
        self.adjustSize()
        taken = self._taken()

        def covered(corner: QPoint) -> int:
            """How many pixels of cards and the like it would cover there."""
            mine = QRect(corner, self.size()).adjusted(-_AIR, -_AIR, _AIR, _AIR)
            areas = [mine.intersected(each) for each in taken if mine.intersects(each)]
            return sum(each.width() * each.height() for each in areas)

        self.move(min(self._places(), key=covered))
        self.raise_()

    def _places(self) -> list[QPoint]:
        """Where it may lie: at the top, then at the bottom, then between them."""
        canvas = self._canvas
        right = canvas.width() - self.width() - _CORNER
        bottom = canvas.height() - self.height() - _CORNER
        between = range(_CORNER + _STEP, bottom, _STEP)
        return [
            QPoint(x, y)
            for y in (_CORNER, bottom, *between)
            for x in (right, right // 2, _CORNER)
        ]

    def _taken(self) -> list[QRect]:
        """Where cards, notes, and what else lies over the canvas are to be seen."""
        canvas = self._canvas
        found = [
            canvas.mapFromScene(item.sceneBoundingRect()).boundingRect()
            for item in canvas.items(canvas.viewport().rect())
            if isinstance(item, (NodeItem, CalloutItem)) and item.isVisible()
        ]
        own = (canvas.afar.minimap, canvas.legend, canvas.scopes.trail)
        parts = (*own, *canvas.lodgers)
        return found + [each.geometry() for each in parts if not each.isHidden()]
