"""What a card has no room for, and the sign of weights that nodes share."""

from __future__ import annotations

from collections.abc import Sequence

from engine.block_edits import and_list
from gui.canvas.placing import GRID
from gui.canvas.style import Fonts
from gui.texts import Texts

tr = Texts("canvas")

TIE_SIGN = 17.0
"""Room for the sign of shared weights, before the name they are shared with."""
LOCK_SIGN = 16.0
"""Room for the lock of frozen weights, at the end of the title's line."""
MOST_LINES = 3
"""Lines of a card that name a block and its settings."""
_GAP = 10.0


def tie(name: str, group: Sequence[str]) -> str:
    """Who else has a node's weights: a node, or how many; `group` has the owner first.

    Empty for a node that shares none.
    """
    if not group:
        return ""
    if name != group[0]:
        return group[0]
    return group[1] if len(group) == 2 else tr("{count} others", count=len(group) - 1)


def tie_hint(group: Sequence[str]) -> str:
    """What the sign means, as a sentence."""
    return (
        tr("{nodes} have the same weights.", nodes=and_list(list(group), most=5))
        if group
        else ""
    )


def learning_hint(learns: str) -> str:
    """What a lock means, or that a node learns at a rate of its own, as a sentence."""
    if learns == "frozen":
        return tr("Frozen: its weights stay as they are.")
    return tr("Its {learns}.", learns=learns)


def fitted(
    names: tuple[str, str], taken: float, room: float, fonts: Fonts
) -> list[str]:
    """The names of a row's ports, cut where they leave no room for its shape."""
    present = [name for name in names if name]
    needed = sum(fonts.width(fonts.small, name) + _GAP for name in present)
    if not present or needed + taken <= room + 2:
        return list(names)
    each = (room + 2 - taken) / len(present) - _GAP
    return [fonts.elided(fonts.small, name, each) if name else "" for name in names]


def block_lines(
    texts: Sequence[str], room: float, more: float, fonts: Fonts
) -> tuple[int, tuple[str, ...]]:
    """A block's name and settings in a few lines; no setting is torn from its value.

    `texts` are all of it, and ever less. Gives how much wider the card has to be,
    `more` at most, and the lines of the first text that fits. Where none does all of it
    is cut: the card's hint has the rest.
    """
    wider = range(0, max(int(more), 0) + 1, GRID)
    for text in texts:
        for extra in wider:
            lines = _lines_of_units(text, room + extra, fonts)
            if len(lines) <= MOST_LINES and _is_within(lines, room + extra, fonts):
                return extra, tuple(lines)
    lines = _lines_of_units(texts[0], room + wider[-1], fonts)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]
    elided = (fonts.elided(fonts.detail, line, room + wider[-1]) for line in lines)
    return wider[-1], tuple(elided)


def _is_within(lines: Sequence[str], room: float, fonts: Fonts) -> bool:
    return all(fonts.width(fonts.detail, line) <= room for line in lines)


def _lines_of_units(detail: str, room: float, fonts: Fonts) -> list[str]:
    name, _, settings = detail.partition(" ")
    each = [part for part in settings.split(", ") if part]
    units = [name, *(f"{part}," for part in each[:-1]), *each[-1:]]
    lines = [units[0]]
    for unit in units[1:]:
        longer = f"{lines[-1]} {unit}"
        if fonts.width(fonts.detail, longer) <= room:
            lines[-1] = longer
        else:
            lines.append(unit)
    return lines
