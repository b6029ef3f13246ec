"""Functions that keep numbers within bounds, gate them, or make them shares."""

from __future__ import annotations

from engine.catalog.activation import Activation
from engine.catalog.layer import Call, Layer, Misfit, Specs
from engine.catalog.remedies import remedy, setting_to
from engine.catalog.settings import Dim, Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


class Softsign(Activation):
    """Squeezes numbers into the range from −1 to 1, more gently than Tanh."""

    aliases = ("squash", "activation")
    formula = "y = x / (1 + |x|)"
    source = f"{_DOCS}Softsign.html"


class Hardtanh(Activation):
    """Keeps numbers between two bounds by cutting off what lies beyond them."""

    aliases = ("clip", "hard tanh", "squash", "activation")
    formula = "y = min(max(x, min_val), max_val)"
    source = f"{_DOCS}Hardtanh.html"
    settings = (
        Float(
            name="min_val",
            default=-1.0,
            minimum=-1e9,
            maximum=1e9,
            help="What smaller numbers become.",
        ),
        Float(
            name="max_val",
            default=1.0,
            minimum=-1e9,
            maximum=1e9,
            help="What larger numbers become.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.min_val:g} to {s.max_val:g}"

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if s.min_val < s.max_val:
            return None
        better = s.min_val + 1.0
        return Misfit(
            message=f"cuts off below {s.min_val:g} and above {s.max_val:g}, which "
            "leaves no range",
            expected=f"a max_val above {s.min_val:g}",
            remedy=f"Set max_val to {better:g}.",
            setting="max_val",
            suggestions=(setting_to("max_val", better),),
        )


class Hardsigmoid(Activation):
    """Sigmoid made of three straight pieces: cheap on a phone."""

    aliases = ("hard_sigmoid", "hard sigmoid", "squash", "gate", "activation")
    formula = "y = min(max(x / 6 + 1 / 2, 0), 1)"
    source = "Howard et al. 2019, section 5.2; " + f"{_DOCS}Hardsigmoid.html"


class Hardswish(Activation):
    """SiLU made of straight pieces: cheap on a phone; MobileNetV3 uses it."""

    aliases = ("hard_silu", "hard swish", "activation")
    formula = "y = x min(max(x / 6 + 1 / 2, 0), 1)"
    source = "Howard et al. 2019, section 5.2; " + f"{_DOCS}Hardswish.html"


class Mish(Activation):
    """A smooth relative of SiLU that dips a little below zero before it rises."""

    aliases = ("self-regularized activation", "activation")
    formula = "y = x tanh(log(1 + eˣ))"
    source = "Misra 2019, equation 1; " + f"{_DOCS}Mish.html"


class LogSigmoid(Activation):
    """The logarithm of a Sigmoid, without rounding small probabilities to zero."""

    aliases = ("log_sigmoid", "log probability", "activation")
    formula = "y = −log(1 + e⁻ˣ)"
    source = f"{_DOCS}LogSigmoid.html"


class _Shares(Layer):
    """What the functions share whose numbers belong together along a dimension."""

    family = "activation"
    settings = (
        Dim(
            name="dim",
            default=-1,
            help="The dimension whose numbers belong together; -1 is the last.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(f"nn.{self.name}", dim=s.dim)


class LogSoftmax(_Shares):
    """The logarithms of Softmax's shares, without rounding small ones to zero.

    For losses that ask for log-probabilities; CrossEntropyLoss contains it.
    """

    aliases = ("log_softmax", "log probabilities", "activation")
    formula = "yᵢ = xᵢ − log Σⱼ eˣʲ"
    source = f"{_DOCS}LogSoftmax.html"


class Softmin(_Shares):
    """Shares that add up to 1, the largest one for the smallest number.

    Turns distances into weights: what is nearest counts most.
    """

    aliases = ("softmax of distances", "activation")
    formula = "yᵢ = e⁻ˣⁱ / Σⱼ e⁻ˣʲ"
    source = f"{_DOCS}Softmin.html"


class GLU(_Shares):
    """Halves a dimension: one half passes as far as the other half's Sigmoid lets it.

    The layer before gives twice the features that are wanted.
    """

    aliases = ("gated linear unit", "gate", "activation")
    formula = "y = a ⊙ σ(b), a and b the halves of x"
    source = "Dauphin et al. 2017, equation 1; " + f"{_DOCS}GLU.html"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.GLU", **self.changed(s, "dim"))

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        sizes = x[0].shape
        size = sizes[s.dim % (len(sizes) + 1) - 1]
        if size % 2 == 0:
            return None
        even = next((dim for dim, each in enumerate(sizes, 1) if each % 2 == 0), None)
        suggestions = () if even is None else (setting_to("dim", even),)
        return Misfit(
            message=f"halves dimension {s.dim}, whose size {size} is odd",
            expected="an even size",
            remedy=remedy(suggestions, "Give the layer before it an even size there."),
            setting="dim",
            suggestions=suggestions,
        )
