"""Shapes through one graph: in running order, as far as they go, edit by edit.

What runs a layer comes in as `Run`, so that nothing here imports PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from engine.blocks import is_expression, resolve
from engine.bypass import passed_edge
from engine.catalog import Misfit, Specs, Suggestion, TensorSpec, Values
from engine.catalog.ends import Input
from engine.catalog.layer import Layer
from engine.catalog.settings import wrong_values
from engine.edits import Compound, Edit, change_settings, insertion
from engine.expressions import ExpressionError
from engine.graph import Graph, Node
from engine.layer_result import LayerResult
from engine.padding_mends import with_padding_mended
from engine.problems import Fix, Problem, Severity
from engine.sharing import Sharing, share
from engine.structure import Structure, examine

Run = Callable[[Layer, Values, Specs], LayerResult]
"""Runs a layer on specs; remembers equal calls."""


class GraphInference:
    """What is known of one graph: structure, shapes, and the problems of both."""

    def __init__(
        self,
        graph: Graph,
        names: Mapping[str, int] | None = None,
        entry: Specs | None = None,
        structure: Structure | None = None,
    ) -> None:
        """Of a block's graph, `names` are its settings and `entry` what it takes.

        `structure` is the graph's, where it is known already.
        """
        self._graph = graph
        self._names = dict(names or {})
        self._entry = entry
        self._structure = structure
        self._inputs: dict[str, Specs] = {}
        self._results: dict[str, LayerResult] = {}
        self._values: dict[str, Values] = {}
        self._problems: dict[str, Problem] = {}
        self._sharing = Sharing()
        self._dirty = set(graph.nodes)
        self._has_run = False

    def touch(self, names: Iterable[str]) -> None:
        """The settings of these nodes, or edges into them, have changed."""
        self._dirty.update(names)

    def restructure(self) -> None:
        """Nodes or edges have changed."""
        self._structure = None

    @property
    def structure(self) -> Structure:
        """The order of the graph, and what is wrong with how it is drawn."""
        if self._structure is None:
            self._structure = examine(self._graph)
            # Their fixes name free names and edges, which may have been taken.
            self._dirty |= set(self._problems) & set(self._graph.nodes)
        return self._structure

    def refresh(self, run: Run) -> None:
        """Infer from what is dirty and as far as shapes change."""
        structure, changed = self.structure, self._dirty
        if not self._has_run:
            changed |= set(self._graph.nodes)
            self._has_run = True
        runnable = set(structure.order)
        for name in {*self._results, *self._problems, *changed} - runnable:
            self._forget(name)
        for name in structure.order:
            fed = self._graph.edges_into(name)
            if name in changed or any(edge.source in changed for edge in fed):
                before = self.outputs(name)
                self._infer(name, run)
                after = self.outputs(name)
                if before != after:
                    changed.add(name)
                elif after is not None:
                    changed.discard(name)
        self._dirty = set()
        self._sharing = share(
            self._graph, set(self.network), self._results, self._values
        )

    def _forget(self, name: str) -> None:
        for known in (self._results, self._inputs, self._values, self._problems):
            known.pop(name, None)

    def _infer(self, name: str, run: Run) -> None:
        self._forget(name)
        node = self._graph[name]
        layer = node.type
        if layer is None:
            return
        if node.bypassed:
            self._pass(name)
            return
        values = self._checked_values(node, layer)
        if values is None:
            return
        self._values[name] = values
        if isinstance(layer, Input):
            self._inputs[name] = ()
            spec = self._entering(name, layer, values)
            misfit = layer.misfit(values, ()) if self._entry is None else None
            if misfit is not None:
                self._problems[name] = as_problem(self._graph, node, (), misfit, values)
            else:
                self._results[name] = LayerResult((spec,))
            return
        specs = self._reaching(name, layer)
        if specs is None:
            return
        self._inputs[name] = specs
        if not layer.outputs:
            self._results[name] = LayerResult(())
            return
        result = run(layer, values, specs)
        self._results[name] = result
        if result.misfit is not None:
            self._problems[name] = as_problem(
                self._graph, node, specs, result.misfit, values
            )

    def _pass(self, name: str) -> None:
        """A bypassed node gives what reaches its first input, whatever its settings."""
        edge = passed_edge(self._graph, name)
        spec = self.flowing(edge.source, edge.source_port) if edge is not None else None
        if spec is not None:
            self._inputs[name] = (spec,)
            self._results[name] = LayerResult((spec,))

    def _checked_values(self, node: Node, layer: Layer) -> Values | None:
        """The node's settings, expressions evaluated; None where one is wrong."""
        try:
            # Outside a block there are no names: text for a number is plainly wrong.
            values = resolve(node, self._names or None)
        except ExpressionError as error:
            self._problems[node.name] = _wrong_expression(node, str(error))
            return None
        given = {name: values[name] for name in node.settings if name in values}
        wrong = wrong_values(layer.settings, given)
        if wrong:
            self._problems[node.name] = _wrong_setting(self._graph, node, wrong)
            return None
        return values

    def _entering(self, name: str, layer: Input, values: Values) -> TensorSpec:
        """What an Input gives: in a block, what its use is given."""
        if self._entry is None:
            return layer.spec(values)
        entries = [node.name for node in self._graph if node.layer == "Input"]
        return self._entry[entries.index(name)]

    def _reaching(self, name: str, layer: Layer) -> Specs | None:
        """What reaches a node, one spec per edge; None where something is missing."""
        specs: list[TensorSpec] = []
        by_port: dict[str, list[TensorSpec]] = {}
        for port in layer.inputs:
            edges = self._graph.edges_into(name, port.name)
            if not edges and port.follows:
                by_port[port.name] = by_port.get(port.follows, [])
            elif len(edges) < port.at_least and not port.optional:
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

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order the graph runs: the first is to mend first."""
        structure = self.structure
        place = {name: index for index, name in enumerate(structure.order)}
        live = structure.live or set(self._graph.nodes)
        problems = list(structure.problems)
        for name, told in {**self._sharing.problems, **self._problems}.items():
            misfit, problem = self.misfit(name), told
            if misfit is not None and misfit.is_of_sizes:
                # Now, not with the shapes: an edit may leave those as they are.
                problem = with_padding_mended(self._graph, self, told)
            problems.append(
                # Outside the network it does not keep the network from running.
                problem if name in live else replace(problem, severity=Severity.WARNING)
            )
        return sorted(
            problems,
            key=lambda problem: (
                not problem.is_error,
                place.get(problem.node or "", len(place)) if problem.node else -1,
            ),
        )

    @property
    def network(self) -> list[str]:
        """The nodes that reach an Output, in running order, without bypassed ones.

        All of them while there is no Output, or while an edge is missing: a network
        that was cut in two is still told in whole.
        """
        return [*self.structure.network]

    def inputs(self, name: str) -> Specs | None:
        """What reaches a node, one spec per edge; None where that is not known."""
        return self._inputs.get(name)

    def outputs(self, name: str) -> Specs | None:
        """What a node gives, by output port; None where that is not known."""
        result = self._results.get(name)
        return result.outputs if result is not None else None

    def layer(self, name: str) -> Layer | None:
        """What a node is; None for one that nobody knows."""
        node = self._graph.nodes.get(name)
        return node.type if node is not None else None

    def values(self, name: str) -> Values | None:
        """A node's settings, expressions evaluated; None where one is wrong."""
        return self._values.get(name)

    def flowing(self, name: str, port: str) -> TensorSpec | None:
        """What flows out of one output port of a node; None where not known."""
        outputs, layer = self.outputs(name), self.layer(name)
        if outputs is None or layer is None:
            return None
        index = layer.output_index(port)
        return outputs[index] if index is not None and index < len(outputs) else None

    def misfit(self, name: str) -> Misfit | None:
        """Why a node cannot take what reaches it; None where it can, or never ran."""
        result = self._results.get(name)
        return result.misfit if result is not None else None

    def parameters(self, name: str) -> int:
        """How many trainable weights a node has; 0 where that is not known."""
        result = self._results.get(name)
        own = result.parameters if result is not None else 0
        return own - self._sharing.saved.get(name, 0)

    def frozen(self, name: str) -> int:
        """How many of a node's weights stay as they are: all, or some of a block's."""
        result, node = self._results.get(name), self._graph.nodes.get(name)
        if result is None or node is None:
            return 0
        return self.parameters(name) if node.frozen else result.frozen


