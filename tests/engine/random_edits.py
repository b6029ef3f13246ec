"""Hypothesis strategy: any edit a person may make to a document."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from engine import annotation_edits, edits, storage
from engine.annotations import Frame, Note
from engine.catalog import CATALOG
from engine.document import DataConfig, Document
from engine.graph import Edge, Node
from engine.recipe import Recipe
from tests.engine.random_graphs import LAYERS, settings_of

RandomEdit = Callable[[Document], st.SearchStrategy[edits.Edit]]
"""Gives a strategy for one edit of a document as it is now."""


@st.composite
def random_edit(draw: st.DrawFn, document: Document) -> edits.Edit:
    """One edit that applies to the document as it is now."""
    graph = document.graph
    names = list(graph.nodes)
    kinds = ["add", "recipe", "data", "title"]
    kinds += ["move", "rename", "remove", "settings", "connect"] if names else []
    kinds += ["bypass", "collapse", "frame", "unframe"] if names else []
    kinds += ["disconnect", "insert", "bend"] if graph.edges else []
    kinds += ["note", "unnote"]
    layer = CATALOG[draw(st.sampled_from(LAYERS))]
    node = Node(
        name=graph.free_name("new"), layer=layer.name, settings=draw(settings_of(layer))
    )
    match draw(st.sampled_from(kinds)):
        case "add":
            return edits.AddNode(node, draw(st.none() | st.integers(0, len(graph))))
        case "recipe":
            return edits.SetRecipe(Recipe(epochs=draw(st.integers(1, 9))))
        case "data":
            return edits.SetData(DataConfig(source=draw(st.sampled_from("abc"))))
        case "title":
            return edits.SetName(draw(st.text(max_size=8)))
        case "move":
            moved = draw(st.lists(st.sampled_from(names), unique=True))
            place = (draw(st.floats(-99, 99)), 8.0)
            return edits.MoveNodes(dict.fromkeys(moved, place))
        case "rename":
            name = draw(st.sampled_from(names))
            return edits.RenameNode(name, graph.free_name("other"))
        case "remove":
            gone = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
            return edits.removal(graph, gone, keep_flow=draw(st.booleans()))
        case "settings":
            name = draw(st.sampled_from(names))
            changes = draw(settings_of(CATALOG[graph[name].layer]))
            return edits.change_settings(graph, name, changes)
        case "bypass":
            name = draw(st.sampled_from(names))
            return edits.SetBypassed(name, draw(st.booleans()))
        case "collapse":
            name = draw(st.sampled_from(names))
            return annotation_edits.SetCollapsed(name, draw(st.booleans()))
        case "frame" | "unframe" | "note" | "unnote" as kind:
            return _annotation(draw, document, kind)
        case "bend":
            places = st.tuples(st.floats(-99, 99), st.floats(-99, 99))
            bends = tuple(draw(st.lists(places, max_size=3)))
            edge = draw(st.sampled_from(graph.edges))
            return annotation_edits.SetBends(edge, bends)
        case "disconnect":
            return edits.RemoveEdge(draw(st.sampled_from(graph.edges)))
        case "insert":
            return edits.insertion(graph, node, draw(st.sampled_from(graph.edges)))
        case _:
            return _connection(draw, document, names)


def _annotation(draw: st.DrawFn, document: Document, kind: str) -> edits.Edit:
    graph = document.graph
    name = draw(st.sampled_from(["a", "b"]))
    if kind == "frame":
        put = annotation_edits.PutFrame(Frame(name=name, title=draw(st.text())))
        node = draw(st.sampled_from(list(graph.nodes)))
        return edits.Compound((put, annotation_edits.SetFrame(node, name)))
    if kind == "note":
        return annotation_edits.PutNote(Note(name=name, text=draw(st.text())))
    if kind == "unframe" and name in graph.frames:
        return annotation_edits.RemoveFrame(name)
    if kind == "unnote" and name in graph.notes:
        return annotation_edits.RemoveNote(name)
    return edits.Compound(())


def _connection(draw: st.DrawFn, document: Document, names: list[str]) -> edits.Edit:
    graph = document.graph
    sources = [name for name in names if graph[name].layer != "Output"]
    targets = [name for name in names if graph[name].layer != "Input"]
    if not sources or not targets:
        return edits.Compound(())
    source, target = draw(st.sampled_from(sources)), draw(st.sampled_from(targets))
    out = draw(st.sampled_from(CATALOG[graph[source].layer].outputs)).name
    into = draw(st.sampled_from(CATALOG[graph[target].layer].inputs)).name
    edge = Edge(source, out, target, into)
    if edge in graph.edges:
        return edits.Compound(())
    return edits.connection(graph, edge)


def done_undone_and_redone(
    document: Document,
    data: st.DataObject,
    random: RandomEdit,
) -> None:
    """Draw some edits and do them; undone and redone they lead where they led."""
    before = document.copy()
    inverses, states = [], []
    for _ in range(data.draw(st.integers(1, 8))):
        inverses.append(data.draw(random(document)).apply(document))
        states.append(document.copy())
        assert storage.loads(storage.dumps(document)) == document
    redone = [inverse.apply(document) for inverse in reversed(inverses)]
    assert document == before
    for edit, state in zip(reversed(redone), states, strict=True):
        edit.apply(document)
        assert document == state
