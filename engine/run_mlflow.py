"""Runs in MLflow's own store, while they are trained or afterwards.

MLflow is an extra: it is imported when it is first asked for.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.problems import Refusal
from engine.run_curves import ALONE, full_name, part_of, read_curves
from engine.run_record import FAILED, FINISHED, Run
from engine.runs import Runs
from engine.training.events import EpochDone, Event, RunOpened
from engine.training.reporting import as_record

EXPERIMENT = "Espalier"
_LONGEST = 6000
"""Letters that MLflow keeps of a parameter's value."""
_STATUS = {FINISHED: "FINISHED", FAILED: "FAILED"}


class MlflowLog:
    """Writes runs to one MLflow store: a folder, or the address of a server."""

    def __init__(self, store: str, experiment: str = EXPERIMENT) -> None:
        """Raises Refusal where MLflow is missing or the store cannot be used."""
        mlflow = _mlflow()
        place = store if "://" in store else Path(store).resolve().as_uri()
        try:
            self._client: Any = mlflow.MlflowClient(tracking_uri=place)  # untyped
            known = self._client.get_experiment_by_name(experiment)
            self._experiment = (
                known.experiment_id
                if known is not None
                else self._client.create_experiment(experiment)
            )
        except Exception as error:  # MLflow raises its own, requests' and the system's
            raise _no_store(store, error) from error
        self._store = store
        self.failure = ""
        """Why `follow` stopped writing, in a sentence; empty while it does write."""

    def write(self, run: Run) -> str:
        """Write a run that has ended, curves and all; gives MLflow's id of it."""
        try:
            number = self._begin(run)
            curves = read_curves(run.folder)
            began = datetime.fromisoformat(run.started).timestamp()
            for place, epoch in enumerate(curves.epochs):
                when = round(1000 * (began + float(curves.seconds[place])))
                figures = {n: float(v[place]) for n, v in curves.metrics.items()}
                self._log(number, figures, int(epoch), when)
            self._end(number, run)
        except Exception as error:
            raise _no_store(self._store, error) from error
        return number

    def follow(self, events: Iterator[Event], runs: Runs) -> Iterator[Event]:
        """The very `events`, each epoch written to the store as it comes.

        Where the store fails meanwhile the training goes on without it.
        """
        number, opened = "", 0
        for event in events:
            try:
                if isinstance(event, RunOpened):
                    opened, number = event.id, self._begin(runs.get(event.id))
                elif isinstance(event, EpochDone) and number and not self.failure:
                    self._log(number, as_record(event), event.epoch, None)
            except Exception as error:  # nothing of MLflow's may end a training
                self.failure = _no_store(self._store, error).problem.sentence()
            yield event
        if number and not self.failure:
            self._end(number, runs.get(opened))

    def _begin(self, run: Run) -> str:
        began = round(1000 * datetime.fromisoformat(run.started).timestamp())
        made = self._client.create_run(
            self._experiment, start_time=began, run_name=run.title
        )
        number = str(made.info.run_id)
        for name, value in run.recipe.items():
            self._client.log_param(number, name, str(value)[:_LONGEST])
        tags = {f"version.{name}": text for name, text in run.versions.items()}
        tags |= {"espalier.run": str(run.id), "espalier.document": run.name}
        for name, text in tags.items():
            self._client.set_tag(number, name, text)
        return number

    def _log(
        self, number: str, figures: Mapping[str, object], epoch: int, when: int | None
    ) -> None:
        for name, value in figures.items():
            if not (part_of(name) or name in ALONE):
                continue
            if isinstance(value, (int, float)) and math.isfinite(value):
                key = full_name(name)
                self._client.log_metric(number, key, float(value), when, epoch)

    def _end(self, number: str, run: Run) -> None:
        for name, value in run.result.items():
            if name.startswith("test_") and isinstance(value, (int, float)):
                key = f"{name.removeprefix('test_')}/test"
                self._client.log_metric(number, key, float(value))
        for name, text in (("note", run.note), ("tags", ", ".join(run.tags))):
            if text:
                self._client.set_tag(number, f"espalier.{name}", text)
        self._client.set_terminated(number, _STATUS.get(run.state, "KILLED"))


def write_mlflow(runs: Sequence[Run], store: str) -> list[str]:
    """Write runs to an MLflow store; gives MLflow's ids of them. Raises Refusal."""
    log = MlflowLog(store)
    return [log.write(run) for run in runs]


def _mlflow() -> ModuleType:
    # A plain folder as a store is something MLflow wants to be told; and nothing of
    # the user's work is reported to anybody.
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        import mlflow
    except ImportError as error:
        raise Refusal(
            "Writing to MLflow needs the package mlflow, which is not installed.",
            "Install it with: pip install espalier[mlflow]",
            code="no-mlflow",
        ) from error
    return mlflow


def _no_store(store: str, error: Exception) -> Refusal:
    first = str(error).strip().split("\n")[0]
    return Refusal(
        f"MLflow's store {store} cannot be used: {first}",
        "Choose another folder, or check the server's address.",
        code="no-mlflow-store",
    )
