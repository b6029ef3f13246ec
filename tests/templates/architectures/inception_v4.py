"""Inception v4 and Inception-ResNet-v2 (Szegedy et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.document import Document
from tests.templates.architectures.parts import (
    IMAGENET_299,
    TRAINING,
    classifier,
    conv,
    conv_units,
)
from tests.templates.architectures.sketch import Sketch, sketch

_REDUCTION = (
    "Branches that halve height and width and add channels, a pooling among them."
)


def inception_v4() -> Document:
    """Szegedy et al. 2017, figures 3 to 9."""
    net = sketch("Inception v4", (3, 299, 299))
    conv_units(net)
    _stem_v4(net)
    _blocks_v4(net)
    conv(net, "conv1", 32, 3, stride=2, same=False)
    conv(net, "conv2", 32, 3, same=False)
    conv(net, "conv3", 64, 3)
    net.add("stem", "Stem")
    net.add("mixed_a", "InceptionA", repeat=4).add("reduction_a", "ReductionA")
    net.add("mixed_b", "InceptionB", repeat=7).add("reduction_b", "ReductionB")
    net.add("mixed_c", "InceptionC", repeat=3)
    classifier(net)
    return net.finished(IMAGENET_299, TRAINING)


def _stem_v4(net: Sketch) -> None:
    block = net.block(
        "Stem",
        help="From a picture of 147 × 147 to 35 × 35 with 384 channels: pooling and "
        "convolution side by side, so that neither throws too much away.",
    )
    block.add("pool1", "MaxPool2d", kernel_size=3, stride=2)
    conv(block, "conv1", 96, 3, stride=2, same=False, after="x_in")
    block.add("joined1", "Concatenate", after=("pool1", "conv1"))
    conv(block, "short1", 64, 1)
    conv(block, "short2", 96, 3, same=False)
    conv(block, "long1", 64, 1, after="joined1")
    conv(block, "long2", 64, (1, 7))
    conv(block, "long3", 64, (7, 1))
    conv(block, "long4", 96, 3, same=False)
    block.add("joined2", "Concatenate", after=("short2", "long4"))
    conv(block, "conv2", 192, 3, stride=2, same=False)
    block.add("pool2", "MaxPool2d", after="joined2", kernel_size=3, stride=2)
    _join(block, "conv2", "pool2")


def _blocks_v4(net: Sketch) -> None:
    block = net.block(
        "InceptionA", help="Four branches at 35 × 35 of 96 channels each."
    )
    conv(block, "one", 96, 1)
    _branch(block, "three", [(64, 1), (96, 3)])
    _branch(block, "double", [(64, 1), (96, 3), (96, 3)])
    _average(block, 96)
    _join(block, "one", "three2", "double3", "project")

    block = net.block("ReductionA", help=_REDUCTION)
    conv(block, "three", 384, 3, stride=2, same=False)
    _branch(block, "double", [(192, 1), (224, 3)])
    conv(block, "double3", 256, 3, stride=2, same=False)
    _pool(block)
    _join(block, "three", "double3", "pool")

    block = net.block(
        "InceptionB",
        help="Four branches at 17 × 17: 1 × 7 and 7 × 1 convolutions in turn.",
    )
    conv(block, "one", 384, 1)
    _branch(block, "seven", [(192, 1), (224, (1, 7)), (256, (7, 1))])
    _branch(
        block,
        "double",
        [(192, 1), (192, (7, 1)), (224, (1, 7)), (224, (7, 1)), (256, (1, 7))],
    )
    _average(block, 128)
    _join(block, "one", "seven3", "double5", "project")

    block = net.block("ReductionB", help=_REDUCTION)
    conv(block, "three1", 192, 1)
    conv(block, "three2", 192, 3, stride=2, same=False)
    _branch(block, "seven", [(256, 1), (256, (1, 7)), (320, (7, 1))])
    conv(block, "seven4", 320, 3, stride=2, same=False)
    _pool(block)
    _join(block, "three2", "seven4", "pool")

    block = net.block(
        "InceptionC",
        help="Branches at 8 × 8 that fork once more into 1 × 3 and 3 × 1.",
    )
    conv(block, "one", 256, 1)
    _branch(block, "three", [(384, 1), (256, (1, 3))])
    conv(block, "three3", 256, (3, 1), after="three1")
    _branch(block, "double", [(384, 1), (448, (3, 1)), (512, (1, 3)), (256, (1, 3))])
    conv(block, "double5", 256, (3, 1), after="double3")
    _average(block, 256)
    _join(block, "one", "three2", "three3", "double4", "double5", "project")


def inception_resnet_v2() -> Document:
    """Szegedy et al. 2017, figures 15 to 19; the stem of Inception v3, as timm."""
    net = sketch("Inception-ResNet-v2", (3, 299, 299))
    conv_units(net)
    _mixed(net)
    _residual_blocks(net)
    conv(net, "conv1", 32, 3, stride=2, same=False)
    conv(net, "conv2", 32, 3, same=False)
    conv(net, "conv3", 64, 3)
    net.add("pool1", "MaxPool2d", kernel_size=3, stride=2)
    conv(net, "conv4", 80, 1)
    conv(net, "conv5", 192, 3, same=False)
    net.add("pool2", "MaxPool2d", kernel_size=3, stride=2)
    net.add("mixed", "Mixed")
    net.add("blocks_a", "ResidualA", repeat=10).add("reduction_a", "ReductionA")
    net.add("blocks_b", "ResidualB", repeat=20).add("reduction_b", "ReductionB")
    net.add("blocks_c", "ResidualC", repeat=9)
    # The last block is added whole, and no ReLU follows.
    net.add("last", "BranchesC")
    net.add("sum_both", "Add", after=("last", "blocks_c"))
    conv(net, "conv6", 1536, 1)
    classifier(net)
    return net.finished(IMAGENET_299, TRAINING)


def _mixed(net: Sketch) -> None:
    block = net.block("Mixed", help="Four branches at 35 × 35: 320 channels together.")
    conv(block, "one", 96, 1)
    _branch(block, "five", [(48, 1), (64, 5)])
    _branch(block, "double", [(64, 1), (96, 3), (96, 3)])
    _average(block, 64)
    _join(block, "one", "five2", "double3", "project")

    block = net.block("ReductionA", help=_REDUCTION)
    conv(block, "three", 384, 3, stride=2, same=False)
    _branch(block, "double", [(256, 1), (256, 3)])
    conv(block, "double3", 384, 3, stride=2, same=False)
    _pool(block)
    _join(block, "three", "double3", "pool")

    block = net.block("ReductionB", help=_REDUCTION)
    conv(block, "first1", 256, 1)
    conv(block, "first2", 384, 3, stride=2, same=False)
    conv(block, "second1", 256, 1, after="x_in")
    conv(block, "second2", 288, 3, stride=2, same=False)
    _branch(block, "third", [(256, 1), (288, 3)])
    conv(block, "third3", 320, 3, stride=2, same=False)
    _pool(block)
    _join(block, "first2", "second2", "third3", "pool")


def _residual_blocks(net: Sketch) -> None:
    block = net.block("BranchesA", help="Three branches, then 1 × 1 to 320 channels.")
    conv(block, "one", 32, 1)
    _branch(block, "three", [(32, 1), (32, 3)])
    _branch(block, "double", [(32, 1), (48, 3), (64, 3)])
    _project(block, 320, "one", "three2", "double3")
    _scaled(net, "A", 0.17)

    block = net.block("BranchesB", help="Two branches, then 1 × 1 to 1,088 channels.")
    conv(block, "one", 192, 1)
    _branch(block, "seven", [(128, 1), (160, (1, 7)), (192, (7, 1))])
    _project(block, 1088, "one", "seven3")
    _scaled(net, "B", 0.1)

    block = net.block("BranchesC", help="Two branches, then 1 × 1 to 2,080 channels.")
    conv(block, "one", 192, 1)
    _branch(block, "three", [(192, 1), (224, (1, 3)), (256, (3, 1))])
    _project(block, 2080, "one", "three3")
    _scaled(net, "C", 0.2)


def _scaled(net: Sketch, letter: str, factor: float) -> None:
    """Section 3.3: residuals are scaled down before they are added."""
    block = net.block(
        f"Residual{letter}",
        help=f"Branches whose result, times {factor:g}, is added to the input: scaled "
        "down, it does not blow up in training.",
    )
    block.add("branches", f"Branches{letter}").add("scale", "Scale", factor=factor)
    block.add("sum_both", "Add", after=("scale", "x_in"))
    block.add("relu", "ReLU").add("y", "Output")


def _branch(
    block: Sketch, name: str, units: Sequence[tuple[int, int | tuple[int, int]]]
) -> None:
    """Convolutions in a row from the block's input: channels and kernel of each."""
    after: str | None = "x_in"
    for number, (channels, kernel) in enumerate(units, start=1):
        conv(block, f"{name}{number}", channels, kernel, after=after)
        after = None


def _average(block: Sketch, channels: int) -> None:
    block.add(
        "pool",
        "AvgPool2d",
        after="x_in",
        kernel_size=3,
        stride=1,
        padding=1,
        count_include_pad=False,
    )
    conv(block, "project", channels, 1)


def _pool(block: Sketch) -> None:
    block.add("pool", "MaxPool2d", after="x_in", kernel_size=3, stride=2)


def _project(block: Sketch, channels: int, *branches: str) -> None:
    block.add("joined", "Concatenate", after=branches)
    block.add("project", "Conv2d", out_channels=channels, kernel_size=1)
    block.add("y", "Output")


def _join(block: Sketch, *branches: str) -> None:
    block.add("joined", "Concatenate", after=branches).add("y", "Output")
