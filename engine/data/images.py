"""From stored bytes to the numbers a network reads."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def scaled_images(pixels: NDArray[np.uint8]) -> Tensor:
    """Bytes from 0 to 255 as float32 from -1 to 1, of the same shape.

    Bit for bit what torchvision's `ToTensor` and `Normalize((0.5,), (0.5,))` give,
    so that results compare with code that uses them. The two figures are fixed ones:
    nothing is learnt from any part of the data.
    """
    images = torch.tensor(np.ascontiguousarray(pixels), dtype=torch.float32)
    return images.div_(255).sub_(0.5).div_(0.5)


def unit_images(pixels: NDArray[np.uint8]) -> Tensor:
    """Bytes from 0 to 255 as float32 from 0 to 1: what a Sigmoid can give back."""
    images = torch.tensor(np.ascontiguousarray(pixels), dtype=torch.float32)
    return images.div_(255)
