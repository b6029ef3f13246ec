"""A document as the Python source that a careful PyTorch author would write.

The source is what trains and what is exported. It is deterministic, formatted as ruff
formats, and free of anything that is not a checked identifier or a literal of a checked
value: a hostile file cannot put code here. The one exception are the classes of Python
layers, which stand here as they were written, once they were allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import is_

from engine.block_inference import BlockInference, BlockUse
from engine.blocks import Block, BlockLayer
from engine.catalog import Layer
from engine.catalog.python import Python
from engine.class_writer import (
    ClassText,
    ClassWriter,
    Construct,
    Namings,
    NodeText,
    NodeTexts,
)
from engine.construction import Construction
from engine.graph import Graph, Node, name_problem
from engine.inference import GraphInference
from engine.naming import Naming


@dataclass(frozen=True, slots=True)
class GeneratedCode:
    """Source text, and which of its lines each node is responsible for."""

    source: str
    class_name: str
    lines: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Line numbers from 1, by node; `Block/node` for a node inside a block."""
    inputs: tuple[str, ...] = ()
    """The arguments of `forward`: Input nodes in the document's order."""
    outputs: tuple[str, ...] = ()
    """The Output nodes in the order in which `forward` returns them."""
    foreign: tuple[str, ...] = ()
    """The code of Python layers in it, each text as it has to be allowed."""


class Writer:
    """Writes a document's source; remembers between edits what they leave alone."""

    def __init__(self, graph: Graph, blocks: Mapping[str, BlockLayer]) -> None:
        self._graph = graph
        self._blocks = blocks
        self._main = _GraphTexts(graph)
        self._inner: dict[str, _GraphTexts] = {}

    def write(
        self, title: str, main: GraphInference, blocks: BlockInference
    ) -> GeneratedCode:
        """The source of what reaches an output; a node without shapes is a comment."""
        own = _own_classes(
            [self._graph, *(b.block.graph for b in self._blocks.values())]
        )
        uses = blocks.live_uses(main)
        self._inner = {
            name: texts
            if (texts := self._inner.get(name)) and texts.is_of(uses[name])
            else _GraphTexts(self._blocks[name].block.graph)
            for name in uses
        }
        classes = _BlockClasses(blocks, uses, self._inner, own)
        nodes = self._main.write(main, classes.construct)
        name = class_name(title)
        known = [text for text in (*classes.texts, *nodes.values()) if text is not None]
        definitions = list(dict.fromkeys(t.definition for t in known if t.definition))
        taken = "\n".join(definitions)
        while f"class {name}(" in taken or name in classes.taken:
            name += "Module"
        naming = self._main.naming(nodes, main)
        writer = ClassWriter(self._graph, [main], [{}], naming, [nodes])
        written = [*classes.written, ("", writer.write(name))]
        foreign = tuple(dict.fromkeys(t.foreign for t in known if t.foreign))
        return replace(_join(name, definitions, written), foreign=foreign)


def _own_classes(graphs: Iterable[Graph]) -> set[str]:
    """What the code of Python layers calls its classes."""
    return {
        layer.class_name
        for graph in graphs
        for node in graph
        if node.layer == Python.__name__ and isinstance(layer := node.type, Python)
    }


_Texts = dict[str, NodeText | None]
"""Each node of a network as text, in running order."""


class _GraphTexts:
    """The nodes of one graph as text, in each of its uses, and its last class."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._namings = Namings(graph)
        self._of_use: dict[GraphInference, NodeTexts] = {}
        self._classes: dict[str, tuple[list[BlockUse], list[_Texts], ClassText]] = {}

    def is_of(self, uses: Sequence[BlockUse]) -> bool:
        """Whether it is about these uses' graph; lets go of what it knows of others."""
        live = {use.inference for use in uses}
        self._of_use = {each: t for each, t in self._of_use.items() if each in live}
        return all(use.layer.block.graph is self._graph for use in uses)

    def write(self, inference: GraphInference, construct: Construct) -> _Texts:
        """The nodes in one use."""
        names = [name for name in inference.network if not name_problem(name)]
        naming = self._namings.naming(names, _known(names, inference))
        writer = self._of_use.setdefault(inference, NodeTexts(self._graph))
        texts: _Texts = {}
        for name in names:
            variables = naming.assigned.get(name)
            texts[name] = (
                None
                if variables is None
                else writer.write(name, inference, variables, construct)
            )
        return texts

    def naming(self, texts: _Texts, inference: GraphInference) -> Naming:
        """The variables that `texts` were written with."""
        names = list(texts)
        return self._namings.naming(names, _known(names, inference))

    def class_of(
        self, name: str, block: Block, uses: list[BlockUse], texts: list[_Texts]
    ) -> ClassText:
        """The class for some uses: the one written last, if nothing in it changed."""
        last = self._classes.get(name)
        if last is not None and uses == last[0] and _are_same(texts, last[1]):
            return last[2]
        text = ClassWriter(
            self._graph,
            [use.inference for use in uses],
            [dict(use.values) for use in uses],
            self.naming(texts[0], uses[0].inference),
            texts,
            block,
        ).write(name)
        self._classes[name] = (uses, texts, text)
        return text


