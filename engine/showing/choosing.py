"""Which exhibits a network in training has, and what they show of it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.analysis import analyse
from engine.compiler import compile_document
from engine.data.samples import Samples, Splits
from engine.document import Document
from engine.showing.cutting import bottleneck, part_after
from engine.showing.exhibit import (
    Exhibit,
    Sheet,
    Writing,
    in_picture_form,
    painted,
    span_of,
)
from engine.showing.writing import continued, text_of
from engine.training.loop import State
from engine.training.objective import Plan, forward
from engine.training.weight_pictures import filters, u_matrix

COLUMNS, ROWS = 10, 8
STEPS = 12
"""Places along each side of a walk through a plane of codes."""
LETTERS, WORDS = 240, 60
"""How long a sample of text is."""
TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What exhibits are made of."""

    document: Document
    splits: Splits
    plan: Plan
    state: State

    @property
    def network(self) -> nn.Module:
        """The network that answers."""
        return self.state.network


def exhibits(scene: Scene) -> tuple[Exhibit, ...]:
    """Everything the network can show now; what it cannot is left out.

    Random numbers are drawn, always the same ones, and training does not notice.
    """
    network = scene.network
    was_training = network.training
    devices = [0] if scene.plan.hardware.device == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.no_grad():
        torch.manual_seed(0)
        network.eval()
        try:
            found = [one for make in MAKERS for one in make(scene)]
        finally:
            network.train(was_training)
    return tuple(found)


def made(scene: Scene) -> Iterator[Exhibit]:
    """What a generator makes of the same noise each time."""
    goals = scene.plan.goals
    places = [place for place, goal in enumerate(goals) if goal.loss == "shown"]
    if not places:
        return
    answers = forward(scene.network, _few(scene, COLUMNS * ROWS), scene.plan)
    for place in places:
        pictures = in_picture_form(answers[place].float())
        if pictures is not None:
            low, high = span_of(_pictures_of_data(scene, pictures))
            yield Sheet(
                title="Made of noise",
                caption="The same noise after every epoch, and what is made of it.",
                pictures=painted(_in_rows(pictures), low, high),
            )


def rebuilt(scene: Scene) -> Iterator[Exhibit]:
    """Samples, and what the network gives back of them."""
    few = _few(scene, COLUMNS)
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
    targets = {goal.target for goal in scene.plan.goals}
    if not targets & set(scene.splits.train.inputs):
        return
    analysis = analyse(scene.document)
    name = bottleneck(scene.document, analysis)
    part = part_after(scene.document, analysis, name) if name else None
    if name is None or part is None or not hasattr(scene.network, name):
        return
    codes = _codes(scene, name)
    if codes is None or codes.dim() != 2:
        return
    decoder = _decoder(scene, part)
    is_plane = codes.shape[1] == 2
    points = plane(codes) if is_plane else between(codes)
    answer = decoder(points.flatten(0, 1))
    answer = (answer[0] if isinstance(answer, tuple) else answer).float()
    goal = next(goal for goal in scene.plan.goals if goal.target in targets)
    if goal.loss == "bce_with_logits":
        answer = answer.sigmoid()
    pictures = in_picture_form(answer)
    if pictures is None:
        return
    low, high = span_of(_pictures_of_data(scene, pictures))
    sheet = pictures.reshape(*points.shape[:2], *pictures.shape[1:])
    yield Sheet(
        title="A walk through the codes",
        caption=f"What is decoded of places in the plane of {name}."
        if is_plane
        else f"From the code of one sample to that of another, in {name}.",
        pictures=painted(sheet, low, high),
    )


def plane(codes: Tensor) -> Tensor:
    """Places in the plane that codes (N, 2) fill, (STEPS, STEPS, 2): top is high."""
    low, high = codes.quantile(0.02, dim=0), codes.quantile(0.98, dim=0)
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
    """Filters of Boltzmann machines, and maps with their borders."""
    for name, module in scene.network.named_modules():
        kind = type(module).__name__
        weight = getattr(module, "weight", None)
        if not isinstance(weight, Tensor):
            continue
        if kind == "RestrictedBoltzmannMachine":
            yield from _filter_sheet(name, weight)
        elif kind == "SelfOrganizingMap":
            yield from _map_sheets(scene, name, weight)


def _filter_sheet(name: str, weight: Tensor) -> Iterator[Exhibit]:
    side = round(weight.shape[1] ** 0.5)
    if side * side != weight.shape[1] or side < 4:
        return
    pictures = filters(weight[: COLUMNS * ROWS])
    most = float(pictures.abs().max())
    yield Sheet(
        title=f"Filters of {name}",
        caption="What each hidden unit looks for: bright for light, dark for none.",
        pictures=painted(_in_rows(pictures), -most, most),
    )


def _map_sheets(scene: Scene, name: str, weight: Tensor) -> Iterator[Exhibit]:
    values = scene.document.graph[name].values
    rows, columns = values.rows, values.columns
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
    if scene.splits.task != "next token" or not scene.splits.vocabulary:
        return
    tokens = scene.splits.validation.inputs[scene.plan.fields[0]][0].tolist()
    vocabulary = scene.splits.vocabulary
    is_letters = all(len(sign) == 1 for sign in vocabulary[1:])
    more = list(
        continued(
            scene.network,
            tokens,
            LETTERS if is_letters else WORDS,
            temperature=TEMPERATURE,
            window=len(tokens),
            allowed=len(vocabulary),
            generator=torch.Generator().manual_seed(0),
        )
    )
    yield Writing(
        title="Written",
        caption=f"It went on after “{text_of(tokens[-24:], vocabulary).strip()}”, at a "
        f"temperature of {TEMPERATURE:g}.",
        text=text_of(more, vocabulary).strip(),
    )


MAKERS: tuple[Callable[[Scene], Iterator[Exhibit]], ...] = (
    made,
    rebuilt,
    walked,
    weights,
    written,
)


def _few(scene: Scene, count: int) -> Samples:
    samples = scene.splits.validation
    device = scene.plan.hardware.device
    # One sample alone again and again, where there are too few.
    return samples.batch(torch.arange(count) % len(samples)).to(device)


def _pictures_of_data(scene: Scene, like: Tensor) -> Tensor:
    """Pictures of the data, for their brightness; the given ones where it has none."""
    for tensor in _few(scene, 64).inputs.values():
        found = in_picture_form(tensor)
        if found is not None:
            return found
    return like


def _codes(scene: Scene, name: str) -> Tensor | None:
    """What a node's module makes of some validation samples."""
    kept: list[Tensor] = []
    module = getattr(scene.network, name)
    if not isinstance(module, nn.Module):
        return None
    hook = module.register_forward_hook(lambda _m, _x, y: kept.append(y))
    try:
        forward(scene.network, _few(scene, 512), scene.plan)
    finally:
        hook.remove()
    return kept[0].float() if kept else None


def _decoder(scene: Scene, part: Document) -> nn.Module:
    module = compile_document(part).module_class().to(scene.plan.hardware.device)
    whole = scene.network.state_dict()
    module.load_state_dict({key: whole[key] for key in module.state_dict()})
    return module.eval()


def _in_rows(pictures: Tensor) -> Tensor:
    """(N, C, H, W) -> (rows, COLUMNS, C, H, W); what fills no row is left out."""
    rows = max(len(pictures) // COLUMNS, 1)
    columns = min(COLUMNS, len(pictures))
    return pictures[: rows * columns].reshape(rows, columns, *pictures.shape[1:])
