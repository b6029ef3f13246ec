"""One sweep at a time: its thread waits for the trials, which train in processes."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from engine.problems import Problem, Refusal
from engine.sweep_plan import SweepEnded, TrialChanged
from engine.sweep_study import Trial
from engine.sweeps import Sweep
from engine.training.control import Control
from gui.failures import explain

_DELIVERY_MILLISECONDS = 150
_JOIN_MILLISECONDS = 60_000


class _SweepThread(QThread):
    """Runs a sweep to its end; what happens meanwhile is fetched, not sent."""

    failed = Signal(object)

    def __init__(
        self,
        sweep: Sweep,
        data_dir: Path,
        runs_dir: Path | None,
        control: Control,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.sweep = sweep
        self._data_dir = data_dir
        self._runs_dir = runs_dir
        self._control = control
        self._lock = Lock()
        self._trials: dict[int, Trial] = {}
        self.ended: SweepEnded | None = None

    def fetch(self) -> dict[int, Trial]:
        """The trials that changed since the last call, by number."""
        with self._lock:
            trials, self._trials = self._trials, {}
        return trials

    def run(self) -> None:
        try:
            events = self.sweep.run(
                data_dir=self._data_dir,
                runs_dir=self._runs_dir,
                control=self._control,
                apart=True,
            )
            for event in events:
                if isinstance(event, TrialChanged):
                    with self._lock:
                        self._trials[event.trial.number] = event.trial
                if isinstance(event, SweepEnded):
                    self.ended = event
        except Refusal as refusal:
            self.failed.emit(refusal.problem)
        except Exception as error:  # the edge of the thread: nothing may pass it
            self.failed.emit(Problem(message=explain(error), remedy="", code="failed"))


class SweepController(QObject):
    """Runs one sweep and tells of its trials a few times a second."""

    state_changed = Signal()
    trials_changed = Signal(object)
    """Trials by number, those that changed."""
    trial_ended = Signal()
    """A trial is over: the table of runs has another."""
    failed = Signal(object)
    """The `Problem` that ended the sweep."""

    def __init__(
        self, data_dir: Path, runs_dir: Path | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._runs_dir = runs_dir
        self._thread: _SweepThread | None = None
        self._control = Control()
        self.folder: Path | None = None
        """The sweep that runs, or ran last."""
        self.begun: set[Path] = set()
        """The sweeps that are this document's, whatever it was called when they began.
        """
        self._timer = QTimer(self)
        self._timer.setInterval(_DELIVERY_MILLISECONDS)
        self._timer.timeout.connect(self._deliver)

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir = data_dir

    @property
    def is_busy(self) -> bool:
        """Whether a sweep runs, one that is about to stop too."""
        return self._thread is not None

    @property
    def is_stopping(self) -> bool:
        """Whether the sweep that runs was told to stop."""
        return self.is_busy and self._control.is_stopped

    def begin(self, sweep: Sweep) -> None:
        """Run a new sweep of this document; nothing while another runs."""
        if not self.is_busy:
            self.begun.add(sweep.folder)
            self.start(sweep)

    def rename(self, name: str) -> None:
        """The document of the sweeps begun here is called `name` from now on.

        Raises Refusal.
        """
        for folder in self.begun:
            if self._thread is not None and folder == self.folder:
                self._thread.sweep.rename(name)
            elif folder.exists():
                Sweep(folder).rename(name)

    def start(self, sweep: Sweep) -> None:
        """Run a sweep, or go on with one; nothing while another runs."""
        if self.is_busy:
            return
        self._control = Control()
        self.folder = sweep.folder
        self._thread = _SweepThread(
            sweep, self._data_dir, self._runs_dir, self._control, self
        )
        self._thread.failed.connect(self.failed)
        self._thread.finished.connect(self._end)
        self._thread.start()
        self._timer.start()
        self.state_changed.emit()

    def stop(self) -> None:
        """End the sweep after the trials' present steps; it can go on later."""
        self._control.stop()
        self.state_changed.emit()

    def close(self) -> bool:
        """Stop and wait; whether the thread has ended."""
        if self._thread is None:
            return True
        self._control.stop()
        joined = self._thread.wait(_JOIN_MILLISECONDS)
        if joined:
            self._end()
        return joined

    def _end(self) -> None:
        if self._thread is None:
            return  # closed meanwhile
        self._timer.stop()
        self._thread.wait()
        self._deliver()
        self._thread.deleteLater()
        self._thread = None
        self.state_changed.emit()

    def _deliver(self) -> None:
        trials = self._thread.fetch() if self._thread is not None else {}
        if trials:
            self.trials_changed.emit(trials)
        if any(trial.state not in {"running", "waiting"} for trial in trials.values()):
            self.trial_ended.emit()
