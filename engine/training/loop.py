"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from engine.data.samples import Samples, Splits
from engine.recipe import Recipe
from engine.training.device import Hardware, choose_hardware
from engine.training.events import Diverged, EpochDone, Finished, Started, StepDone
from engine.training.objective import WHOLE, Outcome, Plan, Turn
from engine.training.score import Score

FETCH_SECONDS = 1 / 30
"""How often losses are fetched from the device: as often as a screen is drawn."""
EVALUATION_BATCH = 512
"""Samples in one batch when nothing is learned from it."""


@dataclass(slots=True, kw_only=True)
class State:
    """Everything that training changes, apart from the random numbers' state."""

    model: nn.Module
    optimizers: dict[str, torch.optim.Optimizer]
    """One for each player."""
    epoch: int = 0
    """How many epochs are done."""
    best_epoch: int = 0
    best_loss: float = math.inf


def begin(
    network: Callable[[], nn.Module],
    recipe: Recipe,
    players: Mapping[str, tuple[str, ...]] = WHOLE,
) -> tuple[State, Hardware]:
    """A network with new weights drawn by the recipe's seed, ready to be trained."""
    torch.manual_seed(recipe.seed)
    model = network()
    hardware = choose_hardware(recipe.device, recipe.precision, model)
    torch.set_num_threads(hardware.threads)
    model.to(hardware.device)
    if hardware.channels_last:
        model.to(memory_format=torch.channels_last)
    optimizers = {
        player: make_optimizer(recipe, weights_of(model, modules))
        for player, modules in players.items()
    }
    return State(model=model, optimizers=optimizers), hardware


def weights_of(model: nn.Module, modules: tuple[str, ...]) -> list[nn.Parameter]:
    """The weights that can learn in the modules of these names; "" is all of them."""
    return [
        weight
        for name, weight in model.named_parameters()
        if weight.requires_grad
        and any(
            module in ("", name) or name.startswith(f"{module}.") for module in modules
        )
    ]


def make_optimizer(
    recipe: Recipe, weights: list[nn.Parameter]
) -> torch.optim.Optimizer:
    """The recipe's optimizer; fused where PyTorch has it: one pass over the weights."""
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "SGD":
        return torch.optim.SGD(
            weights, rate, momentum=recipe.momentum, weight_decay=decay, fused=True
        )
    if recipe.optimizer == "RMSprop":
        return torch.optim.RMSprop(weights, rate, weight_decay=decay)
    betas = (recipe.beta1, recipe.beta2)
    if recipe.optimizer == "AdamW":
        return torch.optim.AdamW(weights, rate, betas, weight_decay=decay, fused=True)
    return torch.optim.Adam(weights, rate, betas, weight_decay=decay, fused=True)


def train(
    state: State, splits: Splits, plan: Plan
) -> Iterator[Started | StepDone | EpochDone | Diverged | Finished]:
    """Train, evaluate after each epoch, test at the end; gives events as they happen.

    Whoever iterates is asked after every step: not going on pauses training, closing
    the generator ends it.
    """
    training = place(splits.train, plan.hardware)
    validation = place(splits.validation, plan.hardware)
    units = {target: std for target, (_, std) in splits.scales.items()}
    total_seconds = 0.0
    yield started(state, splits, plan)
    for epoch in range(state.epoch + 1, plan.recipe.epochs + 1):
        score = Score(plan.goals, units)
        seconds = yield from train_epoch(state, training, score, epoch, plan)
        if seconds is None:  # the loss is no number any more
            return
        begun = time.perf_counter()
        plan.objective.settle(epoch, state.model, training, plan)
        result = evaluate(epoch, state.model, validation, units, plan)
        val_loss = result.loss()
        epoch_seconds = seconds + time.perf_counter() - begun
        total_seconds += epoch_seconds
        best = val_loss < state.best_loss or not plan.objective.picks_best
        if best:
            state.best_epoch, state.best_loss = epoch, val_loss
        state.epoch = epoch
        yield EpochDone(
            epoch=epoch,
            train_loss=score.loss(),
            val_loss=val_loss,
            val_metrics=result.metrics(),
            seconds=epoch_seconds,
            samples_per_second=len(training) / seconds,
            train_metrics=score.metrics(),
            best=best,
        )
    testing = place(splits.test, plan.hardware)
    result = evaluate(state.epoch, state.model, testing, units, plan)
    yield Finished(
        test_loss=result.loss(),
        test_metrics=result.metrics(),
        epochs=state.epoch,
        best_epoch=state.best_epoch,
        best_val_loss=state.best_loss,
        seconds=total_seconds,
    )


