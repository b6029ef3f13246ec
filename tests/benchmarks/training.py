"""Training speed: the application's loop beside the loop a person would have written.

    python -m tests.benchmarks.training [--rounds 5] [--steps 150] [--accuracy 3]

What it measures on a GPU is part of `python -m tests.benchmarks.cuda`.

One network (32, 64, 128 padded filters, Linear 256, dropout 0.5; 390,410 parameters) on
MNIST in batches of 64. The hand-written loop is the lesson's: DataLoader over
torchvision's MNIST, ToTensor, Normalize, Adam. The loops take turns in one process, so
that what else the machine does meets all alike. `--accuracy` trains each for one whole
epoch besides, with so many seeds, and compares them on the test images.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import statistics
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from engine.data.source import load
from engine.document import DataConfig
from engine.recipe import Recipe
from engine.training.device import choose_hardware
from engine.training.events import Finished, StepDone
from engine.training.goals import Goal, Learning
from engine.training.loop import State, begin, train
from engine.training.objective import Plan
from engine.training.recording import Recording
from engine.training.supervised import Supervised

DATA_DIR = Path(__file__).resolve().parents[3] / "shared" / "data"
BATCH = 64
WARM_UP = 20  # steps
TARGETS = {"fp32": 1.3, "auto": 3.0}


class ThreeConvolutions(nn.Module):
    """(N, 1, 28, 28) -> (N, 10), written as the lesson writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_layers = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, 2),
            nn.Conv2d(32, 64, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, 2),
            nn.Conv2d(64, 128, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, 2),
        )
        self.fc_layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(128 * 3 * 3, 256),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(256, 10),
        )

    def forward(self, image: Tensor) -> Tensor:
        answer: Tensor = self.fc_layers(self.conv_layers(image))
        return answer


class MnistFiles(MNIST):
    """torchvision's MNIST, read from the published files as they lie in `mnist/`."""

    def __init__(self, root: Path, *, train: bool) -> None:
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
        )
        self.target_transform = None
        stem = "train" if train else "t10k"
        self.data = _idx(root / "mnist" / f"{stem}-images-idx3-ubyte.gz", 16).view(
            -1, 28, 28
        )
        self.targets = _idx(root / "mnist" / f"{stem}-labels-idx1-ubyte.gz", 8).long()


def _idx(path: Path, header: int) -> Tensor:
    content = bytearray(gzip.decompress(path.read_bytes())[header:])
    return torch.frombuffer(content, dtype=torch.uint8)


def finish(device: str) -> None:
    """Wait until all is computed that was asked for."""
    if device == "cuda":
        torch.cuda.synchronize()


def hand_written(
    files: MnistFiles, steps: int | None, seed: int = 0, device: str = "cpu"
) -> tuple[float, nn.Module]:
    """Images a second of the lesson's loop over so many steps, and its network."""
    torch.manual_seed(seed)
    model = ThreeConvolutions().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model.train()
    begun, seen = 0.0, 0
    for step, (images, labels) in enumerate(
        DataLoader(files, batch_size=BATCH, shuffle=True)
    ):
        if step == WARM_UP:
            finish(device)
            begun, seen = time.perf_counter(), 0
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        seen += len(images)
        if steps is not None and step + 1 == WARM_UP + steps:
            break
    finish(device)
    return seen / (time.perf_counter() - begun), model


