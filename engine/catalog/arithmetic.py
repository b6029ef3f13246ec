"""Functions of arithmetic, applied to every number."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Specs, Variables
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."
_EPS = Float(
    name="eps",
    default=1e-6,
    above=0.0,
    maximum=1.0,
    advanced=True,
    help="What smaller numbers count as, so that the result stays a number.",
)


class _Function(Layer):
    """What the functions of one number share."""

    family = "math"
    function: ClassVar[str]

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = torch.{self.function}({v.input})",)


class Abs(_Function):
    """Takes the sign away."""

    aliases = ("absolute value", "magnitude", "modulus")
    formula = "y = |x|"
    source = f"{_DOCS}abs.html"
    function = "abs"


class Exp(_Function):
    """Raises e to each number: any number becomes positive."""

    aliases = ("exponential", "e to the x")
    formula = "y = eˣ"
    source = f"{_DOCS}exp.html"
    function = "exp"


class Sin(_Function):
    """The sine of each number: an activation for networks that draw fine detail."""

    aliases = ("sine", "SIREN", "wave")
    formula = "y = sin(x)"
    source = "Sitzmann et al. 2020, equation 5; " + f"{_DOCS}sin.html"
    function = "sin"


class Cos(_Function):
    """The cosine of each number."""

    aliases = ("cosine of a number", "wave")
    formula = "y = cos(x)"
    source = f"{_DOCS}cos.html"
    function = "cos"


class _Positive(_Function):
    """What the functions share that ask for positive numbers."""

    settings = (_EPS,)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = torch.{self.function}({v.input}.clamp(min={s.eps}))",)


class Log(_Positive):
    """The natural logarithm; numbers below eps count as eps."""

    aliases = ("logarithm", "ln", "decibel")
    formula = "y = log(max(x, ε))"
    source = f"{_DOCS}log.html"
    function = "log"


class Sqrt(_Positive):
    """The square root; numbers below eps count as eps."""

    aliases = ("square root", "root")
    formula = "y = √max(x, ε)"
    source = f"{_DOCS}sqrt.html"
    function = "sqrt"


class Power(Layer):
    """Raises each number to a power, such as its square.

    Where the exponent is a fraction, numbers below 0.000001 count as that, for a
    negative one has no real root.
    """

    family = "math"
    aliases = ("pow", "square", "exponent")
    formula = "y = xᵏ"
    source = f"{_DOCS}pow.html"
    settings = (
        Float(
            name="exponent",
            default=2.0,
            above=0.0,
            maximum=16.0,
            help="The power k; 2 squares, 0.5 takes the root.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.exponent:g}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        if s.exponent == int(s.exponent):
            return (f"{v.output} = {v.input}.pow({int(s.exponent)})",)
        return (f"{v.output} = torch.pow({v.input}.clamp(min=1e-06), {s.exponent})",)


class Clamp(Layer):
    """Keeps numbers within bounds: what lies beyond becomes the bound."""

    family = "math"
    aliases = ("clip", "limit", "bound")
    formula = "y = min(max(x, min), max)"
    source = f"{_DOCS}clamp.html"
    settings = (
        Float(
            name="min",
            default=0.0,
            optional=True,
            minimum=-1e9,
            maximum=1e9,
            empty="none",
            help="The lower bound; empty for none.",
        ),
        Float(
            name="max",
            default=1.0,
            optional=True,
            minimum=-1e9,
            maximum=1e9,
            empty="none",
            help="The upper bound; empty for none.",
        ),
    )

    def telling(self, s: Values) -> str:
        low = "−∞" if s.min is None else f"{s.min:g}"
        return f"{low} to {'∞' if s.max is None else f'{s.max:g}'}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        bounds = {name: s[name] for name in ("min", "max") if s[name] is not None}
        return (f"{v.output} = {Call.of(f'{v.input}.clamp', **bounds)}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if s.min is None and s.max is None:
            return Misfit(
                message="has neither a lower nor an upper bound",
                expected="a min, a max, or both",
                remedy="Set min to 0.",
                setting="min",
                suggestions=(setting_to("min", 0.0),),
            )
        if s.min is None or s.max is None or s.min < s.max:
            return None
        return Misfit(
            message=f"keeps numbers between {s.min:g} and {s.max:g}, which leaves "
            "nothing but one number",
            expected=f"a max above {s.min:g}",
            remedy=f"Set max to {s.min + 1:g}.",
            setting="max",
            suggestions=(setting_to("max", s.min + 1),),
        )


class Scale(Layer):
    """Multiplies by a fixed number and adds another one.

    Residual sums are calmed by it, and pixels brought from 0 to 255 into 0 to 1.
    """

    family = "math"
    aliases = ("Rescaling", "multiply by a constant", "add a constant", "factor")
    formula = "y = factor x + offset"
    source = "Szegedy et al. 2017, section 3.3, for scaled residuals"
    settings = (
        Float(
            name="factor",
            default=0.5,
            minimum=-1e9,
            maximum=1e9,
            help="What it is multiplied by.",
        ),
        Float(
            name="offset",
            default=0.0,
            minimum=-1e9,
            maximum=1e9,
            help="What is added afterwards.",
        ),
    )

    def telling(self, s: Values) -> str:
        sign = "+" if s.offset >= 0 else "−"
        return f"× {s.factor:g}{f' {sign} {abs(s.offset):g}' * bool(s.offset)}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        text = f"{v.input} * {s.factor}"
        if s.factor == 1.0 and s.offset:
            text = v.input
        if s.offset:
            text += f" {'+' if s.offset > 0 else '-'} {abs(s.offset)}"
        return (f"{v.output} = {text}",)