def _wrong_expression(node: Node, reason: str) -> Problem:
    name = reason.split(" ")[0]
    return Problem(
        code="bad-expression",
        node=node.name,
        message=f"{node.name}: {reason}.",
        found=str(node.settings.get(name, "")),
        expected="a number, or arithmetic of the block's settings",
        remedy=f"Write {name} as a number, or with + - * // and the block's settings.",
    )


def _wrong_setting(graph: Graph, node: Node, wrong: dict[str, str]) -> Problem:
    name, reason = next(iter(wrong.items()))
    setting = node.type.setting(name) if node.type is not None else None
    default = setting.default if setting is not None else None
    shown = setting.show(default) if setting is not None else ""
    found = node.settings[name]
    written = setting is not None and is_expression(setting, found)
    return Problem(
        code="bad-setting",
        node=node.name,
        message=f"{node.name}: {name} {reason}{f' ({found})' if written else ''}.",
        found=repr(found),
        expected=reason.removeprefix("must be ").split(";")[0],
        remedy=f"Set {name} to {shown}, for example.",
        fixes=(
            Fix(
                label=f"Set {name} to {shown}",
                edits=(change_settings(graph, node.name, {name: default}),),
            ),
        ),
    )


def as_problem(
    graph: Graph, node: Node, specs: Specs, misfit: Misfit, values: Values
) -> Problem:
    """A layer's misfit in the words of the graph, its suggestions as edits."""
    ports = node.type.inputs if node.type is not None else ()
    port = misfit.port or next((each.name for each in ports), "")
    fixes = [
        Fix(label=suggestion.label, edits=(edit,))
        for suggestion in misfit.suggestions
        if (edit := _edit_for(graph, node, port, misfit.edge, suggestion)) is not None
    ]
    return Problem(
        code="code-not-allowed" if misfit.asks_to_run else "misfit",
        node=node.name,
        port=port or None,
        message=f"{node.name} {misfit.message}.".replace("..", "."),
        found="" if misfit.asks_to_run else _found(node, specs, misfit, values),
        expected=misfit.expected,
        remedy=misfit.remedy,
        fixes=tuple(fixes),
        asks_to_run=misfit.asks_to_run,
    )


