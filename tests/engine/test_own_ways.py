"""Learning without targets and part by part: that it is the rule of the paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.document import DataConfig, Document
from engine.edits import change_settings
from engine.exporting import export
from engine.recipe import METHODS as IN_THE_RECIPE
from engine.recipe import RECIPE_SETTINGS
from engine.session import Prepared, prepare, train_document
from engine.training.adversarial import by_batches, steepness, traced
from engine.training.competitive import neighbourhood, radius_at
from engine.training.contrastive_divergence import divergence, dream
from engine.training.control import Control
from engine.training.deep_stacking import solution
from engine.training.events import EpochDone, Event, Finished, StepDone
from engine.training.loop import train
from engine.training.methods import METHODS
from engine.training.objective import Turn
from engine.training.reporting import as_record
from engine.training.stages import reaching, stage_of
from tests.engine.alone import run_alone
from tests.engine.own_way_documents import FLAT, belief, kohonen, machine, stack
from tests.engine.shown_documents import generator


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from two threads, and tests run beside others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def held_back(**recipe: Any) -> Document:
    """Two opponents, one of which pays for being steep."""
    return generator(gradient_penalty=0.5, **recipe)


KINDS = [machine, belief, stack, kohonen, held_back]


def run(document: Document, folder: Path, **options: Any) -> list[Event]:
    return list(train_document(document, run_dir=folder, **options))


def epochs_of(events: list[Event]) -> list[EpochDone]:
    return [event for event in events if isinstance(event, EpochDone)]


def first_batch(prepared: Prepared, count: int = 50) -> Samples:
    return prepared.splits.train.batch(torch.arange(count))


def turn_of(player: str, share: float = 0.0) -> Turn:
    return Turn(player=player, epoch=1, share=share)


# All of them.


def test_the_recipe_offers_every_method_that_is_declared() -> None:
    assert set(IN_THE_RECIPE) == set(METHODS)


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("gibbs_steps", {"contrastive_divergence", "greedy_layers"}),
        ("layer_epochs", {"greedy_layers", "deep_stacking"}),
        ("ridge", {"deep_stacking"}),
        ("gradient_penalty", {"adversarial"}),
        ("radius", {"competitive"}),
        ("final_radius", {"competitive"}),
    ],
)
def test_a_setting_is_shown_with_its_methods_alone(
    name: str, methods: set[str]
) -> None:
    setting = next(each for each in RECIPE_SETTINGS if each.name == name)
    shown = {each for each in METHODS if setting.matters({"method": each})}
    assert shown == methods


@pytest.mark.parametrize("make", KINDS)
def test_resuming_gives_the_unbroken_curve(make: Any, tmp_path: Path) -> None:
    unbroken = run(make(epochs=4), tmp_path / "whole")
    control = Control()
    first: list[Event] = []
    for event in train_document(
        make(epochs=4), run_dir=tmp_path / "cut", control=control
    ):
        first.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            control.stop()
    torch.manual_seed(12345)  # what was drawn since then does not matter
    second = run(make(epochs=4), tmp_path / "cut", resume=True)
    parts = [*epochs_of(first), *epochs_of(second)]
    assert [untimed(as_record(one)) for one in parts] == [
        untimed(as_record(one)) for one in epochs_of(unbroken)
    ]
    assert untimed(as_record(second[-1])) == untimed(as_record(unbroken[-1]))


@pytest.mark.parametrize("make", KINDS)
def test_another_seed_gives_other_losses(make: Any, tmp_path: Path) -> None:
    one, other = (run(make(seed=n), tmp_path / str(n)) for n in (0, 1))
    assert epochs_of(one)[0].train_loss != epochs_of(other)[0].train_loss


def untimed(record: dict[str, Any]) -> dict[str, Any]:
    timed = ("seconds", "samples_per_second")
    return {name: value for name, value in record.items() if name not in timed}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each document's script tells, where no engine is installed."""
    folder = tmp_path_factory.mktemp("scripts")
    told = {}
    for make in KINDS:
        path = folder / f"{make.__name__}.py"
        export(make(), "script", path)
        done = run_alone(path, "--json")
        assert done.returncode == 0, done.stderr
        told[make.__name__] = [json.loads(line) for line in done.stdout.splitlines()]
    return told


@pytest.mark.parametrize("make", KINDS)
def test_the_exported_script_gives_the_same_losses(
    make: Any, scripts: dict[str, list[Any]], tmp_path: Path
) -> None:
    expected = [
        untimed(as_record(event))
        for event in run(make(), tmp_path)
        if isinstance(event, (EpochDone, Finished))
    ]
    records = [untimed(record) for record in scripts[make.__name__]]
    assert records[1:] == expected
    assert len(expected) == make().recipe.epochs + 1


