"""How the learning rate changes while a network is trained.

A rate is computed from how far training is, and from nothing else: it can be drawn
before the run, and a resumed run goes on with the very same numbers.
"""

from __future__ import annotations

import math

from engine.recipe import Recipe

WARM_UP_FROM = 0.01
"""The share of the learning rate that a warm-up begins with."""
ONE_CYCLE_FROM = 1 / 25
"""The share that one cycle begins with (Smith and Topin 2018, arXiv:1708.07120)."""
ONE_CYCLE_RISE = 0.3
"""The part of one cycle in which the rate rises."""


def rate_factor(recipe: Recipe, epochs: float) -> float:
    """What the learning rate is multiplied by after so many `epochs`.

    A warm-up rises in a straight line (Goyal et al. 2017, arXiv:1706.02677, section
    2.2); what follows begins where it ends. Plateaus depend on the run: see `State`.
    """
    warm_up = min(recipe.warmup_epochs, recipe.epochs)
    if epochs < warm_up:
        return WARM_UP_FROM + (1 - WARM_UP_FROM) * epochs / warm_up
    epochs -= warm_up
    share = min(epochs / max(recipe.epochs - warm_up, 1e-9), 1.0)
    if recipe.schedule == "step":
        return math.pow(recipe.schedule_factor, epochs // recipe.schedule_epochs)
    if recipe.schedule == "exponential":
        return math.pow(recipe.schedule_factor, epochs / recipe.schedule_epochs)
    if recipe.schedule == "cosine":  # Loshchilov and Hutter 2017, arXiv:1608.03983
        return _between(1.0, recipe.final_rate, share)
    if recipe.schedule == "one_cycle":
        if share < ONE_CYCLE_RISE:
            return _between(ONE_CYCLE_FROM, 1.0, share / ONE_CYCLE_RISE)
        fall = (share - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE)
        return _between(1.0, recipe.final_rate, fall)
    return 1.0


def _between(first: float, last: float, share: float) -> float:
    """Along half a wave of the cosine from `first` to `last`."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2
