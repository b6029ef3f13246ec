"""The colours of the window, dark and light, in one place.

Family and kind colours began as the Okabe-Ito palette (Okabe and Ito 2008, "Color
Universal Design"). Each was then moved no further than it took for every two of them
to stay apart with any of the three common colour-vision deficiencies, and for each to
stand out from its ground; `tests/gui/test_colors.py` computes both.
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
    hint: str
    """What an empty field says of itself: paler than what is written in it."""
    accent: str
    """The ground of the main button, what is selected on the canvas."""
    on_accent: str
    focus: str
    """The ring around what has the keyboard; links."""
    error: str
    error_surface: str
    warning: str
    success: str
    families: dict[str, str]
    """A node's strip, by the family of its layer."""
    kinds: dict[str, str]
    """An edge, by what flows along it: image, sequence, vector, tokens, ..."""
    fade: float = 0.6
    """How opaque a card is that is not meant just now; of one that waits or is
    bypassed, all but its texts."""
    dashes_faded: bool = False
    """Whether such a card has a dashed border, too: where it may not fade as much."""
    least_contrast: float = 4.5
    """Between a text and its ground, to 1 (WCAG 2.2, criteria 1.4.3 and 1.4.6)."""

    @property
    def is_high_contrast(self) -> bool:
        """Whether lines mark what tints alone do elsewhere."""
        return self.least_contrast > 4.5


_FAMILIES_DARK = {
    "ends": "#a9acba",
    "convolution": "#4798e6",
    "pooling": "#79dcfc",
    "recurrent": "#2dd298",
    "attention": "#a25889",
    "dense": "#e09c32",
    "normalization": "#a7adfc",
    "regularization": "#a5917c",
    "activation": "#e3d35b",
    "shape": "#818ca2",
    "merge": "#d66f42",
    "math": "#94bb6f",
    "block": "#d5dbe6",
}
_FAMILIES_LIGHT = {
    "ends": "#7a8199",
    "convolution": "#0351a4",
    "pooling": "#2097c1",
    "recurrent": "#028b68",
    "attention": "#7b1b5d",
    "dense": "#bf7c10",
    "normalization": "#725fc5",
    "regularization": "#69553c",
    "activation": "#968d53",
    "shape": "#5b6679",
    "merge": "#b74817",
    "math": "#507a38",
    "block": "#222d3c",
}
_FAMILIES_DARK_STRONG = {
    "ends": "#a9abaf",
    "convolution": "#5ca8f6",
    "pooling": "#65d2f8",
    "recurrent": "#1c9c69",
    "attention": "#a95e8f",
    "dense": "#e9a338",
    "normalization": "#887bbe",
    "regularization": "#aa9682",
    "activation": "#eede65",
    "shape": "#8794ab",
    "merge": "#db7346",
    "math": "#9ec578",
    "block": "#d5dbe6",
}
_FAMILIES_LIGHT_STRONG = {
    "ends": "#707483",
    "convolution": "#2e68bf",
    "pooling": "#037fa2",
    "recurrent": "#005333",
    "attention": "#802264",
    "dense": "#a56703",
    "normalization": "#4e41a2",
    "regularization": "#7b654c",
    "activation": "#413c01",
    "shape": "#686564",
    "merge": "#a53a09",
    "math": "#56803b",
    "block": "#293444",
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
    raised="#303641",
    border="#343a46",
    text="#eef1f6",
    muted="#9aa3b2",
    faint="#78808f",
    hint="#9aa3b2",
    accent="#3272d6",
    on_accent="#ffffff",
    focus="#7fb0f5",
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
    raised="#dce1ea",
    border="#cfd5df",
    text="#1b2130",
    muted="#5a6475",
    faint="#78808f",
    hint="#5a6475",
    accent="#2566cc",
    on_accent="#ffffff",
    focus="#2566cc",
    error="#c2410c",
    error_surface="#fdf0ea",
    warning="#8f6300",
    success="#0b7a57",
    families=_FAMILIES_LIGHT,
    kinds=_kinds(_FAMILIES_LIGHT),
    fade=0.7,  # dark on light vanishes sooner than light on dark
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
    """The theme with nothing written or outlined in a colour close to its ground.

    Text keeps 7 to 1 with what is behind it (WCAG 2.2, criterion 1.4.6), and what is
    drawn 4.5 to 1.
    """
    shared = replace(
        theme,
        name=f"{theme.name} high contrast",
        border=theme.muted,
        muted=theme.text,
        fade=0.8,
        dashes_faded=True,
        least_contrast=7.0,
    )
    if theme.is_dark:
        return replace(
            shared,
            window="#000000",
            canvas="#000000",
            surface="#000000",
            raised="#313846",
            faint="#98a1b0",
            hint="#98a1b0",
            accent="#8fc0ff",
            on_accent="#000000",
            focus="#ffd24a",
            error="#ff9a73",
            error_surface="#1f0f0a",
            warning="#f2c14e",
            success="#5fe0b0",
            families=_FAMILIES_DARK_STRONG,
            kinds=_kinds(_FAMILIES_DARK_STRONG),
        )
    return replace(
        shared,
        window="#ffffff",
        canvas="#ffffff",
        surface="#ffffff",
        raised="#d5dbe6",
        faint="#4b5464",
        hint="#4b5464",
        accent="#0b3f94",
        on_accent="#ffffff",
        focus="#a1006b",
        error="#8a2300",
        error_surface="#fff1ea",
        warning="#664500",
        success="#00525c",
        families=_FAMILIES_LIGHT_STRONG,
        kinds=_kinds(_FAMILIES_LIGHT_STRONG),
    )
