"""Gestures on whole blocks: names, settings, a copy for one use, taking one away.

Like the gestures in `engine.edits`, each only reads the document and gives an edit of
the whole document, however deep the graph lies that it touches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.blocks import REPEAT, Block, BlockLayer, is_expression
from engine.catalog import CATALOG, Setting
from engine.catalog.settings import Shape, Size
from engine.document import Document
from engine.edits import (
    AddBlock,
    AddEdge,
    AddNode,
    Compound,
    Edit,
    RemoveBlock,
    RemoveEdge,
    RemoveNode,
    RenameNode,
    SetExtras,
    SetSettings,
    within,
)
from engine.expressions import ExpressionError, evaluate, names_in
from engine.graph import Graph, Node, name_problem
from engine.problems import Refusal
from engine.sharing import groups

MAIN = ""
"""The scope of the document's own graph."""


def scopes(document: Document) -> Iterator[tuple[str, Graph]]:
    """Every graph of a document by its scope: the main one first."""
    yield MAIN, document.graph
    for name, layer in document.blocks.items():
        yield name, layer.block.graph


def users(document: Document, name: str) -> list[tuple[str, Node]]:
    """Every node that uses a block, with the scope of its graph."""
    return [
        (scope, node)
        for scope, graph in scopes(document)
        for node in graph
        if node.layer == name
    ]


# Names.


def block_problem_name(document: Document, name: str, old: str = "") -> str | None:
    """Why `name` cannot name a block, as the end of a sentence, or None.

    `old` is the name the block has now, which it may keep.
    """
    if name == old:
        return None
    problem = name_problem(name)
    if problem is not None:
        return problem
    if name in CATALOG:
        return "is the name of a layer"
    if name in document.blocks:
        return "is the name of another block"
    return None


def free_block_name(document: Document, stem: str = "Block") -> str:
    """A name that no block has: `Block`, else `Block2`, `Block3`, ..."""
    stem = stem.rstrip("0123456789") or "Block"
    candidate, number = stem, 1
    while block_problem_name(document, candidate) is not None:
        number += 1
        candidate = f"{stem}{number}"
    return candidate


def refuse_name(document: Document, name: str, old: str = "") -> None:
    """Raise Refusal where `name` cannot name a block."""
    problem = block_problem_name(document, name, old)
    if problem is not None:
        free = free_block_name(document, old or "Block")
        raise Refusal(
            f"“{name}” {problem}, so no block can be called that.",
            f"Take another name, such as {free}.",
        )


def rename_block(document: Document, old: str, new: str) -> Edit:
    """Give a block another name, in every node that uses it. Raises Refusal."""
    refuse_name(document, new, old)
    if new == old:
        return Compound(())
    index = list(document.blocks).index(old)
    block = document.blocks[old].block
    parts: list[Edit] = [AddBlock(replace(block, name=new), index)]
    for scope, node in users(document, old):
        graph = document.scoped(scope).graph
        inner = as_layer(graph, node.name, new)
        parts.append(within(new if scope == old else scope, inner))
    return Compound((*parts, *_extras_follow(document, old, new), RemoveBlock(old)))


def _extras_follow(document: Document, old: str, new: str) -> Iterator[Edit]:
    """What another version wrote of a block is kept under the block's name."""
    kept = dict(document.extras.get("blocks", {}))
    before = dict(kept)
    kept.pop(new, None)  # of an earlier block of that name
    if old in kept:
        kept[new] = kept.pop(old)
    if kept != before:
        yield SetExtras({**document.extras, "blocks": kept})


def rename_node(document: Document, scope: str, old: str, new: str) -> Edit:
    """Rename a node; where it is a port of a block, the edges of all uses follow."""
    rename = within(scope, RenameNode(old, new))
    node = document.scoped(scope).graph[old]
    if scope == MAIN or node.layer not in ("Input", "Output"):
        return rename
    parts: list[Edit] = [rename]
    for place, use in users(document, scope):
        graph = document.scoped(place).graph
        for index, edge in enumerate(graph.edges):
            moved = edge
            if edge.target == use.name and edge.target_port == old:
                moved = moved._replace(target_port=new)
            if edge.source == use.name and edge.source_port == old:
                moved = moved._replace(source_port=new)
            if moved != edge:
                swap = Compound((RemoveEdge(edge), AddEdge(moved, index)))
                parts.append(within(place, swap))
    return Compound(tuple(parts))


