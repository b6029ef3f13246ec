"""The learning-rate finder: its curve, its suggestion, and that it disturbs nothing."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import pytest
import torch

import main
from engine.session import prepare, train_document
from engine.storage import save
from engine.training import rate_finder
from engine.training.events import EpochDone
from engine.training.rate_finder import Tried, find_rate, suggestion
from tests.engine.documents import digits, iris


def bowl(steepest: float) -> list[Tried]:
    """A loss that falls fastest at the rate `steepest`, and has no noise."""
    tried = []
    for step in range(200):
        rate = 1e-7 * 1e8 ** (step / 199)
        fall = 1 / (1 + math.exp(-3 * math.log10(rate / steepest)))
        tried.append(Tried(rate=rate, loss=2 - fall, smooth=2 - fall))
    return tried


@pytest.mark.parametrize("steepest", [1e-3, 1e-2])
def test_the_suggestion_is_a_third_of_the_steepest_descent(steepest: float) -> None:
    found = suggestion(bowl(steepest))
    assert found.rate == pytest.approx(steepest / 3, rel=0.25)
    assert found.sentence() == (
        f"A learning rate of {found.rate:g} is a good one to start with"
    )


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    flat = [Tried(rate=1e-7 * 1.1**i, loss=1.0, smooth=1.0) for i in range(200)]
    found = suggestion(flat)
    assert found.rate is None
    assert found.sentence() == (
        "The loss fell at no learning rate: look at the network and the data"
    )


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_what_is_suggested_learns_better_than_a_tenth_and_than_ten_times(
    optimizer: str, tmp_path: Path
) -> None:
    make = {"optimizer": optimizer, "momentum": 0.0, "epochs": 1}
    found = find_rate(partial(prepare, digits(**make)))
    assert found.rate is not None

    def loss(rate: float, name: str) -> float:
        events = train_document(
            digits(**make, learning_rate=rate), run_dir=tmp_path / name
        )
        return next(e.val_loss for e in events if isinstance(e, EpochDone))

    good = loss(found.rate, "good")
    assert good < loss(found.rate / 100, "low")
    assert good < loss(found.rate * 100, "high")


def test_it_ends_where_the_loss_diverges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_finder, "HIGHEST", 1e4)
    found = find_rate(partial(prepare, iris(optimizer="SGD", momentum=0.0)))
    assert found.diverged and found.tried[-1].rate < 1e4
    lowest = min(each.smooth for each in found.tried)
    assert all(each.smooth < 4 * lowest for each in found.tried[:-1])


def test_it_draws_no_random_number_of_others_and_stops_when_told() -> None:
    before = torch.get_rng_state()
    steps = iter(range(100))
    found = find_rate(partial(prepare, iris()), lambda: next(steps) >= 20)
    assert len(found.tried) == 21
    assert torch.equal(torch.get_rng_state(), before)
    rates = [each.rate for each in found.tried]
    assert rates[0] == pytest.approx(1e-7) and rates == sorted(rates)


def test_the_verb_prints_the_suggestion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "iris.espalier"
    save(iris(), path)
    assert main.main(["find-rate", str(path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["rate"] > 0
    assert len(record["curve"]) > 20 and len(record["curve"][0]) == 3
    assert main.main(["find-rate", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"A learning rate of {record['rate']:g} is a good one to start with." in out
