"""Layers that make a signal or an image smaller, without weights."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import remedy, setting_to, shortest, show, that_mend
from engine.catalog.settings import Bool, Int, Setting, Size, Values
from engine.catalog.window import (
    LARGEST,
    UNITS,
    Sizes,
    overhang,
    padding_that_keeps,
    per_dim,
    place,
    reach,
    too_large,
)

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_CEIL_MODE = Bool(
    name="ceil_mode",
    default=False,
    advanced=True,
    help="Whether a window that hangs over the edge counts too.",
)


def _settings(dims: int, *more: Setting) -> tuple[Setting, ...]:
    unit, largest = UNITS[dims], LARGEST[dims]
    return (
        Size(
            name="kernel_size",
            default=2,
            dims=dims,
            maximum=largest,
            unit=unit,
            help="How much is drawn together into one number.",
        ),
        Size(
            name="stride",
            default=None,
            optional=True,
            dims=dims,
            maximum=largest,
            unit=unit,
            empty="as the kernel",
            help="How far the window moves at a time; empty moves it by its own size.",
        ),
        Size(
            name="padding",
            default=0,
            dims=dims,
            minimum=0,
            maximum=largest,
            unit=unit,
            help="How much is added around the edges; half the kernel at most.",
        ),
        *more,
        _CEIL_MODE,
    )


def _dilation(dims: int) -> Size:
    return Size(
        name="dilation",
        default=1,
        dims=dims,
        maximum=LARGEST[dims],
        unit=UNITS[dims],
        advanced=True,
        help="How far apart the points of a window are; 1 leaves no gaps.",
    )


_COUNT_PAD = Bool(
    name="count_include_pad",
    default=True,
    advanced=True,
    help="Whether the zeros of the padding count in the average.",
)


class _Pool(Layer):
    """What the pooling layers with a kernel share."""

    family = "pooling"
    dims: ClassVar[int]

    def telling(self, s: Values) -> str:
        words = [show(s.kernel_size)]
        if s.stride is not None and s.stride != s.kernel_size:
            words.append(f"stride {show(s.stride)}")
        if s.padding != 0:
            words.append(f"pad {show(s.padding)}")
        return ", ".join(words)

    def constructor(self, s: Values, x: Specs) -> Call:
        rest = [one.name for one in self.settings if one.name != "kernel_size"]
        return Call.of(f"nn.{self.name}", s.kernel_size, **self.changed(s, *rest))

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return self._padded_too_far(s, x) or too_large(
            self, s, x, per_dim(s.padding, self.dims)
        )

    def padding_that_keeps(self, s: Values) -> Sizes | None:
        return padding_that_keeps(s, self.dims)

    def _padded_too_far(self, s: Values, x: Specs) -> Misfit | None:
        """The misfit of windows that could lie in the padding alone."""
        kernel = per_dim(s.kernel_size, self.dims)
        padding = per_dim(s.padding, self.dims)
        half = tuple(size // 2 for size in kernel)
        if all(pad <= most for pad, most in zip(padding, half, strict=True)):
            return None
        least = tuple(min(pair) for pair in zip(padding, half, strict=True))
        options = [setting_to("padding", shortest(least))]
        suggestions = that_mend(self, s, x, options)
        shown = show(kernel) + " kernel" if self.dims > 1 else f"kernel of {kernel[0]}"
        return Misfit(
            message=f"pads by {show(s.padding)}, more than half of its {shown}",
            expected=f"padding of at most {show(half)}",
            remedy=remedy(suggestions, "Take less padding."),
            setting="padding",
            suggestions=suggestions,
        )


class _MaxPool(_Pool):
    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return _Pool.misfit(self, s, x) or self._sees_padding_only(s, x)

    def _sees_padding_only(self, s: Values, x: Specs) -> Misfit | None:
        """The misfit of a window whose gaps step over the whole input.

        The largest of nothing is minus infinity, which spreads through the network.
        """
        sizes = x[0].shape[1:]
        steps = per_dim(s.kernel_size if s.stride is None else s.stride, self.dims)
        padding = per_dim(s.padding, self.dims)
        dilation = per_dim(s.dilation, self.dims)
        last = tuple(
            size + 2 * pad + more - span
            for size, pad, more, span in zip(
                sizes,
                padding,
                overhang(s, self.dims),
                reach(s, self.dims),
                strict=True,
            )
        )
        if not any(
            (start - pad) % gap >= size
            for size, step, pad, gap, end in zip(
                sizes, steps, padding, dilation, last, strict=True
            )
            for start in range(0, min(pad, end + 1), step)
        ):
            return None
        suggestions = that_mend(self, s, x, [setting_to("dilation", 1)])
        return Misfit(
            message=f"has dilation {show(s.dilation)}, whose gaps step over all of "
            f"{place(sizes)}",
            expected=f"dilation of at most {show(sizes)}",
            remedy=remedy(suggestions, "Set padding to 0."),
            setting="dilation",
            suggestions=suggestions,
        )


class MaxPool1d(_MaxPool):
    """Keeps the largest number of each window along a signal.

    Where a pattern was found matters less, that it was found stays.
    """

    aliases = ("max pooling", "MaxPooling1D", "downsampling", "subsampling")
    formula = "y[i] = max over j < k of x[i s + j d − p]"
    source = f"{_DOCS}MaxPool1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = _settings(1, _dilation(1))
    dims = 1


class MaxPool2d(_MaxPool):
    """Keeps the largest number of each window of an image.

    With a kernel of 2 an image becomes half as high and half as wide: where a pattern
    was found matters less, that it was found stays.
    """

    aliases = ("max pooling", "MaxPooling2D", "downsampling", "subsampling")
    formula = "H' = ⌊(H + 2p − d(k − 1) − 1) / s⌋ + 1"
    source = f"{_DOCS}MaxPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = _settings(2, _dilation(2))
    dims = 2


class MaxPool3d(_MaxPool):
    """Keeps the largest number of each window of a volume.

    With a kernel of 2 a volume becomes half as deep, half as high and half as wide.
    """

    aliases = ("max pooling", "MaxPooling3D", "downsampling", "subsampling")
    formula = "D' = ⌊(D + 2p − d(k − 1) − 1) / s⌋ + 1"
    source = f"{_DOCS}MaxPool3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = _settings(3, _dilation(3))
    dims = 3


class AvgPool1d(_Pool):
    """Gives the average of each window along a signal."""

    aliases = ("average pooling", "AveragePooling1D", "mean pooling", "smoothing")
    formula = "y[i] = (1 / k) Σ over j < k of x[i s + j − p]"
    source = f"{_DOCS}AvgPool1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = _settings(1, _COUNT_PAD)
    dims = 1


class AvgPool2d(_Pool):
    """Gives the average of each window of an image."""

    aliases = ("average pooling", "AveragePooling2D", "mean pooling", "smoothing")
    formula = "H' = ⌊(H + 2p − k) / s⌋ + 1"
    source = f"{_DOCS}AvgPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = _settings(2, _COUNT_PAD)
    dims = 2


class AvgPool3d(_Pool):
    """Gives the average of each window of a volume."""

    aliases = ("average pooling", "AveragePooling3D", "mean pooling", "smoothing")
    formula = "D' = ⌊(D + 2p − k) / s⌋ + 1"
    source = f"{_DOCS}AvgPool3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = _settings(3, _COUNT_PAD)
    dims = 3

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        # Unlike its smaller siblings it asks that the volume without its padding is as
        # large as the kernel: pool3d_shape_check in PyTorch's Pool.h.
        bare = Values({**s, "ceil_mode": False})
        return _Pool.misfit(self, s, x) or too_large(self, bare, x, (0, 0, 0))


class LPPool2d(Layer):
    """Gives the power average of each window of an image, up to a factor.

    Between the average and the largest number. Put no ReLU right before it: where all
    numbers of a window are zero, the root has no gradient.
    """

    family = "pooling"
    aliases = ("power average pooling", "L2 pooling", "sum pooling")
    formula = "y = (Σ xᵖ)^(1/p), over each window"
    source = f"{_DOCS}LPPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = (
        Int(
            name="norm_type",
            default=2,
            minimum=1,
            maximum=2,
            help="The exponent p: 2 gives the root of the sum of squares, 1 the sum.",
        ),
        *(each for each in _settings(2) if each.name in {"kernel_size", "stride"}),
        _CEIL_MODE,
    )

    def telling(self, s: Values) -> str:
        return f"L{s.norm_type}, {show(s.kernel_size)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        changed = self.changed(s, "stride", "ceil_mode")
        return Call.of("nn.LPPool2d", s.norm_type, s.kernel_size, **changed)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return too_large(self, s, x, (0, 0))
