"""Published implementations of the architectures, and how weights are copied from them.

A reference gives all its outputs in evaluation mode, auxiliary heads included, which it
computes only while training: they are run on what the layer before them gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import timm
import torch
from torch import Tensor, nn
from torchvision import models


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One published implementation, without its trained weights."""

    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    """A sample that is as small as the network allows."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """Of auxiliary heads: the module's name, and the module it follows."""

    def outputs(self, network: nn.Module, x: Tensor) -> list[Tensor]:
        """What the network answers, then what its heads do."""
        seen: dict[str, Tensor] = {}
        hooks = [
            network.get_submodule(before).register_forward_hook(
                lambda _module, _inputs, given, head=head: seen.update({head: given})
            )
            for head, before in self.heads.items()
        ]
        answers = [network(x)]
        for hook in hooks:
            hook.remove()
        return answers + [network.get_submodule(head)(seen[head]) for head in seen]

    def weights(self, network: nn.Module) -> list[tuple[str, Tensor]]:
        """Every weight and running figure in order, those of the heads last."""
        everything = list(network.state_dict().items())

        def is_head(name: str) -> bool:
            return name.split(".")[0] in self.heads

        return sorted(everything, key=lambda each: is_head(each[0]))


def _torchvision(name: str, **options: bool) -> Callable[[], nn.Module]:
    return lambda: models.get_model(name, weights=None, **options)


def _timm(name: str) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name, pretrained=False)


_SMALL = (3, 64, 64)
REFERENCES: dict[str, Reference] = {
    "alexnet": Reference(make=_torchvision("alexnet"), shape=_SMALL),
    "vgg-16": Reference(make=_torchvision("vgg16"), shape=(3, 32, 32)),
    "inception-v1": Reference(
        make=_torchvision("googlenet", aux_logits=False, init_weights=False),
        shape=_SMALL,
    ),
    "inception-v1-aux": Reference(
        make=_torchvision("googlenet", aux_logits=True, init_weights=False),
        shape=_SMALL,
        heads={"aux1": "inception4a", "aux2": "inception4d"},
    ),
    "inception-v3": Reference(
        make=_torchvision("inception_v3", aux_logits=False, init_weights=False),
        shape=(3, 75, 75),
    ),
    # Its head's last convolution needs 5 × 5 pixels, which 299 × 299 leave.
    "inception-v3-aux": Reference(
        make=_torchvision("inception_v3", aux_logits=True, init_weights=False),
        shape=(3, 299, 299),
        heads={"AuxLogits": "Mixed_6e"},
    ),
    "resnet-50": Reference(make=_torchvision("resnet50"), shape=_SMALL),
    "resnext-50": Reference(make=_torchvision("resnext50_32x4d"), shape=_SMALL),
    "densenet-121": Reference(make=_torchvision("densenet121"), shape=_SMALL),
    "xception": Reference(make=_timm("legacy_xception"), shape=(3, 71, 71)),
    "inception-v4": Reference(make=_timm("inception_v4"), shape=(3, 75, 75)),
    "inception-resnet-v2": Reference(
        make=_timm("inception_resnet_v2"), shape=(3, 75, 75)
    ),
    "mobilenet-v2": Reference(make=_torchvision("mobilenet_v2"), shape=_SMALL),
}
"""By the id of the template."""


def scramble(network: nn.Module, seed: int = 0) -> None:
    """Draw every weight and running figure anew, so that none is 0 or 1 by chance.

    Weights keep the size of what flows (He et al. 2015, equation 10), so that the
    answers depend on the input to the end.
    """
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if not tensor.is_floating_point():
                continue
            drawn = torch.randn(tensor.shape, generator=chance)
            if name.endswith("running_var"):
                tensor.copy_(1.0 + drawn.tanh() / 2)
            elif tensor.ndim > 1:
                tensor.copy_(drawn * (2.0 / tensor[0].numel()) ** 0.5)
            elif name.endswith("weight"):
                tensor.copy_(1.0 + drawn / 10)
            else:
                tensor.copy_(drawn / 10)
