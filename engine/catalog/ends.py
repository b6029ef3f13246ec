"""Where data enters the network and where answers leave it."""

from __future__ import annotations

from engine.catalog.layer import Layer, Misfit, Port, Specs, Variables
from engine.catalog.settings import Choice, Float, Shape, Text, Values
from engine.catalog.spec import TensorSpec

LARGEST_SAMPLE = 1_000_000_000
"""Numbers in one sample: 4 GB as float32."""
LOSS_NAMES = {
    "auto": "auto",
    "cross_entropy": "cross entropy",
    "bce_with_logits": "binary cross entropy",
    "mse": "mean squared error",
    "l1": "mean absolute error",
    "smooth_l1": "smooth L1",
}
"""The losses, and what a person reads for each of them."""
LOSSES = tuple(LOSS_NAMES)


def loss_name(loss: str) -> str:
    """A loss as people read it."""
    return LOSS_NAMES.get(loss, loss)


class Input(Layer):
    """Where the data enters: one sample's shape and type, without the batch N.

    A network with several inputs has several of these; each takes one field of the
    data set.
    """

    family = "ends"
    aliases = ("data", "source", "placeholder")
    inputs = ()
    settings = (
        Shape(
            name="shape", default=(1, 8, 8), help="Sizes of one sample, batch left out."
        ),
        Choice(
            name="dtype",
            default="float32",
            options=("float32", "int64"),
            help="float32 for real numbers, int64 for tokens.",
        ),
        Text(
            name="field",
            default="",
            kind="field",
            advanced=True,
            empty="the next in order",
            help="Which field of the data set it takes; empty takes the next in order.",
        ),
    )

    def spec(self, s: Values) -> TensorSpec:
        """What this input gives to the network."""
        return TensorSpec(s.shape, s.dtype)

    def telling(self, s: Values) -> str:
        return "tokens" if s.dtype == "int64" else ""

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        size = self.spec(s).numel
        if size <= LARGEST_SAMPLE:
            return None
        return Misfit(
            message=f"has {size:,} numbers in one sample, more than memory holds",
            expected=f"{LARGEST_SAMPLE:,} at most",
            remedy="Give it a smaller shape.",
            setting="shape",
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return ()  # an input is an argument of forward


class Output(Layer):
    """Where an answer leaves the network, to be compared with the data set's target.

    Several outputs are several answers: each has its own target and its own weight in
    the loss that is minimized.
    """

    family = "ends"
    aliases = ("result", "answer", "target", "loss")
    inputs = (Port("input", dtype="any"),)
    outputs = ()
    settings = (
        Text(
            name="target",
            default="",
            kind="field",
            advanced=True,
            empty="the next in order",
            help="Which target of the data set it answers; empty takes the next one.",
        ),
        Choice(
            name="loss",
            default="auto",
            options=(*LOSSES, "itself"),
            names=(*LOSS_NAMES.values(), "itself"),
            advanced=True,
            help="This output's own loss; auto takes the recipe's. With itself it has "
            "no target: its mean is what is made smaller.",
        ),
        Float(
            name="loss_weight",
            default=1.0,
            minimum=0.0,
            advanced=True,
            help="Its share in the sum of the losses.",
        ),
    )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return ()  # an output is what forward returns
