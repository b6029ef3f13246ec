"""PyTorch is loaded whole before shapes are asked for, and left without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import templates
from tests.gui.conftest import OpenWindow


def in_new_process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What Python says that has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )


_OPENED_AFTER_LOADING = """
import sys
from gui.readiness import load_torch
load_torch()
before = {name for name in sys.modules if name.startswith(("torch", "sympy"))}
import templates
from engine.analysis import analyse
document = templates.open_lesson("digits-cnn")
analysis = analyse(document)
assert analysis.is_valid
assert sum(analysis.operations(name) for name in analysis.network) > 100_000
late = {name for name in sys.modules if name.startswith(("torch", "sympy"))} - before
print(len(before) > 1_000, len(late))
"""


def test_the_first_document_imports_nothing_of_pytorch_when_it_was_loaded() -> None:
    """It would do so on the thread that draws, for seconds (in a new process)."""
    done = in_new_process(_OPENED_AFTER_LOADING)
    assert done.stdout.split() == ["True", "0"]
    assert done.stderr == ""  # libraries tell of what is frozen when Python ends


_CURVES_BESIDE_THE_WINDOW = """
import sys, threading, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(["test", "-platform", "offscreen"])
threads, gaps, last = set(), [], [time.perf_counter()]
class Finder:
    def find_spec(self, name, path, target=None):
        if name.startswith("pyqtgraph"):
            threads.add(threading.current_thread() is threading.main_thread())
sys.meta_path.insert(0, Finder())
from gui.readiness import CurveLoading
loading = CurveLoading()
def tick():
    gaps.append(time.perf_counter() - last[0])
    last[0] = time.perf_counter()
    if "pyqtgraph" in sys.modules:
        app.quit()
timer = QTimer(interval=0)
timer.timeout.connect(tick)
timer.start()
loading.start()
QTimer.singleShot(60_000, app.quit)
app.exec()
print("pyqtgraph" in sys.modules, threads, len(gaps) > 20)
"""


def test_what_draws_curves_is_imported_between_frames_of_the_window() -> None:
    """Beside the window's thread, PySide would end the process now and then."""
    done = in_new_process(_CURVES_BESIDE_THE_WINDOW)
    assert done.stdout.strip() == "True {True} True", done.stderr


def test_curves_are_imported_once_shapes_are_known(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(
        "gui.readiness.CurveLoading.start", lambda _: begun.append(True)
    )
    open_window(templates.open_lesson("digits-cnn"))
    assert begun == [True]


_LEFT_AT_ONCE = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
import templates
from gui.app import make_application, make_window
from gui.appearance import Appearance
from gui.workplace import Workplace
folder = Path(sys.argv[1])
app = make_application(["test", "-platform", "offscreen"])
settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
place = Workplace(
    settings=settings, appearance=Appearance(app, settings, None), data_dir=folder
)
window = make_window(templates.open_lesson("digits-cnn"), place, None)
window.first_frame_shown.connect(lambda: QTimer.singleShot(100, window.close))
window.show()
app.exec()
print("torch" in sys.modules, window.readiness.is_ready)
"""


def test_a_window_that_is_left_while_pytorch_loads_ends_quietly(tmp_path: Path) -> None:
    """What was loading comes too late, and begins nothing that nobody waits for."""
    done = in_new_process(_LEFT_AT_ONCE, str(tmp_path))
    assert done.stdout.split() == ["True", "False"], done.stderr
    assert "QThread" not in done.stderr
