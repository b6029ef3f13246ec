"""Functions applied to every number: what lets a network bend."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Specs
from engine.catalog.settings import Choice, Dim, Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


class Activation(Layer, register=False):
    """What the functions without a needed argument share."""

    family = "activation"

    def constructor(self, s: Values, x: Specs) -> Call:
        names = [one.name for one in self.settings]
        return Call.of(f"nn.{self.name}", **self.changed(s, *names))


class ReLU(Activation):
    """Keeps what is positive and makes the rest zero.

    The usual choice after a convolution or a Linear layer: cheap, and its gradient
    does not fade.
    """

    aliases = ("rectifier", "rectified linear unit", "activation")
    formula = "y = max(0, x)"
    source = "Nair and Hinton 2010, section 2; " + f"{_DOCS}ReLU.html"


class LeakyReLU(Activation):
    """Like ReLU, but lets a little of what is negative through.

    No number's gradient is ever quite zero, so no unit stops learning for good.
    """

    aliases = ("leaky rectifier", "activation")
    formula = "y = max(0, x) + a min(0, x)"
    source = "Maas, Hannun and Ng 2013, equation 2; " + f"{_DOCS}LeakyReLU.html"
    settings = (
        Float(
            name="negative_slope",
            default=0.01,
            minimum=0.0,
            maximum=10.0,
            help="The share a of what is negative that passes.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.negative_slope:g}"


class ELU(Activation):
    """Like ReLU, but falls smoothly towards -a for what is negative."""

    aliases = ("exponential linear unit", "activation")
    formula = "y = x where x > 0, else a (eˣ − 1)"
    source = (
        "Clevert, Unterthiner and Hochreiter 2016, equation 15; " + f"{_DOCS}ELU.html"
    )
    settings = (
        Float(
            name="alpha",
            default=1.0,
            minimum=0.0,
            maximum=100.0,
            help="How far below zero it can fall.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.alpha:g}"


class GELU(Activation):
    """Weighs each number by how likely a standard normal one is to be smaller.

    A smooth ReLU; the usual choice in transformers.
    """

    aliases = ("Gaussian error linear unit", "activation")
    formula = "y = x Φ(x), Φ the normal distribution"
    source = "Hendrycks and Gimpel 2016, section 2; " + f"{_DOCS}GELU.html"
    settings = (
        Choice(
            name="approximate",
            default="none",
            options=("none", "tanh"),
            advanced=True,
            help="none computes Φ exactly, tanh by the approximation that GPT-2 uses.",
        ),
    )


class SiLU(Activation):
    """Weighs each number by its own sigmoid; also called swish."""

    aliases = ("swish", "sigmoid linear unit", "activation")
    formula = "y = x / (1 + e⁻ˣ)"
    source = "Elfwing, Uchibe and Doya 2018, section 2; " + f"{_DOCS}SiLU.html"


class Sigmoid(Activation):
    """Squeezes every number into the range from 0 to 1, as a probability of yes.

    For a yes-or-no answer the loss BCEWithLogitsLoss already contains it.
    """

    aliases = ("logistic", "squash", "activation", "gate")
    formula = "y = 1 / (1 + e⁻ˣ)"
    source = f"{_DOCS}Sigmoid.html"


class Tanh(Activation):
    """Squeezes every number into the range from −1 to 1."""

    aliases = ("hyperbolic tangent", "squash", "activation")
    formula = "y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)"
    source = f"{_DOCS}Tanh.html"


class Softmax(Layer):
    """Turns numbers into shares that are positive and add up to 1.

    As a classifier's last layer it is left out in training: the loss CrossEntropyLoss
    contains it, and a second one slows learning.
    """

    family = "activation"
    aliases = ("probabilities", "normalized exponential", "activation")
    formula = "yᵢ = eˣⁱ / Σⱼ eˣʲ"
    source = f"{_DOCS}Softmax.html"
    settings = (
        Dim(
            name="dim",
            default=-1,
            help="The dimension whose numbers add up to 1; -1 is the last.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.Softmax", dim=s.dim)
