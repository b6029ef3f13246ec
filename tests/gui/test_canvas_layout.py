"""What the canvas computes without Qt's items: places, rules, the clipboard."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from engine.analysis import Analysis
from engine.document import Document
from engine.graph import Edge, Graph, Node
from engine.tidying import tidy
from gui.canvas.clipboard import Clip, read_clip
from gui.canvas.edge_rules import EdgeRules, End, reconnection
from gui.canvas.placing import GAP, GRID, Box, between, free_place, settled
from gui.canvas.style import Fonts

SIZE = (152.0, 72.0)


def boxes(places: dict[str, tuple[float, float]]) -> dict[str, Box]:
    return {name: Box(x, y, *SIZE) for name, (x, y) in places.items()}


def overlaps(places: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    laid = boxes(places)
    return [
        (one, other)
        for one, other in combinations(laid, 2)
        if laid[one].meets(laid[other])
    ]


def test_a_short_chain_is_a_straight_row() -> None:
    names = ["a", "b", "c", "d"]
    places = tidy(dict.fromkeys(names, SIZE), pairwise(names))
    assert {y for _, y in places.values()} == {0.0}
    assert [places[name][0] for name in names] == [0, 200, 400, 600]


def test_a_long_chain_wraps_into_rows() -> None:
    names = [f"n{index}" for index in range(12)]
    places = tidy(dict.fromkeys(names, SIZE), pairwise(names), least_width=1000)
    rows = sorted({y for _, y in places.values()})
    assert len(rows) == 3
    assert places["n0"][0] == places["n5"][0] == places["n10"][0]
    assert all(below - above >= 72 + 64 for above, below in pairwise(rows))


def test_a_row_does_not_break_inside_a_branch() -> None:
    """A residual whose skip edge spans three columns stays in one row."""
    chain = [f"n{index}" for index in range(5)]
    edges = [*pairwise(chain), ("n1", "n4")]
    places = tidy(dict.fromkeys(chain, SIZE), edges, least_width=700)
    assert not overlaps(places)
    assert places["n4"][0] > places["n3"][0] or places["n4"][1] > places["n3"][1]


def test_a_skip_edge_passes_beside_the_cards() -> None:
    names = ["a", "b", "c", "d"]
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")]
    places = tidy(dict.fromkeys(names, SIZE), edges)
    straight = places["a"][1] + 36
    for name in ("b", "c"):
        top = places[name][1]
        assert not top <= straight <= top + SIZE[1], name


def test_crossings_are_taken_out() -> None:
    sizes = dict.fromkeys(["a", "b", "c", "x", "y", "z"], SIZE)
    edges = [("a", "z"), ("b", "y"), ("c", "x")]
    joined = [("s", name) for name in "abc"] + [(name, "t") for name in "xyz"]
    places = tidy({**sizes, "s": SIZE, "t": SIZE}, [*edges, *joined])
    left = sorted("abc", key=lambda name: places[name][1])
    right = sorted("xyz", key=lambda name: places[name][1])
    partner = dict(edges)
    assert [partner[name] for name in left] == right


def test_circles_and_lone_nodes_have_places() -> None:
    places = tidy(dict.fromkeys("abcd", SIZE), [("a", "b"), ("b", "a"), ("a", "a")])
    assert set(places) == set("abcd")
    assert not overlaps(places)


def test_nothing_has_no_places() -> None:
    assert tidy({}, []) == {}


@given(
    count=st.integers(1, 14),
    pairs=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=24),
)
def test_tidy_cards_never_overlap(count: int, pairs: list[tuple[int, int]]) -> None:
    names = [f"n{index}" for index in range(count)]
    edges = [(f"n{a % count}", f"n{b % count}") for a, b in pairs]
    places = tidy(dict.fromkeys(names, SIZE), edges)
    assert not overlaps(places)
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in places.values())
    assert places == tidy(dict.fromkeys(names, SIZE), edges)


def test_a_new_block_moves_into_the_middle_of_its_room() -> None:
    laid = boxes({"a": (0, 0), "new": (160, 0), "b": (600, 0)})
    assert settled(laid, "new") == {"new": (200, 0)}
    laid = boxes({"a": (0, 0), "new": (448, 0), "b": (600, 0)})
    assert settled(laid, "new") == {"new": (400, 0)}
    laid = boxes({"a": (0, 0), "new": (300, 0), "b": (600, 0), "below": (300, 200)})
    assert settled(laid, "new") == {}


def test_a_new_block_without_room_pushes_what_follows_it() -> None:
    laid = {"a": (0, 0), "new": (176, 0), "b": (352, 0), "c": (552, 0), "d": (352, 240)}
    wide = boxes(laid)
    wide["new"] = replace(wide["new"], width=240)
    moves = settled(wide, "new")
    after = {n: replace(b, **at(moves.get(n, (b.x, b.y)))) for n, b in wide.items()}
    assert set(moves) == {"new", "b", "c"}
    assert after["new"].x - after["a"].right >= GAP
    assert after["b"].x - after["new"].right >= GAP
    assert after["c"].x - after["b"].x == 200, "what follows keeps its distances"
    assert all(x % GRID == 0 for x, _ in moves.values())


def test_what_a_new_block_pushes_comes_to_lie_on_nothing() -> None:
    laid = {"a": (0, 0), "new": (176, 0), "b": (352, 0), "low": (544, 76)}
    moves = settled(boxes(laid), "new")
    assert not overlaps(laid | moves)
    assert set(moves) >= {"b", "low"}


def at(place: tuple[float, float]) -> dict[str, float]:
    return {"x": place[0], "y": place[1]}


def test_an_inserted_card_uses_the_gap_that_is_there() -> None:
    place, moves = between(boxes({"a": (0, 0), "b": (400, 0)}), "a", "b", SIZE)
    assert moves == {}
    assert not overlaps({"a": (0, 0), "b": (400, 0), "new": place})


def test_an_inserted_card_pushes_its_row_only() -> None:
    laid = {"a": (0, 0), "b": (200, 0), "c": (400, 0), "below": (200, 200)}
    place, moves = between(boxes(laid), "a", "b", SIZE)
    assert place == (200, 0)
    assert moves == {"b": (400, 0), "c": (600, 0)}


def test_an_inserted_card_pushes_a_row_that_lies_a_little_lower() -> None:
    laid = {"a": (0, 0), "b": (232, 80), "c": (432, 80), "below": (232, 400)}
    place, moves = between(boxes(laid), "a", "b", SIZE, (120, 40))
    after = laid | moves | {"new": place}
    assert set(moves) == {"b", "c"}
    assert not overlaps(after)
    assert place[1] == 40
    assert after["a"][0] < place[0] < after["b"][0] < after["c"][0]


def test_an_inserted_card_moves_nothing_where_there_is_room_on_the_way_down() -> None:
    laid = {"a": (0, 0), "b": (200, 400)}
    place, moves = between(boxes(laid), "a", "b", SIZE, (100, 200))
    assert moves == {}
    assert place == (104, 200)


def test_a_free_place_is_below_what_is_in_the_way() -> None:
    x, y = free_place(boxes({"a": (0, 0), "b": (0, 100)}), Box(3, 3, *SIZE))
    assert (x, y) == (0, 200)


# Which edges may be drawn.


def diamond() -> Graph:
    graph = Graph()
    for name, layer in [
        ("images", "Input"),
        ("fc1", "Linear"),
        ("fc2", "Linear"),
        ("add1", "Add"),
        ("digit", "Output"),
    ]:
        graph.add_node(Node(name=name, layer=layer))
    for source, target in [("images", "fc1"), ("images", "fc2"), ("fc1", "add1")]:
        port = graph[target].type.inputs[0].name  # type: ignore[union-attr]
        graph.add_edge(Edge(source, "output", target, port))
    return graph


def test_rules_name_what_would_close_a_circle() -> None:
    rules = EdgeRules(diamond(), End("add1", "output", True))
    assert rules.refusal(End("fc1", "input", False)) == (
        "This would close a circle: fc1 already leads to add1, so add1 cannot feed "
        "fc1. Remove an edge between them first."
    )
    assert rules.refusal(End("digit", "input", False)) == ""
    from_input = EdgeRules(diamond(), End("fc1", "input", False))
    assert from_input.refusal(End("add1", "output", True)) == (
        "This would close a circle: fc1 already leads to add1, so add1 cannot feed "
        "fc1. Remove an edge between them first."
    )
    assert from_input.refusal(End("fc2", "input", False)) == (
        "Both ends are inputs: an edge leads from an output to an input. "
        "Let go on an output."
    )


def test_an_edge_that_is_there_is_refused() -> None:
    graph = diamond()
    port = graph.edges_into("add1")[0].target_port
    rules = EdgeRules(graph, End("fc1", "output", True))
    assert (
        rules.refusal(End("add1", port, False))
        == "fc1 already feeds add1 here. Let go on another input."
    )


def test_a_moved_edge_does_not_stand_in_its_own_way() -> None:
    graph = diamond()
    moving = graph.edges_into("add1")[0]
    held = End("add1", moving.target_port, False)
    rules = EdgeRules(graph, held, moving)
    assert rules.refusal(End("fc1", "output", True)) == ""
    # Without the moved edge nothing leads from fc1 to add1 any more.
    turned = EdgeRules(graph, End("fc1", "output", True), moving)
    assert turned.refusal(End("add1", moving.target_port, False)) == ""
    from_add = EdgeRules(graph, End("add1", "output", True), moving)
    assert from_add.refusal(End("fc1", "input", False)) == ""


def test_reconnecting_to_a_taken_input_replaces_its_edge() -> None:
    document = Document(graph=diamond())
    old = Edge("images", "output", "fc1", "input")
    new = Edge("images", "output", "digit", "input")
    taken = Edge("fc1", "output", "digit", "input")
    document.graph.add_edge(taken)
    before = document.copy()
    undo = reconnection(document.graph, old, new).apply(document)
    assert document.graph.edges_into("digit") == [new]
    assert old not in document.graph.edges
    undo.apply(document)
    assert document == before


def test_a_drop_on_a_card_means_a_port_that_fits() -> None:
    graph = diamond()
    graph.add_node(Node(name="attention", layer="MultiheadAttention"))
    rules = EdgeRules(graph, End("fc1", "output", True))
    analysis = Analysis(Document(graph=graph))
    best = rules.best(graph["attention"], analysis)
    assert best == End("attention", "query", False)
    graph.add_edge(Edge("fc2", "output", "attention", "query"))
    rules = EdgeRules(graph, End("fc1", "output", True))
    assert rules.best(graph["attention"], analysis) == End("attention", "key", False)
    assert rules.best(graph["images"], analysis) is None


# The clipboard.


def test_a_clip_survives_as_text() -> None:
    graph = diamond()
    graph.add_node(
        Node(
            name="conv1",
            layer="Conv2d",
            settings={"kernel_size": (3, 5)},
            position=(8.0, 16.0),
            extras={"color": "red"},
        )
    )
    clip = Clip.of(Document(graph=graph), ["fc1", "add1", "conv1"])
    assert len(clip.edges) == 1
    assert read_clip(clip.to_text()) == clip


def test_pasted_names_are_free_and_valid() -> None:
    graph = diamond()
    text = """{"espalier_nodes": 1, "nodes": [
        {"name": "__import__('os')", "layer": "Linear", "settings": {}},
        {"name": "fc1", "layer": "Linear", "position": [null, 0]},
        {"name": "class", "layer": "No such layer"},
        {"name": "new", "layer": "ReLU", "settings": {"a": [1, [2]]}}],
        "edges": [["fc1", "output", "new", "input"], ["fc1", "x", "nobody", "y"], [1]]}
    """
    clip = read_clip(text)
    assert clip is not None
    assert clip.nodes[1].position == (0.0, 0.0)
    document = Document(graph=graph)
    edit, names = clip.pasting(graph, (0.0, 0.0))
    edit.apply(document)
    assert names == ["linear1", "fc3", "node1", "new"]
    assert Edge("fc3", "output", "new", "input") in document.graph.edges
    assert document.graph["new"].settings == {"a": (1, (2,))}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda part: (
            st.lists(part, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["espalier_nodes", "nodes", "edges", "name", "layer", "position"]
                ),
                part,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_reading_never_fails(data: object) -> None:
    import json

    clip = read_clip(json.dumps(data))
    assert clip is None or clip.nodes
    if isinstance(data, dict):
        read_clip(json.dumps({**data, "espalier_nodes": 1, "nodes": [data]}))


@pytest.mark.parametrize("layer", ["Input", "Linear", "LSTM", "MultiheadAttention"])
def test_every_port_has_a_place_of_its_own(layer: str, qapp: object) -> None:
    from gui.canvas.card_making import preview_card
    from gui.canvas.style import Fonts

    card = preview_card(Node(name="a_rather_long_name_for_it", layer=layer), Fonts())
    spots = [(spot.x, spot.y) for spot in card.spots]
    assert len(set(spots)) == len(spots)
    assert all(0 <= spot.y <= card.height for spot in card.spots)
    assert card.width <= 216


def test_a_text_is_measured_only_where_it_may_be_too_wide(qapp: QApplication) -> None:
    fonts = Fonts()
    for text in ("i", "layer12", "W" * 12, "Größe", "数" * 8):
        wide = fonts.width(fonts.name, text)
        for room in (wide - 1, wide, wide + 1, 2 * wide):
            found = fonts.width_beyond(fonts.name, text, room)
            assert (found <= room) == (wide <= room)
            assert found in (wide, room)


@pytest.mark.parametrize(
    "text",
    [
        '{"espalier_nodes": 1, "nodes": [{"name": "a", "layer": "ReLU"}], '
        '"entering": 5}',
        '{"espalier_nodes": 1, "nodes": [{"name": "a", "layer": "Dropout", '
        '"settings": {"p": 1e999}}]}',  # no file could hold it
    ],
)
def test_what_no_document_could_hold_is_not_pasted(text: str) -> None:
    assert read_clip(text) is None
