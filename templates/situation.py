"""What a learner has before them when a step is judged: network, runs, answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from engine.catalog import Specs
from engine.document import Document
from engine.expanding import expand
from engine.graph import Graph, Node
from engine.problems import Problem, Refusal


class Findings(Protocol):
    """What is known of a document: as much of `engine.analysis.Analysis` as checks ask.

    That module needs PyTorch, and lessons are read without it: who has it passes it in.
    """

    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def total_parameters(self) -> int: ...
    @property
    def is_valid(self) -> bool: ...
    @property
    def has_shapes(self) -> bool: ...
    def outputs(self, name: str) -> Specs | None: ...


Study = Callable[[Document], Findings]
"""Finds out everything about a document."""


class Network:
    """A document to ask about; what takes time is found out when first asked."""

    def __init__(
        self,
        document: Document,
        study: Study,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`names` are later names of nodes, by the name the lesson knows them by."""
        self.document = document
        self._study = study
        self._names = names or {}

    @cached_property
    def findings(self) -> Findings:
        """Problems, shapes and counts."""
        return self._study(self.document)

    @cached_property
    def graph(self) -> Graph:
        """The graph with every block of the learner's own taken apart."""
        if not any(node.layer in self.document.blocks for node in self.document.graph):
            return self.document.graph
        flat = self.document.copy()
        try:
            while use := next((n for n in flat.graph if n.layer in flat.blocks), None):
                expand(flat, "", use.name).apply(flat)
        except Refusal:  # cannot be drawn flat: judged as it is
            return self.document.graph
        return flat.graph

    def node(self, name: str) -> str | None:
        """The node that a lesson calls `name`: renamed, or put into a block, too."""
        for known in (name, *self._names.get(name, ())):
            if known in self.graph:
                return known
        inside = [each for each in self.graph.nodes if each.endswith(f"_{name}")]
        return inside[0] if len(inside) == 1 else None

    def known(self, name: str) -> Node | None:
        """The node that a lesson calls `name`, be it a layer or the use of a block."""
        for each in (name, *self._names.get(name, ())):
            if each in self.document.graph:
                return self.document.graph[each]
        found = self.node(name)
        return self.graph[found] if found is not None else None


Metrics = Mapping[str, float]
"""What a run came to, by name: `val_loss`, `test_accuracy`, `best_val_loss`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A run that ended by itself: the network it trained, and its last numbers."""

    network: Network
    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a learner answered to the question of a step."""

    value: int | float | str
    """The place of an option from 0, a number, or a text."""
    runs_before: int = 0
    """How many runs had ended then: only a later one can decide a prediction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a check may ask about."""

    network: Network
    runs: tuple[RunResult, ...] = ()
    """Those made in this lesson, the oldest first."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By the id of their step."""
    done: frozenset[str] = frozenset()
    """The ids of the steps that were done."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and the runs that say so, by place from 0."""

    holds: bool
    runs: frozenset[int] = frozenset()


YES, NO = Verdict(True), Verdict(False)
