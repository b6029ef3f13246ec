"""What can be done where the right button was clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from engine.annotations import FRAME_COLORS
from engine.edits import RemoveEdge
from gui.action_keys import present_keys
from gui.canvas.hits import Hit
from gui.canvas.marks import BendMark, FrameMark, Mark, NoteMark
from gui.canvas.placing import Side
from gui.canvas.wording import frame_color
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

tr = Texts("canvas")

_ALIGN = {
    Side.LEFT: tr.mark("Align left"),
    Side.CENTRE: tr.mark("Align centres"),
    Side.RIGHT: tr.mark("Align right"),
    Side.TOP: tr.mark("Align top"),
    Side.MIDDLE: tr.mark("Align middles"),
    Side.BOTTOM: tr.mark("Align bottom"),
}


def context_menu(canvas: CanvasView, hit: Hit, point: QPointF) -> QMenu:
    """The menu for a node, for an edge, or for the bare canvas."""
    menu = QMenu(canvas)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if hit.node:
        _node_entries(menu, canvas, hit.node)
    elif hit.mark is not None:
        _mark_entries(menu, canvas, hit.mark)
    elif hit.edge is not None:
        _edge_entries(menu, canvas, hit, point)
    else:
        _add(menu, tr("Add layer…"), lambda: canvas.requests.ask(point, None), "Tab")
        _add(menu, tr("Paste"), lambda: canvas.clipboard.paste(at=point), "Ctrl+V")
        _add(
            menu, tr("Add a note…"), lambda: canvas.annotator.add_note(point), "Shift+N"
        )
        if canvas.model.scope:
            _add(menu, tr("Leave the block"), canvas.scopes.leave, "Esc")
        menu.addSeparator()
        _add(menu, tr("Select all"), canvas.select_all, "Ctrl+A")
        _add(menu, tr("Tidy up"), canvas.arranger.tidy_up)
        _add(menu, tr("Show all"), canvas.framing.fit_all, "Home")
        _add(menu, tr("Show or hide the map"), canvas.afar.toggle_map, "Alt+M")
    return menu


def _node_entries(menu: QMenu, canvas: CanvasView, name: str) -> None:
    if name not in canvas.selection.names:
        canvas.select([name])
    first = canvas.network.findings.first
    if first is not None and first.node == name:
        callout = canvas.network.callout
        if callout is None:
            canvas.network.error_note.show()
        for index, fix in enumerate(first.fixes):
            _add(menu, fix.label, partial(canvas.editor.apply_fix, index))
        menu.addSeparator()
    _add(menu, tr("Settings"), lambda: canvas.node_activated.emit(name), "Enter")
    menu.addSeparator()
    _block_entries(menu, canvas)
    menu.addSeparator()
    _switch_entries(menu, canvas)
    menu.addSeparator()
    _add(menu, tr("Cut"), canvas.clipboard.cut, "Ctrl+X")
    _add(menu, tr("Copy"), canvas.clipboard.copy, "Ctrl+C")
    _add(menu, tr("Duplicate"), canvas.clipboard.duplicate, "Ctrl+D")
    menu.addSeparator()
    if len(canvas.selection.names) > 1:
        _arrange_entries(menu.addMenu(tr("Arrange")), canvas)
    _add(menu, tr("Delete"), canvas.editor.delete, "Del")
    text = tr("Delete and keep the flow")
    _add(menu, text, lambda: canvas.editor.delete(keep_flow=True), "Shift+Del")


def _switch_entries(menu: QMenu, canvas: CanvasView) -> None:
    graph, names = canvas.model.document.graph, canvas.selection.names
    is_off = all(graph[name].bypassed for name in names)
    is_small = all(graph[name].collapsed for name in names)
    text = tr("Let take part again") if is_off else tr("Bypass")
    _add(menu, text, canvas.nodes.bypass, "Ctrl+B")
    _add(
        menu, tr("Open up") if is_small else tr("Collapse"), canvas.nodes.collapse, "H"
    )
    left = canvas.nodes.learning()
    if left or any(graph[name].frozen for name in names):
        text = tr("Freeze the weights") if left else tr("Let the weights learn")
        _add(menu, text, canvas.nodes.freeze)
    _add(menu, tr("Detach"), canvas.nodes.detach, "Alt+D")
    _add(menu, tr("Frame…"), canvas.annotator.frame_selected, "Ctrl+G")
    if any(graph[name].frame for name in names):
        unframe = canvas.annotator.unframe_selected
        _add(menu, tr("Take out of the frame"), unframe, "Alt+P")


def _arrange_entries(menu: QMenu, canvas: CanvasView) -> None:
    arranger = canvas.arranger
    _add(menu, tr("Tidy up"), arranger.tidy_up)
    menu.addSeparator()
    for side in Side:
        _add(menu, tr.of(_ALIGN[side]), partial(arranger.align, side))
    if len(canvas.selection.names) > 2:
        across = partial(arranger.distribute, across=True)
        _add(menu, tr("Distribute across"), across)
        _add(menu, tr("Distribute down"), partial(arranger.distribute, across=False))


def _mark_entries(menu: QMenu, canvas: CanvasView, mark: Mark) -> None:
    if mark not in canvas.selection.marks:
        canvas.selection.set([], [], [mark])
    annotator = canvas.annotator
    match mark:
        case FrameMark(name=name):
            held = canvas.network.annotations.members().get(name, [])
            _add(menu, tr("Rename…"), lambda: annotator.rename_frame(name), "Enter")
            _add(menu, tr("Select what is in it"), lambda: canvas.select(held))
            present = canvas.model.document.graph.frames[name].color
            colors = menu.addMenu(tr("Colour"))
            for color in FRAME_COLORS:
                pick = partial(annotator.color_frame, name, color)
                _add(colors, frame_color(color), pick).setIcon(_swatch(canvas, color))
                colors.actions()[-1].setCheckable(True)
                colors.actions()[-1].setChecked(color == present)
            _add(menu, tr("Take the frame away"), canvas.editor.delete, "Del")
        case NoteMark(name=name):
            _add(menu, tr("Write…"), lambda: annotator.edit_note(name), "Enter")
            _add(menu, tr("Delete"), canvas.editor.delete, "Del")
        case BendMark(edge=edge):
            _add(menu, tr("Remove the point"), canvas.editor.delete, "Del")
            _add(menu, tr("Straighten the edge"), lambda: annotator.straighten(edge))


def _swatch(canvas: CanvasView, color: str) -> QIcon:
    square = QPixmap(14, 14)
    square.fill(canvas.network.style_.frame(color))
    return QIcon(square)


def _block_entries(menu: QMenu, canvas: CanvasView) -> None:
    blocks = canvas.blocks
    _add(menu, tr("Make a block…"), blocks.make, "Ctrl+Shift+E")
    if blocks.selected_block() is not None:
        _add(menu, tr("Go inside"), canvas.scopes.enter_selected, "Tab")
        _add(menu, tr("Expand block"), blocks.expand, "Ctrl+Shift+G")
        _add(menu, tr("Make block unique"), blocks.make_unique)
        _add(menu, tr("Rename block…"), blocks.rename)


def _edge_entries(menu: QMenu, canvas: CanvasView, hit: Hit, point: QPointF) -> None:
    edge = hit.edge
    if edge is None:
        return
    canvas.select_edge(edge)
    label = tr(
        "Remove the edge from {source} to {target}",
        source=edge.source,
        target=edge.target,
    )
    _add(menu, tr("Insert layer…"), lambda: canvas.requests.ask(point, edge), "Tab")
    _add(menu, tr("Add a point"), lambda: canvas.annotator.add_bend(edge, point))
    if edge in canvas.model.document.graph.bends:
        _add(menu, tr("Straighten"), lambda: canvas.annotator.straighten(edge))
    _add(
        menu,
        tr("Remove edge"),
        lambda: canvas.model.push(label, RemoveEdge(edge)),
        "Del",
    )


def _add(
    menu: QMenu, text: str, action: Callable[[], object], keys: str = ""
) -> QAction:
    entry = menu.addAction(text)
    entry.triggered.connect(lambda _checked=False: _do(menu, action))
    if keys:
        # Shown, not bound: the canvas itself listens to its keys.
        entry.setShortcut(present_keys(menu.parentWidget() or menu, keys))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    return entry


def _do(menu: QMenu, action: Callable[[], object]) -> None:
    """Do what was chosen with the view as it is where the menu was opened."""
    owner = menu.parentWidget()
    while isinstance(owner, QMenu):
        owner = owner.parentWidget()
    with cast("CanvasView", owner).framing.under_hand():
        action()
