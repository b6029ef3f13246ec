"""A training that is played from a script, and the hands that begin it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.training.control import Control
from engine.training.events import (
    Diverged,
    EpochDone,
    Event,
    Finished,
    Started,
    Stopped,
)
from gui.main_window import MainWindow
from gui.training.controller import Order, TrainingState

IDLE, RUNNING = TrainingState.IDLE, TrainingState.RUNNING
STARTED = Started(
    device="cpu",
    precision="fp32",
    reason="CPU: PyTorch finds no CUDA device; fp32: chosen in the recipe",
    parameters=67,
    epochs=3,
    epochs_done=0,
    steps_per_epoch=4,
    train_samples=40,
    val_samples=10,
    test_samples=10,
)


def epoch(number: int, accuracy: float = 0.9) -> EpochDone:
    return EpochDone(
        epoch=number,
        train_loss=1 / number,
        val_loss=1.1 / number,
        val_metrics={"accuracy": accuracy},
        seconds=2.0,
        samples_per_second=20.0,
        train_metrics={"accuracy": accuracy},
        best=True,
        learning_rate=0.001,
    )


class Script:
    """A training that does what a test tells it, one event at a time."""

    def __init__(self) -> None:
        self.control = Control()
        self.orders: list[Order] = []
        self.is_running = False
        self.gate = threading.Semaphore(0)
        self.events: list[Event | Exception] = []

    def launch(self, order: Order) -> tuple[Control, Callable[[], Iterator[Event]]]:
        self.orders.append(order)
        self.control = Control()
        return self.control, self._run

    def give(self, *events: Event | Exception) -> None:
        """Let these events happen."""
        for event in events:
            self.events.append(event)
            self.gate.release()

    def _run(self) -> Iterator[Event]:
        self.is_running = True
        try:
            yield from self._play()
        finally:
            self.is_running = False

    def _play(self) -> Iterator[Event]:
        while True:
            while not self.gate.acquire(timeout=0.01):
                if self.control.is_stopped:
                    yield Stopped(epoch=1, step=2)
                    return
            event = self.events.pop(0)
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, (Finished, Diverged)):
                return


def press_train(window: MainWindow) -> None:
    QTest.mouseClick(window.top.train_button, Qt.MouseButton.LeftButton)


def wait_for(qtbot: QtBot, window: MainWindow, state: TrainingState) -> None:
    qtbot.waitUntil(lambda: window.training.state is state)
