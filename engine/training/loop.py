"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from engine.data.samples import Samples, Splits
from engine.recipe import Recipe
from engine.training.averaging import mean_of, update_mean
from engine.training.device import Hardware, be_repeatable, choose_hardware
from engine.training.events import Diverged, EpochDone, Finished, Started, StepDone
from engine.training.goals import Learning
from engine.training.losses import balanced
from engine.training.objective import Plan, Turn
from engine.training.optimizers import freeze, hold, make_optimizers, stepped
from engine.training.placing import device_of, fetched, place
from engine.training.remembering import reason_of, remember
from engine.training.schedule import rate_factor
from engine.training.score import Score

FETCH_SECONDS = 1 / 30
"""How often losses are fetched from the device: as often as a screen is drawn."""
EVALUATION_BATCH = 512
"""The most samples in one batch when nothing is learned from it."""


@dataclass(slots=True, kw_only=True)
class State:
    """Everything that training changes, apart from the random numbers' state."""

    model: nn.Module
    optimizers: dict[str, tuple[torch.optim.Optimizer, ...]]
    """Those of each player."""
    scaler: torch.amp.GradScaler
    """Keeps the gradients of fp16 from vanishing; does nothing for the others."""
    average: AveragedModel | None = None
    """The running mean of the weights, where the recipe keeps one."""
    epoch: int = 0
    """How many epochs are done."""
    step: int = 0
    """How many steps of the epoch after those are done."""
    score: Score | None = None
    """What these steps came to."""
    best_epoch: int = 0
    best_loss: float = math.inf
    best_weights: dict[str, Tensor] | None = None
    """The network's state at the end of the best epoch, where the recipe wants it."""
    lowered: float = 1.0
    """What plateaus have multiplied the learning rate by."""
    lowered_epoch: int = 0
    """When they last did."""

    @property
    def network(self) -> nn.Module:
        """The network that answers: the mean where there is one."""
        return self.model if self.average is None else self.average.module


def begin(
    network: Callable[[], nn.Module], recipe: Recipe, learning: Learning
) -> tuple[State, Hardware]:
    """A network with new weights drawn by the recipe's seed, ready to be trained."""
    torch.manual_seed(recipe.seed)
    model = network()
    torch.use_deterministic_algorithms(recipe.deterministic)
    torch.backends.cudnn.enabled = True
    if recipe.deterministic:
        be_repeatable(model)
    hardware = choose_hardware(recipe.device, recipe.precision, model)
    torch.set_num_threads(hardware.threads)
    model.to(hardware.device)
    if hardware.channels_last:
        model.to(memory_format=torch.channels_last)
    if learning.frozen:
        freeze(model, learning.frozen)
    average = mean_of(model, recipe.average) if recipe.average > 0 else None
    if recipe.compiled:
        model.compile()
    state = State(
        model=model,
        optimizers=make_optimizers(recipe, learning, model),
        scaler=torch.amp.GradScaler(
            hardware.device, enabled=hardware.precision == "fp16"
        ),
        average=average,
    )
    return state, hardware


def train(
    state: State, splits: Splits, plan: Plan
) -> Iterator[Started | StepDone | EpochDone | Diverged | Finished]:
    """Train, evaluate after each epoch, test at the end; gives events as they happen.

    Whoever iterates is asked after every step: not going on pauses training, closing
    the generator ends it.
    """
    recipe = plan.recipe
    if recipe.class_weights == "balanced":
        goals = balanced(plan.goals, splits.train.targets)
        plan = replace(plan, learning=replace(plan.learning, goals=goals))
    training = place(splits.train, plan.hardware)
    validation = place(splits.validation, plan.hardware)
    total_seconds = 0.0
    yield started(state, splits, plan)
    if plan.learning.stem:
        sign = StepDone(epoch=state.epoch + 1, step=state.step, losses=(), players=())
        training = yield from remember(state.model, training, plan, sign)
        validation = yield from remember(state.model, validation, plan, sign)
    while state.epoch < recipe.epochs and not is_out_of_patience(state, recipe):
        if state.score is None:
            state.score = new_score(plan, splits)
        learned = samples_ahead(state, training, recipe)
        seconds = yield from train_epoch(state, training, state.score, plan)
        if seconds is None:  # the loss is no number any more
            return
        begun = time.perf_counter()
        epoch, score = state.epoch + 1, state.score
        plan.objective.settle(epoch, state.model, training, plan)
        result = evaluate(state, epoch, validation, full_score(plan, splits), plan)
        note_epoch(state, epoch, result.loss(), plan)
        epoch_seconds = seconds + time.perf_counter() - begun
        total_seconds += epoch_seconds
        yield EpochDone(
            epoch=epoch,
            train_loss=score.loss(),
            val_loss=result.loss(),
            val_metrics=result.metrics(),
            seconds=epoch_seconds,
            samples_per_second=learned / seconds if seconds else 0.0,
            train_metrics=score.metrics(),
            best=state.best_epoch == epoch,
            learning_rate=recipe.learning_rate * rate_now(state, recipe, epoch),
        )
    tested_epoch = settle_weights(state, recipe)
    testing = place(splits.test, plan.hardware)
    result = evaluate(state, state.epoch, testing, full_score(plan, splits), plan)
    yield Finished(
        test_loss=result.loss(),
        test_metrics=result.metrics(),
        epochs=state.epoch,
        best_epoch=state.best_epoch,
        best_val_loss=state.best_loss,
        seconds=total_seconds,
        tested_epoch=tested_epoch,
        stopped_early=state.epoch < recipe.epochs,
    )


