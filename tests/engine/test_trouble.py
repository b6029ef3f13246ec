"""Trouble in words: each kind is provoked in a real run, and its sentence read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import engine.session
from engine.data.samples import Samples
from engine.document import Document
from engine.edits import SetRecipe
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.runs import EVENTS
from engine.session import train_document
from engine.showing.telling import as_text
from engine.training import trouble as troubles
from engine.training.dead_units import dead_shares, learning_relus
from engine.training.events import Diverged, EpochDone, Event
from engine.training.first_nan import _broken_by_the_step_before
from engine.training.objective import Plan, Turn
from engine.training.supervised import Supervised
from engine.training.trouble import Trouble, _dead_words, out_of_memory
from tests.engine.documents import chain, digits, iris


@pytest.fixture(autouse=True)
def always_looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Looks after every epoch, however long that takes on this machine."""
    monkeypatch.setattr(troubles, "MOST_LOOKING", 1e9)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(document: Document, folder: Path, **options: Any) -> list[Event]:
    return list(train_document(document, run_dir=folder, **options))


def found(events: list[Event], kind: str) -> Trouble:
    told = [event for event in events if isinstance(event, Trouble)]
    named = [event for event in told if event.kind == kind]
    assert len(named) == 1, [event.message for event in told]
    return named[0]


def dense(name: str, *between: tuple[str, str, dict[str, Any]], **recipe: Any) -> Any:
    return chain(
        name,
        [
            ("measures", "Input", {"shape": (4,)}),
            *between,
            ("fc_last", "Linear", {"out_features": 3}),
            ("species", "Output", {}),
        ],
        "iris",
        **{"batch_size": 16, **recipe},
    )


# Numbers that are none.


def test_nan_names_the_first_layer_and_what_it_was_given(tmp_path: Path) -> None:
    document = dense(
        "Exponential",
        ("fc1", "Linear", {"out_features": 8}),
        ("scale1", "Scale", {"factor": 1e4}),
        ("exp1", "Exp", {}),
    )
    events = run(document, tmp_path)
    trouble = found(events, "not-a-number")
    assert trouble.nodes == ("exp1",)
    assert re.fullmatch(
        r"In epoch 1, step 1, exp1 was the first to give infinite numbers: "
        r"it was given numbers "
        r"from -\d\S* to \d\S*\.",
        trouble.message,
    )
    assert trouble.remedy == "Keep what reaches exp1 below 80."
    assert trouble.goes_on
    assert isinstance(events[-1], Diverged)
    assert events.index(trouble) == len(events) - 2
    records = [json.loads(line) for line in (tmp_path / EVENTS).open()]
    assert records[-2]["event"] == "trouble"
    assert records[-2]["message"] == trouble.message
    assert as_text(trouble) == f"{trouble.message} {trouble.remedy}"


def test_nan_after_many_steps_is_found_by_taking_them_again(tmp_path: Path) -> None:
    events = run(
        iris(learning_rate=1e30, optimizer="SGD", momentum=0.0, epochs=3), tmp_path
    )
    trouble = found(events, "not-a-number")
    assert trouble.nodes and trouble.nodes[0] in {"fc1", "fc2"}
    assert trouble.message.startswith(("In epoch 1, step ", "The weights of fc"))
    assert re.search(
        "was the first to give (NaN|infinite numbers)|were the first to be no numbers",
        trouble.message,
    )
    assert trouble.fix == "Set learning rate to 1e+29"
    assert trouble.changes == (("learning_rate", 1e29),)


def test_weights_broken_by_a_gradient_are_named() -> None:
    model = torch.nn.Sequential()
    model.add_module("fc1", torch.nn.Linear(2, 2))
    model.add_module("fc2", torch.nn.Linear(2, 2))
    assert _broken_by_the_step_before(model) is None
    for weight in model.parameters():
        weight.data.fill_(torch.nan)
        weight.grad = torch.full_like(weight, torch.nan)
    nodes, message, _ = _broken_by_the_step_before(model) or ((), "", "")
    assert nodes == ("fc2",)
    assert message == (
        "The weights of fc2 were the first to be no numbers: its gradient was no "
        "number."
    )


def test_what_was_good_is_kept_though_the_steps_were_taken_again(
    tmp_path: Path,
) -> None:
    import safetensors.torch

    from engine.runs import FINAL

    run(iris(learning_rate=1e30, optimizer="SGD", epochs=3), tmp_path)
    weights = safetensors.torch.load_file(tmp_path / FINAL)
    assert all(tensor.isfinite().all() for tensor in weights.values())


