"""Where a loss that is no number came from: the step is taken again, and watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.data.samples import Splits
from engine.training.checkpoint import Checkpoint, restore
from engine.training.dead_units import undisturbed
from engine.training.events import Diverged
from engine.training.loop import State, train
from engine.training.objective import Plan
from engine.training.trouble import Trouble, lower_rate

MOST_SECONDS = 20.0
"""How long the steps up to the failed one may take again."""
MASKS = frozenset(
    "masked_fill masked_fill_ where full full_like new_full fill_ triu tril".split()
)
"""Operations that are asked for infinite numbers on purpose."""
KEEP = {
    "log": "above 0",
    "log2": "above 0",
    "log10": "above 0",
    "log1p": "above -1",
    "sqrt": "at 0 or above",
    "rsqrt": "above 0",
    "reciprocal": "away from 0",
    "div": "away from 0",
    "true_divide": "away from 0",
    "exp": "below 80",
    "pow": "at 0 or above",
    "__pow__": "at 0 or above",
}
"""What the numbers have to be that an operation is given."""


class _Found(Exception):  # noqa: N818  it is what was looked for
    def __init__(self, operation: str, output: Tensor, given: list[Tensor]) -> None:
        super().__init__(operation)
        self.operation = operation
        self.what = "NaN" if output.isnan().any() else "infinite numbers"
        parts = [each.detach().float().flatten() for each in given if each.numel()]
        joined = torch.cat(parts) if parts else torch.zeros(1)
        self.range = f"{joined.min().item():.3g} to {joined.max().item():.3g}"


class _Watching(TorchFunctionMode):
    """Raises `_Found` where an operation makes no numbers out of numbers."""

    def __torch_function__(
        self,
        func: Any,  # Any: PyTorch's own protocol
        types: Any,
        args: Any = (),
        kwargs: Any = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if name in MASKS or name.startswith("__get__"):
            return result
        for output in result if isinstance(result, tuple) else (result,):
            if _is_bad(output):
                given = [each for each in args if _is_float(each)]
                if not any(map(_is_bad, [*args, *(kwargs or {}).values()])):
                    raise _Found(name, output.detach(), given)
        return result


def _is_float(each: object) -> bool:
    return isinstance(each, Tensor) and each.is_floating_point()


def _is_bad(each: object) -> bool:
    if not isinstance(each, Tensor) or not each.is_floating_point():
        return False
    return not bool(each.detach().isfinite().all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is needed to take a step again, all of it of a run that has ended."""

    state: State
    splits: Splits
    plan: Plan
    good: Checkpoint
    """A moment of the same epoch, before the step."""
    node_of: Callable[[BaseException], str | None]
    is_stopped: Callable[[], bool]


def explain(diverged: Diverged, replay: Replay) -> Trouble:
    """Which layer gave the first number that was none, and with what.

    Takes the steps since the last good moment again: as long as they took, at most
    `MOST_SECONDS`. Changes the network, which has to be put back afterwards.
    """
    with undisturbed():
        nodes, message, remedy = _cause(diverged, replay)
    fix, changes = lower_rate(replay.plan.recipe)
    return Trouble(
        epoch=diverged.epoch,
        kind="not-a-number",
        message=message,
        remedy=remedy or diverged.remedy,
        nodes=nodes,
        fix=fix,
        changes=changes,
        goes_on=True,
    )


def _cause(diverged: Diverged, replay: Replay) -> tuple[tuple[str, ...], str, str]:
    splits = replay.splits
    for name, tensor in {**splits.train.inputs, **splits.train.targets}.items():
        if _is_bad(tensor):
            return (
                (),
                f"The training data itself holds numbers that are none, in {name}.",
                "Fill the gaps in the data, or leave those samples out.",
            )
    where = f"epoch {diverged.epoch:,}, step {diverged.step:,}"
    steps = _up_to(diverged, replay)
    if steps is None:
        return (), f"The loss was no number in {where}.", ""
    broken = _broken_by_the_step_before(replay.state.model)
    if broken:
        return broken
    try:
        with _Watching():
            next(steps, None)
    except _Found as found:
        node = replay.node_of(found)
        keep = KEEP.get(found.operation)
        return (
            (node.split("/")[0],) if node else (),
            f"In {where}, {node or 'the loss'} was the first to give {found.what}: "
            f"it was given numbers from {found.range}.",
            f"Keep what reaches {node} {keep}." if node and keep else "",
        )
    finally:
        replay.state.model.zero_grad()
    return (), f"The loss was no number in {where}.", ""


def _up_to(diverged: Diverged, replay: Replay) -> Iterator[object] | None:
    """The training right before its failed step; None where that takes too long."""
    state, wanted = replay.state, (diverged.epoch - 1, diverged.step - 1)
    restore(replay.good, state, replay.plan, replay.splits)
    if (state.epoch, state.step) > wanted:
        return None
    if state.step == 0:
        state.score = None
    until = time.monotonic() + MOST_SECONDS
    # Operation by operation: a recording is heard of as a whole.
    steps = train(state, replay.splits, replace(replay.plan, recording=None))
    for event in steps:
        if (state.epoch, state.step) == wanted:
            return steps
        late = time.monotonic() > until or replay.is_stopped()
        if late or isinstance(event, Diverged):
            return None
    return None


def _broken_by_the_step_before(
    model: nn.Module,
) -> tuple[tuple[str, ...], str, str] | None:
    """The layers whose weights are no numbers, by their gradients if those were none.

    Gradients go backwards: of several, the layer nearest the output broke first.
    """
    weights = dict(model.named_parameters())
    if not any(map(_is_bad, weights.values())):
        return None
    grads = [name for name, weight in weights.items() if _is_bad(weight.grad)]
    bad = grads or [name for name, weight in weights.items() if _is_bad(weight)]
    node = bad[-1].split(".", 1)[0]
    what = "its gradient was no number" if grads else "the step was too large"
    return (
        (node,),
        f"The weights of {node} were the first to be no numbers: {what}.",
        "",
    )
