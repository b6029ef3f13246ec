"""Everything that is to be known of training on a GPU, by one command.

    python -m tests.benchmarks.cuda [--data-dir DIR] [--rounds 5] [--seeds 3]

Speed and accuracy on MNIST stand beside the hand-written loop of
`tests.benchmarks.training` in the same run, moved to the GPU as people move it. The
other parts are of the application as a user has it: runs of `main.py train` that are
killed and go on, with deterministic algorithms; the memory told against what PyTorch
allocated; a training that finds too little memory. The exit code is 1 where anything
is not as it should be. `--device cpu` rehearses all of it where there is no GPU.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import nn

import templates
from engine import session
from engine.data.samples import Samples
from engine.document import Document
from engine.memory import memory_of
from engine.problems import Refusal
from engine.runs import FINAL
from engine.storage import save
from engine.training.events import EpochDone, Finished
from engine.training.loop import train
from engine.training.objective import Outcome, Plan, Turn
from engine.training.recording import Recording
from engine.training.supervised import Supervised
from engine.training.trouble import Trouble
from tests.benchmarks.memory import held, placed, trained
from tests.benchmarks.training import (
    BATCH,
    DATA_DIR,
    Application,
    MnistFiles,
    accuracy_of,
    hand_written,
)
from tests.engine.test_killed_runs import curve

PROJECT = Path(__file__).resolve().parents[2]
WANTED = 5.0
"""How many times as fast as the hand-written loop training is to be on a GPU."""
NEAR = 0.2
"""By what share of it the memory told may be wrong."""
NEAR_POINTS = 0.3
"""How many points fewer are chance, where one epoch is trained."""
STEPS = 400
KILLS = 5
LESSONS = ("cnn-three-conv", "cnn-cifar10", "small-gpt", "text-classifier", "vae")
MIB = 2**20
LITTLE = 512 * MIB
"""The memory that PyTorch is left with to run out of it."""


def with_spread(values: list[float], form: str = ",.0f") -> str:
    """`1,234 (1,200 to 1,300, n=5)`."""
    least, most = min(values), max(values)
    middle = statistics.median(values)
    return f"{middle:{form}} ({least:{form}} to {most:{form}}, n={len(values)})"


def speed(files: MnistFiles, data_dir: Path, device: str, rounds: int) -> bool:
    """Images a second of both loops, in turns."""
    application = Application(data_dir, device)
    found: dict[str, list[float]] = {}
    were_recorded = False
    for _ in range(rounds):
        base = hand_written(files, STEPS, device=device)[0]
        found.setdefault("hand-written", []).append(base)
        for name, precision, records in (
            ("fp32", "fp32", device == "cuda"),
            ("auto", "auto", device == "cuda"),
            ("auto, not recorded", "auto", False),
        ):
            recording = Recording() if records else None
            speed, _ = application.run(precision, STEPS, recording=recording)
            found.setdefault(name, []).append(speed)
            were_recorded |= recording is not None and recording.is_recorded
    ratios: dict[str, list[float]] = {
        name: [a / b for a, b in zip(each, found["hand-written"], strict=True)]
        for name, each in found.items()
    }
    print(f"images a second, batch {BATCH}, {STEPS} steps")
    for name, each in found.items():
        print(f"  {name:19} {with_spread(each)}, {with_spread(ratios[name], '.2f')}")
    print(f"  steps were recorded: {were_recorded}")
    best = max(statistics.median(ratios[name]) for name in ("fp32", "auto"))
    print(f"  {best:.2f} times the hand-written loop; at least {WANTED:g} wanted")
    return best >= WANTED and were_recorded


def accuracy(files: MnistFiles, data_dir: Path, device: str, seeds: int) -> bool:
    """The share of test images that are told after one epoch, over seeds."""
    application = Application(data_dir, device)
    test = MnistFiles(data_dir, train=False)
    found: dict[str, list[float]] = {"hand-written": [], "fp32": [], "auto": []}
    for seed in range(seeds):
        model = hand_written(files, None, seed, device)[1]
        found["hand-written"].append(100 * accuracy_of(model, test))
        for precision in ("fp32", "auto"):
            recording = Recording() if device == "cuda" else None
            _, done = application.run(precision, None, seed, recording)
            if done is not None:
                found[precision].append(100 * done.test_metrics["accuracy"])
    print("percent of the test images after one epoch")
    for name, each in found.items():
        print(f"  {name:19} {with_spread(each, '.2f')}")
    means = {name: statistics.mean(each) for name, each in found.items()}
    return min(means.values()) > means["hand-written"] - NEAR_POINTS


def repeatable(device: str) -> Document:
    """With random numbers and statistics, some seconds long."""
    return session.with_overrides(
        templates.open_lesson("digits-cnn"),
        {
            "device": device,
            "deterministic": True,
            "epochs": 40,
            "checkpoint_seconds": 0.0,
            "schedule": "cosine",
            "average": 0.9,
            "rotation": 10.0,
        },
    )


def command_for(document: Path, folder: Path) -> list[str]:
    """The verb that trains a document, or goes on with it."""
    verb = [sys.executable, "main.py", "train", str(document), "--run-dir", str(folder)]
    resume = ["--resume"] if (folder / "checkpoint.safetensors").exists() else []
    return [*verb, "--json", *resume]


def resuming(device: str) -> bool:
    """Kill runs at any moment, and let them go on: to the same end, bit by bit?"""
    with tempfile.TemporaryDirectory() as place:
        document, whole, cut = (Path(place, name) for name in ("d.espalier", "a", "b"))
        save(repeatable(device), document)
        subprocess.run(
            command_for(document, whole), cwd=PROJECT, check=True, capture_output=True
        )
        kills = 0
        while not ended(command_for(document, cut), 6 if kills < KILLS else 1000):
            kills += 1
        same_curve = curve(whole) == curve(cut)
        same_weights = (whole / FINAL).read_bytes() == (cut / FINAL).read_bytes()
    print(
        f"after {kills} kills: losses {'the same' if same_curve else 'OTHERS'}, "
        f"weights {'the same' if same_weights else 'OTHERS'} bit by bit"
    )
    return same_curve and same_weights and kills > 0


def ended(command: list[str], most: int) -> bool:
    """Whether a training ended before `most` more epochs; else it is killed in one."""
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            most -= '"event": "epoch"' in line
            if most < 0:
                process.kill()
                return False
    if process.returncode:
        raise SystemExit(f"the training ended with {process.returncode}")
    return True


def recorded_numbers(device: str) -> bool:
    """Whether played steps give the losses of computed ones."""
    if device != "cuda":
        print("recorded steps: only on CUDA")
        return True
    found = []
    for records in (True, False):
        prepared = session.prepare(repeatable(device))
        recording = prepared.plan.recording if records else None
        plan = replace(prepared.plan, recording=recording)
        events = train(prepared.state, prepared.splits, plan)
        found.append(
            [(e.train_loss, e.val_loss) for e in events if isinstance(e, EpochDone)]
        )
    print(f"recorded steps: losses {'the same' if found[0] == found[1] else 'OTHERS'}")
    return found[0] == found[1]


def memory(data_dir: Path, device: str) -> bool:
    """What was told before trainings, against the most that PyTorch allocated."""
    is_near = True
    for lesson in LESSONS:
        document = session.with_overrides(
            templates.open_lesson(lesson), {"device": device, "epochs": 1}
        )
        told = memory_of(document, data_dir)
        if told is None:
            print(f"memory of {lesson}: nobody could tell")
            is_near = False
            continue
        known = told.total - told.data - (told.copies if device == "cpu" else 0)
        took = [taken(document, data_dir, records=records) for records in (False, True)]
        is_near = is_near and abs(known / took[0] - 1) <= NEAR
        print(
            f"memory of {lesson}: told {known / MIB:.1f} MiB, took {took[0] / MIB:.1f} "
            f"({known / took[0] - 1:+.1%}), with recorded steps {took[1] / MIB:.1f}"
        )
    return is_near


def taken(document: Document, data_dir: Path, *, records: bool) -> int:
    """The most that a training took at one time without its samples, in bytes."""
    prepared = session.prepare(document, data_dir)
    recording = prepared.plan.recording if records else None
    prepared = replace(prepared, plan=replace(prepared.plan, recording=recording))
    if prepared.plan.hardware.device == "cpu":
        return trained(prepared, placed(prepared))
    few = replace(
        prepared.splits,
        train=first(prepared.splits.train, 30 * prepared.plan.recipe.batch_size),
        validation=first(prepared.splits.validation, 1024),
        test=first(prepared.splits.test, 1024),
    )
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    most = 0
    for _ in train(prepared.state, few, prepared.plan):
        most = max(most, torch.cuda.max_memory_allocated())
    return most - held([few])


def first(samples: Samples, count: int) -> Samples:
    """The first few samples."""
    return samples.batch(torch.arange(min(count, len(samples))))


class Hungry(Supervised):
    """Stands for a GPU with little memory in a rehearsal."""

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        if len(batch) > 1000:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().outcome(turn, model, batch, plan)

    judge = Supervised.judge


@contextmanager
def little_memory(device: str) -> Iterator[None]:
    """While this lasts there is not much."""
    if device == "cuda":
        whole = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction(min(LITTLE / whole, 1.0))
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
    else:
        with mock.patch.object(session, "objective_in", lambda *_: Hungry()):
            yield


def out_of_memory(data_dir: Path, device: str) -> bool:
    """Whether a training that finds too little memory goes on as it offers to."""
    batch = 16_384 if device == "cuda" else 4096
    document = session.with_overrides(
        templates.open_lesson("cnn-three-conv"),
        {"device": device, "batch_size": batch, "epochs": 1, "precision": "fp32"},
    )
    with tempfile.TemporaryDirectory() as folder, little_memory(device):
        offers = 0
        while offers < 12:
            trouble, is_finished = attempted(document, data_dir, Path(folder))
            if trouble is None:
                break
            offers += 1
            for fix in trouble.fixes(document.recipe):
                for edit in fix.edits:
                    edit.apply(document)
    recipe = document.recipe
    print(
        f"memory ran out with batches of {batch}: "
        f"{'finished' if is_finished else 'NOT finished'} with {recipe.batch_size} × "
        f"{recipe.accumulation}, after {offers} offers"
    )
    return is_finished and offers > 0


def attempted(
    document: Document, data_dir: Path, folder: Path
) -> tuple[Trouble | None, bool]:
    """The trouble that ended a training, and whether it came to its end."""
    trouble, is_finished = None, False
    resume = (folder / "checkpoint.safetensors").exists()
    try:
        for event in session.train_document(
            document, data_dir=data_dir, run_dir=folder, resume=resume
        ):
            if isinstance(event, Trouble) and event.kind == "out-of-memory":
                trouble = event
            is_finished = is_finished or isinstance(event, Finished)
    except Refusal as refusal:
        if trouble is None:
            print(f"  {refusal.problem.sentence()}")
    return trouble, is_finished


def main() -> int:
    """Measure everything; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data-dir", type=Path, default=DATA_DIR)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="some of the parts, by name")
    given = parser.parse_args()
    device, data_dir = given.device, given.data_dir
    if device == "cuda" and not torch.cuda.is_available():
        parser.error("PyTorch finds no CUDA device, and every figure here is of one.")
    name = (
        torch.cuda.get_device_name() if device == "cuda" else "a rehearsal on the CPU"
    )
    print(f"{name}, PyTorch {torch.__version__}, CUDA {torch.version.cuda}")
    Application(data_dir)  # downloads what is not there
    files = MnistFiles(data_dir, train=True)
    parts: dict[str, Any] = {
        "speed": lambda: speed(files, data_dir, device, given.rounds),
        "accuracy": lambda: accuracy(files, data_dir, device, given.seeds),
        "recorded": lambda: recorded_numbers(device),
        "resuming": lambda: resuming(device),
        "memory": lambda: memory(data_dir, device),
        "out-of-memory": lambda: out_of_memory(data_dir, device),
    }
    verdicts = {
        name: part()
        for name, part in parts.items()
        if not given.only or name in given.only
    }
    for name, is_good in verdicts.items():
        print(f"{name}: {'as wanted' if is_good else 'NOT as wanted'}", flush=True)
    return 0 if all(verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
