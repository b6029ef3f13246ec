"""What each output of a network is trained for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One output's target and loss. The outputs' losses are added up by weight."""

    target: str
    """The field of the data that the output should answer with; "" for `itself`."""
    loss: str
    """`cross_entropy`, `bce_with_logits`, `mse`, `l1`, `smooth_l1`, or `itself`."""
    weight: float = 1.0
