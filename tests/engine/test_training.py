"""The loop: same seed, same losses; pause, stop, resume; what it says when it fails."""

from __future__ import annotations

import itertools
import json
import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.data.samples import Samples
from engine.document import Document
from engine.edits import change_settings
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.runs import BEST, CHECKPOINT, EVENTS, FINAL, Runs
from engine.session import prepare, train_document
from engine.training import checkpoint as checkpoints
from engine.training import loop
from engine.training.control import Control
from engine.training.device import HardwareError, choose_hardware, runs_lstm
from engine.training.events import (
    CheckpointFailed,
    Diverged,
    EpochDone,
    Event,
    Finished,
    Paused,
    Resumed,
    Started,
    StepDone,
    Stopped,
)
from engine.training.goals import Goal
from engine.training.loop import batches, shuffle, train
from engine.training.losses import total_loss
from engine.training.objective import Outcome
from engine.training.reporting import as_json, as_record, as_text
from engine.training.score import Score
from tests.engine.documents import digits, forecast, halves, iris, rebuild


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from two threads, and tests run beside others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


KINDS = [digits, iris, forecast, rebuild, halves]


def losses(events: list[Event]) -> list[tuple[float, float]]:
    return [(e.train_loss, e.val_loss) for e in events if isinstance(e, EpochDone)]


def run(document: Document, folder: Path, **options: Any) -> list[Event]:
    return list(train_document(document, run_dir=folder, **options))


@pytest.mark.parametrize("make", KINDS)
def test_same_seed_same_losses_and_another_seed_others(
    make: Any, tmp_path: Path
) -> None:
    first = run(make(), tmp_path / "a")
    second = run(make(), tmp_path / "b")
    other = run(make(seed=1), tmp_path / "c")
    assert losses(first) == losses(second)
    assert losses(first) != losses(other)
    assert len(losses(first)) == 2
    assert isinstance(first[-1], Finished) and isinstance(second[-1], Finished)
    assert first[-1].test_loss == second[-1].test_loss


@pytest.mark.parametrize("make", KINDS)
def test_networks_learn(make: Any, tmp_path: Path) -> None:
    curve = losses(run(make(epochs=8), tmp_path))
    assert curve[-1][0] < 0.9 * curve[0][0]
    assert curve[-1][1] < curve[0][1]


def test_every_step_has_its_loss_and_they_average_to_the_epochs() -> None:
    prepared = prepare(digits(batch_size=100))
    sizes = [part.stop - part.start for part in batches(1258, 100)]
    each: list[float] = []
    last = None
    for event in train(prepared.state, prepared.splits, prepared.plan):
        if isinstance(event, StepDone):
            each += event.losses
            last = event
        elif isinstance(event, EpochDone):
            assert last is not None and last.step == len(sizes) == len(each)
            mean = sum(a * b for a, b in zip(each, sizes, strict=True)) / sum(sizes)
            assert event.train_loss == pytest.approx(mean, rel=1e-6)
            each = []


