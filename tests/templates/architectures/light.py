"""Networks that do more with fewer weights: MobileNetV2, DenseNet-121, Xception."""

from __future__ import annotations

from engine.document import Document
from tests.templates.architectures.parts import (
    IMAGENET,
    IMAGENET_299,
    TRAINING,
    classifier,
)
from tests.templates.architectures.sketch import Sketch, sketch


def mobilenet_v2() -> Document:
    """Sandler et al. 2018, table 2."""
    net = sketch("MobileNetV2", (3, 224, 224))
    _inverted(net, projects=True)
    _inverted(net, projects=False)
    net.add("conv1", "Conv2d", out_channels=32, stride=2, padding=1, bias=False)
    net.add("norm1", "BatchNorm2d").add("relu1", "ReLU6")
    net.add("depthwise", "DepthwiseConv2d", padding=1, bias=False)
    net.add("norm2", "BatchNorm2d").add("relu2", "ReLU6")
    net.add("pointwise", "Conv2d", out_channels=16, kernel_size=1, bias=False)
    net.add("norm3", "BatchNorm2d")
    before = 16
    for stage, (channels, copies, stride) in enumerate(
        [(24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)],
        start=2,
    ):
        net.add(
            f"stage{stage}_first",
            "Expansion",
            hidden=6 * before,
            channels=channels,
            stride=stride,
        )
        if copies > 1:
            net.add(
                f"stage{stage}",
                "InvertedResidual",
                channels=channels,
                repeat=copies - 1,
            )
        before = channels
    net.add("conv2", "Conv2d", out_channels=1280, kernel_size=1, bias=False)
    net.add("norm4", "BatchNorm2d").add("relu3", "ReLU6")
    classifier(net, dropout=0.2)
    return net.finished(IMAGENET, TRAINING)


def _inverted(net: Sketch, *, projects: bool) -> None:
    """The inverted residual; without the sum where the size or channels change."""
    if projects:
        block = net.block(
            "Expansion",
            {"hidden": 96, "channels": 24, "stride": 2},
            help="Widens, filters each channel for itself, and narrows again; without "
            "a shortcut, since it changes the size or the channels.",
        )
    else:
        block = net.block(
            "InvertedResidual",
            {"channels": 24},
            help="Widens six times, filters each channel for itself, narrows again, "
            "and adds the input: the sum is where the network is thin.",
        )
    hidden = "hidden" if projects else "6 * channels"
    stride = {"stride": "stride"} if projects else {}
    block.add("expand", "Conv2d", out_channels=hidden, kernel_size=1, bias=False)
    block.add("norm1", "BatchNorm2d").add("relu1", "ReLU6")
    block.add("depthwise", "DepthwiseConv2d", padding=1, bias=False, **stride)
    block.add("norm2", "BatchNorm2d").add("relu2", "ReLU6")
    block.add("project", "Conv2d", out_channels="channels", kernel_size=1, bias=False)
    block.add("norm3", "BatchNorm2d")
    if not projects:
        block.add("sum_both", "Add", after=("norm3", "x_in"))
    block.add("y", "Output")


def densenet_121() -> Document:
    """Huang et al. 2017, table 1; growth rate 32."""
    net = sketch("DenseNet-121", (3, 224, 224))
    dense = net.block(
        "DenseLayer",
        {"growth": 32},
        help="Makes a few new channels of all there are and puts them behind these.",
    )
    dense.add("norm1", "BatchNorm2d").add("relu1", "ReLU")
    dense.add("conv1", "Conv2d", out_channels="4 * growth", kernel_size=1, bias=False)
    dense.add("norm2", "BatchNorm2d").add("relu2", "ReLU")
    dense.add("conv2", "Conv2d", out_channels="growth", padding=1, bias=False)
    dense.add("joined", "Concatenate", after=("x_in", "conv2")).add("y", "Output")
    transition = net.block(
        "Transition",
        {"channels": 128},
        help="Between two stages: half the channels, half the height and width.",
    )
    transition.add("norm", "BatchNorm2d").add("relu", "ReLU")
    transition.add("conv", "Conv2d", out_channels="channels", kernel_size=1, bias=False)
    transition.add("pool", "AvgPool2d").add("y", "Output")
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
    for stage, (copies, halved) in enumerate(
        [(6, 128), (12, 256), (24, 512), (16, 0)], start=1
    ):
        net.add(f"dense{stage}", "DenseLayer", growth=32, repeat=copies)
        if halved:
            net.add(f"transition{stage}", "Transition", channels=halved)
    net.add("norm2", "BatchNorm2d").add("relu2", "ReLU")
    classifier(net)
    return net.finished(IMAGENET, TRAINING)


def xception() -> Document:
    """Chollet 2017, figure 5."""
    net = sketch("Xception", (3, 299, 299))
    separable = net.block(
        "SeparableConv",
        {"channels": 128},
        help="Filters each channel for itself, 3 × 3, then mixes the channels, 1 × 1.",
    )
    separable.add("depthwise", "DepthwiseConv2d", padding=1, bias=False)
    separable.add(
        "pointwise", "Conv2d", out_channels="channels", kernel_size=1, bias=False
    )
    separable.add("norm", "BatchNorm2d").add("y", "Output")
    _narrowing(net, "Entry", starts_with_relu=False)
    _narrowing(net, "Narrowing", starts_with_relu=True)
    middle = net.block(
        "Middle",
        {"channels": 728},
        help="Three separable convolutions whose result is added to the input.",
    )
    for number in (1, 2, 3):
        middle.add(f"relu{number}", "ReLU")
        middle.add(f"conv{number}", "SeparableConv", channels="channels")
    middle.add("sum_both", "Add", after=("conv3", "x_in")).add("y", "Output")
    net.add("conv1", "Conv2d", out_channels=32, stride=2, bias=False)
    net.add("norm1", "BatchNorm2d").add("relu1", "ReLU")
    net.add("conv2", "Conv2d", out_channels=64, bias=False)
    net.add("norm2", "BatchNorm2d").add("relu2", "ReLU")
    net.add("entry1", "Entry", first=128, channels=128)
    net.add("entry2", "Narrowing", first=256, channels=256)
    net.add("entry3", "Narrowing", first=728, channels=728)
    net.add("middle", "Middle", channels=728, repeat=8)
    net.add("exit1", "Narrowing", first=728, channels=1024)
    net.add("conv3", "SeparableConv", channels=1536).add("relu3", "ReLU")
    net.add("conv4", "SeparableConv", channels=2048).add("relu4", "ReLU")
    classifier(net)
    return net.finished(IMAGENET_299, TRAINING)


def _narrowing(net: Sketch, name: str, *, starts_with_relu: bool) -> None:
    """Two separable convolutions and a pooling, beside a projection; both are added."""
    block = net.block(
        name,
        {"first": 128, "channels": 128},
        help="Two separable convolutions that halve height and width, added to a 1 × 1 "
        "convolution of the input.",
    )
    block.add(
        "shortcut",
        "Conv2d",
        out_channels="channels",
        kernel_size=1,
        stride=2,
        bias=False,
    )
    block.add("shortcut_norm", "BatchNorm2d")
    if starts_with_relu:
        block.add("relu1", "ReLU", after="x_in")
    after = "relu1" if starts_with_relu else "x_in"
    block.add("conv1", "SeparableConv", after=after, channels="first")
    block.add("relu2", "ReLU").add("conv2", "SeparableConv", channels="channels")
    block.add("pool", "MaxPool2d", kernel_size=3, stride=2, padding=1)
    block.add("sum_both", "Add", after=("shortcut_norm", "pool")).add("y", "Output")
