"""What is shown: a sheet of pictures, a table of shares, or a piece of writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """Something to look at."""

    title: str
    caption: str = ""
    """How to read it, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Exhibit):
    """Pictures of one size in rows and columns."""

    pictures: NDArray[np.uint8]
    """(rows, columns, height, width, 3)."""
    row_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Exhibit):
    """A text."""

    text: str
    usual: int = 0
    """How many tokens it has where nobody asks for more or fewer; 0: nobody can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares(Exhibit):
    """Shares from 0 to 1 in a table whose rows and columns have names."""

    shares: tuple[tuple[float, ...], ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Event):
    """What the network showed of itself after an epoch."""

    event: ClassVar[str] = "shown"
    epoch: int
    exhibits: tuple[Exhibit, ...]
    trouble: str = ""
    """Why nothing could be shown, in a sentence."""


def painted(
    pictures: Tensor, low: float | Tensor, high: float | Tensor
) -> NDArray[np.uint8]:
    """Pictures (..., C, H, W) of 1 or 3 colours as (..., H, W, 3) from 0 to 255.

    `low` becomes black and `high` white: numbers, or one for each colour (C, 1, 1).
    """
    pictures = pictures.detach().float()
    low, high = (torch.as_tensor(each).to(pictures) for each in (low, high))
    scaled = ((pictures - low) / (high - low).clamp(min=1e-12)).clamp(0, 1)
    if scaled.shape[-3] not in (1, 3):  # no colours: one is taken
        scaled = scaled[..., :1, :, :]
    scaled = scaled.expand(*scaled.shape[:-3], 3, *scaled.shape[-2:])
    bytes_ = (scaled * 255).round().to(torch.uint8)
    found: NDArray[np.uint8] = bytes_.movedim(-3, -1).cpu().numpy()
    return found


def span_of(pictures: Tensor) -> tuple[float, float]:
    """The least and the largest brightness."""
    return float(pictures.min()), float(pictures.max())


def in_picture_form(numbers: Tensor) -> Tensor | None:
    """Samples (N, ...) as pictures (N, C, H, W); None where they are none.

    A vector is a square picture in grey where its length is a square.
    """
    if numbers.dim() == 4 and numbers.shape[1] in (1, 3):
        return numbers
    if numbers.dim() == 3 and min(numbers.shape[1:]) > 3:
        return numbers.unsqueeze(1)
    side = round(numbers[0].numel() ** 0.5)
    if numbers.dim() == 2 and side > 3 and side * side == numbers.shape[1]:
        return numbers.reshape(-1, 1, side, side)
    return None
