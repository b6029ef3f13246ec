"""Layers that make a signal or an image smaller, without weights."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import remedy, setting_to, shortest, show, that_mend
from engine.catalog.settings import Bool, Setting, Size, Values
from engine.catalog.window import brief, overhang, per_dim, place, reach, too_large

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


def _settings(dims: int, *more: Setting) -> tuple[Setting, ...]:
    largest = 1_000 if dims == 2 else 10_000
    unit = "pixels" if dims == 2 else "steps"
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
        Bool(
            name="ceil_mode",
            default=False,
            advanced=True,
            help="Whether a window that hangs over the edge counts too.",
        ),
    )


def _dilation(dims: int) -> Size:
    return Size(
        name="dilation",
        default=1,
        dims=dims,
        maximum=1_000 if dims == 2 else 10_000,
        unit="pixels" if dims == 2 else "steps",
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


class _AdaptiveAvgPool(Layer):
    family = "pooling"
    dims: ClassVar[int]

    def telling(self, s: Values) -> str:
        if isinstance(s.output_size, tuple) and None in s.output_size:
            return "×".join("keep" if n is None else str(n) for n in s.output_size)
        return f"to {brief(s.output_size, self.dims)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(f"nn.{self.name}", s.output_size)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Averages a signal of any length down to a given length.

    An output size of 1 leaves one number for each channel: global average pooling.
    """

    aliases = ("global average pooling", "GlobalAveragePooling1D", "GAP")
    formula = "y[i] = mean of x[⌊i L / L'⌋ ... ⌈(i + 1) L / L'⌉ − 1]"
    source = f"{_DOCS}AdaptiveAvgPool1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = (
        Size(
            name="output_size",
            default=1,
            dims=1,
            maximum=10_000,
            unit="steps",
            help="How long the result is.",
        ),
    )
    dims = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Averages an image of any size down to a given size.

    An output size of 1 leaves one number for each channel: global average pooling.
    """

    aliases = ("global average pooling", "GlobalAveragePooling2D", "GAP")
    formula = "y[i] = mean of x[⌊i H / H'⌋ ... ⌈(i + 1) H / H'⌉ − 1], both ways"
    source = f"{_DOCS}AdaptiveAvgPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = (
        Size(
            name="output_size",
            default=1,
            dims=2,
            maximum=1_000,
            gaps=True,
            unit="pixels",
            help="Height and width of the result; keep leaves one as it is.",
        ),
    )
    dims = 2
