"""A large document built and opened in Espalier, and as large a graph in NodeGraphQt.

Run with `python -m tests.benchmarks.canvas_peer --peer PYTHON`, where PYTHON is an
interpreter that has NodeGraphQt and a PySide6 it works with (0.6.44 with 6.7.3). All
take turns, each in a process of its own, off screen, in an editor that was shown
before. Both are built node by node and edge by edge through their own classes, and
opened from a file that they wrote. "built" is until all are there as data and as items
of the canvas; "seconds" until the first frame, and in Espalier's the shapes are worked
out as well.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


WAYS = ("built", "opened")
Taken = dict[str, float]
"""Seconds and bytes by what they are of."""


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def ours(count: int, *, opens: bool) -> Taken:
    """Build a document of `count` nodes in this process, or open it from a file."""
    from PySide6.QtWidgets import QApplication

    from engine import storage
    from gui.canvas.view import CanvasView
    from gui.document_model import DocumentModel
    from gui.garbage import MainThreadGarbage
    from gui.readiness import load_torch
    from gui.theme import DARK
    from tests.benchmarks.canvas import HEIGHT, WIDTH, large_document, tidy_rows

    app = QApplication([])
    MainThreadGarbage(app)  # as in the window
    load_torch()  # as the window does before; its import is not what is measured

    def show(view: CanvasView) -> None:
        view.resize(WIDTH, HEIGHT)
        view.show()
        app.processEvents()
        view.viewport().repaint()

    # An editor was on the screen before, as NodeGraphQt's is: fonts are loaded.
    small = DocumentModel(large_document(10))
    small.analyse()
    first = CanvasView(small, DARK)
    show(first)
    first.hide()
    places = tidy_rows(count)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.espalier"
        storage.save(large_document(count, places), path)
        memory, begun, used = resident(), time.perf_counter(), time.process_time()
        document = storage.load(path) if opens else large_document(count, places)
        model = DocumentModel(document)
        there = time.perf_counter()
    model.analyse()
    known = time.perf_counter()
    view = CanvasView(model, DARK)
    built = time.perf_counter() - known + there - begun
    show(view)
    return {
        "built": built,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "bytes": resident() - memory,
    }


def run(command: list[str]) -> Taken:
    """What a process prints last."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Taken = json.loads(done.stdout.splitlines()[-1])
    return found


def told(name: str, runs: list[Taken]) -> Taken:
    """Print the medians with their ranges; gives the medians."""
    middle = {}
    for key, unit, size in (
        ("built", "ms", 1e-3),
        ("seconds", "ms", 1e-3),
        ("cpu", "ms", 1e-3),
        ("bytes", "MiB", 2**20),
    ):
        values = sorted(each[key] / size for each in runs)
        middle[key] = statistics.median(values)
        print(
            f"{name:12} {key:8} median {middle[key]:8.1f} {unit} "
            f"({values[0]:.1f} to {values[-1]:.1f}, n={len(values)})"
        )
    return middle


def main() -> None:
    """Measure both in turn, and print how many times one is the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that has NodeGraphQt")
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        found = ours(given.nodes, opens=given.ours == "opened")
        print(json.dumps(found), flush=True)
        os._exit(0)
    if not given.peer:
        parser.error("--peer is needed: a Python that has NodeGraphQt")
    nodes = str(given.nodes)
    mine = [sys.executable, "-m", "tests.benchmarks.canvas_peer", "--nodes", nodes]
    peer = [given.peer, str(Path(__file__).with_name("nodegraphqt_build.py")), nodes]
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "peer.json")
        run([*peer, "--save", file])
        commands = {
            "built": ([*mine, "--ours", "built"], peer),
            "opened": ([*mine, "--ours", "opened"], [*peer, "--open", file]),
        }
        runs: dict[str, tuple[list[Taken], list[Taken]]] = {
            way: ([], []) for way in commands
        }
        for _ in range(given.rounds):
            for way, pair in commands.items():
                for found, command in zip(runs[way], pair, strict=True):
                    found.append(run(command))
    for way, (ours_, theirs_) in runs.items():
        print(f"{way}:")
        my_medians, their_medians = (
            told("Espalier", ours_),
            told("NodeGraphQt", theirs_),
        )
        for key in my_medians:
            times = their_medians[key] / my_medians[key]
            print(f"NodeGraphQt takes {times:.1f} times the {key}")


if __name__ == "__main__":
    main()
