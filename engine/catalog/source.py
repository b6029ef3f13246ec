"""Tensors that no data set gives: learned ones, fixed ones, positions.

Each follows another node, `like`, only to know how many samples the batch has.
"""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs, Variables
from engine.catalog.remedies import setting_to, show
from engine.catalog.settings import Choice, Float, Int, Shape, Values

_LIKE = Port(
    "like",
    dtype="any",
    help="Any value of the same batch; only its size is looked at.",
)


class Parameter(Layer):
    """A learned tensor that is the same for every sample.

    A class token of a vision transformer, a table of positions, a learned scale. Join
    it with Add, Multiply or Concatenate.
    """

    family = "ends"
    has_weights = True
    aliases = ("learned tensor", "weight", "class token", "position table", "query")
    formula = "y = W, for each sample"
    source = (
        "https://docs.pytorch.org/docs/stable/generated/"
        "torch.nn.parameter.Parameter.html"
    )
    inputs = (_LIKE,)
    settings = (
        Shape(
            name="shape",
            default=(1, 64),
            help="Sizes for one sample, the batch left out.",
        ),
        Choice(
            name="init",
            default="zeros",
            options=("zeros", "ones", "normal"),
            help="What it is before training: zeros, ones, or drawn from a normal "
            "distribution.",
        ),
        Float(
            name="std",
            default=0.02,
            above=0.0,
            maximum=1e3,
            advanced=True,
            help="The standard deviation where it is drawn.",
        ),
    )

    def telling(self, s: Values) -> str:
        return show(s.shape)

    def constructor(self, s: Values, x: Specs) -> Call:
        sizes = (1, *s.shape)
        if s.init == "normal":
            made = f"{Call('torch.empty', sizes)}.normal_(std={s.std})"
        else:
            made = str(Call(f"torch.{s.init}", sizes))
        return Call.of("nn.Parameter", Raw(made))

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        sizes = ", ".join([f"{v.input}.shape[0]", *["-1"] * len(s.shape)])
        return (f"{v.output} = {v.module}.expand({sizes})",)


class Constant(Layer):
    """A tensor filled with one number, the same for every sample.

    As whole numbers it feeds an Embedding where every place is of the same kind.
    """

    family = "ends"
    aliases = ("fixed tensor", "zeros", "ones", "fill", "token type")
    formula = "y = value"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.full.html"
    inputs = (_LIKE,)
    settings = (
        Shape(
            name="shape",
            default=None,
            optional=True,
            least=1,
            empty="as like",
            help="Sizes for one sample; empty takes those of like.",
        ),
        Float(
            name="value",
            default=0.0,
            minimum=-1e9,
            maximum=1e9,
            help="The number it is filled with.",
        ),
        Choice(
            name="dtype",
            default="float32",
            options=("float32", "int64"),
            help="float32 for real numbers, int64 for tokens.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.value:g}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        value = int(s.value) if s.dtype == "int64" else s.value
        dtype = f"dtype=torch.{s.dtype}"
        if s.shape is None:
            return (f"{v.output} = torch.full_like({v.input}, {value}, {dtype})",)
        sizes = f"({', '.join([f'{v.input}.shape[0]', *map(str, s.shape)])})"
        device = f"device={v.input}.device"
        return (f"{v.output} = torch.full({sizes}, {value}, {dtype}, {device})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if s.dtype == "float32" or s.value == int(s.value):
            return None
        nearest = float(round(s.value))
        return Misfit(
            message=f"holds whole numbers, and its value is {s.value:g}",
            expected="a whole number",
            remedy=f"Set value to {nearest:g}.",
            setting="value",
            suggestions=(setting_to("value", nearest),),
        )


class RandomNormal(Layer):
    """Numbers drawn anew from a standard normal distribution, for every sample.

    What a generator makes its samples of: the noise of an adversarial network.
    """

    family = "ends"
    aliases = ("noise", "latent", "random vector", "randn", "generator input", "GAN")
    formula = "y ~ N(0, 1)"
    source = "Goodfellow et al. 2014, section 3"
    inputs = (_LIKE,)
    settings = (
        Shape(
            name="shape",
            default=(64,),
            help="Sizes for one sample, the batch left out.",
        ),
    )

    def telling(self, s: Values) -> str:
        return show(s.shape)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        sizes = ", ".join([f"{v.input}.shape[0]", *map(str, s.shape)])
        return (f"{v.output} = torch.randn({sizes}, device={v.input}.device)",)


class Positions(Layer):
    """The places of a sequence, counted from 0, for an Embedding of positions.

    A sequence of any length up to the table's gets the beginning of the table, as BERT
    and GPT-2 have it.
    """

    family = "ends"
    aliases = ("arange", "position ids", "position embedding", "counter")
    formula = "yₜ = t + start"
    source = "Devlin et al. 2019, section 3; Radford et al. 2019, section 2.3"
    inputs = (
        Port(
            "like",
            ndim=(1, 2, 3, 4),
            dtype="any",
            help="The sequence whose places are counted: N × time, or N × time × ...",
        ),
    )
    settings = (
        Int(
            name="start",
            default=0,
            minimum=0,
            maximum=1_000_000,
            advanced=True,
            help="The number of the first place.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"from {s.start}" if s.start else ""

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        like = v.input
        ends = f"{like}.shape[1]"
        if s.start:
            ends = f"{s.start}, {s.start} + {ends}"
        places = f"torch.arange({ends}, device={like}.device)"
        return (f"{v.output} = torch.broadcast_to({places}, {like}.shape[:2])",)
