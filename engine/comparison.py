"""What differs between two documents, in words that fit beside a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.document import DataConfig, Document
from engine.graph import Edge, Graph, Node
from engine.recipe import RECIPE_SETTINGS, Recipe

_MOST_NAMES = 4


def compare(before: Document, after: Document) -> list[str]:
    """How `after` differs from `before`, a line for each matter; [] for equal ones."""
    lines = []
    if before.name != after.name:
        lines.append(f"Title: {before.name} → {after.name}")
    lines += _graph_lines(before.graph, after.graph)
    lines += _block_lines(before, after)
    lines += _data_lines(before.data, after.data)
    lines += _recipe_lines(before.recipe, after.recipe)
    if before.extras != after.extras:
        lines.append("What another version of Espalier keeps in the file differs")
    if not lines and before != after:
        lines.append("The same nodes and edges, in another order")
    return lines


def shortened(lines: Sequence[str], most: int) -> list[str]:
    """At most so many lines; the last tells how many there would be more."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"and {len(lines) - most + 1} more changes"]


def _graph_lines(before: Graph, after: Graph) -> list[str]:
    renamed = _renamed(before, after)
    come = [each for each in after if each.name not in before]
    gone = [each for each in before if each.name not in after]
    lines = _listed(
        "node",
        [_titled(node) for node in come if node.name not in renamed.values()],
        [_titled(node) for node in gone if node.name not in renamed],
    )
    lines += [f"{old} renamed to {new}" for old, new in renamed.items()]
    moved = []
    for node in before:
        other = after.nodes.get(node.name)
        if other is None:
            continue
        changes = _node_changes(node, other)
        if changes:
            lines.append(f"{node.name}: {', '.join(changes)}")
        if node.position != other.position:
            moved.append(node.name)
    lines += _edge_lines(before, after, renamed)
    lines += _annotation_lines(before, after)
    if moved:
        lines.append(f"{moved[0] if len(moved) == 1 else f'{len(moved)} nodes'} moved")
    return lines


def _titled(node: Node) -> str:
    return f"{node.name} ({node.layer})"


def _renamed(before: Graph, after: Graph) -> dict[str, str]:
    """Nodes that only have another name now: all else of them is found again."""
    come: dict[tuple[str, tuple[float, float]], list[Node]] = {}
    for node in after:
        if node.name not in before:
            come.setdefault((node.layer, node.position), []).append(node)
    found: dict[str, str] = {}
    for node in before:
        if node.name in after:
            continue
        like = come.get((node.layer, node.position), [])
        like = [each for each in like if each.settings == node.settings]
        if len(like) == 1 and like[0].name not in found.values():
            found[node.name] = like[0].name
    return found


def _node_changes(before: Node, after: Node) -> list[str]:
    if before.layer != after.layer:
        return [f"{before.layer} → {after.layer}"]
    changes = _changes(_settings(before), _settings(after))
    if before.shares != after.shares:
        changes.append(f"{_weights(before)} → {_weights(after)}")
    if before.bypassed != after.bypassed:
        changes.append("bypassed" if after.bypassed else "no longer bypassed")
    if before.frozen != after.frozen:
        changes.append("frozen" if after.frozen else "no longer frozen")
    if before.rate != after.rate:
        changes.append(f"learning rate × {before.rate:g} → × {after.rate:g}")
    if before.collapsed != after.collapsed:
        changes.append("collapsed" if after.collapsed else "shown whole")
    if before.extras != after.extras:
        changes.append("what another version of Espalier keeps of it")
    return changes


def _settings(node: Node) -> Mapping[str, object]:
    """Every setting with its value, as far as the layer is known."""
    if node.type is None:
        return node.settings
    return {**dict(node.values), **node.settings}


def _weights(node: Node) -> str:
    return f"weights of {node.shares}" if node.shares else "own weights"


def _edge_lines(before: Graph, after: Graph, renamed: Mapping[str, str]) -> list[str]:
    def now(edge: Edge) -> Edge:
        source = renamed.get(edge.source, edge.source)
        target = renamed.get(edge.target, edge.target)
        return Edge(source, edge.source_port, target, edge.target_port)

    old, new = set(map(now, before.edges)), set(after.edges)
    return _listed(
        "edge",
        [_drawn(edge) for edge in after.edges if edge not in old],
        [_drawn(edge) for edge in before.edges if now(edge) not in new],
    )


