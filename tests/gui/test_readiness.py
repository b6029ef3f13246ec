"""PyTorch is loaded whole before shapes are asked for, and left without a word."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

import templates
from tests.gui.conftest import OpenWindow


def in_new_process(code: str) -> subprocess.CompletedProcess[str]:
    """What Python says that has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-c", code],
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


_CURVES_ON_A_THREAD = """
import gc, sys, threading
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
app = QApplication(["test", "-platform", "offscreen"])
from gui.readiness import load_curves
thread = threading.Thread(target=load_curves)
thread.start()
thread.join()
strays = [each for each in gc.get_objects() if isinstance(each, QObject)]
print("pyqtgraph" in sys.modules, [type(each).__name__ for each in strays])
"""


def test_what_draws_curves_may_be_imported_on_a_thread() -> None:
    """A Qt object that it made there could not be used by the window."""
    done = in_new_process(_CURVES_ON_A_THREAD)
    assert done.stdout.strip() == "True ['QApplication']"


def test_curves_are_imported_on_the_side_once_shapes_are_known(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    monkeypatch.setattr(
        "gui.readiness.load_curves", lambda: threads.append(threading.get_ident())
    )
    window = open_window(templates.open_lesson("digits-cnn"))
    window.page.readiness.close()
    assert len(threads) == 1
    assert threads != [threading.get_ident()]
