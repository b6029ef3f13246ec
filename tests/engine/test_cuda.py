"""The way to CUDA, as far as it can be gone without a GPU."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import engine.memory
import engine.session
import templates
from engine.compiler import compile_document
from engine.data.room import is_out_of_memory
from engine.data.samples import Samples
from engine.data.source import describe
from engine.memory import memory_of
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.session import prepare
from engine.training import checkpoint, device, placing
from engine.training.augmentation import Augment
from engine.training.averaging import mean_of, update_mean
from engine.training.device import Hardware, HardwareError, choose_hardware
from engine.training.failing import failed_inside
from engine.training.goals import Learning
from engine.training.loop import begin, evaluation_batch
from engine.training.objective import Turn
from engine.training.optimizers import hold
from engine.training.placing import fetched, place
from engine.training.recording import Watch
from engine.training.score import Score
from tests.engine import elsewhere
from tests.engine.documents import digits, iris
from tests.engine.layer_row import Row
from tests.engine.test_catalog import RUNNABLE, build
from tests.engine.test_catalog import run as run_row

DOWNLOADED = ("Pretrained",)
LESSONS = [
    each.id
    for each in templates.lessons()
    if each.id
    not in {"transfer-resnet50", "distilbert-sentiment", "bert-embeddings"}
    | {"attention-maps"}
]
"""All whose networks begin without weights of others."""
PLAIN = nn.Linear(4, 4)
LARGE = nn.Sequential(nn.Conv2d(64, 128, 3), nn.Linear(512, 512))


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    torch.use_deterministic_algorithms(False)
    torch.backends.cudnn.enabled = True


# Everything is made where the network is.


@pytest.mark.parametrize("row", RUNNABLE)
def test_a_layer_makes_what_it_needs_on_its_own_device(row: Row) -> None:
    if row.name.startswith(DOWNLOADED):
        return
    module = build(row)
    if module is not None and not isinstance(getattr(module, "tensor", None), Tensor):
        with elsewhere.no_contents():
            elsewhere.put_elsewhere(module)
            _runs_there(row, module)
    elif module is None:
        with elsewhere.no_contents():
            _runs_there(row, None)


def _runs_there(row: Row, module: nn.Module | None) -> None:
    named = {str(place): spec for place, spec in enumerate(row.inputs)}
    given = list(elsewhere.tensors(named).values())
    for output in run_row(row, module, given):
        assert output is None or output.device.type == elsewhere.GPU


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_learns_on_one_device_and_waits_for_nothing(
    lesson: str, data_dir: Path
) -> None:
    document = templates.open_lesson(lesson)
    info, compiled = describe(document.data, data_dir), compile_document(document)
    model = compiled.module_class()
    with elsewhere.no_contents():
        elsewhere.put_elsewhere(model)
        plan = elsewhere.plan_for(document, compiled, info, "bf16")
        batch = elsewhere.batch_of(info)
        if plan.recipe.augments:
            batch = Augment(plan.recipe)(batch)
        score = Score(plan.goals, {})
        for epoch in {1, plan.recipe.epochs}:
            for player in plan.objective.turns(epoch, plan):
                turn = Turn(player=player, epoch=epoch, share=0.5, step=1)
                with Watch() as watch:
                    model.train()
                    told = plan.objective.outcome(turn, model, batch, plan)
                    score.add(told, batch, player)
                assert not watch.waits, player
                assert told.loss.device.type == elsewhere.GPU
            with torch.no_grad():
                model.eval()
                told = plan.objective.judge(epoch, model, batch, plan)
                score.add(told, batch)
        assert {each.device.type for each in score.sums.values()} == {"cuda"}


def test_a_tensor_on_the_wrong_device_would_be_found() -> None:
    with elsewhere.no_contents():
        x = torch.empty(3, 4, device=elsewhere.GPU)
        with pytest.raises(RuntimeError, match=r"device"):
            x + torch.ones(4)
        with Watch() as watch:
            x.new_tensor([1.0, 2.0])
        assert watch.waits


# What is chosen.


class Gpu:
    """What PyTorch says of a GPU that is not there."""

    def __init__(self, patch: pytest.MonkeyPatch, major: int, error: str = "") -> None:
        def ones(*_: object, **given: object) -> Tensor:
            if error and given.get("device") == "cuda":
                raise RuntimeError(error)
            return torch.zeros(1)

        def is_bf16_supported(*, including_emulation: bool = True) -> bool:
            return including_emulation or major >= 8

        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "get_device_name", lambda *_: "Some GPU")
        patch.setattr(torch.cuda, "is_bf16_supported", is_bf16_supported)
        patch.setattr(device.torch, "ones", ones)


def test_new_gpus_take_bf16_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    Gpu(monkeypatch, 9)
    found = choose_hardware("auto", "auto", LARGE)
    assert (found.device, found.precision) == ("cuda", "bf16")
    assert found.channels_last
    assert found.reason == "CUDA: Some GPU; bf16: this CUDA multiplies it natively"
    assert choose_hardware("auto", "auto", PLAIN).precision == "fp32"


def test_old_gpus_take_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    Gpu(monkeypatch, 7)
    assert choose_hardware("cuda", "auto", LARGE).precision == "fp32"
    asked = choose_hardware("cuda", "bf16", LARGE)
    assert asked.precision == "bf16" and "has to emulate it" in asked.reason
    assert choose_hardware("cuda", "fp16", LARGE).precision == "fp16"


def test_a_gpu_that_this_pytorch_cannot_use_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = "CUDA error: no kernel image is available for execution on the device\n..."
    Gpu(monkeypatch, 5, error)
    found = choose_hardware("auto", "auto", LARGE)
    assert found.device == "cpu"
    why = "Some GPU does not answer (no kernel image is available for execution on the "
    assert found.reason.startswith(f"CPU: {why}device)")
    with pytest.raises(HardwareError, match="CUDA was asked for, but Some GPU does no"):
        choose_hardware("cuda", "auto", LARGE)


def test_the_cpu_can_be_chosen_beside_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    Gpu(monkeypatch, 9, "nobody asks")
    reason = choose_hardware("cpu", "fp32", PLAIN).reason
    assert reason.startswith("CPU: chosen in the recipe, though Some GPU is there;")


# The same numbers each time.


def test_repeatable_training_is_prepared_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    begin(lambda: nn.Linear(2, 2), Recipe(device="cpu"), Learning())
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
    recipe = Recipe(device="cpu", deterministic=True)
    begin(lambda: nn.Linear(2, 2), recipe, Learning())
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.enabled
    begin(lambda: nn.LSTM(2, 2, 2, dropout=0.5), recipe, Learning())
    assert not torch.backends.cudnn.enabled, "no checkpoint has what it draws"
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    begin(lambda: nn.LSTM(2, 2, 2, dropout=0.5), Recipe(device="cpu"), Learning())
    assert torch.backends.cudnn.enabled
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_training_on_the_cpu_leaves_the_gpu_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To ask for its random numbers takes a second and some hundred MiB there."""
    prepared = prepare(iris(device="cpu"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    kept = checkpoint.take(prepared.state, prepared.plan.recipe)
    assert "random.cuda" not in kept.tensors
    kept.tensors["random.cuda"] = torch.zeros(16, dtype=torch.uint8)
    checkpoint.restore(kept, prepared.state, prepared.plan, prepared.splits)


def test_what_nadam_asks_for_at_each_step_stays_in_main_memory() -> None:
    prepared = prepare(iris(device="cpu", optimizer="NAdam"))
    (nadam,) = prepared.state.optimizers["network"]
    prepared.state.model(torch.ones(2, 4)).sum().backward()
    nadam.step()
    kept = checkpoint.take(prepared.state, prepared.plan.recipe)
    checkpoint.restore(kept, prepared.state, prepared.plan, prepared.splits)
    assert {each["mu_product"].device.type for each in nadam.state.values()} == {"cpu"}


# Nothing waits for the device within a step.


def test_the_running_mean_is_that_of_pytorch() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    theirs = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    ours = mean_of(model, 0.9)
    for _ in range(5):
        with torch.no_grad():
            model(torch.randn(4, 3))
            model[0].weight.add_(1.0)
        theirs.update_parameters(model)
        update_mean(ours, model)
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(tensor, ours.state_dict()[name]), name


def test_how_often_the_mean_was_updated_is_not_sent_to_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PyTorch's own way does so with every step, and waits until it is there."""
    model = nn.Linear(3, 3)
    average = mean_of(model, 0.9)
    update_mean(average, model)
    monkeypatch.setattr(Tensor, "to", lambda *_, **__: pytest.fail("sent"))
    update_mean(average, model)
    assert average.n_averaged == 2


def test_a_frozen_lstm_lets_gradients_through() -> None:
    """cuDNN has them in training alone."""
    model = nn.Sequential(nn.Embedding(5, 4), nn.LSTM(4, 4, 2, dropout=0.5))
    tokens = torch.tensor([[1, 2]])
    model.eval()
    before, _ = model(tokens)
    model.train()
    hold(model, ("1",))
    after, _ = model(tokens)
    assert model[1].training
    assert torch.equal(before, after)


def test_batches_are_sent_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[bool, object, object]] = []

    class Pinned:
        def to(self, where: object, *, non_blocking: bool) -> Tensor:
            sent.append((True, where, non_blocking))
            return torch.zeros(2, 3)

    monkeypatch.setattr(Tensor, "pin_memory", lambda _: Pinned())
    samples = Samples({"x": torch.ones(5, 3)}, {"y": torch.ones(5)})
    gpu = Hardware(
        device="cuda", precision="fp32", channels_last=False, threads=1, reason=""
    )
    fetched(samples, torch.tensor([0, 1]), gpu)
    assert sent == [(True, "cuda", True)] * 2
    fetched(samples, torch.tensor([0, 1]), replace(gpu, device="cpu"))
    assert len(sent) == 2


def test_what_fits_is_kept_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Hardware(
        device="cuda", precision="fp32", channels_last=True, threads=1, reason=""
    )
    with elsewhere.no_contents():
        samples = Samples({"x": torch.empty(4, 3, 8, 8)}, {"y": torch.empty(4)})
        size = 4 * (4 * 3 * 64 + 4)
        for free, kept in ((2 * size, "cpu"), (2 * size + 2, "cuda")):
            monkeypatch.setattr(placing, "free_on_cuda", lambda free=free: free)
            there = place(samples, gpu)
            assert there.inputs["x"].device.type == kept
            x = there.inputs["x"]
            assert x.is_contiguous(memory_format=torch.channels_last)


# Memory.


def test_memory_is_told_of_steps_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backward alone needs a GPU to be there."""
    gpu = Hardware(
        device="cuda", precision="bf16", channels_last=True, threads=1, reason=""
    )
    monkeypatch.setattr(engine.memory, "choose_hardware", lambda *_: gpu)
    monkeypatch.setattr(placing, "free_on_cuda", lambda: 2**40)
    monkeypatch.setattr(Tensor, "backward", lambda _: None)
    monkeypatch.setattr(
        "torch.cuda.amp.common.amp_definitely_not_available", lambda: False
    )
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_, **__: True)
    told = memory_of(digits())
    assert told is not None
    assert told.weights > 0 and told.batch > 0 and told.copies == 0


def test_few_samples_are_judged_at_once_where_few_are_learned_from() -> None:
    sizes = [evaluation_batch(Recipe(batch_size=size)) for size in (1, 8, 32, 64, 4096)]
    assert sizes == [16, 128, 512, 512, 512]


@pytest.mark.parametrize(
    "message",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB.",
        "CUDA error: out of memory",
        "HIP out of memory. Tried to allocate",
        "MPS backend out of memory",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_a_gpu_without_memory_is_known_by_what_it_says(message: str) -> None:
    assert is_out_of_memory(RuntimeError(message))


def test_a_network_that_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def begins(*_: object) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB.")

    monkeypatch.setattr(engine.session, "begin", begins)
    with pytest.raises(Refusal, match="did not suffice for the network itself"):
        prepare(iris())


# What PyTorch cannot do there, in words.


def test_what_cannot_be_done_there_is_told_in_words() -> None:
    compiled = compile_document(iris())

    def told(error: Exception) -> str:
        return failed_inside(error, compiled).problem.sentence()

    assert told(
        RuntimeError(
            "adaptive_max_pool2d_backward_cuda does not have a deterministic "
            "implementation, but you set 'torch.use_deterministic_algorithms(True)'."
        )
    ) == (
        "On this device PyTorch cannot compute adaptive_max_pool2d_backward_cuda with "
        "the same numbers each time, and needs it in a training step. Switch "
        "deterministic off in the training settings, or train on the CPU."
    )
    assert told(
        RuntimeError("CUDA error: device-side assert triggered\nCUDA kernel errors")
    ) == (
        "On the GPU an index was beyond what it points into, in a training step or "
        "before: a token beyond an Embedding, say, or a class beyond the last output. "
        "Train on the CPU, which tells where. The GPU can be used again once Espalier "
        "was started anew."
    )
    from torch._dynamo.exc import Unsupported

    assert told(Unsupported("no triton here\nmore")) == (
        "PyTorch could not compile the network: no triton here "
        "Switch compiling off in the training settings."
    )
