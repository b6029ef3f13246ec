"""What the canvas can do by the name of an action, for menus, keys and the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from engine.costs import Cost
from gui.canvas.placing import Side

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ZOOM_STEP = 1.25
Handlers = dict[str, Callable[[], object]]


def canvas_handlers(canvas: CanvasView) -> Handlers:
    """What each action of the table in `gui.actions` does that is the canvas's own."""
    return {**_editing(canvas), **_looking(canvas)}


def _editing(canvas: CanvasView) -> Handlers:
    editor, clipboard, blocks = canvas.editor, canvas.clipboard, canvas.blocks
    return {
        "cut": clipboard.cut,
        "copy": clipboard.copy,
        "paste": clipboard.paste,
        "duplicate": clipboard.duplicate,
        "delete": editor.delete,
        "delete_keep": lambda: editor.delete(keep_flow=True),
        "add_layer": canvas.requests.ask_at_pointer,
        "make_block": blocks.make,
        "expand_block": blocks.expand,
        "unique_block": blocks.make_unique,
        "rename_block": blocks.rename,
        "paste_with_edges": lambda: clipboard.paste(with_edges=True),
        "connect": editor.connect_selected,
        "bypass": canvas.nodes.bypass,
        "collapse": canvas.nodes.collapse,
        "detach": canvas.nodes.detach,
        "frame": canvas.annotator.frame_selected,
        "unframe": canvas.annotator.unframe_selected,
        "note": canvas.annotator.add_note,
        "tidy": canvas.arranger.tidy_up,
        **{f"align_{side}": partial(canvas.arranger.align, side) for side in Side},
        "distribute_across": lambda: canvas.arranger.distribute(across=True),
        "distribute_down": lambda: canvas.arranger.distribute(across=False),
    }


def _looking(canvas: CanvasView) -> Handlers:
    return {
        "select_all": canvas.select_all,
        "select_before": canvas.chains.select_before,
        "select_after": canvas.chains.select_after,
        "select_joined": canvas.chains.select_joined,
        "zoom_in": lambda: canvas.zoom_by(_ZOOM_STEP),
        "zoom_out": lambda: canvas.zoom_by(1 / _ZOOM_STEP),
        "zoom_reset": lambda: canvas.zoom_to(100),
        "fit_all": canvas.framing.fit_all,
        "fit_selection": canvas.fit_selection,
        "minimap": canvas.afar.toggle_map,
        "color_layer": lambda: canvas.color_by(None),
        **{f"color_{cost}": partial(canvas.color_by, cost) for cost in Cost},
    }
