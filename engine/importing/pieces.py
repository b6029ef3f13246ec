"""The nodes that a step of a run becomes, and what reads a call's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from engine.catalog import CATALOG
from engine.importing.declared import Unlike, as_held
from engine.importing.recording import Step, Value

Operand = Value | Tensor | int
"""What feeds a piece: a value of the run, a tensor that no step made (a parameter or a
constant), or an earlier piece of the same step by its place."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One node that a step becomes."""

    layer: str
    settings: Mapping[str, Any] = field(default_factory=dict)  # checked by Setting
    inputs: tuple[Operand, ...] = ()
    """In the order of the layer's ports, those left open at the end left out."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a step becomes, and which of it gives the step's outputs."""

    all: tuple[Piece, ...]
    ends: tuple[tuple[int, str] | Value, ...]
    """For each output a piece and its port, or a value that is the same."""


def checked_settings(layer: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a node holds them, defaults left out; raises Unlike."""
    declared = {setting.name: setting for setting in CATALOG[layer].settings}
    held = {name: as_held(declared[name], value) for name, value in settings.items()}
    return {n: value for n, value in held.items() if value != declared[n].default}


class NoLayer(Exception):  # noqa: N818  the function is then called in Python
    """The catalog has no layer that does just this."""


def one(layer: str, *inputs: Operand, **settings: Any) -> Pieces:
    return Pieces((Piece(layer, settings, inputs),), ((0, first_port(layer)),))


def chain(first: Operand, *pieces: tuple[str, dict[str, Any]]) -> Pieces:
    """Pieces one after another, or the value itself where there are none."""
    if not pieces:
        if not isinstance(first, Value):
            raise NoLayer
        return Pieces((), (first,))
    made = []
    for place, (layer, settings) in enumerate(pieces):
        made.append(Piece(layer, settings, (first if place == 0 else place - 1,)))
    return Pieces(tuple(made), ((len(made) - 1, first_port(made[-1].layer)),))


def first_port(layer: str) -> str:
    return CATALOG[layer].outputs[0].name


_MISSING = object()


def arg(step: Step, place: int, name: str, default: Any = None) -> Any:
    """An argument by its name or its place, where 0 is the tensor itself."""
    if name in step.kwargs:
        return step.kwargs[name]
    return step.args[place] if place < len(step.args) else default


def rest(step: Step) -> tuple[Any, ...]:
    """Sizes or dimensions given one by one, or as one tuple."""
    given = step.args[1:]
    if len(given) == 1 and isinstance(given[0], tuple | list):
        return tuple(given[0])
    return tuple(given)


def value_of(step: Step) -> Value:
    first = arg(step, 0, "input")
    if not isinstance(first, Value):
        raise NoLayer
    return first


def dim_of(step: Step, dim: Any, of: Value | None = None) -> int:
    """A dimension other than the batch; raises Unlike."""
    ndim = len((of or value_of(step)).shape)
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise NoLayer
    if dim % ndim == 0:
        raise Unlike(f"works along the batch ({step.name}, dimension 0)")
    return dim
