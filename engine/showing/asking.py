"""Asking a trained network one thing, and its answers as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.samples import Samples
from engine.figures import figure
from engine.showing.attention import attends
from engine.showing.chance import OwnChance
from engine.showing.decoding import codes_of, decoder_of, middle_of
from engine.showing.exhibit import in_picture_form, painted
from engine.showing.fields import NUMBERS, PICTURE, TOKENS, VECTORS
from engine.showing.sentence import takes_short
from engine.showing.trained import Trained
from engine.showing.uses import is_sentences
from engine.showing.writing import continued, tokens_of
from engine.training.goals import Goal
from engine.training.objective import forward

DRAW, WRITE, SENTENCE, ATTENTION, ROW, PLANE, MAKE = (
    "draw",
    "write",
    "sentence",
    "attention",
    "row",
    "plane",
    "make",
)
"""Ways to try a network: see `ways_of`."""
MADE_ROWS, MADE_COLUMNS = 4, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one output of a network says: chances, numbers, or a picture."""

    title: str
    """The output's name."""
    chances: tuple[tuple[str, float], ...] = ()
    """Of each class, in the order of their numbers."""
    numbers: tuple[float, ...] = ()
    """In their own unit."""
    picture: NDArray[np.uint8] | None = None
    """(H, W, 3)."""


def ways_of(trained: Trained) -> tuple[str, ...]:
    """How a network can be tried; none where a person could not give what it takes."""
    ways, kinds = [], trained.kinds
    if any(goal.loss == "shown" for goal in trained.plan.goals):
        return (MAKE,)
    if trained.writes and kinds == (TOKENS,):
        return (WRITE, ATTENTION) if attends(trained) else (WRITE,)
    if not any(goal.target for goal in trained.plan.goals):
        return ()
    if kinds == (PICTURE,):
        ways.append(DRAW)
    elif kinds in ((TOKENS,), (VECTORS,)):
        if is_sentences(trained.document.data):
            ways += [SENTENCE, ATTENTION] if attends(trained) else [SENTENCE]
    elif kinds == (NUMBERS,):
        ways.append(ROW)
    if trained.rebuilds and has_plane(trained):
        ways.append(PLANE)
    return tuple(ways)


def ask(trained: Trained, given: Tensor) -> tuple[Answer, ...]:
    """The answers to one sample (1, ...) of a network with one input."""
    field = trained.plan.fields[0]
    found = trained.answers(Samples({field: given}, {}))
    return tuple(
        answer_of(trained, goal, name, answer)
        for goal, name, answer in zip(
            trained.plan.goals, trained.outputs, found, strict=True
        )
        if goal.target
    )


def answer_of(trained: Trained, goal: Goal, name: str, answer: Tensor) -> Answer:
    """One output's answer to one sample as a person reads it."""
    if goal.loss == "cross_entropy":
        shares = answer.reshape(-1, answer.shape[-1])[-1].softmax(-1).tolist()
        names = class_names(trained, goal.target, len(shares))
        return Answer(title=name, chances=tuple(zip(names, shares, strict=True)))
    target = trained.info.targets[goal.target]
    if target.dtype == "int64":  # yes or no
        yes = float(answer.sigmoid().flatten()[0])
        names = class_names(trained, goal.target, 2)
        return Answer(title=name, chances=((names[0], 1 - yes), (names[1], yes)))
    if goal.loss == "bce_with_logits":
        answer = answer.sigmoid()
    original = trained.info.inputs.get(goal.target)
    if original is not None:
        pictures = in_picture_form(answer.reshape(1, *original.shape))
        if pictures is not None and trained.is_picture(goal.target):
            span = trained.picture_range(goal.target)
            return Answer(title=name, picture=painted(pictures[0], *span))
    mean, std = trained.splits.scales.get(goal.target, (0.0, 1.0))
    return Answer(title=name, numbers=tuple((answer.flatten() * std + mean).tolist()))


