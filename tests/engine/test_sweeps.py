"""Sweeps: what is varied, how trials end, and that a sweep can always go on."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest

from engine import sweeps
from engine.document import Document
from engine.edits import SetSettings
from engine.problems import Refusal
from engine.runs import Runs
from engine.sweep_plan import (
    SWEEP_SETTINGS,
    Plan,
    SweepEnded,
    SweepStarted,
    TrialChanged,
    as_record,
)
from engine.sweep_space import (
    Variation,
    combinations,
    edit_for,
    read,
    suggestion,
    target_of,
    targets,
    with_settings,
)
from engine.sweep_study import Trial
from engine.training.control import Control
from tests.engine.documents import digits, iris

pytest.importorskip("optuna", reason="needs the extra sweeps; CI has it")


def a_sweep(
    folder: Path, document: Document, *vary: str, **plan: str | int
) -> sweeps.Sweep:
    variations = [read(text, document) for text in vary]
    return sweeps.begin(document, variations, Plan(**plan), folder)  # type: ignore[arg-type]


def finished(sweep: sweeps.Sweep, folder: Path) -> list[Trial]:
    list(sweep.run(runs_dir=folder))
    return sweep.trials()


# What is varied.


def test_the_form_of_a_plan_has_its_fields() -> None:
    names = [setting.name for setting in SWEEP_SETTINGS]
    assert names == [each.name for each in fields(Plan)]
    for setting in SWEEP_SETTINGS:
        assert setting.default == getattr(Plan(), setting.name)


@pytest.mark.parametrize(
    "text",
    [
        "learning_rate=0.0001..0.1:log",
        "epochs=2..6",
        "momentum=0..0.9:4",
        "optimizer=SGD,Adam",
        "conv1.out_channels=8,16",
        "conv1.kernel_size=3,3 × 5",
        "conv1.bias=off,on",
        "seed=0..4",
        "momentum=0.5,0.9",
        "weight_decay=0; 1",
    ],
)
def test_a_variation_is_read_as_it_is_written(text: str) -> None:
    document = digits()
    variation = read(text, document)
    setting = target_of(document, variation.name).setting
    assert variation.text(setting) == text
    assert read(variation.text(setting), document) == variation


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("learning_rate=0,0001..0,1:log", "learning_rate=1e-4..1e-1:log"),
        ("momentum=0..0,9", "momentum=0..0.9"),
        ("momentum=0,5; 0,9", "momentum=0.5,0.9"),
        ("momentum=0,5;", "momentum=0.5"),
        ("epochs=5; 10", "epochs=5,10"),
        ("batch_size=1,024; 2,048", "batch_size=1024,2048"),
        ("batch_size=8,16,128", "batch_size=8,16,128"),
    ],
)
def test_a_decimal_comma_is_read_where_it_means_one_thing(
    text: str, plain: str
) -> None:
    assert read(text, digits()) == read(plain, digits())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("learning_rate", "does not say what to vary"),
        ("speed=1,2", "There is no training setting speed. Take one of"),
        ("conv9.bias=on", "There is no node conv9 with settings. Take one of"),
        ("conv1.color=on", "conv1 has no setting color. Take one of out_channels"),
        ("epochs=few", "“few” is no value of epochs"),
        ("epochs=1..few", "“1..few” is no range of epochs"),
        ("epochs=9..2", "must go from a lower to a higher number; got 9 to 2"),
        ("momentum=0..0.9:log", "must begin above 0 to be logarithmic; got 0"),
        ("epochs=1..2.5", "must have whole ends; got 1 to 2.5"),
        ("epochs=1..9:1", "must be divided into 2 values or more; got 1"),
        ("epochs=0..9", "epochs must be a whole number"),
        ("momentum=0.5,1.5", "momentum must be a number"),
        ("optimizer=Speedy", "optimizer must be one of"),
        (
            "learning_rate=0,001",
            "“0,001” may mean 0.001, or 0 and 001. Write 0.001 with a point, or "
            "0; 001 with semicolons.",
        ),
        (
            "weight_decay=0,1, 0,2",
            "may mean 0.1 and 0.2, or 0 and 1 and 0 and 2. Write 0.1, 0.2 with",
        ),
        ("weight_decay=1,500..2,500", "is no range of weight_decay"),
        (
            "batch_size=1,024, 2,048",
            "“1,024, 2,048” may have thousands in it, or commas between values. Write "
            "2000 without a comma, or put semicolons between values: 2,000; 4,000.",
        ),
    ],
)
def test_a_wrong_variation_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(text, digits())
    assert sentence in str(caught.value)


def test_a_grid_of_ranges_and_values() -> None:
    document = digits()
    rate = read("learning_rate=1e-4..1e-2:log:3", document)
    assert rate.grid() == (0.0001, 0.001, 0.01)
    assert read("epochs=1..4:9", document).grid() == (1, 2, 3, 4)
    rows = combinations([rate, read("optimizer=SGD,Adam", document)])
    assert len(rows) == 6
    assert rows[1] == {"learning_rate": 0.0001, "optimizer": "Adam"}
    with pytest.raises(Refusal, match="This grid has 20,736 combinations"):
        combinations([Variation(name=n, low=1, high=9, points=12) for n in "abcd"])


def test_every_suggestion_is_a_right_variation() -> None:
    for target in targets(digits(momentum=0.5)):
        variation = suggestion(target)
        for value in variation.grid():
            assert target.setting.problem(value) is None, (target.name, value)


def test_settings_of_trials_are_one_edit_that_can_be_undone() -> None:
    document = digits()
    before = document.copy()
    values = {"learning_rate": 0.5, "conv1.out_channels": 3, "conv1.padding": 2}
    undo = edit_for(document, values).apply(document)
    assert document.recipe.learning_rate == 0.5
    assert dict(document.graph["conv1"].settings) == {"out_channels": 3, "padding": 2}
    undo.apply(document)
    assert document == before
    assert with_settings(document, values) != document == before


# How trials go.


def test_a_sweep_trains_trials_that_are_runs(tmp_path: Path) -> None:
    sweep = a_sweep(
        tmp_path,
        iris(epochs=2),
        "learning_rate=1e-3..1e-1:log",
        "fc1.out_features=4,8",
        trials=4,
        pruner="none",
    )
    events = list(sweep.run(runs_dir=tmp_path))
    assert isinstance(events[0], SweepStarted) and events[0].trials == 4
    ended = events[-1]
    assert isinstance(ended, SweepEnded) and not ended.was_stopped
    trials = sweep.trials()
    assert [trial.state for trial in trials] == ["done"] * 4
    assert ended.best == min(trials, key=lambda trial: trial.loss) == sweep.best()
    runs = {run.id: run for run in Runs(tmp_path).list()}
    for trial in trials:
        assert trial.run is not None and trial.epochs == 2
        run = runs[trial.run]
        assert run.recipe["learning_rate"] == trial.values["learning_rate"]
        assert run.result["best_val_loss"] == trial.loss
        assert (run.tags, run.sweep, run.trial) == (
            (sweep.name,),
            sweep.name,
            trial.number,
        )
        assert run.title == f"Iris · trial {trial.number}"
        assert f"fc1.out_features {trial.values['fc1.out_features']}" in run.note
    assert sweeps.sweeps_in(tmp_path) == [sweep.folder]
    shares = sweep.study.importance()
    assert set(shares) == {"learning_rate", "fc1.out_features"}
    assert sum(shares.values()) == pytest.approx(1)
    assert as_record(events[-1])["best"] is not None


def test_the_same_seed_tries_the_same(tmp_path: Path) -> None:
    rates = []
    for sampler in ("random", "random", "tpe"):
        sweep = a_sweep(
            tmp_path,
            iris(epochs=1),
            "learning_rate=1e-3..1e-1:log",
            trials=3,
            sampler=sampler,
            seed=5,
        )
        found = finished(sweep, tmp_path)
        rates.append([trial.values["learning_rate"] for trial in found])
    assert rates[0] == rates[1]
    assert len(set(rates[0])) == 3


def test_a_grid_tries_each_combination_once(tmp_path: Path) -> None:
    sweep = a_sweep(
        tmp_path,
        iris(epochs=1),
        "optimizer=SGD,Adam",
        "fc1.out_features=4..8:3",
        sampler="grid",
        trials=2,  # a grid has as many as it has
    )
    assert sweep.total == 6
    found = [tuple(trial.values.values()) for trial in finished(sweep, tmp_path)]
    assert found == [*itertools.product(("SGD", "Adam"), (4, 6, 8))]
    assert finished(sweep, tmp_path) == sweep.trials()  # nothing is left to do
    assert len(sweep.trials()) == 6


def test_a_combination_that_cannot_be_built_is_named_and_pruned(
    tmp_path: Path,
) -> None:
    sweep = a_sweep(
        tmp_path, digits(epochs=1), "conv1.kernel_size=3,11", sampler="grid"
    )
    good, wrong = finished(sweep, tmp_path)
    assert good.state == "done"
    assert wrong.state == "pruned" and wrong.run is None
    assert wrong.message.startswith("conv1 has an 11 × 11 kernel")
    assert len(Runs(tmp_path).list()) == 1


def test_a_trial_that_diverges_has_failed_with_its_message(tmp_path: Path) -> None:
    document = iris(epochs=2, optimizer="SGD", loss="auto", momentum=0.99)
    sweep = a_sweep(
        tmp_path, document, "learning_rate=0.01,1e30", sampler="grid", pruner="none"
    )
    good, wrong = finished(sweep, tmp_path)
    assert good.state == "done"
    assert wrong.state == "failed" and "The loss" in wrong.message
    assert sweep.best() == good
    assert Runs(tmp_path).list()[0].state == "failed"


def test_a_trial_that_is_refused_has_failed_with_its_message(tmp_path: Path) -> None:
    document = iris(epochs=1)
    sweep = a_sweep(tmp_path, document, "device=cpu,cuda", "seed=0,1", sampler="grid")
    import torch

    if torch.cuda.is_available():
        pytest.skip("needs a machine without CUDA; CI has none")
    trials = finished(sweep, tmp_path)
    assert [trial.state for trial in trials] == ["done", "done", "failed", "failed"]
    assert "CUDA was asked for" in trials[2].message


@pytest.mark.parametrize("pruner", ["median", "halving"])
def test_hopeless_trials_are_pruned(tmp_path: Path, pruner: str) -> None:
    document = iris(epochs=12, optimizer="SGD")
    rates = "learning_rate=0.1,0.09,0.08,0.07,0.06,1e-9,2e-9"
    sweep = a_sweep(tmp_path, document, rates, sampler="grid", pruner=pruner)
    trials = finished(sweep, tmp_path)
    pruned = [trial for trial in trials if trial.state == "pruned"]
    assert {trial.values["learning_rate"] for trial in pruned} >= {1e-9, 2e-9}
    last = pruned[-1]
    assert last.epochs < 12
    assert last.message == (
        f"Its loss was behind that of others after epoch {last.epochs}."
    )
    run = Runs(tmp_path).get(last.run or 0)
    assert run.state == "stopped"
    assert run.note.endswith(f"; pruned after epoch {last.epochs}")


def test_importance_needs_trials(tmp_path: Path) -> None:
    sweep = a_sweep(tmp_path, iris(epochs=1), "seed=0..9", trials=1)
    finished(sweep, tmp_path)
    with pytest.raises(Refusal, match=r"Importance needs 4 trials .*; there are 1"):
        sweep.study.importance()


# Stopping and going on.


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    vary = "learning_rate=1e-3..1e-1:log"
    sweep = a_sweep(
        tmp_path, iris(epochs=3), vary, trials=4, sampler="random", pruner="none"
    )
    control = Control()
    for event in sweep.run(runs_dir=tmp_path, control=control):
        is_second = isinstance(event, TrialChanged) and event.trial.number == 1
        if is_second and event.trial.epochs == 1:  # type: ignore[union-attr]
            control.stop()
    assert isinstance(event, SweepEnded) and event.was_stopped
    states = [trial.state for trial in sweep.study.trials()]
    assert states == ["done", "waiting"]
    broken_off = Runs(tmp_path).list()[0]
    assert broken_off.state == "stopped"
    again = sweeps.Sweep(sweep.folder)
    trials = finished(again, tmp_path)
    assert [trial.state for trial in trials] == ["done"] * 4
    # The trial that was broken off is tried again with the very same settings.
    assert trials[1].values["learning_rate"] == broken_off.recipe["learning_rate"]
    assert len({trial.values["learning_rate"] for trial in trials}) == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from engine.sweep_plan import TrialChanged
from engine.sweeps import Sweep
folder = Path(sys.argv[1])
for event in Sweep(folder).run(runs_dir=folder.parents[1]):
    if isinstance(event, TrialChanged) and event.trial.number == 1:
        if event.trial.epochs == 1:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_sweep_goes_on(tmp_path: Path) -> None:
    vary = "learning_rate=1e-3..1e-1:log"
    sweep = a_sweep(tmp_path, iris(epochs=2), vary, trials=3, pruner="none")
    subprocess.run([sys.executable, "-c", KILLED, str(sweep.folder)], check=False)
    assert [trial.state for trial in sweep.trials()] == ["done", "running"]
    trials = finished(sweeps.Sweep(sweep.folder), tmp_path)
    assert [trial.state for trial in trials] == ["done"] * 3
    assert [run.state for run in Runs(tmp_path).list()].count("failed") == 1
    assert list(Runs(tmp_path).interrupted()) == []


def test_a_sweep_can_be_given_more_trials(tmp_path: Path) -> None:
    sweep = a_sweep(tmp_path, iris(epochs=1), "seed=0..99", trials=1)
    finished(sweep, tmp_path)
    sweep.change_plan(Plan(trials=3))
    assert sweeps.Sweep(sweep.folder).plan.trials == 3
    assert len(finished(sweep, tmp_path)) == 3
    with pytest.raises(Refusal, match="Trials must be a whole number"):
        sweep.change_plan(Plan(trials=0))


def test_a_sweep_does_not_run_twice_at_once(tmp_path: Path) -> None:
    sweep = a_sweep(tmp_path, iris(epochs=1), "seed=0..99", trials=1)
    events = sweep.run(runs_dir=tmp_path)
    next(events)
    with pytest.raises(Refusal, match=f"The sweep {sweep.name} is running already"):
        next(sweep.run(runs_dir=tmp_path))
    events.close()  # type: ignore[attr-defined]
    assert len(finished(sweep, tmp_path)) == 1


def test_processes_side_by_side_find_what_one_finds(tmp_path: Path) -> None:
    losses = []
    for at_once in (1, 2):
        sweep = a_sweep(
            tmp_path,
            iris(epochs=2),
            "learning_rate=0.001,0.01",
            "seed=0,1",
            sampler="grid",
            pruner="none",
            at_once=at_once,
        )
        trials = finished(sweep, tmp_path)
        assert [trial.state for trial in trials] == ["done"] * 4
        losses.append([trial.loss for trial in trials])
    assert losses[0] == losses[1]
    assert all(map(math.isfinite, losses[0]))


def test_a_trial_whose_process_is_killed_has_failed(tmp_path: Path) -> None:
    sweep = a_sweep(
        tmp_path, iris(epochs=4000), "seed=0..99", trials=3, at_once=2, pruner="none"
    )
    control = Control()
    killed: int | None = None
    begun = time.monotonic()
    for event in sweep.run(runs_dir=tmp_path, control=control):
        if not isinstance(event, TrialChanged):
            continue
        if killed is None and event.trial.epochs:
            killed = event.trial.number
            run = Runs(tmp_path).get(event.trial.run or 0)
            os.kill(_process_of(tmp_path, run.id), 9)
        elif event.trial.state == "failed":
            control.stop()
        assert time.monotonic() - begun < 600
    failed = [trial for trial in sweep.study.trials() if trial.state == "failed"]
    assert [trial.number for trial in failed] == [killed]
    assert failed[0].message == "The trial's process ended by itself (exit code -9)."


def _process_of(folder: Path, number: int) -> int:
    import sqlite3

    with sqlite3.connect(folder / "runs.sqlite") as database:
        query = "SELECT process FROM runs WHERE id = ?"
        return int(database.execute(query, (number,)).fetchone()[0])


# What cannot be done.


def test_what_no_sweep_can_begin_with(tmp_path: Path) -> None:
    document = iris()
    with pytest.raises(Refusal, match="A sweep needs a setting to vary"):
        sweeps.begin(document, [], Plan(), tmp_path)
    with pytest.raises(Refusal, match="At once must be a whole number"):
        a_sweep(tmp_path, document, "seed=0,1", at_once=0)
    with pytest.raises(Refusal, match="There is no sweep that can be read in"):
        sweeps.Sweep(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match=r"The sweep's folder .* could not be made"):
        a_sweep(tmp_path / "file", document, "seed=0,1")


def test_settings_of_a_network_that_has_changed(tmp_path: Path) -> None:
    document = digits()
    document.graph.rename_node("conv1", "first")
    with pytest.raises(Refusal, match="There is no node conv1 with settings"):
        edit_for(document, {"conv1.out_channels": 4})
    SetSettings("first", {}).apply(document)


def test_deleting_leaves_the_runs_and_files_of_others(tmp_path: Path) -> None:
    sweep = a_sweep(tmp_path, iris(epochs=1), "seed=0,1", trials=1)
    finished(sweep, tmp_path)
    (sweep.folder / "notes.txt").write_text("mine")
    sweeps.delete(sweep.folder)
    assert [path.name for path in sweep.folder.iterdir()] == ["notes.txt"]
    assert sweeps.sweeps_in(tmp_path) == []
    assert len(Runs(tmp_path).list()) == 1


def test_a_study_that_is_no_data_base_is_refused(tmp_path: Path) -> None:
    sweep = a_sweep(tmp_path, iris(epochs=1), "seed=0,1", trials=1)
    (sweep.folder / "study.sqlite").write_bytes(b"no data base" * 100)
    with pytest.raises(Refusal, match=r"The sweep's file .* cannot be used"):
        sweep.trials()
