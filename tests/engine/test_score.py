"""Metrics by task: equal to scikit-learn's, however the batches are cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import f1_score, r2_score, top_k_accuracy_score
from torch import Tensor

from engine.data.samples import Samples
from engine.session import prepare
from engine.training.goals import Goal
from engine.training.loop import full_score, new_score
from engine.training.objective import Outcome
from engine.training.score import Score
from tests.engine.documents import digits, forecast

CLASSES = 7


def scored(
    loss: str, task: str, output: Tensor, target: Tensor, cuts: tuple[int, ...] = (13,)
) -> dict[str, float]:
    """The metrics of answers that came in several batches."""
    score = Score((Goal(target="y", loss=loss),), {"y": 10.0}, task)
    for first, last in zip((0, *cuts), (*cuts, len(target)), strict=True):
        part = {"y": target[first:last]}
        outcome = Outcome(torch.tensor(0.0), (output[first:last],))
        score.add(outcome, Samples(part, part))
    return score.metrics()


def random_classes(classes: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(60, classes, generator=generator)
    target = torch.randint(0, classes, (60,), generator=generator)
    logits[range(40), target[:40]] += 2.0  # better than chance
    return logits, target


def test_classes_are_scored_as_scikit_learn_does() -> None:
    logits, target = random_classes(CLASSES)
    found = scored("cross_entropy", "classification", logits, target)
    answers = logits.argmax(-1)
    assert list(found) == ["accuracy", "top5_accuracy", "f1"]
    assert found["accuracy"] == pytest.approx((answers == target).float().mean().item())
    assert found["f1"] == pytest.approx(f1_score(target, answers, average="macro"))
    assert found["top5_accuracy"] == pytest.approx(
        top_k_accuracy_score(target, logits, k=5, labels=range(CLASSES))
    )
    assert found["accuracy"] < found["top5_accuracy"] < 1


def test_a_class_that_never_occurs_does_not_spoil_the_mean() -> None:
    logits, target = random_classes(CLASSES)
    logits[:, 2] = -100.0
    target[target == 2] = 3
    found = scored("cross_entropy", "classification", logits, target)
    expected = f1_score(target, logits.argmax(-1), average="macro")
    assert found["f1"] == pytest.approx(expected)


def test_among_five_classes_the_best_five_say_nothing() -> None:
    found = scored("cross_entropy", "classification", *random_classes(5))
    assert list(found) == ["accuracy", "f1"]


def test_yes_and_no_are_two_classes() -> None:
    output = torch.tensor([[2.0], [-1.0], [0.5], [-3.0], [1.0]])
    target = torch.tensor([1, 1, 0, 0, 1])
    found = scored("bce_with_logits", "classification", output, target, (2,))
    expected = f1_score(target, (output > 0).flatten().long(), average="macro")
    assert found["f1"] == pytest.approx(expected)


@pytest.mark.parametrize("far", [0.0, 1e6])
def test_what_is_explained_of_numbers(far: float) -> None:
    chance = np.random.default_rng(0)
    target = torch.from_numpy(chance.normal(far, 1.0, (50, 3)))
    output = target + torch.from_numpy(chance.normal(0.0, 0.5, (50, 3)))
    found = scored("mse", "regression", output.double(), target)
    assert list(found) == ["rmse", "mae", "r2"]
    # The network's answers are scored as float32, of which 1e6 has a 16th part left.
    rough = 1e-6 if far == 0 else 0.02
    assert found["r2"] == pytest.approx(r2_score(target, output), abs=rough)
    error = (output.float() - target).abs().mean().item()
    assert found["mae"] == pytest.approx(10 * error)


@pytest.mark.parametrize(("error", "expected"), [(0.0, 1.0), (0.5, 0.0)])
def test_of_a_number_that_never_changes_nothing_is_left_to_explain(
    error: float, expected: float
) -> None:
    target = torch.full((20, 1), 3.0)
    found = scored("mse", "regression", target + error, target)
    assert found["r2"] == expected
    assert r2_score(target, target + error) == expected


def test_tokens_are_scored_by_their_surprise() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20, 6, CLASSES, generator=generator)
    target = torch.randint(0, CLASSES, (20, 6), generator=generator)
    found = scored("cross_entropy", "next token", logits, target)
    assert list(found) == ["accuracy", "perplexity", "bits_per_token"]
    entropy = F.cross_entropy(logits.flatten(0, 1), target.flatten()).item()
    assert found["perplexity"] == pytest.approx(math.exp(entropy))
    assert found["bits_per_token"] == pytest.approx(entropy / math.log(2))


def test_a_hopeless_network_has_no_finite_perplexity() -> None:
    logits = torch.tensor([[0.0, 9999.0]])
    found = scored("cross_entropy", "next token", logits, torch.tensor([0]), ())
    assert found["perplexity"] == math.inf


def test_pictures_that_are_rebuilt_have_errors_alone() -> None:
    target = torch.rand(20, 1, 4, 4)
    found = scored("mse", "reconstruction", target + 0.1, target)
    assert list(found) == ["rmse", "mae"]


def test_training_steps_count_the_first_metric_alone() -> None:
    prepared = prepare(digits())
    plan, splits = prepared.plan, prepared.splits
    output, target = torch.randn(8, 10), torch.arange(8)
    batch = Samples({"digit": target}, {"digit": target})
    scores = [make(plan, splits) for make in (new_score, full_score)]
    for score in scores:
        score.add(Outcome(torch.tensor(0.0), (output,)), batch)
    assert list(scores[0].metrics()) == ["accuracy"]
    assert list(scores[1].metrics()) == ["accuracy", "top5_accuracy", "f1"]


def test_several_targets_have_each_their_own() -> None:
    goals = (
        Goal(target="kind", loss="cross_entropy"),
        Goal(target="part", loss="cross_entropy"),
    )
    score = Score(goals, {}, "classification")
    targets = {"kind": torch.tensor([0, 1]), "part": torch.tensor([1, 1])}
    right, wrong = torch.eye(2), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    score.add(Outcome(torch.tensor(0.0), (right, wrong)), Samples(targets, targets))
    found = score.metrics()
    assert (found["kind_f1"], found["part_f1"], found["f1"]) == (1.0, 0.0, 0.5)


def test_a_forecast_is_scored_in_its_own_unit() -> None:
    prepared = prepare(forecast())
    splits = prepared.splits
    _, std = splits.scales["next"]
    score = full_score(prepared.plan, splits)
    target = splits.test.targets["next"]
    score.add(Outcome(torch.tensor(0.0), (target + 0.1,)), splits.test)
    found = score.metrics()
    assert found["mae"] == pytest.approx(0.1 * std, rel=1e-4)
    assert found["r2"] == pytest.approx(r2_score(target, target + 0.1), abs=1e-5)
