"""Which exhibits a network in training has, and what they show of it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.showing.decoding import codes_of, decoder_of, middle_of
from engine.showing.exhibit import (
    Exhibit,
    Sheet,
    Writing,
    in_picture_form,
    painted,
    span_of,
)
from engine.showing.flow import attended, faded, gated, slid
from engine.showing.plane import parted
from engine.showing.scene import Scene
from engine.showing.wishes import LETTERS, WORDS
from engine.showing.writing import continued, is_by_letter, text_of
from engine.training.dead_units import undisturbed
from engine.training.objective import forward
from engine.training.weight_pictures import filters, u_matrix

COLUMNS, ROWS = 10, 8
FEW_WEIGHTS = 25
"""So many weights of a single filter are written out."""
STEPS = 12
"""Places along each side of a walk through a plane of codes."""


def exhibits(scene: Scene) -> tuple[Exhibit, ...]:
    """Everything the network can show now; what it cannot is left out.

    Random numbers are drawn, always the same ones, and training does not notice.
    """
    network = scene.network
    was_training = network.training
    with undisturbed(), torch.no_grad():
        torch.manual_seed(0)
        network.eval()
        makers = MAKERS if scene.wishes.pictures else (written,)
        try:
            found = [one for make in makers for one in make(scene)]
        finally:
            network.train(was_training)
    return tuple(found)


def made(scene: Scene) -> Iterator[Exhibit]:
    """What a generator makes of the same noise each time."""
    goals = scene.plan.goals
    places = [place for place, goal in enumerate(goals) if goal.loss == "shown"]
    if not places:
        return
    answers = forward(scene.network, scene.few(COLUMNS * ROWS), scene.plan)
    for place in places:
        pictures = in_picture_form(answers[place].float())
        if pictures is not None:
            low, high = scene.brightness(pictures)
            yield Sheet(
                title="Made of noise",
                caption="The same noise after every epoch, and what is made of it.",
                pictures=painted(_in_rows(pictures), low, high),
            )


def rebuilt(scene: Scene) -> Iterator[Exhibit]:
    """Samples, and what the network gives back of them."""
    if not scene.rebuilds:
        return
    few = scene.few(COLUMNS)
    answers = forward(scene.network, few, scene.plan)
    for goal, answer in zip(scene.plan.goals, answers, strict=False):
        original = few.inputs.get(goal.target)
        if original is None:
            continue
        answer = answer.float().reshape(original.shape)
        if goal.loss == "bce_with_logits":
            answer = answer.sigmoid()
        first, second = in_picture_form(original), in_picture_form(answer)
        if first is None or second is None:
            continue
        low, high = span_of(first)
        yield Sheet(
            title="Rebuilt",
            caption="Above what the network saw, below what it gave back.",
            pictures=painted(torch.stack([first, second]), low, high),
            row_titles=("seen", "given back"),
        )


def walked(scene: Scene) -> Iterator[Exhibit]:
    """What is decoded along a walk through the codes."""
    decoder = decoder_of(scene)
    if decoder is None:
        return
    codes = codes_of(scene, decoder)
    is_plane = codes.shape[1] == 2
    points = plane(codes) if is_plane else between(codes)
    pictures = decoder.pictures(points.flatten(0, 1))
    if pictures is None:
        return
    low, high = scene.brightness(pictures)
    sheet = pictures.reshape(*points.shape[:2], *pictures.shape[1:])
    yield Sheet(
        title="A walk through the codes",
        caption=f"What is decoded of places in the plane of {decoder.node}."
        if is_plane
        else f"From the code of one sample to that of another, in {decoder.node}.",
        pictures=painted(sheet, low, high),
    )


def plane(codes: Tensor) -> Tensor:
    """Places in the plane that codes (N, 2) fill, (STEPS, STEPS, 2): top is high."""
    low, high = middle_of(codes)
    along = torch.linspace(0, 1, STEPS, device=codes.device)
    x = low[0] + (high[0] - low[0]) * along
    y = high[1] + (low[1] - high[1]) * along
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], dim=-1)


def between(codes: Tensor) -> Tensor:
    """Straight lines from one code to another: (N, D) -> (rows, STEPS, D)."""
    rows = min(len(codes) // 2, 6)
    first, last = codes[:rows, None], codes[rows : 2 * rows, None]
    along = torch.linspace(0, 1, STEPS, device=codes.device)[None, :, None]
    return first + (last - first) * along


def weights(scene: Scene) -> Iterator[Exhibit]:
    """What the first layer looks for, and maps with their borders."""
    first = True
    for name, module in scene.network.named_modules():
        weight = getattr(module, "weight", None)
        if not isinstance(weight, Tensor):
            continue
        if type(module).__name__ == "SelfOrganizingMap":
            yield from _map_sheets(name, weight, module.rows, module.columns)
        elif first or type(module).__name__ == "RestrictedBoltzmannMachine":
            yield from _filter_sheet(scene, name, weight)
        first = False


def _filter_sheet(scene: Scene, name: str, weight: Tensor) -> Iterator[Exhibit]:
    if weight.dim() == 4 and weight.shape[1] in (1, 3) and weight.shape[-1] > 1:
        pictures = weight[: COLUMNS * ROWS]
    elif weight.dim() == 2 and weight.is_floating_point() and scene.sees(weight):
        pictures = filters(weight[: COLUMNS * ROWS])
    else:
        return
    most = float(pictures.abs().max())
    caption = (
        "What each unit looks for. White: positive weights, where it wants light; "
        "black: negative ones, where it wants darkness; grey: near zero."
    )
    if pictures.dim() == 4 and pictures.shape[1] == 3:
        caption += " Red, green and blue show the weights of each channel."
    if pictures.numel() <= FEW_WEIGHTS:
        numbers = ["  ".join(f"{n:.2f}" for n in row) for row in pictures[0, 0]]
        caption = f"Its weights, row by row: {' | '.join(numbers)}."
    yield Sheet(
        title=f"Filters of {name}",
        caption=caption,
        pictures=painted(_in_rows(pictures), -most, most),
    )


def _map_sheets(
    name: str, weight: Tensor, rows: int, columns: int
) -> Iterator[Exhibit]:
    pictures = in_picture_form(weight)
    if pictures is not None:
        low, high = span_of(pictures)
        grid = pictures.reshape(rows, columns, *pictures.shape[1:])
        yield Sheet(
            title=f"Prototypes of {name}",
            caption="Neighbours on the map look alike.",
            pictures=painted(grid, low, high),
        )
    borders = u_matrix(weight, rows, columns)
    low, high = span_of(borders)
    yield Sheet(
        title=f"U-matrix of {name}",
        caption="How far a prototype is from its neighbours: bright lines are borders.",
        pictures=painted(borders[None, None, None], low, high),
    )


def written(scene: Scene) -> Iterator[Exhibit]:
    """Text that goes on after the beginning of a validation sample."""
    vocabulary, wishes = scene.splits.vocabulary, scene.wishes
    if not scene.writes:
        return
    tokens = scene.splits.validation.inputs[scene.plan.fields[0]][0].tolist()
    usual = LETTERS if is_by_letter(vocabulary) else WORDS
    temperature = wishes.temperature
    more = list(
        continued(
            scene.network,
            tokens,
            wishes.length or usual,
            temperature=temperature,
            window=len(tokens),
            allowed=len(vocabulary),
            generator=torch.Generator().manual_seed(0),
        )
    )
    before = " ".join(text_of(tokens[-24:], vocabulary).split())
    yield Writing(
        title="Written",
        caption=f"It went on after “{before}”, at a temperature of {temperature:g}.",
        text=text_of(more, vocabulary).strip(),
        usual=usual,
    )


MAKERS: tuple[Callable[[Scene], Iterator[Exhibit]], ...] = (
    parted,
    made,
    rebuilt,
    walked,
    weights,
    slid,
    attended,
    faded,
    gated,
    written,
)


def _in_rows(pictures: Tensor) -> Tensor:
    """(N, C, H, W) -> (rows, columns, C, H, W), in full rows where that can be.

    What fills no row of the widest is left out.
    """
    count = len(pictures)
    full = [each for each in range(COLUMNS, 4, -1) if count % each == 0]
    columns = min(full[0] if full else COLUMNS, count)
    rows = count // columns
    return pictures[: rows * columns].reshape(rows, columns, *pictures.shape[1:])
