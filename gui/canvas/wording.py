"""Words that the labels of undo steps share."""

from __future__ import annotations

from collections.abc import Sequence


def nodes_phrase(names: Sequence[str]) -> str:
    """The node's name, or how many they are: `conv1`, `3 nodes`."""
    return names[0] if len(names) == 1 else f"{len(names)} nodes"
