"""Every lesson of the course trained on real data: what it reaches on the test part.

    python -m tests.benchmarks.results [--only ROW ...] [--seeds N ...] [--data-dir DIR]

Each row saves a lesson's document, with the data it names put in, and gives the file to
`main.py train`, on the CPU in float32. The test part is looked at once, at the end. A
row with seeds of its own has a figure to reach; the exit code is 1 where the mean over
its seeds misses it.
"""

from __future__ import annotations

import argparse
import io
import json
import operator
import platform
import statistics
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import torch

import main as command_line
import templates
from engine.data.source import load
from engine.document import DataConfig, Document
from engine.edits import change_settings
from engine.storage import save
from tests.benchmarks.picture_tiles import unpacked_tiles
from tests.benchmarks.result_rows import ROWS, TILES, Row

DATA_DIR = Path(__file__).resolve().parents[3] / "shared" / "data"


def document_of(row: Row, data_dir: Path, pictures: Path) -> Document:
    """The row's document; picture tiles lie unpacked in `pictures`."""
    document = templates.open_lesson(row.lesson)
    if row.source:
        settings = {
            name: str(pictures) if value == TILES else value
            for name, value in row.data.items()
        }
        document.data = DataConfig(source=row.source, settings=settings)
    document.recipe = replace(document.recipe, **row.recipe)
    for node, settings in row.nodes.items():
        change_settings(document.graph, node, settings).apply(document)
    return document


def trained(document: Document, seed: int, data_dir: Path) -> dict[str, float]:
    """The numbers of the test part, after `main.py train` of the document's file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.espalier"
        save(document, path)
        fixed = ["--seed", str(seed), "--device", "cpu", "--precision", "fp32"]
        places = ["--data-dir", str(data_dir), "--run-dir", str(Path(folder) / "run")]
        out = io.StringIO()
        with redirect_stdout(out):
            code = command_line.main(["train", str(path), *fixed, *places, "--json"])
        if code != command_line.DONE:
            raise RuntimeError(f"{document.name} ended with exit code {code}")
    record: dict[str, float] = json.loads(out.getvalue().splitlines()[-1])
    return record


def last_value_error(document: Document, data_dir: Path) -> float:
    """The RMSE of forecasting that nothing changes, in the series' own unit."""
    splits = load(document.data, data_dir)
    _, std = splits.scales["next"]
    last = splits.test.inputs["window"][:, -1, :1]
    return float((splits.test.targets["next"] - last).square().mean().sqrt()) * std


def line_of(row: Row, data_dir: Path, pictures: Path, seeds: list[int]) -> bool:
    """Train a row with each seed and print its line; whether it reached its figure."""
    document = document_of(row, data_dir, pictures)
    begun = time.perf_counter()
    records = [trained(document, seed, data_dir) for seed in seeds]
    seconds = (time.perf_counter() - begun) / len(seeds)
    found = [record[f"test_{row.measure}"] for record in records]
    epochs = sorted({int(record["epochs"]) for record in records})
    middle = statistics.fmean(found)
    target, said = row.target, ""
    if row.beats_last_value:
        target = last_value_error(document, data_dir)
        said = f"last value {target:.4g}"
    elif target is not None:
        said = f"{'≥' if row.at_least else '≤'} {target:g}"
    compare = operator.ge if row.at_least else operator.lt
    is_met = target is None or compare(middle, target)
    spread = f"{min(found):.4f} to {max(found):.4f}"
    print(
        f"{row.name:34}{row.measure:9}{middle:8.4f}  {spread:18}  n={len(seeds)}  "
        f"{'/'.join(map(str, epochs)):>6} epochs {seconds:6.0f} s  {said}"
        f"{'' if is_met else '   missed'}",
        flush=True,
    )
    return is_met


def main() -> int:
    """Train the rows and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data-dir", type=Path, default=DATA_DIR)
    parser.add_argument("--only", nargs="+", metavar="ROW", help="rows or lessons")
    parser.add_argument("--seeds", nargs="+", type=int, metavar="N")
    args = parser.parse_args()
    print(f"{platform.machine()}, PyTorch {torch.__version__}, CPU, fp32", flush=True)
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder)
        unpacked_tiles(args.data_dir / "cifar10-tiles", pictures)
        for row in ROWS:
            if args.only and not {row.name, row.lesson} & set(args.only):
                continue
            seeds = args.seeds or list(row.seeds)
            missed += not line_of(row, args.data_dir, pictures, seeds)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
