"""One class of generated code: a graph, and what differs between its uses.

A document's main graph has one use and its class no parameters. A block has many: where
an argument is the same in all of them it is written as a number, where it differs it is
written as an expression of the block's settings, or becomes a parameter of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.blocks import Block, is_expression
from engine.catalog import Layer, Specs, TensorSpec, Variables
from engine.catalog.layer import literal
from engine.construction import Construction
from engine.expressions import ExpressionError, evaluate, names_in
from engine.graph import Graph, Node
from engine.inference import GraphInference
from engine.layout import (
    docstring,
    first_sentence,
    lay_out,
    signature,
    with_comment,
)
from engine.learning_edits import how_it_learns
from engine.naming import Naming, feeds, varying
from engine.sharing import shares_module

ENDS = frozenset({"Input", "Output"})


@dataclass(frozen=True, slots=True)
class NodeText:
    """What a node is written as in one use of its graph, and from what."""

    node: Node
    specs: Specs
    variables: Variables
    construction: Construction | None
    completion: tuple[str, ...]
    """The lines that finish what is made."""
    forward: tuple[str, ...]
    shape: str
    """What it gives, as a comment."""
    definition: str
    """A class that must stand before, for layers that bring one."""
    foreign: str
    """The part of the definition that a person wrote and must have allowed."""
    made: tuple[str, ...]
    """The lines that make it, where no argument differs between uses."""
    called: tuple[str, ...]
    """The lines of `forward` with the shape beside them."""


Construct = Callable[[Layer, Node, GraphInference], Construction | None]
"""How a node's layer is made in one use of its graph."""


class Namings:
    """The variables of a graph's nodes, the same in all its uses."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._naming: Naming | None = None
        self._named: tuple[int, list[str], frozenset[str], list[object]] | None = None

    def naming(self, names: list[str], known: frozenset[str]) -> Naming:
        """The variables of `names`; as long as the graph is the same, so are they."""
        key = (self._graph.version, names, known, varying(self._graph))
        if self._naming is None or self._named != key:
            self._named = key
            self._naming = Naming(self._graph, names, known.__contains__)
        return self._naming


class NodeTexts:
    """Writes a graph's nodes in one of its uses; remembers what has not changed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, NodeText] = {}

    def write(
        self,
        name: str,
        inference: GraphInference,
        variables: Variables,
        construct: Construct,
    ) -> NodeText | None:
        """What a node is written as; None where its shapes are not known."""
        node, layer = self._graph[name], self._graph[name].type
        specs, out = inference.inputs(name), inference.outputs(name)
        values = inference.values(name)
        if layer is None or specs is None or out is None or values is None:
            return None
        known = self._known.get(name)
        is_block = layer.family == "block"
        if (
            known is not None
            and not is_block  # its text depends on all uses of the block
            and known.node is node
            and known.specs == specs
            and known.variables == variables
        ):
            return known
        if is_block:
            forward = forward_lines(layer, values["repeat"], variables)
        else:
            forward = layer.forward(values, specs, variables)
        shares = shares_module(self._graph, node)
        construction = None if shares else construct(layer, node, inference)
        shape = _shown(out, variables).comment()
        is_made = construction is not None and not is_block
        lines = layer.completion(values, specs, f"self.{name}") if is_made else ()
        completion = tuple(part for line in lines for part in lay_out(line, 8))
        text = NodeText(
            node,
            specs,
            variables,
            construction,
            completion,
            forward,
            shape,
            "" if is_block else layer.definition(values),
            layer.foreign_code(values),
            (*_made(name, construction), *completion),
            tuple(_laid_out(forward, shape)),
        )
        if text == known:
            return known  # the same object, so that what is made of it can be kept
        self._known[name] = text
        return text


def _made(name: str, construction: Construction | None) -> tuple[str, ...]:
    if construction is None:
        return ()
    return tuple(lay_out(f"self.{name} = {construction.filled(construction.atoms)}", 8))


def _laid_out(forward: Sequence[str], shape: str) -> list[str]:
    lines = [part for line in forward[:-1] for part in lay_out(line, 8)]
    last = lay_out(forward[-1], 8)
    return [*lines, *(with_comment(last, shape) if shape else last)]