# Boltzmann machines.


def energies(rbm: Any, visible: Tensor) -> Tensor:
    """The free energy by its definition: over all states of the hidden units."""
    count = len(rbm.hidden_bias)
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * count)
    joint = (
        -(visible @ rbm.visible_bias).unsqueeze(1)
        - states @ rbm.hidden_bias
        - visible @ rbm.weight.T @ states.T
    )
    return -torch.logsumexp(-joint, dim=1)


def test_the_free_energy_is_that_of_all_hidden_states() -> None:
    document = machine()
    change_settings(document.graph, "rbm", {"hidden_units": 6}).apply(document)
    prepared = prepare(document)
    rbm: Any = prepared.state.model.get_submodule("rbm")
    for weight in rbm.parameters():
        nn.init.normal_(weight, std=0.5)
    visible = first_batch(prepared, 8).inputs["image"]
    torch.testing.assert_close(rbm.free_energy(visible), energies(rbm, visible))


def test_the_gradient_is_the_rule_of_contrastive_divergence() -> None:
    prepared = prepare(machine(gibbs_steps=3))
    rbm: Any = prepared.state.model.get_submodule("rbm")
    batch = first_batch(prepared)
    torch.manual_seed(7)
    outcome = divergence("rbm", prepared.state.model, batch, prepared.plan)
    outcome.loss.backward()
    torch.manual_seed(7)
    with torch.no_grad():
        data = batch.inputs["image"]
        dreamt = dream(rbm, data, 3)
        raised = rbm(data).T @ data - rbm(dreamt).T @ dreamt
        error = F.mse_loss(rbm.reconstruct(rbm(data)), data)
    torch.testing.assert_close(rbm.weight.grad, -raised / len(data))
    torch.testing.assert_close(rbm.visible_bias.grad, (dreamt - data).mean(0))
    torch.testing.assert_close(
        rbm.hidden_bias.grad, (rbm(dreamt) - rbm(data)).mean(0).detach()
    )
    assert outcome.loss.item() == pytest.approx(error.item())


def test_more_steps_dream_further_away() -> None:
    prepared = prepare(machine())
    rbm: Any = prepared.state.model.get_submodule("rbm")
    nn.init.normal_(rbm.weight, std=0.3)
    data = first_batch(prepared, 400).inputs["image"]
    with torch.no_grad():
        torch.manual_seed(0)
        near = (dream(rbm, data, 1) - data).square().mean()
        torch.manual_seed(0)
        far = (dream(rbm, data, 20) - data).square().mean()
    assert far > near


def test_a_machine_learns_to_give_back_what_it_sees(tmp_path: Path) -> None:
    document = machine(epochs=30, learning_rate=0.01)
    pixels = prepare(document).splits.train.inputs["image"]
    of_the_mean = float((pixels - pixels.mean(0)).square().mean())
    finished = run(document, tmp_path)[-1]
    assert isinstance(finished, Finished)
    assert finished.test_loss < 0.6 * of_the_mean
    assert set(finished.test_metrics) == {"free_energy"}


# Layer by layer.


def test_each_layer_learns_alone_and_then_all_of_them() -> None:
    prepared = prepare(belief(epochs=4))
    model = prepared.state.model

    def snapshot() -> dict[str, Tensor]:
        return {name: each.clone() for name, each in model.state_dict().items()}

    before, moved, players = snapshot(), [], []
    for event in train(prepared.state, prepared.splits, prepared.plan):
        if isinstance(event, StepDone):
            players.append(event.players)
        if isinstance(event, EpochDone):
            after = snapshot()
            changed = {n for n in after if not torch.equal(after[n], before[n])}
            moved.append({name.split(".")[0] for name in changed})
            before = after
    assert moved == [{"rbm1"}, {"rbm2"}, *[{"rbm1", "rbm2", "scores"}] * 2]
    assert list(dict.fromkeys(players)) == [("layer1",), ("layer2",), ("network",)]


def test_the_second_layer_learns_from_what_the_first_gives() -> None:
    prepared = prepare(belief())
    model, batch = prepared.state.model, first_batch(prepared)
    rbm1: Any = model.get_submodule("rbm1")
    given = reaching("rbm2", model, batch, prepared.plan)
    assert torch.equal(given, rbm1(batch.inputs["image"]))
    divergence("rbm2", model, batch, prepared.plan).loss.backward()
    assert rbm1.weight.grad is None


def test_what_is_told_of_each_stage(tmp_path: Path) -> None:
    epochs = epochs_of(run(belief(epochs=14, layer_epochs=2, batch_size=25), tmp_path))
    names = [set(epoch.val_metrics) for epoch in epochs]
    assert names[:4] == [{"free_energy"}] * 4
    assert all("accuracy" in each for each in names[4:])
    assert epochs[-1].val_metrics["accuracy"] > 0.8
    assert all(epoch.best for epoch in epochs)


