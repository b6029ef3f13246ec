"""A row of test data for a layer type, and shapes to make rows of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog import CATALOG, Layer, Specs, TensorSpec, Values
from engine.catalog.settings import complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A layer with settings that fit the inputs beside them."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: Specs
    parameters: int = 0
    """How many trainable weights it must have, counted by hand."""

    @property
    def layer(self) -> Layer:
        """The layer type."""
        return CATALOG[self.name]

    @property
    def values(self) -> Values:
        """Every setting, defaults filled in."""
        return complete(self.layer.settings, self.settings)

    def __str__(self) -> str:
        settings = ",".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.name}({settings})"


def row(name: str, *shapes: tuple[int, ...], parameters: int = 0, **given: Any) -> Row:
    """A row whose inputs hold real numbers."""
    specs = tuple(TensorSpec(shape) for shape in shapes)
    return Row(name=name, settings=given, inputs=specs, parameters=parameters)


def tokens(
    name: str, *shapes: tuple[int, ...], parameters: int = 0, **given: Any
) -> Row:
    """A row whose inputs hold whole numbers."""
    specs = tuple(TensorSpec(shape, "int64") for shape in shapes)
    return Row(name=name, settings=given, inputs=specs, parameters=parameters)


IMAGE = (3, 8, 6)
SIGNAL = (4, 9)
SEQUENCE = (7, 12)
VOLUME = (2, 4, 5, 6)
