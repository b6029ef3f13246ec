"""From a call of one of PyTorch's functions to the layers of the catalog that do it.

What a network wrote as `F.relu(x)`, `x.mean(-1)` or `a + b` becomes nodes. A function
that the catalog has no layer for becomes a Python layer that calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from engine.importing.declared import Unlike
from engine.importing.pieces import (
    NoLayer,
    Piece,
    Pieces,
    arg,
    chain,
    checked_settings,
    dim_of,
    one,
    value_of,
)
from engine.importing.python_calls import in_python
from engine.importing.recording import Step, Value
from engine.importing.reshaping import SHAPING

_MISSING = object()


def pieces_of(step: Step) -> Pieces:
    """The nodes that a function's call becomes; raises Unlike."""
    draw = _TABLE.get(step.name)
    if draw is not None:
        try:
            found = draw(step)
        except NoLayer:
            found = None
        if found is not None:
            return _checked(found)
    return _checked(in_python(step))


def _checked(found: Pieces) -> Pieces:
    return Pieces(
        tuple(
            Piece(each.layer, checked_settings(each.layer, each.settings), each.inputs)
            for each in found.all
        ),
        found.ends,
    )


def _alike(layer: str, *settings: tuple[int, str, str]) -> Callable[[Step], Pieces]:
    """A function of one tensor whose arguments are settings: place, name, setting."""

    def draw(step: Step) -> Pieces:
        given = {}
        for place, name, setting in settings:
            value = arg(step, place, name, _MISSING)
            if value is not _MISSING and value not in ((), None):
                given[setting] = value
        return one(layer, value_of(step), **given)

    return draw


def _along(layer: str) -> Callable[[Step], Pieces]:
    """A function of one tensor along one dimension."""

    def draw(step: Step) -> Pieces:
        return one(layer, value_of(step), dim=dim_of(step, arg(step, 1, "dim")))

    return draw


def _pool(layer: str, *more: str) -> Callable[[Step], Pieces]:
    places = ("kernel_size", "stride", "padding", *more)
    return _alike(layer, *((n, name, name) for n, name in enumerate(places, 1)))


def _reduced(layer: str) -> Callable[[Step], Pieces]:
    """A reduction along one dimension or several, the last first."""

    def draw(step: Step) -> Pieces:
        value = value_of(step)
        dims = arg(step, 1, "dim")
        keepdim = bool(arg(step, 2, "keepdim", False))
        if dims is None or isinstance(dims, Value):
            raise NoLayer
        dims = dims if isinstance(dims, tuple | list) else (dims,)
        if layer not in {"Mean", "Sum", "Max", "Min"} and len(dims) > 1:
            raise NoLayer
        ndim = len(value.shape)
        places = sorted((dim_of(step, dim) % ndim for dim in dims), reverse=True)
        drawn = chain(value, *((layer, {"dim": d, "keepdim": keepdim}) for d in places))
        # `max` along a dimension gives the places too, which are no value of a network.
        return Pieces(drawn.all, drawn.ends * len(step.outputs))

    return draw


def _dropped(layer: str) -> Callable[[Step], Pieces]:
    return lambda step: one(layer, value_of(step), p=float(arg(step, 1, "p", 0.5)))


