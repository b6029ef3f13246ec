"""Imports a network: made, run once, drawn, and compared with what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.allowed_code import ALLOWED
from engine.catalog.python import taken_names
from engine.document import Document
from engine.foreign_code import carried
from engine.graph import Edge, Graph, Node
from engine.importing.constructors import noted_arguments
from engine.importing.data import take_fitting_data
from engine.importing.definitions import (
    found_beside,
    network_of_file,
    network_of_package,
    read_code,
)
from engine.importing.drawing import draw
from engine.importing.families import Families
from engine.importing.picture import Picture
from engine.importing.recording import Recorder, Scope, Untraceable
from engine.importing.sameness import Sameness, compare
from engine.importing.samples import Sample, guesses
from engine.problems import Refusal
from engine.tidying import tidy

BATCH = 3
"""Samples of the run: a number that few networks use as a size."""
_CARD = (152.0, 72.0)
"""About as large as a card is drawn; the window tidies up by what it draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A document, and how far it is the network that it was made of."""

    document: Document
    samples: tuple[Sample, ...]
    """What one sample of each input looks like."""
    sameness: Sameness


def import_network(
    target: str,
    *,
    network: str = "",
    arguments: str = "",
    samples: Sequence[Sample] = (),
    code: str | None = None,
) -> Imported:
    """The document of a network in a Python file, or of an installed package's.

    `target` is a file, or `package.module:name`; `code` is what a person has read in
    the file, taken instead of what stands there now. Runs the network's code: whoever
    calls has asked. Raises Refusal in plain words where it cannot be made, run or
    drawn.
    """
    torch.manual_seed(0)
    with noted_arguments():
        if not target.endswith(".py"):
            return drawn_network(network_of_package(target, arguments), samples)
        path = Path(target)
        with found_beside(path):
            read = code if code is not None else read_code(path)
            made = network_of_file(read, path.name, network, arguments)
            return drawn_network(made, samples)


def drawn_network(made: nn.Module, samples: Sequence[Sample] = ()) -> Imported:
    """The document of a network that was made under `noted_arguments`."""
    made = made.eval().cpu()
    scope, inputs, used = _run(made, samples)
    picture = draw(scope)
    document = _document(picture, used)
    _allow_calls(document)
    answers = [value.shape[1:] for value in picture.scope.outputs]
    take_fitting_data(document, used, answers)
    return Imported(
        document=document,
        samples=used,
        sameness=compare(document, picture, made, inputs),
    )


def _run(
    made: nn.Module, samples: Sequence[Sample]
) -> tuple[Scope, list[Tensor], tuple[Sample, ...]]:
    tries = [tuple(samples)] if samples else list(guesses(made))
    first: Exception | None = None
    for each in tries:
        torch.manual_seed(0)
        inputs = [sample.batch(BATCH) for sample in each]
        recorder = Recorder(made)
        try:
            return recorder.run(made, inputs), inputs, each
        except Untraceable as error:
            raise Refusal(
                f"{error.args[0] or 'The network'} gives something that does not come "
                "from its input.",
                "Import the part of it alone that computes.",
                code="not-importable",
            ) from None
        except Refusal:
            raise
        except Exception as error:
            first = first or error
    shown = " and ".join(str(each) for each in tries[0]) if tries else "nothing"
    said = re.sub(r"\s+", " ", str(first)).rstrip(".")
    raise Refusal(
        f"The network cannot read samples of {shown}: {said}.",
        "Say what one sample looks like, as 3 × 224 × 224.",
        code="no-sample",
    ) from first


def _document(picture: Picture, samples: Sequence[Sample]) -> Document:
    title = picture.title
    families = Families(picture, taken_names() | {title})
    document = Document(name=title)
    for family in families.all:
        first = family.pictures[0]
        block = document.new_block(
            family.name,
            {name: values[0] for name, values in family.settings.items()},
            _help(first.scope.module),
        )
        _fill(block.graph, first, families, family.texts)
        document.put_block(block)
    _fill(document.graph, picture, families, {}, samples)
    return document


def _help(module: nn.Module) -> str:
    # A class without a docstring has its base's, which is about nn.Module.
    text = type(module).__dict__.get("__doc__") or ""
    return text.strip().split("\n\n")[0].replace("\n", " ")[:400]


def _fill(
    graph: Graph,
    picture: Picture,
    families: Families,
    texts: dict[tuple[str, str], str | int],
    samples: Sequence[Sample] = (),
) -> None:
    """Put a picture's nodes and edges into a graph, in tidy places."""
    nodes = [
        Node(name=name, layer="Input", settings=sample.settings)
        for name, sample in _entries(picture, samples)
    ]
    for node in picture.nodes:
        settings = dict(families.settings_of(node))
        settings |= {
            setting: text
            for (name, setting), text in texts.items()
            if name == node.name
        }
        layer = node.layer or families.of_node(node).name
        nodes.append(
            Node(name=node.name, layer=layer, settings=settings, shares=node.shares)
        )
    nodes += [Node(name=name, layer="Output") for name, _ in picture.outputs]
    edges = [
        Edge(*source, node.name, port)
        for node in picture.nodes
        for port, source in node.inputs
    ]
    edges += [Edge(*source, name, "input") for name, source in picture.outputs]
    places = tidy(
        {node.name: _CARD for node in nodes},
        ((edge.source, edge.target) for edge in edges),
    )
    for each in nodes:
        graph.add_node(replace(each, position=places[each.name]))
    for edge in edges:
        graph.add_edge(edge)


def _entries(
    picture: Picture, samples: Sequence[Sample]
) -> Iterator[tuple[str, Sample]]:
    for place, name in enumerate(picture.inputs):
        value = picture.scope.inputs[place]
        seen = Sample(shape=value.shape[1:], is_whole=not value.dtype.is_floating_point)
        yield name, samples[place] if samples else seen


def _allow_calls(document: Document) -> None:
    """Let the Python layers run: they only call what the network itself called."""
    for each in carried(document):
        ALLOWED.allow(each.code)