def _annotation_lines(before: Graph, after: Graph) -> list[str]:
    """What differs in frames and notes, and in how edges run."""
    lines = _listed(
        "frame",
        [_named(f.title) for n, f in after.frames.items() if n not in before.frames],
        [_named(f.title) for n, f in before.frames.items() if n not in after.frames],
    )
    lines += _listed(
        "note",
        [_named(n.text) for k, n in after.notes.items() if k not in before.notes],
        [_named(n.text) for k, n in before.notes.items() if k not in after.notes],
    )
    held = {node.name: node.frame for node in before if node.name in after}
    if (
        any(
            before.frames[n] != after.frames[n]
            for n in before.frames
            if n in after.frames
        )
        or any(
            before.notes[n] != after.notes[n] for n in before.notes if n in after.notes
        )
        or any(after[name].frame != frame for name, frame in held.items())
    ):
        lines.append("Frames or notes changed")
    if before.bends != after.bends:
        lines.append("Edges run through other points")
    return lines


def _named(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words[:30]}…”" if len(words) > 30 else f"“{words}”"


def _drawn(edge: Edge) -> str:
    """An edge by its nodes, and by those ports that are not the usual ones."""
    source = edge.source
    target = edge.target
    if edge.source_port != "output":
        source += f".{edge.source_port}"
    if edge.target_port != "input":
        target += f".{edge.target_port}"
    return f"{source} → {target}"


def _block_lines(before: Document, after: Document) -> list[str]:
    old = {name: layer.block for name, layer in before.blocks.items()}
    new = {name: layer.block for name, layer in after.blocks.items()}
    lines = _listed(
        "block",
        [name for name in new if name not in old],
        [name for name in old if name not in new],
    )
    for name, block in old.items():
        other = new.get(name)
        if other is None:
            continue
        inside = _changes(block.settings, other.settings)
        inside = [", ".join(inside)] if inside else []
        if block.help != other.help:
            inside.append("its description")
        inside += _graph_lines(block.graph, other.graph)
        lines += [f"In block {name}: {_small(line)}" for line in inside]
    return lines


def _small(line: str) -> str:
    """A line inside a sentence; names of nodes keep their letters."""
    first = line.split(maxsplit=1)[0]
    return line[0].lower() + line[1:] if first in {"Node", "Edge"} else line


def _data_lines(before: DataConfig, after: DataConfig) -> list[str]:
    changes = _changes({"source": before.source}, {"source": after.source})
    changes += _changes(before.settings, after.settings)
    return [f"Data: {', '.join(changes)}"] if changes else []


def _recipe_lines(before: Recipe, after: Recipe) -> list[str]:
    """In the words of the recipe's form."""
    values = [
        {
            each.title.lower(): each.wording(getattr(recipe, each.name))
            for each in RECIPE_SETTINGS
        }
        for recipe in (before, after)
    ]
    changes = _changes(*values)
    return [f"Recipe: {', '.join(changes)}"] if changes else []


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """`kernel_size 3 → 5` for each value that differs, in the order they are in."""
    names = dict.fromkeys([*before, *after])
    return [
        f"{name} {_value(before.get(name))} → {_value(after.get(name))}"
        for name in names
        if before.get(name) != after.get(name)
    ]


def _value(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return " × ".join(map(_value, value))
    return str(value)


def _listed(what: str, added: Sequence[str], removed: Sequence[str]) -> list[str]:
    """`2 nodes added: a, b` and `Node removed: c`, as far as there are any."""
    lines = []
    for names, verb in ((added, "added"), (removed, "removed")):
        if len(names) == 1:
            lines.append(f"{what.capitalize()} {verb}: {names[0]}")
        elif names:
            more = len(names) - _MOST_NAMES
            shown = ", ".join(names[:_MOST_NAMES])
            shown += f" and {more} more" if more > 0 else ""
            lines.append(f"{len(names)} {what}s {verb}: {shown}")
    return lines
