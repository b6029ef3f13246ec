"""What a table takes in memory that is read whole, and one that is read from disk.

Each in a process of its own: written, described, loaded, and gone through once in
batches; told is how much the process grew at the most, and how long it took.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COLUMNS = 12


def main() -> None:
    """Write a table and measure both ways, or one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--kept", choices=("in memory", "on disk"))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.kept:
        measure(options.folder, options.kept)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "a.csv", options.rows)
        size = (folder / "a.csv").stat().st_size
        print(f"{options.rows:,} rows, {size / 1e6:.1f} MB")
        for kept in ("in memory", "on disk", "on disk"):
            subprocess.run(
                [
                    sys.executable,
                    *("-m", "tests.benchmarks.streaming"),
                    *("--kept", kept, "--folder", name),
                ],
                check=True,
            )


def write_table(path: Path, rows: int) -> None:
    """Numbers, and a class of two."""
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(f"c{i}" for i in range(COLUMNS)) + ",y\n")
        for first in range(0, rows, 10_000):
            numbers = rng.random((min(10_000, rows - first), COLUMNS))
            lines = (
                ",".join(f"{x:.6f}" for x in row) + f",{'ab'[i % 2]}\n"
                for i, row in enumerate(numbers)
            )
            file.writelines(lines)


def measure(folder: Path, kept: str) -> None:
    """Describe, load and go through the data once; print what it took."""
    import torch

    from engine.data.source import describe, load
    from engine.document import DataConfig

    config = DataConfig(source="csv-table", settings={"path": "a.csv", "kept": kept})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    describe(config, folder)
    splits = load(config, folder)
    loaded = time.perf_counter()
    total = 0.0
    order = torch.randperm(len(splits.train), generator=torch.Generator())
    for first in range(0, len(order), 256):
        batch = splits.train.batch(order[first : first + 256])
        splits.train.read_ahead(order, [slice(first + 256, first + 512)])
        total += float(batch.inputs["features"].sum())
    done = time.perf_counter()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{kept}: grew by {grown / 1024:.0f} MiB at the most; described and loaded in "
        f"{loaded - begun:.1f} s, gone through in {done - loaded:.1f} s"
    )


if __name__ == "__main__":
    main()
