"""What the keys do while the canvas has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.canvas.commands import canvas_handlers
from gui.canvas.marks import BendMark
from gui.canvas.placing import GRID

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_STANDARD = {
    QKeySequence.StandardKey.Copy: "copy",
    QKeySequence.StandardKey.Cut: "cut",
    QKeySequence.StandardKey.Paste: "paste",
    QKeySequence.StandardKey.SelectAll: "select_all",
}
# What a canvas without a window around it listens to; ids of `gui.actions`.
_ALONE = {
    (_NONE, Qt.Key.Key_Delete): "delete",
    (_NONE, Qt.Key.Key_Backspace): "delete",
    (_SHIFT, Qt.Key.Key_Delete): "delete_keep",
    (_SHIFT, Qt.Key.Key_Backspace): "delete_keep",
    (_NONE, Qt.Key.Key_Home): "fit_all",
    (_NONE, Qt.Key.Key_F): "fit_selection",
    (_SHIFT, Qt.Key.Key_A): "add_layer",
    (_CTRL, Qt.Key.Key_D): "duplicate",
    (_CTRL, Qt.Key.Key_Plus): "zoom_in",
    (_CTRL, Qt.Key.Key_Equal): "zoom_in",
    (_CTRL, Qt.Key.Key_Minus): "zoom_out",
    (_CTRL, Qt.Key.Key_0): "zoom_reset",
    (_CTRL | _SHIFT, Qt.Key.Key_E): "make_block",
    (_CTRL | _SHIFT, Qt.Key.Key_G): "expand_block",
    (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_M): "minimap",
}


class Keys:
    """Turns keys into what the canvas does.

    Arrows move the selected nodes by a step of the grid, with Shift by a pixel.
    Ctrl and arrows walk: right and left along edges, else to the nearest card there;
    Shift keeps what was selected. Without a selection all arrows begin at the first
    node. Enter opens a node's settings, Tab goes into a block that is selected or asks
    for a layer to add. Escape lets go of a gesture, or of the selection, or else leads
    out of a block. All other keys are those of actions.
    """

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; gives whether it means anything."""
        canvas, key, held = self._canvas, event.key(), event.modifiers()
        plain = held & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS:
            return self._arrow(Qt.Key(key), plain)
        if plain == Qt.KeyboardModifier.NoModifier and self._plain(key):
            return True
        # In a window the actions have these keys, and the user may change them.
        return not canvas.actions() and self._without_actions(event, plain)

    def _plain(self, key: int) -> bool:
        canvas = self._canvas
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._open()
            case Qt.Key.Key_Tab:
                if not canvas.scopes.enter_selected():
                    canvas.requests.ask_at_pointer()
            case Qt.Key.Key_Escape if not canvas.selection.is_empty:
                canvas.select([])
            case Qt.Key.Key_Escape:
                canvas.scopes.leave()
            case _:
                return False
        return True

    def _open(self) -> None:
        """Edit what is selected: a node's settings, a note, a frame's title."""
        canvas = self._canvas
        for name in canvas.selection.names[:1]:
            canvas.node_activated.emit(name)
            return
        for mark in canvas.selection.marks[:1]:
            if not isinstance(mark, BendMark):
                canvas.annotator.open(mark)

    def _without_actions(self, event: QKeyEvent, held: Qt.KeyboardModifier) -> bool:
        # Before the standard keys: on some systems Shift+Delete is another Cut.
        action = _ALONE.get((held, Qt.Key(event.key())))
        if action is None:
            found = [id_ for key, id_ in _STANDARD.items() if event.matches(key)]
            action = found[0] if found else None
        if action is None:
            return False
        canvas_handlers(self._canvas)[action]()
        return True

    def _arrow(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        dx, dy = _ARROWS[key]
        canvas = self._canvas
        if not canvas.selection.names:
            first = next(iter(canvas.model.document.graph.nodes), None)
            if first is not None:
                canvas.select([first])
                canvas.show_node(first)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self._walk(dx, dy, adds=bool(held & Qt.KeyboardModifier.ShiftModifier))
        else:
            is_fine = bool(held & Qt.KeyboardModifier.ShiftModifier)
            step = 1 if is_fine else GRID
            canvas.editor.nudge(dx * step, dy * step)
        return True

    def _walk(self, dx: int, dy: int, *, adds: bool) -> None:
        canvas = self._canvas
        selected = canvas.selection.names
        here = selected[-1]
        graph = canvas.model.document.graph
        there: str | None = None
        if dx:
            edges = graph.edges_out_of(here) if dx > 0 else graph.edges_into(here)
            names = [edge.target if dx > 0 else edge.source for edge in edges]
            there = next((name for name in names if name in graph), None)
        if there is None:
            there = _nearest(canvas.network.rects(), here, dx, dy)
        if there is not None:
            kept = [name for name in selected if name != there] if adds else []
            canvas.select([*kept, there])
            canvas.show_node(there)


def _nearest(rects: dict[str, QRectF], here: str, dx: int, dy: int) -> str | None:
    """The closest card in a direction; what lies aside of it counts double."""
    middle = rects[here].center()

    def ahead(name: str) -> tuple[float, float]:
        way = rects[name].center() - middle
        return way.x() * dx + way.y() * dy, abs(way.x() * dy) + abs(way.y() * dx)

    beyond = [name for name in rects if ahead(name)[0] > GRID]
    return min(
        beyond, key=lambda name: ahead(name)[0] + 2 * ahead(name)[1], default=None
    )
