"""What a sweep has tried: Optuna's study, in a SQLite file in the sweep's folder.

Optuna is an extra, imported when a study is opened. One process at a time asks and
tells; others only read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from engine.problems import Refusal
from engine.sweep_space import Variation, combinations

if TYPE_CHECKING:
    import optuna

STUDY = "study.sqlite"
SAMPLERS = ("tpe", "random", "grid")
PRUNERS = ("median", "halving", "none")
LEAST_FOR_IMPORTANCE = 4
WAITING, RUNNING, DONE, PRUNED, FAILED, STOPPED = (
    "waiting",
    "running",
    "done",
    "pruned",
    "failed",
    "stopped",
)
_AGAIN_OF = "again_of"  # the number of a trial that was broken off


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One combination of settings and what came of it."""

    number: int
    """From 0, in the order they were begun."""
    state: str
    """`waiting`, `running`, `done`, `pruned`, `failed` or `stopped`.

    One that was stopped is tried again, as another trial, when its sweep goes on.
    """
    values: dict[str, Any]  # by the variation's names
    loss: float = math.nan
    """The lowest validation loss so far, or nan."""
    metrics: dict[str, float] = field(default_factory=dict)
    """The validation's other figures, in the epoch with the lowest loss."""
    epochs: int = 0
    run: int | None = None
    """The run in the history of runs, once there is one."""
    message: str = ""
    """Why it failed or was pruned, in a sentence."""
    seconds: float = 0.0
    again_of: int | None = None
    """The number of the stopped trial whose settings it has."""


@dataclass(slots=True)
class _Live:
    """What a trial has come to so far; written down when it ends."""

    loss: float = math.nan
    metrics: dict[str, float] = field(default_factory=dict)
    epochs: int = 0


class Study:
    """The trials of one sweep. Raises Refusal where its file cannot be used."""

    def __init__(
        self,
        folder: Path,
        variations: Sequence[Variation],
        *,
        sampler: str = "tpe",
        pruner: str = "median",
        seed: int = 0,
    ) -> None:
        self._variations = {variation.name: variation for variation in variations}
        self._optuna = _optuna()
        path = folder / STUDY
        try:
            self._study: optuna.Study = self._optuna.create_study(
                study_name="sweep",
                storage=f"sqlite:///{path}",
                load_if_exists=True,
                direction="minimize",
                pruner=_pruner(self._optuna, pruner),
            )
            begun = len(self._study.get_trials(deepcopy=False))
        except Exception as error:  # SQLAlchemy's own, and the system's
            first = str(error).strip().split("\n")[0]
            raise Refusal(
                f"The sweep's file {path} cannot be used: {first}",
                "Begin a new sweep.",
                code="no-study",
            ) from error
        self._is_grid = sampler == "grid"
        self._asked: dict[int, optuna.trial.Trial] = {}
        self._live: dict[int, _Live] = {}
        # Seeded anew where it goes on: else it would draw what it drew before.
        self._study.sampler = _sampler(self._optuna, sampler, seed + begun)

    # Asking and telling.

    def ask(self) -> Trial:
        """The next combination to try."""
        if self._is_grid:
            self._enqueue_next()
        trial = self._study.ask()
        for variation in self._variations.values():
            _suggest(trial, variation)
        self._asked[trial.number] = trial
        return self.trial(trial.number)

    def note_run(self, number: int, run: int) -> None:
        """Remember which run a trial is."""
        self._asked[number].set_user_attr("run", run)

    def report(
        self, number: int, epoch: int, loss: float, metrics: Mapping[str, float]
    ) -> bool:
        """Note an epoch's validation loss; whether the trial is not worth going on."""
        asked, live = self._asked[number], self._live.setdefault(number, _Live())
        live.epochs = epoch
        if not math.isfinite(loss):
            return False
        if not live.loss <= loss:
            live.loss, live.metrics = loss, dict(metrics)
        asked.report(loss, epoch)
        return bool(asked.should_prune())

    def finish(self, number: int) -> None:
        """A trial went to its end; its value is the lowest loss it was told."""
        loss = self._keep(number).loss
        if math.isfinite(loss):
            self._study.tell(number, loss)
        else:
            self.fail(number, "It has no validation loss to be judged by.")

    def prune(self, number: int, message: str) -> None:
        """A trial was ended because it was not worth going on, or cannot be built."""
        self._keep(number, message)
        self._study.tell(number, state=self._optuna.trial.TrialState.PRUNED)

    def fail(self, number: int, message: str) -> None:
        """A trial ended before its end."""
        self._keep(number, message)
        self._study.tell(number, state=self._optuna.trial.TrialState.FAIL)

    def _enqueue_next(self) -> None:
        """Put the first combination of the grid that nobody tried in the line."""
        trials = self.trials()
        if any(trial.state == WAITING for trial in trials):
            return
        tried = [trial.values for trial in trials]
        for row in combinations(list(self._variations.values())):
            if row not in tried:
                stored = {name: self._stored(name, row[name]) for name in row}
                self._study.enqueue_trial(stored)
                return

    def _keep(self, number: int, message: str = "") -> _Live:
        """Write down what is known of a trial that ends."""
        live = self._live.get(number, _Live())
        asked = self._asked[number]
        for name, value in (
            ("metrics", live.metrics),
            ("epochs", live.epochs),
            ("message", message),
        ):
            if value:
                asked.set_user_attr(name, value)
        if math.isfinite(live.loss):
            asked.set_user_attr("loss", live.loss)
        return live

    def try_again(self, number: int) -> None:
        """End a trial that was broken off, and put its settings back in the line."""
        found = self._frozen(number)
        self._study.tell(number, state=self._optuna.trial.TrialState.FAIL)
        self._study.enqueue_trial(found.params, user_attrs={_AGAIN_OF: number})

    def retry_lost(self) -> None:
        """Put back in the line what was being tried when the program ended."""
        for trial in self.trials():
            if trial.state == RUNNING:
                self.try_again(trial.number)

    # Reading.

    def trials(self) -> list[Trial]:
        """Every trial, those broken off and tried again left out."""
        found = self._study.get_trials(deepcopy=False)
        repeated = {each.user_attrs.get(_AGAIN_OF) for each in found}
        return [self._as_trial(each) for each in found if each.number not in repeated]

    def trial(self, number: int) -> Trial:
        """One trial by its number."""
        trial = self._as_trial(self._frozen(number))
        if trial.state != FAILED:
            return trial
        found = self._study.get_trials(deepcopy=False)
        was_stopped = any(each.user_attrs.get(_AGAIN_OF) == number for each in found)
        return replace(trial, state=STOPPED) if was_stopped else trial

    def importance(self) -> dict[str, float]:
        """How much of the differences in loss each setting explains, from 0 to 1.

        By functional analysis of variance over a forest of trees (Hutter, Hoos and
        Leyton-Brown 2014, "An Efficient Approach for Assessing Hyperparameter
        Importance"). Raises Refusal while too few trials are done.
        """
        states = (self._optuna.trial.TrialState.COMPLETE,)
        done = self._study.get_trials(deepcopy=False, states=states)
        losses = {trial.value for trial in done}
        if len(done) < LEAST_FOR_IMPORTANCE or len(losses) < 2:
            raise Refusal(
                f"Importance needs {LEAST_FOR_IMPORTANCE} trials that went to their "
                f"end with different losses; there are {len(done)}.",
                "Let the sweep go on.",
                code="few-trials",
            )
        found = self._optuna.importance.get_param_importances(
            self._study,
            evaluator=self._optuna.importance.FanovaImportanceEvaluator(seed=0),
        )
        # A setting that had one value alone in all of them explains nothing.
        return {name: float(found.get(name, 0.0)) for name in self._variations}

    # How Optuna keeps things.

    def _frozen(self, number: int) -> optuna.trial.FrozenTrial:
        found: optuna.trial.FrozenTrial
        found = self._study.get_trials(deepcopy=False)[number]
        return found

    def _stored(self, name: str, value: object) -> object:
        """What Optuna keeps of a value: numbers, and places in the list of options."""
        variation = self._variations[name]
        return value if variation.is_range else variation.options.index(value)

    def _as_trial(self, found: optuna.trial.FrozenTrial) -> Trial:
        kept = found.user_attrs
        live = self._live.get(found.number, _Live())
        given = found.params or found.system_attrs.get("fixed_params", {})
        return Trial(
            number=found.number,
            state=_STATES[found.state.name],
            values={
                name: _value(self._variations[name], stored)
                for name, stored in given.items()
                if name in self._variations
            },
            loss=float(kept.get("loss", live.loss)),
            metrics=dict(kept.get("metrics", live.metrics)),
            epochs=int(kept.get("epochs", live.epochs)),
            run=kept.get("run"),
            message=str(kept.get("message", "")),
            seconds=_seconds(found.datetime_start, found.datetime_complete),
            again_of=kept.get(_AGAIN_OF),
        )


