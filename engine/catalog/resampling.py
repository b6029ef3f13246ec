"""Layers that trade an image's size for channels, or make it up from neighbours."""

from __future__ import annotations

import math

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Suggestion
from engine.catalog.remedies import (
    divisors,
    nearest,
    remedy,
    setting_to,
    show,
    that_mend,
)
from engine.catalog.settings import Bool, Choice, Float, Int, Shape, Size, Values
from engine.catalog.window import per_dim, reach, too_large

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_SMOOTH = {"linear": (1,), "bilinear": (2,), "bicubic": (2,), "trilinear": (3,)}
"""How many dimensions a mode is for; the modes of the nearest point take any."""
_BY_DIMS = {1: "linear", 2: "bilinear", 3: "trilinear"}
_IMAGE = (Port("input", ndim=(3,)),)


class Upsample(Layer):
    """Makes a signal, an image or a volume larger or smaller, and learns nothing.

    New points are copies of the nearest old ones, or mixtures of the nearest few.
    """

    family = "convolution"
    aliases = ("UpSampling2D", "UpSampling1D", "Resizing", "interpolate", "resize")
    formula = "H' = ⌊scale H⌋"
    source = f"{_DOCS}Upsample.html"
    inputs = (Port("input", ndim=(2, 3, 4), channels_first=True),)
    settings = (
        Float(
            name="scale_factor",
            default=2.0,
            above=0.0,
            maximum=64.0,
            shaping=True,
            help="How many times larger it becomes; 0.5 halves it.",
        ),
        Choice(
            name="mode",
            default="nearest",
            options=("nearest", "nearest-exact", *_SMOOTH),
            help="How new points are made: copied from the nearest, or mixed; linear "
            "is for signals, bilinear and bicubic for images, trilinear for volumes.",
        ),
        Shape(
            name="size",
            default=None,
            optional=True,
            least=1,
            maximum=10_000,
            empty="by the scale factor",
            help="The size afterwards, in place of scale_factor.",
        ),
        Bool(
            name="align_corners",
            default=False,
            advanced=True,
            help="Whether the corners stay in place; where points are mixed.",
        ),
    )

    def telling(self, s: Values) -> str:
        how = f"to {show(s.size)}" if s.size else f"× {s.scale_factor:g}"
        return f"{how}, {s.mode}"

    def constructor(self, s: Values, x: Specs) -> Call:
        options = {"size": s.size} if s.size else {"scale_factor": s.scale_factor}
        options |= self.changed(s, "mode")
        if s.mode in _SMOOTH:  # said always, as PyTorch asks for it
            options["align_corners"] = s.align_corners
        return Call.of("nn.Upsample", **options)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        sizes = x[0].shape[1:]
        dims = len(sizes)
        if s.mode in _SMOOTH and dims not in _SMOOTH[s.mode]:
            kind = {1: "a signal", 2: "an image", 3: "a volume"}
            options = [setting_to("mode", _BY_DIMS[dims])]
            return self._misfit(
                s,
                x,
                f"has mode {s.mode}, which is for {kind[_SMOOTH[s.mode][0]]}, and "
                f"gets {kind[dims]}",
                f"nearest, or {_BY_DIMS[dims]}",
                "mode",
                [*options, setting_to("mode", "nearest")],
            )
        if s.size and len(s.size) != dims:
            fitting = (*s.size, *[s.size[-1]] * dims)[:dims]
            return self._misfit(
                s,
                x,
                f"makes a size of {show(s.size)}, and its input has {dims} "
                f"dimension{'s' * (dims > 1)} beside the channels",
                f"{dims} numbers",
                "size",
                [setting_to("size", fitting)],
            )
        if s.size or min(sizes) * s.scale_factor >= 1:
            return None
        return self._misfit(
            s,
            x,
            f"makes {show(sizes)} smaller by {s.scale_factor:g}, and nothing is left",
            "a size of at least 1",
            "scale_factor",
            [setting_to("scale_factor", 1.0)],
        )

    def _misfit(
        self,
        s: Values,
        x: Specs,
        message: str,
        expected: str,
        setting: str,
        options: list[Suggestion],
    ) -> Misfit:
        suggestions = that_mend(self, s, x, options)
        return Misfit(
            message=message,
            expected=expected,
            remedy=remedy(suggestions, "Set size to empty."),
            setting=setting,
            suggestions=suggestions,
        )