def test_the_loop_is_the_tutorial_one() -> None:
    """The same numbers as a loop written by hand with PyTorch alone."""
    document = iris()
    prepared = prepare(document)
    events = list(train(prepared.state, prepared.splits, prepared.plan))

    torch.manual_seed(0)
    model = prepared.compiled.module_class()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    samples = prepared.splits.train
    features, species = samples.inputs["features"], samples.targets["species"]
    for epoch, expected in enumerate(losses(events), start=1):
        total = 0.0
        for chosen in shuffle(len(features), 0, epoch).split(16):
            loss = nn.functional.cross_entropy(model(features[chosen]), species[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += loss.item() * len(chosen)
        assert total / len(features) == pytest.approx(expected[0], rel=1e-5)


def test_a_lone_last_sample_joins_the_batch_before_it() -> None:
    assert batches(9, 4) == [slice(0, 4), slice(4, 9)]
    assert batches(10, 4) == [slice(0, 4), slice(4, 8), slice(8, 10)]
    assert batches(1, 4) == [slice(0, 1)]
    assert batches(3, 1) == [slice(0, 1), slice(1, 2), slice(2, 3)]
    assert batches(0, 4) == []


def test_shuffling_depends_on_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    first = shuffle(50, 7, 3)
    torch.manual_seed(2)
    assert torch.equal(first, shuffle(50, 7, 3))
    assert not torch.equal(first, shuffle(50, 7, 4))
    assert not torch.equal(first, shuffle(50, 8, 3))
    assert sorted(first.tolist()) == list(range(50))


# Objectives.


def test_losses_are_weighted_and_metrics_by_task() -> None:
    goals = (
        Goal(target="kind", loss="cross_entropy", weight=2.0),
        Goal(target="size", loss="mse", weight=0.5),
    )
    outputs = (torch.tensor([[2.0, 0.0], [2.0, 0.0]]), torch.tensor([[1.0], [3.0]]))
    targets = {"kind": torch.tensor([0, 1]), "size": torch.tensor([0.0, 0.0])}
    loss = total_loss(goals, outputs, targets)
    entropy = (math.log1p(math.exp(-2)) + math.log1p(math.exp(2))) / 2
    assert loss.item() == pytest.approx(2 * entropy + 0.5 * 5.0)
    score = Score(goals, {"size": 10.0})
    score.add(Outcome(loss, outputs), Samples(targets, targets))
    assert score.loss() == pytest.approx(loss.item())
    metrics = score.metrics()
    assert metrics["accuracy"] == metrics["kind_accuracy"] == 0.5
    assert metrics["mae"] == metrics["size_mae"] == pytest.approx(20.0)
    assert metrics["rmse"] == pytest.approx(10 * math.sqrt(5))


def test_a_column_is_not_broadcast_against_a_row() -> None:
    goal = (Goal(target="y", loss="mse"),)
    output, target = torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 2.0])
    assert total_loss(goal, (output,), {"y": target}).item() == 0.0


def test_yes_or_no_is_counted_by_the_sign() -> None:
    goal = (Goal(target="y", loss="bce_with_logits"),)
    outputs, targets = (torch.tensor([[1.0], [-1.0]]),), {"y": torch.tensor([1, 1])}
    score = Score(goal, {})
    loss = total_loss(goal, outputs, targets)
    score.add(Outcome(loss, outputs), Samples(targets, targets))
    assert score.metrics() == {"accuracy": 0.5}


def test_every_step_of_a_sequence_may_have_a_class() -> None:
    goal = (Goal(target="y", loss="cross_entropy"),)
    outputs = (torch.tensor([[[3.0, 0.0], [3.0, 0.0], [0.0, 3.0]]]),)
    targets = {"y": torch.tensor([[0, 1, 1]])}
    score = Score(goal, {})
    loss = total_loss(goal, outputs, targets)
    score.add(Outcome(loss, outputs), Samples(targets, targets))
    assert score.metrics()["accuracy"] == pytest.approx(2 / 3)


# Reporting.


def test_epoch_and_finished_events_as_json(tmp_path: Path) -> None:
    events = run(iris(), tmp_path)
    epochs = [json.loads(as_json(e)) for e in events if isinstance(e, EpochDone)]
    assert list(epochs[0]) == [
        "event", "epoch", "train_loss", "val_loss", "val_accuracy", "val_f1", "seconds",
        "samples_per_second", "train_accuracy", "best", "learning_rate",
    ]  # fmt: skip
    assert epochs[0]["event"] == "epoch" and epochs[0]["epoch"] == 1
    finished = json.loads(as_json(events[-1]))
    assert list(finished)[:3] == ["event", "test_loss", "test_accuracy"]
    assert finished["event"] == "finished" and 0 <= finished["test_accuracy"] <= 1
    written = (tmp_path / EVENTS).read_text().splitlines()
    assert [json.loads(line)["event"] for line in written][-1] == "finished"
    assert as_json(events[-1]) == written[-1]


def test_accuracy_is_null_for_numbers(tmp_path: Path) -> None:
    events = run(forecast(), tmp_path)
    record = as_record(next(e for e in events if isinstance(e, EpochDone)))
    assert record["val_accuracy"] is None
    assert record["val_mae"] > 0 and record["val_rmse"] > 0  # type: ignore[operator]
    assert as_record(events[-1])["test_accuracy"] is None