# Gradients.


def test_vanishing_gradients_name_their_layers(tmp_path: Path) -> None:
    between: list[tuple[str, str, dict[str, Any]]] = []
    for place in range(1, 11):
        between.append((f"fc{place}", "Linear", {"out_features": 16}))
        between.append((f"sigmoid{place}", "Sigmoid", {}))
    trouble = found(
        run(dense("Deep sigmoids", *between, epochs=1), tmp_path), "vanishing"
    )
    assert trouble.message.startswith("The gradients vanish: in fc1, fc2")
    assert "less than 1e-05 of those in fc_last" in trouble.message
    assert trouble.nodes[0] == "fc1" and "fc10" not in trouble.nodes
    assert trouble.remedy == (
        "Put ReLU in place of Sigmoid or Tanh, BatchNorm between the layers, or an "
        "edge past some of them."
    )


def test_exploding_gradients_offer_to_clip(tmp_path: Path) -> None:
    document = dense(
        "Exploding",
        ("fc1", "Linear", {"out_features": 8}),
        ("power1", "Scale", {"factor": 1e5}),
        learning_rate=1e-9,
        epochs=1,
    )
    trouble = found(run(document, tmp_path / "a"), "exploding")
    assert trouble.message.startswith("The gradients explode: after epoch 1 their")
    assert "fc" in trouble.message and trouble.nodes
    assert trouble.remedy == "Clip them to a norm of 1, or take a lower learning rate."
    (fix,) = trouble.fixes(document.recipe)
    assert fix.label == "Clip at 1"
    (edit,) = fix.edits
    assert isinstance(edit, SetRecipe)
    assert edit.recipe == replace(document.recipe, clip_norm=1.0)
    edit.apply(document)
    assert not [
        each
        for each in run(document, tmp_path / "b")
        if isinstance(each, Trouble) and each.kind == "exploding"
    ]


# Units and the learning rate.


def test_dead_units_name_layer_and_share(tmp_path: Path) -> None:
    """One giant step pushes most units below zero for good."""
    trouble = found(
        run(digits(learning_rate=1.0, epochs=1), tmp_path),
        "dead-units",
    )
    assert re.match(
        r"Dead ReLU: (all|\d+\xa0% of the) units of relu1 give 0 for each of \d+ "
        r"training samples, and learn no more\.",
        trouble.message,
    )
    assert trouble.nodes == ("relu1",)
    assert "rain anew with a lower learning rate" in trouble.remedy


def test_layers_whose_units_are_all_dead_are_told_first() -> None:
    assert _dead_words({"relu1": 1.0, "relu2": 0.9, "relu3": 1.0}, 256) == (
        "Dead ReLU: all units of relu1 and relu3 give 0 for each of 256 training "
        "samples, and learn no more."
    )
    assert _dead_words({"relu1": 0.8, "relu2": 0.9}, 256) == (
        "Dead ReLU: 90\xa0% of the units of relu2 give 0 for each of 256 training "
        "samples, and learn no more. Many are dead in relu1 too."
    )


def test_dead_channels_of_pictures_are_counted_as_channels() -> None:
    relu = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 1), torch.nn.ReLU())
    torch.nn.init.zeros_(relu[0].weight)
    with torch.no_grad():
        relu[0].bias.copy_(torch.tensor([1.0, -1.0, -1.0, -1.0]))
    pictures = torch.randn(10, 1, 3, 3)
    assert dead_shares(relu, (pictures,), 4) == {"1": 0.75}
    assert not relu[1]._forward_hooks


def test_units_of_a_frozen_body_are_not_looked_at() -> None:
    """They do not learn anyway, and running a pretrained body takes a minute."""
    body = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    body.requires_grad_(False)
    model = torch.nn.Sequential(body, torch.nn.Linear(2, 2))
    assert learning_relus(model) == {}
    model.append(torch.nn.ReLU())  # behind the head, which learns
    assert list(learning_relus(model)) == ["2"]
    body.requires_grad_(True)
    assert list(learning_relus(model)) == ["0.1", "2"]


