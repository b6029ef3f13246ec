"""What is looked at: a network with what it learned from, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from engine.data.samples import Samples, Splits
from engine.document import Document
from engine.showing.exhibit import in_picture_form, span_of
from engine.showing.wishes import Wishes
from engine.training.objective import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A network in training, or a trained one."""

    document: Document
    splits: Splits
    plan: Plan
    network: nn.Module
    """The network that answers."""
    wishes: Wishes = field(default_factory=Wishes)
    kept: dict[str, Any] = field(default_factory=dict)  # any: each maker knows its own
    """What was worked out once and is good for all epochs."""

    @property
    def rebuilds(self) -> bool:
        """Whether the network is to give back what it is given."""
        fields = self.splits.validation.inputs
        return any(goal.target in fields for goal in self.plan.goals)

    @property
    def writes(self) -> bool:
        """Whether the network foretells the next token of one text."""
        is_text = self.splits.task == "next token" and len(self.plan.fields) == 1
        return is_text and bool(self.splits.vocabulary)

    def sees(self, weight: Tensor) -> bool:
        """Whether weights (units, numbers) are as many as a flat picture in grey has.

        Of the data, that is; the pictures have to be square.
        """
        sample = self.few(1).inputs[self.plan.fields[0]]
        pictures = in_picture_form(sample)
        if pictures is None or pictures.shape[1] != 1:
            return False
        _, _, height, width = pictures.shape
        return height == width and weight.shape[1] == height * width

    def few(self, count: int) -> Samples:
        """The first samples that the network did not learn from, on its device."""
        samples = self.splits.validation
        # One sample alone again and again, where there are too few.
        chosen = torch.arange(count) % len(samples)
        return samples.batch(chosen).to(self.plan.hardware.device)

    def brightness(self, like: Tensor) -> tuple[float, float]:
        """What is black and what is white in the data's pictures.

        Of the given pictures, where the data has none.
        """
        for tensor in self.few(64).inputs.values():
            pictures = in_picture_form(tensor)
            if pictures is not None:
                return span_of(pictures)
        return span_of(like)
