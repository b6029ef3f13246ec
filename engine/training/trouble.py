"""Trouble while a network learns, in words: what happened, where, and what to do.

Nothing here changes what is learned: it looks, and puts the random numbers back. What
it looks at costs at most a thirtieth of the time; see `MOST_LOOKING`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from engine.edits import SetRecipe
from engine.figures import loss_figure, percent
from engine.problems import Fix
from engine.recipe import Recipe
from engine.training.dead_units import dead_shares, learning_relus
from engine.training.events import EpochDone, Event, StepDone
from engine.training.loop import State
from engine.training.objective import Plan

MOST_LOOKING = 1 / 30
"""The largest share of the time that may go into looking for trouble."""
LARGE_NORM = 1e3
"""Gradients explode where the norm of all of them is larger."""
FAINT = 1e-5
"""A layer's gradient has vanished where it is less than this share of the largest."""
MOST_DEAD = 0.75
"""A share of dead units that is worth a word: with half of them many learn as well."""
LOOKED_AT = 256
"""Training samples that dead units are looked for with."""
RISEN = 1.5
"""The training loss has risen where it is so many times its lowest."""
SMALL_RISE = 0.05
"""A rise by less than this share of the first epoch's loss is none."""
WAVERING = 1.1
"""A rise of the training loss by this factor is more than chance."""
WORSE_FOR = 3
MOST_PATIENCE = 50  # epochs that are advised
"""Epochs after the best one from which on a network overfits."""
WORSE_BY = 1.05
"""By what the validation loss has to be above its lowest for that."""
_LATELY = 7
_NAMED = 4
"""Layers that one sentence names."""
Changes = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble(Event):
    """Something goes wrong: what, in which layers, and what would mend it."""

    event: ClassVar[str] = "trouble"
    epoch: int
    """The epoch it belongs to, from 1."""
    kind: str
    """`not-a-number`, `exploding`, `vanishing`, `dead-units`, `rate-too-high`,
    `overfitting`, `out-of-memory` or `process-ended`."""
    message: str
    remedy: str
    nodes: tuple[str, ...] = ()
    fix: str = ""
    """What a button says that mends it; empty where nothing does."""
    changes: Changes = ()
    """The settings of the recipe that it changes."""
    goes_on: bool = False
    """Whether the run has ended by it, and could go on with these changes."""

    def fixes(self, recipe: Recipe) -> tuple[Fix, ...]:
        """What mends it, as edits of a document with this recipe."""
        if not self.changes:
            return ()
        changed = replace(recipe, **dict[str, Any](self.changes))
        return (Fix(label=self.fix, edits=(SetRecipe(changed),)),)


def lower_rate(recipe: Recipe) -> tuple[str, Changes]:
    """The button and the change that make the learning rate ten times lower."""
    rate = float(f"{recipe.learning_rate / 10:.6g}")
    return f"Set learning rate to {rate:g}", (("learning_rate", rate),)


def out_of_memory(epoch: int, where: str, recipe: Recipe) -> Trouble:
    """The memory did not suffice; a step learns from as many samples as before."""
    batch, gathered = recipe.batch_size, recipe.accumulation
    message = f"The memory did not suffice {where} with batches of {batch} samples."
    kind = "out-of-memory"
    if batch == 1:
        remedy = "Make the network smaller: a batch cannot be."
        return Trouble(epoch=epoch, kind=kind, message=message, remedy=remedy)
    parts = next((n for n in range(2, batch) if batch % n == 0), batch)
    smaller = batch // parts
    half = "half as large" if parts == 2 else f"{parts} times smaller"
    return Trouble(
        epoch=epoch,
        kind=kind,
        message=message,
        remedy=f"With batches {half} and {parts * gathered} of them to a step it "
        "learns the same in less memory, and goes on from the last checkpoint.",
        fix=f"Go on with {smaller} × {parts * gathered}",
        changes=(("batch_size", smaller), ("accumulation", parts * gathered)),
        goes_on=True,
    )


