"""What the drawings of networks for sequences share: their beginning and their data."""

from __future__ import annotations

from engine.document import DataConfig, Document
from engine.recipe import Recipe
from tests.templates.architectures.sketch import Sketch

TRAINING = Recipe(
    optimizer="AdamW",
    learning_rate=1e-4,
    weight_decay=0.01,
    epochs=1,
    batch_size=8,
    clip_norm=1.0,
)
"""A recipe of transformers' kind, short enough to see the network run."""


def tokens(title: str, length: int, name: str = "tokens") -> Sketch:
    """A new document's main graph with an Input for `length` tokens."""
    document = Document(name=title)
    return Sketch(document).add(
        name, "Input", after=(), shape=(length,), dtype="int64", field=name
    )


def reviews(length: int, **settings: int | str) -> DataConfig:
    """The made-up reviews, cut or filled up to `length` words."""
    given = {"length": length, **settings}
    return DataConfig(source="reviews-small", settings=given)


def made_up_text(window: int, **settings: str) -> DataConfig:
    """Windows of made-up text, to be continued."""
    given = {"window": window, **settings}
    return DataConfig(source="made-up-text", settings=given)


DATES = DataConfig(source="made-up-dates", settings={})
DATE_LENGTHS = (28, 10)
"""Characters of a date in words, filled up, and of the same date in figures."""
