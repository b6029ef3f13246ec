"""An edit in a 1,000-layer network: time until all shapes and the code are right again.

    python -m tests.benchmarks.editing

Each figure stands beside the 16 ms of a frame at 60 Hz. "local" changes a setting at
the head that keeps the shapes behind it; "all" changes the size of the picture, so that
every layer's shape changes; "fresh" repeats "all" with sizes never seen before, so that
nothing is remembered.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from engine.analysis import Analysis, analyse
from engine.document import Document
from engine.edits import Edit, change_settings
from tests.engine.drawing import chain

LAYERS = 1_000
ROUNDS = 40


def network(layers: int = LAYERS) -> Document:
    """Convolution, norm, activation, again and again; then a pool and a Linear."""
    kinds = [
        ("Conv2d", {"out_channels": 16, "padding": 1}),
        ("BatchNorm2d", {}),
        ("ReLU", {}),
    ]
    rows = [
        (f"{kinds[i % 3][0].lower()}_{i}", *kinds[i % 3]) for i in range(layers - 3)
    ]
    end = [("pool", "AdaptiveAvgPool2d", {}), ("flatten", "Flatten", {})]
    return chain(*rows, *end, ("fc", "Linear", {"out_features": 10}), shape=(3, 32, 32))


def measure(document: Document, edits: Callable[[int], Edit]) -> list[float]:
    """Milliseconds from each edit to the code that follows it."""
    analysis = analyse(document)
    assert analysis.code
    times = []
    for number in range(ROUNDS):
        edit = edits(number)
        begun = time.perf_counter()
        edit.apply(document)
        analysis.note(edit)
        analysis.refresh()
        _read(analysis)
        times.append((time.perf_counter() - begun) * 1e3)
    return times


def _read(analysis: Analysis) -> None:
    if not analysis.is_valid or "return x" not in analysis.code:
        raise RuntimeError("the network broke")


def report(title: str, times: list[float], limit: float) -> None:
    """One line: median, quartiles, the 95th percentile and its limit."""
    quartiles = statistics.quantiles(times, n=4)
    worst = statistics.quantiles(times, n=20)[18]
    print(
        f"{title:<34} median {quartiles[1]:7.2f} ms  quartiles {quartiles[0]:.2f}"
        f" to {quartiles[2]:.2f}  p95 {worst:7.2f} ms  limit {limit:g} ms"
        f"  {'held' if worst <= limit else 'MISSED'}  n={len(times)}"
    )


def main() -> None:
    document = network()
    graph = document.graph
    report(
        "local: bias at the head",
        measure(
            document,
            lambda number: change_settings(
                graph, "conv2d_0", {"bias": bool(number % 2)}
            ),
        ),
        16,
    )
    report(
        "all: every shape changes",
        measure(
            document,
            lambda number: change_settings(
                graph, "data", {"shape": (3, 32 + number % 2, 32)}
            ),
        ),
        250,
    )
    report(
        "fresh: every shape, never seen",
        measure(
            document,
            lambda number: change_settings(
                graph, "data", {"shape": (3, 40 + number, 32)}
            ),
        ),
        250,
    )


if __name__ == "__main__":
    main()
