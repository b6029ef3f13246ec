"""Networks that learn in their own way: what each reaches, beside what it should.

    python -m tests.benchmarks.learning [--data-dir DIR] [--only ID ...]

Every row trains a lesson's document with its own recipe and seed, on the CPU in float32
and on the real MNIST or scikit-learn's digits, and compares one number of the test part
with its target. The exit code is 1 where a target was missed.
"""

from __future__ import annotations

import argparse
import operator
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

import templates
from engine.session import train_document
from engine.training.events import Finished
from tests.benchmarks.generating import SHAKESPEARE, share_of_entropy, sure_digits
from tests.engine.pretrained_models import mini_lm, reader

DATA_DIR = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lesson, what it is measured by, and how good that has to be."""

    lesson: str
    measure: str
    """`loss`, or a metric of the test part."""
    target: float
    at_least: bool = True
    """Whether more is better."""
    reached: Callable[[Path], float] | None = None
    """Gives the number where training alone does not; takes the data's folder."""


def minilm_on_sst2(data_dir: Path) -> float:
    """The accuracy on SST-2's dev part of a new head on a frozen MiniLM."""
    length, folder = 40, str(mini_lm())
    data = {
        "path": "sst2/train.tsv",
        "test_path": "sst2/dev.tsv",
        "header": "no",
    }
    recipe = {"epochs": 6, "batch_size": 32, "learning_rate": 0.005}
    document = reader(
        length=length, source="reviews", folder=folder, data=data, recipe=recipe
    )
    with tempfile.TemporaryDirectory() as run:
        events = train_document(document, data_dir=data_dir, run_dir=Path(run))
        finished = next(e for e in events if isinstance(e, Finished))
    return finished.test_metrics["accuracy"]


ROWS: tuple[Row, ...] = (
    # The mean squared error of painting the mean of all digits is 0.067.
    Row(lesson="rbm-mnist", measure="loss", target=0.02, at_least=False),
    Row(lesson="dbn-mnist", measure="accuracy", target=0.975),
    Row(lesson="deep-stacking", measure="accuracy", target=0.97),
    Row(lesson="som-digits", measure="topographic_error", target=0.1, at_least=False),
    Row(lesson="minilm-sst2", measure="accuracy", target=0.78, reached=minilm_on_sst2),
    Row(lesson="dcgan", measure="sure digits", target=0.8, reached=sure_digits),
    # The same error as above: the mean digit costs 0.067 a pixel.
    Row(lesson="autoencoder", measure="loss", target=0.01, at_least=False),
    Row(lesson="conv-autoencoder", measure="loss", target=0.01, at_least=False),
    # Painting the mean of all digits costs 0.263 of cross entropy a pixel.
    Row(lesson="vae", measure="loss", target=0.2, at_least=False),
    # Bits per character, as a share of the entropy of the letters.
    Row(
        lesson="char-lstm",
        measure="share of entropy",
        target=0.5,
        at_least=False,
        reached=share_of_entropy("char-lstm", None, 3),
    ),
    Row(
        lesson="small-gpt",
        measure="share of entropy",
        target=0.5,
        at_least=False,
        reached=share_of_entropy("small-gpt", None, 3),
    ),
    Row(
        lesson="char-lstm",
        measure="Shakespeare, share",
        target=0.7,
        at_least=False,
        reached=share_of_entropy("char-lstm", SHAKESPEARE, 2),
    ),
    Row(
        lesson="small-gpt",
        measure="Shakespeare, share",
        target=0.7,
        at_least=False,
        reached=share_of_entropy("small-gpt", SHAKESPEARE, 2),
    ),
)


def reached_by(row: Row, data_dir: Path) -> float:
    """The row's number after its lesson was trained."""
    if row.reached is not None:
        return row.reached(data_dir)
    document = templates.open_lesson(row.lesson)
    overrides = {"device": "cpu", "precision": "fp32"}
    with tempfile.TemporaryDirectory() as folder:
        events = train_document(
            document, data_dir=data_dir, run_dir=Path(folder), overrides=overrides
        )
        finished = next(e for e in events if isinstance(e, Finished))
    numbers = {"loss": finished.test_loss, **finished.test_metrics}
    return numbers[row.measure]


def main() -> int:
    """Train the rows and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data-dir", type=Path, default=DATA_DIR)
    parser.add_argument("--only", nargs="+", metavar="ID")
    args = parser.parse_args()
    print(f"{platform.machine()}, PyTorch {torch.__version__}, CPU, fp32, seed 0")
    print(f"{'lesson':20}{'measure':22}{'result':>10}{'target':>12}{'seconds':>10}")
    missed = 0
    for row in ROWS:
        if args.only and row.lesson not in args.only:
            continue
        begun = time.perf_counter()
        result = reached_by(row, args.data_dir)
        seconds = time.perf_counter() - begun
        is_met = (operator.ge if row.at_least else operator.le)(result, row.target)
        missed += not is_met
        bound = f"{'≥' if row.at_least else '≤'} {row.target:g}"
        print(
            f"{row.lesson:20}{row.measure:22}{result:10.4f}{bound:>12}{seconds:10.0f}"
            f"{'' if is_met else '   missed'}",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
