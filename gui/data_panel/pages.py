"""What is asked of loaded data, and what is shown of it, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from engine.data.declaration import DataInfo
from engine.document import DataConfig
from engine.problems import Problem
from engine.recipe import Recipe
from gui.texts import Texts

if TYPE_CHECKING:  # PyTorch: on the thread that loads
    from engine.data.inspection import Duplicates, ValueRange
    from engine.data.samples import Splits

tr = Texts("data")

PARTS = {
    "train": tr.mark("Training part"),
    "validation": tr.mark("Validation part"),
    "test": tr.mark("Test part"),
}
DUPLICATES = "duplicates"
"""Shown in place of a part: samples of the test that occur in the training."""
GRID, TABLE = "grid", "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Data that is there to be looked at."""

    config: DataConfig
    info: DataInfo
    splits: Splits
    counts: dict[str, dict[str, int]]
    """By part, how many samples each class has; empty without classes."""
    how_split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Data that cannot be learnt from yet, with the beginning of its table."""

    problem: Problem
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    """Where each row stands in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What takes reading all of the data."""

    config: DataConfig
    ranges: list[ValueRange]
    duplicates: Duplicates
    """Samples of the test part that occur in the training part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which samples are to be shown, and how."""

    part: str
    """`train`, `validation`, `test` or `duplicates`."""
    field: str
    class_number: int | None = None
    """Of the first target; None for all."""
    first: int = 0
    count: int = 1
    pairs: tuple[tuple[int, int], ...] = ()
    """For duplicates: places in the training and in the test part."""
    recipe: Recipe | None = None
    """Where samples are changed as in a training: how."""
    seed: int = 0
    """Of these changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One sample: a picture or lines, and what is said of it."""

    index: int
    part: str
    caption: str
    """The answer that the network should give; of a blend the two, without shares."""
    detail: str = ""
    """The same in full, where there is more to say."""
    image: QImage | None = None
    lines: tuple[tuple[float, ...], ...] = ()
    """Series, in the unit of the network; each is a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some samples, ready to be drawn."""

    wish: Wish
    form: str
    """`grid` of cells, or `table` of rows."""
    total: int
    """How many samples there are to turn through."""
    cells: tuple[Cell, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    """What each row is called: the place of its sample."""
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What is said of single cells, by row and column."""
    span: tuple[float, float] = field(default=(0.0, 1.0))
    """Between which values the lines lie."""