def make_unique(document: Document, scope: str, node: str) -> Edit:
    """Give one use of a block, and those with its weights, a definition of its own."""
    graph = document.scoped(scope).graph
    block = block_of(graph[node]).block
    name = free_block_name(document, block.name)
    alike = [
        each
        for each in groups(graph).get(node, (node,))
        if graph[each].layer == block.name
    ]
    return Compound(
        (
            AddBlock(replace(block, name=name)),
            *(within(scope, as_layer(graph, each, name)) for each in alike),
        )
    )


def block_of(node: Node) -> BlockLayer:
    """The block that a node uses; raises Refusal for a node of another kind."""
    if isinstance(node.type, BlockLayer):
        return node.type
    raise Refusal(
        f"{node.name} is a {node.layer}, and no block.", "Select a block for this."
    )


def as_layer(graph: Graph, name: str, layer: str) -> Edit:
    """Let a node be of another layer type; its edges stay as they are."""
    edges = graph.edges
    touching = [edge for edge in edges if name in (edge.source, edge.target)]
    place = list(graph.nodes).index(name)
    return Compound(
        (
            *map(RemoveEdge, touching),
            RemoveNode(name),
            AddNode(replace(graph[name], layer=layer), place),
            *(AddEdge(edge, edges.index(edge)) for edge in touching),
        )
    )


def remove_block(document: Document, name: str) -> Edit:
    """Take a block out that nobody uses; raises Refusal where somebody does."""
    found = [
        node.name if scope == MAIN else f"{node.name} in {scope}"
        for scope, node in users(document, name)
    ]
    if found:
        raise Refusal(
            f"{name} is used by {and_list(found)}, so it cannot be taken out.",
            "Expand or delete the nodes that use it first.",
        )
    return RemoveBlock(name)


# What its uses may set.


def setting_name_problem(block: Block, name: str, old: str = "") -> str | None:
    """Why `name` cannot name a setting of a block, as the end of a sentence."""
    if name == old:
        return None
    problem = name_problem(name)
    if problem is not None:
        return problem
    if name == REPEAT.name:
        return "is the setting that every block has"
    return "is the name of another setting" if name in block.settings else None


def set_block_setting(document: Document, block_name: str, name: str, to: int) -> Edit:
    """Give a block a setting, or a setting another default. Raises Refusal."""
    block = document.blocks[block_name].block
    if name not in block.settings:
        _refuse_setting(block, name)
    return AddBlock(replace(block, settings={**block.settings, name: to}))


def rename_block_setting(
    document: Document, block_name: str, old: str, new: str
) -> Edit:
    """Rename a setting where it is declared, used inside, and given. Raises Refusal."""
    block = document.blocks[block_name].block
    _refuse_setting(block, new, old)
    settings = {
        new if name == old else name: value for name, value in block.settings.items()
    }
    parts: list[Edit] = [AddBlock(replace(block, settings=settings))]
    for node in block.graph:
        changed = substituted(node, {old: new})
        if changed != dict(node.settings):
            parts.append(within(block_name, SetSettings(node.name, changed)))
    parts += _given_again(document, block_name, old, new)
    return Compound(tuple(parts))


def remove_block_setting(document: Document, block_name: str, name: str) -> Edit:
    """Take a setting away that nothing inside uses; raises Refusal where one does."""
    block = document.blocks[block_name].block
    inside = [node.name for node in block.graph if name in expression_names([node])]
    if inside:
        raise Refusal(
            f"{name} is used by {and_list(inside)}.",
            f"Give {'it a number' if len(inside) == 1 else 'them numbers'} first.",
        )
    settings = {key: value for key, value in block.settings.items() if key != name}
    return Compound(
        (
            AddBlock(replace(block, settings=settings)),
            *_given_again(document, block_name, name, None),
        )
    )


