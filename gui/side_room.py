"""How wide the sides of a workspace are to be, for the text that is in them."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

from gui.inspector import Inspector
from gui.sides import SHARE, Sides

_LEFT_LEAST = 180  # pixels
_CURVES_LETTERS = 45
"""Of the text's average letter: as wide as the curves need it, with what is beside."""
_READING_LETTERS = (34, 44)  # a lesson's lines need, and its tables want so much
_INSPECTOR = (72, 36)  # pixels and letters of its widest page; a test holds it
_COUNTED = 3  # letters by which a tab below the canvas grows, with a number


class SideRoom:
    """Gives the sides the room that their text needs."""

    def __init__(
        self,
        sides: Sides,
        left: QTabWidget,
        bottom: QTabWidget,
        inspector: Inspector,
    ) -> None:
        """`left` and `inspector` are the sides, `bottom` what is below the canvas."""
        self._sides = sides
        self._left, self._bottom, self._inspector = left, bottom, inspector

    def divide(self, *, is_reading: bool) -> None:
        """Give each side what it needs now; `is_reading` is whether a lesson is open.

        A lesson has narrower lines where the canvas would lose its share, or the tabs
        below it their room: in a small window, or with large text.
        """
        letter = self._sides.fontMetrics().averageCharWidth()
        right = _INSPECTOR[0] + _INSPECTOR[1] * letter
        reading = self._for_reading(letter, right) if is_reading else 0
        tabs = self._left.tabBar().sizeHint().width()
        left = max(_LEFT_LEAST, tabs + letter, reading)
        # Rather narrow fields than some that run out of a small window.
        room = self._sides.window().width() - left - _CURVES_LETTERS * letter
        right = max(self._inspector.least_width, min(right, room))
        now = self._left.minimumWidth(), self._inspector.minimumWidth()
        if (left, right) != now:
            self._sides.need({self._left: left, self._inspector: right})

    def _for_reading(self, letter: int, right: int) -> int:
        """Pixels of a lesson, where the inspector at the right has so many."""
        below = self._bottom.tabBar().sizeHint().width() + _COUNTED * letter
        least, most = (letters * letter for letters in _READING_LETTERS)
        room = self._sides.window().width()
        room -= right + max(below, round(SHARE * room))
        return max(least, min(room, most))
