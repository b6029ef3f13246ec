"""What the nodes of a graph cost, by what one asks for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import prod

from engine.block_view import Known
from engine.catalog import TensorSpec

_BYTES = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2, "bool": 1, "uint8": 1}
"""Of each number; any other kind has 4."""


class Cost(StrEnum):
    """What a node can cost."""

    PARAMETERS = "parameters"
    OPERATIONS = "operations"
    MEMORY = "memory"
    TIME = "time"
    """Has to be measured: see `engine.timing`."""


def cost_of(known: Known, name: str, cost: Cost) -> int:
    """What a node costs; 0 where that is not known, or where it takes no part.

    Parameters; floating-point operations of one sample; bytes that its layers give for
    one sample, which training keeps until the gradients are computed.
    """
    match cost:
        case Cost.PARAMETERS:
            return known.parameters(name)
        case Cost.OPERATIONS:
            return known.operations(name)
        case Cost.MEMORY:
            return sum(
                _bytes(spec) for leaf in known.leaves(name) for spec in leaf.outputs
            )
        case Cost.TIME:
            return 0


def costs(known: Known, cost: Cost) -> Mapping[str, int]:
    """What each node of the network costs."""
    return {name: cost_of(known, name, cost) for name in known.network}


def _bytes(spec: TensorSpec) -> int:
    return prod(spec.shape) * _BYTES.get(spec.dtype, 4)
