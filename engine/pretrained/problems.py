"""What keeps a pretrained model from working as it was meant to, in plain words."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.pretrained import ImageNetNormalize, PretrainedImageModel
from engine.catalog.pretrained_text import PretrainedTextModel
from engine.data.declaration import DataInfo
from engine.data.source import SOURCES
from engine.document import Document
from engine.edits import SetData, insertion
from engine.graph import Node
from engine.pretrained.needs import Need, need_of, needs_of
from engine.problems import Fix, Problem, Severity


def pretrained_problems(document: Document, info: DataInfo) -> list[Problem]:
    """Weights that are not there, tokens of another model, pictures not normalized."""
    found = [missing(need) for need in needs_of(document) if not need.is_there]
    for node in document.graph:
        if need_of(node) is None or not _is_fed(document, node):
            continue
        if node.layer == PretrainedTextModel.__name__:
            found += _tokens(document, node, info)
        elif node.layer == PretrainedImageModel.__name__:
            found += _numbers(document, node)
    return found


def missing(need: Need) -> Problem:
    """Weights that are not on this machine, and how they come there."""
    node = need.node if not need.scope else None
    if need.is_own:
        what = "folder with a model's files" if need.is_text else "file"
        return Problem(
            code="no-weights-file",
            severity=Severity.WARNING,
            node=node,
            message=f"{need.node} loads {need.title} from {need.path}, where there is "
            f"no such {what}.",
            remedy=f"Choose another one {need.chosen_under}.",
        )
    size = f"{need.size / 1e6:,.0f} MB"
    by_hand = (
        "copy the model's folder here and choose it"
        if need.is_text
        else f"put that file into {need.path.parent}, or choose it"
    )
    return Problem(
        code="weights-missing",
        severity=Severity.WARNING,
        node=node,
        message=f"{need.node} needs the weights of {need.title} ({size}), and they are "
        "not on this machine.",
        remedy=f"Training downloads them from {need.address}; without an internet "
        f"connection, {by_hand} {need.chosen_under}.",
    )


def _is_fed(document: Document, node: Node) -> bool:
    return bool(document.graph.edges_into(node.name))


def _tokens(document: Document, node: Node, info: DataInfo) -> list[Problem]:
    """The data's tokens are not those of the model that reads them."""
    if not any(spec.dtype == "int64" for spec in info.inputs.values()):
        return []  # what does not fit is told by the Input
    wanted = node.values.folder or node.values.model
    settings = document.data.settings
    if settings.get("tokenizer", "") == wanted:
        return []
    source = SOURCES.get(document.data.source)
    found = f"{settings['tokenizer']}’s" if settings.get("tokenizer") else "its own"
    fixes: tuple[Fix, ...] = ()
    remedy = (
        "Choose data that has a setting “Tokenizer”, such as sentences with labels."
    )
    if source is not None and source.setting("tokenizer") is not None:
        data = replace(document.data, settings={**settings, "tokenizer": wanted})
        remedy = "Set the data's tokenizer to the same model."
        fixes = (Fix(label="Use the model's tokenizer", edits=(SetData(data),)),)
    return [
        Problem(
            code="other-tokens",
            node=node.name,
            message=f"{node.name} reads the tokens of {wanted}, and the data gives "
            f"{found}.",
            found=found,
            expected=wanted,
            remedy=remedy,
            fixes=fixes,
        )
    ]


def _numbers(document: Document, node: Node) -> list[Problem]:
    """The pictures are not brought to the numbers that the model was trained with."""
    graph = document.graph
    before = graph.ancestors(node.name)
    kinds = {graph[name].layer for name in before}
    if ImageNetNormalize.__name__ in kinds or not kinds <= _ONLY_PICTURES:
        return []  # what was learnt on the way may give any numbers
    edge = graph.edges_into(node.name)[0]
    source, (x, y) = graph[edge.source].position, node.position
    new = Node(
        name=graph.free_name("normalize"),
        layer=ImageNetNormalize.__name__,
        position=((source[0] + x) / 2, (source[1] + y) / 2),
    )
    return [
        Problem(
            code="not-normalized",
            severity=Severity.WARNING,
            node=node.name,
            message=f"{node.name} was trained with normalized pictures, and gets them "
            "as the data gives them: it will know little of what it sees.",
            remedy="Put an ImageNetNormalize before it.",
            fixes=(
                Fix(
                    label="Insert ImageNetNormalize",
                    edits=(insertion(graph, new, edge),),
                ),
            ),
        )
    ]


_ONLY_PICTURES = {"Input", "Upsample", "Pad", "ReflectionPad2d", "Slice"}
"""Layers that leave a picture a picture, in the same range of numbers."""
