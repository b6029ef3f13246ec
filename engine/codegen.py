"""A document as the Python source that a careful PyTorch author would write.

The source is what trains and what is exported. It is deterministic, formatted as ruff
formats, and free of anything that is not a checked identifier or a literal of a checked
value: a hostile file cannot put code here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from engine.catalog import Layer, Specs, Variables
from engine.graph import Graph, Node, name_problem
from engine.layout import WIDTH, lay_out

OutputsOf = Callable[[str], Specs | None]
"""What a node gives, by output port; None where that is not known."""


@dataclass(frozen=True, slots=True)
class GeneratedCode:
    """Source text, and which of its lines each node is responsible for."""

    source: str
    class_name: str
    lines: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Line numbers from 1, by node."""
    inputs: tuple[str, ...] = ()
    """The arguments of `forward`: Input nodes in the document's order."""
    outputs: tuple[str, ...] = ()
    """The Output nodes in the order in which `forward` returns them."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What a node was written as, and from what: kept until that changes."""

    node: Node
    specs: Specs
    variables: Variables
    construction: tuple[str, ...]
    forward: tuple[str, ...]
    definition: str


class Writer:
    """Writes one graph as a module, and remembers each node's lines between edits."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._written: dict[str, _Written] = {}

    def write(
        self,
        title: str,
        order: Iterable[str],
        inputs_of: OutputsOf,
        outputs_of: OutputsOf,
    ) -> GeneratedCode:
        """The source of the nodes in `order`; a node without specs is a comment."""
        nodes = [self._graph[name] for name in order]
        named = [node for node in nodes if not name_problem(node.name)]
        inputs = [
            node.name for node in self._graph if node in named and node.layer == "Input"
        ]
        outputs = [
            node.name
            for node in self._graph
            if node in named and node.layer == "Output"
        ]
        naming = _Naming(self._graph, [node.name for node in named])
        parts: dict[str, _Written | None] = {}
        for node in named:
            specs, out = inputs_of(node.name), outputs_of(node.name)
            layer = node.type
            if layer is None or specs is None or out is None or layer.name in _ENDS:
                naming.skip(node.name)
                parts[node.name] = None
                continue
            variables = naming.variables(node.name, layer)
            parts[node.name] = self._write_node(node, layer, specs, out, variables)
        return _Assembly(self._graph, title, inputs, outputs, outputs_of, naming).join(
            parts
        )

    def _write_node(
        self, node: Node, layer: Layer, specs: Specs, out: Specs, variables: Variables
    ) -> _Written:
        known = self._written.get(node.name)
        if (
            known is not None
            and known.node is node
            and known.specs == specs
            and known.variables == variables
        ):
            return known
        values = node.values
        call = layer.constructor(values, specs)
        construction: list[str] = []
        if call is not None:
            construction = lay_out(f"self.{node.name} = {call}", 8)
        shown = next(
            (spec for spec, name in zip(out, variables.outputs, strict=True) if name),
            out[0],
        )
        lines = list(layer.forward(values, specs, variables))
        forward = [text for line in lines[:-1] for text in lay_out(line, 8)]
        forward += _with_comment(lay_out(lines[-1], 8), shown.comment())
        written = _Written(
            node,
            specs,
            variables,
            tuple(construction),
            tuple(forward),
            layer.definition(values),
        )
        self._written[node.name] = written
        return written


_ENDS = frozenset({"Input", "Output"})


def _with_comment(lines: list[str], comment: str) -> list[str]:
    if len(lines) == 1 and len(lines[0]) + 4 + len(comment) <= WIDTH:
        return [f"{lines[0]}  # {comment}"]
    return [f"{' ' * 8}# {comment}", *lines]


class _Naming:
    """Gives every value a variable as a person would: `x` for the running one.

    A node's result takes the variable of an input that nobody needs afterwards; a
    branch is called after the node that begins it.
    """

    def __init__(self, graph: Graph, order: Sequence[str]) -> None:
        self._graph = graph
        self._uses: Counter[tuple[str, str]] = Counter()
        within = set(order)
        self._feeds: dict[str, list[tuple[str, str]]] = {}
        for name in order:
            feeds = _feeds(graph, name)
            self._feeds[name] = feeds
            if graph[name].layer != "Input":
                self._uses.update(feed for feed in set(feeds) if feed[0] in within)
        self._taken = set(graph.nodes)
        self.variable: dict[tuple[str, str], str] = {}
        """The variable that holds each value, by node and output port."""
        self._arguments = {name for name in order if graph[name].layer == "Input"}
        for name in self._arguments:
            self.variable[name, "output"] = name

    def skip(self, name: str) -> None:
        """A node that is not written: what it would have used is not counted."""

    def inputs(self, name: str) -> list[str]:
        """The variables that hold what a node takes, those that are written."""
        feeds = self._feeds[name]
        return [self.variable[feed] for feed in feeds if feed in self.variable]

    def variables(self, name: str, layer: Layer) -> Variables:
        """The names for one node's lines; what they free is free for the next."""
        feeds = self._feeds[name]
        inputs = tuple(self.inputs(name))
        for feed in set(feeds):
            self._uses[feed] -= 1
        dying = [
            variable
            for feed, variable in zip(feeds, inputs, strict=True)
            if self._uses[feed] == 0 and variable not in self._arguments
        ]
        live = {
            variable
            for value, variable in self.variable.items()
            if self._uses[value] > 0
        }
        used = [port.name for port in layer.outputs if self._uses[name, port.name] > 0]
        used = used or [layer.outputs[0].name]
        outputs: list[str | None] = []
        for port in layer.outputs:
            if port.name not in used:
                outputs.append(None)
                continue
            chosen = self._choose(name, port.name, dying, live, len(used) > 1)
            live.add(chosen)
            self.variable[name, port.name] = chosen
            outputs.append(chosen)
        for feed in set(feeds):
            if self._uses[feed] <= 0:
                self.variable.pop(feed, None)
        return Variables(f"self.{name}", inputs, tuple(outputs))

    def _choose(
        self, name: str, port: str, dying: list[str], live: set[str], many: bool
    ) -> str:
        if many:
            chosen = f"{name}_{port}"
            while chosen in self._taken:
                chosen += "_"
            return chosen
        if "x" in dying or (not dying and "x" not in live):
            return "x"
        return dying[0] if dying else name


