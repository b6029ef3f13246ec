"""Layers that bring numbers to mean 0 and variance 1, then scale them anew."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import divisors, nearest, setting_to
from engine.catalog.settings import Bool, Float, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_EPS = Float(
    name="eps",
    default=1e-5,
    above=0.0,
    maximum=1.0,
    advanced=True,
    help="Added to the variance so that nothing is divided by zero.",
)
_AFFINE = Bool(
    name="affine",
    default=True,
    advanced=True,
    help="Whether a scale and a shift are learned for each channel.",
)


class _BatchNorm(Layer):
    family = "normalization"
    has_weights = True
    formula = "y = g (x − mean) / √(variance + ε) + b, over the batch"
    settings = (
        _EPS,
        Float(
            name="momentum",
            default=0.1,
            minimum=0.0,
            maximum=1.0,
            advanced=True,
            help="How much each batch moves the kept mean and variance.",
        ),
        _AFFINE,
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            f"nn.{self.name}",
            x[0].shape[0],
            **self.changed(s, "eps", "momentum", "affine"),
        )


class BatchNorm1d(_BatchNorm):
    """Normalizes each feature of a vector, or each channel of a signal, over the batch.

    While training it uses the batch's own mean and variance and keeps a running average
    of them; outside training it uses the average. It needs batches of two or more.
    """

    aliases = ("batch normalization", "BatchNormalization", "BN")
    source = "Ioffe and Szegedy 2015, algorithm 1; " + f"{_DOCS}BatchNorm1d.html"
    inputs = (Port("input", ndim=(1, 2), channels_first=True),)


class BatchNorm2d(_BatchNorm):
    """Normalizes each channel of an image over the batch and all pixels.

    While training it uses the batch's own mean and variance and keeps a running average
    of them; outside training it uses the average.
    """

    aliases = ("batch normalization", "BatchNormalization", "BN")
    source = "Ioffe and Szegedy 2015, section 3.2; " + f"{_DOCS}BatchNorm2d.html"
    inputs = (Port("input", ndim=(3,)),)


class BatchNorm3d(_BatchNorm):
    """Normalizes each channel of a volume over the batch and all voxels.

    While training it uses the batch's own mean and variance and keeps a running average
    of them; outside training it uses the average.
    """

    aliases = ("batch normalization", "BatchNormalization", "BN")
    source = "Ioffe and Szegedy 2015, section 3.2; " + f"{_DOCS}BatchNorm3d.html"
    inputs = (Port("input", ndim=(4,)),)


class _InstanceNorm(Layer):
    family = "normalization"
    has_weights = True
    aliases: ClassVar[tuple[str, ...]] = (
        "instance normalization",
        "InstanceNormalization",
        "contrast normalization",
        "style transfer",
    )
    formula = "y = g (x − mean) / √(variance + ε) + b, over each channel of a sample"
    settings = (
        _EPS,
        Bool(
            name="affine",
            default=False,
            help="Whether a scale and a shift are learned for each channel.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            f"nn.{self.name}", x[0].shape[0], **self.changed(s, "eps", "affine")
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if math.prod(x[0].shape[1:]) > 1:
            return None
        return Misfit(
            message="normalizes each channel of a sample for itself, and a channel "
            "here is one number",
            expected="two numbers or more in each channel",
            remedy="Put it before the pooling, or take a GroupNorm.",
        )


class InstanceNorm1d(_InstanceNorm):
    """Normalizes each channel of each signal for itself, over its length.

    It forgets how loud a signal was and keeps its form.
    """

    source = (
        "Ulyanov, Vedaldi and Lempitsky 2016, equation 3; "
        + f"{_DOCS}InstanceNorm1d.html"
    )
    inputs = (Port("input", ndim=(2,), channels_first=True),)


class InstanceNorm2d(_InstanceNorm):
    """Normalizes each channel of each image for itself, over all its pixels.

    It forgets an image's contrast, which networks that change its style want.
    """

    source = (
        "Ulyanov, Vedaldi and Lempitsky 2016, equation 3; "
        + f"{_DOCS}InstanceNorm2d.html"
    )
    inputs = (Port("input", ndim=(3,)),)


class InstanceNorm3d(_InstanceNorm):
    """Normalizes each channel of each volume for itself, over all its voxels."""

    source = (
        "Ulyanov, Vedaldi and Lempitsky 2016, equation 3; "
        + f"{_DOCS}InstanceNorm3d.html"
    )
    inputs = (Port("input", ndim=(4,)),)


_DIMS = Int(
    name="dims",
    default=1,
    minimum=1,
    maximum=8,
    label="Dimensions",
    advanced=True,
    help="How many of the last dimensions are normalized together.",
)


class _LastDims(Layer):
    """What the layers share that normalize the last dimensions of a sample."""

    family = "normalization"
    has_weights = True

    def telling(self, s: Values) -> str:
        return f"last {s.dims}" if s.dims > 1 else ""

    def _shape(self, s: Values, x: Specs) -> int | tuple[int, ...]:
        shape = x[0].shape[-s.dims :]
        return shape[0] if s.dims == 1 else shape

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        most = len(x[0].shape)
        if s.dims <= most:
            return None
        if most == 0:
            return Misfit(
                message="normalizes each sample for itself, and a sample here is one "
                "number",
                expected="at least a vector (N × features)",
                remedy="Connect it to a node that gives a vector, or take it out.",
            )
        return Misfit(
            message=f"normalizes the last {s.dims} dimensions, and a sample has {most}",
            expected=f"at most {most}",
            remedy=f"Set dims to {most}.",
            setting="dims",
            suggestions=(setting_to("dims", most),),
        )


class LayerNorm(_LastDims):
    """Normalizes the last dimension of each sample for itself.

    It does not look at the rest of the batch, so it does the same in training and
    after; the usual choice in transformers.
    """

    aliases = ("layer normalization", "LayerNormalization", "LN")
    formula = "y = g (x − mean) / √(variance + ε) + b, over the last dimensions"
    source = "Ba, Kiros and Hinton 2016, equation 3; " + f"{_DOCS}LayerNorm.html"
    settings = (
        _DIMS,
        _EPS,
        Bool(
            name="elementwise_affine",
            default=True,
            advanced=True,
            help="Whether a scale and a shift are learned for each place.",
        ),
        Bool(
            name="bias",
            default=True,
            advanced=True,
            help="Whether there is a shift beside the scale.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        names = ["eps", "elementwise_affine", *["bias"] * s.elementwise_affine]
        return Call.of("nn.LayerNorm", self._shape(s, x), **self.changed(s, *names))


class RMSNorm(_LastDims):
    """Divides the last dimension of each sample by its root mean square.

    LayerNorm without the mean and without a shift: as good in large transformers, and
    cheaper. T5 and Llama use it.
    """

    aliases = ("RMSNormalization", "root mean square normalization", "T5LayerNorm")
    formula = "y = g x / √(mean of x² + ε), over the last dimensions"
    source = "Zhang and Sennrich 2019, equation 4; " + f"{_DOCS}RMSNorm.html"
    settings = (
        _DIMS,
        Float(
            name="eps",
            default=None,
            optional=True,
            above=0.0,
            maximum=1.0,
            advanced=True,
            empty="the smallest step from 1",
            help="Added to the mean square so that nothing is divided by zero; empty "
            "takes the smallest step that the number type can tell from 1.",
        ),
        Bool(
            name="elementwise_affine",
            default=True,
            advanced=True,
            help="Whether a scale is learned for each place.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.RMSNorm",
            self._shape(s, x),
            **self.changed(s, "eps", "elementwise_affine"),
        )


class GroupNorm(Layer):
    """Normalizes groups of channels of each sample for itself.

    Takes the place of batch normalization where batches are small. One group makes a
    layer normalization over channels, as many groups as channels an instance
    normalization.
    """

    family = "normalization"
    has_weights = True
    aliases = ("group normalization", "GroupNormalization", "GN")
    formula = "y = g (x − mean) / √(variance + ε) + b, over each group of channels"
    source = "Wu and He 2018, equations 1 and 7; " + f"{_DOCS}GroupNorm.html"
    settings = (
        Int(
            name="num_groups",
            default=8,
            minimum=1,
            maximum=65_536,
            help="Into how many groups the channels are divided; must divide them.",
        ),
        _EPS,
        _AFFINE,
    )

    def telling(self, s: Values) -> str:
        return f"{s.num_groups} group{'s' * (s.num_groups != 1)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.GroupNorm",
            s.num_groups,
            x[0].shape[0],
            **self.changed(s, "eps", "affine"),
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if not x[0].shape:
            return Misfit(
                message="normalizes groups of channels, and a sample here is one "
                "number",
                expected="channels (N × channels × ...)",
                remedy="Connect it to a node that gives channels, or take it out.",
            )
        channels = x[0].shape[0]
        if channels % s.num_groups == 0:
            return None
        best = nearest(s.num_groups, divisors(channels))
        return Misfit(
            message=f"has {s.num_groups} groups, which do not divide its {channels} "
            "channels evenly",
            expected=f"a number that divides {channels}",
            remedy=f"Set num_groups to {best}.",
            setting="num_groups",
            suggestions=(setting_to("num_groups", best),),
        )
