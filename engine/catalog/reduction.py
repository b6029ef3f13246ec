"""Layers that draw a dimension together into one number, or sum along it."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Raw, Specs, Variables
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Bool, Dim, Float, Setting, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."
_DIM = Dim(name="dim", default=1, help="The dimension that is drawn together.")
_KEEPDIM = Bool(
    name="keepdim",
    default=False,
    advanced=True,
    help="Whether the dimension stays, with size 1.",
)


class _Reduction(Layer):
    """What the layers share that make one number of a dimension."""

    family = "math"
    settings: ClassVar[tuple[Setting, ...]] = (_DIM, _KEEPDIM)
    method: ClassVar[str]

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        options = {"dim": s.dim, **self._options(s), **self.changed(s, "keepdim")}
        return (f"{v.output} = {Call.of(f'{v.input}.{self.method}', **options)}",)

    def _options(self, s: Values) -> dict[str, object]:
        return {}


class Mean(_Reduction):
    """Averages along one dimension, which disappears.

    Dimension 1 of a sequence is time: every step counts the same.
    """

    aliases = ("average", "reduce", "global average", "pool over time")
    formula = "y = (1 / n) Σᵢ xᵢ"
    source = f"{_DOCS}mean.html"
    method = "mean"


class Sum(_Reduction):
    """Adds up along one dimension, which disappears."""

    aliases = ("total", "reduce", "reduce sum")
    formula = "y = Σᵢ xᵢ"
    source = f"{_DOCS}sum.html"
    method = "sum"


class Max(_Reduction):
    """Keeps the largest number along one dimension, which disappears."""

    aliases = ("largest", "amax", "reduce", "max over time", "GlobalMaxPooling1D")
    formula = "y = maxᵢ xᵢ"
    source = f"{_DOCS}amax.html"
    method = "amax"


class Min(_Reduction):
    """Keeps the smallest number along one dimension, which disappears."""

    aliases = ("smallest", "amin", "reduce", "min over time")
    formula = "y = minᵢ xᵢ"
    source = f"{_DOCS}amin.html"
    method = "amin"


class LogSumExp(_Reduction):
    """A smooth largest number along one dimension, which disappears."""

    aliases = ("soft maximum", "smooth max", "log partition")
    formula = "y = log Σᵢ eˣⁱ"
    source = f"{_DOCS}logsumexp.html"
    method = "logsumexp"


class _Spread(_Reduction):
    """What standard deviation and variance share."""

    settings = (
        _DIM,
        _KEEPDIM,
        Bool(
            name="unbiased",
            default=True,
            advanced=True,
            help="Whether to divide by n - 1, which does not underrate the spread of "
            "few numbers, rather than by n.",
        ),
    )

    def _options(self, s: Values) -> dict[str, object]:
        return {} if s.unbiased else {"correction": 0}

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        sizes = x[0].shape
        if not s.unbiased or sizes[s.dim % (len(sizes) + 1) - 1] > 1:
            return None
        return Misfit(
            message=f"takes the spread along dimension {s.dim}, which holds one number",
            expected="two numbers or more",
            remedy="Set unbiased to off.",
            setting="unbiased",
            suggestions=(setting_to("unbiased", False),),
        )


class Std(_Spread):
    """The standard deviation along one dimension, which disappears."""

    aliases = ("standard deviation", "spread", "reduce")
    formula = "y = √((1 / (n − 1)) Σᵢ (xᵢ − mean)²)"
    source = f"{_DOCS}std.html"
    method = "std"


class Var(_Spread):
    """The variance along one dimension, which disappears."""

    aliases = ("variance", "spread", "reduce")
    formula = "y = (1 / (n − 1)) Σᵢ (xᵢ − mean)²"
    source = f"{_DOCS}var.html"
    method = "var"


class Norm(_Reduction):
    """The length of the vector along one dimension, which disappears."""

    aliases = ("length", "magnitude", "L2 norm", "vector_norm")
    formula = "y = (Σᵢ |xᵢ|ᵖ)^(1/p)"
    source = f"{_DOCS}linalg.vector_norm.html"
    settings = (
        _DIM,
        _KEEPDIM,
        Float(
            name="p",
            default=2.0,
            minimum=1.0,
            maximum=1e3,
            help="How length is measured: 2 is the usual one, 1 sums absolute values.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"L{s.p:g}, dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        options = {**self._order(s), "dim": s.dim, **self.changed(s, "keepdim")}
        call = Call.of("torch.linalg.vector_norm", Raw(v.input), **options)
        return (f"{v.output} = {call}",)

    def _order(self, s: Values) -> dict[str, object]:
        return {} if s.p == 2.0 else {"ord": s.p}


class CumSum(Layer):
    """Adds up along one dimension and keeps every sum on the way."""

    family = "math"
    aliases = ("cumulative sum", "running total", "integral")
    formula = "yₜ = Σ over i ≤ t of xᵢ"
    source = f"{_DOCS}cumsum.html"
    settings = (Dim(name="dim", default=1, help="The dimension along which it adds."),)

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.cumsum(dim={s.dim})",)