def _found(node: Node, specs: Specs, misfit: Misfit, values: Values) -> str:
    """What a misfit is about: a setting's value, where it names one, and the shapes."""
    told = [spec.describe() for spec in specs]
    shapes = " and ".join(told)
    setting = node.type.setting(misfit.setting) if node.type is not None else None
    if setting is None or getattr(setting, "kind", "") == "code":
        return shapes
    value = f"{setting.name} {setting.show(values[setting.name]) or 'empty'}"
    shapes = told[0] if len(set(told)) == 1 else shapes  # the setting is what differs
    return f"{value} with {shapes}" if shapes else value


def _edit_for(
    graph: Graph, node: Node, port: str, place: int, suggestion: Suggestion
) -> Edit | None:
    if suggestion.settings:
        return change_settings(graph, node.name, suggestion.settings)
    edges: Sequence[object] = graph.edges_into(node.name, port)
    if not suggestion.before or place >= len(edges):
        return None
    edge = graph.edges_into(node.name, port)[place]
    source = graph[edge.source].position
    x, y = node.position
    new = Node(
        name=graph.free_name(suggestion.before.lower()),
        layer=suggestion.before,
        settings=suggestion.before_settings,
        position=((source[0] + x) / 2, (source[1] + y) / 2),
    )
    return Compound((insertion(graph, new, edge),))
