"""Residual networks of bottlenecks: ResNet-50 and ResNeXt-50."""

from __future__ import annotations

from engine.document import Document
from tests.templates.architectures.parts import IMAGENET, TRAINING, classifier
from tests.templates.architectures.sketch import Sketch, sketch


def resnet_50() -> Document:
    """He et al. 2016, table 1; the stride in the 3 × 3 convolution, as torchvision."""
    return _residual_network("ResNet-50", width=1, groups=1)


def resnext_50() -> Document:
    """Xie et al. 2017, table 1: 32 groups of 4 channels."""
    return _residual_network("ResNeXt-50", width=2, groups=32)


def _residual_network(title: str, width: int, groups: int) -> Document:
    """`width` is how much wider than ResNet's the 3 × 3 convolutions are."""
    net = sketch(title, (3, 224, 224))
    _bottleneck(net, width, groups, projects=True)
    _bottleneck(net, width, groups, projects=False)
    net.add(
        "conv1",
        "Conv2d",
        out_channels=64,
        kernel_size=7,
        stride=2,
        padding=3,
        bias=False,
    )
    net.add("norm1", "BatchNorm2d").add("relu1", "ReLU")
    net.add("pool1", "MaxPool2d", kernel_size=3, stride=2, padding=1)
    for stage, (channels, copies) in enumerate(
        [(64, 3), (128, 4), (256, 6), (512, 3)], start=2
    ):
        stride = 1 if stage == 2 else 2
        net.add(f"conv{stage}_first", "Projection", channels=channels, stride=stride)
        net.add(f"conv{stage}", "Bottleneck", channels=channels, repeat=copies - 1)
    classifier(net)
    return net.finished(IMAGENET, TRAINING)


def _bottleneck(net: Sketch, width: int, groups: int, *, projects: bool) -> None:
    """The residual block; one that projects changes the size and the channels."""
    inner = "channels" if width == 1 else f"{width} * channels"
    if projects:
        block = net.block(
            "Projection",
            {"channels": 64, "stride": 1},
            help="A bottleneck that begins a stage: a 1 × 1 convolution brings the "
            "shortcut to the new size and number of channels.",
        )
    else:
        block = net.block(
            "Bottleneck",
            {"channels": 64},
            help="Three convolutions, 1 × 1, 3 × 3 and 1 × 1, whose result is added to "
            "the input; the middle one works on a quarter of the channels.",
        )
    stride = {"stride": "stride"} if projects else {}
    grouped = {} if groups == 1 else {"groups": groups}
    block.add("conv1", "Conv2d", out_channels=inner, kernel_size=1, bias=False)
    block.add("norm1", "BatchNorm2d").add("relu1", "ReLU")
    block.add(
        "conv2",
        "Conv2d",
        out_channels=inner,
        padding=1,
        bias=False,
        **stride,
        **grouped,
    )
    block.add("norm2", "BatchNorm2d").add("relu2", "ReLU")
    block.add("conv3", "Conv2d", out_channels="4 * channels", kernel_size=1, bias=False)
    block.add("norm3", "BatchNorm2d")
    shortcut = "x_in"
    if projects:
        block.add(
            "shortcut",
            "Conv2d",
            after="x_in",
            out_channels="4 * channels",
            kernel_size=1,
            bias=False,
            **stride,
        )
        block.add("shortcut_norm", "BatchNorm2d")
        shortcut = "shortcut_norm"
    block.add("sum_both", "Add", after=("norm3", shortcut))
    block.add("relu3", "ReLU").add("y", "Output")
