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
from PySide6.QtWidgets import QLabel

import gui

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import sys
import gui
import pyqtgraph
from PySide6.QtCore import QObject, QRectF, QThread, QTimer
from PySide6.QtGui import QPainter, QUndoCommand, QUndoStack
from PySide6.QtWidgets import (
    QApplication, QGraphicsObject, QGraphicsScene, QGraphicsView, QLabel, QWidget
)

told = []
sys.excepthook = lambda kind, error, trace: told.append(str(error))
app = QApplication([])

def fail(*given):
    {fail}

class Painted(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)  # still open as the error comes
        fail()

class Watching(QObject):
    eventFilter = fail

class Bounded(QGraphicsObject):
    boundingRect = fail
    def paint(self, *given):
        pass

class Drawn(QGraphicsObject):
    paint = fail
    def boundingRect(self):
        return QRectF(0, 0, 9, 9)

class Asked(QLabel):
    sizeHint = fail

class Step(QUndoCommand):
    def redo(self):
        pass
    undo = fail

class Axis(pyqtgraph.AxisItem):
    tickStrings = fail

class Curve(pyqtgraph.PlotCurveItem):
    paint = fail

class Box(pyqtgraph.ViewBox):
    boundingRect = fail

def show(widget):
    widget.resize(400, 300)
    widget.show()
    QTimer.singleShot(100, lambda: widget.resize(300, 200))
    QTimer.singleShot(200, app.quit)
    app.exec()
    widget.grab()

def plot(curve=None, **given):
    shown = pyqtgraph.PlotWidget(**given)
    shown.addItem(curve or pyqtgraph.PlotCurveItem([1, 2, 4]))
    show(shown)

def scene(*items):
    shown = QGraphicsScene()
    for item in items:
        shown.addItem(item)
    shown.itemsBoundingRect()
    show(QGraphicsView(shown))

def undone():
    stack = QUndoStack()
    stack.indexChanged.connect(lambda index: str(index))
    stack.push(Step())
    stack.undo()

{use}
app.processEvents()
assert QWidget().size().width() > 0
assert told and all("no number" in each for each in told), told
print("it goes on")
"""
USES = {
    "paintEvent": "show(Painted())",
    "eventFilter": "w, f = QWidget(), Watching(); w.installEventFilter(f); show(w)",
    "boundingRect": "scene(Bounded(), Drawn())",
    "paint": "scene(*(Drawn() for _ in range(9)))",
    "sizeHint": "a = Asked('a'); assert a.sizeHint().width() > 0; show(a)",
    "undo": "undone()",
    "an axis of pyqtgraph": "plot(axisItems={'left': Axis('left')})",
    "a curve of pyqtgraph": "plot(Curve([1, 2, 4]))",
    "a box of pyqtgraph": "plot(viewBox=Box())",
}
ERRORS = {
    "of Python": 'raise ValueError("no number")',
    "of C": 'int("no number")',  # no exception object before somebody catches it
}


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("use", USES)
def test_an_error_in_an_override_does_not_end_the_process(use: str, error: str) -> None:
    code = WINDOW.replace("{use}", USES[use]).replace("{fail}", ERRORS[error])
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "it goes on" in done.stdout
    assert "QPainter" not in done.stderr  # none is left open


def test_a_method_that_only_python_calls_raises_as_ever(qapp: object) -> None:
    class Named(QLabel):
        def setText(self, text: str) -> None:
            raise ValueError(text)

    with pytest.raises(ValueError, match="as ever"):
        Named().setText("as ever")


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