def _binary(step: Step) -> Pieces:
    """A sum, difference, product or quotient, of two tensors or with a number."""
    name = step.name.strip("_").removeprefix("i") if step.name[0] == "_" else step.name
    name = {"subtract": "sub", "multiply": "mul", "truediv": "div"}.get(name, name)
    name = {"divide": "div", "true_divide": "div", "rtruediv": "rdiv"}.get(name, name)
    first, second = arg(step, 0, "input"), arg(step, 1, "other")
    if step.kwargs.get("alpha", 1) != 1 or step.kwargs.get("rounding_mode"):
        raise NoLayer
    if name.startswith("r") and name[1:] in {"add", "sub", "mul", "div"}:
        first, second, name = second, first, name[1:]
    first, second = number(first), number(second)
    layer = {"add": "Add", "sub": "Subtract", "mul": "Multiply", "div": "Divide"}[name]
    if not isinstance(first, float) and not isinstance(second, float):
        if layer == "Add" and isinstance(second, Tensor) and is_sinusoidal(second):
            return one("PositionalEncoding", first)
        return one(layer, first, second)
    if isinstance(first, float):  # a number before a tensor
        if name == "div" or isinstance(second, float):
            raise NoLayer
        factor, offset = {
            "add": (1.0, first),
            "sub": (-1.0, first),
            "mul": (first, 0.0),
        }[name]
        return one("Scale", second, factor=factor, offset=offset)
    factor, offset = {
        "add": (1.0, second),
        "sub": (1.0, -second),
        "mul": (second, 0.0),
        "div": (1 / second if second else 0.0, 0.0),
    }[name]
    if not second and name == "div":
        raise NoLayer
    return one("Scale", first, factor=factor, offset=offset)


def number(operand: Any) -> Any:
    """A number as a float, one that stands in a tensor too; else as it is."""
    if isinstance(operand, Tensor) and not operand.requires_grad:
        return float(operand) if operand.numel() == 1 else operand
    return float(operand) if isinstance(operand, int | float) else operand


def _power(step: Step) -> Pieces:
    exponent = number(arg(step, 1, "exponent"))
    # Other powers are rooted from 0.000001 on: not the same numbers below it.
    if not isinstance(exponent, float) or exponent != int(exponent) or exponent < 1:
        raise NoLayer
    return one("Power", value_of(step), exponent=exponent)


def _product(step: Step) -> Pieces:
    first, second = step.args[0], arg(step, 1, "other", step.kwargs.get("mat2"))
    if not isinstance(first, Value) or not isinstance(second, Value):
        raise NoLayer
    return one("MatMul", first, second)


def _resized(step: Step) -> Pieces:
    size, scale = arg(step, 1, "size"), arg(step, 2, "scale_factor")
    settings: dict[str, Any] = {"mode": arg(step, 3, "mode", "nearest")}
    if arg(step, 4, "align_corners"):
        settings["align_corners"] = True
    if size is not None:
        settings["size"] = tuple(size) if isinstance(size, tuple | list) else size
    elif isinstance(scale, tuple | list):
        if len(set(scale)) > 1:
            raise NoLayer
        settings["scale_factor"] = float(scale[0])
    else:
        settings["scale_factor"] = float(scale)
    return one("Upsample", value_of(step), **settings)


def _padded(step: Step) -> Pieces:
    mode, value = arg(step, 2, "mode", "constant"), arg(step, 3, "value")
    padding = tuple(arg(step, 1, "pad"))
    return one(
        "Pad", value_of(step), padding=padding, mode=mode, value=float(value or 0.0)
    )


def _attended(step: Step) -> Pieces:
    query, key = arg(step, 0, "query"), arg(step, 1, "key")
    value, mask = arg(step, 2, "value"), arg(step, 3, "attn_mask")
    causal = bool(arg(step, 5, "is_causal", False))
    if isinstance(mask, Tensor) and is_causal_mask(mask):
        mask, causal = None, True
    if mask is not None or not all(isinstance(e, Value) for e in (query, key, value)):
        raise Unlike("attends with a mask of its own")
    settings: dict[str, Any] = {"causal": causal}
    if (dropout := float(arg(step, 4, "dropout_p", 0.0))) > 0:
        settings["dropout"] = dropout
    if (scale := step.kwargs.get("scale")) is not None:
        settings["scale"] = float(scale)
    return one("ScaledDotProductAttention", query, key, value, **settings)


def is_sinusoidal(table: Tensor) -> bool:
    """Whether a table holds the positions of Vaswani et al. 2017, section 3.5."""
    if table.requires_grad or table.ndim < 2 or table.shape[-1] % 2:
        return False
    rows = table.reshape(-1, *table.shape[-2:])[0]
    steps, size = rows.shape
    angles = torch.arange(steps)[:, None] / 10_000 ** (torch.arange(0, size, 2) / size)
    wanted = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)
    return bool(torch.allclose(rows, wanted, atol=1e-5))


