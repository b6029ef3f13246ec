"""How much memory a training will take, found by rehearsing a step without numbers.

The step runs on fake tensors, which have shapes and no memory, and every storage that
comes and goes is counted: so what blocks hold inside, what the gradients need, and what
layers share are as they will be. Takes up to seconds; for a thread of its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.compiler import Compiled, compile_document
from engine.document import Document
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.training.loop import EVALUATION_BATCH
from engine.training.objective import AUTOCAST

STATES = {"Adam": 2, "AdamW": 2, "NAdam": 2, "RMSprop": 1, "Adagrad": 1}
"""Numbers that an optimizer keeps of each weight, beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEstimate:
    """Bytes that a training takes beside its data and PyTorch itself."""

    weights: int
    gradients: int
    optimizer: int
    step: int
    """What else is there at the fullest moment of a step: activations above all."""
    evaluation: int
    """The same when the network is evaluated, with larger batches and no gradients."""

    @property
    def total(self) -> int:
        """At the fullest moment of all."""
        steady = self.weights + self.optimizer
        return steady + max(self.step, self.gradients + self.evaluation)


def estimate_memory(
    document: Document, precision: str = "fp32", samples: int | None = None
) -> MemoryEstimate:
    """What training a document will take. Raises Refusal where that is not known.

    `samples` is how many the validation part has: with few the batches are smaller.
    """
    compiled, recipe = compile_document(document), document.recipe
    frozen = {node.name for node in document.graph if node.frozen}
    evaluated = min(EVALUATION_BATCH, samples or EVALUATION_BATCH)
    try:
        with OwnChance(), FakeTensorMode():
            network = compiled.module_class()
            for name, weight in network.named_parameters():
                weight.requires_grad_(name.split(".")[0] not in frozen)
            learning = [each for each in network.parameters() if each.requires_grad]
            gradients = sum(map(_size, learning))
            tensors = [*network.parameters(), *network.buffers()]
            step = _fullest(
                lambda: _learn(network, compiled, recipe.batch_size, precision)
            )
            network.eval()
            evaluation = _fullest(
                lambda: _evaluate(network, compiled, evaluated, precision)
            )
    except Exception as error:  # a layer that needs real numbers to run
        raise Refusal(
            "How much memory it takes cannot be told: a layer needs real numbers.",
            "Train one epoch and see.",
            code="memory-unknown",
        ) from error
    states = STATES.get(recipe.optimizer, 1 if recipe.momentum else 0)
    return MemoryEstimate(
        weights=sum(map(_size, tensors)),
        gradients=gradients,
        optimizer=states * gradients,
        step=step,
        evaluation=evaluation,
    )


def _size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _forward(
    network: nn.Module, compiled: Compiled, batch: int, precision: str
) -> tuple[Tensor, ...]:
    given = [
        torch.zeros((batch, *spec.shape), dtype=getattr(torch, spec.dtype))
        for spec in compiled.inputs.values()
    ]
    dtype = AUTOCAST.get(precision)
    with torch.autocast("cpu", dtype, enabled=dtype is not None):
        answer = network(*given)
    return answer if isinstance(answer, tuple) else (answer,)


def _learn(network: nn.Module, compiled: Compiled, batch: int, precision: str) -> None:
    answers = _forward(network, compiled, batch, precision)
    losses = [answer.float().log_softmax(-1).sum() for answer in answers]
    torch.stack(losses).sum().backward()


@torch.no_grad()
def _evaluate(
    network: nn.Module, compiled: Compiled, batch: int, precision: str
) -> None:
    _forward(network, compiled, batch, precision)


def _fullest(call: Callable[[], None]) -> int:
    """The most bytes of storages that a call made and that were there at once."""
    with _Counting() as counting:
        call()
    return counting.most


class _Counting(TorchDispatchMode):
    """Counts the storages that operations make, until they go."""

    def __init__(self) -> None:
        super().__init__()
        self._there: dict[int, int] = {}
        self._now = 0
        self.most = 0

    def __torch_dispatch__(
        self,
        func: Any,  # any: as torch declares it
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        given = {
            id(each.untyped_storage())
            for each in tree_leaves((args, kwargs))
            if isinstance(each, Tensor)
        }
        result = func(*args, **(kwargs or {}))
        for each in tree_leaves(result):
            if isinstance(each, Tensor):
                storage = each.untyped_storage()
                if id(storage) not in given:
                    self._note(storage)
        return result

    def _note(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._there:
            return
        self._there[key] = storage.nbytes()
        self._now += storage.nbytes()
        self.most = max(self.most, self._now)
        weakref.finalize(storage, self._forget, key)

    def _forget(self, key: int) -> None:
        self._now -= self._there.pop(key, 0)
