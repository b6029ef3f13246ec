"""Layers that scale numbers by the size of their neighbours, and learn nothing."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Port, Raw, Specs, Variables
from engine.catalog.settings import Dim, Float, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


class LocalResponseNorm(Layer):
    """Divides each number by what its neighbouring channels hold at the same place.

    Strong channels quieten their neighbours. AlexNet and the first Inception network
    used it; batch normalization took its place.
    """

    family = "normalization"
    aliases = ("LRN", "lateral inhibition", "local normalization")
    formula = "y = x / (k + (α / n) Σ x²)ᵝ, over n neighbouring channels"
    source = (
        "Krizhevsky, Sutskever and Hinton 2012, section 3.3; "
        + f"{_DOCS}LocalResponseNorm.html"
    )
    inputs = (Port("input", ndim=(2, 3, 4), channels_first=True),)
    settings = (
        Int(
            name="size",
            default=5,
            minimum=1,
            maximum=65_536,
            unit="channels",
            help="How many neighbouring channels n count, the number's own among them.",
        ),
        Float(
            name="alpha",
            default=1e-4,
            minimum=0.0,
            maximum=1e3,
            help="How much the neighbours count.",
        ),
        Float(
            name="beta",
            default=0.75,
            minimum=0.0,
            maximum=10.0,
            help="The exponent of the sum.",
        ),
        Float(
            name="k",
            default=1.0,
            above=0.0,
            maximum=1e3,
            help="What is added to the sum, so that nothing is divided by zero.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.size} channels"

    def constructor(self, s: Values, x: Specs) -> Call:
        names = ("alpha", "beta", "k")
        return Call.of("nn.LocalResponseNorm", s.size, **self.changed(s, *names))


class Normalize(Layer):
    """Scales the numbers along a dimension so that their length is 1.

    Afterwards a product of two vectors is the cosine of the angle between them.
    """

    family = "normalization"
    aliases = ("UnitNormalization", "L2 normalization", "unit vector", "unit length")
    formula = "y = x / max(‖x‖ₚ, ε)"
    source = (
        "https://docs.pytorch.org/docs/stable/generated/"
        "torch.nn.functional.normalize.html"
    )
    settings = (
        Dim(name="dim", default=-1, help="The dimension along which length is taken."),
        Float(
            name="p",
            default=2.0,
            minimum=1.0,
            maximum=1e3,
            advanced=True,
            help="How length is measured: 2 is the usual one, 1 sums absolute values.",
        ),
        Float(
            name="eps",
            default=1e-12,
            above=0.0,
            maximum=1.0,
            advanced=True,
            help="The length that shorter ones count as.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        options = {**self.changed(s, "p", "eps"), "dim": s.dim}
        return (f"{v.output} = {Call.of('F.normalize', Raw(v.input), **options)}",)
