"""How good is what a network makes: the digits of a generator, the letters of a writer.

Each function trains a lesson with its own recipe and seed and gives one number.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

import templates
from engine.compiler import compile_document
from engine.data.source import load
from engine.document import DataConfig, Document
from engine.runs import FINAL
from engine.session import train_document
from engine.training.checkpoint import load_weights
from engine.training.events import Finished

SAMPLES = 1_000
SURE = 0.9
SHAKESPEARE = DataConfig(
    source="text-file", settings={"path": "tinyshakespeare/input.txt", "window": 64}
)
ON_THE_CPU = {"device": "cpu"}


def trained(
    document: Document, data_dir: Path, folder: Path, **overrides: object
) -> tuple[torch.nn.Module, Finished]:
    """The document's network after its training, ready to answer, and the end."""
    events = train_document(
        document,
        data_dir=data_dir,
        run_dir=folder,
        overrides={**ON_THE_CPU, **overrides},
    )
    finished = next(event for event in events if isinstance(event, Finished))
    module = compile_document(document).module_class()
    load_weights(folder / FINAL, module)
    return module.eval(), finished


def sure_digits(data_dir: Path) -> float:
    """The share of 1,000 made digits that a classifier is sure of.

    The classifier is the lesson `cnn-three-conv`; a share counts only if all ten
    digits are found, else 0 is given.
    """
    with tempfile.TemporaryDirectory() as folder:
        judge, _ = trained(
            templates.open_lesson("cnn-three-conv"), data_dir, Path(folder) / "judge"
        )
        generator, _ = trained(
            templates.open_lesson("dcgan"), data_dir, Path(folder) / "dcgan"
        )
    torch.manual_seed(0)
    with torch.no_grad():
        made = generator(torch.zeros(SAMPLES, 1, 28, 28))[0]
        certainty, digits = judge(made).softmax(-1).max(-1)
    counts = digits.bincount(minlength=10)
    print(f"  {'made digits 0 to 9':40}{counts.tolist()}")
    return float((certainty >= SURE).float().mean()) if bool(counts.all()) else 0.0


def share_of_entropy(
    lesson: str, data: DataConfig | None, epochs: int
) -> Callable[[Path], float]:
    """What measures the test's bits per character, as a share of the letters' entropy.

    The entropy is what somebody pays who knows only how often each letter occurs in
    the training part.
    """

    def measure(data_dir: Path) -> float:
        document = templates.open_lesson(lesson)
        if data is not None:
            document = replaced(document, data)
        splits = load(document.data, data_dir)
        counts = (
            splits.train.targets["following"]
            .flatten()
            .bincount(minlength=len(splits.vocabulary))
        )
        chances = (counts.double() + 1) / (counts.sum() + len(counts))
        tested = splits.test.targets["following"].flatten()
        entropy = float(-chances[tested].log2().mean())
        with tempfile.TemporaryDirectory() as folder:
            _, finished = trained(document, data_dir, Path(folder), epochs=epochs)
        bits = finished.test_loss / math.log(2)
        print(f"  {lesson + ', bits per character':40}{bits:.3f} of {entropy:.3f}")
        return bits / entropy

    return measure


def replaced(document: Document, data: DataConfig) -> Document:
    """A copy of the document with other data."""
    other = document.copy()
    other.data = replace(data)
    return other