_STATES = {
    "WAITING": WAITING,
    "RUNNING": RUNNING,
    "COMPLETE": DONE,
    "PRUNED": PRUNED,
    "FAIL": FAILED,
}


def _suggest(trial: optuna.trial.Trial, variation: Variation) -> None:
    if not variation.is_range:
        # By place: Optuna keeps plain values alone, and a size may be 3 × 3.
        trial.suggest_categorical(variation.name, range(len(variation.options)))
    elif variation.whole:
        low, high = int(variation.low), int(variation.high)
        trial.suggest_int(variation.name, low, high, log=variation.log)
    else:
        trial.suggest_float(
            variation.name, variation.low, variation.high, log=variation.log
        )


def _value(variation: Variation, stored: Any) -> Any:
    return stored if variation.is_range else variation.options[int(stored)]


def _seconds(start: datetime | None, end: datetime | None) -> float:
    if start is None:
        return 0.0
    return ((end or datetime.now()) - start).total_seconds()


def _sampler(package: ModuleType, name: str, seed: int) -> optuna.samplers.BaseSampler:
    made: optuna.samplers.BaseSampler
    if name == "tpe":
        made = package.samplers.TPESampler(seed=seed, n_startup_trials=8)
    else:  # a grid waits in the line; what it leaves to draw is nothing
        made = package.samplers.RandomSampler(seed=seed)
    return made


def _pruner(package: ModuleType, name: str) -> optuna.pruners.BasePruner:
    made: optuna.pruners.BasePruner
    if name == "median":
        made = package.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)
    elif name == "halving":
        made = package.pruners.SuccessiveHalvingPruner()
    else:
        made = package.pruners.NopPruner()
    return made


def _optuna() -> ModuleType:
    try:
        import optuna
    except ImportError as error:
        raise Refusal(
            "Sweeps need the package optuna, which is not installed.",
            "Install it with: pip install espalier[sweeps]",
            code="no-optuna",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