class Application:
    """The application's loop on its own copy of the data."""

    def __init__(self, data_dir: Path = DATA_DIR, device: str = "cpu") -> None:
        # All 60,000 images but the fewest possible, as the hand-written loop has them.
        config = DataConfig(source="mnist", settings={"validation": 0.001})
        self.splits = load(config, data_dir)
        self._device = device

    def run(
        self,
        precision: str,
        steps: int | None,
        seed: int = 0,
        recording: Recording | None = None,
    ) -> tuple[float, Finished | None]:
        """Images a second over so many steps, or a whole epoch with its test."""
        state, plan = self._begin(precision, seed)
        plan = replace(plan, recording=recording)
        begun, seen, end = 0.0, 0, 0.0
        for event in train(state, self.splits, plan):
            if isinstance(event, StepDone):
                if event.step == WARM_UP:
                    finish(self._device)
                    begun, seen = time.perf_counter(), 0
                else:
                    seen += BATCH
                is_last = steps is not None and event.step == WARM_UP + steps
                if is_last:
                    finish(self._device)
                end = time.perf_counter()
                if is_last:
                    break
            if isinstance(event, Finished):
                return seen / (end - begun), event
        return seen / (end - begun), None

    def _begin(self, precision: str, seed: int) -> tuple[State, Plan]:
        recipe = Recipe(
            epochs=1,
            batch_size=BATCH,
            precision=precision,
            device=self._device,
            seed=seed,
        )
        learning = Learning(goals=(Goal(target="digit", loss="cross_entropy"),))
        state, hardware = begin(ThreeConvolutions, recipe, learning)
        plan = Plan(
            recipe=recipe,
            fields=("image",),
            learning=learning,
            hardware=hardware,
            objective=Supervised(),
        )
        return state, plan


def accuracy_of(model: nn.Module, files: MnistFiles) -> float:
    """The share of images it gets right."""
    model.eval()
    right = 0
    device = next(model.parameters()).device
    with torch.no_grad():
        for images, labels in DataLoader(files, batch_size=BATCH):
            chosen = model(images.to(device)).argmax(1).cpu()
            right += int((chosen == labels).sum())
    return right / len(files)


def compare_speed(files: MnistFiles, rounds: int, steps: int) -> None:
    """Print every loop's images a second: median, and lowest to highest."""
    application = Application()
    speeds: dict[str, list[float]] = {"hand-written": [], "fp32": [], "auto": []}
    for _ in range(rounds):
        speeds["hand-written"].append(hand_written(files, steps)[0])
        for precision in ("fp32", "auto"):
            speeds[precision].append(application.run(precision, steps)[0])
    print(f"images a second, batch {BATCH}, {rounds} rounds of {steps} steps")
    base = speeds["hand-written"]
    for name, values in speeds.items():
        ratios = [a / b for a, b in zip(values, base, strict=True)]
        print(
            f"  {name:13}{statistics.median(values):8,.0f}"
            f"  ({min(values):,.0f} to {max(values):,.0f})"
            f"  ratio {statistics.median(ratios):.2f}"
            f"  ({min(ratios):.2f} to {max(ratios):.2f})"
            + (f", target {TARGETS[name]}" if name in TARGETS else "")
        )


def compare_accuracy(files: MnistFiles, seeds: int) -> None:
    """Print every loop's accuracy on the test images after one epoch, over seeds."""
    application = Application()
    test = MnistFiles(DATA_DIR, train=False)
    found: dict[str, list[float]] = {"hand-written": [], "fp32": [], "auto": []}
    for seed in range(seeds):
        _, model = hand_written(files, None, seed)
        found["hand-written"].append(accuracy_of(model, test))
        for precision in ("fp32", "auto"):
            _, finished = application.run(precision, None, seed)
            if finished is not None:
                found[precision].append(finished.test_metrics["accuracy"])
    base = statistics.mean(found["hand-written"])
    print(f"test accuracy after one epoch, mean of {seeds} seeds")
    for name, values in found.items():
        mean = statistics.mean(values)
        print(
            f"  {name:13}{mean:.2%}  ({min(values):.2%} to {max(values):.2%})"
            f"  {100 * (mean - base):+.2f} points"
        )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--accuracy", type=int, default=0, metavar="SEEDS")
    args = parser.parse_args()
    auto = choose_hardware("cpu", "auto", ThreeConvolutions())
    print(
        f"{platform.machine()}, {torch.get_num_threads()} threads, PyTorch "
        f"{torch.__version__}; auto is {auto.precision} ({auto.reason})"
    )
    files = MnistFiles(DATA_DIR, train=True)
    compare_speed(files, args.rounds, args.steps)
    if args.accuracy:
        compare_accuracy(files, args.accuracy)


if __name__ == "__main__":
    main()
