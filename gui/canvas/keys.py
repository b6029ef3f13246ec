"""What the keys do while the canvas has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.canvas.placing import GRID

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_STANDARD = {
    QKeySequence.StandardKey.Copy: "copy_selected",
    QKeySequence.StandardKey.Cut: "cut_selected",
    QKeySequence.StandardKey.Paste: "paste",
    QKeySequence.StandardKey.SelectAll: "select_all",
}


class Keys:
    """Turns keys into what the canvas does.

    Arrows move the selected nodes by a step of the grid, with Shift by a pixel.
    Ctrl and arrows walk: right and left along edges, up and down to the nearest card;
    without a selection all arrows begin at the first node. Enter opens a node's
    settings, Tab and Shift+A ask for a layer to add, Delete removes (with Shift the
    flow is kept), C draws an edge between two selected nodes, Home shows all, F what is
    selected, Alt+M the map. Ctrl+Shift+E makes a block of what is selected and
    Ctrl+Shift+G expands one; Tab goes into a block that is selected. Escape lets go of
    a gesture, or of the selection, or else leads out of a block.
    """

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; gives whether it means anything."""
        canvas, key, held = self._canvas, event.key(), event.modifiers()
        plain = held & ~Qt.KeyboardModifier.KeypadModifier
        # Before the standard keys: on some systems Shift+Delete is another Cut.
        if plain == Qt.KeyboardModifier.ShiftModifier and self._with_shift(key):
            return True
        for standard, method in _STANDARD.items():
            if event.matches(standard):
                getattr(canvas, method)()
                return True
        if key in _ARROWS:
            return self._arrow(Qt.Key(key), plain)
        if plain == Qt.KeyboardModifier.ControlModifier:
            return self._with_ctrl(key)
        if plain == _CTRL_SHIFT:
            return self._with_ctrl_shift(key)
        if plain == Qt.KeyboardModifier.AltModifier:
            if key == Qt.Key.Key_M:
                canvas.toggle_minimap()
            return key == Qt.Key.Key_M
        return plain == Qt.KeyboardModifier.NoModifier and self._plain(key)

    def _plain(self, key: int) -> bool:
        canvas = self._canvas
        match key:
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                canvas.delete_selected()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                for name in canvas.selected_names()[:1]:
                    canvas.node_activated.emit(name)
            case Qt.Key.Key_Tab:
                if not canvas.scopes.enter_selected():
                    canvas.request_layer_at_pointer()
            case Qt.Key.Key_Home:
                canvas.fit_all()
            case Qt.Key.Key_F:
                canvas.fit_selection()
            case Qt.Key.Key_C:
                canvas.editor.connect_selected()
            case Qt.Key.Key_Escape if (
                canvas.selected_names() or canvas.selected_edges()
            ):
                canvas.select([])
            case Qt.Key.Key_Escape:
                canvas.scopes.leave()
            case _:
                return False
        return True

    def _with_shift(self, key: int) -> bool:
        if key == Qt.Key.Key_A:
            self._canvas.request_layer_at_pointer()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._canvas.delete_selected(keep_flow=True)
        else:
            return False
        return True

    def _with_ctrl(self, key: int) -> bool:
        canvas = self._canvas
        match key:
            case Qt.Key.Key_D:
                canvas.duplicate_selected()
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                canvas.zoom_by(1.25)
            case Qt.Key.Key_Minus:
                canvas.zoom_by(0.8)
            case Qt.Key.Key_0:
                canvas.zoom_to(100)
            case _:
                return False
        return True

    def _with_ctrl_shift(self, key: int) -> bool:
        if key == Qt.Key.Key_E:
            self._canvas.blocks.make()
        elif key == Qt.Key.Key_G:
            self._canvas.blocks.expand()
        else:
            return False
        return True

    def _arrow(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        dx, dy = _ARROWS[key]
        canvas = self._canvas
        if not canvas.selected_names():
            first = next(iter(canvas.model.document.graph.nodes), None)
            if first is not None:
                canvas.select([first])
                canvas.show_node(first)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self._walk(dx, dy)
        else:
            is_fine = bool(held & Qt.KeyboardModifier.ShiftModifier)
            step = 1 if is_fine else GRID
            canvas.editor.nudge(dx * step, dy * step)
        return True

    def _walk(self, dx: int, dy: int) -> None:
        canvas = self._canvas
        here = canvas.selected_names()[-1]
        graph = canvas.model.document.graph
        there: str | None
        if dx:
            edges = graph.edges_out_of(here) if dx > 0 else graph.edges_into(here)
            names = [edge.target if dx > 0 else edge.source for edge in edges]
            there = next((name for name in names if name in graph), None)
        else:
            there = _nearest(canvas.network.rects(), here, dy)
        if there is not None:
            canvas.select([there])
            canvas.show_node(there)


def _nearest(rects: dict[str, QRectF], here: str, dy: int) -> str | None:
    """The closest card above (`dy` -1) or below (1); sideways counts double."""
    middle = rects[here].center()

    def away(name: str) -> QPointF:
        return rects[name].center() - middle

    beyond = [name for name in rects if away(name).y() * dy > GRID]
    return min(
        beyond,
        key=lambda name: abs(away(name).y()) + 2 * abs(away(name).x()),
        default=None,
    )
