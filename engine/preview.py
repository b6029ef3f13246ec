"""What one node makes of a real sample, while its network is still being drawn.

Only the part of the network before the node is compiled and run, so that what is
unfinished behind it does not matter. Everything here may be called on any thread, one
call at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import safetensors
import torch
from torch import Tensor, nn

from engine.blocks import REPEAT
from engine.compiler import Compiled, compile_document
from engine.data.declaration import DataInfo
from engine.data.samples import Samples
from engine.data.source import describe, load, source_of
from engine.document import DataConfig, Document
from engine.graph import Edge, Graph, Node
from engine.pretrained.needs import needs_of
from engine.pretrained.problems import missing
from engine.pretrained.providing import network_maker
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.showing.exhibit import Exhibit
from engine.showing.values import attention_exhibit, value_exhibit
from engine.storage import dumps
from engine.training.assignment import fields_of
from engine.training.inputs import input_problems

SAMPLES = 32
"""How many samples of the data one can leaf through."""
KEPT_NETWORKS = 4
KEPT_PREVIEWS = 64
_DIFFERS = ("input-differs", "vocabulary")
"""The problems of an Input that let no sample through."""
_LATER = "when training starts"
"""How the notes of data end that are not on this machine yet."""

_ATTENTION = ("MultiheadAttention", 1)
"""The layer, and the place of its output, that is a map of who looks at whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a node gives for one sample."""

    exhibits: tuple[Exhibit, ...]
    """One for each of its output ports."""
    sample: int
    """Which of the samples, from 0."""
    samples: int
    is_trained: bool | None
    """Whether the weights are those of a run; else they are drawn by the seed. None
    where no weights play a part, as at an Input."""
    made_up: tuple[str, ...] = ()
    """The Inputs that the data have nothing for: they got random numbers."""


@dataclass(frozen=True, slots=True)
class _Data:
    config: DataConfig
    info: DataInfo
    few: Samples
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Network:
    compiled: Compiled
    module: nn.Module
    is_trained: bool | None


class Previewer:
    """Computes previews; keeps the data, the newest networks and what they gave."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._data_dir = data_dir
        self._data: _Data | None = None
        self._networks: OrderedDict[tuple[str, Path | None], _Network] = OrderedDict()
        self._previews: OrderedDict[tuple[str, Path | None, int], Preview] = (
            OrderedDict()
        )

    def look(
        self,
        document: Document,
        path: Sequence[tuple[str, str | None]],
        name: str,
        sample: int = 0,
        weights: Path | None = None,
    ) -> Preview:
        """What node `name` gives for a sample. Raises Refusal where it cannot.

        `path` leads to its graph: the blocks and the nodes that use them, from the main
        graph on. `weights` are a run's; where they do not fit, the weights are drawn.
        """
        data = self._data_of(document.data)
        part = part_up_to(document, path, name)
        if not any(node.layer == "Input" for node in part.graph):
            raise Refusal(
                f"No data reaches {name} yet.",
                "Draw an edge to it from the node that feeds it.",
                code="unreached",
            )
        _refuse_what_differs(document, part, data.info)
        text = dumps(part)
        sample %= len(data.few)
        key = (text, weights, sample)
        if key not in self._previews:
            network = self._network(part, text, weights)
            graph = document.blocks[path[-1][0]].block.graph if path else document.graph
            self._previews[key] = _shown(document, network, data, sample, graph[name])
            while len(self._previews) > KEPT_PREVIEWS:
                self._previews.popitem(last=False)
        return self._previews[key]

    def _network(self, part: Document, text: str, weights: Path | None) -> _Network:
        key = (text, weights)
        if key in self._networks:
            self._networks.move_to_end(key)
            return self._networks[key]
        for need in needs_of(part):
            if not need.is_there:  # who looks at a card has not asked for a download
                told = missing(need)
                raise Refusal(told.message, "Train to get them.", code=told.code)
        compiled = compile_document(part)
        make = network_maker(part, compiled.module_class)
        with OwnChance(part.recipe.seed):
            module = make()
        module.eval()
        is_trained: bool | None = None
        if module.state_dict():
            is_trained = weights is not None and _put_some(module, weights)
        self._networks[key] = _Network(compiled, module, is_trained)
        while len(self._networks) > KEPT_NETWORKS:
            self._networks.popitem(last=False)
        return self._networks[key]

    def _data_of(self, config: DataConfig) -> _Data:
        if self._data is not None and self._data.config == config:
            return self._data
        self._previews.clear()
        info = describe(config, self._data_dir)
        if source_of(config).downloads and _LATER in info.note:
            raise Refusal(
                "There is no sample yet: the data are not on this computer.",
                "They are downloaded when training starts.",
                code="no-sample",
            )
        splits = load(config, self._data_dir)
        part = splits.test if len(splits.test) else splits.train
        few = part.batch(torch.arange(min(SAMPLES, len(part)))).to("cpu")
        self._data = _Data(config, info, few, tuple(splits.vocabulary or ()))
        return self._data


