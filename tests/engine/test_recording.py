"""Steps played from a recording give the numbers of steps that are computed.

There is no GPU here: `Replayed` stands in for a CUDA graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor, nn

import engine.session
from engine.document import Document
from engine.session import Prepared, prepare, train_document
from engine.training import checkpoint
from engine.training.device import Hardware
from engine.training.events import EpochDone, StepDone
from engine.training.loop import train
from engine.training.recording import Recording, recording_for
from engine.training.trouble import Trouble
from tests.engine.documents import chain, iris
from tests.engine.replayed import Replayed

EPOCHS = 3


def cnn(**recipe: Any) -> Document:
    """With statistics, and with random numbers of its own."""
    return chain(
        "cnn",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {"out_channels": 4, "padding": 1}),
            ("norm1", "BatchNorm2d", {}),
            ("relu1", "ReLU", {}),
            ("flatten1", "Flatten", {}),
            ("dropout1", "Dropout", {}),
            ("fc1", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        **{"epochs": EPOCHS, "device": "cpu", "precision": "fp32"} | recipe,
    )


def trained(prepared: Prepared, recording: Recording | None) -> list[Any]:
    """Every loss and metric of a training, and the weights it ends with."""
    plan = replace(prepared.plan, recording=recording)
    told: list[Any] = []
    for event in train(prepared.state, prepared.splits, plan):
        if isinstance(event, StepDone):
            told += event.losses
        elif isinstance(event, EpochDone):
            told += [event.train_loss, event.val_loss, event.train_metrics]
    return [*told, *(each.tolist() for each in weights(prepared).values())]


def weights(prepared: Prepared) -> dict[str, Tensor]:
    return prepared.state.network.state_dict()


def recorded(prepared: Prepared) -> tuple[Recording, Replayed]:
    graph = Replayed(prepared.state.model)
    return Recording(lambda: graph), graph


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"schedule": "one_cycle", "clip_norm": 0.5, "average": 0.9},
        {"accumulation": 2, "batch_size": 32, "optimizer": "SGD"},
        {"optimizer": "NAdam", "precision": "bf16", "class_weights": "balanced"},
        {"optimizer": "Muon", "flip": True, "noise": 0.1, "label_smoothing": 0.1},
        {"precision": "fp16", "optimizer": "AdamW", "warmup_epochs": 1.0},
    ],
    ids=lambda recipe: "-".join(recipe) or "plain",
)
def test_numbers_are_those_of_computed_steps(recipe: dict[str, Any]) -> None:
    plain = prepare(cnn(**recipe))
    computed = trained(plain, None)
    played = prepare(cnn(**recipe))
    recording, graph = recorded(played)
    assert trained(played, recording) == computed
    steps = -(-len(played.splits.train) // 64) * EPOCHS
    assert steps - 20 < graph.plays < steps, "the last of an epoch is smaller"


def test_gradients_can_be_looked_at_after_a_played_step() -> None:
    prepared = prepare(cnn(batch_size=1078 // 11, epochs=1))  # no smaller batch
    recording, graph = recorded(prepared)
    trained(prepared, recording)
    assert graph.plays
    assert all(each.grad is not None for each in prepared.state.model.parameters())


def test_what_cannot_be_recorded_is_computed() -> None:
    computed = trained(prepare(cnn()), None)
    prepared = prepare(cnn())
    recording, graph = recorded(prepared)
    graph.fails = True
    assert trained(prepared, recording) == computed
    assert not recording.is_recorded and graph.plays == 0


@pytest.mark.parametrize(
    "look",
    [
        lambda x: x * float(x.mean() > 0),
        lambda x: x if x.mean().item() else -x,
        lambda x: x[x.mean(-1) > -9],
    ],
    ids=["float", "item", "mask"],
)
def test_a_network_that_waits_for_the_device_is_not_recorded(
    look: Callable[[Tensor], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(cnn())
    module = prepared.state.model.get_submodule("flatten1")
    monkeypatch.setattr(module, "forward", lambda x: look(x.flatten(1)))
    recording, graph = recorded(prepared)
    trained(prepared, recording)
    assert not recording.is_recorded and graph.plays == 0


def test_blended_batches_are_not_recorded() -> None:
    prepared = prepare(cnn(mixup=0.2))
    recording, graph = recorded(prepared)
    trained(prepared, recording)
    assert graph.plays == 0


def test_what_cudnn_draws_is_not_recorded() -> None:
    prepared = prepare(cnn())
    prepared.state.model.add_module("lstm", nn.LSTM(4, 4, 2, dropout=0.5))
    recording, graph = recorded(prepared)
    trained(prepared, recording)
    assert graph.plays == 0


def test_only_what_learns_from_targets_on_cuda_is_recorded() -> None:
    gpu = Hardware(
        device="cuda", precision="fp32", channels_last=False, threads=1, reason=""
    )
    assert recording_for(iris(), gpu) is not None
    assert recording_for(iris(), replace(gpu, device="cpu")) is None
    assert recording_for(iris(compiled=True), gpu) is None
    assert recording_for(iris(method="adversarial"), gpu) is None
    owned = chain(
        "own",
        [
            ("x", "Input", {"shape": (4,)}),
            ("own1", "Python", {}),
            ("y", "Output", {}),
        ],
        "iris",
    )
    assert recording_for(owned, gpu) is None


def test_a_run_goes_on_from_within_a_recorded_epoch() -> None:
    """The first steps after it are computed, and give the same."""
    whole = prepare(cnn())
    unbroken = trained(whole, recorded(whole)[0])
    first = prepare(cnn())
    recording, graph = recorded(first)
    plan = replace(first.plan, recording=recording)
    for event in train(first.state, first.splits, plan):
        if isinstance(event, StepDone) and (event.epoch, event.step) == (2, 5):
            break
    assert graph.plays
    kept = checkpoint.take(first.state, plan.recipe)
    second = prepare(cnn())
    checkpoint.restore(kept, second.state, second.plan, second.splits)
    rest = trained(second, recorded(second)[0])
    count = len(weights(second))
    assert rest[-count:] == unbroken[-count:]


def test_a_loss_that_is_no_number_is_explained_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = Replayed(nn.Module())
    monkeypatch.setattr(
        engine.session, "recording_for", lambda *_: Recording(lambda: graph)
    )
    document = chain(
        "grows",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("flatten1", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        **{"optimizer": "SGD", "learning_rate": 1e37, "momentum": 0.0, "epochs": 20},
    )
    events = list(train_document(document, run_dir=tmp_path))
    (trouble,) = [e for e in events if getattr(e, "kind", "") == "not-a-number"]
    assert isinstance(trouble, Trouble) and graph.plays
    assert " was the first to give " in trouble.message or trouble.nodes


def test_a_step_that_is_recorded_asks_for_nothing_else() -> None:
    """An optimizer's rate is not in it: the recording itself knows no rate."""
    prepared = prepare(cnn(schedule="cosine"))
    recording, graph = recorded(prepared)
    trained(prepared, recording)
    names = {str(func) for func, *_ in graph._operations}
    assert not [name for name in names if "adam" in name or "_foreach" in name]


def test_the_seed_decides_what_is_dropped_in_a_recording() -> None:
    found = []
    for seed in (1, 1, 2):
        prepared = prepare(cnn(seed=seed, epochs=1))
        found.append(trained(prepared, recorded(prepared)[0]))
    assert found[0] == found[1] != found[2]