class TroubleWatch:
    """Looks at a run while it goes on; says each kind of trouble once.

    Overfitting that passed, for an epoch became the best after all, is said again.
    """

    def __init__(
        self,
        state: State,
        plan: Plan,
        sample: Callable[[int], tuple[Tensor, ...]],
    ) -> None:
        """`sample` gives the network's inputs for so many training samples."""
        self._state = state
        self._plan = plan
        self._sample = sample
        self._said: set[str] = set()
        self._epochs: list[EpochDone] = []
        self._losses: list[float] = []
        self._wait_until = 0.0

    def remember(self, epochs: Iterable[EpochDone]) -> None:
        """Hold later epochs against those before the run was taken up again, too."""
        for epoch in epochs:
            self._epochs = [*_telling(self._epochs), epoch]

    def note(self, step: StepDone) -> None:
        """Remember the losses of an epoch's steps; cheap."""
        if len(step.players) == 1:
            self._losses.extend(step.losses)

    def look(self, epoch: EpochDone) -> Iterator[Trouble]:
        """What is wrong after an epoch, while the last step's gradients are there."""
        self._epochs = [*_telling(self._epochs), epoch]
        losses, self._losses = self._losses, []
        if epoch.best:  # what was overfitting until now has passed: it may begin anew
            self._said.discard("overfitting")
        if self._plan.recipe.method != "supervised":
            return  # several losses that work against each other may well rise
        found = [_rate_too_high(self._epochs, losses, self._plan.recipe)]
        if self._plan.objective.picks_best:
            found.append(_overfitting(self._epochs, self._plan.recipe))
        begun = time.monotonic()
        if begun >= self._wait_until:
            found += [
                _exploding(self._state.model, epoch.epoch, self._plan.recipe),
                _vanishing(self._state.model, epoch.epoch),
                self._dead_units(epoch.epoch),
            ]
            now = time.monotonic()
            self._wait_until = now + (now - begun) / MOST_LOOKING
        for trouble in found:
            if trouble is not None and trouble.kind not in self._said:
                self._said.add(trouble.kind)
                yield trouble

    def _dead_units(self, epoch: int) -> Trouble | None:
        model, recipe = self._state.model, self._plan.recipe
        if not learning_relus(model):
            return None
        count = max(1, LOOKED_AT // recipe.batch_size) * recipe.batch_size
        inputs = self._sample(min(count, LOOKED_AT))
        try:
            shares = dead_shares(model, inputs, recipe.batch_size)
        except RuntimeError:  # no memory is left for it: the training is worth more
            return None
        bad = {name: share for name, share in shares.items() if share >= MOST_DEAD}
        if not bad:
            return None
        fix, changes = lower_rate(recipe)
        return Trouble(
            epoch=epoch,
            kind="dead-units",
            message=_dead_words(bad, len(inputs[0])),
            remedy="Train anew with a lower learning rate, or put LeakyReLU there."
            if max(bad.values()) == 1
            else "Where the loss falls all the same, the others suffice; else train "
            "anew with a lower learning rate, or put LeakyReLU there.",
            nodes=_nodes(list(bad)),
            fix=fix,
            changes=changes,
        )


def _dead_words(bad: dict[str, float], samples: int) -> str:
    """Which ReLUs are dead, and how much of each; `bad` has the share of each."""
    seen = f"0 for each of {samples} training samples"
    whole = [name for name, share in bad.items() if share == 1]
    if whole:  # nothing is learned through these, whatever the others do
        return (
            f"Dead ReLU: all units of {_named(whole)} give {seen}, and learn no more."
        )
    worst = max(bad, key=lambda name: bad[name])
    others = [name for name in bad if name != worst]
    also = f" Many are dead in {_named(others)} too." if others else ""
    return (
        f"Dead ReLU: {percent(bad[worst])} of the units of {_node(worst)} give {seen}, "
        f"and learn no more.{also}"
    )


def _telling(epochs: list[EpochDone]) -> list[EpochDone]:
    """Those that later ones are held against: few, however many there were."""
    if len(epochs) < 2 * _LATELY:
        return epochs
    best = min(epochs, key=lambda each: each.val_loss)
    lowest = min(epochs, key=lambda each: each.train_loss)
    kept = {epochs[0].epoch, best.epoch, lowest.epoch}
    recent = epochs[-_LATELY:]
    return [each for each in epochs[:-_LATELY] if each.epoch in kept] + recent


def _rate_too_high(
    epochs: list[EpochDone], losses: list[float], recipe: Recipe
) -> Trouble | None:
    """The training loss rises, within an epoch or over them, or swings to and fro."""
    last, what = epochs[-1], ""
    lowest = min(epochs, key=lambda each: each.train_loss)
    tenth = len(losses) // 10
    first, end = sum(losses[:tenth]), sum(losses[len(losses) - tenth :])
    recent = [each.train_loss for each in epochs[-_LATELY:]]
    # Near its end a training loss trembles by more than that, and nothing is wrong.
    least = SMALL_RISE * epochs[0].train_loss
    rises = sum(b > max(WAVERING * a, a + least) for a, b in pairwise(recent))
    much = last.train_loss - lowest.train_loss > least
    if much and 0 < lowest.train_loss * RISEN < last.train_loss:
        what = (
            f"The training loss rose from {loss_figure(lowest.train_loss)} in epoch "
            f"{lowest.epoch} to {loss_figure(last.train_loss)} in epoch {last.epoch}"
        )
    elif last.epoch == 1 and tenth >= 2 and 0 < first * RISEN < end:
        what = (
            f"The training loss rose within epoch {last.epoch}, from "
            f"{loss_figure(first / tenth)} to {loss_figure(end / tenth)}"
        )
    elif rises >= 3 and min(recent) > 0:
        what = (
            f"The training loss swings to and fro: in the last {len(recent) - 1} "
            f"epochs it rose {rises} times"
        )
    if not what:
        return None
    fix, changes = lower_rate(recipe)
    return Trouble(
        epoch=last.epoch,
        kind="rate-too-high",
        message=f"{what}: the learning rate {recipe.learning_rate:g} is too high.",
        remedy=f"Train anew with one ten times lower, {changes[0][1]:g}.",
        fix=fix,
        changes=changes,
    )


def _overfitting(epochs: list[EpochDone], recipe: Recipe) -> Trouble | None:
    """The validation loss rises while the training loss falls (Prechelt 1998)."""
    last = epochs[-1]
    best = min(epochs, key=lambda each: each.val_loss)
    lately = [each for each in epochs if each.epoch > best.epoch][-WORSE_FOR:]
    if len(lately) < WORSE_FOR or best.val_loss <= 0:
        return None
    if min(each.val_loss for each in lately) < WORSE_BY * best.val_loss:
        return None  # one bad epoch says nothing
    if last.val_loss <= last.train_loss or last.train_loss > best.train_loss / WORSE_BY:
        return None  # not because it learned by heart
    # Who has patience already is not told to have less: on a curve that trembles, a
    # few epochs stop long before the best place.
    patience = max(WORSE_FOR, min(recipe.epochs // 10, MOST_PATIENCE))
    remedy = "more data, dropout or weight decay"
    return Trouble(
        epoch=best.epoch + 1,
        kind="overfitting",
        message=f"From epoch {best.epoch + 1} on the network overfits: the validation "
        f"loss rose from {loss_figure(best.val_loss)} to {loss_figure(last.val_loss)} "
        f"while the training loss fell from {loss_figure(best.train_loss)} to "
        f"{loss_figure(last.train_loss)}.",
        remedy=f"The patience of {recipe.patience} ends it and takes the best weights; "
        f"{remedy} would help as well."
        if recipe.patience
        else f"Stop early and take the best weights, or try {remedy}.",
        fix="" if recipe.patience else f"Set patience to {patience}",
        changes=() if recipe.patience else (("patience", patience),),
    )


def _exploding(model: nn.Module, epoch: int, recipe: Recipe) -> Trouble | None:
    if recipe.clip_norm > 0:  # what is there now is clipped
        return None
    norms = gradient_norms(model)
    whole = math.sqrt(sum(norm * norm for norm in norms.values()))
    if not LARGE_NORM < whole < math.inf:
        return None
    bad = [name for name, norm in norms.items() if norm > whole / 10]
    bad.sort(key=lambda name: -norms[name])
    return Trouble(
        epoch=epoch,
        kind="exploding",
        message=f"The gradients explode: after epoch {epoch:,} their norm is "
        f"{whole:.3g}, most of it in {_named(bad)}.",
        remedy="Clip them to a norm of 1, or take a lower learning rate.",
        nodes=_nodes(bad),
        fix="Clip at 1",
        changes=(("clip_norm", 1.0),),
    )


def _vanishing(model: nn.Module, epoch: int) -> Trouble | None:
    sizes = {
        name: weight.numel()
        for name, weight in model.named_parameters()
        if weight.grad is not None and weight.dim() > 1  # a bias may be without use
    }
    norms = gradient_norms(model)
    means = {name: norms[name] / math.sqrt(size) for name, size in sizes.items()}
    if len(means) < 3 or not all(map(math.isfinite, means.values())):
        return None
    largest = max(means, key=lambda name: means[name])
    bad = [name for name, mean in means.items() if mean < FAINT * means[largest]]
    if not bad:
        return None
    return Trouble(
        epoch=epoch,
        kind="vanishing",
        message=f"The gradients vanish: in {_named(bad)} they are less than "
        f"{FAINT:g} of those in {_node(largest)}, so that they hardly learn.",
        remedy="Put ReLU in place of Sigmoid or Tanh, BatchNorm between the layers, "
        "or an edge past some of them.",
        nodes=_nodes(bad),
    )


def gradient_norms(model: nn.Module) -> dict[str, float]:
    """The norm of the gradient of each weight that has one, by name."""
    found = {
        name: weight.grad
        for name, weight in model.named_parameters()
        if weight.grad is not None
    }
    if not found:
        return {}
    norms = torch.stack([grad.detach().float().norm() for grad in found.values()])
    return dict(zip(found, norms.tolist(), strict=True))


@torch.no_grad()
def _node(name: str) -> str:
    return name.split(".", 1)[0]


def _nodes(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_node, names)))


def _named(names: list[str]) -> str:
    """The layers of these weights: `fc1, fc2 and 3 more`."""
    nodes = _nodes(names)
    if len(nodes) > _NAMED:
        return f"{', '.join(nodes[:_NAMED])} and {len(nodes) - _NAMED} more"
    *most, last = nodes
    return f"{', '.join(most)} and {last}" if most else last
