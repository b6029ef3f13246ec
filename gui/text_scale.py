"""Pixels that grow with the system's text, so that as many words fit into them."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo, QGuiApplication

_USUAL = 12  # pixels: the text that sizes are given for


def scaled(pixels: float) -> int:
    """So many pixels beside text of 12 pixels; more where text is larger."""
    text = QFontInfo(QGuiApplication.font()).pixelSize()
    return round(pixels * max(text / _USUAL, 1.0))


def scaled_size(width: float, height: float) -> QSize:
    """The size of a dialog, no larger than the screen has room for."""
    size = QSize(scaled(width), scaled(height))
    screen = QGuiApplication.primaryScreen()
    return size.boundedTo(screen.availableSize() * 0.94) if screen else size
