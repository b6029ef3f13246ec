"""Learning from targets: every output is compared with what it should have been."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from engine.data.samples import Mixed, Samples
from engine.training.losses import total_loss
from engine.training.objective import Objective, Outcome, Plan, Turn, forward


class Supervised(Objective):
    """Makes the weighted sum of the outputs' losses smaller.

    Classes, numbers, the next token, the input itself: what differs is the goals.
    Blended samples learn both answers in proportion (Zhang et al. 2018, section 2).
    """

    def outcome(
        self, turn: Turn, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The loss of the answers to a batch."""
        answers = forward(model, batch, plan)
        smoothing = plan.recipe.label_smoothing
        loss = total_loss(plan.goals, answers, batch.targets, smoothing)
        if isinstance(batch, Mixed):
            other = total_loss(plan.goals, answers, batch.others, smoothing)
            loss = batch.share * loss + (1 - batch.share) * other
        return Outcome(loss, answers)

    def judge(
        self, epoch: int, model: nn.Module, batch: Samples, plan: Plan
    ) -> Outcome:
        """The plain loss: no smoothing, and every class counts as often as it is."""
        answers = forward(model, batch, plan)
        goals = [replace(goal, class_weights=()) for goal in plan.goals]
        return Outcome(total_loss(goals, answers, batch.targets), answers)
