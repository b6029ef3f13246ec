"""Edits of how nodes learn: whether they are frozen, and how fast they are.

Neither changes what the network computes, nor its shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.catalog.settings import Bool, Float
from engine.document import Document
from engine.graph import Node

FROZEN = Bool(
    name="frozen",
    default=False,
    help="Keep the weights as they are while the others learn; dropout and batch "
    "statistics stand still too.",
)
RATE = Float(
    name="rate",
    default=1.0,
    above=0.0,
    maximum=1_000.0,
    label="Learning rate ×",
    help="What the learning rate is multiplied by for these weights: 0.1 for "
    "pretrained ones that should change little.",
)


@dataclass(frozen=True, slots=True)
class SetFrozen:
    """Keep a node's weights as they are in training, or let them learn again."""

    name: str
    frozen: bool

    def apply(self, document: Document) -> SetFrozen:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, frozen=self.frozen))
        return SetFrozen(self.name, node.frozen)


@dataclass(frozen=True, slots=True)
class SetRate:
    """Let a node's weights learn faster or slower than the others."""

    name: str
    rate: float

    def apply(self, document: Document) -> SetRate:
        node = document.graph[self.name]
        document.graph.replace_node(replace(node, rate=self.rate))
        return SetRate(self.name, node.rate)


LearningEdit = SetFrozen | SetRate


def how_it_learns(node: Node) -> str:
    """A node that does not learn as the others do, in a word or two; else empty."""
    if node.frozen:
        return "frozen"
    return f"learning rate × {node.rate:g}" if node.rate != RATE.default else ""


def read_rate(value: object) -> float:
    """A learning rate's factor as a file holds it; raises ValueError for another."""
    rate = RATE.normalise(value)
    problem = RATE.problem(rate)
    if problem is not None:
        raise ValueError(problem)
    return float(rate)


def learning_json(node: Node) -> dict[str, object]:
    """How a node learns, as it stands in a file: only what is unusual."""
    return {
        **({"frozen": True} if node.frozen else {}),
        **({"rate": node.rate} if node.rate != RATE.default else {}),
    }
