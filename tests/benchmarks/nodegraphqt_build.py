"""A graph of many nodes built or opened with NodeGraphQt, beside `canvas_peer`.

Run by an interpreter that has NodeGraphQt and a PySide6 it works with; imports nothing
of Espalier. Prints seconds and bytes as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from NodeGraphQt import BaseNode, NodeGraph
from PySide6 import QtWidgets


class Layer(BaseNode):
    """A node with one port on each side."""

    __identifier__ = "peer"
    NODE_NAME = "Layer"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("input")
        self.add_output("output")


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def build(graph: NodeGraph, count: int) -> None:
    """Make a chain of nodes the quickest way it has: no undo steps, no selection."""
    previous = None
    for index in range(count):
        place = [(index % 30) * 220, (index // 30) * 120]
        node = graph.create_node(
            "peer.Layer",
            name=f"layer{index}",
            pos=place,
            selected=False,
            push_undo=False,
        )
        if previous is not None:
            previous.output(0).connect_to(node.input(0), push_undo=False)
        previous = node


def main() -> None:
    """Build or open once, to the first frame, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int)
    parser.add_argument("--save", help="a file to write, that --open reads")
    parser.add_argument("--open", help="read this file instead of building")
    given = parser.parse_args()
    app = QtWidgets.QApplication([])
    graph = NodeGraph()
    graph.register_node(Layer)
    graph.widget.resize(1280, 800)
    graph.widget.show()
    app.processEvents()
    memory, begun, used = resident(), time.perf_counter(), time.process_time()
    if given.open:
        graph.load_session(given.open)
    else:
        build(graph, given.nodes)
    built = time.perf_counter() - begun
    app.processEvents()
    graph.viewer().viewport().repaint()
    taken = {
        "built": built,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "bytes": resident() - memory,
    }
    if len(graph.all_nodes()) != given.nodes:
        raise SystemExit(f"{len(graph.all_nodes())} nodes, not {given.nodes}")
    if given.save:
        graph.save_session(given.save)
    print(json.dumps(taken), flush=True)
    os._exit(0)  # it takes long to take itself apart


if __name__ == "__main__":
    main()