def test_a_rate_too_high_is_said_with_the_losses(tmp_path: Path) -> None:
    trouble = found(
        run(iris(learning_rate=3.0, optimizer="SGD", momentum=0.0, epochs=8), tmp_path),
        "rate-too-high",
    )
    assert trouble.message.startswith("The training loss ")
    assert trouble.message.endswith("the learning rate 3 is too high.")
    assert trouble.remedy == "Train anew with one ten times lower, 0.3."
    assert trouble.fix == "Set learning rate to 0.3"


def told(
    recipe: Recipe = Recipe(),  # noqa: B008  frozen
    resumed_after: int = 0,
    **losses: tuple[float, ...],
) -> list[Trouble]:
    """What is said of a run with these losses, by its curves alone."""

    class Curves(troubles.TroubleWatch):
        def __init__(self) -> None:
            model = torch.nn.Linear(1, 1)
            state = type("State", (), {"model": model})()
            plan = type("Plan", (), {"recipe": recipe, "objective": Supervised()})()
            super().__init__(state, plan, lambda count: ())  # type: ignore[arg-type]

    watch, said = Curves(), []
    pairs = zip(losses["train"], losses["val"], strict=True)
    for number, (train_loss, val_loss) in enumerate(pairs, start=1):
        epoch = EpochDone(
            epoch=number,
            train_loss=train_loss,
            val_loss=val_loss,
            val_metrics={},
            seconds=1.0,
            samples_per_second=1.0,
            train_metrics={},
            best=val_loss == min(losses["val"][:number]),
            learning_rate=0.001,
        )
        if number <= resumed_after:
            watch.remember([epoch])
        else:
            said += watch.look(epoch)
    return said


def test_a_loss_that_swings_is_told_from_one_that_falls_and_trembles() -> None:
    swings = (1.0, 0.5, 0.65, 0.5, 0.62, 0.5, 0.6)
    (trouble,) = told(train=swings, val=swings)
    assert trouble.message == (
        "The training loss swings to and fro: in the last 6 epochs it rose 3 times: "
        "the learning rate 0.001 is too high."
    )
    trembles = (1.0, 0.5, 0.51, 0.4, 0.41, 0.3, 0.31)
    assert told(train=trembles, val=trembles) == []
    learned = (1.0, 0.02, 0.03, 0.02, 0.03, 0.02, 0.03)
    assert told(train=learned, val=learned) == [], "next to nothing rises and falls"


def test_overfitting_that_passed_is_told_when_it_comes_again() -> None:
    losses = (1.0, 0.8, 0.9, 0.9, 0.9, 0.7, 0.8, 0.9, 0.9)
    falls = tuple(0.6 * 0.9**epoch for epoch in range(len(losses)))
    assert [each.epoch for each in told(train=falls, val=losses)] == [3, 7]


def test_a_run_that_goes_on_is_held_against_its_best_epoch() -> None:
    losses = (1.0, 0.5, 0.9, 0.9, 0.9, 0.85, 0.8, 0.75)
    falls = tuple(0.6 * 0.9**epoch for epoch in range(len(losses)))
    (trouble,) = told(train=falls, val=losses, resumed_after=5)
    assert trouble.message.startswith("From epoch 3 on")


def test_overfitting_names_the_epoch_it_begins_after() -> None:
    falls = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2)
    (trouble,) = told(train=falls, val=(1.0, 0.9, 0.8, 0.85, 0.86, 0.9, 1.0))
    assert trouble.message == (
        "From epoch 4 on the network overfits: the validation loss rose from 0.8 to "
        "0.9 while the training loss fell from 0.6 to 0.3."
    )
    assert trouble.epoch == 4
    assert trouble.fix == "Set patience to 3"
    assert trouble.changes == (("patience", 3),)
    assert told(train=falls, val=falls) == []
    long = (*falls[:3], *(0.5 - 0.001 * i for i in range(100)))
    (late,) = told(train=long, val=(1.0, 0.9, 0.8, *[0.81] * 97, 0.9, 0.9, 0.9))
    assert late.message.startswith("From epoch 4 on")
    spikes = (1.0, 0.9, 0.8, 0.81, 0.79, 1.2, 0.8)
    assert told(train=falls, val=spikes) == []


