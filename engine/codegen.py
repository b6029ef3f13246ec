"""A document as the Python source that a careful PyTorch author would write.

The source is what trains and what is exported. It is deterministic, formatted as ruff
formats, and free of anything that is not a checked identifier or a literal of a checked
value: a hostile file cannot put code here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field

from engine.catalog import Layer, Specs, Variables
from engine.graph import Graph, Node, name_problem
from engine.layout import WIDTH, lay_out
from engine.naming import Naming, feeds

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
    modules: frozenset[str]
    """Which of math, torch and F the lines use."""


class Writer:
    """Writes one graph as a module, and remembers each node's lines between edits."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._written: dict[str, _Written] = {}
        self._naming: Naming | None = None
        self._named: tuple[int, list[str], tuple[str, ...]] = (-1, [], ())
        """What the naming was made from: as long as that holds, so does the naming."""

    def write(
        self,
        title: str,
        order: Iterable[str],
        inputs_of: OutputsOf,
        outputs_of: OutputsOf,
    ) -> GeneratedCode:
        """The source of the nodes in `order`; a node without specs is a comment."""
        names = [name for name in order if not name_problem(name)]
        known = tuple(name for name in names if inputs_of(name) and outputs_of(name))
        if self._naming is None or self._named != (self._graph.version, names, known):
            self._named = (self._graph.version, names, known)
            self._naming = Naming(self._graph, names, set(known).__contains__)
        naming = self._naming
        parts: dict[str, _Written | None] = {}
        for name in names:
            node, variables = self._graph[name], naming.assigned.get(name)
            specs, out = inputs_of(name), outputs_of(name)
            if node.type is None or variables is None or specs is None or out is None:
                parts[name] = None
            else:
                parts[name] = self._write_node(node, node.type, specs, out, variables)
        return _Assembly(self._graph, title, outputs_of, naming).join(parts)

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
            _modules("\n".join((*construction, *forward, layer.definition(values)))),
        )
        self._written[node.name] = written
        return written


_ENDS = frozenset({"Input", "Output"})


def _with_comment(lines: list[str], comment: str) -> list[str]:
    if len(lines) == 1 and len(lines[0]) + 4 + len(comment) <= WIDTH:
        return [f"{lines[0]}  # {comment}"]
    return [f"{' ' * 8}# {comment}", *lines]


class _Assembly:
    """Joins what the nodes were written as into one source file."""

    def __init__(
        self,
        graph: Graph,
        title: str,
        outputs_of: OutputsOf,
        naming: Naming,
    ) -> None:
        self._graph = graph
        self._title = title
        self._inputs: list[str] = []
        self._outputs: list[str] = []
        self._outputs_of = outputs_of
        self._naming = naming

    def join(self, parts: dict[str, _Written | None]) -> GeneratedCode:
        """The whole source, with the lines of each node."""
        ends = [node for node in self._graph if node.name in parts]
        self._inputs = [node.name for node in ends if node.layer == "Input"]
        self._outputs = [node.name for node in ends if node.layer == "Output"]
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
        head = _imports({m for part in parts.values() if part for m in part.modules})
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
        for source, port in feeds(self._graph, output):
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
        if not values or not all(values):
            return [f'{" " * 8}raise RuntimeError("the network gives no answer yet")']
        answers = ", ".join(variables[0] for variables in values if variables)
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


def _modules(code: str) -> frozenset[str]:
    return frozenset(re.findall(r"\b(math|torch|F)\.", code))


def _imports(modules: Set[str]) -> list[str]:
    """The import block that the code needs, as isort orders it."""
    lines = ["import math", ""] if "math" in modules else []
    lines += ["import torch"] if "torch" in modules else []
    lines += ["import torch.nn.functional as F"] if "F" in modules else []
    return [*lines, "from torch import Tensor, nn"]


def class_name(title: str) -> str:
    """A class name made of a document's title: `Handwritten digits` -> two words."""
    words = re.findall(r"[A-Za-z0-9]+", title)
    name = "".join(word[0].upper() + word[1:] for word in words)[:60]
    if not name or name[0].isdigit():
        name = f"Network{name}"
    return name if name not in {"Tensor", "None", "True", "False"} else f"{name}Module"