def _are_same(texts: Sequence[_Texts], others: Sequence[_Texts]) -> bool:
    """Whether two lists hold the very same texts; to compare them would be slower."""
    return len(texts) == len(others) and all(
        mine.keys() == its.keys() and all(map(is_, mine.values(), its.values()))
        for mine, its in zip(texts, others, strict=True)
    )


def _known(names: Iterable[str], inference: GraphInference) -> frozenset[str]:
    return frozenset(
        name for name in names if inference.inputs(name) and inference.outputs(name)
    )


class _BlockClasses:
    """The classes of a document's blocks, written when a node first needs one."""

    def __init__(
        self,
        blocks: BlockInference,
        uses: Mapping[str, list[BlockUse]],
        texts: Mapping[str, _GraphTexts],
        taken: set[str],
    ) -> None:
        """By block its `uses` and `texts`; `taken` are names of other classes."""
        self._inference = blocks
        self._uses = uses
        self._graphs = texts
        self._of_use: dict[BlockUse, tuple[ClassText, int]] = {}
        self._done: set[str] = set()
        self.written: list[tuple[str, ClassText]] = []
        """Each with the name of its block; those used inside others come first."""
        self.texts: list[NodeText] = []
        self.taken = taken

    def construct(
        self, layer: Layer, node: Node, inference: GraphInference
    ) -> Construction | None:
        """How a node's layer is made: for a block, its copies in a row."""
        values, specs = inference.values(node.name), inference.inputs(node.name)
        if values is None or specs is None:
            return None
        if not isinstance(layer, BlockLayer):
            call = layer.constructor(values, specs)
            return None if call is None else Construction.of(call)
        if layer.name not in self._done:
            self._done.add(layer.name)
            self._write(layer)
        copies = [
            self._construction(use)
            for use in self._inference.uses(layer, values, specs)
        ]
        plain = len(layer.inputs) == 1 and len(layer.outputs) == 1
        return _in_a_row(copies, "nn.Sequential" if plain else "nn.ModuleList")

    def _construction(self, use: BlockUse) -> Construction:
        text, number = self._of_use[use]
        return text.construction(number)

    def _write(self, layer: BlockLayer) -> None:
        """Write a block's class; a second where uses differ in more than numbers."""
        graph = self._graphs[layer.name]
        groups: dict[object, list[tuple[BlockUse, _Texts]]] = {}
        for use in self._uses[layer.name]:
            texts = graph.write(use.inference, self.construct)
            groups.setdefault(_signature_of(texts), []).append((use, texts))
        for number, group in enumerate(groups.values(), start=1):
            uses, nodes = [use for use, _ in group], [texts for _, texts in group]
            name = self._free_name(layer.name, number)
            text = graph.class_of(name, layer.block, uses, nodes)
            self.written.append((layer.name, text))
            self.texts += [each for each in nodes[0].values() if each is not None]
            for place, use in enumerate(uses):
                self._of_use[use] = (text, place)

    def _free_name(self, name: str, number: int) -> str:
        candidate = class_name(name) + (str(number) if number > 1 else "")
        while candidate in self.taken:
            candidate += "_"
        self.taken.add(candidate)
        return candidate


def _signature_of(texts: _Texts) -> object:
    return tuple(
        (name, text.construction.template if text.construction else "", text.forward)
        if text is not None
        else (name, "", ())
        for name, text in texts.items()
    )


