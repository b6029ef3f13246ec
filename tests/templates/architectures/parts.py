"""What many of the architectures share: their head, their data, their recipe."""

from __future__ import annotations

from typing import Any

from engine.document import DataConfig
from engine.recipe import Recipe
from tests.templates.architectures.sketch import Sketch


def made_up(size: int) -> DataConfig:
    """Square made-up pictures in as many classes as ImageNet has."""
    return DataConfig(
        source="pictures-made-up",
        settings={"height": size, "width": size, "classes": 1000},
    )


IMAGENET = made_up(224)
IMAGENET_299 = made_up(299)
TRAINING = Recipe(
    optimizer="SGD", learning_rate=0.01, weight_decay=1e-4, epochs=1, batch_size=8
)
"""A recipe of ImageNet's kind, short enough to see the network run."""


def classifier(net: Sketch, dropout: float = 0.0, **output: Any) -> None:
    """Global average pooling and one Linear: a thousand classes."""
    net.add("avgpool", "AdaptiveAvgPool2d").add("flatten", "Flatten")
    if dropout:
        net.add("dropout", "Dropout", p=dropout)
    net.add("fc", "Linear", out_features=1000).add("logits", "Output", **output)


def conv_units(net: Sketch, *, factorized: bool = True) -> None:
    """The convolutions that Inception networks are made of, as blocks."""
    unit = net.block(
        "ConvNormReLU",
        {"channels": 64, "kernel_size": 1, "stride": 1, "padding": 0},
        help="A square convolution, batch normalization and ReLU.",
    )
    unit.add(
        "conv",
        "Conv2d",
        out_channels="channels",
        kernel_size="kernel_size",
        stride="stride",
        padding="padding",
        bias=False,
    )
    unit.add("norm", "BatchNorm2d", eps=0.001).add("relu", "ReLU").add("y", "Output")
    if not factorized:
        return
    unit = net.block(
        "FactorizedConv",
        {"channels": 64, "high": 1, "wide": 7},
        help="A long and narrow convolution that keeps the size, batch normalization "
        "and ReLU; two of them, crossed, see what a square one sees.",
    )
    unit.add(
        "conv",
        "Conv2d",
        out_channels="channels",
        kernel_size=("high", "wide"),
        padding=("high // 2", "wide // 2"),
        bias=False,
    )
    unit.add("norm", "BatchNorm2d", eps=0.001).add("relu", "ReLU").add("y", "Output")


def conv(
    sketch: Sketch,
    name: str,
    channels: int | str,
    kernel: int | tuple[int, int],
    *,
    stride: int = 1,
    same: bool = True,
    after: str | None = None,
) -> None:
    """A use of the `conv_units`; settings at their defaults are left out.

    `same` pads as much as keeps the size when `stride` is 1.
    """
    if isinstance(kernel, tuple):
        high, wide = kernel
        sketch.add(
            name, "FactorizedConv", after=after, channels=channels, high=high, wide=wide
        )
        return
    given = {
        "channels": channels,
        "kernel_size": kernel,
        "stride": stride,
        "padding": kernel // 2 if same else 0,
    }
    defaults = {"kernel_size": 1, "stride": 1, "padding": 0}
    settings = {k: value for k, value in given.items() if defaults.get(k) != value}
    sketch.add(name, "ConvNormReLU", after=after, **settings)
