"""Frames, notes and the bends of edges in a file: lists beside nodes and edges.

They are keys of their own, so that a version which does not know them keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.annotations import FRAME_COLORS, Frame, Note
from engine.graph import Edge, Graph
from engine.json_fields import Fields

ANNOTATION_KEYS = ("frames", "notes", "bends")
_FRAME_KEYS = ("name", "title", "color")
_NOTE_KEYS = ("name", "text", "position")


def edge_json(edge: Edge) -> list[str]:
    """An edge as it stands in a file: four names."""
    return [edge.source, edge.source_port, edge.target, edge.target_port]


def annotations_json(graph: Graph) -> dict[str, list[object]]:
    """The rows of each key that a graph has any for."""
    frames: list[object] = [
        {"name": each.name, "title": each.title, "color": each.color, **each.extras}
        for each in graph.frames.values()
    ]
    notes: list[object] = [
        {
            "name": each.name,
            "text": each.text,
            "position": list(each.position),
            **each.extras,
        }
        for each in graph.notes.values()
    ]
    bends: list[object] = [
        [*edge_json(edge), *map(list, graph.bends[edge])]
        for edge in graph.edges
        if edge in graph.bends
    ]
    rows = {"frames": frames, "notes": notes, "bends": bends}
    return {key: values for key, values in rows.items() if values}


def read_annotations(graph: Graph, content: Mapping[str, Any], fields: Fields) -> None:
    """Put what a file holds beside nodes and edges into their graph. Raises Refusal."""
    for item in fields.list_(content.get("frames", []), "frames"):
        frame = _frame(fields.object_(item, "frame"), fields)
        if frame.name in graph.frames:
            raise fields.refusal(f"has two frames called {frame.name!r}", "frames")
        graph.frames[frame.name] = frame
    for item in fields.list_(content.get("notes", []), "notes"):
        note = _note(fields.object_(item, "note"), fields)
        if note.name in graph.notes:
            raise fields.refusal(f"has two notes called {note.name!r}", "notes")
        graph.notes[note.name] = note
    edges = set(graph.edges)
    for item in fields.list_(content.get("bends", []), "bends"):
        row = fields.list_(item, "bends")
        names, places = row[:4], row[4:]
        if len(names) < 4 or not all(isinstance(each, str) for each in names):
            raise fields.refusal("has bends of no edge", "bends")
        points = tuple(fields.place(each, "bend") for each in places)
        if Edge(*names) in edges:  # of an edge that is gone, they mean nothing
            graph.set_bends(Edge(*names), points)


def _frame(content: Mapping[str, Any], fields: Fields) -> Frame:
    color = content.get("color", FRAME_COLORS[0])
    return Frame(
        name=fields.text(content.get("name"), "frame: name"),
        title=fields.text(content.get("title", ""), "frame: title"),
        color=color if color in FRAME_COLORS else FRAME_COLORS[0],
        extras={key: each for key, each in content.items() if key not in _FRAME_KEYS},
    )


def _note(content: Mapping[str, Any], fields: Fields) -> Note:
    return Note(
        name=fields.text(content.get("name"), "note: name"),
        text=fields.text(content.get("text", ""), "note: text"),
        position=fields.place(content.get("position", [0, 0]), "note"),
        extras={key: each for key, each in content.items() if key not in _NOTE_KEYS},
    )
