"""Where samples lie, and how batches of them come to a network."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.data.samples import Samples
from engine.training.device import Hardware, free_on_cuda


def device_of(samples: Samples) -> torch.device:
    """Where the samples are kept: on the GPU if they fit, else in main memory."""
    return next(iter(samples.inputs.values())).device


def place(samples: Samples, hardware: Hardware) -> Samples:
    """The samples where training wants them: on the device if they fit, and laid out.

    Half of the GPU's free memory is left to the network.
    """
    if hardware.device == "cuda":
        tensors = [*samples.inputs.values(), *samples.targets.values()]
        size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        if size < free_on_cuda() / 2:
            samples = samples.to(hardware.device)
    if not hardware.channels_last:
        return samples
    return Samples(
        {
            name: tensor.contiguous(memory_format=torch.channels_last)
            if tensor.dim() == 4
            else tensor
            for name, tensor in samples.inputs.items()
        },
        samples.targets,
    )


def fetched(samples: Samples, indices: Tensor, hardware: Hardware) -> Samples:
    """The samples at `indices`, on the device of the network.

    Nobody waits until they have arrived on a GPU: they are sent from memory that the
    system does not move, and which PyTorch keeps for the next.
    """
    batch = samples.batch(indices)
    if hardware.device == "cpu":
        return batch
    return Samples(
        *(
            {
                name: (tensor if tensor.is_cuda else tensor.pin_memory()).to(
                    hardware.device, non_blocking=True
                )
                for name, tensor in fields.items()
            }
            for fields in (batch.inputs, batch.targets)
        )
    )
