"""Layers that slide learned filters over a signal or an image."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Suggestion
from engine.catalog.remedies import (
    divisors,
    nearest,
    remedy,
    setting_to,
    shortest,
    show,
    that_mend,
)
from engine.catalog.settings import Bool, Choice, Int, Setting, Size, Values
from engine.catalog.window import (
    LARGEST,
    UNITS,
    Sizes,
    brief,
    padding_that_keeps,
    per_dim,
    place,
    reach,
    too_large,
)

OUT_CHANNELS = Int(
    name="out_channels",
    default=32,
    minimum=1,
    maximum=65_536,
    help="How many filters it learns; each gives one channel.",
)
GROUPS = Int(
    name="groups",
    default=1,
    minimum=1,
    maximum=65_536,
    advanced=True,
    help="Into how many groups the channels are divided, each with filters of its "
    "own; as many groups as channels make a depthwise convolution.",
)
BIAS = Bool(
    name="bias", default=True, help="Whether each filter adds a learned number."
)
_MODE = Choice(
    name="padding_mode",
    default="zeros",
    options=("zeros", "reflect", "replicate", "circular"),
    advanced=True,
    help="What is added around the edges: zeros, the picture mirrored, its border "
    "repeated, or its other side.",
)


def _settings(dims: int) -> tuple[Setting, ...]:
    return (OUT_CHANNELS, *_window(dims), GROUPS, _MODE)


def _window(dims: int) -> tuple[Setting, ...]:
    unit, largest = UNITS[dims], LARGEST[dims]
    return (
        Size(
            name="kernel_size",
            default=3,
            dims=dims,
            maximum=largest,
            unit=unit,
            help="How far a filter sees.",
        ),
        Size(
            name="stride",
            default=1,
            dims=dims,
            maximum=largest,
            unit=unit,
            help="How far a filter moves at a time; 2 halves the size.",
        ),
        Size(
            name="padding",
            default=0,
            dims=dims,
            minimum=0,
            maximum=largest,
            words=("same", "valid"),
            unit=unit,
            help="How much is added around the edges; same keeps the size.",
        ),
        BIAS,
        Size(
            name="dilation",
            default=1,
            dims=dims,
            maximum=largest,
            unit=unit,
            advanced=True,
            help="How far apart the points are that a filter sees; 1 leaves no gaps.",
        ),
    )


def groups_misfit(layer: Layer, s: Values, x: Specs) -> Misfit | None:
    """The misfit of groups that do not divide the channels evenly."""
    channels = x[0].shape[0]
    if channels % s.groups == 0 and s.out_channels % s.groups == 0:
        return None
    which = f"its {channels} input channels"
    if channels % s.groups == 0:
        which = f"its {s.out_channels} output channels"
    best = nearest(s.groups, divisors(math.gcd(channels, s.out_channels)))
    suggestions = that_mend(layer, s, x, [setting_to("groups", best)])
    return Misfit(
        message=f"has {s.groups} groups, which do not divide {which} evenly",
        expected=f"a number that divides {channels} and {s.out_channels}",
        remedy=f"Set groups to {best}.",
        setting="groups",
        suggestions=suggestions,
    )


class _Convolution(Layer):
    """What the convolutions share; sizes are (C, L), (C, H, W) or (C, D, H, W)."""

    family = "convolution"
    has_weights = True
    dims: ClassVar[int]

    def telling(self, s: Values) -> str:
        words = [f"{s.out_channels}", brief(s.kernel_size, self.dims)]
        if s.stride != 1:
            words.append(f"stride {show(s.stride)}")
        if s.padding != 0:
            words.append(f"pad {show(s.padding)}")
        return ", ".join(words)

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            f"nn.{self.name}",
            x[0].shape[0],
            s.out_channels,
            kernel_size=s.kernel_size,
            **self.changed(s, "stride", "padding", "dilation", "groups", "bias"),
            **self.changed(s, "padding_mode"),
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        stride = per_dim(s.stride, self.dims)
        if s.padding == "same" and set(stride) != {1}:
            return self._strided_same(s, x)
        misfit = self._uneven(s, x) or self._unpaddable(s, x)
        if misfit is not None or s.padding == "same":
            return misfit
        padding = (0,) * self.dims
        if s.padding != "valid":
            padding = per_dim(s.padding, self.dims)
        return too_large(self, s, x, padding, lambda: self._paddings(s, x))

    def padding_that_keeps(self, s: Values) -> Sizes | None:
        return padding_that_keeps(s, self.dims)

    def _uneven(self, s: Values, x: Specs) -> Misfit | None:
        return groups_misfit(self, s, x)

    def _paddings(self, s: Values, x: Specs) -> Iterable[Suggestion]:
        """The paddings that make room for the kernel, the one keeping the size first.

        With stride 1 a padding of d(k - 1) / 2 keeps the size (Dumoulin and Visin 2016,
        "A guide to convolution arithmetic for deep learning", relationship 4).
        """
        spans = reach(s, self.dims)
        if all(span % 2 for span in spans):
            kept = shortest(tuple(span // 2 for span in spans))
            stride = per_dim(s.stride, self.dims)
            why = "which keeps the size" if set(stride) == {1} else ""
            yield setting_to("padding", kept, why)
            return
        sizes = x[0].shape[1:]
        pads = [
            max(0, -(-(span - n) // 2)) for span, n in zip(spans, sizes, strict=True)
        ]
        yield setting_to("padding", shortest(tuple(pads)))

    def _strided_same(self, s: Values, x: Specs) -> Misfit:
        half = shortest(tuple(span // 2 for span in reach(s, self.dims)))
        suggestions = that_mend(
            self, s, x, [setting_to("padding", half), setting_to("stride", 1)]
        )
        return Misfit(
            message=f"has padding same with stride {show(s.stride)}, and a stride "
            "above 1 cannot keep the size",
            expected="stride 1, or padding as a number",
            remedy=remedy(suggestions, "Set stride to 1."),
            setting="padding",
            suggestions=suggestions,
        )

    def _unpaddable(self, s: Values, x: Specs) -> Misfit | None:
        """The misfit of a border that asks for more pixels than there are."""
        if s.padding_mode not in {"reflect", "circular"} or s.padding == "valid":
            return None
        sizes = x[0].shape[1:]
        if s.padding == "same":
            padding: Sizes = tuple(span // 2 for span in reach(s, self.dims))
        else:
            padding = per_dim(s.padding, self.dims)
        spare = 1 if s.padding_mode == "reflect" else 0
        if all(pad + spare <= n for pad, n in zip(padding, sizes, strict=True)):
            return None
        most = tuple(n - spare for n in sizes)
        options = [setting_to("padding_mode", "zeros")]
        suggestions = that_mend(self, s, x, options)
        return Misfit(
            message=f"pads by {show(shortest(padding))} in mode {s.padding_mode}, "
            f"more than {place(sizes)} has to give",
            expected=f"padding of at most {show(shortest(most))}",
            remedy=remedy(suggestions, "Take less padding."),
            setting="padding",
            suggestions=suggestions,
        )


class Conv1d(_Convolution):
    """Slides learned filters along a signal.

    Each filter sees a few steps of every channel at a time and gives one output
    channel. A sequence from a recurrent layer has its features last: put a Permute
    before it so that they become channels.
    """

    aliases = ("convolution", "temporal convolution", "Conv1D", "filter")
    formula = "L' = ⌊(L + 2p − d(k − 1) − 1) / s⌋ + 1"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = _settings(1)
    dims = 1


class Conv2d(_Convolution):
    """Slides learned filters over an image.

    Each filter sees a small square of every channel at a time and gives one output
    channel: the same pattern is found wherever it is.
    """

    aliases = ("convolution", "Conv2D", "filter", "CNN", "grouped convolution")
    formula = "H' = ⌊(H + 2p − d(k − 1) − 1) / s⌋ + 1"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = _settings(2)
    dims = 2


class Conv3d(_Convolution):
    """Slides learned filters through a volume, such as a scan or a short film.

    Each filter sees a small cube of every channel at a time and gives one output
    channel.
    """

    aliases = ("convolution", "Conv3D", "filter", "video", "volumetric")
    formula = "D' = ⌊(D + 2p − d(k − 1) − 1) / s⌋ + 1"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = _settings(3)
    dims = 3


class DepthwiseConv2d(_Convolution):
    """Slides filters of its own over each channel of an image, and mixes no channels.

    A Conv2d with as many groups as channels. With a Conv2d of kernel 1 after it, it
    makes a separable convolution, which needs a fraction of the weights.
    """

    aliases = ("DepthwiseConv2D", "depthwise", "separable", "SeparableConv2D")
    formula = "y[c m + j] = w[c m + j] ∗ x[c], for each j < m"
    source = (
        "Chollet 2017, section 1; "
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"
    )
    inputs = (Port("input", ndim=(3,)),)
    settings = (
        Int(
            name="depth_multiplier",
            default=1,
            minimum=1,
            maximum=1_024,
            help="How many filters m each channel has.",
        ),
        *_window(2),
        _MODE,
    )
    dims = 2

    def telling(self, s: Values) -> str:
        words = _Convolution.telling(self, Values({**s, "out_channels": 0}))
        own = words.removeprefix("0, ")
        return f"× {s.depth_multiplier}, {own}" if s.depth_multiplier > 1 else own

    def constructor(self, s: Values, x: Specs) -> Call:
        channels = x[0].shape[0]
        return Call.of(
            "nn.Conv2d",
            channels,
            channels * s.depth_multiplier,
            kernel_size=s.kernel_size,
            **self.changed(s, "stride", "padding", "dilation"),
            groups=channels,
            **self.changed(s, "bias", "padding_mode"),
        )

    def _uneven(self, s: Values, x: Specs) -> Misfit | None:
        return None  # as many groups as channels always divide them
