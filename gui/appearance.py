"""Dark or light: follows the system, or stays as the user chose."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.style import THEME_CHOICES, apply_theme, chosen_theme
from gui.theme import Theme

_KEY = "theme"


class Appearance(QObject):
    """The theme of the application and the choice behind it."""

    theme_changed = Signal(object)
    """The `Theme` to draw in from now on."""

    def __init__(
        self, app: QApplication, settings: QSettings, choice: str | None = None
    ) -> None:
        super().__init__()
        self._app = app
        self._settings = settings
        stored = str(settings.value(_KEY, "system"))
        self.choice = choice or (stored if stored in THEME_CHOICES else "system")
        self.theme: Theme = chosen_theme(self.choice)
        apply_theme(app, self.theme)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    def choose(self, choice: str) -> None:
        """Take `system`, `dark` or `light` and remember it."""
        self.choice = choice
        self._settings.setValue(_KEY, choice)
        self._show(chosen_theme(choice))

    def _follow_system(self) -> None:
        if self.choice == "system":
            self._show(chosen_theme("system"))

    def _show(self, theme: Theme) -> None:
        if theme != self.theme:
            self.theme = theme
            apply_theme(self._app, theme)
            self.theme_changed.emit(theme)
