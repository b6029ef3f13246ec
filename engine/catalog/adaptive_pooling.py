"""Layers that draw a signal or an image of any size together to a given size."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Call, Layer, Port, Specs
from engine.catalog.settings import Size, Values
from engine.catalog.window import LARGEST, UNITS, brief

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


def _output_size(dims: int) -> Size:
    return Size(
        name="output_size",
        default=1,
        dims=dims,
        maximum=LARGEST[dims],
        gaps=dims > 1,
        unit=UNITS[dims],
        help="How long the result is."
        if dims == 1
        else "The size of the result; keep leaves one dimension as it is.",
    )


class _AdaptivePool(Layer):
    family = "pooling"
    dims: ClassVar[int]

    def telling(self, s: Values) -> str:
        if isinstance(s.output_size, tuple) and None in s.output_size:
            return "×".join("keep" if n is None else str(n) for n in s.output_size)
        return f"to {brief(s.output_size, self.dims)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(f"nn.{self.name}", s.output_size)


class AdaptiveAvgPool1d(_AdaptivePool):
    """Averages a signal of any length down to a given length.

    An output size of 1 leaves one number for each channel: global average pooling.
    """

    aliases = ("global average pooling", "GlobalAveragePooling1D", "GAP")
    formula = "y[i] = mean of x[⌊i L / L'⌋ ... ⌈(i + 1) L / L'⌉ − 1]"
    source = f"{_DOCS}AdaptiveAvgPool1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = (_output_size(1),)
    dims = 1


class AdaptiveAvgPool2d(_AdaptivePool):
    """Averages an image of any size down to a given size.

    An output size of 1 leaves one number for each channel: global average pooling.
    """

    aliases = ("global average pooling", "GlobalAveragePooling2D", "GAP")
    formula = "y[i] = mean of x[⌊i H / H'⌋ ... ⌈(i + 1) H / H'⌉ − 1], both ways"
    source = f"{_DOCS}AdaptiveAvgPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = (_output_size(2),)
    dims = 2


class AdaptiveAvgPool3d(_AdaptivePool):
    """Averages a volume of any size down to a given size.

    An output size of 1 leaves one number for each channel: global average pooling.
    """

    aliases = ("global average pooling", "GlobalAveragePooling3D", "GAP")
    formula = "y[i] = mean of x[⌊i D / D'⌋ ... ⌈(i + 1) D / D'⌉ − 1], all ways"
    source = f"{_DOCS}AdaptiveAvgPool3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = (_output_size(3),)
    dims = 3


class AdaptiveMaxPool1d(_AdaptivePool):
    """Keeps the largest numbers of a signal of any length, down to a given length.

    An output size of 1 leaves one number for each channel: global max pooling.
    """

    aliases = ("global max pooling", "GlobalMaxPooling1D", "GMP")
    formula = "y[i] = max of x[⌊i L / L'⌋ ... ⌈(i + 1) L / L'⌉ − 1]"
    source = f"{_DOCS}AdaptiveMaxPool1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)
    settings = (_output_size(1),)
    dims = 1


class AdaptiveMaxPool2d(_AdaptivePool):
    """Keeps the largest numbers of an image of any size, down to a given size.

    An output size of 1 leaves one number for each channel: global max pooling.
    """

    aliases = ("global max pooling", "GlobalMaxPooling2D", "GMP")
    formula = "y[i] = max of x[⌊i H / H'⌋ ... ⌈(i + 1) H / H'⌉ − 1], both ways"
    source = f"{_DOCS}AdaptiveMaxPool2d.html"
    inputs = (Port("input", ndim=(3,)),)
    settings = (_output_size(2),)
    dims = 2


class AdaptiveMaxPool3d(_AdaptivePool):
    """Keeps the largest numbers of a volume of any size, down to a given size.

    An output size of 1 leaves one number for each channel: global max pooling.
    """

    aliases = ("global max pooling", "GlobalMaxPooling3D", "GMP")
    formula = "y[i] = max of x[⌊i D / D'⌋ ... ⌈(i + 1) D / D'⌉ − 1], all ways"
    source = f"{_DOCS}AdaptiveMaxPool3d.html"
    inputs = (Port("input", ndim=(4,)),)
    settings = (_output_size(3),)
    dims = 3
