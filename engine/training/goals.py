"""What a network has to learn, and which of its weights learn it."""

from __future__ import annotations

from dataclasses import dataclass, field

WHOLE = {"network": ("",)}
"""One player: the whole network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One output's target and loss. The outputs' losses are added up by weight."""

    target: str
    """The field of the data that the output should answer with; "" for `itself`."""
    loss: str
    """`cross_entropy`, `bce_with_logits`, `mse`, `l1`, `smooth_l1`, or `itself`."""
    weight: float = 1.0
    class_weights: tuple[float, ...] = ()
    """How much a sample of each class counts; empty counts all alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What a network has to learn, and by whom in it. Modules are named as in the code;
    "" is the whole network."""

    goals: tuple[Goal, ...] = ()
    """What each output is trained for, in their order."""
    players: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(WHOLE))
    """Who learns: by player the modules whose weights are its own."""
    frozen: tuple[str, ...] = ()
    """The modules whose weights stay as they are."""
    rates: dict[str, float] = field(default_factory=dict)
    """By module, what its learning rate is multiplied by."""
    stem: tuple[str, ...] = ()
    """Frozen modules that see the data alone: what they give of it is computed once."""
