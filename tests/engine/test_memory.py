"""The memory of a training, told before it begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

import templates
from engine.analysis import analyse
from engine.document import Document
from engine.memory import memory_of
from engine.scratch import scratch_of
from engine.session import prepare
from engine.training.loop import learn, new_score
from engine.training.objective import Turn
from tests.benchmarks.memory import CASES, document_of, placed, trained
from tests.engine.documents import chain, digits


def with_recipe(**changes: object) -> Document:
    document = digits()
    document.recipe = replace(document.recipe, device="cpu", **changes)  # type: ignore[arg-type]
    return document


def test_the_parts_are_what_they_have_to_be(tmp_path: Path) -> None:
    document = with_recipe(optimizer="Adam", batch_size=32)
    told = memory_of(document, tmp_path)
    assert told is not None
    weights = 4 * analyse(document).total_parameters
    assert told.weights == weights
    assert 2 * weights <= told.optimizer < 2.2 * weights, "two moments of each weight"
    assert told.copies == told.weights + told.optimizer
    assert told.total == (
        told.weights + told.optimizer + told.batch + told.copies + told.data
    )


def test_it_follows_the_recipe(tmp_path: Path) -> None:
    small = memory_of(with_recipe(batch_size=1024), tmp_path)
    large = memory_of(with_recipe(batch_size=4096), tmp_path)
    plain = memory_of(with_recipe(optimizer="SGD", momentum=0.0), tmp_path)
    mean = memory_of(with_recipe(average=0.99), tmp_path)
    assert small and large and plain and mean
    assert large.batch == pytest.approx(4 * small.batch, rel=0.15)
    assert plain.optimizer == 0
    assert mean.weights == 2 * small.weights


def test_telling_draws_no_random_numbers(tmp_path: Path) -> None:
    before = torch.get_rng_state()
    assert memory_of(templates.open_lesson("digits-cnn"), tmp_path) is not None
    assert torch.equal(before, torch.get_rng_state())


def test_it_is_what_the_same_steps_take_in_truth(tmp_path: Path) -> None:
    """The batch's part, against PyTorch's own record of what it allocates."""
    document = chain(
        "wide",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {"out_channels": 8, "padding": 1}),
            ("relu1", "ReLU", {}),
            ("flatten1", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 64}),
            ("relu2", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        batch_size=1024,
    )
    told = memory_of(document, tmp_path)
    prepared = prepare(document, tmp_path)
    state, plan = prepared.state, prepared.plan
    batch = prepared.splits.train.batch(torch.arange(1024))
    turn = Turn(player=next(iter(plan.players)), epoch=1, share=0.0)
    score = new_score(plan, prepared.splits)
    learn(state, turn, [batch], score, plan)
    state.model.zero_grad(set_to_none=True)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        learn(state, turn, [batch], score, plan)
    events = record.profiler.kineto_results.events()  # those of memory are only here
    now = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        if event.name() == "[memory]":
            now += event.nbytes()
            most = max(most, now)
    assert told is not None
    assert most > 0
    given = sum(
        value.nbytes for value in [*batch.inputs.values(), *batch.targets.values()]
    )
    assert told.batch == pytest.approx(most + given, rel=0.2)


@pytest.mark.parametrize("lesson", ["digits-cnn", "gru-classifier"])
def test_it_is_what_a_whole_training_takes(lesson: str, tmp_path: Path) -> None:
    """Judging included, where the optimizers still remember and gradients are there."""
    document = document_of(CASES[lesson], "fp32")
    told = memory_of(document, tmp_path)
    prepared = prepare(document, tmp_path)
    took = trained(prepared, placed(prepared))
    assert told is not None
    apart = told.weights + told.optimizer + told.batch
    assert apart == pytest.approx(took, rel=0.1)


def test_a_convolution_lays_its_weights_out_anew() -> None:
    by_pixel = {"memory_format": torch.channels_last}
    x = torch.empty(2, 32, 8, 8).contiguous(**by_pixel)
    weight = torch.empty(64, 32, 3, 3).contiguous(**by_pixel)
    settings = ([1, 1], [0, 0], [1, 1], False, [0, 0], 1)
    convolution = torch.ops.aten.convolution.default
    y = convolution(x, weight, None, *settings)
    arguments = (x, weight, None, *settings)
    assert scratch_of(convolution, arguments, y) == weight.nbytes
    plain = (x.contiguous(), *arguments[1:])
    assert scratch_of(convolution, plain, y) == weight.nbytes + x.nbytes
    assert scratch_of(torch.ops.aten.relu.default, (x,), x) == 0


def test_where_nobody_can_tell_nothing_is_told(tmp_path: Path) -> None:
    assert memory_of(templates.open_lesson("rbm-mnist"), tmp_path) is None
    assert memory_of(templates.open_lesson("distilbert-sentiment"), tmp_path) is None
