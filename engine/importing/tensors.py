"""Tensors that a network holds or makes itself, as nodes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.importing.declared import Unlike
from engine.importing.picture import Drawn


def node_of(tensor: Tensor, shape: tuple[int, ...]) -> Drawn:
    """The node of a parameter, still without a name, or of one number everywhere.

    `shape` is that of one sample. Raises Unlike for other numbers: what is computed
    from weights would not be learned, and a table has no layer.
    """
    values = tensor.detach()
    lowest, highest = float(values.min()), float(values.max())
    if isinstance(tensor, nn.Parameter):
        node = Drawn("", "Parameter", {"shape": shape}, weights={"": tensor})
        if lowest == highest == 1.0:
            node.settings["init"] = "ones"
        elif lowest != highest:
            node.settings["init"] = "normal"
        return node
    if tensor.requires_grad:
        raise Unlike("computes with its weights outside of a layer")
    if lowest != highest:
        raise Unlike("uses a table of numbers that is no parameter")
    return Drawn("constant", "Constant", {"shape": shape, "value": lowest})


def counted(tensor: Tensor) -> tuple[int, int]:
    """From where and how far a tensor counts; raises Unlike for other whole numbers."""
    if tensor.ndim and tensor.numel():
        row = tensor.reshape(-1, tensor.shape[-1])[0]
        start, count = int(row[0]), row.numel()
        if bool((tensor == torch.arange(start, start + count)).all()):
            return start, count
    raise Unlike("looks up whole numbers that it makes itself")