def forward_lines(layer: Layer, repeat: int, v: Variables) -> tuple[str, ...]:
    """How a block is called: its copies one after the other."""
    answers = ", ".join(name or "_" for name in v.outputs)
    if repeat == 1 or (len(v.inputs) == 1 and len(v.outputs) == 1):
        return (f"{answers} = {v.module}({', '.join(v.inputs)})",)
    first, rest = v.output, v.inputs[1:]
    start = (f"{first} = {v.input}",) if first != v.input else ()
    call = f"    {answers} = layer({', '.join([first, *rest])})"
    return (*start, f"for layer in {v.module}:", call)


def _shown(out: Specs, variables: Variables) -> TensorSpec:
    used = (spec for spec, name in zip(out, variables.outputs, strict=True) if name)
    return next(used, out[0])


@dataclass(frozen=True, slots=True)
class ClassText:
    """The lines of one class, and what its parameters are in each use."""

    name: str
    lines: list[str]
    marks: list[tuple[str, int, int]]
    """For each node the first of its lines, counted from 0, and how many."""
    parameters: dict[str, tuple[str, ...]]
    """By name, the source text of the value in each use."""
    defaults: dict[str, str]
    """By name, what a parameter is where a use leaves it out."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def construction(self, use: int) -> Construction:
        """The call that makes the class as one of its uses needs it."""
        places = ", ".join(f"{name}={{}}" for name in self.parameters)
        values = tuple(values[use] for values in self.parameters.values())
        defaults = tuple(self.defaults.get(name, "") for name in self.parameters)
        names = tuple(self.parameters)
        return Construction(f"{self.name}({places})", values, names, defaults)


class ClassWriter:
    """Writes the class of a graph for one or more uses that differ in numbers alone."""

    def __init__(
        self,
        graph: Graph,
        uses: Sequence[GraphInference],
        names: Sequence[Mapping[str, int]],
        naming: Naming,
        texts: Sequence[Mapping[str, NodeText | None]],
        block: Block | None = None,
    ) -> None:
        """`names` holds the block's settings and `texts` the nodes, for each use.

        `block` is the block whose class it is, where it is not the network's own.
        """
        self._about = first_sentence(block.help if block is not None else "")
        self._settings = block.settings if block is not None else {}
        self._graph = graph
        self._uses = uses
        self._names = names
        self._naming = naming
        self._texts = texts
        self._parameters: dict[str, tuple[str, ...]] = {}
        self._expressions = list(dict.fromkeys(_expressions(graph))) if names[0] else []

    def write(self, class_name: str) -> ClassText:
        """The class; a node that is not known yet is a comment in it."""
        nodes = [node for node in self._graph if node.name in self._texts[0]]
        inputs = tuple(node.name for node in nodes if node.layer == "Input")
        outputs = tuple(node.name for node in nodes if node.layer == "Output")
        made = {name: self._construction(name) for name in self._texts[0]}
        body = [
            f"class {class_name}(nn.Module):",
            *docstring(f"{self._docstring(inputs, outputs)}.", 4),
            "",
            *signature("__init__", self._arguments(), "None"),
            "        super().__init__()",
        ]
        marks: list[tuple[str, int, int]] = []
        for name, lines in made.items():
            if lines:
                marks.append((name, len(body), len(lines)))
                body += lines
        for name in self._texts[0]:
            node = self._graph[name]
            if node.shares and not shares_module(self._graph, node):
                # Two layers of different types have one weight.
                marks.append((name, len(body), 1))
                body += [f"        self.{name}.weight = self.{node.shares}.weight"]
        answer = f"tuple[{', '.join(['Tensor'] * len(outputs))}]"
        result = answer if len(outputs) > 1 else "Tensor"
        body += [""]
        body += signature("forward", [f"{name}: Tensor" for name in inputs], result)
        for name, text in self._texts[0].items():
            lines = self._forward(name, text)
            marks.append((name, len(body), len(lines)))
            body += lines
        returned = self._return(outputs)
        marks += [(name, len(body), len(returned)) for name in outputs]
        body += returned
        return ClassText(
            class_name, body, marks, self._parameters, self._defaults(), inputs, outputs
        )

    def _construction(self, name: str) -> list[str]:
        texts = [each[name] for each in self._texts]
        first = texts[0]
        if len(texts) == 1:
            return self._noted(name, first.made if first is not None else ())
        made = [text.construction for text in texts if text and text.construction]
        if len(made) < len(texts):
            return []
        columns = zip(*(each.atoms for each in made), strict=True)
        filled = [
            self._argument(name, argument, column)
            for argument, column in zip(made[0].names, columns, strict=True)
        ]
        lines = lay_out(f"self.{name} = {made[0].filled(filled)}", 8)
        return self._noted(name, [*lines, *(first.completion if first else ())])

    def _noted(self, name: str, lines: Sequence[str]) -> list[str]:
        """What makes a node; a comment says how training steps it, if not as others."""
        comment = how_it_learns(self._graph[name])
        return with_comment([*lines], comment) if lines and comment else [*lines]

    def _argument(self, node: str, argument: str, column: tuple[str, ...]) -> str:
        """One argument: a number, an expression of the settings, or a parameter."""
        if len(set(column)) == 1:
            return column[0]
        for expression in [*self._names[0], *self._expressions]:
            if self._values_of(expression) == column:
                for name in sorted(names_in(expression)):
                    self._parameters[name] = self._values_of(name)
                return expression
        # What is nobody's setting comes with the input: a size that two layers share.
        for name, values in self._parameters.items():
            if values == column and name not in self._names[0]:
                return name
        candidates = itertools.chain(
            (argument, f"{node}_{argument}"),
            (f"{node}_{argument}_{number}" for number in itertools.count(2)),
        )
        taken = self._names[0].keys() | self._parameters.keys()
        candidate = next(name for name in candidates if name not in taken)
        self._parameters[candidate] = column
        return candidate

    def _values_of(self, expression: str) -> tuple[str, ...]:
        try:
            return tuple(str(evaluate(expression, names)) for names in self._names)
        except ExpressionError:
            return ()

    def _arguments(self) -> list[str]:
        defaults = self._defaults()
        needed = [
            f"{name}: {_type_of(values[0])}"
            for name, values in self._parameters.items()
            if name not in defaults
        ]
        return [*needed, *(f"{name}: int = {d}" for name, d in defaults.items())]

    def _defaults(self) -> dict[str, str]:
        """The block's defaults of those parameters that most uses leave there.

        A stride of 1 goes without saying; a width that one use in four has does not.
        """
        return {
            name: default
            for name, values in self._parameters.items()
            if (default := str(self._settings.get(name, "")))
            if 2 * values.count(default) > len(values)
        }

    def _forward(self, name: str, text: NodeText | None) -> list[str]:
        layer = self._graph[name].layer
        if text is None:
            word = layer if layer.isidentifier() and layer.isascii() else "its layer"
            waiting = f"        # {name}: {word} waits until the network is mended"
            return [] if layer in ENDS else [waiting]
        if len(self._texts) == 1:
            return list(text.called)
        shapes = {each.shape for use in self._texts if (each := use[name]) is not None}
        if len(shapes) > 1:  # it differs between the uses of a block
            return _laid_out(text.forward, "")
        return list(text.called)

    def _return(self, outputs: tuple[str, ...]) -> list[str]:
        values = [self._naming.inputs(name) for name in outputs]
        if not values or not all(values):
            return ['        raise RuntimeError("the network gives no answer yet")']
        answers = ", ".join(variables[0] for variables in values if variables)
        return lay_out(f"return {answers}", 8)

    def _docstring(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> str:
        told = {
            f"{self._shapes(use, inputs, into=False)}"
            f" -> {self._shapes(use, outputs, into=True)}"
            for use in self._uses
        }
        if len(told) > 1:
            return self._about or (
                f"A block of {len(self._texts[0]) - len(inputs) - len(outputs)} nodes"
            )
        return told.pop()

    def _shapes(
        self, use: GraphInference, names: tuple[str, ...], *, into: bool
    ) -> str:
        specs = []
        for name in names:
            fed = feeds(self._graph, name)
            flow = use.flowing(*fed[0]) if into and fed else use.flowing(name, "output")
            specs.append(flow.comment() if flow else "?")
        return ", ".join(specs) or "nothing"


def _expressions(graph: Graph) -> list[str]:
    """The arithmetic that stands in a graph's settings."""
    found = []
    for node in graph:
        for setting in node.type.settings if node.type is not None else ():
            value = node.settings.get(setting.name)
            for each in value if isinstance(value, tuple) else (value,):
                if is_expression(setting, each):
                    found.append(str(each))
    return found


def _type_of(text: str) -> str:
    for kind, sign in (("tuple[int, ...]", "("), ("str", '"'), ("float", ".")):
        if sign in text and (kind == "float" or text.startswith(sign)):
            return kind
    return "bool" if text in {"True", "False"} else "int"


__all__ = [
    "ClassText",
    "ClassWriter",
    "Construct",
    "Namings",
    "NodeTexts",
    "literal",
]
