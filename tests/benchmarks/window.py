"""How soon the window is painted, and how smooth it stays while a network trains.

Run with `python -m tests.benchmarks.window`. The first frame is timed in fresh
processes from before they start, beside processes that only import torch, by one clock.
Gaps are those between frames of the canvas, redrawn 60 times a second while the first
lesson trains as fast as it can; beside them stand those of the same window at rest.
Off screen, software rendering; milliseconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parents[2]
LESSON = "digits-cnn"
_FRAME = """
import os, time
from gui.main_window import MainWindow
def stop(window):
    print(time.monotonic(), flush=True)
    os._exit(0)
MainWindow._load_the_rest = stop
from gui.app import run
run({target})
"""
_TORCH = "import torch, time; print(time.monotonic(), flush=True)"
FRAME_MILLISECONDS = 16


def milliseconds_until_told(code: str, home: str) -> float:
    """How long a fresh process takes from its start to the time it prints."""
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    begin = time.monotonic()  # one clock for all processes of a machine
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return 1000 * (float(told.splitlines()[-1]) - begin)


def spread(times: list[float]) -> str:
    """Median with quartiles and number."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"median {middle:.0f} ms ({low:.0f} to {high:.0f}, n={len(times)})"


def first_frame(count: int) -> None:
    """Print the time to the first frame beside that of importing torch."""
    codes = {
        "first painted frame, a lesson": _FRAME.format(target=f"'lesson:{LESSON}'"),
        "first painted frame, the start page": _FRAME.format(target=""),
        "reference, import torch": _TORCH,
    }
    times: dict[str, list[float]] = {what: [] for what in codes}
    with TemporaryDirectory() as home:
        for code in codes.values():  # fill the disk's cache
            milliseconds_until_told(code, home)
        for _ in range(count):  # in turn: what else the machine does hits all
            for what, code in codes.items():
                times[what].append(milliseconds_until_told(code, home))
    lesson, start, torch = (statistics.median(each) for each in times.values())
    for what, each in times.items():
        print(f"{what}: {spread(each)}")
    print(f"ratios {lesson / torch:.2f} and {start / torch:.2f}, wanted at most 0.50")


def gaps(seconds: float) -> None:
    """Print the gaps between frames at rest and while a network trains."""
    from PySide6.QtCore import QSettings, Qt, QTimer

    import templates
    from engine.analysis import load_shapes
    from gui.app import SWITCH_SECONDS, make_application, make_window
    from gui.appearance import Appearance
    from gui.workplace import Workplace

    app = make_application([])
    sys.setswitchinterval(SWITCH_SECONDS)
    load_shapes()
    with TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat)
        place = Workplace(
            settings=settings,
            appearance=Appearance(app, settings, "dark"),
            data_dir=Path(folder),
            runs_dir=Path(folder),
        )
        window = make_window(templates.open_lesson(LESSON), place, None)
        window.show()
        wait(2)
        times: list[float] = []

        def draw() -> None:
            window.canvas.viewport().repaint()
            times.append(time.perf_counter())

        timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(draw)
        timer.start(FRAME_MILLISECONDS)
        wait(seconds)
        report_gaps("at rest", times)
        window.top.epochs.setValue(100_000)
        window.train()
        while window.training.state != "running":
            wait(0.05)
        wait(1)
        times.clear()
        wait(seconds)
        report_gaps("while training, wanted 99th at most 50 ms", times)
        speed = window.bottom.training.speed.text()
        print(f"trained meanwhile at {speed}")
        timer.stop()
        window.model.undo_stack.setClean()
        window.training.close()
        window.close()
        window.deleteLater()
        app.processEvents()


def wait(seconds: float) -> None:
    """Let the window live as it does for a user.

    `QTest.qWait` would not: it keeps Python to itself while it sleeps, and a training
    in a thread gets a fiftieth of its speed.
    """
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def report_gaps(what: str, times: list[float]) -> None:
    """Print how far apart frames were."""
    between = sorted(1000 * (after - before) for before, after in pairwise(times))
    percent = statistics.quantiles(between, n=100)
    print(
        f"gaps between frames {what}: median {percent[49]:.1f}, 95th {percent[94]:.1f},"
        f" 99th {percent[98]:.1f}, largest {between[-1]:.1f} ms (n={len(between)})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    first_frame(options.count)
    gaps(options.seconds)


if __name__ == "__main__":
    main()
