"""Tidy places for the nodes of a graph: layered, left to right, wrapped into rows.

The layered method of Sugiyama, Tagawa and Toda (1981, "Methods for Visual
Understanding of Hierarchical System Structures"): ranks by longest path, places in a
rank by barycentres, heights by isotonic regression towards the neighbours' heights.
Plain numbers, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import networkx as nx

from engine.annotations import GRID, Place

COLUMN_GAP = 48
LANE_GAP = 40
ROW_GAP = 88
"""Between rows: an edge passes here, and a note about an error begins here."""
_LANE = 40.0
"""The height kept free for an edge that passes a column."""
_SWEEPS = 8
_STRAIGHT = 8.0
"""How much more than others an edge that passes columns wants to be level: it is drawn
as one curve, and only a level one keeps clear of the cards it passes. The proportion
is that of Gansner et al. (1993, "A Technique for Drawing Directed Graphs")."""
_MOST_CUT = 2
"""A row may break where at most this many edges must go around."""

Size = tuple[float, float]
Cell = str | tuple[str, str, int]
"""A node, or an edge's passage through one column."""


def tidy(
    sizes: Mapping[str, Size],
    edges: Iterable[tuple[str, str]],
    *,
    origin: Place = (0.0, 0.0),
    least_width: float = 1100.0,
) -> dict[str, Place]:
    """A place for each node, from its size and the edges among them."""
    graph = nx.DiGraph()
    graph.add_nodes_from(sizes)
    graph.add_edges_from((a, b) for a, b in edges if a != b)
    width = _row_width(sizes, least_width)
    places: dict[str, Place] = {}
    top = origin[1]
    order = {name: index for index, name in enumerate(sizes)}
    parts = [
        sorted(p, key=order.__getitem__) for p in nx.weakly_connected_components(graph)
    ]
    joined = [part for part in parts if len(part) > 1]
    lone = [part[0] for part in parts if len(part) == 1]
    for part in sorted(joined, key=lambda names: order[names[0]]):
        part_places = _component(graph.subgraph(part), sizes, part, width)
        for name, (x, y) in part_places.items():
            places[name] = (origin[0] + x, top + y)
        top = max(places[name][1] + sizes[name][1] for name in part) + ROW_GAP
    places.update(_shelf(lone, sizes, (origin[0], top), width))
    return {name: (_snap(x), _snap(y)) for name, (x, y) in places.items()}


def _snap(value: float) -> float:
    return float(GRID * math.floor(value / GRID + 0.5))


def _row_width(sizes: Mapping[str, Size], least: float) -> float:
    """Wide enough that a long network comes out about as wide as a screen is."""
    area = sum((w + COLUMN_GAP) * (h + ROW_GAP) for w, h in sizes.values())
    return max(least, math.sqrt(area * 1.6))


def _shelf(
    names: Sequence[str], sizes: Mapping[str, Size], origin: Place, width: float
) -> dict[str, Place]:
    """Nodes without edges, one beside the other."""
    places = {}
    x, y = origin
    tallest = 0.0
    for name in names:
        if x > origin[0] and x + sizes[name][0] > origin[0] + width:
            x, y, tallest = origin[0], y + tallest + LANE_GAP, 0.0
        places[name] = (x, y)
        x += sizes[name][0] + COLUMN_GAP
        tallest = max(tallest, sizes[name][1])
    return places


def _component(
    graph: nx.DiGraph, sizes: Mapping[str, Size], names: Sequence[str], width: float
) -> dict[str, Place]:
    ranks = _ranks(graph)
    columns, before, after = _columns(graph, ranks, names)
    _reduce_crossings(columns, before, after)
    heights = {
        cell: sizes[cell][1] if isinstance(cell, str) else _LANE
        for column in columns
        for cell in column
    }
    ys = _heights(columns, before, after, heights)
    return _wrap(columns, ys, sizes, after, width)


def _ranks(graph: nx.DiGraph) -> dict[str, int]:
    """Each node's column; the nodes of a circle share one."""
    condensed = nx.condensation(graph)
    ranks: dict[str, int] = {}
    by_part: dict[int, int] = {}
    for rank, parts in enumerate(nx.topological_generations(condensed)):
        for part in parts:
            by_part[part] = rank
    # A source comes as late as it can: an edge from it then spans no column.
    for part in condensed:
        if not condensed.in_degree(part) and condensed.out_degree(part):
            by_part[part] = min(by_part[n] for n in condensed.successors(part)) - 1
    for part, rank in by_part.items():
        for name in condensed.nodes[part]["members"]:
            ranks[name] = rank
    lowest = min(ranks.values())
    return {name: rank - lowest for name, rank in ranks.items()}


Neighbours = dict[Cell, list[Cell]]


