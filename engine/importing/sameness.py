"""Whether an imported document is the network that it was made of.

The document's own code is compiled, the network's weights are copied over, and both
answer the same batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from engine.compiler import compile_document
from engine.document import Document
from engine.importing.picture import Picture
from engine.problems import Refusal

TOLERANCE = 1e-4
"""The largest difference of two answers, as a share of the largest answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """How the document's answers compare with the network's."""

    parameters: int
    """Of the document's network."""
    parameters_before: int
    """Of the imported one."""
    difference: float
    """The largest, as a share of the largest answer; nan where none could be found."""

    @property
    def is_same(self) -> bool:
        """Whether both give the same answers with as many parameters."""
        return (
            self.difference <= TOLERANCE and self.parameters == self.parameters_before
        )

    def sentence(self) -> str:
        """What came of it, for a person."""
        if self.is_same:
            return (
                "Checked: with the same weights it gives the same answers as the code."
            )
        if self.parameters != self.parameters_before:
            return (
                f"It has {self.parameters:,} parameters, and the code's network "
                f"{self.parameters_before:,}: look at the parts that the code does not "
                "use for this sample."
            )
        return (
            "With the same weights its answers differ from the code's, by "
            f"{self.difference:.2g} of the largest. Look for what the code does "
            "otherwise from call to call."
        )


def compare(
    document: Document, picture: Picture, network: nn.Module, inputs: Sequence[Tensor]
) -> Sameness:
    """Give the document's network the other's weights, and both the same batch.

    Raises Refusal where the document has an error.
    """
    compiled = compile_document(document)
    made = compiled.module_class().eval()
    used: set[int] = set()
    with torch.no_grad():
        for path, weights in _weights(picture, ()):
            _copy(made, path, weights)
            used |= {id(each) for each in weights.values()}
        torch.manual_seed(0)
        # An input that no answer depends on is none of the document's network.
        given = [
            tensor
            for name, tensor in zip(picture.inputs, inputs, strict=True)
            if name in compiled.inputs
        ]
        ours = pytree.tree_leaves(made(*given))
        torch.manual_seed(0)
        theirs = [
            leaf
            for leaf in pytree.tree_leaves(network(*inputs))
            if isinstance(leaf, Tensor)
        ]
    return Sameness(
        parameters=sum(each.numel() for each in made.parameters()),
        parameters_before=sum(each.numel() for each in network.parameters()),
        difference=_difference(ours, theirs),
    )


def _difference(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    if [each.shape for each in ours] != [each.shape for each in theirs]:
        return float("nan")
    worst = 0.0
    for our, their in zip(ours, theirs, strict=True):
        scale = max(float(their.abs().max()), 1e-12)
        worst = max(worst, float((our - their).abs().max()) / scale)
    return worst


def _weights(
    picture: Picture, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Tensor]]]:
    for node in picture.nodes:
        if node.shares:
            continue
        if node.inside is not None:
            yield from _weights(node.inside, (*path, node.name))
        elif node.weights:
            yield (*path, node.name), node.weights


def _copy(
    made: nn.Module, path: tuple[str, ...], weights: Mapping[str, Tensor]
) -> None:
    holder = made.get_submodule(".".join(path[:-1])) if path[:-1] else made
    target = getattr(holder, path[-1], None)
    if isinstance(target, nn.Parameter):
        tensor = next(iter(weights.values()))
        target.copy_(tensor.reshape(target.shape))
        return
    if not isinstance(target, nn.Module):
        raise Refusal(f"{path[-1]} has no weights to compare.", "Report this.")
    target.load_state_dict(dict(weights))
