"""The Export menu: code, weights and pictures of the network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.document import Document
from engine.problems import Problem, Refusal
from gui.background import BackgroundCall
from gui.canvas.render import PAPER, is_wide, paint_page, render
from gui.canvas.scene import Pair
from gui.document_model import DocumentModel
from gui.replacing import with_ending
from gui.texts import Texts

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

tr = Texts("files")

_PICTURES = frozenset({"png", "svg", "pdf"})


@dataclass(frozen=True, slots=True)
class Target:
    """Something a document can be exported to."""

    kind: str
    title: str
    suffix: str
    tip: str


TARGETS = (
    Target(
        "module",
        tr.mark("PyTorch module"),
        ".py",
        tr.mark("The network as a Python file"),
    ),
    Target(
        "plain",
        tr.mark("Short training script"),
        ".py",
        tr.mark("The network and one plain loop, to read and to change"),
    ),
    Target(
        "script",
        tr.mark("Training script"),
        ".py",
        tr.mark("All that training does here: options, devices, precision, metrics"),
    ),
    Target(
        "notebook",
        tr.mark("Notebook"),
        ".ipynb",
        tr.mark("The same, to go through cell by cell"),
    ),
    Target("onnx", tr.mark("ONNX"), ".onnx", tr.mark("For other programs to run")),
    Target(
        "pt2",
        tr.mark("torch.export program"),
        ".pt2",
        tr.mark("PyTorch's own portable format"),
    ),
    Target(
        "weights",
        tr.mark("Weights"),
        ".safetensors",
        tr.mark("What was learned, by layer name"),
    ),
    Target(
        "png",
        tr.mark("Picture, PNG"),
        ".png",
        tr.mark("The drawing as an image, on white"),
    ),
    Target(
        "svg",
        tr.mark("Picture, SVG"),
        ".svg",
        tr.mark("The drawing in lines that scale"),
    ),
    Target(
        "pdf",
        tr.mark("Picture, PDF"),
        ".pdf",
        tr.mark("One page as large as the drawing"),
    ),
)


def file_name(title: str, suffix: str) -> str:
    """The name that is proposed for a file: that of a Python file can be imported."""
    if suffix != ".py":
        return f"{title}{suffix}"
    words = "_".join(re.findall(r"\w+", title.lower())) or "network"
    return f"{'_' if words[0].isdigit() or iskeyword(words) else ''}{words}{suffix}"


class Exporter(QObject):
    """Asks where to, and exports off the window's thread."""

    exported = Signal(str)
    """A sentence on what was written."""
    refused = Signal(str)

    def __init__(
        self,
        model: DocumentModel,
        weights_for: Callable[[Document], Path | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._weights_for = weights_for
        self._model = model
        self._window = window
        self._calls: list[BackgroundCall] = []

    def fill(self, menu: QMenu) -> None:
        """Put an action for each target into `menu`."""
        menu.setToolTipsVisible(True)
        for target in TARGETS:
            action = menu.addAction(f"{tr.of(target.title)}…")
            action.setToolTip(tr.of(target.tip))
            action.triggered.connect(lambda _=False, target=target: self.ask(target))

    def ask(self, target: Target) -> None:
        """Ask for a file and export to it."""
        name = file_name(self._model.document.name, target.suffix)
        folder = self._model.path.parent if self._model.path else Path.home()
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Export: {target}", target=tr.of(target.title)),
            str(folder / name),
            f"{tr.of(target.title)} (*{target.suffix})",
        )
        if chosen:
            path = with_ending(Path(chosen), target.suffix, self._window)
            if path is not None:
                self.export(target.kind, path)

    def export(self, kind: str, path: Path) -> None:
        """Export to `path`; `exported` or `refused` tells how it went."""
        if kind in _PICTURES:
            drawn = self._drawn()
            try:
                render(drawn.document, drawn.analysis, PAPER, path)
            except Refusal as refusal:
                self.refused.emit(str(refusal))
            else:
                self.exported.emit(tr("Wrote {path}.", path=path))
            return
        document = self._model.root.copy()
        weights = self._weights_for(document)
        call = BackgroundCall(lambda: _export(document, kind, path, weights), self)
        self._calls.append(call)
        call.succeeded.connect(self._done)
        call.failed.connect(self._failed)
        call.finished.connect(lambda: self._calls.remove(call))
        call.start()

    def print(self) -> None:
        """Ask for a printer and put the graph that is shown on a page."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        if not len(self._model.document.graph):
            self.refused.emit(tr("There is nothing on the canvas to print."))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._model.document.name)
        orientation = QPageLayout.Orientation
        wide = is_wide(self._drawn())
        printer.setPageOrientation(
            orientation.Landscape if wide else orientation.Portrait
        )
        if QPrintDialog(printer, self._window).exec():
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Put the graph that is shown on one page of a printer."""
        painter = QPainter()
        if not painter.begin(printer):
            self.refused.emit(
                tr(
                    "The printer did not take the drawing. Look whether it is switched "
                    "on, or export a PDF and print that."
                )
            )
            return
        page = QRectF(printer.pageRect(printer.Unit.DevicePixel))
        paint_page(self._drawn(), painter, QRectF(0, 0, page.width(), page.height()))
        painter.end()
        self.exported.emit(
            tr("Sent {document} to the printer.", document=self._model.document.name)
        )

    def _drawn(self) -> Pair:
        """The graph that is shown: inside a block, the block's."""
        return Pair(self._model.document, self._model.analysis)

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
