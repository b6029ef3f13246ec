"""The look: dark or light, in high contrast or not, and the size of the text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QObject, QSettings, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from gui.style import THEME_CHOICES, apply_theme, chosen_theme
from gui.theme import Theme
from gui.waiting import waiting

TEXT_SIZES = (90, 100, 115, 130, 150)
"""Percent of the system's text."""
_THEME_KEY = "theme"
_TEXT_KEY = "text-size"


class Appearance(QObject):
    """The theme and text of the application, and the choices behind them.

    `system` follows the desktop: dark or light, in high contrast where it asks for it.
    """

    theme_changed = Signal(object)
    """The `Theme` to draw in from now on."""
    text_resized = Signal(int)
    """The text is so many percent of the system's from now on."""

    def __init__(
        self, app: QApplication, settings: QSettings, choice: str | None = None
    ) -> None:
        super().__init__()
        self._app = app
        self._settings = settings
        stored = str(settings.value(_THEME_KEY, "system"))
        self.choice = choice or (stored if stored in THEME_CHOICES else "system")
        self.theme: Theme = chosen_theme(self.choice, app)
        self.text_percent = _stored_percent(settings)
        self._system_font = _system_font(app)
        self._resize_text()
        apply_theme(app, self.theme)
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None:  # Qt knows of contrast since 6.10
            accessibility().contrastPreferenceChanged.connect(self._follow_system)

    def choose(self, choice: str) -> None:
        """Take one of `THEME_CHOICES` and remember it."""
        self.choice = choice
        self._settings.setValue(_THEME_KEY, choice)
        self._show(chosen_theme(choice, self._app))

    def resize_text(self, percent: int) -> None:
        """Make all text so large, in percent of the system's, and remember it."""
        if percent == self.text_percent:
            return
        self.text_percent = percent
        self._settings.setValue(_TEXT_KEY, percent)
        with self._dressing():
            self._resize_text()
            apply_theme(self._app, self.theme)  # the style sheet has sizes of its own
            self.text_resized.emit(percent)

    def _resize_text(self) -> None:
        font = QFont(self._system_font)
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * self.text_percent / 100)
        else:
            font.setPixelSize(round(font.pixelSize() * self.text_percent / 100))
        self._app.setFont(font)

    def _follow_system(self) -> None:
        if self.choice == "system":
            self._show(chosen_theme("system", self._app))

    def _show(self, theme: Theme) -> None:
        if theme != self.theme:
            self.theme = theme
            with self._dressing():
                apply_theme(self._app, theme)
                self.theme_changed.emit(theme)

    @contextmanager
    def _dressing(self) -> Iterator[None]:
        """Every widget there is takes another look, which lasts a moment."""
        with waiting():
            # The menu or list that it was chosen from is gone before, and not after.
            self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            yield


def _system_font(app: QApplication) -> QFont:
    """The system's font: what the application had before any choice of size."""
    kept = app.property("system-font")
    if isinstance(kept, QFont):
        return kept
    font = QFont(app.font())
    app.setProperty("system-font", font)
    return font


def _stored_percent(settings: QSettings) -> int:
    stored = str(settings.value(_TEXT_KEY, 100))
    percent = int(stored) if stored.isdecimal() else 100
    return percent if percent in TEXT_SIZES else 100