def truth_of(trained: Trained, index: int) -> str:
    """What would be right for a sample of the test part, in words.

    Empty where that is a picture or many numbers.
    """
    told = []
    for goal in trained.plan.goals:
        if not goal.target or goal.target in trained.info.inputs:
            continue
        truth = trained.splits.test.targets[goal.target][index].flatten()
        if truth.numel() != 1:
            continue
        if truth.is_floating_point():
            mean, std = trained.splits.scales.get(goal.target, (0.0, 1.0))
            told.append(figure(float(truth) * std + mean))
        else:
            number = int(truth)
            told.append(class_names(trained, goal.target, number + 1)[number])
    return ", ".join(told)


def class_names(trained: Trained, target: str, count: int) -> tuple[str, ...]:
    """The names of a target's classes, at least `count`; numbers where it has none.

    For tokens the signs of the vocabulary.
    """
    if trained.info.task == "next token" and trained.splits.vocabulary:
        names = trained.splits.vocabulary
    else:
        # What was loaded knows classes that describing the data did not look for.
        first = next(iter(trained.info.targets))
        loaded = trained.splits.classes if target == first else ()
        names = loaded or trained.info.target_classes.get(target, ())
    return (*names, *map(str, range(len(names), count)))


def write_on(
    trained: Trained, text: str, count: int, *, temperature: float, seed: int
) -> Iterator[int]:
    """`count` tokens that go on after a text, drawn by the network's chances."""
    field = trained.plan.fields[0]
    window = trained.info.inputs[field].shape[0]
    tokens = tokens_of(text, trained.splits.vocabulary) or [0]
    if len(tokens) < window and not takes_short(trained):
        before = trained.splits.validation.inputs[field][0].tolist()
        tokens = before[: window - len(tokens)] + tokens
    more = continued(
        trained.network,
        tokens,
        count,
        temperature=temperature,
        window=window,
        allowed=len(trained.splits.vocabulary),
        generator=torch.Generator().manual_seed(seed),
    )
    while True:
        with OwnChance(seed):  # left between two tokens: others run on this thread
            token = next(more, None)
        if token is None:
            return
        yield token


@torch.no_grad()
def make_again(trained: Trained, seed: int) -> NDArray[np.uint8] | None:
    """What a generator makes of new noise: (rows, columns, H, W, 3)."""
    count = MADE_ROWS * MADE_COLUMNS
    with OwnChance(seed):
        answers = forward(trained.network, trained.few(count), trained.plan)
    places = [i for i, goal in enumerate(trained.plan.goals) if goal.loss == "shown"]
    pictures = in_picture_form(answers[places[0]].float())
    if pictures is None:
        return None
    low, high = trained.brightness(pictures)
    grid = pictures.reshape(MADE_ROWS, MADE_COLUMNS, *pictures.shape[1:])
    return painted(grid, low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneOfCodes:
    """Where the codes of an autoencoder lie that are two numbers each."""

    node: str
    low: tuple[float, float]
    high: tuple[float, float]
    """Between which numbers nearly all codes lie."""
    codes: NDArray[np.float32]
    """(N, 2)."""


def has_plane(trained: Trained) -> bool:
    """Whether there is a code of two numbers, of which a picture is decoded."""
    decoder = decoder_of(trained)
    return decoder is not None and decoder.shape == (2,)


def plane_of(trained: Trained) -> PlaneOfCodes:
    """The plane of a network that has one."""
    decoder = decoder_of(trained)
    if decoder is None:
        raise ValueError("the network has no plane of codes")
    with OwnChance():
        codes = codes_of(trained, decoder).cpu()
    low, high = (each.tolist() for each in middle_of(codes))
    return PlaneOfCodes(
        node=decoder.node,
        low=(low[0], low[1]),
        high=(high[0], high[1]),
        codes=codes.numpy(),
    )


def decode(trained: Trained, x: float, y: float) -> NDArray[np.uint8] | None:
    """What is decoded of a place in the plane of codes: (H, W, 3)."""
    decoder = decoder_of(trained)
    if decoder is None:
        return None
    code = torch.tensor([[x, y]], device=trained.plan.hardware.device)
    with OwnChance():
        pictures = decoder.pictures(code)
    if pictures is None:
        return None
    low, high = trained.brightness(pictures)
    return painted(pictures[0], low, high)
