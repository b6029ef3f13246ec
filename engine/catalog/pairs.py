"""Layers that bring two inputs together, each with a part of its own."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.merge import Elementwise
from engine.catalog.settings import Bool, Dim, Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."


class _Pair(Elementwise):
    """What the layers of two inputs share whose sizes must agree."""

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        found = Elementwise.misfit(self, s, x)
        if found is None:
            return None
        return replace(found, port=self.inputs[found.edge].name, edge=0)


class Subtract(_Pair):
    """Takes the second input away from the first, number by number.

    A size of 1 is repeated to match the other.
    """

    aliases = ("minus", "difference", "residual")
    formula = "y = a − b"
    source = f"{_DOCS}sub.html"
    inputs = (
        Port("input", help="What is taken from."),
        Port("other", help="What is taken away."),
    )
    sign = "-"
    verb = "subtracts"


class Divide(_Pair):
    """Divides the first input by the second, number by number.

    A size of 1 is repeated to match the other. The second must stay away from zero: a
    Softplus or an Exp before it sees to that.
    """

    aliases = ("quotient", "ratio", "over")
    formula = "y = a / b"
    source = f"{_DOCS}div.html"
    inputs = (
        Port("input", help="What is divided."),
        Port("other", help="What it is divided by."),
    )
    sign = "/"
    verb = "divides"


class CosineSimilarity(_Pair):
    """How far two vectors point the same way: 1 the same, 0 across, -1 opposite.

    The dimension of the vectors disappears.
    """

    aliases = ("Dot", "cosine", "angle", "siamese", "similarity")
    formula = "y = a · b / max(‖a‖ ‖b‖, ε)"
    source = f"{_DOCS}nn.CosineSimilarity.html"
    inputs = (Port("input1", help="One vector."), Port("input2", help="The other."))
    settings = (
        Dim(name="dim", default=-1, help="The dimension of the vectors; -1 is last."),
        Float(
            name="eps",
            default=1e-8,
            above=0.0,
            maximum=1.0,
            advanced=True,
            help="The length that shorter vectors count as.",
        ),
    )
    verb = "compares"

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.CosineSimilarity", dim=s.dim, **self.changed(s, "eps"))

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return Layer.forward(self, s, x, v)


class PairwiseDistance(_Pair):
    """How far two vectors of the last dimension lie apart.

    Siamese networks learn from it which pictures show the same.
    """

    aliases = ("distance", "Euclidean distance", "siamese", "L2 distance")
    formula = "y = ‖a − b + ε‖ₚ"
    source = f"{_DOCS}nn.PairwiseDistance.html"
    inputs = (
        Port("input1", ndim=(1, 2, 3, 4), help="One vector."),
        Port("input2", ndim=(1, 2, 3, 4), help="The other."),
    )
    settings = (
        Float(
            name="p",
            default=2.0,
            minimum=1.0,
            maximum=1e3,
            help="How length is measured: 2 is the usual one, 1 sums absolute values.",
        ),
        Float(
            name="eps",
            default=1e-6,
            minimum=0.0,
            maximum=1.0,
            advanced=True,
            help="Added so that the root has a gradient where both are equal.",
        ),
        Bool(
            name="keepdim",
            default=False,
            advanced=True,
            help="Whether the dimension stays, with size 1.",
        ),
    )
    verb = "compares"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.PairwiseDistance", **self.changed(s, "p", "eps", "keepdim"))

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return Layer.forward(self, s, x, v)