def test_what_is_no_number_is_null_in_json() -> None:
    event = Finished(
        test_loss=math.nan, test_metrics={}, epochs=0, best_epoch=0,
        best_val_loss=math.inf, seconds=0.0,
    )  # fmt: skip
    record = json.loads(as_json(event))
    assert record["test_loss"] is None and record["best_val_loss"] is None


def test_rows_for_people(tmp_path: Path) -> None:
    text = [as_text(e) for e in run(iris(), tmp_path)]
    assert any("67 parameters" in line and "CPU: " in line for line in text)
    assert any(line.startswith("    2  ") and "accuracy" in line for line in text)
    assert text[-1].endswith("best epoch 2")


def test_the_line_for_people_says_which_epoch_was_tested() -> None:
    event = Finished(
        test_loss=0.5, test_metrics={"accuracy": 0.975}, epochs=5, best_epoch=3,
        best_val_loss=0.4, seconds=2.0, tested_epoch=5,
    )  # fmt: skip
    assert as_text(event) == (
        "test loss 0.5000  accuracy 97.50 %  in 2.0 s; best epoch 3, but epoch 5 tested"
    )
    assert as_text(replace(event, tested_epoch=3)).endswith("best epoch 3")


# Pausing, stopping, resuming.


def steps_until(events: Iterator[Event], count: int) -> None:
    for event in events:
        if isinstance(event, EpochDone) and event.epoch == count:
            return


def test_stop_answers_before_the_next_step(tmp_path: Path) -> None:
    control = Control()
    events = train_document(digits(epochs=50), run_dir=tmp_path, control=control)
    steps_until(events, 2)
    control.stop()
    rest = list(events)
    assert not any(isinstance(event, StepDone) for event in rest)
    assert isinstance(rest[-1], Stopped) and rest[-1].epoch == 2
    (entry,) = Runs(tmp_path).list()
    assert entry.state == "stopped" and entry.can_resume
    assert (tmp_path / FINAL).is_file() and (tmp_path / BEST).is_file()


def test_stop_between_two_steps_of_an_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.training.loop.FETCH_SECONDS", -1.0
    )  # every loss at once
    control = Control()
    seen = 0
    for event in train_document(digits(), run_dir=tmp_path, control=control):
        if isinstance(event, StepDone):
            seen += 1
            if seen == 3:
                control.stop()
    assert seen == 3
    assert isinstance(event, Stopped) and event.step == 3
    assert checkpoints.read(tmp_path / CHECKPOINT).epoch == 0


def test_pause_waits_and_resume_goes_on(tmp_path: Path) -> None:
    unbroken = losses(run(iris(epochs=4), tmp_path / "a"))
    control = Control()
    events = train_document(iris(epochs=4), run_dir=tmp_path / "b", control=control)
    seen: list[Event] = []
    paused = threading.Event()

    def iterate() -> None:
        for event in events:
            seen.append(event)
            if isinstance(event, EpochDone) and event.epoch == 2:
                control.pause()
            if isinstance(event, Paused):
                paused.set()

    thread = threading.Thread(target=iterate)
    thread.start()
    assert paused.wait(30)
    count = len(seen)
    thread.join(0.2)
    assert thread.is_alive() and len(seen) == count
    control.resume()
    thread.join(30)
    assert not thread.is_alive()
    kinds = [type(event) for event in seen]
    assert kinds.index(Resumed) == kinds.index(Paused) + 1
    assert losses(seen) == unbroken


def test_stop_ends_a_pause(tmp_path: Path) -> None:
    control = Control()
    control.pause()
    events = train_document(iris(), run_dir=tmp_path, control=control)
    for event in events:
        if isinstance(event, Paused):
            threading.Timer(0.1, control.stop).start()
            break
    assert isinstance(list(events)[-1], Stopped)


