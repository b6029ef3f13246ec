"""The Export menu: code, weights and pictures of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsScene, QMenu, QWidget

from engine.document import Document
from engine.problems import Problem, Refusal
from gui.background import BackgroundCall
from gui.document_model import DocumentModel

_MARGIN = 24.0
_SCALE = 2.0
_MOST_PIXELS = 12_000  # a side: larger images fail to open in many viewers


@dataclass(frozen=True, slots=True)
class Target:
    """Something a document can be exported to."""

    kind: str
    title: str
    suffix: str
    tip: str


TARGETS = (
    Target("module", "PyTorch module", ".py", "The network as a Python file"),
    Target("script", "Training script", ".py", "A program that trains it, alone"),
    Target("notebook", "Notebook", ".ipynb", "The same, to go through cell by cell"),
    Target("onnx", "ONNX", ".onnx", "For other programs to run"),
    Target("pt2", "torch.export program", ".pt2", "PyTorch's own portable format"),
    Target("weights", "Weights", ".safetensors", "What was learned, by layer name"),
    Target("png", "Picture, PNG", ".png", "The canvas as an image"),
    Target("svg", "Picture, SVG", ".svg", "The canvas as a drawing that scales"),
)


class Exporter(QObject):
    """Asks where to, and exports off the window's thread."""

    exported = Signal(str)
    """A sentence on what was written."""
    refused = Signal(str)

    def __init__(
        self,
        model: DocumentModel,
        scene: QGraphicsScene,
        weights_for: Callable[[Document], Path | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._weights_for = weights_for
        self._model = model
        self._scene = scene
        self._window = window
        self._calls: list[BackgroundCall] = []

    def fill(self, menu: QMenu) -> None:
        """Put an action for each target into `menu`."""
        menu.setToolTipsVisible(True)
        for target in TARGETS:
            action = menu.addAction(f"{target.title}…")
            action.setToolTip(target.tip)
            action.triggered.connect(lambda _=False, target=target: self.ask(target))

    def ask(self, target: Target) -> None:
        """Ask for a file and export to it."""
        name = f"{self._model.document.name}{target.suffix}"
        folder = self._model.path.parent if self._model.path else Path.home()
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            f"Export: {target.title}",
            str(folder / name),
            f"{target.title} (*{target.suffix})",
        )
        if chosen:
            path = Path(chosen)
            if not path.suffix:
                path = path.with_suffix(target.suffix)
            self.export(target.kind, path)

    def export(self, kind: str, path: Path) -> None:
        """Export to `path`; `exported` or `refused` tells how it went."""
        if kind in {"png", "svg"}:
            try:
                draw(self._scene, path)
            except Refusal as refusal:
                self.refused.emit(str(refusal))
            else:
                self.exported.emit(f"Wrote {path}.")
            return
        document = self._model.root.copy()
        weights = self._weights_for(document)
        call = BackgroundCall(lambda: _export(document, kind, path, weights), self)
        self._calls.append(call)
        call.succeeded.connect(self._done)
        call.failed.connect(self._failed)
        call.finished.connect(lambda: self._calls.remove(call))
        call.start()

    def wait(self) -> None:
        """Return when nothing is being exported any more."""
        for call in list(self._calls):
            call.wait()

    def _done(self, sentence: str) -> None:
        self.exported.emit(sentence)

    def _failed(self, problem: Problem) -> None:
        self.refused.emit(problem.sentence())


def _export(document: Document, kind: str, path: Path, weights: Path | None) -> str:
    from engine.exporting import export

    return export(document, kind, path, weights)


def draw(scene: QGraphicsScene, path: Path) -> None:
    """Draw a canvas into a .png or .svg file; raises Refusal when it cannot be."""
    bounds = scene.itemsBoundingRect()
    if bounds.isEmpty():
        raise Refusal("There is nothing on the canvas to draw.", "Add a layer first.")
    bounds.adjust(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    if path.suffix == ".svg":
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(bounds.size().toSize())
        generator.setViewBox(QRectF(0, 0, bounds.width(), bounds.height()))
        painter = QPainter()
        if not painter.begin(generator):
            raise _unwritable(path)
        scene.render(painter, QRectF(0, 0, bounds.width(), bounds.height()), bounds)
        painter.end()
        return
    scale = min(_SCALE, _MOST_PIXELS / max(bounds.width(), bounds.height()))
    image = QImage(
        (bounds.size() * scale).toSize(), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(image.rect()), bounds)
    painter.end()
    if not image.save(str(path)):
        raise _unwritable(path)


def _unwritable(path: Path) -> Refusal:
    return Refusal(
        f"The picture could not be written to “{path}”.", "Choose another folder."
    )
