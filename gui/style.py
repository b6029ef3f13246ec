"""The palette and the style sheet that a theme becomes."""

from __future__ import annotations

from pathlib import Path
from string import Template

from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QFontInfo,
    QFontMetrics,
    QGuiApplication,
    QPalette,
)
from PySide6.QtWidgets import QApplication

from gui.inks import ink
from gui.theme import DARK, LIGHT, Theme, high_contrast, system_theme

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
THEMES: dict[str, Theme] = {
    "dark": DARK,
    "light": LIGHT,
    "dark-contrast": high_contrast(DARK),
    "light-contrast": high_contrast(LIGHT),
}
_UNCHOSEN = frozenset({"monospace", "courier", "courier new"})
_TELLING_APART = ("DejaVu Sans Mono", "Cascadia Mono", "Consolas", "Menlo")
"""Fonts of code in which `l`, `1` and `I`, and `O` and `0`, are told apart."""
THEME_CHOICES = ("system", *THEMES)
ICON_SIDES = (16, 20, 24)
"""Pixels: an icon beside the system's text, and beside larger text."""


def chosen_theme(choice: str, app: QGuiApplication) -> Theme:
    """The theme for a choice; `system` asks the desktop, `dark` where it is silent."""
    return THEMES.get(choice) or system_theme(app)


def make_palette(theme: Theme) -> QPalette:
    """Qt's colours for `theme`; what the style sheet leaves alone is drawn in them."""
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.surface,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.error,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.focus,
        QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.border,
        QPalette.ColorRole.Shadow: theme.canvas,  # the ground of a card in a panel
    }
    palette = QPalette()
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return palette


def style_sheet(theme: Theme) -> str:
    """The style sheet of the window in the colours of `theme`."""
    text = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    size = QApplication.font().pointSizeF()
    if size <= 0:  # a font given in pixels has no point size
        size = 10.0
    side = icon_side()
    return Template(text).substitute(
        window=theme.window,
        canvas=theme.canvas,
        surface=theme.surface,
        raised=theme.raised,
        border=theme.border,
        text=theme.text,
        muted=theme.muted,
        faint=theme.faint,
        hint=theme.hint,
        accent=theme.accent,
        on_accent=theme.on_accent,
        focus=theme.focus,
        chosen=theme.focus if theme.is_high_contrast else "transparent",
        off="dashed" if theme.dashes_faded else "solid",
        error=theme.error,
        error_surface=theme.error_surface,
        warning=theme.warning,
        error_count=ink(theme, theme.error, theme.raised),
        warning_count=ink(theme, theme.warning, theme.raised),
        success=theme.success,
        arrow=_shaded("chevron-down", theme),
        clear=_shaded("clear", theme),
        file_back=_shaded("file-back", theme),
        file_forward=_shaded("file-forward", theme),
        file_up=_shaded("file-up", theme),
        file_new_folder=_shaded("file-new-folder", theme),
        file_list=_shaded("file-list", theme),
        file_details=_shaded("file-details", theme),
        check=check_mark(theme.on_accent),
        mono=mono_family(),
        small=f"{size * 0.92:.1f}pt",
        heading=f"{size * 1.2:.1f}pt",
        icon=side,
        **_beside_text(side),
        line=max(17, QFontMetrics(QApplication.font()).height()),
    )


def _beside_text(side: int) -> dict[str, int]:
    """The sides of what is pressed or points, in pixels, where an icon has `side`."""
    dot = side - 5
    return {
        "box": side - 3,
        "dot": dot,
        "round": dot // 2 + 1,
        "chevron": side - 6,
        "drop": side,
        "scroller": side + 8,
    }


def check_mark(color: str) -> str:
    """The file of the tick in a box, black or white as what is written on the box."""
    name = "check-black" if QColor(color).lightnessF() < 0.5 else "check"
    return (RESOURCES / "icons" / f"{name}.svg").as_posix()


def _shaded(name: str, theme: Theme) -> str:
    """The file of an icon in a field: gray, or in high contrast as the field's text."""
    strong = f"{name}-white" if theme.is_dark else f"{name}-black"
    name = strong if theme.is_high_contrast else name
    return (RESOURCES / "icons" / f"{name}.svg").as_posix()


def icon_side() -> int:
    """The side of an icon beside text, in pixels: it grows with the text."""
    wanted = QFontInfo(QApplication.font()).pixelSize() * 1.25
    return min(ICON_SIDES, key=lambda side: abs(side - wanted))


def mono_family() -> str:
    """The fixed-width font of code: the system's, unless nobody chose that.

    Where the desktop names none, Qt takes whatever fontconfig finds first, and on
    Windows Courier New: in those `l` is hardly told from `1`, or `O` from `0`.
    """
    chosen = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    if chosen.lower() not in _UNCHOSEN:
        return chosen
    return next(filter(QFontDatabase.hasFamily, _TELLING_APART), chosen)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application in `theme`, unless it wears it already.

    A style sheet that is set again, though it is the same, costs a new look at every
    widget there is.
    """
    app.setPalette(make_palette(theme))
    sheet = style_sheet(theme)
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)
