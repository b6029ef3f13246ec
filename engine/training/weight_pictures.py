"""Weights as pictures: filters, the prototypes of a map, and where the map is torn.

Each takes weights and gives numbers in rows and columns; what paints them chooses the
colours. Nothing is scaled here.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def filters(weight: Tensor, shape: tuple[int, ...] = ()) -> Tensor:
    """What each unit looks for, as pictures: (units, ...) -> (units, C, H, W).

    `shape` is that of one sample, C × H × W or H × W; without one a vector is taken to
    be a square picture in grey. Raises ValueError where it is none.
    """
    units, numbers = len(weight), weight[0].numel()
    if not shape:
        side = math.isqrt(numbers)
        shape = (side, side)
    shape = (1,) * (3 - len(shape)) + tuple(shape)
    if len(shape) != 3 or math.prod(shape) != numbers:
        raise ValueError(f"{numbers} weights make no picture of {shape}")
    return weight.detach().reshape(units, *shape)


def prototypes(
    weight: Tensor, rows: int, columns: int, shape: tuple[int, ...] = ()
) -> Tensor:
    """The prototypes of a map in their grid: -> (rows, columns, C, H, W)."""
    pictures = filters(weight, shape)
    return pictures.reshape(rows, columns, *pictures.shape[1:])


def u_matrix(weight: Tensor, rows: int, columns: int) -> Tensor:
    """How far each prototype is from those around it on the grid, (rows, columns).

    The mean over up to eight neighbours; large values are borders between regions of
    the map (Ultsch and Siemon 1990).
    """
    grid = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))
    steps = (grid.unsqueeze(1) - grid.unsqueeze(0)).abs().amax(-1)
    is_near = (steps == 1).to(weight)
    apart = torch.cdist(weight.detach(), weight.detach())
    counts = is_near.sum(1).clamp(min=1)  # a map of one unit has no neighbours
    return ((apart * is_near).sum(1) / counts).reshape(rows, columns)