def _in_a_row(copies: Sequence[Construction], container: str) -> Construction:
    """Several copies as a Sequential or a ModuleList, as short as an author would."""
    first, last = copies[0], copies[-1]
    if len(copies) == 1:
        return first
    same = all(copy == last for copy in copies[1:])
    opening, closing = ("(", ")") if container == "nn.Sequential" else ("([", "])")
    if same and first == last:
        start: list[Construction] = []
    elif same and len(copies) > 2:
        start = [first]
    elif (counted := _counted(copies, opening, closing, container)) is not None:
        return counted
    else:
        inner = ", ".join(copy.template for copy in copies)
        return Construction(
            f"{container}{opening}{inner}{closing}",
            tuple(atom for copy in copies for atom in copy.atoms),
            tuple(name for copy in copies for name in copy.names),
            tuple(default for copy in copies for default in copy.defaults),
        )
    before = "".join(f"{copy.template}, " for copy in start)
    many = f"*({last.template} for _ in range({{}}))"
    if not start and container == "nn.ModuleList":
        many = f"{last.template} for _ in range({{}})"
        opening, closing = "(", ")"
    return Construction(
        f"{container}{opening}{before}{many}{closing}",
        (
            *(a for c in start for a in c.atoms),
            *last.atoms,
            str(len(copies) - len(start)),
        ),
        (*(n for c in start for n in c.names), *last.names, "repeat"),
        (*(d for c in start for d in c.defaults), *last.defaults, ""),
    )


def _counted(
    copies: Sequence[Construction], opening: str, closing: str, container: str
) -> Construction | None:
    """Three or more copies in which one number grows evenly, as a loop over a range."""
    columns = list(zip(*(copy.atoms for copy in copies), strict=True))
    varying = [place for place, column in enumerate(columns) if len({*column}) > 1]
    if len(copies) < 3 or len({copy.template for copy in copies}) > 1:
        return None
    if len(varying) != 1 or not all(text.isdecimal() for text in columns[varying[0]]):
        return None
    place = varying[0]
    sizes = [int(text) for text in columns[place]]
    step = sizes[1] - sizes[0]
    if step < 1 or sizes != list(range(sizes[0], sizes[0] + step * len(sizes), step)):
        return None
    first = copies[0]
    places = ["{}"] * len(first.atoms)
    places[place] = "x"  # no setting can be called so
    one = first.template.format(*places)
    loop = f"{one} for x in range({{}}, {{}}, {{}})"
    many = loop if container == "nn.ModuleList" else f"*({loop})"
    if container == "nn.ModuleList":
        opening, closing = "(", ")"
    rest = [index for index in range(len(first.atoms)) if index != place]
    name = first.names[place]
    return Construction(
        f"{container}{opening}{many}{closing}",
        (
            *(first.atoms[index] for index in rest),
            str(sizes[0]),
            str(sizes[-1] + step),
            str(step),
        ),
        (
            *(first.names[i] for i in rest),
            f"first_{name}",
            f"end_{name}",
            f"{name}_step",
        ),
        (*(first.defaults[index] for index in rest), "", "", ""),
    )


def _join(
    name: str, definitions: Iterable[str], written: Sequence[tuple[str, ClassText]]
) -> GeneratedCode:
    """The whole source, with the lines of each node."""
    classes = [definition.strip("\n").split("\n") for definition in definitions]
    classes += [text.lines for _, text in written]
    lines = _imports("\n".join(line for each in classes for line in each))
    lines_of: dict[str, list[int]] = {}
    starts = []
    for each in classes:
        lines += ["", ""]
        starts.append(len(lines))
        lines += each
    for (scope, text), start in zip(
        written, starts[len(classes) - len(written) :], strict=True
    ):
        for node, first, count in text.marks:
            key = f"{scope}/{node}" if scope else node
            begin = start + first + 1
            lines_of.setdefault(key, []).extend(range(begin, begin + count))
    main = written[-1][1]
    return GeneratedCode(
        "\n".join(lines) + "\n",
        name,
        {node: tuple(numbers) for node, numbers in lines_of.items()},
        main.inputs,
        main.outputs,
    )


_LIBRARIES = ("torchvision", "transformers")
"""What pretrained models are made by."""


def _imports(code: str) -> list[str]:
    """The import block that the code needs, as isort orders it."""
    modules = {
        name
        for name in ("math", "torch", "F", *_LIBRARIES)
        # Looking for plain text first: the pattern alone takes a millisecond.
        if f"{name}." in code and re.search(rf"(?<![\w.]){name}\.", code)
    }
    lines = ["import math", ""] if "math" in modules else []
    lines += ["import torch"] if "torch" in modules else []
    lines += ["import torch.nn.functional as F"] if "F" in modules else []
    lines += [f"import {each}" for each in _LIBRARIES if each in modules]
    return [*lines, "from torch import Tensor, nn"]


def class_name(title: str) -> str:
    """A class name made of a document's title: `Handwritten digits` -> two words."""
    words = re.findall(r"[A-Za-z0-9]+", title)
    name = "".join(word[0].upper() + word[1:] for word in words)[:60]
    if not name or name[0].isdigit():
        name = f"Network{name}"
    return f"{name}Module" if name in {"Tensor", "None", "True", "False"} else name
