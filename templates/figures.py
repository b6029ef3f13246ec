"""The figures that a lesson may show beside its text: drawn live, and to play with.

Here are their names; how they are drawn is the window's (`gui.lesson_figures`).
"""

from __future__ import annotations

from templates.tables import Table, one_of

SHOWN = "shown"
FIGURES = {
    "activation": "an activation function and its slope, with sliders for w, b and x",
    "convolution": "a kernel that slides over a picture, number by number; also the "
    "one that was learned last",
    SHOWN: "what the network shows of itself while it trains, as in the Look tab; "
    "`shown: The plane, parted` shows that one alone",
}
"""By name, what each shows."""


def kind_of_figure(figure: str) -> str:
    """The name of a figure without what it is to show."""
    return figure.partition(":")[0].strip()


def wanted_of_figure(figure: str) -> str:
    """What a figure is to show, or an empty text."""
    return figure.partition(":")[2].strip()


def read_figure(table: Table) -> str:
    """The figure of a table, or an empty text; one that is not there is noted."""
    figure = table.text("figure")
    if figure and kind_of_figure(figure) not in FIGURES:
        table.say(f"there is no figure “{figure}”.", f"Take {one_of(list(FIGURES))}.")
        return ""
    return figure
