"""How close the memory told before a training comes to what the training then takes.

Run with `python -m tests.benchmarks.memory --data-dir DIR`. Each lesson trains on the
CPU in a process of its own. What it took is the most that PyTorch had allocated at one
time by its own record, with the data and the network it began with. All data are
loaded, and the epoch is cut short after 30 batches: more of them take no more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

LESSONS = (
    *("cnn-three-conv", "cnn-mnist-deep", "cnn-cifar10", "vae", "conv-autoencoder"),
    *("char-lstm", "small-gpt", "digits-cnn", "training-patterns"),
)
_MIB = 2**20
_BATCHES = 30
_JUDGED = 1024


def trained(lesson: str, data_dir: Path | None) -> dict[str, int]:
    """Train in this process; bytes that were told and that it took."""
    from torch.profiler import ProfilerActivity, profile

    import templates
    from engine import session
    from engine.data.samples import Samples
    from engine.memory import memory_of

    document = templates.open_lesson(lesson)
    told = memory_of(document, data_dir)
    if told is None:
        raise SystemExit(f"nobody can tell what {lesson} takes")
    prepared = session.prepare(
        session.with_overrides(document, {"epochs": 1, "device": "cpu"}), data_dir
    )
    splits, size = prepared.splits, document.recipe.batch_size

    def first(samples: Samples, count: int) -> Samples:
        return Samples(
            {name: field[:count] for name, field in samples.inputs.items()},
            {name: field[:count] for name, field in samples.targets.items()},
        )

    few = replace(
        splits,
        train=first(splits.train, _BATCHES * size),
        validation=first(splits.validation, _JUDGED),
        test=first(splits.test, _JUDGED),
    )
    storages = {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for part in (splits.train, splits.validation, splits.test)
        for tensor in (*part.inputs.values(), *part.targets.values())
    }
    data = sum(storages.values())
    weights = sum(t.nbytes for t in prepared.state.model.state_dict().values())
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        for _ in session.train(prepared.state, few, prepared.plan):
            pass
    now = most = 0
    events = record.profiler.kineto_results.events()
    for event in sorted(events, key=lambda event: event.start_ns()):
        if event.name() == "[memory]":
            now += event.nbytes()
            most = max(most, now)
    return {
        "told": told.total - told.copies - told.data,
        "took": weights + most,
        "told_data": told.data,
        "data": data,
    }


def main() -> None:
    """Measure each lesson in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("lessons", nargs="*", default=LESSONS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(trained(given.one, given.data_dir)))
        return
    for lesson in given.lessons:
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--one", lesson]
        if given.data_dir:
            command += ["--data-dir", str(given.data_dir.resolve())]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{lesson:20} failed: {done.stderr.strip().splitlines()[-1]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        told, took = found["told"], found["took"]
        print(
            f"{lesson:18} without data told {told / _MIB:6.1f} MiB, took "
            f"{took / _MIB:6.1f} ({(told - took) / took:+.0%}); data told "
            f"{found['told_data'] / _MIB:6.1f}, took {found['data'] / _MIB:6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