def train_epoch(
    state: State, training: Samples, score: Score, plan: Plan
) -> Generator[StepDone | Diverged, None, float | None]:
    """Learn once from every sample; returns the seconds it took, None if it failed."""
    recipe, epoch = plan.recipe, state.epoch + 1
    slices = batches(len(training), recipe.batch_size * recipe.accumulation)
    order = shuffle(len(training), recipe.seed, epoch).to(device_of(training))
    players = plan.objective.turns(epoch, plan)
    waiting: list[Tensor] = []  # losses that are still on the device
    seconds, fetched_at = 0.0, time.perf_counter()
    state.model.train()
    if plan.learning.frozen:
        hold(state.model, plan.learning.frozen)
    for step, chosen in enumerate(slices[state.step :], start=state.step + 1):
        begun = time.perf_counter()
        parts = batches(chosen.stop - chosen.start, recipe.batch_size)
        pieces = [
            fetched(training, order[chosen][part], plan.hardware) for part in parts
        ]
        training.read_ahead(order, slices[step : step + 1])
        if plan.augment is not None:
            pieces = [plan.augment(piece) for piece in pieces]
        done = epoch - 1 + (step - 1) / len(slices)
        set_rates(state, recipe, done)
        for player in players:
            share = done / recipe.epochs
            turn = Turn(player=player, epoch=epoch, share=share, step=step)
            waiting.append(learn(state, turn, pieces, score, plan))
        if state.average is not None:
            update_mean(state.average, state.model)
        state.step = step

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


def samples_ahead(state: State, training: Samples, recipe: Recipe) -> int:
    """How many samples the epoch still learns from: all, unless a run goes on in it."""
    slices = batches(len(training), recipe.batch_size * recipe.accumulation)
    rest = slices[state.step :]
    return len(training) - rest[0].start if rest else 0


def learn(
    state: State, turn: Turn, pieces: list[Samples], score: Score, plan: Plan
) -> Tensor:
    """One step of one player's optimizer; gives its mean loss, still on the device."""
    optimizers, scaler = state.optimizers[turn.player], state.scaler
    if len(state.optimizers) > 1:
        let_learn(turn.player, state)
    if plan.recording is not None:
        loss = plan.recording.play(compute, state, turn, pieces, score, plan)
    else:
        loss = compute(state, turn, pieces, score, plan)
    if plan.recipe.clip_norm > 0:
        for optimizer in optimizers:
            scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(stepped(optimizers), plan.recipe.clip_norm)
    for optimizer in optimizers:
        scaler.step(optimizer)
    scaler.update()
    return loss


def compute(
    state: State, turn: Turn, pieces: list[Samples], score: Score, plan: Plan
) -> Tensor:
    """The gradients of one player's weights; gives the mean loss.

    What does not fit into memory at once comes in pieces, whose gradients are added up.
    """
    for optimizer in state.optimizers[turn.player]:
        optimizer.zero_grad(set_to_none=True)
    losses = []
    for piece in pieces:
        outcome = plan.objective.outcome(turn, state.model, piece, plan)
        loss = outcome.loss
        if len(pieces) > 1:
            loss = loss * (len(piece) / sum(map(len, pieces)))
        state.scaler.scale(loss).backward()
        losses.append(loss.detach())
        score.add(outcome, piece, turn.player)
    return losses[0] if len(losses) == 1 else torch.stack(losses).sum()


