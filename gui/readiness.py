"""PyTorch, loaded while the window is already there; and what it will train on."""

from __future__ import annotations

import atexit
import gc
import sys
import threading
import time
from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from engine.problems import Refusal
from gui.background import BackgroundCall
from gui.document_model import DocumentModel

_QUIET_MILLISECONDS = 400
_PIECE_SECONDS = 0.004  # of importing what draws curves, between two frames
_PAUSE_MILLISECONDS = 15
_LOADING = threading.Lock()
_MOST_NODES = 300  # building more just to say which precision pays takes too long


class Readiness(QObject):
    """Loads PyTorch on a thread, then lets the model know shapes."""

    ready = Signal()
    """PyTorch is there and shapes are known."""
    hardware_known = Signal(str, str, str)
    """Device, precision, and why, for the document as it is now."""
    failed = Signal(object)
    """The `Problem` that keeps PyTorch from loading."""

    def __init__(self, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._call: BackgroundCall | None = None
        self._curves = CurveLoading(self)
        self._is_ready = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MILLISECONDS)
        self._quiet.timeout.connect(self._choose_hardware)
        model.analysed.connect(self._wait_for_quiet)

    @property
    def is_ready(self) -> bool:
        """Whether PyTorch is there."""
        return self._is_ready

    def start(self) -> None:
        """Begin to load; `ready` or `failed` follows."""
        if self._call is None:
            self._call = BackgroundCall(load_torch, self)
            self._call.succeeded.connect(self._loaded)
            self._call.failed.connect(self.failed)
            self._call.start()

    def close(self) -> None:
        """Wait for the thread; an import cannot be broken off."""
        self._quiet.stop()
        self._curves.stop()
        if self._call is not None:
            self._call.succeeded.disconnect(self._loaded)  # it may be on its way
            self._call.wait()

    def _loaded(self) -> None:
        self._is_ready = True
        self._model.analyse()
        self.ready.emit()
        self._curves.start()

    def _wait_for_quiet(self) -> None:
        if self._is_ready:
            self._quiet.start()

    def _choose_hardware(self) -> None:
        analysis, document = self._model.whole, self._model.root
        if not analysis.is_valid or len(document.graph) > _MOST_NODES:
            return
        import torch

        from engine.compiler import compile_document
        from engine.pretrained.needs import needs_of
        from engine.training.device import HardwareError, choose_hardware

        recipe = document.recipe
        try:
            compiled = compile_document(document, analysis)
            with torch.device("meta"):  # no memory, no time: only which layers
                if needs_of(document):  # all of those have products as large as this
                    module: torch.nn.Module = torch.nn.Linear(1_024, 1_024)
                else:
                    module = compiled.module_class()
            chosen = choose_hardware(recipe.device, recipe.precision, module)
        except HardwareError as error:
            self.hardware_known.emit(recipe.device, "–", str(error))
        except Refusal:
            return  # the problems panel says why
        else:
            self.hardware_known.emit(chosen.device, chosen.precision, chosen.reason)


class CurveLoading(QObject):
    """Imports what draws curves between two frames, so that training begins at once.

    On the window's thread alone. PySide makes each class of Qt when it is first asked
    for, and pyqtgraph asks for all of them: on a thread beside the window's, which asks
    for others, that ends the process now and then.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces = load_curves()
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Begin, unless they are there."""
        if "pyqtgraph" not in sys.modules:
            self._timer.start()

    def stop(self) -> None:
        """Leave the rest to whoever draws curves."""
        self._timer.stop()

    def _go_on(self) -> None:
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return  # the last piece would hold a gesture up
        until = time.perf_counter() + _PIECE_SECONDS
        for _ in self._pieces:
            if time.perf_counter() > until:
                return
        self._timer.stop()


def load_curves() -> Iterator[None]:
    """Import what draws curves, a little at each step; its last step takes longest."""
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
            yield
    import pyqtgraph  # noqa: F401


def load_torch() -> None:
    """Import PyTorch and what trains with it; some seconds, on any thread.

    Shapes are known only after its first layers ran here: PyTorch imports its compiler
    for them, and the window would stand still for as long as for PyTorch itself.
    """
    with _LOADING:  # the start page and the first document both ask for it
        is_here = "engine.session" in sys.modules
        import engine.shapes
        from engine.analysis import load_shapes

        engine.shapes.warm_up()
        load_shapes()
        import engine.session  # training starts at once when asked for

        # What was imported stays: a search for garbage through it takes 0.3 s, in the
        # middle of a gesture. Only once: windows that are open by then stay too.
        if not is_here:
            gc.freeze()
            atexit.register(gc.unfreeze)  # else Triton tells of leaks at the end