def _feeds(graph: Graph, name: str) -> list[tuple[str, str]]:
    """The values a node takes, one for each spec: an open port takes another's."""
    layer = graph[name].type
    if layer is None:
        return []
    feeds: dict[str, list[tuple[str, str]]] = {}
    for port in layer.inputs:
        edges = graph.edges_into(name, port.name)
        taken = edges if port.variadic else edges[:1]
        feeds[port.name] = [(edge.source, edge.source_port) for edge in taken]
        if not taken and port.follows:
            feeds[port.name] = feeds.get(port.follows, [])
    return [feed for port in feeds.values() for feed in port]


class _Assembly:
    """Joins what the nodes were written as into one source file."""

    def __init__(
        self,
        graph: Graph,
        title: str,
        inputs: list[str],
        outputs: list[str],
        outputs_of: OutputsOf,
        naming: _Naming,
    ) -> None:
        self._graph = graph
        self._title = title
        self._inputs = inputs
        self._outputs = outputs
        self._outputs_of = outputs_of
        self._naming = naming

    def join(self, parts: dict[str, _Written | None]) -> GeneratedCode:
        """The whole source, with the lines of each node."""
        definitions = dict.fromkeys(
            part.definition for part in parts.values() if part and part.definition
        )
        name = class_name(self._title)
        if any(f"class {name}(" in definition for definition in definitions):
            name += "Module"
        body = [*_indented_header(name, self._docstring())]
        marks: list[tuple[str, int, int]] = []
        for node, part in parts.items():
            if part is not None and part.construction:
                marks.append((node, len(body), len(part.construction)))
                body += part.construction
        body += ["", *self._signature()]
        for node, part in parts.items():
            lines = part.forward if part is not None else self._comment(node)
            marks.append((node, len(body), len(lines)))
            body += lines
        returned = self._return()
        marks += [(node, len(body), len(returned)) for node in self._outputs]
        body += returned
        head = _imports("\n".join([*definitions, *body]))
        for definition in definitions:
            head += ["", "", *definition.strip("\n").split("\n")]
        head += ["", ""]
        lines_of: dict[str, list[int]] = {}
        for node, start, count in marks:
            first = len(head) + start + 1
            lines_of.setdefault(node, []).extend(range(first, first + count))
        return GeneratedCode(
            "\n".join([*head, *body]) + "\n",
            name,
            {node: tuple(numbers) for node, numbers in lines_of.items()},
            tuple(self._inputs),
            tuple(self._outputs),
        )

    def _docstring(self) -> str:
        given = [self._outputs_of(name) for name in self._inputs]
        taken = [self._naming_spec(name) for name in self._outputs]
        shapes = [
            ", ".join(spec for spec in side) or "nothing"
            for side in (
                [specs[0].comment() if specs else "?" for specs in given],
                taken,
            )
        ]
        return f"{shapes[0]} -> {shapes[1]}"

    def _naming_spec(self, output: str) -> str:
        for source, port in _feeds(self._graph, output):
            specs = self._outputs_of(source)
            layer = self._graph[source].type if source in self._graph else None
            index = layer.output_index(port) if layer is not None else None
            if specs is not None and index is not None:
                return specs[index].comment()
        return "?"

    def _signature(self) -> list[str]:
        arguments = ["self", *(f"{name}: Tensor" for name in self._inputs)]
        many = len(self._outputs) > 1
        result = f"tuple[{', '.join(['Tensor'] * len(self._outputs))}]"
        end = f") -> {result if many else 'Tensor'}:"
        line = f"    def forward({', '.join(arguments)}{end}"
        if len(line) <= WIDTH:
            return [line]
        inner = f"{' ' * 8}{', '.join(arguments)}"
        if len(inner) <= WIDTH:
            return ["    def forward(", inner, f"    {end}"]
        split = [f"{' ' * 8}{argument}," for argument in arguments]
        return ["    def forward(", *split, f"    {end}"]

    def _return(self) -> list[str]:
        values = [self._naming.inputs(name) for name in self._outputs]
        if not all(values):
            return [f'{" " * 8}raise RuntimeError("the network gives no answer yet")']
        answers = ", ".join(variables[0] for variables in values)
        return lay_out(f"return {answers}", 8)

    def _comment(self, name: str) -> list[str]:
        node = self._graph[name]
        if node.layer in _ENDS:
            return []
        return [f"{' ' * 8}# {name}: {_word(node.layer)} waits until its input fits"]


def _word(text: str) -> str:
    return text if text.isidentifier() and text.isascii() else "an unknown layer"


def _indented_header(name: str, docstring: str) -> list[str]:
    return [
        f"class {name}(nn.Module):",
        f'    """{docstring}."""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
    ]


def _imports(code: str) -> list[str]:
    """The import block that the code needs, as isort orders it."""
    plain = [
        f"import {module}" for module in ("math",) if re.search(rf"\b{module}\.", code)
    ]
    torch = ["import torch"] if re.search(r"\btorch\.", code) else []
    if re.search(r"\bF\.", code):
        torch.append("import torch.nn.functional as F")
    return [*plain, *[""] * bool(plain), *torch, "from torch import Tensor, nn"]


def class_name(title: str) -> str:
    """A class name made of a document's title: `Handwritten digits` -> two words."""
    words = re.findall(r"[A-Za-z0-9]+", title)
    name = "".join(word[0].upper() + word[1:] for word in words)[:60]
    if not name or name[0].isdigit():
        name = f"Network{name}"
    return name if name not in {"Tensor", "None", "True", "False"} else f"{name}Module"
