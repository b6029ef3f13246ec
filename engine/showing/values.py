"""Whatever flows along an edge as something to look at: maps, a strip, words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.showing.exhibit import Exhibit, Sheet, Writing, painted
from engine.showing.writing import text_of

MOST_MAPS = 16
COLUMNS = 4
MOST_SIDE = 128
"""Numbers that a strip shows along each side; the rest is named, not drawn."""
FEW = 12
"""So many numbers are written out."""
_COLD, _ZERO, _WARM = (38, 110, 196), (245, 245, 245), (200, 92, 12)
"""Blue and orange are told apart by eyes of every kind."""


def value_exhibit(value: Tensor, vocabulary: Sequence[str] = ()) -> Exhibit:
    """One sample's value, of whatever shape, without the batch."""
    value = value.detach().cpu()
    if not value.is_floating_point() and not value.is_complex():
        return _numbers(value, vocabulary)
    value = value.abs() if value.is_complex() else value.float()
    broken = int((~value.isfinite()).sum())
    value = value.nan_to_num(0.0, 0.0, 0.0)
    while value.dim() > 3:
        value = value[0]
    if value.dim() == 3:
        found = _maps(value)
    elif value.dim() == 2:
        found = _strip(value.T, f"{value.shape[0]} steps across, {value.shape[1]} down")
    else:
        found = _vector(value.reshape(-1))
    if not broken:
        return found
    caption = f"{broken:,} of its values are no numbers. {found.caption}"
    return Sheet(title=found.title, caption=caption, pictures=found.pictures)


def attention_exhibit(shares: Tensor) -> Sheet:
    """Shares (queries, keys) as the map of who looks at whom: a row looks."""
    shares = shares.detach().cpu().float().nan_to_num(0.0, 0.0, 0.0)
    looking, looked_at = shares.shape
    strip = _strip(shares, "")
    return Sheet(
        title="who looks at whom",
        caption=f"Each of the {looking:,} rows looks at the {looked_at:,} columns: the "
        f"stronger the orange, the more. {_span(shares)}.",
        pictures=strip.pictures,
    )


def _numbers(value: Tensor, vocabulary: Sequence[str]) -> Writing:
    flat = value.reshape(-1).tolist()
    if vocabulary and value.dim() == 1:
        return Writing(
            title="words",
            text=text_of(flat, vocabulary),
            caption=f"{len(flat):,} tokens",
        )
    text = " ".join(str(each) for each in flat[:64])
    text += " …" if len(flat) > 64 else ""
    return Writing(title="numbers", text=text, caption=f"{len(flat):,} whole numbers")


def _maps(value: Tensor) -> Sheet:
    """Channels (C, H, W), each as a picture from its least to its greatest value."""
    count, height, width = value.shape
    span = _span(value)
    if min(height, width) == 1 and max(height, width) == 1:
        return _vector(value.reshape(-1))
    if count == 3:
        low, high = value.min(), value.max()
        colour = painted(value, float(low), float(high))
        return Sheet(
            title="picture",
            caption=f"Its three channels as red, green and blue; {span}.",
            pictures=_sheet([_fitting(colour)]),
        )
    shown = value[:MOST_MAPS]
    maps = [
        _fitting(painted(each[None], float(each.min()), float(each.max())))
        for each in shown
    ]
    which = f"The first {len(maps)} of {count:,} channels" if count > len(maps) else ""
    which = which or (f"{count} channels" if count > 1 else "One channel")
    each = ", each" if count > 1 else ""
    return Sheet(
        title="maps",
        caption=f"{which}{each} from its least value (black) to its greatest (white); "
        f"{span}.",
        pictures=_sheet(maps),
    )


def _fitting(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) with every so many-th pixel where it is too large."""
    step = -(-max(picture.shape[:2]) // MOST_SIDE)
    return picture[::step, ::step]


def _sheet(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pictures of one size in rows of at most `COLUMNS`; gaps at the end are grey."""
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * columns, *pictures[0].shape), 128, np.uint8)
    sheet[: len(pictures)] = np.stack(pictures)
    return sheet.reshape(rows, columns, *pictures[0].shape)


def _vector(value: Tensor) -> Sheet:
    """Numbers (D,) as a strip, in several rows where they are many."""
    count = len(value)
    shown = value[: MOST_SIDE * 8]
    side = min(len(shown), 64)
    rows = -(-len(shown) // side)
    padded = torch.zeros(rows * side)
    padded[: len(shown)] = shown
    strip = padded.reshape(rows, side)
    if rows == 1:  # a line of single dots is hard to see
        strip = strip.repeat_interleave(max(side // 10, 1), 0)
    if count <= FEW:
        said = "  ".join(_said(number) for number in value.tolist())
    elif count > len(shown):
        said = f"the first {len(shown):,} of {count:,} numbers"
    else:
        said = f"{count:,} numbers" + (f" in rows of {side}" if rows > 1 else "")
    return _strip(strip, said, value)


def _strip(numbers: Tensor, said: str, whole: Tensor | None = None) -> Sheet:
    """Numbers (rows, columns): blue below zero, orange above, white at zero."""
    whole = numbers if whole is None else whole
    numbers = numbers[:MOST_SIDE, :MOST_SIDE]
    most = float(numbers.abs().max()) if numbers.numel() else 0.0
    share = (numbers / (most or 1.0)).clamp(-1, 1).unsqueeze(-1)
    cold, zero, warm = (torch.tensor(c).float() for c in (_COLD, _ZERO, _WARM))
    colours = (
        zero + share.clamp(min=0) * (warm - zero) - share.clamp(max=0) * (cold - zero)
    )
    picture: NDArray[np.uint8] = colours.round().to(torch.uint8).numpy()
    parts = [said, "blue is below zero, orange above"]
    if whole.numel() > 1:  # a single number was said
        parts.append(_span(whole))
    return Sheet(
        title="strip",
        caption="; ".join(parts) + ".",
        pictures=picture[None, None],
    )


def _span(value: Tensor) -> str:
    if not value.numel():
        return "no values"
    least, greatest = (_said(float(each)) for each in (value.min(), value.max()))
    return f"{least} to {greatest}"


def _said(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
