"""How close the memory told before a training comes to what the training then takes.

Run with `python -m tests.benchmarks.memory --data-dir DIR`. Each network trains on the
CPU in a process of its own, three times. What it took is the most that PyTorch had
allocated at one time by its own record, with the network it began with and without
the samples, which are counted apart. All of them are loaded and laid out as training
wants them, and the epoch is cut short after 30 batches: more of them take no more.
What libraries take without asking PyTorch, such as MKL, is in neither number.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.data.samples import Samples, Splits
    from engine.document import Document
    from engine.session import Prepared

_MIB = 2**20
_BATCHES = 30
_JUDGED = 1024
_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A lesson, or an architecture made small enough to be trained here."""

    lesson: str
    recipe: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The shape of inputs, by node."""


def pictures(lesson: str, size: int, batch: int) -> Case:
    """An architecture that reads small pictures."""
    return Case(
        lesson=lesson,
        recipe={"batch_size": batch},
        data={"height": size, "width": size, "samples": 100},
        inputs={"image": (3, size, size)},
    )


LESSONS = (
    *("cnn-three-conv", "cnn-mnist-deep", "cnn-cifar10", "vae", "conv-autoencoder"),
    *("char-lstm", "small-gpt", "digits-cnn", "training-patterns", "autoencoder"),
    *("text-classifier", "transformer-block", "lstm-sentiment", "gru-classifier"),
    *("rnn-classifier", "bilstm-classifier", "lstm-forecast", "seq2seq-attention"),
    *("unet", "distilbert", "gpt-2", "t5-small"),
)
CASES = {lesson: Case(lesson=lesson) for lesson in LESSONS} | {
    "resnet-50 at 64": pictures("resnet-50", 64, 4),
    "mobilenet-v2 at 96": pictures("mobilenet-v2", 96, 4),
    "densenet-121 at 64": pictures("densenet-121", 64, 8),
    "xception at 96": pictures("xception", 96, 4),
    "vgg-16 at 64": pictures("vgg-16", 64, 8),
}


def document_of(case: Case, precision: str) -> Document:
    """The document that is trained."""
    import templates
    from engine import session

    document = templates.open_lesson(case.lesson)
    changes = {"epochs": 1, "device": "cpu", "precision": precision} | {**case.recipe}
    document = session.with_overrides(document, changes)
    document.data = replace(
        document.data, settings={**document.data.settings, **case.data}
    )
    for name, shape in case.inputs.items():
        node = document.graph[name]
        settings = {**node.settings, "shape": shape}
        document.graph.replace_node(replace(node, settings=settings))
    return document


def measured(case: Case, precision: str, data_dir: Path | None) -> dict[str, Any]:
    """Train in this process; bytes that were told and that it took."""
    from engine import session
    from engine.memory import memory_of

    document = document_of(case, precision)
    memory_of(document, data_dir)  # what is imported at first is no part of the time
    begun = time.perf_counter()
    told = memory_of(document, data_dir)
    seconds = time.perf_counter() - begun
    if told is None:
        raise SystemExit(f"nobody can tell what {case.lesson} takes")
    took, data = [], 0
    for _ in range(_RUNS):
        prepared = session.prepare(document, data_dir)
        laid_out = placed(prepared)
        data = held((prepared.splits, laid_out))
        took.append(trained(prepared, laid_out))
    return {
        "told": told.total - told.copies - told.data,
        "took": took,
        "told_data": told.data,
        "data": data,
        "seconds": seconds,
    }


def placed(prepared: Prepared) -> Splits:
    """The samples as training lays them out for itself."""
    from engine.training.placing import place

    def laid_out(part: Samples) -> Samples:
        return place(part, prepared.plan.hardware)

    splits = prepared.splits
    return replace(
        splits,
        train=laid_out(splits.train),
        validation=laid_out(splits.validation),
        test=laid_out(splits.test),
    )


def held(every: Iterable[Splits]) -> int:
    """Bytes of all samples, each counted once."""
    storages = {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for splits in every
        for part in (splits.train, splits.validation, splits.test)
        for tensor in (*part.inputs.values(), *part.targets.values())
    }
    return sum(storages.values())


def trained(prepared: Prepared, splits: Splits) -> int:
    """The most that a short training takes beside its samples, in bytes."""
    from torch.profiler import ProfilerActivity, profile

    from engine import session
    from engine.data.samples import Samples

    def first(samples: Samples, count: int) -> Samples:
        return Samples(
            {name: values[:count] for name, values in samples.inputs.items()},
            {name: values[:count] for name, values in samples.targets.items()},
        )

    few = replace(
        splits,
        train=first(splits.train, _BATCHES * prepared.plan.recipe.batch_size),
        validation=first(splits.validation, _JUDGED),
        test=first(splits.test, _JUDGED),
    )
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
    return weights + most


def line_of(name: str, found: dict[str, Any]) -> str:
    """What was found, in one line."""
    told, took = found["told"], statistics.median(found["took"])
    least, most = min(found["took"]) / _MIB, max(found["took"]) / _MIB
    return (
        f"{name:20} told {told / _MIB:7.2f} MiB in {found['seconds']:.2f} s, took "
        f"{took / _MIB:7.2f} ({least:.2f} to {most:.2f}, n={len(found['took'])}): "
        f"{(told - took) / took:+.1%}; samples told "
        f"{found['told_data'] / _MIB:.1f}, took {found['data'] / _MIB:.1f}"
    )


def main() -> None:
    """Measure each case in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--precision", default="fp32", help="fp32, bf16 or auto")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="*", default=list(CASES))
    given = parser.parse_args()
    if given.one:
        case = CASES[given.one]
        print(json.dumps(measured(case, given.precision, given.data_dir)))
        return
    for name in given.cases:
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--one", name]
        command += ["--precision", given.precision]
        if given.data_dir:
            command += ["--data-dir", str(given.data_dir.resolve())]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
        if done.returncode:
            last = (done.stderr.strip() or "no word why").splitlines()[-1]
            print(f"{name:20} failed: {last}", flush=True)
        else:
            found = json.loads(done.stdout.splitlines()[-1])
            print(line_of(name, found), flush=True)


if __name__ == "__main__":
    main()
