"""The menus of the look: the theme, and the size of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from gui.appearance import TEXT_SIZES, Appearance
from gui.texts import Texts

tr = Texts("window")

_Choice = TypeVar("_Choice", str, int)
THEME_TITLES = {
    "system": tr.mark("As the &system"),
    "dark": tr.mark("&Dark"),
    "light": tr.mark("&Light"),
    "dark-contrast": tr.mark("D&ark, high contrast"),
    "light-contrast": tr.mark("L&ight, high contrast"),
}


def fill_look_menus(themes: QMenu, sizes: QMenu, appearance: Appearance) -> None:
    """List the themes and the sizes of text; the present ones are checked."""
    _fill(
        themes,
        ((tr.of(title), choice) for choice, title in THEME_TITLES.items()),
        appearance.choose,
        appearance.choice,
    )
    _fill(
        sizes,
        ((f"{percent} %", percent) for percent in TEXT_SIZES),
        appearance.resize_text,
        appearance.text_percent,
    )


def _fill(
    menu: QMenu,
    choices: Iterable[tuple[str, _Choice]],
    choose: Callable[[_Choice], object],
    present: _Choice,
) -> None:
    group = QActionGroup(menu)
    for title, choice in choices:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(choice == present)
        action.triggered.connect(lambda _=False, choice=choice: choose(choice))
        group.addAction(action)
