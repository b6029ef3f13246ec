"""Everything known of a document without running it: shapes, problems, costs, code.

`Analysis` follows a document edit by edit and redoes only what an edit touches.
Shapes need PyTorch; until `load_shapes` was called there are none, nor problems, so
that a window can show a document before PyTorch and networkx are imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from types import ModuleType

from engine.allowed_code import ALLOWED
from engine.block_inference import BlockInference, BlockUse, Leaf
from engine.blocks import BlockLayer, users_of
from engine.catalog import Layer, Specs, Values
from engine.codegen import GeneratedCode, Writer
from engine.document import Document
from engine.edits import (
    AddBlock,
    AddEdge,
    AddNode,
    Edit,
    MoveNodes,
    RemoveBlock,
    RemoveEdge,
    RemoveNode,
    RenameNode,
    SetBypassed,
    SetSettings,
    SetShares,
    Within,
    flatten,
)
from engine.foreign_code import clashes
from engine.graph import Node
from engine.graph_knowledge import KnownOfGraph
from engine.inference import GraphInference
from engine.layer_result import LayerResult
from engine.problems import Problem

Check = Callable[[Document, "Analysis"], Sequence[Problem]]
"""A further look at a document whose shapes are known, such as whether its data fit."""

Words = Callable[[Document, Problem], Problem]
"""Says a problem of a document in other words, for those that it is shown to."""

_shapes: ModuleType | None = None


def load_shapes() -> None:
    """Import PyTorch and know shapes from now on; takes seconds, once."""
    global _shapes
    import engine.shapes

    _shapes = engine.shapes


def analyse(document: Document, checks: Sequence[Check] = ()) -> Analysis:
    """Everything that is known of a document, shapes included."""
    load_shapes()
    analysis = Analysis(document, checks)
    analysis.refresh()
    return analysis


class Analysis(KnownOfGraph):
    """What is known of one document. `note` edits as they are made, then `refresh`."""

    names: None = None
    """What expressions may use; as in a block's, but outside there are none."""

    scope = ""
    """Which graph it is about: the main one; `BlockView` is about another."""

    def __init__(
        self,
        document: Document,
        checks: Sequence[Check] = (),
        words: Words | None = None,
    ) -> None:
        """`words` says the problems as those who look at them know things."""
        self._document = document
        self._checks = tuple(checks)
        self._words = words
        self._inference = GraphInference(document.graph)
        self._blocks = BlockInference(document.blocks, _run_layer)
        self._writer = Writer(document.graph, document.blocks)
        self._code: GeneratedCode | None = None
        self._has_shapes = False
        self._allowed = ALLOWED.count
        self.problems: list[Problem] = []
        """What is wrong, in the order the network runs: the first is to mend first."""

    # Following the document.

    def note(self, edit: Edit) -> None:
        """Remember what an edit touched; cheap."""
        for single in flatten(edit):
            match single:
                case Within(edit=MoveNodes()):
                    pass
                case Within(scope=scope, edit=SetSettings(name=name)):
                    self._touch_users(self._blocks.touch(scope, name))
                case Within(scope=scope):
                    self._block_changed(scope)
                case AddBlock(block=block):
                    self._block_changed(block.name)
                case RemoveBlock(name=name):
                    self._block_changed(name)
                case _:
                    note_in_graph(self._inference, single)

    def _reconsider(self) -> None:
        """Infer all anew where code was allowed meanwhile, in whatever window."""
        if self._allowed != ALLOWED.count:
            self._allowed = ALLOWED.count
            self._blocks.forget(self._document.blocks)
            self._inference.touch(self._document.graph.nodes)

    def _block_changed(self, name: str) -> None:
        """Whatever uses a block, however deep, is to be inferred anew."""
        stale = users_of(name, self._document.blocks)
        self._blocks.forget(stale)
        self._inference.restructure()  # the ports of its uses may be others
        self._touch_users(stale)

    def _touch_users(self, blocks: Set[str]) -> None:
        self._inference.touch(n.name for n in self._document.graph if n.layer in blocks)

    def refresh(self) -> None:
        """Bring everything up to date with the document."""
        self._reconsider()
        self._code = None
        if _shapes is None:
            return
        self._inference.refresh(self._run)
        self._has_shapes = True
        self.problems = [*clashes(self._document), *self._inference.problems]
        for check in self._checks:
            self.problems += check(self._document, self)
        self.problems = [self.worded(problem) for problem in self.problems]

    def worded(self, problem: Problem) -> Problem:
        """A problem in the words of those that look at it."""
        return problem if self._words is None else self._words(self._document, problem)

    def _run(self, layer: Layer, values: Values, specs: Specs) -> LayerResult:
        if isinstance(layer, BlockLayer):
            return self._blocks.run(layer, values, specs)
        return _run_layer(layer, values, specs)

    def inside(self, scope: str, use: str | None = None) -> GraphInference:
        """What is known inside a block: as a node uses it, or by itself."""
        return self.at([(scope, use)])[0]

    def at(
        self, path: Sequence[tuple[str, str | None]]
    ) -> tuple[GraphInference, Mapping[str, int]]:
        """What is known at the end of a path of blocks, and the settings given there.

        Each step is a block and the node that uses it in the graph before. Where the
        use is not known, or gets nothing yet, the block is taken by itself.
        """
        inference, names = self._inference, dict[str, int]()
        for scope, use in path:
            layer = self._document.blocks[scope]
            values = inference.values(use) if use is not None else None
            specs = inference.inputs(use) if use is not None else None
            if values is not None and specs is not None:
                first = self._blocks.first_use(layer, values, specs)
                inference, names = first.inference, dict(first.values)
            else:
                names = dict(layer.block.settings)
                if values is not None:
                    names = {name: values[name] for name in names}
                inference = GraphInference(layer.block.graph, names)
                if _shapes is not None:
                    inference.refresh(self._run)
        return inference, names

    # What is known.

    @property
    def has_shapes(self) -> bool:
        """Whether PyTorch is loaded and shapes are known as far as they go."""
        return self._has_shapes

    @property
    def total_parameters(self) -> int:
        """How many weights the network has: nodes that reach an Output."""
        return sum(self.parameters(name) for name in self.network)

    @property
    def trainable_parameters(self) -> int:
        """How many of the network's weights learn: those that are not frozen."""
        return self.total_parameters - sum(self.frozen(name) for name in self.network)

    def leaves(self, name: str, inference: GraphInference | None = None) -> list[Leaf]:
        """The layers that run where a node runs: itself, or all inside a block.

        Of the main graph, or of the one that `inference` is about; none where that is
        not known.
        """
        inference = inference or self._inference
        layer, outputs = inference.layer(name), inference.outputs(name)
        specs, values = inference.inputs(name), inference.values(name)
        if layer is None or not layer.outputs or not specs:
            return []
        if values is None or outputs is None:
            return []
        return list(self._blocks.leaves(layer, values, specs, outputs))

    def operations(self, name: str) -> int:
        """Floating-point operations of one sample in a node; 0 where not known."""
        return operations_of(self.leaves(name))

    @property
    def total_operations(self) -> int:
        """Floating-point operations of one sample's forward pass."""
        return sum(self.operations(name) for name in self.network)

    @property
    def generated(self) -> GeneratedCode:
        """The module's source with the lines of each node."""
        if self._code is None:
            self._code = self._writer.write(
                self._document.name, self._inference, self._blocks
            )
        return self._code

    @property
    def code(self) -> str:
        """The module's source; what cannot be generated yet is a comment in it."""
        return self.generated.source

    def lines_of(self, name: str) -> tuple[int, ...]:
        """The line numbers (from 1) of `code` that a node is responsible for."""
        return self.generated.lines.get(name, ())

    def constructor_of(self, name: str) -> str:
        """The lines of code that make and use a node, without indentation."""
        lines = self.code.split("\n")
        return "\n".join(
            lines[number - 1].removeprefix(" " * 8) for number in self.lines_of(name)
        )

    def problems_of(self, name: str) -> list[Problem]:
        """The problems of one node, errors first."""
        return [problem for problem in self.problems if problem.node == name]

    @property
    def is_valid(self) -> bool:
        """Whether the document can be compiled and trained: no error anywhere."""
        return not any(problem.is_error for problem in self.problems)

    @property
    def first_error(self) -> Problem | None:
        """The first error in the order the network runs: what to mend first."""
        return next((problem for problem in self.problems if problem.is_error), None)


