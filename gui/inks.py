"""Colours of marks made legible as letters: a strip may be paler than a word."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor

from gui.theme import Theme

_STEP = 0.05
"""The share of the text's colour that is mixed in at a time."""


def ink(theme: Theme, color: str, ground: str) -> str:
    """`color` as it can be read on `ground`, moved no further than it takes.

    4.5 to 1, in high contrast 7 to 1 (WCAG 2.2, criteria 1.4.3 and 1.4.6).
    """
    return _moved(color, theme.text, ground, theme.least_contrast)


@lru_cache(maxsize=256)
def _moved(color: str, text: str, ground: str, least: float) -> str:
    share, moved = 0.0, color
    while contrast(moved, ground) < least and share < 1:
        share = min(share + _STEP, 1.0)
        moved = _mixed(color, text, share)
    return moved


def contrast(one: str, other: str) -> float:
    """How far two colours are apart in lightness, 1 to 21 (WCAG 2.2)."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color: str) -> float:
    """The relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    drawn = QColor(color)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (drawn.redF(), drawn.greenF(), drawn.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(color: str, other: str, share: float) -> str:
    one, two = QColor(color), QColor(other)
    parts = zip(
        (one.red(), one.green(), one.blue()),
        (two.red(), two.green(), two.blue()),
        strict=True,
    )
    return QColor(*(round(a + (b - a) * share) for a, b in parts)).name()
