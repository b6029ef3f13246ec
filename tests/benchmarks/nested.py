"""ResNet-50 opened on the canvas, and an edit deep inside a nested network.

    python -m tests.benchmarks.nested

"open" reads the file, infers all shapes, lays the network out anew and paints it, each
time with nothing remembered of its layers; PyTorch is loaded before, with what it
imports for its first batch normalization. "edit" changes a
setting in the innermost block of a network of 200 layers, three blocks deep, until all
shapes and the code are right again: of its width, so that every layer inside changes,
and of one that keeps the
shapes, to a value never seen before. Off screen, software rendering; milliseconds.
"""

from __future__ import annotations

import os
import platform
import time
from itertools import cycle, pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

import templates
from engine import shapes
from engine.analysis import analyse, load_shapes
from engine.blocks import BlockLayer
from engine.document import Document
from engine.edits import Edit, change_settings, within
from engine.graph import Edge, Graph, Node
from gui.canvas.view import CanvasView
from gui.document_model import DocumentModel
from gui.theme import DARK
from tests.benchmarks.canvas import HEIGHT, WIDTH, repeat, report

OPEN_LIMIT = 1_000.0
ALL_LIMIT, LOCAL_LIMIT = 250.0, 16.0
ROUNDS = 40


def _chain(graph: Graph, rows: list[tuple[str, str, dict[str, object]]]) -> None:
    for place, (name, layer, settings) in enumerate(rows):
        position = (224.0 * place, 0.0)
        graph.add_node(
            Node(name=name, layer=layer, settings=settings, position=position)
        )
    for before, after in pairwise(graph.nodes.values()):
        first, second = before.type, after.type
        assert first is not None and second is not None
        graph.add_edge(
            Edge(before.name, first.outputs[0].name, after.name, second.inputs[0].name)
        )


def nested_document() -> Document:
    """Unit (4 layers) in Stage (5 different Units) in Trunk (2 Stages), 5 Trunks."""
    document = Document(name="Nested")
    image: dict[str, object] = {"shape": (3, 32, 32)}
    unit: list[tuple[str, str, dict[str, object]]] = [
        ("conv", "Conv2d", {"out_channels": "width", "padding": 1}),
        ("norm", "BatchNorm2d", {}),
        ("relu", "ReLU", {}),
        ("drop", "Dropout2d", {"p": 0.1}),
    ]
    stage = [(f"unit{i}", "Unit", {"width": f"{i} * width"}) for i in range(1, 6)]
    trunk = [(f"stage{i}", "Stage", {"width": f"{i} * width"}) for i in (1, 2)]
    for name, rows in (("Unit", unit), ("Stage", stage), ("Trunk", trunk)):
        block = document.new_block(name, {"width": 4})
        _chain(block.graph, [("x_in", "Input", image), *rows, ("y", "Output", {})])
        document.put_block(block)
    uses = [(f"trunk{i}", "Trunk", {"width": 4 * i}) for i in range(1, 6)]
    _chain(document.graph, [("image", "Input", image), *uses, ("y", "Output", {})])
    return document


def count_layers(graph: Graph) -> int:
    """How many layers there are when every block is expanded."""
    return sum(
        count_layers(node.type.block.graph) * node.values["repeat"]
        if isinstance(node.type, BlockLayer)
        else node.layer not in ("Input", "Output")
        for node in graph
    )


def time_edits(document: Document, edits: list[Edit]) -> list[float]:
    """Milliseconds from each edit to the code that follows it."""
    analysis = analyse(document)
    if not analysis.is_valid:
        raise RuntimeError(str(analysis.first_error))
    taken = []
    turns = cycle(edits)
    for _ in range(ROUNDS):
        edit = next(turns)
        begun = time.perf_counter()
        edit.apply(document)
        analysis.note(edit)
        analysis.refresh()
        if "return x" not in analysis.code:
            raise RuntimeError("the network broke")
        taken.append((time.perf_counter() - begun) * 1e3)
    return taken


def main() -> None:
    """Measure and print."""
    app = QApplication([])
    load_shapes()
    shapes.warm_up()  # as the window does on a thread
    templates.open_lesson("resnet-50")  # the list of lessons is read once
    print(f"{platform.machine()}, {os.cpu_count()} cores, off screen")

    def open_and_close() -> None:
        shapes.forget()
        model = DocumentModel(templates.open_lesson("resnet-50"))
        model.analyse()
        view = CanvasView(model, DARK)
        view.resize(WIDTH, HEIGHT)
        view.arranger.tidy_up()
        view.show()
        view.viewport().repaint()
        view.deleteLater()
        app.processEvents()

    report("open resnet-50, laid out", repeat(open_and_close, 9), OPEN_LIMIT)
    document = nested_document()
    layers = count_layers(document.graph)
    inner = document.scoped("Unit").graph

    def changed(**settings: object) -> Edit:
        (name,) = settings
        node = "conv" if name == "out_channels" else "drop"
        return within("Unit", change_settings(inner, node, settings))

    widths = [changed(out_channels=f"{n} * width") for n in (2, 3, 1)]
    local = [changed(p=0.2 + n / 1_000) for n in range(ROUNDS)]  # each a new one
    taken = time_edits(document, widths)
    report(f"edit all of {layers} nested layers", taken, ALL_LIMIT)
    report(f"local edit in {layers}", time_edits(document, local), LOCAL_LIMIT)


if __name__ == "__main__":
    main()