def note_in_graph(inference: GraphInference, edit: Edit) -> None:
    """Tell the inference of a graph what a single edit of that graph touched."""
    match edit:
        case SetSettings(name=name) | SetShares(name=name):
            inference.touch([name])
        case SetBypassed(name=name):
            inference.touch([name])
            inference.restructure()
        case AddEdge(edge=edge) | RemoveEdge(edge=edge):
            inference.touch([edge.target])
            inference.restructure()
        case AddNode(node=Node(name=name)) | RemoveNode(name=name):
            inference.touch([name])
            inference.restructure()
        case RenameNode(old=old, new=new):
            inference.touch([old, new])
            inference.restructure()


def operations_of(leaves: Sequence[Leaf]) -> int:
    """Floating-point operations of one sample in these layers."""
    if _shapes is None:
        return 0
    return sum(
        _shapes.count_operations(leaf.layer, leaf.values, leaf.specs) for leaf in leaves
    )


def _run_layer(layer: Layer, values: Values, specs: Specs) -> LayerResult:
    result: LayerResult = _shapes.infer_layer(layer, values, specs)  # type: ignore[union-attr]
    return result


__all__ = [
    "Analysis",
    "BlockUse",
    "Check",
    "Leaf",
    "analyse",
    "load_shapes",
    "note_in_graph",
    "operations_of",
]
