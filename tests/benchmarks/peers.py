"""Training speed beside the peers a user would pick, in one run.

    uv run --group bench python -m tests.benchmarks.peers [--rounds 5] [--steps 150]

The network of the lesson `cnn-three-conv` on MNIST, batch 64, Adam, fp32, on the CPU:

- the plain loop, as the lesson writes it: DataLoader over torchvision's MNIST;
- the same with tensors kept: what a careful person would write;
- Lightning's Trainer over the same kept tensors, without logger, bar and checkpoints;
- Keras on PyTorch, `fit` on arrays in memory, channels first, without a bar;
- Espalier as its window trains: the document, with metrics, with the curves drawn 30
  times a second, and with a checkpoint every second.

They take turns in one process, so that what else the machine does meets all alike. The
peers are given less to do; each time is taken after the first steps.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import lightning
import torch
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import templates
from engine.training.events import Event, StepDone
from gui.theme import DARK
from gui.training.controller import Order, Started, TrainingController, launch
from gui.training.panel import TrainingPanel
from tests.benchmarks.training import (
    BATCH,
    DATA_DIR,
    WARM_UP,
    MnistFiles,
    ThreeConvolutions,
    hand_written,
)

TARGET = 1.3
"""What the plain loop has to be outrun by."""
RATE = 0.001


class Peers:
    """Everything that is trained beside Espalier, on one copy of the data."""

    def __init__(self) -> None:
        self.files = MnistFiles(DATA_DIR, train=True)
        pixels = self.files.data.unsqueeze(1).float()
        self.images = (pixels / 255 - 0.5) / 0.5
        self.labels = self.files.targets
        self._arrays = self.images.numpy(), self.labels.numpy()

    def plain(self, steps: int) -> float:
        """The lesson's loop."""
        return hand_written(self.files, steps)[0]

    def _loader(self) -> DataLoader[tuple[Tensor, ...]]:
        kept = TensorDataset(self.images, self.labels)
        return DataLoader(kept, batch_size=BATCH, shuffle=True)

    def kept(self, steps: int) -> float:
        """The same over tensors that were decoded once."""
        model, criterion = ThreeConvolutions(), nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        watch = Stopwatch(steps)
        for images, labels in self._loader():
            optimizer.zero_grad()
            criterion(model(images), labels).backward()
            optimizer.step()
            if watch.is_over():
                break
        return watch.speed

    def lightning(self, steps: int) -> float:
        """Lightning's Trainer with all that costs time switched off."""
        watch = Stopwatch(steps)
        trainer = lightning.Trainer(
            accelerator="cpu",
            max_steps=WARM_UP + steps,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(LightningNetwork(watch), self._loader())
        return watch.speed

    def keras(self, steps: int) -> float:
        """Keras's `fit`, on PyTorch."""
        model = keras_network()
        watch = Stopwatch(steps)
        model.fit(
            *(each[: (WARM_UP + steps) * BATCH] for each in self._arrays),
            batch_size=BATCH,
            verbose=0,
            callbacks=[KerasWatch(watch)],
        )
        return watch.speed


class Stopwatch:
    """Images a second from the end of the first steps on."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._begun = 0.0
        self.speed = 0.0

    def is_over(self) -> bool:
        """Count a step; whether it was the last."""
        self._done += 1
        if self._done == WARM_UP:
            self._begun = time.perf_counter()
        elif self._done == WARM_UP + self._steps:
            self.speed = self._steps * BATCH / (time.perf_counter() - self._begun)
        return self._done >= WARM_UP + self._steps


class LightningNetwork(lightning.LightningModule):
    """The network with the three methods that Lightning asks for."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self.network, self.criterion = ThreeConvolutions(), nn.CrossEntropyLoss()
        self._watch = watch

    def training_step(self, batch: list[Tensor], _place: int) -> Tensor:
        """The loss of a batch."""
        images, labels = batch
        loss: Tensor = self.criterion(self.network(images), labels)
        return loss

    def on_train_batch_end(self, *_: object) -> None:
        """A step is done."""
        self._watch.is_over()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam, as everywhere here."""
        return torch.optim.Adam(self.parameters(), lr=RATE)


class KerasWatch(keras.callbacks.Callback):
    """Tells the watch of each step."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """A step is done."""
        self._watch.is_over()


def keras_network() -> keras.Model:
    """The same layers in Keras: 390,410 parameters."""
    keras.config.set_image_data_format("channels_first")
    layers = [keras.Input((1, 28, 28))]
    for filters in (32, 64, 128):
        layers += [
            keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(2),
        ]
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10),
    ]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss=loss)
    return model


class Espalier:
    """The document trained as the window does it, with everything on."""

    def __init__(self) -> None:
        self._document = templates.open_lesson("cnn-three-conv")
        self._document.recipe = replace(
            self._document.recipe,
            batch_size=BATCH,
            optimizer="Adam",
            learning_rate=RATE,
            epochs=2,
            device="cpu",
            precision="fp32",
            checkpoint_seconds=1.0,
        )

    def __call__(self, steps: int) -> float:
        """Images a second over at least so many steps."""
        marks: list[tuple[float, int]] = []

        def watched(order: Order) -> Started:
            control, events = launch(order)

            def noted() -> Iterator[Event]:
                for event in events():
                    if isinstance(event, StepDone):
                        marks.append((time.perf_counter(), event.step))
                        if event.step >= WARM_UP + steps:
                            control.stop()
                    yield event

            return control, noted

        with tempfile.TemporaryDirectory() as folder:
            training = TrainingController(DATA_DIR, Path(folder), start=watched)
            panel = TrainingPanel(training, DARK)
            panel.allow_plots()
            panel.resize(1280, 300)
            panel.show()
            panel.prepare(self._document.recipe)
            loop = QEventLoop()
            training.state_changed.connect(
                lambda state: state == "idle" and loop.quit()
            )
            training.start(self._document)
            loop.exec()
            panel.close()
        first = next(mark for mark in marks if mark[1] >= WARM_UP)
        last = marks[-1]
        return (last[1] - first[1]) * BATCH / (last[0] - first[0])


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=150)
    args = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    warnings.filterwarnings("ignore")  # the peers' hints are not what is measured
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    peers = Peers()
    loops: dict[str, Callable[[int], float]] = {
        "plain loop": peers.plain,
        "plain, tensors kept": peers.kept,
        f"Lightning {lightning.__version__}": peers.lightning,
        f"Keras {keras.__version__} on torch": peers.keras,
        "Espalier, all on": Espalier(),
    }
    print(
        f"{platform.machine()}, {torch.get_num_threads()} threads, PyTorch "
        f"{torch.__version__}, fp32, {app.platformName()}; images a second, batch "
        f"{BATCH}, {args.rounds} rounds of {args.steps} steps"
    )
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(args.rounds):
        for name, trained in loops.items():
            speeds[name].append(trained(args.steps))
    for name, values in speeds.items():
        ratios = [
            a / b for a, b in zip(speeds["Espalier, all on"], values, strict=True)
        ]
        print(
            f"  {name:24}{statistics.median(values):8,.0f}"
            f"  ({min(values):,.0f} to {max(values):,.0f})"
            f"  Espalier is {statistics.median(ratios):.2f} times as fast"
            f"  ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    print(f"  limits: never below 1; {TARGET} times the plain loop")


if __name__ == "__main__":
    main()
