"""The colours of the window, dark and light, in one place.

Family and kind colours are drawn from the Okabe-Ito palette (Okabe and Ito 2008,
"Color Universal Design"), which the common colour-vision deficiencies tell apart,
lightened or darkened for contrast with each background.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours as `#rrggbb`, by what they are for."""

    name: str
    is_dark: bool
    window: str
    """Behind everything; the toolbar and side panels."""
    canvas: str
    grid: str
    """The dots of the canvas."""
    surface: str
    """Cards, fields and lists."""
    raised: str
    """A surface under the pointer, a chosen tab."""
    border: str
    text: str
    muted: str
    """Second lines, units, captions."""
    faint: str
    """What is switched off."""
    accent: str
    on_accent: str
    error: str
    error_surface: str
    warning: str
    success: str
    families: dict[str, str]
    """A node's strip, by the family of its layer."""
    kinds: dict[str, str]
    """An edge, by what flows along it: image, sequence, vector, tokens, ..."""


_FAMILIES_DARK = {
    "ends": "#9aa5b8",
    "convolution": "#4c9be8",
    "pooling": "#56c5ea",
    "recurrent": "#35b38a",
    "attention": "#d183b5",
    "dense": "#e8a33a",
    "normalization": "#b8a9f0",
    "regularization": "#a08c78",
    "activation": "#e3d35b",
    "shape": "#7f8ba0",
    "merge": "#e0784a",
    "math": "#93b867",
    "block": "#d5dbe6",
}
_FAMILIES_LIGHT = {
    "ends": "#66728a",
    "convolution": "#1f6fc4",
    "pooling": "#1b93bd",
    "recurrent": "#0b8a63",
    "attention": "#b0508e",
    "dense": "#b97708",
    "normalization": "#6c5bc0",
    "regularization": "#7a6650",
    "activation": "#8f7f00",
    "shape": "#5b6679",
    "merge": "#c05020",
    "math": "#557a26",
    "block": "#3f4a5c",
}


def _kinds(families: dict[str, str]) -> dict[str, str]:
    return {
        "image": families["convolution"],
        "volume": families["convolution"],
        "sequence": families["recurrent"],
        "vector": families["dense"],
        "tokens": families["attention"],
        "number": families["ends"],
        "class": families["ends"],
    }


DARK = Theme(
    name="dark",
    is_dark=True,
    window="#1c1f26",
    canvas="#15171c",
    grid="#262a33",
    surface="#23272f",
    raised="#2d323c",
    border="#343a46",
    text="#eef1f6",
    muted="#9aa3b2",
    faint="#656d7b",
    accent="#3b7de0",
    on_accent="#ffffff",
    error="#e8683c",
    error_surface="#2b211f",
    warning="#e3b341",
    success="#3dbb8f",
    families=_FAMILIES_DARK,
    kinds=_kinds(_FAMILIES_DARK),
)
LIGHT = Theme(
    name="light",
    is_dark=False,
    window="#f3f4f7",
    canvas="#fafbfc",
    grid="#dfe3ea",
    surface="#ffffff",
    raised="#e8ebf1",
    border="#cfd5df",
    text="#1b2130",
    muted="#5a6475",
    faint="#98a1b0",
    accent="#2566cc",
    on_accent="#ffffff",
    error="#c2410c",
    error_surface="#fdf0ea",
    warning="#9a6b00",
    success="#0b7a57",
    families=_FAMILIES_LIGHT,
    kinds=_kinds(_FAMILIES_LIGHT),
)


def system_theme(app: QGuiApplication) -> Theme:
    """The theme the system asks for: dark or light, in high contrast where wanted.

    `app.styleHints().colorSchemeChanged` tells when to ask again.
    """
    hints = app.styleHints()
    is_light = hints.colorScheme() == Qt.ColorScheme.Light
    theme = LIGHT if is_light else DARK
    # Qt knows of contrast since 6.10; before that nobody can ask for it.
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is not None:
        wanted = accessibility().contrastPreference()
        if wanted == Qt.ContrastPreference.HighContrast:
            return high_contrast(theme)
    return theme


def high_contrast(theme: Theme) -> Theme:
    """The theme with nothing written or outlined in a colour close to its ground."""
    ground = "#000000" if theme.is_dark else "#ffffff"
    return replace(
        theme,
        name=f"{theme.name} high contrast",
        canvas=ground,
        window=ground,
        surface=ground,
        border=theme.muted,
        muted=theme.text,
        faint="#c3cad6" if theme.is_dark else "#3d4656",
    )
