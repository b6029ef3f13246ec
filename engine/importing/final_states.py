"""What a network takes out of a recurrent layer's final states.

PyTorch gives the states of all layers and directions in one tensor, L × N × H; here a
recurrent layer gives those of its last layer, both directions joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.importing.declared import Unlike
from engine.importing.recording import Step

End = tuple[str, str]
"""An output of a node: its name and the port's."""


@dataclass(frozen=True, slots=True)
class States:
    """The final states of a recurrent layer, or one of them."""

    node: str
    layers: int
    is_bidirectional: bool
    place: int | None = None
    """Which of them was taken; None for all."""

    @property
    def first(self) -> End | None:
        """What a layer that begins with these states takes; None where none does."""
        return (self.node, "hidden") if self.count == 1 else None

    @property
    def count(self) -> int:
        """How many there are: one for each layer and direction."""
        return self.layers * (2 if self.is_bidirectional else 1)


@dataclass(frozen=True, slots=True)
class Start:
    """A value with a dimension before the batch: what a recurrent layer begins with."""

    end: End


def is_start(step: Step) -> bool:
    """Whether a call is `x[None]` or `x.unsqueeze(0)`."""
    index = step.args[1] if len(step.args) > 1 else step.kwargs.get("dim", 1)
    if step.name == "__getitem__":
        return index is None or index == (None,)
    return step.name == "unsqueeze" and index == 0


def taken(step: Step, states: Sequence[States]) -> End | States:
    """What a function made of final states gives; raises Unlike."""
    first = states[0]
    hidden = (first.node, "hidden")
    if step.name == "__getitem__" and first.place is None:
        index = step.args[1]
        index = index[0] if isinstance(index, tuple) and index else index
        if isinstance(index, int):
            place = index % first.count
            is_last = not first.is_bidirectional and place == first.count - 1
            return hidden if is_last else replace(first, place=place)
    if step.name == "squeeze" and first.count == 1:
        return hidden
    places = [state.place for state in states]
    if step.name in {"cat", "concat"} and places == [first.count - 2, first.count - 1]:
        return hidden
    raise Unlike("takes states of a recurrent layer that it does not give here")


def leaves_of(tree: object) -> Iterable[object]:
    """All that tuples, lists and dictionaries hold, however deep."""
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    if not isinstance(tree, tuple | list):
        yield tree
        return
    for each in tree:
        yield from leaves_of(each)
