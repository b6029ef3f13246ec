"""Goes through the data once, and keeps what the frozen modules give of it."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.dead_units import undisturbed
from engine.training.events import StepDone
from engine.training.objective import Plan, forward
from engine.training.stem import STEM_BATCH, given_by, is_too_much, listening, with_kept


def reason_of(plan: Plan) -> str:
    """Where a network is trained and why, and what is computed once alone."""
    names = plan.learning.stem
    if not names or plan.augment is not None or plan.recipe.compiled:
        return plan.hardware.reason
    what = f"what {' and '.join(names)} gives of the data is computed once"
    return f"{plan.hardware.reason}; {what}, as it is frozen"


def remember(
    model: nn.Module, samples: Samples, plan: Plan, sign: StepDone
) -> Generator[StepDone, None, Samples]:
    """Returns the samples with what the stem gives of them, or as they are.

    As they are where there is no stem, where a picture is another one each time, or
    where too much would be kept. Whoever iterates gets `sign` after every batch, and
    is so asked as after a step.
    """
    names = plan.learning.stem
    if not names or not len(samples) or plan.augment is not None:
        return samples
    if plan.recipe.compiled:  # what was compiled does not look whether it was replaced
        return samples
    place = next(iter(samples.inputs.values())).device
    kept: dict[str, list[Tensor]] = {}
    model.eval()
    for first in range(0, len(samples), STEM_BATCH):
        chosen = torch.arange(
            first, min(first + STEM_BATCH, len(samples)), device=place
        )
        batch = samples.batch(chosen).to(plan.hardware.device)
        # What the other layers draw by chance is not to be missing afterwards.
        with torch.no_grad(), undisturbed(), listening(model, names) as heard:
            forward(model, batch, plan)
        given = given_by(heard)
        if given is None or is_too_much(given, len(batch), len(samples)):
            return samples
        for key, tensor in given.items():
            kept.setdefault(key, []).append(tensor.to(place))
        yield sign
    return with_kept(samples, kept)
