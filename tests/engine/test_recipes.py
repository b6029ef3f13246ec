"""Recipes: optimizers, schedules, patience, means of weights, and exact resuming."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.document import Document
from engine.recipe import OPTIMIZERS, SCHEDULES, Recipe
from engine.runs import CHECKPOINT, FINAL
from engine.session import prepare, train_document
from engine.step_losses import read_losses
from engine.training import checkpoint as checkpoints
from engine.training.control import Control
from engine.training.events import EpochDone, Event, Finished, StepDone
from engine.training.goals import Goal, Learning
from engine.training.loop import begin, train
from engine.training.losses import balanced, total_loss
from engine.training.optimizers import hold, make_optimizers
from engine.training.schedule import rate_factor
from tests.engine.documents import digits, halves, iris


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from two threads, and tests run beside others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(document: Document, folder: Path, **options: Any) -> list[Event]:
    return list(train_document(document, run_dir=folder, **options))


def epochs(events: list[Event]) -> list[EpochDone]:
    return [event for event in events if isinstance(event, EpochDone)]


def losses(events: list[Event]) -> list[tuple[float, float]]:
    return [(event.train_loss, event.val_loss) for event in epochs(events)]


# Optimizers.


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns_and_resumes_exactly(
    optimizer: str, tmp_path: Path
) -> None:
    rate = {"Adadelta": 1.0, "Adagrad": 0.05, "SGD": 0.1}.get(optimizer, 0.01)
    make = {"optimizer": optimizer, "weight_decay": 0.01, "learning_rate": rate}
    whole = losses(run(digits(**make, epochs=4), tmp_path / "a"))
    assert whole[-1][0] < 0.8 * whole[0][0]
    run(digits(**make, epochs=2), tmp_path / "b")
    again = run(digits(**make, epochs=4), tmp_path / "b", resume=True)
    assert losses(again) == whole[2:]


def test_muon_steps_matrices_and_adamw_the_rest() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3))
    (muon, adamw) = make_optimizers(Recipe(optimizer="Muon"), Learning(), model)[
        "network"
    ]
    assert type(muon).__name__ == "Muon" and type(adamw).__name__ == "AdamW"
    assert [w.dim() for g in muon.param_groups for w in g["params"]] == [2]
    assert sum(len(g["params"]) for g in adamw.param_groups) == 3


def test_rates_and_decay_go_by_module_and_kind() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2), nn.Linear(2, 1))
    recipe = Recipe(learning_rate=0.1, weight_decay=0.5, decay="matrices")
    learning = Learning(rates={"2": 0.01})
    (adam,) = make_optimizers(recipe, learning, model)["network"]
    found = {
        (round(g["lr"], 6), g["weight_decay"]): len(g["params"])
        for g in adam.param_groups
    }
    assert found == {(0.1, 0.5): 1, (0.1, 0.0): 3, (0.001, 0.5): 1, (0.001, 0.0): 1}


def test_what_is_frozen_stays_as_it_is_its_statistics_too() -> None:
    def network() -> nn.Module:
        return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))

    learning = Learning(frozen=("0", "1"))
    state, _ = begin(network, Recipe(), learning)
    (adam,) = state.optimizers["network"]
    assert sum(len(group["params"]) for group in adam.param_groups) == 2
    state.model.train()
    hold(state.model, learning.frozen)
    before = {name: each.clone() for name, each in state.model.state_dict().items()}
    state.model(torch.randn(8, 4)).sum().backward()
    adam.step()
    changed = {
        name
        for name, each in state.model.state_dict().items()
        if not torch.equal(each, before[name])
    }
    assert changed == {"2.weight", "2.bias"}


# Schedules.


def test_schedules_as_their_papers_have_them() -> None:
    def factors(at: list[float], **recipe: Any) -> list[float]:
        return [rate_factor(Recipe(epochs=10, **recipe), each) for each in at]

    assert factors([0, 5, 10]) == [1, 1, 1]
    assert factors([0, 5, 10], schedule="cosine") == pytest.approx([1, 0.5, 0])
    assert factors([0, 10], schedule="cosine", final_rate=0.1) == pytest.approx(
        [1, 0.1]
    )
    assert factors([0, 3, 10], schedule="one_cycle") == pytest.approx([0.04, 1, 0])
    steps = {"schedule": "step", "schedule_factor": 0.1, "schedule_epochs": 4}
    assert factors([0, 3.9, 4, 8], **steps) == pytest.approx([1, 1, 0.1, 0.01])
    smooth = {"schedule": "exponential", "schedule_factor": 0.5, "schedule_epochs": 2}
    assert factors([0, 1, 2], **smooth) == pytest.approx([1, math.sqrt(0.5), 0.5])
    rising = {"schedule": "cosine", "warmup_epochs": 2.0}
    assert factors([0, 1, 2, 6, 10], **rising) == pytest.approx(
        [0.01, 0.505, 1, 0.5, 0]
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_resumes_exactly(schedule: str, tmp_path: Path) -> None:
    make = {
        "schedule": schedule,
        "schedule_epochs": 1,
        "warmup_epochs": 0.5,
        "learning_rate": 0.02,
        "epochs": 5,
    }
    whole = run(iris(**make), tmp_path / "a")
    control = Control()
    for event in train_document(iris(**make), run_dir=tmp_path / "b", control=control):
        if isinstance(event, EpochDone) and event.epoch == 2:
            control.stop()
    again = run(iris(**make), tmp_path / "b", resume=True)
    assert losses(again) == losses(whole)[2:]
    rates = [event.learning_rate for event in epochs(whole)]
    if schedule != "plateau":  # where nothing got worse, it stays as it is
        assert (len(set(rates)) == 1) is (schedule == "constant")


def test_a_plateau_lowers_the_rate_only_when_nothing_gets_better(
    tmp_path: Path,
) -> None:
    make = {"schedule": "plateau", "schedule_epochs": 2, "schedule_factor": 0.1}
    stuck = run(iris(**make, epochs=5, learning_rate=1e-12), tmp_path / "a")
    rates = [event.learning_rate for event in epochs(stuck)]
    assert rates == pytest.approx([1e-12, 1e-12, 1e-13, 1e-13, 1e-14], rel=1e-6)
    better = run(iris(**make, epochs=5, learning_rate=0.01), tmp_path / "b")
    assert {event.learning_rate for event in epochs(better)} == {0.01}


# Patience.


def test_patience_stops_and_takes_the_best(tmp_path: Path) -> None:
    document = digits(patience=2, epochs=60, learning_rate=0.05, optimizer="AdamW")
    events = run(document, tmp_path)
    last = events[-1]
    assert isinstance(last, Finished) and last.stopped_early
    assert last.epochs == last.best_epoch + 2 < 60
    best = epochs(events)[last.best_epoch - 1]
    assert best.val_loss == last.best_val_loss
    prepared = prepare(document)
    checkpoints.load_weights(tmp_path / FINAL, prepared.state.model)
    state = prepared.state
    from engine.training.loop import evaluate, new_score

    score = evaluate(
        state,
        1,
        prepared.splits.validation,
        new_score(prepared.plan, prepared.splits),
        prepared.plan,
    )
    assert score.loss() == pytest.approx(best.val_loss, rel=1e-6)


def test_the_best_is_remembered_across_a_stop(tmp_path: Path) -> None:
    make = {"patience": 2, "epochs": 60, "learning_rate": 0.05, "optimizer": "AdamW"}
    whole = run(digits(**make), tmp_path / "a")
    end = whole[-1]
    assert isinstance(end, Finished)
    control = Control()
    for event in train_document(
        digits(**make), run_dir=tmp_path / "b", control=control
    ):
        if isinstance(event, EpochDone) and event.epoch == end.best_epoch + 1:
            control.stop()
    again = run(digits(**make), tmp_path / "b", resume=True)[-1]
    assert isinstance(again, Finished)
    assert (again.test_loss, again.best_epoch) == (end.test_loss, end.best_epoch)


# Steps.


def test_accumulated_batches_learn_as_one_large_one(tmp_path: Path) -> None:
    large = losses(run(digits(batch_size=64, epochs=2), tmp_path / "a"))
    pieces = run(digits(batch_size=16, accumulation=4, epochs=2), tmp_path / "b")
    for one, other in zip(large, losses(pieces), strict=True):
        assert one == pytest.approx(other, rel=1e-4)
    steps = {event.step for event in pieces if isinstance(event, StepDone)}
    assert max(steps) == math.ceil(1258 / 64)


def test_the_mean_of_the_weights_is_what_is_tested_and_kept(tmp_path: Path) -> None:
    document = iris(average=0.9, epochs=3)
    prepared = prepare(document)
    list(train(prepared.state, prepared.splits, prepared.plan))
    state = prepared.state
    assert state.average is not None and state.network is state.average.module
    pairs = zip(state.model.parameters(), state.network.parameters(), strict=True)
    assert any(not torch.equal(a, b) for a, b in pairs)
    whole = losses(run(document, tmp_path / "a"))
    run(iris(average=0.9, epochs=1), tmp_path / "b")
    assert losses(run(document, tmp_path / "b", resume=True)) == whole[1:]
    kept = prepare(document).compiled.module_class()
    checkpoints.load_weights(tmp_path / "a" / FINAL, kept)
    for one, other in zip(kept.parameters(), state.network.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_smoothing_and_class_weights_are_for_training_alone(tmp_path: Path) -> None:
    plain = epochs(run(digits(epochs=1, learning_rate=1e-12), tmp_path / "a"))[0]
    smooth = epochs(
        run(
            digits(epochs=1, learning_rate=1e-12, label_smoothing=0.5),
            tmp_path / "b",
        )
    )[0]
    assert smooth.val_loss == pytest.approx(plain.val_loss, rel=1e-6)
    assert smooth.train_loss != pytest.approx(plain.train_loss, rel=1e-4)


def test_rare_classes_count_as_much_as_frequent_ones() -> None:
    goal = Goal(target="kind", loss="cross_entropy")
    targets = {"kind": torch.tensor([0, 0, 0, 1])}
    (weighed,) = balanced((goal,), targets)
    assert weighed.class_weights == pytest.approx((4 / 6, 2.0))
    right_for_many = torch.tensor([[2.0, 0.0]] * 4)
    loss = total_loss((weighed,), (right_for_many,), targets)
    mean = (math.log1p(math.exp(-2)) + math.log1p(math.exp(2))) / 2
    assert loss.item() == pytest.approx(mean)


def test_fp16_scales_its_loss(tmp_path: Path) -> None:
    prepared = prepare(halves(precision="fp16", epochs=2))
    assert prepared.state.scaler.is_enabled()
    curve = losses(list(train(prepared.state, prepared.splits, prepared.plan)))
    assert curve[-1][0] < curve[0][0]
    assert "fp16: chosen in the recipe" in prepared.plan.hardware.reason


# Resuming in the middle of an epoch.


@pytest.mark.parametrize("step", [1, 7, 20])
def test_a_run_stopped_within_an_epoch_goes_on_exactly(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.loop.FETCH_SECONDS", -1.0)
    make = {
        "epochs": 3,
        "average": 0.99,
        "schedule": "cosine",
        "patience": 5,
        "optimizer": "AdamW",
    }
    whole = run(digits(**make), tmp_path / "a")
    control = Control()
    for event in train_document(
        digits(**make), run_dir=tmp_path / "b", control=control
    ):
        if isinstance(event, StepDone) and (event.epoch, event.step) == (2, step):
            control.stop()
    found = checkpoints.read(tmp_path / "b" / CHECKPOINT)
    assert (found.epoch, found.step) == (1, step)
    again = run(digits(**make), tmp_path / "b", resume=True)
    assert losses(again) == losses(whole)[1:]
    ends = (whole[-1], again[-1])
    assert all(isinstance(end, Finished) for end in ends)
    first, second = (replace(end, seconds=0.0) for end in ends)
    assert first == second
    kept = [(tmp_path / name / "losses-network.bin").read_bytes() for name in "ab"]
    assert kept[0] == kept[1]
    steps, kept_losses = read_losses(tmp_path / "b", 3, 0, 20)["network"]
    assert list(steps) == list(range(1, 61))
    told = [x for event in whole if isinstance(event, StepDone) for x in event.losses]
    assert list(kept_losses) == told


def test_long_epochs_are_kept_in_their_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.loop.FETCH_SECONDS", -1.0)
    monkeypatch.setattr("engine.run_keeper.MOST_WRITING", math.inf)
    kept = []
    document = digits(epochs=1, checkpoint_seconds=0.0)
    for event in train_document(document, run_dir=tmp_path):
        if event.event == "checkpoint":
            found = checkpoints.read(tmp_path / CHECKPOINT)
            kept.append((found.epoch, found.step))
    assert len(kept) > 3 and kept == sorted(kept) and kept[0][0] == 0
