"""The Inception family: versions 1, 3 and 4, and Inception-ResNet-v2."""

from __future__ import annotations

from engine.document import Document
from tests.templates.architectures.parts import (
    IMAGENET,
    IMAGENET_299,
    TRAINING,
    classifier,
    conv,
    conv_units,
)
from tests.templates.architectures.sketch import Sketch, sketch

AUXILIARY_WEIGHT = 0.3
"""Szegedy et al. 2015, section 5: what the auxiliary losses count."""


def inception_v1() -> Document:
    """Szegedy et al. 2015, table 1, with batch normalization, as torchvision."""
    return _inception_v1("Inception v1", auxiliary=False)


def inception_v1_aux() -> Document:
    """The same with the two auxiliary classifiers of section 5."""
    return _inception_v1("Inception v1 aux", auxiliary=True)


_V1_STAGES = {
    "3": ["64 96 128 16 32 32", "128 128 192 32 96 64"],
    "4": [
        "192 96 208 16 48 64",
        "160 112 224 24 64 64",
        "128 128 256 24 64 64",
        "112 144 288 32 64 64",
        "256 160 320 32 128 128",
    ],
    "5": ["256 160 320 32 128 128", "384 192 384 48 128 128"],
}
_V1_SETTINGS = ("ones", "reduce3", "threes", "reduce5", "fives", "pooled")


def _inception_v1(title: str, *, auxiliary: bool) -> Document:
    net = sketch(title, (3, 224, 224))
    conv_units(net, factorized=False)
    _inception_block_v1(net)
    if auxiliary:
        _auxiliary_block_v1(net)
    conv(net, "conv1", 64, 7, stride=2)
    net.add("pool1", "MaxPool2d", kernel_size=3, stride=2, ceil_mode=True)
    conv(net, "conv2", 64, 1)
    conv(net, "conv3", 192, 3)
    net.add("pool2", "MaxPool2d", kernel_size=3, stride=2, ceil_mode=True)
    for stage, rows in _V1_STAGES.items():
        for letter, row in zip("abcde", rows, strict=False):
            numbers = dict(zip(_V1_SETTINGS, map(int, row.split()), strict=True))
            net.add(f"inception{stage}{letter}", "Inception", **numbers)
        if stage == "3":
            net.add("pool3", "MaxPool2d", kernel_size=3, stride=2, ceil_mode=True)
        if stage == "4":
            net.add("pool4", "MaxPool2d", ceil_mode=True)
    classifier(net, dropout=0.2, target="label" if auxiliary else "")
    if auxiliary:
        for number, place in ((1, "inception4a"), (2, "inception4d")):
            net.add(f"aux{number}", "Auxiliary", after=place)
            net.add(
                f"aux{number}_logits",
                "Output",
                target="label",
                loss_weight=AUXILIARY_WEIGHT,
            )
    return net.finished(IMAGENET, TRAINING, _stage_by_stage() if auxiliary else None)


def _stage_by_stage() -> dict[str, tuple[float, float]]:
    """A row for each stage; the heads stand below what they read."""
    rows = {
        0.0: "image conv1 pool1 conv2 conv3 pool2",
        160.0: "inception3a inception3b pool3",
        320.0: "inception4a inception4b inception4c inception4d inception4e pool4",
        456.0: "aux1 aux1_logits - aux2 aux2_logits",
        616.0: "inception5a inception5b avgpool",
        776.0: "flatten dropout fc logits",
    }
    return {
        name: (208.0 * column, y)
        for y, names in rows.items()
        for column, name in enumerate(names.split())
        if name != "-"
    }


def _inception_block_v1(net: Sketch) -> None:
    block = net.block(
        "Inception",
        dict(zip(_V1_SETTINGS, (64, 96, 128, 16, 32, 32), strict=True)),
        help="Four branches side by side, joined along the channels: 1 × 1, a reduced "
        "3 × 3, a reduced second filter, and a pooling.",
    )
    conv(block, "one", "ones", 1)
    conv(block, "reduce_three", "reduce3", 1, after="x_in")
    conv(block, "three", "threes", 3)
    conv(block, "reduce_five", "reduce5", 1, after="x_in")
    # 3 × 3, where the paper has 5 × 5: so has the reference, with trained weights.
    conv(block, "five", "fives", 3)
    block.add("pool", "MaxPool2d", after="x_in", kernel_size=3, stride=1, padding=1)
    conv(block, "project", "pooled", 1)
    block.add("joined", "Concatenate", after=("one", "three", "five", "project"))
    block.add("y", "Output")


def _auxiliary_block_v1(net: Sketch) -> None:
    block = net.block(
        "Auxiliary",
        help="A small classifier on the way: it gives the lower layers a gradient of "
        "their own while training.",
    )
    block.add("pool", "AdaptiveAvgPool2d", output_size=4)
    conv(block, "conv", 128, 1)
    block.add("flatten", "Flatten")
    block.add("fc1", "Linear", out_features=1024).add("relu", "ReLU")
    block.add("dropout", "Dropout", p=0.7)
    block.add("fc2", "Linear", out_features=1000).add("y", "Output")


def inception_v3() -> Document:
    """Szegedy et al. 2016, table 1, as torchvision."""
    return _inception_v3("Inception v3", auxiliary=False)


def inception_v3_aux() -> Document:
    """The same with the auxiliary classifier of section 4."""
    return _inception_v3("Inception v3 aux", auxiliary=True)