def train_epoch(
    state: State, training: Samples, score: Score, epoch: int, plan: Plan
) -> Generator[StepDone | Diverged, None, float | None]:
    """Learn once from every sample; returns the seconds it took, None if it failed."""
    model, recipe, objective = state.model, plan.recipe, plan.objective
    slices = batches(len(training), recipe.batch_size)
    order = shuffle(len(training), recipe.seed, epoch).to(device_of(training))
    players = objective.turns(epoch, plan)
    waiting: list[Tensor] = []  # losses that are still on the device
    seconds, fetched_at = 0.0, time.perf_counter()
    model.train()
    for step, chosen in enumerate(slices, start=1):
        begun = time.perf_counter()
        share = (epoch - 1 + (step - 1) / len(slices)) / recipe.epochs
        batch = training.batch(order[chosen]).to(plan.hardware.device)
        outcomes: dict[str, Outcome] = {}
        for player in players:
            optimizer = state.optimizers[player]
            if len(state.optimizers) > 1:
                let_learn(optimizer, state)
            turn = Turn(player=player, epoch=epoch, share=share)
            outcome = objective.outcome(turn, model, batch, plan)
            optimizer.zero_grad(set_to_none=True)
            outcome.loss.backward()
            if recipe.clip_norm > 0:
                nn.utils.clip_grad_norm_(learning(optimizer), recipe.clip_norm)
            optimizer.step()
            outcomes[player] = outcome
            waiting.append(outcome.loss.detach())

        score.add(outcomes, batch)
        losses: list[float] = []
        if step == len(slices) or time.perf_counter() - fetched_at > FETCH_SECONDS:
            losses = torch.stack(waiting).tolist()
            waiting.clear()
            fetched_at = time.perf_counter()
        seconds += time.perf_counter() - begun
        yield StepDone(epoch=epoch, step=step, losses=tuple(losses), players=players)
        if not all(map(math.isfinite, losses)):
            yield diverged(epoch, step, losses, len(players), recipe)
            return None
    return seconds


def learning(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    """The weights that an optimizer steps."""
    return [weight for group in optimizer.param_groups for weight in group["params"]]


def let_learn(optimizer: torch.optim.Optimizer, state: State) -> None:
    """Let the weights of one player learn, and no others of those that may."""
    for each in state.optimizers.values():
        for weight in learning(each):
            weight.requires_grad_(False)
    for weight in learning(optimizer):
        weight.requires_grad_(True)


@torch.no_grad()
def evaluate(
    epoch: int, model: nn.Module, samples: Samples, units: dict[str, float], plan: Plan
) -> Score:
    """The loss and metrics of the network on samples it does not learn from."""
    score = Score(plan.goals, units)
    order = torch.arange(len(samples), device=device_of(samples))
    model.eval()
    for chosen in batches(len(samples), EVALUATION_BATCH):
        batch = samples.batch(order[chosen]).to(plan.hardware.device)
        score.add({"": plan.objective.judge(epoch, model, batch, plan)}, batch)
    return score


def started(state: State, splits: Splits, plan: Plan) -> Started:
    """What is about to happen."""
    return Started(
        device=plan.hardware.device,
        precision=plan.hardware.precision,
        reason=plan.hardware.reason,
        parameters=count_of(state),
        epochs=plan.recipe.epochs,
        epochs_done=state.epoch,
        steps_per_epoch=len(batches(len(splits.train), plan.recipe.batch_size)),
        train_samples=len(splits.train),
        val_samples=len(splits.validation),
        test_samples=len(splits.test),
    )


def count_of(state: State) -> int:
    """How many weights learn."""
    players = state.optimizers.values()
    weights = {id(weight): weight for each in players for weight in learning(each)}
    return sum(weight.numel() for weight in weights.values())


def device_of(samples: Samples) -> torch.device:
    """Where the samples are kept: on the GPU if they fit, else in main memory."""
    return next(iter(samples.inputs.values())).device


def place(samples: Samples, hardware: Hardware) -> Samples:
    """The samples where training wants them: on the device if they fit, and laid out.

    Half of the GPU's free memory is left to the network.
    """
    if hardware.device == "cuda":
        tensors = [*samples.inputs.values(), *samples.targets.values()]
        size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        if size < torch.cuda.mem_get_info()[0] / 2:
            samples = samples.to(hardware.device)
    if not hardware.channels_last:
        return samples
    return Samples(
        {
            name: tensor.contiguous(memory_format=torch.channels_last)
            if tensor.dim() == 4
            else tensor
            for name, tensor in samples.inputs.items()
        },
        samples.targets,
    )


def shuffle(count: int, seed: int, epoch: int) -> Tensor:
    """The order of an epoch's samples; it depends on the seed and the epoch alone."""
    generator = torch.Generator().manual_seed(seed + 1_000_003 * epoch)
    return torch.randperm(count, generator=generator)


def batches(count: int, size: int) -> list[slice]:
    """The slices that cut `count` samples into batches of `size`.

    One sample left over joins the batch before it: normalization needs two at least.
    """
    starts = list(range(0, count, size))
    if size > 1 and count % size == 1 and len(starts) > 1:
        starts.pop()
    return [slice(first, end) for first, end in pairwise([*starts, count])]


def diverged(
    epoch: int, step: int, losses: list[float], players: int, recipe: Recipe
) -> Diverged:
    """Which of the `losses` fetched at `step` was no number, and what to try."""
    first = next(i for i, loss in enumerate(losses) if not math.isfinite(loss))
    step -= (len(losses) - 1 - first) // players
    what = "is not a number" if math.isnan(losses[first]) else "grew beyond all numbers"
    return Diverged(
        epoch=epoch,
        step=step,
        message=f"The loss {what} in epoch {epoch}, step {step}; training stopped.",
        remedy="Try a learning rate ten times lower than "
        f"{recipe.learning_rate:g}, or set clip_norm to 1.",
    )