def is_causal_mask(mask: Tensor) -> bool:
    """Whether a mask keeps each step from those after it, and from nothing else."""
    if mask.ndim < 2 or mask.shape[-1] != mask.shape[-2] or mask.numel() > 1 << 24:
        return False
    square = mask.reshape(-1, *mask.shape[-2:])[0].detach()
    later = torch.ones_like(square, dtype=torch.bool).triu(1)
    if square.dtype == torch.bool:
        return bool((square == later).all()) or bool((square == ~later).all())
    hidden = square < -1e4
    return bool((hidden == later).all()) and not bool(square[~later].any())


def _compared(step: Step) -> Pieces:
    first, second = arg(step, 0, "x1"), arg(step, 1, "x2")
    if not isinstance(first, Value) or not isinstance(second, Value):
        raise NoLayer
    dim = dim_of(step, arg(step, 2, "dim", 1), first)
    eps = float(arg(step, 3, "eps", 1e-8))
    return one("CosineSimilarity", first, second, dim=dim, eps=eps)


def _clamped(step: Step) -> Pieces:
    least, most = number(arg(step, 1, "min")), number(arg(step, 2, "max"))
    if not all(isinstance(each, float | None) for each in (least, most)):
        raise NoLayer
    return one("Clamp", value_of(step), min=least, max=most)


def _turned(layer: str, setting: str, name: str) -> Callable[[Step], Pieces]:
    """`flip` and `roll`, along one dimension."""

    def draw(step: Step) -> Pieces:
        given = {} if layer == "Flip" else {setting: _single(arg(step, 1, name))}
        dims = arg(step, 1 if layer == "Flip" else 2, "dims")
        dim = dim_of(step, _single(dims))
        return one(layer, value_of(step), dim=dim, **given)

    return draw


def _single(given: Any) -> Any:
    """The one that a tuple holds, or what is no tuple."""
    if isinstance(given, tuple | list) and len(given) == 1:
        return given[0]
    return given


def _spread(layer: str) -> Callable[[Step], Pieces]:
    """`std` and `var` along one dimension."""

    def draw(step: Step) -> Pieces:
        dim = dim_of(step, _single(arg(step, 1, "dim")))
        correction = step.kwargs.get("correction", 1)
        unbiased = bool(step.kwargs.get("unbiased", correction))
        if correction not in {0, 1} or len(step.args) > 2:
            raise NoLayer
        keepdim = bool(step.kwargs.get("keepdim", False))
        return one(layer, value_of(step), dim=dim, unbiased=unbiased, keepdim=keepdim)

    return draw


def _einsum(step: Step) -> Pieces:
    equation, *operands = step.args
    if len(operands) == 1 and isinstance(operands[0], tuple | list):
        operands = list(operands[0])
    if not all(isinstance(each, Value) for each in operands):
        raise NoLayer
    return one("Einsum", *operands, equation=str(equation).replace(" ", ""))


_ARITHMETIC = """add sub mul div subtract multiply divide true_divide __add__ __radd__
__sub__ __rsub__ __mul__ __rmul__ __truediv__ __iadd__ __isub__ __imul__ __itruediv__
rsub""".split()