def _inception_v3(title: str, *, auxiliary: bool) -> Document:
    net = sketch(title, (3, 299, 299))
    conv_units(net)
    _blocks_v3(net)
    if auxiliary:
        _auxiliary_block_v3(net)
    conv(net, "conv1", 32, 3, stride=2, same=False)
    conv(net, "conv2", 32, 3, same=False)
    conv(net, "conv3", 64, 3)
    net.add("pool1", "MaxPool2d", kernel_size=3, stride=2)
    conv(net, "conv4", 80, 1)
    conv(net, "conv5", 192, 3, same=False)
    net.add("pool2", "MaxPool2d", kernel_size=3, stride=2)
    net.add("mixed_a1", "InceptionA", pooled=32)
    net.add("mixed_a2", "InceptionA", pooled=64, repeat=2)
    net.add("reduction_a", "ReductionA")
    net.add("mixed_b1", "InceptionB", inner=128)
    net.add("mixed_b2", "InceptionB", inner=160, repeat=2)
    net.add("mixed_b3", "InceptionB", inner=192)
    net.add("reduction_b", "ReductionB")
    net.add("mixed_c", "InceptionC", repeat=2)
    classifier(net, dropout=0.5, target="label" if auxiliary else "")
    if auxiliary:
        net.add("aux", "Auxiliary", after="mixed_b3")
        net.add("aux_logits", "Output", target="label", loss_weight=AUXILIARY_WEIGHT)
    return net.finished(IMAGENET_299, TRAINING)


def _blocks_v3(net: Sketch) -> None:
    block = net.block(
        "InceptionA",
        {"pooled": 64},
        help="Four branches at 35 × 35; two 3 × 3 convolutions see as far as a 5 × 5.",
    )
    conv(block, "one", 64, 1)
    conv(block, "five1", 48, 1, after="x_in")
    conv(block, "five2", 64, 5)
    conv(block, "three1", 64, 1, after="x_in")
    conv(block, "three2", 96, 3)
    conv(block, "three3", 96, 3)
    block.add("pool", "AvgPool2d", after="x_in", kernel_size=3, stride=1, padding=1)
    conv(block, "project", "pooled", 1)
    _join(block, "one", "five2", "three3", "project")

    block = net.block("ReductionA", help=_REDUCTION)
    conv(block, "three", 384, 3, stride=2, same=False)
    conv(block, "double1", 64, 1, after="x_in")
    conv(block, "double2", 96, 3)
    conv(block, "double3", 96, 3, stride=2, same=False)
    block.add("pool", "MaxPool2d", after="x_in", kernel_size=3, stride=2)
    _join(block, "three", "double3", "pool")

    block = net.block(
        "InceptionB",
        {"inner": 128},
        help="Four branches at 17 × 17: a 1 × 7 and a 7 × 1 convolution in place of "
        "one of 7 × 7.",
    )
    conv(block, "one", 192, 1)
    conv(block, "seven1", "inner", 1, after="x_in")
    conv(block, "seven2", "inner", (1, 7))
    conv(block, "seven3", 192, (7, 1))
    conv(block, "double1", "inner", 1, after="x_in")
    for number, kernel in ((2, (7, 1)), (3, (1, 7)), (4, (7, 1))):
        conv(block, f"double{number}", "inner", kernel)
    conv(block, "double5", 192, (1, 7))
    block.add("pool", "AvgPool2d", after="x_in", kernel_size=3, stride=1, padding=1)
    conv(block, "project", 192, 1)
    _join(block, "one", "seven3", "double5", "project")

    block = net.block("ReductionB", help=_REDUCTION)
    conv(block, "three1", 192, 1)
    conv(block, "three2", 320, 3, stride=2, same=False)
    conv(block, "seven1", 192, 1, after="x_in")
    conv(block, "seven2", 192, (1, 7))
    conv(block, "seven3", 192, (7, 1))
    conv(block, "seven4", 192, 3, stride=2, same=False)
    block.add("pool", "MaxPool2d", after="x_in", kernel_size=3, stride=2)
    _join(block, "three2", "seven4", "pool")

    block = net.block(
        "InceptionC",
        help="Branches at 8 × 8 that fork once more into 1 × 3 and 3 × 1: wide, since "
        "the picture is small by now.",
    )
    conv(block, "one", 320, 1)
    conv(block, "three1", 384, 1, after="x_in")
    conv(block, "three2a", 384, (1, 3))
    conv(block, "three2b", 384, (3, 1), after="three1")
    conv(block, "double1", 448, 1, after="x_in")
    conv(block, "double2", 384, 3)
    conv(block, "double3a", 384, (1, 3))
    conv(block, "double3b", 384, (3, 1), after="double2")
    block.add("pool", "AvgPool2d", after="x_in", kernel_size=3, stride=1, padding=1)
    conv(block, "project", 192, 1)
    branches = ("one", "three2a", "three2b", "double3a", "double3b", "project")
    _join(block, *branches)


_REDUCTION = (
    "Branches that halve height and width and add channels, a pooling among them."
)


def _join(block: Sketch, *branches: str) -> None:
    block.add("joined", "Concatenate", after=branches).add("y", "Output")


def _auxiliary_block_v3(net: Sketch) -> None:
    block = net.block(
        "Auxiliary",
        help="A small classifier on the way, for training alone; with batch "
        "normalization it works as a regularizer.",
    )
    block.add("pool", "AvgPool2d", kernel_size=5, stride=3)
    conv(block, "conv1", 128, 1)
    conv(block, "conv2", 768, 5, same=False)
    block.add("avgpool", "AdaptiveAvgPool2d").add("flatten", "Flatten")
    block.add("fc", "Linear", out_features=1000).add("y", "Output")
