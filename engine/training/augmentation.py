"""Augmentation: batches changed by chance, so that no sample comes twice the same.

Whole batches are changed at once, on the device, and each sample in its own way. What
is drawn comes from PyTorch's random numbers, which a checkpoint keeps: a training that
is resumed draws what it would have drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.samples import Mixed, Samples, Splits
from engine.recipe import Recipe

UNKNOWN_WORD = "<unknown>"
PADDING_WORD = "<padding>"
COVERED = (0.02, 0.33)
"""The least and the greatest share of a picture that is covered; with the next, the
values of Zhong et al. 2020 ("Random Erasing Data Augmentation", AAAI), section 4.2."""
SLENDER = 0.3
"""The least height over width of what is covered; one over it is the greatest."""


class Augment:
    """Changes a batch as a recipe says. What does not fit a field leaves it alone."""

    def __init__(self, recipe: Recipe, vocabulary: Sequence[str] = ()) -> None:
        self._recipe = recipe
        words = list(vocabulary)
        self._unknown = words.index(UNKNOWN_WORD) if UNKNOWN_WORD in words else None
        self._padding = words.index(PADDING_WORD) if PADDING_WORD in words else None

    def __call__(self, batch: Samples) -> Samples:
        """The batch, changed: new tensors of the same shapes, types and layouts."""
        inputs, targets = dict(batch.inputs), dict(batch.targets)
        pictures = [name for name in inputs if holds_pictures(inputs[name])]
        if pictures:
            move = drawn_movement(self._recipe, inputs[pictures[0]])
            for name in pictures:
                inputs[name] = self._picture(inputs[name], move)
            for name, value in targets.items():
                if holds_pictures(value):  # what is to be rebuilt has moved along
                    targets[name] = laid_out_as(value, move(value))
        for name, value in inputs.items():
            if not value.is_floating_point():
                inputs[name] = self._words(value)
            elif name not in pictures:
                inputs[name] = self._numbers(value)
        changed = Samples(inputs, targets)
        are_numbers = all(value.is_floating_point() for value in inputs.values())
        if self._recipe.mixup > 0 and are_numbers:
            return mixed(changed, self._recipe.mixup)
        return changed

    def _picture(self, x_nchw: Tensor, move: Callable[[Tensor], Tensor]) -> Tensor:
        recipe = self._recipe
        changed = recolored(move(x_nchw), recipe)
        changed = self._numbers(changed)
        if recipe.erasing > 0:
            changed = erased(changed, recipe.erasing)
        return laid_out_as(x_nchw, changed)

    def _numbers(self, value: Tensor) -> Tensor:
        if self._recipe.noise == 0:
            return value
        return value + self._recipe.noise * torch.randn_like(value)

    def _words(self, tokens: Tensor) -> Tensor:
        chance = self._recipe.word_dropout
        if chance == 0 or self._unknown is None:
            return tokens
        dropped = torch.rand(tokens.shape, device=tokens.device) < chance
        if self._padding is not None:
            dropped &= tokens != self._padding
        return tokens.masked_fill(dropped, self._unknown)


def augment_for(recipe: Recipe, splits: Splits) -> Augment | None:
    """What changes the batches of a training; None where nothing is to be changed."""
    return Augment(recipe, splits.vocabulary) if recipe.augments else None


def holds_pictures(value: Tensor) -> bool:
    """Whether a field is pictures: numbers in (N, C, H, W)."""
    return value.dim() == 4 and value.is_floating_point()


def laid_out_as(model: Tensor, value: Tensor) -> Tensor:
    """The value in the memory layout of `model`: the network wants channels last."""
    if model.is_contiguous(memory_format=torch.channels_last):
        return value.contiguous(memory_format=torch.channels_last)
    return value.contiguous()


def spread(count: int, most: float, like: Tensor) -> Tensor:
    """Numbers (count,) anywhere from -most to most, on the device of `like`."""
    return (2 * torch.rand(count, device=like.device) - 1) * most


def drawn_movement(recipe: Recipe, like: Tensor) -> Callable[[Tensor], Tensor]:
    """How each picture of a batch is mirrored, turned, moved and zoomed.

    Drawn once, so that all fields of a sample that are pictures go the same way.
    """
    count, device = len(like), like.device
    flipped = torch.rand(count, device=device) < 0.5 if recipe.flip else None
    does_warp = recipe.rotation > 0 or recipe.shift > 0 or recipe.zoom > 0
    angle = torch.deg2rad(spread(count, recipe.rotation, like))
    size = torch.exp(spread(count, math.log1p(recipe.zoom), like))
    shifts = torch.randint(-recipe.shift, recipe.shift + 1, (2, count), device=device)

    def move(x_nchw: Tensor) -> Tensor:
        if flipped is not None:
            mirrored = x_nchw.flip(-1)
            x_nchw = torch.where(flipped[:, None, None, None], mirrored, x_nchw)
        return warped(x_nchw, angle, size, shifts) if does_warp else x_nchw

    return move


def warped(x_nchw: Tensor, angle: Tensor, size: Tensor, shifts: Tensor) -> Tensor:
    """Pictures turned by `angle` (N,) radians, `size` (N,) times as large, moved.

    `shifts` are pixels (2, N), to the right and down. Interpolated between pixels;
    what comes in from beyond the edge is mirrored.
    """
    height, width = x_nchw.shape[2:]
    cos, sin = torch.cos(angle) / size, torch.sin(angle) / size
    right, down = shifts
    # Where each pixel comes from, in halves of the width and the height.
    theta = torch.stack(
        [
            torch.stack([cos, sin * height / width, -2 * right / width], dim=1),
            torch.stack([-sin * width / height, cos, -2 * down / height], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(theta, list(x_nchw.shape), align_corners=False)
    return F.grid_sample(x_nchw, grid, padding_mode="reflection", align_corners=False)


def recolored(x_nchw: Tensor, recipe: Recipe) -> Tensor:
    """Pictures with other brightness, contrast and saturation, in their range still.

    The range is that of the batch, channel by channel: the pictures may be scaled in
    any way.
    """
    if not (recipe.brightness or recipe.contrast or recipe.saturation):
        return x_nchw

    def factor(most: float) -> Tensor:
        return 1 + spread(len(x_nchw), most, x_nchw)[:, None, None, None]

    low = x_nchw.amin((0, 2, 3), keepdim=True)
    high = x_nchw.amax((0, 2, 3), keepdim=True)
    changed = x_nchw
    if recipe.brightness > 0:
        changed = changed + (factor(recipe.brightness) - 1) * (high - low)
    if recipe.contrast > 0:
        middle = changed.mean((2, 3), keepdim=True)
        changed = torch.lerp(middle, changed, factor(recipe.contrast))
    if recipe.saturation > 0 and x_nchw.shape[1] == 3:
        grey = changed.mean(1, keepdim=True).expand_as(changed)
        changed = torch.lerp(grey, changed, factor(recipe.saturation))
    return torch.minimum(torch.maximum(changed, low), high)


def erased(x_nchw: Tensor, chance: float) -> Tensor:
    """Pictures of which some have a rectangle covered with their mean colour.

    Zhong et al. 2020, algorithm 1; what does not fit is cut to fit, not drawn again.
    """
    count, _, height, width = x_nchw.shape
    draws = torch.rand(5, count, device=x_nchw.device)
    area = (COVERED[0] + (COVERED[1] - COVERED[0]) * draws[1]) * (height * width)
    slender = torch.exp((2 * draws[2] - 1) * math.log(1 / SLENDER))
    tall = (area * slender).sqrt().round().clamp(1, height)
    broad = (area / slender).sqrt().round().clamp(1, width)
    top = (draws[3] * (height - tall + 1)).floor()
    left = (draws[4] * (width - broad + 1)).floor()
    rows = torch.arange(height, device=x_nchw.device)
    columns = torch.arange(width, device=x_nchw.device)
    in_rows = (rows >= top[:, None]) & (rows < (top + tall)[:, None])
    in_columns = (columns >= left[:, None]) & (columns < (left + broad)[:, None])
    in_rows &= (draws[0] < chance)[:, None]
    covered = in_rows[:, None, :, None] & in_columns[:, None, None, :]
    return torch.where(covered, x_nchw.mean((2, 3), keepdim=True), x_nchw)


def mixed(batch: Samples, alpha: float) -> Mixed:
    """Each sample blended with another of the batch, in the same proportion.

    The share is drawn from Beta(alpha, alpha), once a batch (Zhang et al. 2018,
    "mixup: Beyond Empirical Risk Minimization", figure 1). It counts for the sample
    that has more of it, so that accuracy is asked of what is mostly seen.
    """
    # PyTorch's Beta has other random numbers on each device; a seed from it has not.
    seed = int(torch.randint(2**62, ()))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    share = max(share, 1 - share)
    first = next(iter(batch.inputs.values()))
    order = torch.randperm(len(batch), device=first.device)
    inputs = {
        name: laid_out_as(value, torch.lerp(value[order], value, share))
        for name, value in batch.inputs.items()
    }
    others = {name: value[order] for name, value in batch.targets.items()}
    return Mixed(inputs, batch.targets, others, share)
