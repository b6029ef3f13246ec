"""Layers that keep a network from learning its examples by heart."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Specs
from engine.catalog.settings import Float, Values


class Dropout(Layer):
    """Makes a share of the numbers zero at random while training.

    No unit can rely on another one being there. What stays is scaled up so that sums
    keep their size; outside training everything passes unchanged.
    """

    family = "regularization"
    aliases = ("regularization", "noise")
    formula = "y = x m / (1 − p), m = 0 with probability p, else 1"
    source = (
        "Srivastava et al. 2014, section 4; "
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html"
    )
    settings = (
        Float(
            name="p",
            label="Share",
            default=0.5,
            minimum=0.0,
            maximum=1.0,
            help="The share of numbers that are dropped; 0.2 to 0.5 is usual.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.p:g}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.Dropout", s.p)
