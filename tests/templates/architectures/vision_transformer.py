"""The vision transformer: a picture read as a sentence of patches."""

from __future__ import annotations

from dataclasses import dataclass

from engine.document import Document
from tests.templates.architectures.parts import TRAINING, made_up
from tests.templates.architectures.sketch import Sketch, sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class VitSizes:
    """Dosovitskiy et al. 2021, table 1; by default ViT-Base with patches of 16."""

    image: int = 224
    patch: int = 16
    width: int = 768
    heads: int = 12
    layers: int = 12


def vit_b_16(sizes: VitSizes | None = None) -> Document:
    """Dosovitskiy et al. 2021, figure 1."""
    size = sizes or VitSizes()
    net = sketch("ViT-B-16", (3, size.image, size.image))
    _encoder_layer(net, size)
    patches = (size.image // size.patch) ** 2
    net.add(
        "patches",
        "Conv2d",
        out_channels=size.width,
        kernel_size=size.patch,
        stride=size.patch,
    )
    net.add("in_a_row", "Flatten", start_dim=2).add("as_sequence", "Transpose")
    net.add("class_token", "Parameter", after="image", shape=(1, size.width))
    net.add("joined", "Concatenate", after=("class_token", "as_sequence"))
    net.add(
        "positions",
        "Parameter",
        after="image",
        shape=(patches + 1, size.width),
        init="normal",
    )
    net.add("placed", "Add", after=("joined", "positions"))
    net.add(
        "layers",
        "EncoderLayer",
        width=size.width,
        heads=size.heads,
        repeat=size.layers,
    )
    net.add("norm", "LayerNorm", eps=1e-6).add("first", "SelectStep", step=0)
    net.add("head", "Linear", out_features=1000).add("logits", "Output")
    return net.finished(made_up(size.image), TRAINING)


def _encoder_layer(net: Sketch, size: VitSizes) -> None:
    block = net.block(
        "EncoderLayer",
        {"width": size.width, "heads": size.heads},
        help="Every patch looks at every other, then thinks for itself; what comes of "
        "it is added each time. Normalization comes first.",
    )
    block.add("norm1", "LayerNorm", eps=1e-6)
    block.add("attention", "MultiheadAttention", num_heads="heads")
    block.add("sum1", "Add", after=("x_in", "attention"))
    block.add("norm2", "LayerNorm", eps=1e-6)
    block.add("expand", "Linear", out_features="4 * width").add("gelu", "GELU")
    block.add("contract", "Linear", out_features="width")
    block.add("sum2", "Add", after=("sum1", "contract")).add("y", "Output")