@pytest.mark.parametrize("make", KINDS)
def test_resuming_gives_the_unbroken_curve(make: Any, tmp_path: Path) -> None:
    unbroken = run(make(epochs=5), tmp_path / "whole")
    control = Control()
    events = train_document(make(epochs=5), run_dir=tmp_path / "cut", control=control)
    first: list[Event] = []
    for event in events:
        first.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            control.stop()
    torch.manual_seed(12345)  # what was drawn since then does not matter
    second = run(make(epochs=5), tmp_path / "cut", resume=True)
    assert losses(first) + losses(second) == losses(unbroken)
    assert second[-1].test_loss == unbroken[-1].test_loss  # type: ignore[attr-defined]
    assert second[-1].best_epoch == unbroken[-1].best_epoch  # type: ignore[attr-defined]
    written = (tmp_path / "cut" / EVENTS).read_text().splitlines()
    epochs = [
        json.loads(line).get("epoch") for line in written if '"epoch"' in line[:20]
    ]
    assert epochs == [1, 2, 3, 4, 5]
    (entry,) = Runs(tmp_path / "cut").list()
    assert entry.state == "finished"


def test_the_speed_of_a_resumed_epoch_counts_what_it_still_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = iris(epochs=1, batch_size=10)
    clock = itertools.count()
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(next(clock)))
    control = Control()
    size, steps = 0, 2
    for event in train_document(document, run_dir=tmp_path, control=control):
        if isinstance(event, Started):
            size, steps = event.train_samples, event.steps_per_epoch
        if isinstance(event, StepDone) and event.step == steps - 1:
            control.stop()
    (epoch,) = (
        event
        for event in run(document, tmp_path, resume=True)
        if isinstance(event, EpochDone)
    )
    rest = size - 10 * (steps - 1)  # of one step, which takes two ticks of this clock
    assert 0 < rest <= 11 and epoch.samples_per_second == rest / 2


def test_a_finished_run_can_be_trained_longer(tmp_path: Path) -> None:
    whole = losses(run(iris(epochs=4), tmp_path / "whole"))
    begun = losses(run(iris(epochs=2), tmp_path / "cut"))
    more = losses(run(iris(epochs=4), tmp_path / "cut", resume=True))
    assert begun + more == whole


def test_leaving_the_iteration_is_a_stop(tmp_path: Path) -> None:
    events = train_document(iris(epochs=9), run_dir=tmp_path)
    steps_until(events, 3)
    events.close()  # type: ignore[attr-defined]
    assert checkpoints.read(tmp_path / CHECKPOINT).epoch == 3
    assert Runs(tmp_path).list()[0].state == "stopped"


# Trouble.


def test_a_loss_that_is_no_number_stops_with_a_sentence(tmp_path: Path) -> None:
    document = forecast(learning_rate=1e20, epochs=3)
    events = run(document, tmp_path)
    last = events[-1]
    assert isinstance(last, Diverged)
    assert last.epoch == 1 and 2 <= last.step <= 5
    assert last.message in (
        f"The loss is not a number in epoch 1, step {last.step}; training stopped.",
        f"The loss grew beyond all numbers in epoch 1, step {last.step}; "
        "training stopped.",
    )
    assert last.remedy == (
        "Try a learning rate ten times lower than 1e+20, or set clip_norm to 1."
    )
    (entry,) = Runs(tmp_path).list()
    assert entry.state == "failed" and entry.message == last.message
    kept = checkpoints.read(tmp_path / CHECKPOINT).weights
    assert all(tensor.isfinite().all() for tensor in kept.values())
    weights = prepare(forecast()).compiled.module_class()
    checkpoints.load_weights(tmp_path / FINAL, weights)
    assert all(weight.isfinite().all() for weight in weights.parameters())


