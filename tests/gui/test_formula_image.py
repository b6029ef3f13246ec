"""Formulas as they are drawn: where their ink is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage

from gui.formula_image import formula_image

BLACK = "#000000"


def ink(image: QImage) -> Iterator[list[int]]:
    """How opaque each pixel is, row by row."""
    for y in range(image.height()):
        yield [image.pixelColor(x, y).alpha() for x in range(image.width())]


@pytest.mark.parametrize("tex", ["\\tanh(x) = 1", "\\mathrm{ReLU}(x)", "y = x"])
def test_formulas_begin_at_one_edge(tex: str) -> None:
    assert max(row[0] for row in ink(formula_image(tex, 20.0, BLACK, 1.0))) > 40


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize(
    "tex", ["L_D = {-}x", "x_i - y", "\\frac{-}{x}", "\\frac{1}{2}"]
)
def test_a_bar_fills_a_row_of_pixels(tex: str, ratio: float) -> None:
    for size in (13.0, 14.0, 14.7, 15.0, 16.3, 17.0, 18.6, 20.0, 21.1):
        image = formula_image(tex, size, BLACK, ratio)
        longest = 0.2 * size * ratio
        assert any(sum(a > 200 for a in row) > longest for row in ink(image)), size


def test_what_is_no_formula_has_no_picture() -> None:
    assert formula_image("\\frac{1}", 20.0, BLACK, 1.0).isNull()