def test_the_last_stage_has_the_epochs_that_are_left() -> None:
    plan = prepare(belief(epochs=9, layer_epochs=2)).plan
    assert [stage_of(epoch, plan) for epoch in range(1, 10)] == [
        *["layer1"] * 2,
        *["layer2"] * 2,
        *["network"] * 5,
    ]


# Stacks.


def test_the_solution_is_that_of_ridge_regression() -> None:
    torch.manual_seed(0)
    hidden, wanted = torch.randn(40, 6), torch.randn(40, 3)
    weights = solution(hidden.T @ hidden, hidden.T @ wanted, 40, 0.1)
    weights.requires_grad_()
    error = (hidden @ weights - wanted).square().sum() / 40
    loss = error + 0.1 * weights.square().sum()
    loss.backward()
    assert weights.grad is not None
    assert float(weights.grad.abs().max()) < 1e-5  # nothing is better


@pytest.mark.parametrize("bias", [True, False])
def test_the_upper_weights_are_the_best_for_all_samples(bias: bool) -> None:
    prepared = prepare(stack(bias=bias, epochs=2))
    model, plan, samples = prepared.state.model, prepared.plan, prepared.splits.train
    prepared.plan.objective.settle(1, model, samples, plan)
    upper: Any = model.get_submodule("module1.upper")
    hidden = reaching("module1.upper", model, samples, plan)
    wanted = F.one_hot(samples.targets["digit"], 10).float()
    error = (upper(hidden) - wanted).square().sum() / len(samples)
    held = upper.weight.square().sum() + (upper.bias.square().sum() if bias else 0.0)
    (error + plan.recipe.ridge * held).backward()
    assert float(upper.weight.grad.abs().max()) < 1e-5
    second: Any = model.get_submodule("module2.upper")
    before = second.weight.clone()
    prepared.plan.objective.settle(1, model, samples, plan)
    assert torch.equal(second.weight, before)  # its turn has not come


def test_the_lower_weights_learn_through_the_upper_ones() -> None:
    """The gradient of the error that is left, by finite differences."""
    prepared = prepare(stack())
    model, plan = prepared.state.model, prepared.plan
    batch = first_batch(prepared, 200)
    lower = model.get_submodule("module1.lower").get_parameter("weight")

    def loss() -> Tensor:
        return plan.objective.outcome(turn_of("module1"), model, batch, plan).loss

    loss().backward()
    assert lower.grad is not None
    direction = lower.grad / lower.grad.norm()
    size = 0.1
    with torch.no_grad():
        lower += size * direction
        above = loss()
        lower -= 2 * size * direction
        below = loss()
    slope = float(above - below) / (2 * size)
    assert slope == pytest.approx(float(lower.grad.norm()), rel=0.02)
    upper = model.get_submodule("module1.upper").get_parameter("weight")
    assert upper.grad is None


def test_a_stack_learns_module_by_module(tmp_path: Path) -> None:
    epochs = epochs_of(run(stack(epochs=8, layer_epochs=4), tmp_path))
    accuracies = [epoch.val_metrics["accuracy"] for epoch in epochs]
    assert accuracies[3] > 0.9
    assert epochs[7].train_loss < epochs[3].train_loss


def test_numbers_are_answered_as_well_as_classes(tmp_path: Path) -> None:
    document = stack()
    document.data = DataConfig(source="digits-reconstruction", settings=FLAT)
    inside = document.scoped("Module")
    change_settings(inside.graph, "upper", {"out_features": 64}).apply(inside)
    finished = run(document, tmp_path)[-1]
    assert isinstance(finished, Finished)
    assert finished.test_metrics["rmse"] ** 2 == pytest.approx(
        finished.test_loss, rel=1e-4
    )


# Maps.


def test_a_step_is_the_rule_of_kohonen() -> None:
    prepared = prepare(kohonen())
    model, plan = prepared.state.model, prepared.plan
    units: Any = model.get_submodule("units")
    sample = first_batch(prepared, 1)
    before = units.weight.detach().clone()
    turn = turn_of("map", share=0.5)
    plan.objective.outcome(turn, model, sample, plan).loss.backward()
    (optimizer,) = prepared.state.optimizers["map"]
    optimizer.step()

    x = sample.inputs["image"][0]
    winner = int((before - x).square().sum(1).argmin())
    row, column = divmod(winner, 6)
    radius = (3.0 * 1.0) ** 0.5  # halfway from 3 to 1, as shares go
    assert radius_at(0.5, plan) == pytest.approx(radius)
    for unit in range(30):
        r, c = divmod(unit, 6)
        near = torch.exp(torch.tensor(-((r - row) ** 2 + (c - column) ** 2) / 6.0))
        moved = before[unit] + 0.5 * near * (x - before[unit])
        torch.testing.assert_close(units.weight[unit].detach(), moved)


