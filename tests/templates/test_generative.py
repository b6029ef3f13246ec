"""Networks that make something new: they open, learn, show, and leave as code."""

from __future__ import annotations

from pathlib import Path

import pytest

import templates
from engine.analysis import analyse
from engine.data.samples import Splits
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.session import prepare
from engine.showing.choosing import Scene, exhibits
from engine.showing.exhibit import Sheet, Writing
from engine.training.events import EpochDone, Event, StepDone
from engine.training.fitness import FitsItsData
from engine.training.loop import train
from tests.templates.architectures.generative import GENERATIVE

PARAMETERS = {
    "dcgan": 1_007_522,
    "vae": 834_149,
    "char-lstm": 333_952,
    "small-gpt": 484_416,
}
FEW = 96


def small(lesson: str) -> Document:
    """The lesson with data that need no files, and few of them."""
    document = templates.open_lesson(lesson)
    if document.data.source == "made-up-text":
        settings = {**document.data.settings, "sentences": 200}
        document.data = DataConfig(source="made-up-text", settings=settings)
    return document


@pytest.mark.parametrize("lesson", GENERATIVE)
def test_the_document_is_as_it_is_drawn(lesson: str) -> None:
    assert PARAMETERS.keys() == GENERATIVE.keys()
    document = templates.open_lesson(lesson)
    assert document == GENERATIVE[lesson]()
    analysis = analyse(document, [FitsItsData(Path("nowhere"))])
    assert analysis.problems == []
    assert analysis.total_parameters == PARAMETERS[lesson]
    assert f"{PARAMETERS[lesson]:,}" in templates.text(lesson)


def needs_mnist(data_dir: Path) -> None:
    if not (data_dir / "mnist").is_dir():
        pytest.skip("needs the MNIST files beside the project; CI has them")


def few(splits: Splits) -> Splits:
    """The beginning of each part."""
    from dataclasses import replace

    import torch

    parts = {
        name: part.batch(torch.arange(min(FEW, len(part))))
        for name in ("train", "validation", "test")
        if (part := getattr(splits, name)) is not None
    }
    return replace(splits, **parts)


@pytest.mark.parametrize("lesson", GENERATIVE)
def test_it_learns_and_shows_itself(lesson: str, data_dir: Path) -> None:
    document = small(lesson)
    if document.data.source == "mnist":
        needs_mnist(data_dir)
    prepared = prepare(document, data_dir)
    splits = few(prepared.splits)
    events: list[Event] = []
    for event in train(prepared.state, splits, prepared.plan):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 2:
            break
    losses = [event for event in events if isinstance(event, EpochDone)]
    if lesson != "dcgan":
        assert losses[1].train_loss < losses[0].train_loss
    scene = Scene(
        document=document,
        splits=splits,
        plan=prepared.plan,
        network=prepared.state.network,
    )
    shown = {one.title: one for one in exhibits(scene)}
    wanted = {
        "dcgan": {"Made of noise"},
        "vae": {"Rebuilt", "A walk through the codes", "Filters of encoder.conv1"},
    }.get(lesson, {"Written"})
    assert set(shown) == wanted
    for each in shown.values():
        if isinstance(each, Sheet):
            size = 3 if each.title.startswith("Filters") else 28
            assert each.pictures.shape[2:] == (size, size, 3)
        else:
            assert isinstance(each, Writing) and len(each.text) > 100
    if lesson == "vae":
        walk = shown["A walk through the codes"]
        assert isinstance(walk, Sheet) and walk.pictures.shape[:2] == (12, 12)


def test_two_players_take_turns_and_leave_each_other_alone(
    data_dir: Path,
) -> None:
    needs_mnist(data_dir)
    prepared = prepare(templates.open_lesson("dcgan"), data_dir)
    state = prepared.state
    players = prepared.plan.players
    assert players == {
        "discriminator": ("discriminator",),
        "generator": ("generator",),
    }
    steps = []
    for event in train(state, few(prepared.splits), prepared.plan):
        if isinstance(event, StepDone):
            steps.append(event)
            break
    assert steps[0].players == ("discriminator", "generator")
    names = {id(weight): name for name, weight in state.model.named_parameters()}
    for player, optimizers in state.optimizers.items():
        stepped = {
            names[id(weight)]
            for optimizer in optimizers
            for group in optimizer.param_groups
            for weight in group["params"]
        }
        assert stepped and all(name.startswith(f"{player}.") for name in stepped)


@pytest.mark.parametrize("lesson", GENERATIVE)
def test_its_script_carries_its_objective(lesson: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    export(small(lesson), "script", path)
    text = path.read_text()
    assert ("class Adversarial(" in text) is (lesson == "dcgan")
    assert ('loss="itself"' in text) is (lesson == "vae")
