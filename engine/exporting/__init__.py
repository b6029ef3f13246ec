"""What goes out: code, notebooks, and the trained network in other formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.compiler import compile_document
from engine.document import Document
from engine.exporting.notebook import notebook
from engine.exporting.plain import plain_script
from engine.exporting.programs import write_onnx, write_pt2, write_weights_file
from engine.exporting.script import script
from engine.problems import Refusal
from engine.storage import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One format: what a menu calls it, its files' suffix, and what writes it."""

    title: str
    suffix: str
    write: Callable[[Document, Path, Path | None], None]
    """Takes the document, where to write, and a file of weights or None."""
    holds_weights: bool = False


def _text(make: Callable[[Document], str]) -> Callable[..., None]:
    def write(document: Document, path: Path, weights: Path | None) -> None:
        write_whole(path, make(document).encode())

    return write


def _module(document: Document) -> str:
    return compile_document(document).code.source


EXPORTERS: dict[str, Exporter] = {
    "module": Exporter(title="PyTorch module", suffix=".py", write=_text(_module)),
    "plain": Exporter(
        title="Short training script", suffix=".py", write=_text(plain_script)
    ),
    "script": Exporter(title="Training script", suffix=".py", write=_text(script)),
    "notebook": Exporter(
        title="Jupyter notebook", suffix=".ipynb", write=_text(notebook)
    ),
    "onnx": Exporter(
        title="ONNX", suffix=".onnx", write=write_onnx, holds_weights=True
    ),
    "pt2": Exporter(
        title="PyTorch program", suffix=".pt2", write=write_pt2, holds_weights=True
    ),
    "weights": Exporter(
        title="Weights",
        suffix=".safetensors",
        write=write_weights_file,
        holds_weights=True,
    ),
}
"""Every format by the name the command line has for it; pictures are the window's."""


def export(
    document: Document, kind: str, path: Path, weights: Path | None = None
) -> str:
    """Write a document in one of the formats; gives a sentence on what was written.

    `weights` is a file of a run, such as its `final.safetensors`; without it the
    weights are those that training begins with. Raises Refusal.
    """
    exporter = EXPORTERS.get(kind)
    if exporter is None:
        raise Refusal(
            f"There is no export called {kind}.",
            f"Choose one of {', '.join(EXPORTERS)}.",
            code="unknown-export",
        )
    exporter.write(document, path, weights)
    if not exporter.holds_weights:
        return f"Wrote {path}."
    whose = (
        f"from {weights}"
        if weights
        else (f"untrained, drawn with seed {document.recipe.seed}")
    )
    return f"Wrote {path} with weights {whose}."
