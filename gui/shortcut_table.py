"""The keys and gestures that are not actions of a menu, in one table for the sheet.

The canvas itself listens to these keys, so no action may be given one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from gui.texts import Texts

GESTURE_TEXTS = Texts("gestures")


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedKey:
    """What keys do while the canvas has the keyboard; they cannot be changed."""

    what: str
    keys: tuple[str, ...]
    shown: str = ""
    """How the keys read, where that is shorter than the list of them."""


FIXED_KEYS = (
    FixedKey(what="Add a layer, or go into a selected block", keys=("Tab",)),
    FixedKey(what="Edit the selected node", keys=("Return", "Enter"), shown="Enter"),
    FixedKey(what="Let go, leave a block, leave the settings", keys=("Esc",)),
    FixedKey(
        what="Move the selected nodes",
        keys=("Left", "Right", "Up", "Down"),
        shown="arrows",
    ),
    FixedKey(
        what="Move them by a pixel",
        keys=("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
        shown="Shift+arrows",
    ),
    FixedKey(
        what="Walk along the edges",
        keys=("Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down"),
        shown="Ctrl+arrows",
    ),
    FixedKey(
        what="Walk, and add to what is selected",
        keys=(
            "Ctrl+Shift+Left",
            "Ctrl+Shift+Right",
            "Ctrl+Shift+Up",
            "Ctrl+Shift+Down",
        ),
        shown="Ctrl+Shift+arrows",
    ),
)
GESTURES = (
    ("Add a layer here", "double-click the canvas"),
    ("Draw an edge", "drag from a port to another"),
    ("Add a layer joined to a port", "drag from the port, drop on the canvas"),
    ("Insert a node into an edge", "drop it on the edge"),
    ("Move an end of an edge", "drag it near that end"),
    ("Bend an edge", "double-click it, or Shift and right-drag across"),
    ("Cut edges", "Ctrl and right-drag across, or Alt and click one or a port"),
    ("Edit a node, or go into a block", "double-click it"),
    ("Copy nodes", "Alt and drag"),
    ("Take nodes out of the flow", "Alt and Shift and drag"),
    ("Select several", "drag over the canvas, or Shift and click"),
    ("Move the view", "middle or right button, or Space, and drag"),
    ("Zoom", "wheel"),
    ("What can be done here", "right click"),
)
"""What the mouse does on the canvas: what, and how."""
