"""What goes on inside: maps of a convolution, attention, gates, and fading slopes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from engine.showing.exhibit import (
    Exhibit,
    Shares,
    Sheet,
    in_picture_form,
    painted,
    span_of,
)
from engine.showing.scene import Scene
from engine.showing.sentence import FILLING
from engine.training.objective import forward

SAMPLES, MAPS = 4, 7
"""How many pictures are shown, and how many maps of each."""
UNITS, STEPS = 24, 64
"""How many units and steps of a recurrent layer are shown at most."""
MOST_WORDS = 32
LEAST_ELSEWHERE = 0.005
"""From which share on what goes to no word has a column of its own."""
SLOPE_SAMPLES = 64
DECADES = 6
"""How many factors of ten the picture of slopes reaches down."""
_HEIGHT, _BAR = 48, 3
"""Pixels: how tall the picture of slopes is, and how wide a step in it."""


@contextmanager
def _listening(module: nn.Module) -> Iterator[list[tuple[tuple[Any, ...], Any]]]:
    """What goes into a module and what comes out, while this lasts."""
    heard: list[tuple[tuple[Any, ...], Any]] = []  # whatever a module takes and gives

    def note(_: nn.Module, args: tuple[Any, ...], given: Any) -> None:
        heard.append((args, given))

    handle = module.register_forward_hook(note)
    try:
        yield heard
    finally:
        handle.remove()


def slid(scene: Scene) -> Iterator[Exhibit]:
    """Pictures, and the maps that the first convolution makes of them."""
    few = scene.few(SAMPLES)
    pictures = in_picture_form(few.inputs[scene.plan.fields[0]])
    found = next(
        (
            (name, module)
            for name, module in scene.network.named_modules()
            if isinstance(module, nn.Conv2d) and module.kernel_size != (1, 1)
        ),
        None,
    )
    if found is None or pictures is None or not pictures.is_floating_point():
        return
    if scene.rebuilds or any(goal.loss == "shown" for goal in scene.plan.goals):
        return  # what it draws says more
    name, module = found
    with _listening(module) as heard:
        forward(scene.network, few, scene.plan)
    if not heard or heard[0][0][0].shape != pictures.shape:
        return
    maps = heard[0][1].float()
    low, high = span_of(pictures)
    size = (max(maps.shape[-2], pictures.shape[-2]),) * 2
    rows = []
    for picture, answers in zip(pictures, maps, strict=True):
        cells = [painted(_grown(picture, size), low, high)]
        for answer in answers[:MAPS]:
            most = float(answer.abs().max()) or 1.0
            cells.append(painted(_grown(answer[None], size), -most, most))
        rows.append(torch.stack([torch.from_numpy(cell) for cell in cells]))
    count = "its map" if maps.shape[1] == 1 else "its first maps"
    yield Sheet(
        title=f"What {name} makes of a picture",
        caption=f"On the left the picture, beside it {count}: grey where the filter "
        "gives 0, bright above it, dark below.",
        pictures=torch.stack(rows).numpy(),
    )


def _grown(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """A picture (C, H, W) of whole pixels that are as large as they can be, centred."""
    height, width = size
    times = max(min(height // picture.shape[-2], width // picture.shape[-1]), 1)
    grown = picture.float().repeat_interleave(times, -1).repeat_interleave(times, -2)
    whole = grown.new_full((picture.shape[0], height, width), float(grown.min()))
    top = (height - grown.shape[-2]) // 2
    left = (width - grown.shape[-1]) // 2
    rows = slice(top, top + grown.shape[-2])
    whole[:, rows, left : left + grown.shape[-1]] = grown
    return whole


def attended(scene: Scene) -> Iterator[Exhibit]:
    """How much each word of a sentence looks at each other, in the first attention."""
    found = next(
        (
            (name, module)
            for name, module in scene.network.named_modules()
            if isinstance(module, nn.MultiheadAttention)
        ),
        None,
    )
    words = _words(scene)
    if found is None or words is None:
        return
    name, module = found
    asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []  # as PyTorch takes them

    def note(_: nn.Module, args: tuple[Any, ...], given: dict[str, Any]) -> None:
        asked.append((args, given))

    handle = module.register_forward_pre_hook(note, with_kwargs=True)
    try:
        forward(scene.network, scene.few(1), scene.plan)
    finally:
        handle.remove()
    if not asked:
        return
    args, given = asked[0]
    _, weights = module(*args, **{**given, "need_weights": True})
    places = list(words)
    whole = weights[0].float().cpu()
    if whole.shape[-1] <= max(places) or whole.shape[0] <= max(places):
        return  # it looks at something other than the words
    shares = whole[places][:, places]
    elsewhere = (whole[places].sum(-1, True) - shares.sum(-1, True)).clamp(min=0)
    caption = (
        "Each row is a word that looks; the stronger the colour of a field, the more "
        "it takes from the word above it. The numbers are percent: a row adds up to "
        "100, but for rounding."
    )
    columns = tuple(words.values())
    if float(elsewhere.max()) >= LEAST_ELSEWHERE:
        shares = torch.cat((shares, elsewhere), -1)
        columns += (FILLING,)
        caption += f" {FILLING} is all that fills the sentence up, together."
    yield Shares(
        title=f"Who looks at whom, in {name}",
        caption=caption,
        shares=tuple(map(tuple, shares.tolist())),
        rows=tuple(words.values()),
        columns=columns,
    )


def _words(scene: Scene) -> dict[int, str] | None:
    """The words of a validation sample by their places, padding left out."""
    vocabulary = scene.splits.vocabulary
    tokens = scene.few(1).inputs[scene.plan.fields[0]][0]
    if not vocabulary or tokens.dim() != 1 or tokens.is_floating_point():
        return None
    found = {
        place: vocabulary[token] if token < len(vocabulary) else "?"
        for place, token in enumerate(tokens.tolist())
        if token != 0
    }
    return found if 1 < len(found) <= MOST_WORDS else None


def _recurrent(scene: Scene) -> tuple[str, nn.RNNBase] | None:
    """The first recurrent layer."""
    for name, module in scene.network.named_modules():
        if isinstance(module, nn.RNNBase):
            return name, module
    return None


def faded(scene: Scene) -> Iterator[Exhibit]:
    """How strongly the answer hangs on each step that a recurrent layer has read."""
    found = _recurrent(scene)
    if found is None or scene.writes:
        return
    name, module = found
    slopes = _slopes(scene, module)
    if slopes is None:
        return
    last = float(slopes.max())
    shares = (slopes / last).clamp(min=10.0**-DECADES)
    heights = (1 + shares.log10() / DECADES) * (_HEIGHT - 1)
    picture = torch.full((_HEIGHT, len(slopes) * _BAR, 3), 255, dtype=torch.uint8)
    blue = torch.tensor((38, 110, 196), dtype=torch.uint8)
    for step, height in enumerate(heights.tolist()):
        left = step * _BAR
        top = _HEIGHT - 1 - round(height)
        picture[top:, left : left + _BAR - 1] = blue
    first = float(slopes[0]) / last
    yield Sheet(
        title=f"How far back {name} reaches",
        caption=f"How much the answer changes with each of the {len(slopes)} steps, "
        f"the first on the left; the height halves for a thousandth. Of the largest, "
        f"the first step has {_plain(first)}.",
        pictures=picture.numpy()[None, None],
    )


def _plain(share: float) -> str:
    """A share with two digits that count and without an exponent: `0.000015`."""
    places = 1 - math.floor(math.log10(share)) if share > 0 else 1
    return f"{share:.{max(places, 1)}f}"


def _slopes(scene: Scene, module: nn.RNNBase) -> Tensor | None:
    """The mean size of the answer's gradient at each step: (T,)."""
    read: list[Tensor] = []

    def begin_here(_: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        first = args[0].detach().requires_grad_()
        read.append(first)
        return (first, *args[1:])

    handle = module.register_forward_pre_hook(begin_here)
    try:
        # cuDNN keeps nothing for gradients outside training.
        with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            answers = forward(scene.network, scene.few(SLOPE_SAMPLES), scene.plan)
            if not read or not answers[0].requires_grad:
                return None
            (slopes,) = torch.autograd.grad(answers[0].float().sum(), read[0])
    finally:
        handle.remove()
    if slopes.dim() != 3 or slopes.shape[1] < 2 or not bool(slopes.any()):
        return None
    sizes: Tensor = slopes.float().norm(dim=-1).mean(0).cpu()
    return sizes[-4 * STEPS :]


def gated(scene: Scene) -> Iterator[Exhibit]:
    """The gates of an LSTM or a GRU while it reads one sample."""
    found = _recurrent(scene)
    if found is None or scene.writes:
        return
    name, module = found
    if not isinstance(module, (nn.LSTM, nn.GRU)) or not module.batch_first:
        return
    with _listening(module) as heard:
        forward(scene.network, scene.few(1), scene.plan)
    if not heard:
        return
    gates = gates_of(module, heard[0][0][0].float())
    step = max(module.hidden_size // UNITS, 1)
    pictures = [
        values[-STEPS:, ::step][:, :UNITS].T[None, None] for values in gates.values()
    ]
    yield Sheet(
        title=f"The gates of {name}",
        caption="One sample, step by step from left to right, and a row for each unit: "
        "white is a gate that is open, black one that is shut.",
        pictures=painted(torch.stack(pictures), 0.0, 1.0),
        row_titles=tuple(gates),
    )


def gates_of(module: nn.LSTM | nn.GRU, series: Tensor) -> dict[str, Tensor]:
    """What the gates of the first layer let through, for the first sample: (T, units).

    `series` is (N, T, features).

    The equations are those of PyTorch's documentation of `nn.LSTM` and `nn.GRU`.
    """
    weights = {name: each.float() for name, each in module.named_parameters()}
    w, u = weights["weight_ih_l0"], weights["weight_hh_l0"]
    size = module.hidden_size
    zero = w.new_zeros(w.shape[0])
    b = weights.get("bias_ih_l0", zero)
    c = weights.get("bias_hh_l0", zero)
    h, cell = w.new_zeros(size), w.new_zeros(size)
    steps: list[tuple[Tensor, ...]] = []
    for x in series[0]:
        read, kept = w @ x + b, u @ h + c
        if isinstance(module, nn.LSTM):
            i, f, g, o = (read + kept).chunk(4)
            i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
            cell = f * cell + i * g.tanh()
            h = o * cell.tanh()
            steps.append((f, i, o))
        else:
            r_read, z_read, n_read = read.chunk(3)
            r_kept, z_kept, n_kept = kept.chunk(3)
            r, z = (r_read + r_kept).sigmoid(), (z_read + z_kept).sigmoid()
            h = (1 - z) * (n_read + r * n_kept).tanh() + z * h
            steps.append((r, z))
    names = (
        ("keep", "write", "read") if isinstance(module, nn.LSTM) else ("use", "keep")
    )
    return {
        name: torch.stack([step[place] for step in steps])
        for place, name in enumerate(names)
    }
