"""What passes from the training thread to the window: numbers, behind one lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from gui.texts import Texts

if TYPE_CHECKING:
    from engine.training.events import EpochDone, Event, Started

tr = Texts("training")


@dataclass(slots=True)
class News:
    """What happened since the window last looked."""

    turns: list[tuple[tuple[str, ...], list[float]]] = field(default_factory=list)
    """Who learned and what they lost, one loss of each for every step; another turn
    begins where others learn."""
    steps: int = 0
    """How many steps the losses are of."""
    epoch: int = 0
    """The epoch the last step belongs to, from 1; 0 when there was none."""
    step: int = 0
    epochs: list[EpochDone] = field(default_factory=list)
    loading: str = ""
    """What one waits for before the first step: a download and how far it is, say."""
    others: list[Event] = field(default_factory=list)
    """Everything rare, in order: started, paused, checkpoints, the end."""

    def __bool__(self) -> bool:
        return bool(self.steps or self.epochs or self.others or self.loading)


class MetricsBuffer:
    """Events go in on the training thread, news come out on the window's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._news = News()

    def add(self, event: Event) -> None:
        """Take an event in; cheap, and called for every step."""
        with self._lock:
            news = self._news
            if event.event == "step":
                news.epoch, news.step = event.epoch, event.step
                if not event.losses:
                    return  # nobody learned: a frozen part is gone through beforehand
                if not news.turns or news.turns[-1][0] != event.players:
                    news.turns.append((event.players, []))
                news.turns[-1][1].extend(event.losses)
                news.steps += len(event.losses) // len(event.players)
            elif event.event == "epoch":
                news.epochs.append(event)
            else:
                news.others.append(event)

    def note_loading(self, done: int, total: int, what: str) -> None:
        """So many of `total` bytes of a download are here; total 0 is unknown."""
        share = f", {100 * done // total} %" if total else ""
        if total and done >= total:
            self.note_wait(tr("Reading what was downloaded…"))
        else:
            self.note_wait(tr("Downloading {what}{share}", what=what, share=share))

    def note_wait(self, what: str) -> None:
        """Say what one waits for now."""
        with self._lock:
            self._news.loading = what

    def drain(self) -> News:
        """What came in since the last call."""
        with self._lock:
            news, self._news = self._news, News()
        return news


class Progress:
    """How far a run is, and how long the rest will take."""

    def __init__(self, started: Started) -> None:
        self.epochs = started.epochs
        self.steps_per_epoch = max(started.steps_per_epoch, 1)
        self.epochs_done = started.epochs_done
        self._steps_before = started.steps_done
        self.epoch = started.epochs_done + 1
        self.step = 0
        self.samples_per_second = 0.0
        self.epoch_seconds = 0.0
        self.train_samples = started.train_samples

    def note_step(self, epoch: int, step: int, steps: int, seconds: float) -> None:
        """`steps` more were taken in `seconds`; the last was `step` of `epoch`."""
        if epoch > self.epochs_done:  # else the epoch's end came with its last steps
            self.epoch, self.step = epoch, step
        if seconds > 0:
            batch = self.train_samples / self.steps_per_epoch
            now = steps * batch / seconds
            old = self.samples_per_second
            self.samples_per_second = now if old == 0 else 0.9 * old + 0.1 * now

    def note_epoch(self, epoch: EpochDone) -> None:
        """An epoch is over."""
        self.epochs_done = epoch.epoch
        self.samples_per_second = epoch.samples_per_second
        whole, before = self.steps_per_epoch, self._steps_before
        # Of an epoch that a run went on in, only the rest took time.
        self.epoch_seconds = epoch.seconds * whole / max(whole - before, 1)
        self._steps_before = 0
        self.epoch = min(epoch.epoch + 1, self.epochs)
        self.step = 0 if epoch.epoch < self.epochs else self.steps_per_epoch

    @property
    def share(self) -> float:
        """The part of all steps that is done, from 0 to 1."""
        done = (self.epoch - 1) * self.steps_per_epoch + self.step
        return min(done / (self.epochs * self.steps_per_epoch), 1.0)

    @property
    def told_left(self) -> str:
        """What is said of the rest, also of what comes after the last epoch."""
        if self.epochs_done >= self.epochs:
            return tr("trained; now the test part…")
        left = self.seconds_left
        return tr("about {left} left", left=duration(left)) if left is not None else ""

    @property
    def seconds_to_epoch_end(self) -> float | None:
        """How long the rest of the epoch takes; None while nothing is known."""
        if not self.samples_per_second:
            return None
        left = 1.0 - self.step / self.steps_per_epoch
        return left * self.train_samples / self.samples_per_second

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes; None while nothing is known."""
        left = (1.0 - self.share) * self.epochs
        if self.epoch_seconds > 0:
            return left * self.epoch_seconds
        if self.samples_per_second > 0:
            return left * self.train_samples / self.samples_per_second
        return None


def duration(seconds: float) -> str:
    """A length of time as people say it: `6 s`, `4 min`, `2 h 10 min`."""
    if seconds < 90:
        return tr("{seconds} s", seconds=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
