"""Sweeps: the same network trained with many settings, to find the best.

A sweep is a folder: the document, the plan, and the study with its trials. Every trial
is a run in the history of runs. A sweep can be stopped and gone on with at any time,
after a crash too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path

from engine.document import Document
from engine.file_locks import FileLock
from engine.foreign_code import carried
from engine.problems import Refusal
from engine.run_record import DOCUMENT
from engine.runs import Runs, default_folder
from engine.storage import dumps, load, write_whole
from engine.sweep_plan import (
    SWEEP_SETTINGS,
    Plan,
    SweepEnded,
    SweepStarted,
    TrialChanged,
)
from engine.sweep_space import (
    Variation,
    combinations,
    read,
    target_of,
    with_settings,
)
from engine.sweep_study import DONE, STUDY, WAITING, Study, Trial
from engine.sweep_trial import (
    ApartLane,
    CannotBuild,
    HereLane,
    Lane,
    Order,
    TrialFailed,
    with_news,
)
from engine.training.control import Control
from engine.training.events import (
    Diverged,
    EpochDone,
    Event,
    Finished,
    RunOpened,
    Stopped,
)

FOLDER = "sweeps"
PLAN = "sweep.json"
LOCK = "sweep.lock"
_WAIT_SECONDS = 0.1


class Sweep:
    """One sweep in its folder. Any thread may read it; one runs it."""

    def __init__(self, folder: Path) -> None:
        """Open a sweep that was made before. Raises Refusal."""
        self.folder = folder
        try:
            kept = json.loads((folder / PLAN).read_text(encoding="utf-8"))
            known = {each.name for each in fields(Plan)}
            self.plan = Plan(**{k: v for k, v in kept["plan"].items() if k in known})
            texts: list[str] = kept["vary"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(
                f"There is no sweep that can be read in {folder}.",
                "Choose another folder, or begin a new sweep.",
                code="no-sweep",
            ) from error
        self.document = load(folder / DOCUMENT)
        self.variations = [read(text, self.document) for text in texts]
        self._open: Study | None = None

    @property
    def name(self) -> str:
        """What its runs are tagged with: the name of its folder."""
        return self.folder.name

    @property
    def study(self) -> Study:
        """The trials."""
        if self._open is None:
            self._open = self._study()
        return self._open

    @property
    def total(self) -> int:
        """How many trials it will have had when it is done."""
        if self.plan.sampler == "grid":
            return len(combinations(self.variations))
        return self.plan.trials

    def change_plan(self, plan: Plan) -> None:
        """Go on in another way, such as with more trials. Raises Refusal."""
        check_plan(plan)
        if plan != self.plan:
            self.plan, self._open = plan, None
            _write_plan(self.folder, plan, self.variations, self.document)

    def rename(self, name: str) -> None:
        """Its document is called `name`: so will be the runs of trials to come."""
        self.document.name = name
        write_whole(self.folder / DOCUMENT, dumps(self.document).encode())

    def trials(self) -> list[Trial]:
        """Every trial that was begun."""
        return [trial for trial in self.study.trials() if trial.state != WAITING]

    def best(self) -> Trial | None:
        """The trial that went to its end with the lowest validation loss."""
        return best_of(self.trials())

    def in_words(self, values: Mapping[str, object]) -> str:
        """Settings as a person would write them: `learning_rate 0.01, conv1.…`."""
        parts = []
        for name, value in values.items():
            setting = target_of(self.document, name).setting
            parts.append(f"{name} {setting.wording(value)}")
        return ", ".join(parts)

    def run(
        self,
        *,
        data_dir: Path | None = None,
        runs_dir: Path | None = None,
        control: Control | None = None,
        apart: bool = False,
    ) -> Iterator[Event]:
        """Train trials until there are enough; gives a sweep's events. Raises Refusal.

        `control` stops the sweep, and its trials between two steps. With `apart` a
        single trial at a time has a process of its own too: what else this process
        trains is not disturbed.
        """
        lock = FileLock(self.folder / LOCK)
        with suppress(OSError):  # not every file system has locks
            if not lock.acquire():
                raise Refusal(
                    f"The sweep {self.name} is running already.",
                    "Wait for it, or stop it where it was begun.",
                    code="sweep-runs",
                )
        try:
            running = _Running(self, self._study(), data_dir, runs_dir, control, apart)
            yield from running.events()
        finally:
            self._open = None
            lock.release()

    def _study(self) -> Study:
        return Study(
            self.folder,
            self.variations,
            sampler=self.plan.sampler,
            pruner=self.plan.pruner,
            seed=self.plan.seed,
        )


def best_of(trials: Iterable[Trial]) -> Trial | None:
    """The trial that went to its end with the lowest validation loss."""
    done = [trial for trial in trials if trial.state == DONE]
    return min(done, key=lambda trial: trial.loss, default=None)


class _Running:
    """A sweep while it goes on."""

    def __init__(
        self,
        sweep: Sweep,
        study: Study,
        data_dir: Path | None,
        runs_dir: Path | None,
        control: Control | None,
        apart: bool,
    ) -> None:
        self._sweep = sweep
        self._apart = apart
        self._study = study
        self._data_dir = data_dir
        self._runs_dir = runs_dir
        self._control = control or Control()
        self._pruned: set[int] = set()

    def events(self) -> Iterator[Event]:
        """Train what is left to be tried."""
        self._study.retry_lost()
        total = self._sweep.total
        yield SweepStarted(
            folder=str(self._sweep.folder), trials=total, done=total - self._left()
        )
        lanes = self._lanes()
        try:
            yield from self._train(lanes)
        finally:
            for lane in lanes:
                with closing(lane):
                    if lane.trial is not None:  # whoever iterated has gone
                        lane.stop()
                        self._study.try_again(lane.trial)
        yield SweepEnded(
            was_stopped=self._control.is_stopped, best=best_of(self._study.trials())
        )

    def _lanes(self) -> list[Lane]:
        count = min(self._sweep.plan.at_once, max(self._left(), 1))
        if count == 1 and not self._apart:
            return [HereLane(self._control)]
        return [ApartLane(place, count) for place in range(count)]

    def _left(self) -> int:
        """How many trials are still to be begun."""
        trials = self._study.trials()
        begun = sum(1 for trial in trials if trial.state != WAITING)
        return self._sweep.total - begun

    def _train(self, lanes: list[Lane]) -> Iterator[Event]:
        has_told_to_stop = False
        while True:
            for lane in lanes:
                is_free = lane.trial is None and not self._control.is_stopped
                if is_free and self._left() > 0:
                    yield from self._begin(lane)
            busy = [lane for lane in lanes if lane.trial is not None]
            if not busy:
                return
            if self._control.is_stopped and not has_told_to_stop:
                has_told_to_stop = True
                for lane in busy:
                    lane.stop()
            for lane in with_news(busy, _WAIT_SECONDS):
                number = lane.trial
                if number is not None:
                    yield from self._take(lane, number, lane.next())

    def _begin(self, lane: Lane) -> Iterator[Event]:
        trial = self._study.ask()
        document = with_settings(self._sweep.document, trial.values)
        lane.start(
            Order(
                trial=trial.number,
                sweep=self._sweep.name,
                document=dumps(document),
                note=self._sweep.in_words(trial.values),
                data_dir=self._data_dir,
                runs_dir=self._runs_dir,
                allowed=tuple(c.code for c in carried(document) if c.may_run),
            )
        )
        yield TrialChanged(trial=trial)

    def _take(self, lane: Lane, number: int, event: Event | None) -> Iterator[Event]:
        """Tell the study what a trial says."""
        study = self._study
        match event:
            case RunOpened(id=run):
                study.note_run(number, run)
                # The document may have got its name since the trial was ordered.
                self._history().rename([run], self._sweep.document.name)
            case EpochDone():
                yield from self._judge(lane, number, event)
            case Diverged(message=message):
                study.fail(number, message)
            case TrialFailed(message=message):
                study.fail(number, message)
                yield TrialChanged(trial=study.trial(number))
            case CannotBuild(message=message):
                study.prune(number, message)
            case Finished():
                if number not in self._pruned:
                    study.finish(number)
            case Stopped():
                if number not in self._pruned:
                    study.try_again(number)
            case None:
                yield TrialChanged(trial=study.trial(number))

    def _judge(self, lane: Lane, number: int, epoch: EpochDone) -> Iterator[Event]:
        is_hopeless = self._study.report(
            number, epoch.epoch, epoch.val_loss, epoch.val_metrics
        )
        if is_hopeless and epoch.epoch < self._epochs(number):
            self._pruned.add(number)
            message = f"Its loss was behind that of others after epoch {epoch.epoch:,}."
            self._note_pruning(number, epoch.epoch)
            self._study.prune(number, message)
        lane.answer(go_on=number not in self._pruned)
        if number not in self._pruned:  # else when it has ended
            yield TrialChanged(trial=self._study.trial(number))

    def _epochs(self, number: int) -> int:
        values = self._study.trial(number).values
        return int(values.get("epochs", self._sweep.document.recipe.epochs))

    def _note_pruning(self, number: int, epoch: int) -> None:
        trial = self._study.trial(number)
        if trial.run is not None:
            words = self._sweep.in_words(trial.values)
            note = f"{words}; pruned after epoch {epoch:,}"
            self._history().annotate(trial.run, note=note)

    def _history(self) -> Runs:
        return Runs(self._runs_dir or default_folder())


def begin(
    document: Document,
    variations: list[Variation],
    plan: Plan,
    runs_dir: Path | None = None,
) -> Sweep:
    """A new sweep with its folder made; nothing is trained yet. Raises Refusal."""
    if not variations:
        raise Refusal(
            "A sweep needs a setting to vary.",
            "Choose one or more.",
            code="no-variation",
        )
    check_plan(plan)
    if plan.sampler == "grid":
        combinations(variations)
    folder = _free_folder((runs_dir or default_folder()) / FOLDER, document.name)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise Refusal(
            f"The sweep's folder {folder} could not be made: {error.strerror}.",
            "Choose another folder for runs.",
            code="no-sweep-folder",
        ) from error
    write_whole(folder / DOCUMENT, dumps(document).encode())
    _write_plan(folder, plan, variations, document)
    return Sweep(folder)


def check_plan(plan: Plan) -> None:
    """Raise Refusal for the first wrong value of a plan."""
    for setting in SWEEP_SETTINGS:
        problem = setting.problem(getattr(plan, setting.name))
        if problem is not None:
            raise Refusal(f"{setting.title} {problem}.", "Change it.", code="bad-plan")


def _write_plan(
    folder: Path, plan: Plan, variations: Iterable[Variation], document: Document
) -> None:
    texts = [each.text(target_of(document, each.name).setting) for each in variations]
    kept = {"plan": asdict(plan), "vary": texts}
    write_whole(folder / PLAN, json.dumps(kept, indent=2).encode())


def sweeps_in(runs_dir: Path | None = None) -> list[Path]:
    """The folders of all sweeps, the newest first."""
    plans = ((runs_dir or default_folder()) / FOLDER).glob(f"*/{PLAN}")
    return sorted((plan.parent for plan in plans), reverse=True)


def delete(folder: Path) -> None:
    """Delete a sweep's own files; the runs of its trials stay. Raises Refusal."""
    for name in (STUDY, DOCUMENT, LOCK, PLAN):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise Refusal(
                f"{folder / name} could not be deleted: {error.strerror}.",
                "Check the rights of the folder.",
                code="undeletable",
            ) from error
    with suppress(OSError):  # something of the user's lies there too
        folder.rmdir()


def _free_folder(parent: Path, name: str) -> Path:
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "sweep"
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{word}"
    folder, number = parent / stem, 1
    while folder.exists():
        number += 1
        folder = parent / f"{stem}-{number}"
    return folder
