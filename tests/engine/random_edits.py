"""Hypothesis strategy: any edit a person may make to a document."""

from __future__ import annotations

from hypothesis import strategies as st

from engine import edits
from engine.catalog import CATALOG
from engine.document import DataConfig, Document
from engine.graph import Edge, Node
from engine.recipe import Recipe
from tests.engine.random_graphs import LAYERS, settings_of


@st.composite
def random_edit(draw: st.DrawFn, document: Document) -> edits.Edit:
    """One edit that applies to the document as it is now."""
    graph = document.graph
    names = list(graph.nodes)
    kinds = ["add", "recipe", "data", "title"]
    kinds += ["move", "rename", "remove", "settings", "connect"] if names else []
    kinds += ["disconnect", "insert"] if graph.edges else []
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
        case "disconnect":
            return edits.RemoveEdge(draw(st.sampled_from(graph.edges)))
        case "insert":
            return edits.insertion(graph, node, draw(st.sampled_from(graph.edges)))
        case _:
            return _connection(draw, document, names)


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
