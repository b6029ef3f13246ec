"""How the architectures among the templates are drawn: a function for each.

The documents in `templates/lessons` are what these functions give; after a change here,
`python -m tests.templates.architectures` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.document import Document
from tests.templates.architectures.classics import alexnet, lenet_5, vgg_16
from tests.templates.architectures.inception_v4 import inception_resnet_v2, inception_v4
from tests.templates.architectures.inceptions import (
    inception_v1,
    inception_v1_aux,
    inception_v3,
    inception_v3_aux,
)
from tests.templates.architectures.light import densenet_121, mobilenet_v2, xception
from tests.templates.architectures.pictures import conv_autoencoder, unet
from tests.templates.architectures.resnets import resnet_50, resnext_50

ARCHITECTURES: dict[str, Callable[[], Document]] = {
    "lenet-5": lenet_5,
    "alexnet": alexnet,
    "vgg-16": vgg_16,
    "inception-v1": inception_v1,
    "inception-v1-aux": inception_v1_aux,
    "inception-v3": inception_v3,
    "inception-v3-aux": inception_v3_aux,
    "resnet-50": resnet_50,
    "resnext-50": resnext_50,
    "densenet-121": densenet_121,
    "xception": xception,
    "inception-v4": inception_v4,
    "inception-resnet-v2": inception_resnet_v2,
    "mobilenet-v2": mobilenet_v2,
    "conv-autoencoder": conv_autoencoder,
    "unet": unet,
}
"""By the id of the template."""