def test_a_neighbour_is_taken_along_less_the_farther_it_is() -> None:
    near = neighbourhood(torch.tensor([0.0, 1.0, 2.0]), 1.0)
    assert near.tolist() == pytest.approx([1.0, 0.6065, 0.1353], abs=1e-4)


def test_the_errors_are_counted_by_their_definitions() -> None:
    prepared = prepare(kohonen())
    model, plan = prepared.state.model, prepared.plan
    units: Any = model.get_submodule("units")
    with torch.no_grad():
        units.weight.fill_(10.0)
        units.weight[0] = 0.0  # row 0, column 0
        units.weight[7] = 0.1  # row 1, column 1: touches at a corner
        units.weight[2] = 1.0  # row 0, column 2: does not touch
    dark, light = torch.zeros(1, 64), torch.full((1, 64), 0.7)
    batch = Samples({"image": torch.cat([dark, light])}, {"digit": torch.zeros(2)})
    measures = plan.objective.judge(1, model, batch, plan).measures
    # The dark one: 0 wins before 7, which is near. The light one: 2 wins before 7.
    assert float(measures["topographic_error"]) == 0.0
    with torch.no_grad():
        units.weight[7], units.weight[8] = 10.0, 10.0
    measures = plan.objective.judge(1, model, batch, plan).measures
    assert float(measures["topographic_error"]) == 1.0
    distances = [0.0, (64 * 0.3**2) ** 0.5]
    assert float(measures["quantization_error"]) == pytest.approx(
        sum(distances) / 2, abs=1e-3
    )


def test_a_map_unfolds(tmp_path: Path) -> None:
    epochs = epochs_of(run(kohonen(epochs=12), tmp_path))
    errors = [epoch.val_metrics["quantization_error"] for epoch in epochs]
    assert errors[-1] < 0.85 * errors[0]
    assert epochs[-1].val_metrics["topographic_error"] < 0.1


def test_batches_are_normalized_by_their_own_means_for_a_while() -> None:
    norm = nn.BatchNorm1d(2).eval()
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    assert torch.allclose(norm(x), x, rtol=1e-4)
    with by_batches(norm, len(x)):
        ours = norm(x)
    assert torch.allclose(ours, torch.tensor([[-1.0, -1.0], [1.0, 1.0]]), rtol=1e-4)
    with by_batches(norm, 1):  # it has no spread
        assert torch.allclose(norm(x[:1]), x[:1], rtol=1e-4)
    assert all(torch.equal(norm.state_dict()[name], before[name]) for name in before)


def test_steepness_is_the_mean_squared_slope_of_each_answer() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0]])
    batch = traced(Samples({"image": x, "label": torch.tensor([0, 1])}, {}))
    image = batch.inputs["image"]
    answers = (3 * image[:, :1] + image[:, 1:].square()) / 2
    # The slopes are (3/2, x₂): 9/4 + 4 and 9/4 + 1.
    assert steepness(answers, batch).item() == pytest.approx((6.25 + 3.25) / 2)
    weight = torch.tensor(2.0, requires_grad=True)
    steepness(weight * image, batch).backward()
    assert weight.grad is not None  # (w + w)² falls as w does
    assert weight.grad.item() > 0


def test_a_discriminator_that_pays_stays_less_steep(tmp_path: Path) -> None:
    steep = []
    for penalty in (0.0, 20.0):
        prepared = prepare(generator(gradient_penalty=penalty, epochs=6))
        for _ in train(prepared.state, prepared.splits, prepared.plan):
            pass
        weight = prepared.state.model.get_parameter("judge.fc.weight")
        steep.append(float(weight.norm()))
    assert steep[1] < steep[0] / 2


@pytest.mark.parametrize("step", [7, 8])
def test_the_penalty_is_paid_with_every_eighth_step(step: int) -> None:
    losses = {}
    for penalty in (0.0, 1.0):
        prepared = prepare(generator(gradient_penalty=penalty))
        turn = Turn(player="discriminator", epoch=1, share=0.0, step=step)
        torch.manual_seed(0)
        losses[penalty] = prepared.plan.objective.outcome(
            turn, prepared.state.model, first_batch(prepared), prepared.plan
        ).loss.item()
    weight = prepared.state.model.get_parameter("judge.fc.weight")
    paid = 4 * weight.square().sum().item() if step == 8 else 0.0
    assert losses[1.0] - losses[0.0] == pytest.approx(paid, rel=1e-4)
