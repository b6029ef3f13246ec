"""Everything known of a document without running it: shapes, problems, costs, code.

`Analysis` follows a document edit by edit and redoes only what an edit touches.
Shapes need PyTorch; until `load_shapes` was called there are none, so that a window can
show a document before PyTorch is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from engine.catalog import Misfit, Specs, Suggestion, TensorSpec
from engine.catalog.ends import Input
from engine.catalog.settings import wrong_values
from engine.codegen import GeneratedCode, Writer
from engine.document import Document
from engine.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
    RemoveNode,
    RenameNode,
    SetSettings,
    change_settings,
    flatten,
    insertion,
)
from engine.graph import Graph, Node
from engine.problems import Fix, Problem, Severity
from engine.structure import Structure, examine

if TYPE_CHECKING:
    from engine.shapes import LayerResult

Check = Callable[[Document, "Analysis"], Sequence[Problem]]
"""A further look at a document whose shapes are known, such as whether its data fit."""

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


class Analysis:
    """What is known of one document. `note` edits as they are made, then `refresh`."""

    def __init__(self, document: Document, checks: Sequence[Check] = ()) -> None:
        self._document = document
        self._checks = tuple(checks)
        self._structure: Structure | None = None
        self._inputs: dict[str, Specs] = {}
        self._results: dict[str, LayerResult] = {}
        self._shape_problems: dict[str, Problem] = {}
        self._dirty: set[str] = set()
        self._writer = Writer(document.graph)
        self._code: GeneratedCode | None = None
        self._had_shapes = False
        self.problems: list[Problem] = []
        """What is wrong, in the order the network runs: the first is to mend first."""

    # Following the document.

    def note(self, edit: Edit) -> None:
        """Remember what an edit touched; cheap."""
        for single in flatten(edit):
            match single:
                case SetSettings(name=name):
                    self._dirty.add(name)
                case MoveNodes():
                    pass
                case AddEdge(edge=edge) | RemoveEdge(edge=edge):
                    self._dirty.add(edge.target)
                    self._structure = None
                case AddNode(node=Node(name=name)) | RemoveNode(name=name):
                    self._dirty.add(name)
                    self._structure = None
                case RenameNode(old=old, new=new):
                    self._dirty |= {old, new}
                    self._structure = None

    def refresh(self) -> None:
        """Bring everything up to date with the document."""
        if self._structure is None:
            self._structure = examine(self._document.graph)
            # Their fixes name free names and edges, which may have been taken.
            self._dirty |= set(self._shape_problems) & set(self._document.graph.nodes)
        if _shapes is not None:
            if not self._had_shapes:
                self._dirty |= set(self._document.graph.nodes)
                self._had_shapes = True
            self._infer(self._structure)
        self._code = None
        self.problems = self._ordered(self._structure)
        if _shapes is not None:
            for check in self._checks:
                self.problems += check(self._document, self)

    def _infer(self, structure: Structure) -> None:
        """Shapes in running order, from what is dirty and as far as shapes change."""
        graph = self._document.graph
        changed = self._dirty
        runnable = set(structure.order)
        for name in [name for name in self._results if name not in runnable]:
            self._forget(name)
        for name in self._dirty - runnable:
            self._forget(name)
        for name in structure.order:
            if name in changed or any(
                edge.source in changed for edge in graph.edges_into(name)
            ):
                before = self._results.get(name)
                self._infer_node(graph, name)
                after = self._results.get(name)
                if _outputs_of(before) != _outputs_of(after):
                    changed.add(name)
                elif name in changed and _outputs_of(after) is not None:
                    changed.discard(name)
        self._dirty = set()

    def _forget(self, name: str) -> None:
        self._results.pop(name, None)
        self._inputs.pop(name, None)
        self._shape_problems.pop(name, None)

    def _infer_node(self, graph: Graph, name: str) -> None:
        self._forget(name)
        node = graph[name]
        layer = node.type
        if layer is None or _shapes is None:
            return
        wrong = wrong_values(layer.settings, node.settings)
        if wrong:
            self._shape_problems[name] = _wrong_setting(graph, node, wrong)
            return
        if isinstance(layer, Input):
            self._inputs[name] = ()
            misfit = layer.misfit(node.values, ())
            if misfit is not None:
                self._shape_problems[name] = _as_problem(graph, node, (), misfit)
                return
            self._results[name] = _shapes.LayerResult((layer.spec(node.values),))
            return
        specs = self._specs_reaching(graph, name)
        if specs is None:
            return
        self._inputs[name] = specs
        if not layer.outputs:
            self._results[name] = _shapes.LayerResult(())
            return
        result: LayerResult = _shapes.infer_layer(layer, node.values, specs)
        self._results[name] = result
        if result.misfit is not None:
            self._shape_problems[name] = _as_problem(graph, node, specs, result.misfit)

    def _specs_reaching(self, graph: Graph, name: str) -> Specs | None:
        """What reaches a node, one spec per edge; None where something is missing."""
        layer = graph[name].type
        specs: list[TensorSpec] = []
        by_port: dict[str, list[TensorSpec]] = {}
        for port in layer.inputs if layer is not None else ():
            edges = graph.edges_into(name, port.name)
            if not edges and port.follows:
                by_port[port.name] = by_port.get(port.follows, [])
            elif len(edges) < port.at_least:
                return None
            else:
                by_port[port.name] = []
                for edge in edges if port.variadic else edges[:1]:
                    spec = self.flowing(edge.source, edge.source_port)
                    if spec is None:
                        return None
                    by_port[port.name].append(spec)
            specs += by_port[port.name]
        return tuple(specs)

    def _ordered(self, structure: Structure) -> list[Problem]:
        place = {name: index for index, name in enumerate(structure.order)}
        live = structure.live or set(self._document.graph.nodes)
        problems = list(structure.problems)
        for name, problem in self._shape_problems.items():
            problems.append(problem if name in live else _softened(problem))
        return sorted(
            problems,
            key=lambda problem: (
                not problem.is_error,
                place.get(problem.node or "", len(place)) if problem.node else -1,
            ),
        )

    # What is known.

    @property
    def has_shapes(self) -> bool:
        """Whether PyTorch is loaded and shapes are known as far as they go."""
        return self._had_shapes

    def inputs(self, name: str) -> Specs | None:
        """What reaches a node, one spec per edge; None where that is not known."""
        return self._inputs.get(name)

    def outputs(self, name: str) -> Specs | None:
        """What a node gives, by output port; None where that is not known."""
        return _outputs_of(self._results.get(name))

    def flowing(self, name: str, port: str) -> TensorSpec | None:
        """What flows out of one output port of a node; None where not known."""
        outputs = self.outputs(name)
        node = self._document.graph.nodes.get(name)
        if outputs is None or node is None or node.type is None:
            return None
        index = node.type.output_index(port)
        return outputs[index] if index is not None and index < len(outputs) else None

    def parameters(self, name: str) -> int:
        """How many trainable weights a node has; 0 where that is not known."""
        result = self._results.get(name)
        return result.parameters if result is not None else 0

    @property
    def total_parameters(self) -> int:
        """How many trainable weights the network has: nodes that reach an Output."""
        return sum(self.parameters(name) for name in self.network)

    def operations(self, name: str) -> int:
        """Floating-point operations of one sample in a node; 0 where not known."""
        node = self._document.graph[name]
        specs = self._inputs.get(name)
        if _shapes is None or self.outputs(name) is None or not specs:
            return 0
        if node.type is None or not node.type.outputs:
            return 0
        count: int = _shapes.count_operations(node.type, node.values, specs)
        return count

    @property
    def total_operations(self) -> int:
        """Floating-point operations of one sample's forward pass."""
        return sum(self.operations(name) for name in self.network)

    @property
    def network(self) -> list[str]:
        """The nodes that reach an Output, in running order; all while there is none."""
        if self._structure is None:
            self.refresh()
        structure = self._structure or examine(self._document.graph)
        live = structure.live
        return [name for name in structure.order if name in live or not live]

    @property
    def generated(self) -> GeneratedCode:
        """The module's source with the lines of each node."""
        if self._code is None:
            self._code = self._writer.write(
                self._document.name, self.network, self.inputs, self.outputs
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


def _outputs_of(result: LayerResult | None) -> Specs | None:
    return result.outputs if result is not None else None


def _softened(problem: Problem) -> Problem:
    """What is wrong with a node outside the network does not keep it from running."""
    return replace(problem, severity=Severity.WARNING)


def _wrong_setting(graph: Graph, node: Node, wrong: dict[str, str]) -> Problem:
    name, reason = next(iter(wrong.items()))
    setting = node.type.setting(name) if node.type is not None else None
    default = setting.default if setting is not None else None
    shown = setting.show(default) if setting is not None else ""
    found = repr(node.settings[name])
    return Problem(
        code="bad-setting",
        node=node.name,
        message=f"{node.name}: {name} {reason}.",
        found=found,
        expected=reason.removeprefix("must be ").split(";")[0],
        remedy=f"Set {name} to {shown}, for example.",
        fixes=(
            Fix(
                label=f"Set {name} to {shown}",
                edits=(change_settings(graph, node.name, {name: default}),),
            ),
        ),
    )


def _as_problem(graph: Graph, node: Node, specs: Specs, misfit: Misfit) -> Problem:
    ports = node.type.inputs if node.type is not None else ()
    port = misfit.port or next((each.name for each in ports), "")
    fixes = [
        Fix(label=suggestion.label, edits=(edit,))
        for suggestion in misfit.suggestions
        if (edit := _edit_for(graph, node, port, misfit.edge, suggestion)) is not None
    ]
    return Problem(
        code="misfit",
        node=node.name,
        port=port or None,
        message=f"{node.name} {misfit.message}.".replace("..", "."),
        found=" and ".join(spec.describe() for spec in specs),
        expected=misfit.expected,
        remedy=misfit.remedy,
        fixes=tuple(fixes),
    )


def _edit_for(
    graph: Graph, node: Node, port: str, place: int, suggestion: Suggestion
) -> Edit | None:
    if suggestion.settings:
        return change_settings(graph, node.name, suggestion.settings)
    edges = graph.edges_into(node.name, port)
    if not suggestion.before or not edges:
        return None
    edge = edges[place]
    source = graph[edge.source].position
    x, y = node.position
    new = Node(
        name=graph.free_name(suggestion.before.lower()),
        layer=suggestion.before,
        settings=suggestion.before_settings,
        position=((source[0] + x) / 2, (source[1] + y) / 2),
    )
    return Compound((insertion(graph, new, edge),))
