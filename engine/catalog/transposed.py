"""Layers that spread each point through learned filters, so that a signal grows."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.convolution import BIAS, GROUPS, OUT_CHANNELS, groups_misfit
from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import remedy, setting_to, shortest, show, that_mend
from engine.catalog.settings import Setting, Size, Values
from engine.catalog.window import LARGEST, UNITS, brief, per_dim, place, reach

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


def _settings(dims: int) -> tuple[Setting, ...]:
    unit, largest = UNITS[dims], LARGEST[dims]
    return (
        OUT_CHANNELS,
        Size(
            name="kernel_size",
            default=2,
            dims=dims,
            maximum=largest,
            unit=unit,
            help="How far one point is spread.",
        ),
        Size(
            name="stride",
            default=2,
            dims=dims,
            maximum=min(largest, 256),
            unit=unit,
            help="How far apart the points are spread; 2 doubles the size.",
        ),
        Size(
            name="padding",
            default=0,
            dims=dims,
            minimum=0,
            maximum=largest,
            unit=unit,
            help="How much is cut from each edge of the result.",
        ),
        BIAS,
        Size(
            name="output_padding",
            default=0,
            dims=dims,
            minimum=0,
            maximum=largest,
            unit=unit,
            advanced=True,
            help="How much is added at the far edge of the result.",
        ),
        Size(
            name="dilation",
            default=1,
            dims=dims,
            maximum=largest,
            unit=unit,
            advanced=True,
            help="How far apart the points are that one point is spread to.",
        ),
        GROUPS,
    )


class _ConvTranspose(Layer):
    """What the transposed convolutions share; the reverse of a convolution's sizes."""

    family = "convolution"
    has_weights = True
    dims: ClassVar[int]

    def telling(self, s: Values) -> str:
        words = [f"{s.out_channels}", brief(s.kernel_size, self.dims)]
        words.append(f"stride {show(s.stride)}")
        if s.padding != 0:
            words.append(f"pad {show(s.padding)}")
        return ", ".join(words)

    def constructor(self, s: Values, x: Specs) -> Call:
        # Its default stride is 2, PyTorch's is 1: written whenever it is not 1.
        stride = {} if s.stride == 1 else {"stride": s.stride}
        return Call.of(
            f"nn.{self.name}",
            x[0].shape[0],
            s.out_channels,
            kernel_size=s.kernel_size,
            **stride,
            **self.changed(s, "padding", "output_padding", "groups", "bias"),
            **self.changed(s, "dilation"),
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return groups_misfit(self, s, x) or self._extra(s, x) or self._vanishes(s, x)

    def _extra(self, s: Values, x: Specs) -> Misfit | None:
        """The misfit of an output padding that no input size could explain."""
        steps = tuple(
            max(pair)
            for pair in zip(
                per_dim(s.stride, self.dims),
                per_dim(s.dilation, self.dims),
                strict=True,
            )
        )
        extra = per_dim(s.output_padding, self.dims)
        if all(more < step for more, step in zip(extra, steps, strict=True)):
            return None
        most = tuple(step - 1 for step in steps)
        least = tuple(min(pair) for pair in zip(extra, most, strict=True))
        options = [setting_to("output_padding", shortest(least))]
        suggestions = that_mend(self, s, x, options)
        return Misfit(
            message=f"has output_padding {show(s.output_padding)}, which must be "
            f"smaller than its stride {show(s.stride)}",
            expected=f"output_padding of at most {show(most)}",
            remedy=remedy(suggestions, "Set output_padding to 0."),
            setting="output_padding",
            suggestions=suggestions,
        )

    def _vanishes(self, s: Values, x: Specs) -> Misfit | None:
        """The misfit of a padding that cuts the whole result away."""
        stride, extra = (
            per_dim(s.stride, self.dims),
            per_dim(s.output_padding, self.dims),
        )
        padding, spans = per_dim(s.padding, self.dims), reach(s, self.dims)
        whole = tuple(
            (n - 1) * step + span + more
            for n, step, span, more in zip(
                x[0].shape[1:], stride, spans, extra, strict=True
            )
        )
        if all(n - 2 * pad >= 1 for n, pad in zip(whole, padding, strict=True)):
            return None
        most = tuple((n - 1) // 2 for n in whole)
        least = tuple(min(pair) for pair in zip(padding, most, strict=True))
        options = [setting_to("padding", shortest(least))]
        suggestions = that_mend(self, s, x, options)
        return Misfit(
            message=f"cuts {show(s.padding)} from each edge of {place(whole)}, "
            "and nothing is left",
            expected=f"padding of at most {show(most)}",
            remedy=remedy(suggestions, "Set padding to 0."),
            setting="padding",
            suggestions=suggestions,
        )


class ConvTranspose1d(_ConvTranspose):
    """Spreads each step through a learned filter: a signal becomes longer.

    The reverse of Conv1d's sizes; with kernel 2 and stride 2 it doubles the length.
    """

    aliases = ("deconvolution", "upconvolution", "Conv1DTranspose", "upsampling")
    formula = "L' = (L − 1) s − 2p + d(k − 1) + o + 1"
    source = f"{_DOCS}ConvTranspose1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = _settings(1)
    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """Spreads each pixel through a learned filter: an image becomes larger.

    The reverse of Conv2d's sizes; with kernel 2 and stride 2 it doubles height and
    width. Decoders and generators grow images with it.
    """

    aliases = ("deconvolution", "upconvolution", "Conv2DTranspose", "upsampling")
    formula = "H' = (H − 1) s − 2p + d(k − 1) + o + 1"
    source = f"{_DOCS}ConvTranspose2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = _settings(2)
    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """Spreads each voxel through a learned filter: a volume becomes larger.

    The reverse of Conv3d's sizes; with kernel 2 and stride 2 it doubles depth, height
    and width.
    """

    aliases = ("deconvolution", "upconvolution", "Conv3DTranspose", "upsampling")
    formula = "D' = (D − 1) s − 2p + d(k − 1) + o + 1"
    source = f"{_DOCS}ConvTranspose3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = _settings(3)
    dims = 3
