"""How close the memory told before a training comes to what the training then takes.

Run with `python -m tests.benchmarks.memory --data-dir DIR`. Each lesson trains on the
CPU in a process of its own; what it took is by how much the process grew at its
largest, beyond what it had when everything was imported and had run once. All data are
loaded, and the epoch is cut short after 30 batches: more of them take no more.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from engine.data.samples import Samples, Splits

LESSONS = (
    *("cnn-three-conv", "cnn-cifar10", "vae", "conv-autoencoder", "cnn-mnist-deep"),
    *("char-lstm", "small-gpt"),
)
_MIB = 2**20


def resident(what: str) -> int:
    """Bytes of this process in memory: `VmRSS` now, `VmHWM` at most so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(what))
    return int(line.split()[1]) * 1024


def trained(lesson: str, data_dir: Path) -> None:
    """Train once in this process, and print what was told and what it took."""
    import templates
    from engine import session
    from engine.memory import memory_of
    from engine.session import train_document

    load = session.load

    with tempfile.TemporaryDirectory() as folder:
        document = templates.open_lesson(lesson)
        told = memory_of(document, data_dir)
        if told is None:
            raise SystemExit(f"nobody can tell what {lesson} takes")
        for warm_up in ("fnn-iris", "digits-cnn"):
            runs = Path(folder, warm_up)
            short = {"epochs": 1, "device": "cpu"}
            list(
                train_document(
                    templates.open_lesson(warm_up), runs_dir=runs, overrides=short
                )
            )
        Path("/proc/self/clear_refs").write_text("5")  # forget the largest so far
        before = resident("VmRSS")
        session.load = lambda *given: cut(load(*given), document.recipe.batch_size)
        for _ in train_document(
            document, data_dir=data_dir, runs_dir=Path(folder), overrides=short
        ):
            pass
        took = resident("VmHWM") - before
    print(json.dumps({"told": told.total, "data": told.data, "took": took}))


def cut(splits: Splits, batch_size: int) -> Splits:
    """The first samples of all; the others stay in memory with them."""

    def first(samples: Samples, count: int) -> Samples:
        return Samples(
            {name: field[:count] for name, field in samples.inputs.items()},
            {name: field[:count] for name, field in samples.targets.items()},
        )

    return replace(
        splits,
        train=first(splits.train, 30 * batch_size),
        validation=first(splits.validation, 1024),
        test=first(splits.test, 1024),
    )


def main() -> None:
    """Measure each lesson in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("lessons", nargs="*", default=LESSONS)
    given = parser.parse_args()
    if given.one:
        trained(given.one, given.data_dir)
        return
    for lesson in given.lessons:
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--one", lesson]
        if given.data_dir:
            command += ["--data-dir", str(given.data_dir.resolve())]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
        if done.returncode:
            print(f"{lesson:20} failed: {done.stderr.strip().splitlines()[-1]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        told, took = found["told"], found["took"]
        print(
            f"{lesson:20} told {told / _MIB:7.0f} MiB, took {took / _MIB:7.0f} MiB: "
            f"{(told - took) / took:+.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