def _refuse_what_differs(document: Document, part: Document, info: DataInfo) -> None:
    """Say what the Problems tab says where the sample cannot go into the network."""
    inputs = [node.name for node in document.graph if node.layer == "Input"]
    for problem in input_problems(document, info, inputs):
        if problem.code in _DIFFERS and problem.node in part.graph:
            raise Refusal(problem.message, problem.remedy, code=problem.code)


@torch.no_grad()
def _shown(
    document: Document, network: _Network, data: _Data, number: int, node: Node
) -> Preview:
    inputs = [node.name for node in document.graph if node.layer == "Input"]
    fields = fields_of(document.graph, inputs, data.info)
    sample, made_up = data.few.batch(torch.tensor([number])), []
    given: list[Tensor] = []
    with OwnChance(number):
        for name, spec in network.compiled.inputs.items():
            field = fields[name]
            if field is not None and field in sample.inputs:
                given.append(sample.inputs[field])
            elif spec.dtype.startswith("float"):
                made_up.append(name)
                given.append(torch.randn(1, *spec.shape))
            else:
                raise Refusal(
                    f"The data have nothing for the Input {name}.",
                    "Choose its field, or other data.",
                    code="no-field",
                )
        try:
            answer = network.module(*given)
        except Exception as error:  # whatever a layer does with real numbers
            where = network.compiled.node_of(error) or "The network"
            why = str(error).strip().split("\n")[0] or type(error).__name__
            raise Refusal(
                f"{where} cannot take this sample: {why}",
                "Check that the data fit the network.",
                code="preview-failed",
            ) from error
    values = answer if isinstance(answer, tuple) else (answer,)
    return Preview(
        exhibits=tuple(
            attention_exhibit(value[0])
            if (node.layer, place) == _ATTENTION and value.dim() == 3
            else value_exhibit(value[0], _words_for(value, given, data))
            for place, value in enumerate(values)
        ),
        sample=number,
        samples=len(data.few),
        is_trained=network.is_trained,
        made_up=tuple(made_up),
    )


def _words_for(value: Tensor, given: Sequence[Tensor], data: _Data) -> tuple[str, ...]:
    """The vocabulary for a value that is the data's own tokens, not other numbers."""
    is_text = any(torch.equal(value, each) for each in given)
    return data.vocabulary if is_text else ()


def _put_some(module: nn.Module, weights: Path) -> bool:
    """Give a part of a network its weights from the whole one's; whether they fit."""
    own = module.state_dict()
    try:
        with safetensors.safe_open(weights, "pt") as file:
            names = set(file.keys())
            if not own.keys() <= names:
                return False
            found = {name: file.get_tensor(name) for name in own}
    except (OSError, safetensors.SafetensorError):
        return False
    if any(found[name].shape != own[name].shape for name in own):
        return False
    module.load_state_dict(found)
    return True


def part_up_to(
    document: Document, path: Sequence[tuple[str, str | None]], name: str
) -> Document:
    """The network that ends with one node; its nodes keep their names.

    At the end of a path of blocks only the first copy of a repeated block is taken.
    Raises Refusal inside a block that no node uses.
    """
    part = Document(name="Part", data=document.data, recipe=document.recipe)
    for layer in document.blocks.values():
        part.put_block(layer.block)
    graphs = [document.graph]
    graphs += [document.blocks[block].block.graph for block, _ in path]
    ends, end = [use for _, use in path], Node(name=name, layer="")
    if None in ends:
        raise Refusal(
            "Inside a block that was opened by itself nothing flows.",
            "Open it through a node that uses it.",
            code="no-use",
        )
    end = graphs[-1][name]
    for depth in range(len(path), 0, -1):
        block, use = path[depth - 1]
        whole = document.blocks[block].block
        cut = part.new_block(_free(f"{block}Part", part.blocks), whole.settings)
        _copy_up_to(graphs[depth], cut.graph, end, keeps_inputs=True)
        part.put_block(cut)
        outer = graphs[depth - 1][use or ""]
        settings = {
            key: value for key, value in outer.settings.items() if key != REPEAT.name
        }
        end = replace(outer, layer=cut.name, settings=settings, blocks=part.blocks)
    _copy_up_to(document.graph, part.graph, end, keeps_inputs=False)
    return part


def _copy_up_to(whole: Graph, part: Graph, end: Node, *, keeps_inputs: bool) -> None:
    """Copy what leads to a node, with that node as `end`, and Outputs behind it."""
    wanted = whole.ancestors(end.name) | {end.name}
    for node in whole:
        is_port = keeps_inputs and node.layer == "Input"
        if node.name not in wanted and not is_port:
            continue
        node = end if node.name == end.name else node
        if node.shares and node.shares not in wanted:
            node = replace(node, shares="")
        part.add_node(replace(node, frame="", position=(0.0, 0.0)))
    for edge in whole.edges:
        if edge.target in wanted:
            part.add_edge(edge)
    layer = part[end.name].type
    if layer is None or end.layer == "Output":
        return
    for port in layer.outputs:
        name = _free("shown", part.nodes)
        part.add_node(Node(name=name, layer="Output"))
        part.add_edge(Edge(end.name, port.name, name, "input"))


def _free(name: str, taken: object) -> str:
    while name in taken:  # type: ignore[operator]  # any container of names
        name += "_"
    return name
