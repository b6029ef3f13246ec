"""Pens of plots, on any screen."""

from __future__ import annotations

from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget


def as_thick(pen: QPen, on: QWidget) -> QPen:
    """As thick on a fine screen as on any: a cosmetic pen's width counts its dots."""
    pen.setWidthF(pen.widthF() * on.devicePixelRatioF())
    return pen
