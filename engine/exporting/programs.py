"""The trained network in formats that other programs load: ONNX, PT2, weights."""

from __future__ import annotations

import importlib.util
import logging
import tempfile
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.catalog import TensorSpec
from engine.compiler import Compiled, compile_document
from engine.document import Document
from engine.pretrained.providing import network_maker
from engine.problems import Refusal
from engine.training.checkpoint import load_weights, write_weights


def network_of(document: Document, weights: Path | None) -> tuple[Compiled, nn.Module]:
    """The document's network, ready to answer, with weights from a file or new ones.

    New weights are drawn by the recipe's seed: those that training begins with.
    """
    compiled = compile_document(document)
    torch.manual_seed(document.recipe.seed)
    model = network_maker(document, compiled.module_class)()
    if weights is not None:
        load_weights(weights, model)
    return compiled, model.eval()


def write_onnx(document: Document, path: Path, weights: Path | None) -> None:
    """Write an ONNX file with a batch of any size. Raises Refusal."""
    for package in ("onnx", "onnxscript"):
        if importlib.util.find_spec(package) is None:
            raise Refusal(
                f"Writing ONNX needs the package {package}, which is not installed.",
                'Install it with: pip install "espalier[onnx]"',
                code="needs-onnx",
            )
    compiled, model = network_of(document, weights)
    samples, dynamic = _samples(compiled)
    with warnings.catch_warnings(), _quiet("torch.onnx"):
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                model,
                samples,
                input_names=list(compiled.inputs),
                output_names=list(compiled.outputs),
                dynamic_shapes=dynamic,
                dynamo=True,
                verbose=False,
            )
        except Exception as error:  # its own errors share no class
            raise _not_exportable("ONNX", error) from error
    if program is None:
        raise Refusal("PyTorch gave no ONNX program.", "Export to pt2 instead.")
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "model.onnx"
        program.save(str(beside))
        path.write_bytes(beside.read_bytes())


def write_pt2(document: Document, path: Path, weights: Path | None) -> None:
    """Write PyTorch's exported program, with a batch of any size. Raises Refusal."""
    compiled, model = network_of(document, weights)
    samples, dynamic = _samples(compiled)
    try:
        exported = torch.export.export(model, samples, dynamic_shapes=dynamic)
        torch.export.save(exported, path)
    except OSError as error:
        raise Refusal(f"{path} could not be written: {error.strerror}.") from error
    except Exception as error:  # its own errors share no class
        raise _not_exportable("PT2", error) from error


def write_weights_file(document: Document, path: Path, weights: Path | None) -> None:
    """Write the weights as safetensors. Raises Refusal."""
    _, model = network_of(document, weights)
    write_weights(model.state_dict(), path)


def _samples(compiled: Compiled) -> tuple[tuple[Tensor, ...], tuple[object, ...]]:
    """Two samples for each input, and that the batch may be of any size."""
    batch = torch.export.Dim("batch", min=1)
    samples = tuple(_zeros(spec) for spec in compiled.inputs.values())
    return samples, tuple({0: batch} for _ in samples)


def _zeros(spec: TensorSpec) -> Tensor:
    return torch.zeros((2, *spec.shape), dtype=getattr(torch, spec.dtype))


def _not_exportable(what: str, error: Exception) -> Refusal:
    first = str(error).strip().split("\n")[0][:200]
    return Refusal(
        f"PyTorch cannot write this network as {what}: {first}",
        "Export the module or the script instead.",
        code="not-exportable",
    )


class _quiet:  # noqa: N801  used as a function
    """Silences a logger meanwhile: exporting is chatty."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def __enter__(self) -> None:
        self._level = self._logger.level
        self._logger.setLevel(logging.CRITICAL)

    def __exit__(self, *_: object) -> None:
        self._logger.setLevel(self._level)
