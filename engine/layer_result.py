"""What a layer makes of its inputs, as a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.catalog import Call, Misfit, Specs


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What a layer makes of its inputs."""

    outputs: Specs | None
    """One spec per output port; None when the layer cannot take its inputs."""
    misfit: Misfit | None = None
    parameters: int = 0
    """Trainable weights."""
    weight_shape: tuple[int, ...] | None = None
    """Of the layer's `weight`, where it has one: what tied layers must agree in."""
    frozen: int = 0
    """How many of the weights a block keeps as they are."""
    modules: Callable[[], tuple[Call | None, ...]] | None = None
    """How a block's copies make each layer inside, found only when it is asked."""
