"""An error in an override that Qt calls is told, and does not end the process."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import gui

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import sys
import gui
from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QApplication, QGraphicsObject, QGraphicsScene, QWidget
)

told = []
sys.excepthook = lambda kind, error, trace: told.append(str(error))
app = QApplication([])

class Painted(QWidget):
    def paintEvent(self, event):
        int("no number")

class Watching(QObject):
    def eventFilter(self, watched, event):
        int("no number")

class Drawn(QGraphicsObject):
    def boundingRect(self):
        int("no number")

try:
    {use}
    app.processEvents()
    QWidget().size()
except ValueError as error:  # PySide raises it at the next call
    told.append(str(error))
assert any("no number" in each for each in told), told
print("it goes on")
"""
USES = {
    "paintEvent": "Painted().grab()",
    "eventFilter": "w, f = QWidget(), Watching(); w.installEventFilter(f); w.show()",
    "boundingRect": "s = QGraphicsScene(); s.addItem(Drawn()); s.itemsBoundingRect()",
}


@pytest.mark.parametrize("use", USES)
def test_an_error_of_a_c_function_does_not_end_the_process(use: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WINDOW.replace("{use}", USES[use])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "it goes on" in done.stdout


def test_nothing_that_is_kept_hides_a_method_of_qt() -> None:
    """Qt would call it: a field named `metric` ended the window at larger text."""
    found = []
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        holder = importlib.import_module(module.name)
        for kind in vars(holder).values():
            if inspect.isclass(kind) and kind.__module__ == module.name:
                found += [f"{module.name}.{kind.__name__}.{n}" for n in _hidden(kind)]
    assert found == []


def _hidden(kind: type) -> set[str]:
    """The methods of Qt's that a class gives another value to."""
    bases = [each for each in kind.__mro__ if each.__module__.startswith("PySide6")]
    methods = {name for base in bases for name in vars(base) if name[0] != "_"}
    if not methods:
        return set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    return methods & {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def test_a_crash_leaves_behind_where_it_was(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "crash.log"
    crash = (
        "import sys, faulthandler; from pathlib import Path;"
        "from gui.failures import log_crashes_to;"
        "log_crashes_to(Path(sys.argv[1])); faulthandler._sigsegv()"
    )
    done = subprocess.run([sys.executable, "-c", crash, log], cwd=ROOT, check=False)
    assert done.returncode != 0
    told = log.read_text(encoding="utf-8")
    assert "Segmentation fault" in told or "access violation" in told
    assert "<string>" in told