def test_a_full_disk_keeps_the_old_checkpoint_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.run_keeper.MOST_WRITING", math.inf)
    monkeypatch.setattr("engine.training.loop.FETCH_SECONDS", math.inf)
    events = train_document(iris(epochs=3, checkpoint_seconds=0.0), run_dir=tmp_path)
    seen: list[Event] = []
    for event in events:
        seen.append(event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            assert checkpoints.read(tmp_path / CHECKPOINT).epoch == 1

            def full(path: Path, content: bytes) -> None:
                raise Refusal("The disk is full.", "Free some space.")

            monkeypatch.setattr(checkpoints, "write_whole", full)
        if isinstance(event, CheckpointFailed):
            assert event.message == "The disk is full." and event.epoch == 2
            assert checkpoints.read(tmp_path / CHECKPOINT).epoch == 1
            monkeypatch.undo()
    assert any(isinstance(event, CheckpointFailed) for event in seen)
    assert checkpoints.read(tmp_path / CHECKPOINT).epoch == 3


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    run(iris(), tmp_path)
    other = iris()
    change_settings(other.graph, "fc1", {"out_features": 9}).apply(other)
    with pytest.raises(
        Refusal, match=r"another network: in it fc1\.weight is 8 × 4, here"
    ):
        run(other, tmp_path, resume=True)
    with pytest.raises(Refusal, match="made with Adam, and the recipe says SGD"):
        run(iris(optimizer="SGD"), tmp_path, resume=True)


def test_a_cut_off_checkpoint_is_refused(tmp_path: Path) -> None:
    run(iris(), tmp_path)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(Refusal, match="is no whole checkpoint"):
        run(iris(), tmp_path, resume=True)


def test_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no run with a checkpoint in"):
        run(iris(), tmp_path, resume=True)


def test_a_wrong_override_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="Epochs must be a whole number from 1"):
        run(iris(), tmp_path, overrides={"epochs": 0})
    events = run(iris(), tmp_path, overrides={"epochs": 1, "seed": None})
    assert len(losses(events)) == 1


def test_cuda_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("needs a machine without CUDA")
    with pytest.raises(Refusal, match="CUDA was asked for, but"):
        run(iris(device="cuda"), tmp_path)


def test_an_lstm_that_the_cpu_cannot_run_in_bf16_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = nn.Sequential(nn.LSTM(3, 4))
    monkeypatch.setattr("engine.training.device.runs_lstm", lambda dtype: False)
    with pytest.raises(HardwareError) as refused:
        choose_hardware("cpu", "bf16", network)
    expected = "This CPU cannot run an LSTM in bf16. Choose auto or fp32."
    assert str(refused.value) == expected
    assert choose_hardware("cpu", "auto", network).precision == "fp32"
    assert choose_hardware("cpu", "bf16", nn.Linear(2, 2)).precision == "bf16"
    monkeypatch.undo()
    if runs_lstm(torch.bfloat16):
        assert choose_hardware("cpu", "bf16", network).precision == "bf16"


def test_the_device_and_precision_are_explained() -> None:
    tiny = nn.Linear(2, 2)
    chosen = choose_hardware("cpu", "auto", tiny)
    assert chosen.precision == "fp32" and not chosen.channels_last
    assert chosen.reason.startswith("CPU: ") and "; fp32: " in chosen.reason
    forced = choose_hardware("cpu", "bf16", nn.Conv2d(1, 1, 1))
    assert forced.precision == "bf16" and forced.channels_last
    assert "bf16: chosen in the recipe" in forced.reason


def test_bf16_trains_too(tmp_path: Path) -> None:
    curve = losses(run(digits(precision="bf16", epochs=5), tmp_path))
    assert curve[-1][1] < 0.8 * curve[0][1]


def test_clipping_keeps_a_steep_loss_in_bounds() -> None:
    prepared = prepare(forecast(clip_norm=1e-6, learning_rate=1.0, momentum=0.0))
    before = [w.detach().clone() for w in prepared.state.model.parameters()]
    steps = 0
    for event in train(prepared.state, prepared.splits, prepared.plan):
        steps += isinstance(event, StepDone)
    moved = sum(
        (now.detach() - then).norm() ** 2
        for now, then in zip(prepared.state.model.parameters(), before, strict=True)
    )
    assert 0 < math.sqrt(float(moved)) <= steps * 1e-6 * 1.01


def test_recipe_settings_name_every_field() -> None:
    from dataclasses import fields

    from engine.recipe import RECIPE_SETTINGS

    assert {s.name for s in RECIPE_SETTINGS} == {f.name for f in fields(Recipe)}
    assert all(getattr(Recipe(), s.name) == s.default for s in RECIPE_SETTINGS)


def test_errors_of_logits_are_those_of_the_values_they_stand_for() -> None:
    goals = (Goal(target="y", loss="bce_with_logits"),)
    logits = (torch.tensor([[-100.0, 0.0, 100.0]]),)
    targets = {"y": torch.tensor([[0.0, 0.5, 0.0]])}
    score = Score(goals, {})
    loss = total_loss(goals, logits, targets)
    score.add(Outcome(loss, logits), Samples(targets, targets))
    assert score.metrics()["mae"] == pytest.approx(1 / 3)
