"""Values whose batch does not stand first, until it does again.

Attention often puts queries, keys and values before the batch and takes them apart
there; recurrent networks and transformers may work with the steps before the batch.
Here the batch stays first: such a value is the one before it was moved, with the order
of its dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.importing.declared import Unlike
from engine.importing.final_states import End
from engine.importing.recording import Step, Value

STEPS_FIRST = (1, 0, 2)
"""The order of a sequence whose steps stand before the batch."""
_LAYERS = frozenset("RNN LSTM GRU TransformerEncoderLayer".split())
"""Layers that can be told to read steps first."""
_BY_FEATURES = frozenset(
    """Linear LayerNorm RMSNorm Dropout ReLU GELU SiLU Tanh Sigmoid LeakyReLU ELU
    """.split()
)
"""Layers that do the same with every step of every sample."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A value in another order of dimensions, the batch not first."""

    end: End
    """The value as it was."""
    order: tuple[int, ...]
    """Which of its dimensions stands where."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is done to a value to give one that was taken from where it was moved."""

    pieces: tuple[tuple[str, dict[str, Any]], ...]
    """Layers, one after another, with their settings."""
    order: tuple[int, ...]
    """What is left of the order; where 0 stands first it is over."""


def order_of(step: Step) -> tuple[int, ...] | None:
    """How a call puts dimensions in another order; None where it does otherwise."""
    value = step.args[0]
    ndim = len(value.shape) if isinstance(value, Value) else 0
    if step.name == "permute":
        given = step.args[1:] or (step.kwargs.get("dims", ()),)
        dims = given[0] if isinstance(given[0], tuple | list) else given
        return tuple(dim % ndim for dim in dims)
    if step.name in {"transpose", "swapaxes", "swapdims"} and len(step.args) == 3:
        first, second = step.args[1] % ndim, step.args[2] % ndim
        order = list(range(ndim))
        order[first], order[second] = order[second], order[first]
        return tuple(order)
    return None


def indices_of(step: Step) -> list[int] | None:
    """Which places of the first dimension a call takes, each by itself."""
    if step.name == "unbind" and (step.kwargs.get("dim") or [*step.args, 0][1]) == 0:
        return list(range(len(step.outputs)))
    if step.name != "__getitem__":
        return None
    index = step.args[1]
    index = index if isinstance(index, tuple) else (index,)
    is_one = isinstance(index[0], int) and not isinstance(index[0], bool)
    if is_one and all(each == slice(None) for each in index[1:]):
        return [index[0]]
    return None


def take(moved: Moved, index: int) -> Taken:
    """One place of the dimension that stands first."""
    dim, *rest = moved.order
    if dim == 1:
        pieces: list[tuple[str, dict[str, Any]]] = [("SelectStep", {"step": index})]
    else:
        stop = index + 1 if index != -1 else None
        cut = {"dim": dim, "start": index, "stop": stop}
        pieces = [("Slice", cut), ("Squeeze", {"dim": dim})]
    order = tuple(each - (each > dim) for each in rest)
    return ordered(pieces, order)


def ordered(
    pieces: Sequence[tuple[str, dict[str, Any]]], order: Sequence[int]
) -> Taken:
    """Pieces, and a Permute after them where the batch is first in another order."""
    is_over = order[0] == 0
    if is_over and list(order) != sorted(order):
        pieces = [*pieces, ("Permute", {"dims": tuple(order[1:])})]
    return Taken(tuple(pieces), tuple(order))


def reads_moved(layer: str, order: tuple[int, ...], is_batch_first: bool) -> bool:
    """Whether a layer gives the same when the batch of what it reads is put first.

    Raises Unlike for one that reads steps first and gets something else.
    """
    if layer in _LAYERS:
        if is_batch_first or order != STEPS_FIRST:
            raise Unlike("has batch_first off, and gets the batch in another place")
        return True
    return layer in _BY_FEATURES and order[-1] == len(order) - 1