def _given_again(
    document: Document, block_name: str, old: str, new: str | None
) -> list[Edit]:
    """Every use that gives a setting gives it under its new name, or no longer."""
    return [
        within(
            scope,
            SetSettings(
                node.name,
                {
                    (new or key) if key == old else key: value
                    for key, value in node.settings.items()
                    if key != old or new is not None
                },
            ),
        )
        for scope, node in users(document, block_name)
        if old in node.settings
    ]


def _refuse_setting(block: Block, name: str, old: str = "") -> None:
    problem = setting_name_problem(block, name, old)
    if problem is not None:
        raise Refusal(
            f"“{name}” {problem}, so no setting of {block.name} can be called that.",
            "Take another name, such as width.",
        )


# Expressions in the settings of nodes.


def expression_names(nodes: Iterable[Node]) -> list[str]:
    """The names that expressions in these nodes' settings use, in order, once each."""
    found: dict[str, None] = {}
    for node in nodes:
        for text in _expressions(node):
            try:
                found |= dict.fromkeys(sorted(names_in(text)))
            except ExpressionError:
                continue  # the problem list says what is wrong with it
    return list(found)


def read_expression(
    setting: Setting, text: str, names: Mapping[str, int]
) -> tuple[Any, Any]:
    """What a setting keeps of an expression a person wrote, and its value now.

    Sizes of several dimensions are several expressions: `width × 2 * width`. Raises
    ExpressionError where there is no right value.
    """
    parts = [text.strip()]
    if isinstance(setting, (Size, Shape)):
        parts = [part.strip() for part in re.split(r"[×,]", text)]
    kept = tuple(int(part) if part.isdecimal() else part for part in parts)
    values = tuple(evaluate(str(part), names) for part in kept)
    is_one = len(parts) == 1 and not isinstance(setting, Shape)
    value = setting.normalise(values[0] if is_one else values)
    if not is_expression(setting, parts[0]):
        raise ExpressionError("takes no arithmetic")
    wrong = setting.expectation(value)
    if wrong is not None:
        raise ExpressionError(f"is {setting.show(value)}, and must be {wrong}")
    return (kept[0] if is_one else kept), value


def has_expression(setting: Setting, value: object) -> bool:
    """Whether a value is an expression, or sizes with one among them."""
    if isinstance(value, tuple):
        return any(is_expression(setting, each) for each in value)
    return is_expression(setting, value)


def _expressions(node: Node) -> Iterator[str]:
    for setting in node.type.settings if node.type is not None else ():
        value = node.settings.get(setting.name)
        for each in value if isinstance(value, tuple) else (value,):
            if is_expression(setting, each):
                yield str(each)


def substituted(node: Node, by: Mapping[str, int | str]) -> dict[str, Any]:
    """A node's settings with names in expressions replaced by numbers or expressions.

    What then holds no name any more is a number.
    """
    settings = dict(node.settings)
    for setting in node.type.settings if node.type is not None else ():
        value = settings.get(setting.name)
        if isinstance(value, tuple):
            settings[setting.name] = tuple(
                _replaced(each, by) if is_expression(setting, each) else each
                for each in value
            )
        elif is_expression(setting, value):
            settings[setting.name] = _replaced(str(value), by)
    return settings


def _replaced(text: str, by: Mapping[str, int | str]) -> int | str:
    def put(found: re.Match[str]) -> str:
        value = str(by.get(found[0], found[0]))
        return value if value.isidentifier() or value.isdecimal() else f"({value})"

    try:
        names_in(text)
        replaced = re.sub(r"[A-Za-z_]\w*", put, text)
        if names_in(replaced):
            return _plain(replaced)
        return evaluate(replaced, {})
    except ExpressionError:
        return text  # the problem list says what is wrong with it


def _plain(text: str) -> str:
    """An expression without brackets it does not need."""
    return ast.unparse(ast.parse(text, mode="eval"))


def and_list(names: Sequence[str], most: int = 3) -> str:
    """Names as a person lists them: `a, b and c`, `a, b, c and 4 more`.

    One alone is never "1 more": its name takes no more room.
    """
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
