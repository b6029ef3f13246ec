"""PyTorch is loaded whole before shapes are asked for, and left without a word."""

from __future__ import annotations

import subprocess
import sys

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
    done = subprocess.run(
        [sys.executable, "-c", _OPENED_AFTER_LOADING],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.split() == ["True", "0"]
    assert done.stderr == ""  # libraries tell of what is frozen when Python ends