def let_learn(player: str, state: State) -> None:
    """Let the weights of one player learn, and those of no other."""
    for optimizers in state.optimizers.values():
        for weight in stepped(optimizers):
            weight.requires_grad_(False)
    for weight in stepped(state.optimizers[player]):
        weight.requires_grad_(True)


def set_rates(state: State, recipe: Recipe, epochs: float) -> None:
    """Set the learning rates for the next step, after so many `epochs`."""
    if recipe.schedule == "constant" and recipe.warmup_epochs == 0:
        return
    factor = rate_now(state, recipe, epochs)
    for optimizers in state.optimizers.values():
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * factor


def rate_now(state: State, recipe: Recipe, epochs: float) -> float:
    """What the learning rate is multiplied by, with what plateaus have taken off."""
    return rate_factor(recipe, epochs) * state.lowered


def note_epoch(state: State, epoch: int, loss: float, plan: Plan) -> None:
    """An epoch is over, with that validation loss: is it the best, or a plateau?"""
    recipe = plan.recipe
    state.epoch, state.step, state.score = epoch, 0, None
    if loss < state.best_loss or not plan.objective.picks_best:
        state.best_epoch, state.best_loss = epoch, loss
        if recipe.patience:
            state.best_weights = {
                name: tensor.detach().clone()
                for name, tensor in state.network.state_dict().items()
            }
    waited = epoch - max(state.best_epoch, state.lowered_epoch)
    if recipe.schedule == "plateau" and waited >= recipe.schedule_epochs:
        state.lowered *= recipe.schedule_factor
        state.lowered_epoch = epoch


def settle_weights(state: State, recipe: Recipe) -> int:
    """The network is to be tested: with a patience, its best epoch's weights are put
    back; gives the epoch that its weights are of."""
    if not recipe.patience or state.best_weights is None:
        return state.epoch
    state.network.load_state_dict(state.best_weights)
    return state.best_epoch


def is_out_of_patience(state: State, recipe: Recipe) -> bool:
    """Whether too many epochs went by without a better one (Prechelt 1998)."""
    return 0 < recipe.patience <= state.epoch - state.best_epoch


@torch.no_grad()
def evaluate(
    state: State, epoch: int, samples: Samples, score: Score, plan: Plan
) -> Score:
    """The score, with the network's answers to samples it does not learn from."""
    model = state.network
    order = torch.arange(len(samples), device=device_of(samples))
    model.eval()
    slices = batches(len(samples), evaluation_batch(plan.recipe))
    for number, chosen in enumerate(slices, start=1):
        batch = fetched(samples, order[chosen], plan.hardware)
        samples.read_ahead(order, slices[number : number + 1])
        score.add(plan.objective.judge(epoch, model, batch, plan), batch)
    return score


def evaluation_batch(recipe: Recipe) -> int:
    """Samples in one batch when nothing is learned from it: many, unless a batch to
    learn from is so small that there must be little memory."""
    return min(EVALUATION_BATCH, 16 * recipe.batch_size)


def new_score(plan: Plan, splits: Splits) -> Score:
    """An empty score for training, in the units of the data."""
    return Score(plan.goals, {name: std for name, (_, std) in splits.scales.items()})


def full_score(plan: Plan, splits: Splits) -> Score:
    """An empty score with every metric of the task, for samples not learned from."""
    units = {name: std for name, (_, std) in splits.scales.items()}
    return Score(plan.goals, units, splits.task)


def started(state: State, splits: Splits, plan: Plan) -> Started:
    """What is about to happen."""
    step_size = plan.recipe.batch_size * plan.recipe.accumulation
    return Started(
        device=plan.hardware.device,
        precision=plan.hardware.precision,
        reason=reason_of(plan),
        parameters=count_of(state),
        epochs=plan.recipe.epochs,
        epochs_done=state.epoch,
        steps_done=state.step,
        steps_per_epoch=len(batches(len(splits.train), step_size)),
        train_samples=len(splits.train),
        val_samples=len(splits.validation),
        test_samples=len(splits.test),
        picks_best=plan.objective.picks_best,
        left_out=splits.note,
    )


def count_of(state: State) -> int:
    """How many weights learn."""
    players = state.optimizers.values()
    weights = {id(weight): weight for each in players for weight in stepped(each)}
    return sum(weight.numel() for weight in weights.values())


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
        message=f"The loss {what} in epoch {epoch:,}, step {step:,}; training stopped.",
        remedy="Try a learning rate ten times lower than "
        f"{recipe.learning_rate:g}, or set clip_norm to 1.",
    )
