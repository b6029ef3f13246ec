"""What can be done where the right button was clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from engine.edits import RemoveEdge
from gui.canvas.hits import Hit

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


def context_menu(canvas: CanvasView, hit: Hit, point: QPointF) -> QMenu:
    """The menu for a node, for an edge, or for the bare canvas."""
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if hit.node:
        _node_entries(menu, canvas, hit.node)
    elif hit.edge is not None:
        _edge_entries(menu, canvas, hit, point)
    else:
        _add(menu, "Add layer…", lambda: canvas.request_layer(point, None), "Tab")
        _add(menu, "Paste", canvas.paste, "Ctrl+V")
        if canvas.model.scope:
            _add(menu, "Leave the block", canvas.scopes.leave, "Esc")
        menu.addSeparator()
        _add(menu, "Select all", canvas.select_all, "Ctrl+A")
        _add(menu, "Tidy up", canvas.tidy_up)
        _add(menu, "Show all", canvas.fit_all, "Home")
        _add(menu, "Show or hide the map", canvas.toggle_minimap, "Alt+M")
    return menu


def _node_entries(menu: QMenu, canvas: CanvasView, name: str) -> None:
    if name not in canvas.selected_names():
        canvas.select([name])
    first = canvas.network.findings.first
    if first is not None and first.node == name:
        callout = canvas.network.callout
        if callout is None:
            canvas.network.show_callout()
        for index, fix in enumerate(first.fixes):
            _add(menu, fix.label, partial(canvas.apply_fix, index))
        menu.addSeparator()
    _add(menu, "Settings", lambda: canvas.node_activated.emit(name), "Return")
    menu.addSeparator()
    _block_entries(menu, canvas)
    menu.addSeparator()
    _add(menu, "Cut", canvas.cut_selected, "Ctrl+X")
    _add(menu, "Copy", canvas.copy_selected, "Ctrl+C")
    _add(menu, "Duplicate", canvas.duplicate_selected, "Ctrl+D")
    menu.addSeparator()
    if len(canvas.selected_names()) > 1:
        _add(menu, "Tidy up these", canvas.tidy_up)
    _add(menu, "Delete", canvas.delete_selected, "Del")
    text = "Delete and keep the flow"
    _add(menu, text, lambda: canvas.delete_selected(keep_flow=True), "Shift+Del")


def _block_entries(menu: QMenu, canvas: CanvasView) -> None:
    blocks = canvas.blocks
    _add(menu, "Make a block…", blocks.make, "Ctrl+Shift+E")
    if blocks.selected_block() is not None:
        _add(menu, "Go inside", canvas.scopes.enter_selected, "Tab")
        _add(menu, "Expand block", blocks.expand, "Ctrl+Shift+G")
        _add(menu, "Make unique", blocks.make_unique)
        _add(menu, "Rename block…", blocks.rename)


def _edge_entries(menu: QMenu, canvas: CanvasView, hit: Hit, point: QPointF) -> None:
    edge = hit.edge
    if edge is None:
        return
    canvas.select_edge(edge)
    label = f"Remove the edge from {edge.source} to {edge.target}"
    _add(menu, "Insert layer…", lambda: canvas.request_layer(point, edge))
    _add(menu, "Remove edge", lambda: canvas.model.push(label, RemoveEdge(edge)), "Del")


def _add(menu: QMenu, text: str, action: Callable[[], object], keys: str = "") -> None:
    entry = menu.addAction(text)
    entry.triggered.connect(lambda _checked=False: action())
    if keys:
        # Shown, not bound: the canvas itself listens to its keys.
        entry.setShortcut(QKeySequence(keys))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