def test_patience_is_proposed_by_the_length_of_the_run_and_never_shortened() -> None:
    losses = {
        "train": (1.0, 0.8, 0.6, 0.5, 0.4, 0.3),
        "val": (1.0, 0.9, 0.8, 0.85, 0.86, 0.9),
    }
    (trouble,) = told(Recipe(epochs=300), **losses)
    assert trouble.fix == "Set patience to 30"
    assert trouble.changes == (("patience", 30),)
    (trouble,) = told(Recipe(epochs=2000), **losses)
    assert trouble.changes == (("patience", 50),)
    (trouble,) = told(Recipe(epochs=300, patience=20), **losses)
    assert trouble.remedy == (
        "The patience of 20 ends it and takes the best weights; more data, dropout or "
        "weight decay would help as well."
    )
    assert (trouble.fix, trouble.changes) == ("", ())


def test_a_real_run_overfits(tmp_path: Path) -> None:
    document = chain(
        "By heart",
        [
            ("point", "Input", {"shape": (2,)}),
            ("fc1", "Linear", {"out_features": 256}),
            ("relu1", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 256}),
            ("relu2", "ReLU", {}),
            ("fc3", "Linear", {"out_features": 2}),
            ("moon", "Output", {}),
        ],
        "moons",
        {"samples": 120, "noise": 0.5},
        epochs=60,
        learning_rate=0.01,
    )
    trouble = found(run(document, tmp_path), "overfitting")
    assert re.match(
        r"From epoch \d+ on the network overfits: the validation loss rose from ",
        trouble.message,
    )


# Memory.


class Hungry(Supervised):
    """Has memory for so many samples at once."""

    most = 40

    def __init__(self, error: Exception) -> None:
        self.error = error

    def outcome(
        self, turn: Turn, model: torch.nn.Module, batch: Samples, plan: Plan
    ) -> Any:
        if len(batch) > self.most and turn.epoch == 2:
            raise self.error
        return super().outcome(turn, model, batch, plan)

    judge = Supervised.judge


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()]
)
def test_out_of_memory_goes_on_with_half_the_batch(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.session, "objective_in", lambda *_: Hungry(error))
    document = digits(epochs=3, batch_size=64, checkpoint_seconds=0.0)
    events: list[Event] = []
    with pytest.raises(Refusal, match="memory did not suffice"):
        for event in train_document(document, run_dir=tmp_path):
            events.append(event)
    trouble = found(events, "out-of-memory")
    assert events[-1] is trouble
    assert trouble.message == (
        "The memory did not suffice in a training step with batches of 64 samples."
    )
    assert trouble.remedy == (
        "With batches half as large and 2 of them to a step it learns the same in "
        "less memory, and goes on from the last checkpoint."
    )
    assert trouble.fix == "Go on with 32 × 2" and trouble.goes_on
    (fix,) = trouble.fixes(document.recipe)
    for edit in fix.edits:
        edit.apply(document)
    assert (document.recipe.batch_size, document.recipe.accumulation) == (32, 2)
    again = run(document, tmp_path, resume=True)
    assert [e.epoch for e in again if isinstance(e, EpochDone)] == [2, 3]


def test_an_odd_batch_is_cut_so_that_a_step_keeps_its_samples() -> None:
    for batch, expected in ((64, (32, 2)), (45, (15, 3)), (7, (1, 7))):
        trouble = out_of_memory(1, "in fc1", Recipe(batch_size=batch))
        assert dict(trouble.changes) == dict(
            zip(("batch_size", "accumulation"), expected, strict=True)
        )
    one = out_of_memory(1, "in fc1", Recipe(batch_size=1))
    assert one.remedy == "Make the network smaller: a batch cannot be."
    assert one.fixes(Recipe(batch_size=1)) == () and not one.goes_on


# What looking costs.


def test_looking_changes_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losses(folder: Path) -> list[float]:
        events = run(digits(epochs=3), folder)
        return [e.train_loss for e in events if isinstance(e, EpochDone)]

    looked = losses(tmp_path / "a")
    monkeypatch.setattr(engine.session, "watched", lambda events, *_: events)
    assert losses(tmp_path / "b") == looked


def test_looking_waits_thirty_times_as_long_as_it_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(troubles, "MOST_LOOKING", 1 / 30)
    clock = iter([0.0, 1.0, 29.0, 31.5, 32.5])
    monkeypatch.setattr(troubles.time, "monotonic", lambda: next(clock))
    looks: list[int] = []
    monkeypatch.setattr(troubles, "_exploding", lambda *_: looks.append(1))
    told(train=(1.0, 0.9, 0.8), val=(1.0, 0.9, 0.8))
    assert len(looks) == 2