_TABLE: dict[str, Callable[[Step], Pieces]] = {
    "relu": _alike("ReLU"),
    "relu6": _alike("ReLU6"),
    "leaky_relu": _alike("LeakyReLU", (1, "negative_slope", "negative_slope")),
    "elu": _alike("ELU", (1, "alpha", "alpha")),
    "celu": _alike("CELU", (1, "alpha", "alpha")),
    "selu": _alike("SELU"),
    "gelu": _alike("GELU", (1, "approximate", "approximate")),
    "silu": _alike("SiLU"),
    "mish": _alike("Mish"),
    "sigmoid": _alike("Sigmoid"),
    "logsigmoid": _alike("LogSigmoid"),
    "hardsigmoid": _alike("Hardsigmoid"),
    "hardswish": _alike("Hardswish"),
    "hardtanh": _alike(
        "Hardtanh", (1, "min_val", "min_val"), (2, "max_val", "max_val")
    ),
    "softplus": _alike("Softplus", (1, "beta", "beta"), (2, "threshold", "threshold")),
    "softsign": _alike("Softsign"),
    "tanh": _alike("Tanh"),
    "tanhshrink": _alike("Tanhshrink"),
    "softshrink": _alike("Softshrink", (1, "lambd", "lambd")),
    "hardshrink": _alike("Hardshrink", (1, "lambd", "lambd")),
    "abs": _alike("Abs"),
    "exp": _alike("Exp"),
    "sin": _alike("Sin"),
    "cos": _alike("Cos"),
    "softmax": _along("Softmax"),
    "log_softmax": _along("LogSoftmax"),
    "softmin": _along("Softmin"),
    "glu": lambda step: one(
        "GLU", value_of(step), dim=dim_of(step, arg(step, 1, "dim", -1))
    ),
    "cumsum": _along("CumSum"),
    "mean": _reduced("Mean"),
    "sum": _reduced("Sum"),
    "amax": _reduced("Max"),
    "amin": _reduced("Min"),
    "max": _reduced("Max"),
    "min": _reduced("Min"),
    "logsumexp": _reduced("LogSumExp"),
    "dropout": _dropped("Dropout"),
    "dropout1d": _dropped("Dropout1d"),
    "dropout2d": _dropped("Dropout2d"),
    "dropout3d": _dropped("Dropout3d"),
    "alpha_dropout": _dropped("AlphaDropout"),
    "feature_alpha_dropout": _dropped("FeatureAlphaDropout"),
    "max_pool1d": _pool("MaxPool1d", "dilation", "ceil_mode"),
    "max_pool2d": _pool("MaxPool2d", "dilation", "ceil_mode"),
    "max_pool3d": _pool("MaxPool3d", "dilation", "ceil_mode"),
    "avg_pool1d": _pool("AvgPool1d", "ceil_mode", "count_include_pad"),
    "avg_pool2d": _pool("AvgPool2d", "ceil_mode", "count_include_pad"),
    "avg_pool3d": _pool("AvgPool3d", "ceil_mode", "count_include_pad"),
    **{
        f"adaptive_{kind}_pool{n}d": _alike(
            f"Adaptive{kind.capitalize()}Pool{n}d", (1, "output_size", "output_size")
        )
        for kind in ("avg", "max")
        for n in (1, 2, 3)
    },
    "pixel_shuffle": _alike("PixelShuffle", (1, "upscale_factor", "upscale_factor")),
    "pixel_unshuffle": _alike(
        "PixelUnshuffle", (1, "downscale_factor", "downscale_factor")
    ),
    "normalize": _alike(
        "Normalize", (1, "p", "p"), (2, "dim", "dim"), (3, "eps", "eps")
    ),
    "cosine_similarity": _compared,
    **dict.fromkeys(["clamp", "clip"], _clamped),
    "flip": _turned("Flip", "", "dims"),
    "roll": _turned("Roll", "shifts", "shifts"),
    "std": _spread("Std"),
    "var": _spread("Var"),
    "interpolate": _resized,
    "pad": _padded,
    "scaled_dot_product_attention": _attended,
    "einsum": _einsum,
    **dict.fromkeys(_ARITHMETIC, _binary),
    **dict.fromkeys(["pow", "__pow__", "square"], _power),
    "neg": lambda step: one("Scale", value_of(step), factor=-1.0),
    "__neg__": lambda step: one("Scale", value_of(step), factor=-1.0),
    "maximum": lambda step: one("Maximum", step.args[0], step.args[1]),
    "minimum": lambda step: one("Minimum", step.args[0], step.args[1]),
    **dict.fromkeys(["matmul", "bmm", "__matmul__"], _product),
    **SHAPING,
}