def _columns(
    graph: nx.DiGraph, ranks: Mapping[str, int], names: Sequence[str]
) -> tuple[list[list[Cell]], Neighbours, Neighbours]:
    """The cells of each column, and each cell's neighbours before and after it."""
    columns: list[list[Cell]] = [[] for _ in range(max(ranks.values()) + 1)]
    before: Neighbours = {}
    after: Neighbours = {}
    for source, target in graph.edges:
        if ranks[target] <= ranks[source]:
            continue
        chain: list[Cell] = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            passage = (source, target, rank)
            columns[rank].append(passage)
            chain.append(passage)
        chain.append(target)
        for one, other in pairwise(chain):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    # Passing edges first: what they pass lies below, and a row's first and last cards
    # are its topmost, where the edges from and to other rows go.
    for name in names:
        columns[ranks[name]].append(name)
    return columns, before, after


def _reduce_crossings(
    columns: list[list[Cell]], before: Neighbours, after: Neighbours
) -> None:
    """Sort each column by the mean place of the neighbours, back and forth."""
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        indices = range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1)
        for index in indices:
            beside = columns[index - 1 if forth else index + 1]
            place = {cell: i / max(1, len(beside) - 1) for i, cell in enumerate(beside)}
            column = columns[index]
            count = max(1, len(column) - 1)
            keys: dict[Cell, float] = {}
            for i, cell in enumerate(column):
                beside_it = [place[n] for n in neighbours.get(cell, ()) if n in place]
                mean = _mean(beside_it)
                keys[cell] = i / count if mean is None else mean
            column.sort(key=keys.__getitem__)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _heights(
    columns: list[list[Cell]],
    before: Neighbours,
    after: Neighbours,
    heights: Mapping[Cell, float],
) -> dict[Cell, float]:
    """The top of each cell, so that edges run as straight as the order allows."""
    ys: dict[Cell, float] = {}
    for column in columns:
        y = 0.0
        for cell in column:
            ys[cell] = y
            y += heights[cell] + LANE_GAP
    for sweep in range(_SWEEPS + 1):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            wanted, weights = [], []
            for cell in column:
                beside = before.get(cell, []) if forth else after.get(cell, [])
                pulls = [_pull(cell, other) for other in beside]
                total = sum(pulls)
                mean = sum(ys[n] * p for n, p in zip(beside, pulls, strict=True))
                wanted.append(mean / total if total else ys[cell])
                weights.append(max(pulls, default=1.0))
            gaps = [heights[cell] + LANE_GAP for cell in column]
            for cell, y in zip(column, _spread(wanted, weights, gaps), strict=True):
                ys[cell] = y
    return ys


def _pull(cell: Cell, other: Cell) -> float:
    """How much a cell wants to be level with its neighbour."""
    passes = isinstance(cell, tuple) or isinstance(other, tuple)
    return _STRAIGHT if passes else 1.0


def _spread(
    wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]
) -> list[float]:
    """The places nearest to the wanted ones that keep the order and the gaps.

    Isotonic regression by pooling adjacent violators, after subtracting what the gaps
    take up.
    """
    offsets = [sum(gaps[:i]) for i in range(len(gaps))]
    pools: list[list[float]] = []  # mean, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * heavy) / (last[1] + heavy)
            last[1] += heavy
            last[2] += count
    levels = [pool[0] for pool in pools for _ in range(int(pool[2]))]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _wrap(
    columns: list[list[Cell]],
    ys: Mapping[Cell, float],
    sizes: Mapping[str, Size],
    after: Neighbours,
    width: float,
) -> dict[str, Place]:
    widths = [
        max((sizes[cell][0] for cell in column if isinstance(cell, str)), default=0.0)
        for column in columns
    ]
    places: dict[str, Place] = {}
    top = 0.0
    for first, last in _rows(columns, widths, after, width):
        names = [
            cell
            for column in columns[first : last + 1]
            for cell in column
            if isinstance(cell, str)
        ]
        shift = top - min(ys[name] for name in names)
        x = 0.0
        for index in range(first, last + 1):
            for cell in columns[index]:
                if isinstance(cell, str):
                    places[cell] = (x, ys[cell] + shift)
            x += widths[index] + COLUMN_GAP
        top = max(places[name][1] + sizes[name][1] for name in names) + ROW_GAP
    return places


def _rows(
    columns: list[list[Cell]], widths: Sequence[float], after: Neighbours, width: float
) -> list[tuple[int, int]]:
    """The first and last column of each row: broken where few edges pass."""
    passing = [sum(len(after.get(cell, ())) for cell in column) for column in columns]
    rows = []
    first = 0
    while first < len(columns):
        last, used = first, widths[first]
        while last + 1 < len(columns) and used + COLUMN_GAP + widths[last + 1] <= width:
            last += 1
            used += COLUMN_GAP + widths[last]
        if last + 1 < len(columns):
            last = _best_break(first, last, passing)
        rows.append((first, last))
        first = last + 1
    return rows


def _best_break(first: int, last: int, passing: Sequence[int]) -> int:
    """The column after which a row that is full at `last` breaks."""
    earliest = first + max(1, (last - first) // 2)
    fewest = min(passing[earliest : last + 1], default=passing[last])
    for index in range(last, earliest - 1, -1):
        if passing[index] <= max(1, fewest) and fewest <= _MOST_CUT:
            return index
    # Too many edges everywhere: the row grows until it may break.
    for index in range(last + 1, len(passing) - 1):
        if passing[index] <= _MOST_CUT:
            return index
    return len(passing) - 1
