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
