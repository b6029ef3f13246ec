"""The running mean of a network's weights."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def mean_of(model: nn.Module, decay: float) -> AveragedModel:
    """A copy of the network that keeps `decay` of its weights with every step."""
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    for part in average.modules():
        if isinstance(part, nn.RNNBase):
            part.flatten_parameters()  # a copy's weights lie apart: cuDNN minds
    return average


@torch.no_grad()
def update_mean(average: AveragedModel, model: nn.Module) -> None:
    """As `AveragedModel.update_parameters`, which waits for the device each time."""
    if average.n_averaged == 0 or average.multi_avg_fn is None:
        average.update_parameters(model)
        return
    mean = [weight.detach() for weight in average.module.parameters()]
    now = [weight.detach() for weight in model.parameters()]
    if mean:
        average.multi_avg_fn(mean, now, average.n_averaged)
    pairs = zip(average.module.buffers(), model.buffers(), strict=True)
    for kept, buffer in pairs:
        kept.copy_(buffer)
    average.n_averaged += 1
