"""Functions that pass what is large and damp the rest: relatives of ReLU."""

from __future__ import annotations

from engine.catalog.activation import Activation
from engine.catalog.layer import Call, Misfit, Specs
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Bool, Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


class ReLU6(Activation):
    """Like ReLU, but no number grows above 6.

    MobileNets use it: numbers in a small range survive being rounded for a phone.
    """

    aliases = ("clipped ReLU", "capped rectifier", "activation")
    formula = "y = min(max(0, x), 6)"
    source = "Howard et al. 2017, section 3; " + f"{_DOCS}ReLU6.html"


class PReLU(Activation):
    """Like LeakyReLU, but learns how much of what is negative passes."""

    has_weights = True
    aliases = ("parametric ReLU", "learned leaky rectifier", "activation")
    formula = "y = max(0, x) + a min(0, x), a learned"
    source = "He et al. 2015, equation 1; " + f"{_DOCS}PReLU.html"
    settings = (
        Bool(
            name="per_channel",
            default=False,
            help="Whether each channel learns its own share, rather than all one.",
        ),
        Float(
            name="init",
            default=0.25,
            minimum=-10.0,
            maximum=10.0,
            advanced=True,
            help="The share a before training.",
        ),
    )

    def telling(self, s: Values) -> str:
        return "per channel" if s.per_channel else ""

    def constructor(self, s: Values, x: Specs) -> Call:
        channels = (x[0].shape[0],) if s.per_channel else ()
        return Call("nn.PReLU", channels, tuple(self.changed(s, "init").items()))

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if not s.per_channel or x[0].shape:
            return None
        return Misfit(
            message="learns a share for each channel, and its input is one number a "
            "sample",
            expected="channels (N × channels × ...)",
            remedy="Set per_channel to off.",
            setting="per_channel",
            suggestions=(setting_to("per_channel", False),),
        )


class RReLU(Activation):
    """Like LeakyReLU, with a share of what is negative drawn anew each time.

    Outside training the share is the middle of the range.
    """

    aliases = ("randomized leaky rectifier", "activation", "noise")
    formula = "y = max(0, x) + a min(0, x), a drawn between lower and upper"
    source = "Xu et al. 2015, section 2.4; " + f"{_DOCS}RReLU.html"
    settings = (
        Float(
            name="lower",
            default=1 / 8,
            minimum=0.0,
            maximum=10.0,
            help="The smallest share of what is negative that passes.",
        ),
        Float(
            name="upper",
            default=1 / 3,
            minimum=0.0,
            maximum=10.0,
            help="The largest share of what is negative that passes.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.lower:.3g} to {s.upper:.3g}"

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if s.lower <= s.upper:
            return None
        return Misfit(
            message=f"draws between {s.lower:g} and {s.upper:g}, which lies below it",
            expected="an upper that is not below lower",
            remedy=f"Set upper to {s.lower:g}.",
            setting="upper",
            suggestions=(setting_to("upper", s.lower),),
        )


class SELU(Activation):
    """Like ELU, scaled so that numbers keep mean 0 and variance 1 by themselves.

    For networks of Linear layers without normalization; its dropout is AlphaDropout.
    """

    aliases = ("scaled exponential linear unit", "self-normalizing", "activation")
    formula = "y = λ x where x > 0, else λ a (eˣ − 1); λ = 1.0507, a = 1.6733"
    source = "Klambauer et al. 2017, equation 2; " + f"{_DOCS}SELU.html"


class CELU(Activation):
    """Like ELU, but smooth at zero for every alpha."""

    aliases = ("continuously differentiable ELU", "activation")
    formula = "y = max(0, x) + min(0, a (eˣᐟᵃ − 1))"
    source = "Barron 2017, equation 2; " + f"{_DOCS}CELU.html"
    settings = (
        Float(
            name="alpha",
            default=1.0,
            above=0.0,
            maximum=100.0,
            help="How far below zero it can fall.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.alpha:g}"


class Softplus(Activation):
    """A smooth ReLU whose result is always positive, as a variance has to be."""

    aliases = ("smooth ReLU", "positive", "activation")
    formula = "y = (1 / β) log(1 + eᵝˣ)"
    source = "Dugas et al. 2001, equation 2; " + f"{_DOCS}Softplus.html"
    settings = (
        Float(
            name="beta",
            default=1.0,
            above=0.0,
            maximum=1_000.0,
            help="How sharply it bends; large values come close to ReLU.",
        ),
        Float(
            name="threshold",
            default=20.0,
            minimum=0.0,
            maximum=1_000.0,
            advanced=True,
            help="Where β x is above it, y = x is near enough.",
        ),
    )

    def telling(self, s: Values) -> str:
        return "" if s.beta == 1.0 else f"β {s.beta:g}"


class Threshold(Activation):
    """Keeps what is above a threshold and gives a fixed value for the rest."""

    aliases = ("ThresholdedReLU", "cut-off", "activation")
    formula = "y = x where x > threshold, else value"
    source = f"{_DOCS}Threshold.html"
    settings = (
        Float(
            name="threshold",
            default=0.0,
            minimum=-1e9,
            maximum=1e9,
            help="What a number must be above to pass.",
        ),
        Float(
            name="value",
            default=0.0,
            minimum=-1e9,
            maximum=1e9,
            help="What the others become.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"above {s.threshold:g}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.Threshold", s.threshold, s.value)


_LAMBD = Float(
    name="lambd",
    default=0.5,
    minimum=0.0,
    maximum=1e6,
    help="How far from zero a number must be to pass.",
)


class Hardshrink(Activation):
    """Makes numbers near zero zero, and keeps the rest as it is."""

    aliases = ("hard thresholding", "sparse", "activation")
    formula = "y = x where |x| > λ, else 0"
    source = f"{_DOCS}Hardshrink.html"
    settings = (_LAMBD,)

    def telling(self, s: Values) -> str:
        return f"{s.lambd:g}"


class Softshrink(Activation):
    """Moves every number towards zero by a fixed step, and those near it to zero.

    The step of sparse coding that keeps few numbers at work.
    """

    aliases = ("soft thresholding", "shrinkage", "sparse", "activation")
    formula = "y = sign(x) max(0, |x| − λ)"
    source = f"{_DOCS}Softshrink.html"
    settings = (_LAMBD,)

    def telling(self, s: Values) -> str:
        return f"{s.lambd:g}"


class Tanhshrink(Activation):
    """Takes a number's Tanh away from it: flat near zero, straight far away."""

    aliases = ("tanh shrinkage", "activation")
    formula = "y = x − tanh(x)"
    source = f"{_DOCS}Tanhshrink.html"
