"""What is known inside a block, read as the analysis of a whole document is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.analysis import Analysis, Leaf, operations_of
from engine.codegen import GeneratedCode
from engine.graph_knowledge import KnownOfGraph
from engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Step:
    """One step into a document: a block, and the node that uses it one graph up."""

    block: str
    use: str | None = None
    """None for the block by itself, seen with its defaults."""


class BlockView(KnownOfGraph):
    """The graph at the end of a path of blocks, as the uses on the path see it.

    Shapes, settings and lines are those of the block; whether the document is valid,
    its totals and its code are those of the whole.
    """

    def __init__(self, whole: Analysis, path: Sequence[Step]) -> None:
        """`whole` must be up to date, and the blocks on the path must exist."""
        self._whole = whole
        self.scope = path[-1].block
        self._inference, names = whole.at([(step.block, step.use) for step in path])
        self.names: Mapping[str, int] = names
        """The block's settings, as the use gives them."""
        self._inner = [
            whole.worded(replace(problem, scope=self.scope))
            for problem in self._inference.problems
        ]
        # The use tells at length that something inside is wrong; here that is in sight.
        told = {path[0].use} if any(each.is_error for each in self._inner) else set()
        self.problems: list[Problem] = [
            *self._inner,
            *(each for each in whole.problems if each.scope or each.node not in told),
        ]
        """What is wrong in here, then in the whole document."""

    # In the block.

    @property
    def has_shapes(self) -> bool:
        """Whether PyTorch is loaded and shapes are known as far as they go."""
        return self._whole.has_shapes

    def leaves(self, name: str) -> list[Leaf]:
        """The layers that run where a node of the block runs, once."""
        return self._whole.leaves(name, self._inference)

    def operations(self, name: str) -> int:
        """Floating-point operations of one sample in one use of a node."""
        return operations_of(self.leaves(name))

    def problems_of(self, name: str) -> list[Problem]:
        """The problems of one node of the block, errors first."""
        return [problem for problem in self._inner if problem.node == name]

    def lines_of(self, name: str) -> tuple[int, ...]:
        """The line numbers (from 1) of `code` that a node is responsible for."""
        return self._whole.lines_of(f"{self.scope}/{name}")

    def constructor_of(self, name: str) -> str:
        """The lines of code that make and use a node, without indentation."""
        return self._whole.constructor_of(f"{self.scope}/{name}")

    # In the whole document.

    @property
    def is_valid(self) -> bool:
        """Whether the whole document can be compiled and trained."""
        return self._whole.is_valid

    @property
    def first_error(self) -> Problem | None:
        """What to mend first: in here, else in the whole document."""
        return next((problem for problem in self.problems if problem.is_error), None)

    @property
    def total_parameters(self) -> int:
        """How many trainable weights the whole network has."""
        return self._whole.total_parameters

    @property
    def trainable_parameters(self) -> int:
        """How many of the whole network's weights learn."""
        return self._whole.trainable_parameters

    @property
    def total_operations(self) -> int:
        """Floating-point operations of one sample's forward pass."""
        return self._whole.total_operations

    @property
    def generated(self) -> GeneratedCode:
        """The module's source with the lines of each node."""
        return self._whole.generated

    @property
    def code(self) -> str:
        """The module's source; what cannot be generated yet is a comment in it."""
        return self._whole.code


Known = Analysis | BlockView
"""What is known of the graph that is shown."""
