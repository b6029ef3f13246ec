"""How fast the canvas opens and pans a large network, beside an empty view.

Run with `python -m tests.benchmarks.canvas`. Off screen, software rendering; the
figures are medians with the quartiles, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from itertools import cycle, pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView

from engine.analysis import analyse
from engine.document import Document
from engine.graph import Edge, Node
from engine.tidying import tidy
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.readiness import load_torch
from gui.theme import DARK

WIDTH, HEIGHT = 1280, 800


Places = dict[str, tuple[float, float]]


def tidy_rows(count: int) -> Places:
    """Where the layers of a large document lie, by their names."""
    names = [f"layer{index}" for index in range(count)]
    return tidy(dict.fromkeys(names, (152.0, 72.0)), list(pairwise(names)))


def large_document(count: int, places: Places | None = None) -> Document:
    """A network of `count` layers: Linear and ReLU in turn, in tidy rows."""
    places = places or tidy_rows(count)
    document = Document(name="Large")
    graph = document.graph
    kinds = ["Input", *(("Linear", "ReLU")[i % 2] for i in range(count - 2)), "Output"]
    names = [f"layer{index}" for index in range(count)]
    for name, kind in zip(names, kinds, strict=True):
        settings = {"shape": (64,)} if kind == "Input" else {}
        node = Node(name=name, layer=kind, settings=settings, position=places[name])
        graph.add_node(node)
    for source, target in pairwise(names):
        graph.add_edge(Edge(source, "output", target, "input"))
    return document


def repeat(action: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of `times` calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def report(what: str, taken: list[float], limit: float | None = None) -> None:
    """Print the median with its quartiles and the 95th percentile."""
    low, middle, high = statistics.quantiles(taken, n=4)
    worst = statistics.quantiles(taken, n=20)[-1]
    aim = f"  limit {limit:g}" if limit is not None else ""
    print(
        f"{what:44} n={len(taken):3}  median {middle:7.2f} "
        f"({low:.2f} to {high:.2f})  95 % {worst:7.2f}{aim}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1000)
    count = parser.parse_args().nodes
    app = QApplication([])
    document = large_document(count)
    load_torch()  # as the window does before; its import is not what is measured
    analyse(large_document(10))
    print(f"{platform.machine()}, {os.cpu_count()} cores, {count} nodes, off screen")

    def opened() -> CanvasView:
        model = DocumentModel(document)
        model.analyse()
        view = CanvasView(model, DARK)
        view.resize(WIDTH, HEIGHT)
        view.show()
        view.viewport().repaint()
        return view

    def open_and_close() -> None:
        view = opened()
        view.deleteLater()
        app.processEvents()

    report("open, with shapes, to the first frame", repeat(open_and_close, 9), 500)
    view = opened()
    ways = cycle([17] * 30 + [-17] * 30)

    def pan() -> None:
        way = next(ways)
        view.pan_by(way, way / 2)
        view.viewport().repaint()
        app.processEvents()

    for percent in (100, 50, 25, 10):
        view.zoom_to(percent)
        view.center_on(f"layer{count // 2}")
        app.processEvents()
        report(f"pan a frame at {percent} %", repeat(pan, 120), 16.7)
    view.zoom_to(100)

    def zoom() -> None:
        view.zoom_by(1.02, QPointF(400, 300))
        view.viewport().repaint()

    report("zoom a frame around 100 %", repeat(zoom, 40), 16.7)
    bare = QGraphicsView(QGraphicsScene())
    bare.resize(WIDTH, HEIGHT)
    bare.setSceneRect(-5000, -5000, 10_000, 10_000)
    bare.show()

    def pan_bare() -> None:
        bar = bare.horizontalScrollBar()
        bar.setValue(bar.value() + 17)
        bare.viewport().repaint()
        app.processEvents()

    report("reference: pan a frame of an empty view", repeat(pan_bare, 120))


if __name__ == "__main__":
    main()
