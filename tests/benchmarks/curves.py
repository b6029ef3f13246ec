"""How long the live curve of a million steps takes to be kept and drawn again.

Run with `python -m tests.benchmarks.curves [--steps 1000000] [--redraws 60]`. Off
screen, software rendering, 1280 × 300. Each redraw adds the losses of a thirtieth of a
second at 3,000 steps a second, as a fast training brings them, and paints the plots.
Beside it: pyqtgraph alone with the same points, downsampled by itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
import tracemalloc
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from engine.training.events import EpochDone
from gui.theme import DARK
from gui.training.plots import Plots

BATCH = 100
STEPS_PER_EPOCH = 1000
LIMIT = 16.0  # milliseconds: a frame at 60 Hz


def losses(steps: int) -> np.ndarray:
    """A loss as it falls: with noise, and ever more slowly."""
    place = np.arange(steps)
    noise = np.random.default_rng(0).normal(0, 0.1, steps)
    return np.exp(noise - place / (steps / 3))


def epoch(number: int) -> EpochDone:
    """What the validation of an epoch comes to."""
    return EpochDone(
        epoch=number,
        train_loss=1 / number,
        val_loss=1 / number,
        val_metrics={"accuracy": 1 - 1 / number},
        seconds=1.0,
        samples_per_second=1.0,
        train_metrics={"accuracy": 1 - 1 / number},
        best=True,
        learning_rate=0.001,
    )


def redrawn(grow: Callable[[], object], times: int) -> list[tuple[float, float]]:
    """Milliseconds of each of `times` additions with the painting after it, on the
    clock and of the processor."""
    app = QApplication.instance()
    taken = []
    for _ in range(times):
        begun, worked = time.perf_counter(), time.thread_time()
        grow()
        if app is not None:
            app.processEvents()
        clock, work = time.perf_counter() - begun, time.thread_time() - worked
        taken.append((1000 * clock, 1000 * work))
    return taken


def report(what: str, taken: list[tuple[float, float]]) -> None:
    """One line: medians, and 95th percentiles."""
    words = []
    for name, times in zip(
        ("on the clock", "of the processor"), zip(*taken, strict=True), strict=True
    ):
        late = sorted(times)[int(0.95 * len(times))]
        words.append(f"{statistics.median(times):.1f} ms ({late:.1f}) {name}")
    print(f"{what}: {', '.join(words)}; n={len(taken)}, in brackets 95th percentiles")


def ours(values: np.ndarray, redraws: int) -> None:
    """The training panel's plots, with so many steps in them."""
    plots = Plots(DARK)
    plots.resize(1280, 300)
    plots.show()
    tracemalloc.start()
    plots.clear(STEPS_PER_EPOCH, 0)
    begun = time.perf_counter()
    for first in range(0, len(values), STEPS_PER_EPOCH):
        for start in range(first, first + STEPS_PER_EPOCH, BATCH):
            plots.add_losses(values[start : start + BATCH].tolist())
        plots.add_epochs([epoch(first // STEPS_PER_EPOCH + 1)])
    seconds = time.perf_counter() - begun
    kept = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    print(
        f"{len(values):,} steps taken in: {1e6 * seconds / len(values):.1f} µs a step"
    )
    print(f"memory they hold: {kept:.2f} MiB")
    more = values[-BATCH:].tolist()
    report("redrawn", redrawn(lambda: plots.add_losses(more), redraws))


def alone(values: np.ndarray, redraws: int) -> None:
    """pyqtgraph with every point, as it thins them out by itself."""
    plot = pg.PlotWidget()
    plot.resize(1280, 300)
    curve = plot.plot(pen=pg.mkPen("w", width=1))
    curve.setDownsampling(auto=True, method="peak")
    curve.setClipToView(True)
    plot.show()
    places = np.arange(len(values), dtype=np.float64)
    grow = lambda: curve.setData(places, values)  # noqa: E731
    report("pyqtgraph alone, one curve of every point", redrawn(grow, redraws))


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--redraws", type=int, default=60)
    args = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    values = losses(args.steps)
    ours(values, args.redraws)
    alone(values, args.redraws)
    print(f"limit {LIMIT:.0f} ms; {app.platformName()}")


if __name__ == "__main__":
    main()
