"""The curves of runs written for other programs, on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.problems import Problem
from engine.run_record import Run
from gui.background import BackgroundCall
from gui.replacing import with_ending
from gui.texts import Texts

tr = Texts("runs")


class RunExporter(QObject):
    """Asks where to, and writes."""

    refused = Signal(str)
    exported = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._calls: list[BackgroundCall] = []

    def ask_csv(self, runs: Sequence[Run], *, each_step: bool = False) -> None:
        """Write one CSV file with the curves of all these runs."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Curves as CSV"),
            str(Path.home() / "curves.csv"),
            tr("CSV (*.csv)"),
        )
        if name:
            path = with_ending(Path(name), ".csv", self._window)
            if path is not None:
                self._write(lambda: _csv(runs, path, each_step))

    def ask_tensorboard(self, runs: Sequence[Run]) -> None:
        """Write a folder of TensorBoard events for each of these runs."""
        folder = self._folder(tr("Folder for TensorBoard"))
        if folder is not None:
            self._write(lambda: _tensorboard(runs, folder))

    def ask_mlflow(self, runs: Sequence[Run]) -> None:
        """Write these runs to an MLflow store in a folder."""
        folder = self._folder(tr("Folder of MLflow's store"))
        if folder is not None:
            self._write(lambda: _mlflow(runs, folder))

    def wait(self) -> None:
        """Return when nothing is being written any more."""
        for call in list(self._calls):
            call.wait()

    def _folder(self, title: str) -> Path | None:
        name = QFileDialog.getExistingDirectory(self._window, title, str(Path.home()))
        return Path(name) if name else None

    def _write(self, write: Callable[[], str]) -> None:
        call = BackgroundCall(write, self)
        self._calls.append(call)
        call.succeeded.connect(self._say)
        call.failed.connect(self._fail)
        call.finished.connect(lambda: self._calls.remove(call))
        call.start()

    def _say(self, sentence: str) -> None:
        self.exported.emit(sentence)

    def _fail(self, problem: Problem) -> None:
        self.refused.emit(problem.sentence())


def _counted(runs: Sequence[Run]) -> str:
    return tr.counted(len(runs), "1 run", "{count} runs")


def _csv(runs: Sequence[Run], path: Path, each_step: bool) -> str:
    from engine.run_export import write_csv

    write_csv(runs, path, each_step=each_step)
    return tr("Wrote the curves of {runs} to {path}.", runs=_counted(runs), path=path)


def _tensorboard(runs: Sequence[Run], folder: Path) -> str:
    from engine.run_export import write_tensorboard

    write_tensorboard(runs, folder)
    return tr(
        "Wrote {runs} to {folder}: tensorboard --logdir shows them.",
        runs=_counted(runs),
        folder=folder,
    )


def _mlflow(runs: Sequence[Run], folder: Path) -> str:
    from engine.run_mlflow import write_mlflow

    write_mlflow(runs, str(folder))
    return tr(
        "Wrote {runs} to MLflow's store in {folder}.",
        runs=_counted(runs),
        folder=folder,
    )