class PixelShuffle(Layer):
    """Makes an image larger from its channels: r² channels become r × r pixels.

    A convolution before it computes the new pixels; super-resolution uses it.
    """

    family = "convolution"
    aliases = ("depth_to_space", "sub-pixel convolution", "super-resolution")
    formula = "N × (C r²) × H × W → N × C × (r H) × (r W)"
    source = "Shi et al. 2016, equation 4; " + f"{_DOCS}PixelShuffle.html"
    inputs = _IMAGE
    settings = (
        Int(
            name="upscale_factor",
            default=2,
            minimum=1,
            maximum=64,
            help="How many times higher and wider the image becomes: r.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"× {s.upscale_factor}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.PixelShuffle", s.upscale_factor)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        channels, square = x[0].shape[0], s.upscale_factor**2
        if channels % square == 0:
            return None
        fitting = [each for each in range(1, 65) if channels % each**2 == 0]
        best = nearest(s.upscale_factor, fitting)
        return Misfit(
            message=f"makes pixels of {square} channels each, and its input has "
            f"{channels}",
            expected=f"a multiple of {square} channels",
            remedy=f"Set upscale_factor to {best}.",
            setting="upscale_factor",
            suggestions=(setting_to("upscale_factor", best),),
        )


class PixelUnshuffle(Layer):
    """Makes channels of an image's pixels: r × r pixels become r² channels.

    Nothing is lost, unlike in pooling.
    """

    family = "convolution"
    aliases = ("space_to_depth", "focus", "reorg")
    formula = "N × C × (r H) × (r W) → N × (C r²) × H × W"
    source = f"{_DOCS}PixelUnshuffle.html"
    inputs = _IMAGE
    settings = (
        Int(
            name="downscale_factor",
            default=2,
            minimum=1,
            maximum=64,
            help="How many times lower and narrower the image becomes: r.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"÷ {s.downscale_factor}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.PixelUnshuffle", s.downscale_factor)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        height, width = x[0].shape[1:]
        if height % s.downscale_factor == 0 and width % s.downscale_factor == 0:
            return None
        fitting = [n for n in divisors(math.gcd(height, width)) if n <= 64]
        best = nearest(s.downscale_factor, fitting)
        return Misfit(
            message=f"cuts {show((height, width))} pixels into squares of "
            f"{show((s.downscale_factor,) * 2)}, which do not cover them evenly",
            expected=f"height and width that {s.downscale_factor} divides",
            remedy=f"Set downscale_factor to {best}.",
            setting="downscale_factor",
            suggestions=(setting_to("downscale_factor", best),),
        )


class ChannelShuffle(Layer):
    """Deals the channels of each group out over all groups, as cards are dealt.

    After a grouped convolution it lets the next one see all groups.
    """

    family = "convolution"
    aliases = ("ShuffleNet", "mix groups", "grouped convolution")
    formula = "y[i g + j] = x[j (C / g) + i]"
    source = "Zhang et al. 2018, section 3.1; " + f"{_DOCS}ChannelShuffle.html"
    inputs = (Port("input", ndim=(2, 3, 4), channels_first=True),)
    settings = (
        Int(
            name="groups",
            default=2,
            minimum=1,
            maximum=65_536,
            help="Into how many groups g the channels are divided.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.groups} group{'s' * (s.groups != 1)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.ChannelShuffle", s.groups)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        channels = x[0].shape[0]
        if channels % s.groups == 0:
            return None
        best = nearest(s.groups, divisors(channels))
        return Misfit(
            message=f"has {s.groups} groups, which do not divide its {channels} "
            "channels evenly",
            expected=f"a number that divides {channels}",
            remedy=f"Set groups to {best}.",
            setting="groups",
            suggestions=(setting_to("groups", best),),
        )


def _window(verb: str) -> tuple[Size, ...]:
    return (
        Size(
            name="kernel_size",
            default=2,
            dims=2,
            maximum=1_000,
            unit="pixels",
            help=f"How large the patches are that it {verb}.",
        ),
        Size(
            name="stride",
            default=1,
            dims=2,
            maximum=1_000,
            unit="pixels",
            help="How far apart the patches begin; their own size leaves no overlap.",
        ),
        Size(
            name="padding",
            default=0,
            dims=2,
            minimum=0,
            maximum=1_000,
            unit="pixels",
            help="How many zeros are thought around the edges.",
        ),
        Size(
            name="dilation",
            default=1,
            dims=2,
            maximum=1_000,
            unit="pixels",
            advanced=True,
            help="How far apart the points of a patch are; 1 leaves no gaps.",
        ),
    )


def _positions(s: Values, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """How many patches fit in each dimension; the formula of torch.nn.Unfold."""
    spans = zip(
        sizes,
        per_dim(s.padding, 2),
        reach(s, 2),
        per_dim(s.stride, 2),
        strict=True,
    )
    return tuple((n + 2 * pad - span) // step + 1 for n, pad, span, step in spans)


class Unfold(Layer):
    """Cuts an image into patches and makes a column of each.

    With a Linear layer after it, it is a convolution by hand.
    """

    family = "convolution"
    aliases = ("im2col", "patches", "extract_patches", "sliding window")
    formula = "N × C × H × W → N × (C k²) × patches"
    source = f"{_DOCS}Unfold.html"
    inputs = _IMAGE
    settings = _window("cuts")

    def telling(self, s: Values) -> str:
        return f"{show(s.kernel_size)}, stride {show(s.stride)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        names = ("dilation", "padding", "stride")
        return Call.of("nn.Unfold", s.kernel_size, **self.changed(s, *names))

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return too_large(self, s, x, per_dim(s.padding, 2))


class Fold(Layer):
    """Lays columns out as the patches of an image, and adds where they overlap.

    The reverse of Unfold.
    """

    family = "convolution"
    aliases = ("col2im", "patches", "overlap-add")
    formula = "N × (C k²) × patches → N × C × H × W"
    source = f"{_DOCS}Fold.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = (
        Size(
            name="output_size",
            default=8,
            dims=2,
            maximum=10_000,
            unit="pixels",
            help="Height and width of the image.",
        ),
        *_window("lays"),
    )

    def telling(self, s: Values) -> str:
        return f"to {show(s.output_size)}, {show(s.kernel_size)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        names = ("dilation", "padding", "stride")
        changed = self.changed(s, *names)
        # Alone among the layers with windows it asks for both sizes of the image.
        return Call.of("nn.Fold", per_dim(s.output_size, 2), s.kernel_size, **changed)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        numbers, patches = x[0].shape
        each = math.prod(per_dim(s.kernel_size, 2))
        if numbers % each:
            return Misfit(
                message=f"lays patches of {show(per_dim(s.kernel_size, 2))} pixels, "
                f"and its columns hold {numbers}",
                expected=f"columns of a multiple of {each}",
                remedy="Set kernel_size to 1.",
                setting="kernel_size",
                suggestions=that_mend(self, s, x, [setting_to("kernel_size", 1)]),
            )
        places = _positions(s, per_dim(s.output_size, 2))
        if min(places) > 0 and math.prod(places) == patches:
            return None
        if min(places) > 0:
            matter = f"has {show(places)} patches"
        else:
            matter = f"is smaller than a patch of {show(reach(s, 2))}"
        return Misfit(
            message=f"makes an image of {show(per_dim(s.output_size, 2))}, which "
            f"{matter}, and gets {patches:,}",
            expected=f"{math.prod(places):,} patches"
            if min(places) > 0
            else "a larger image",
            remedy="Set output_size to the size of the image that was unfolded.",
            setting="output_size",
        )
