"""A stand-in for a CUDA graph where there is no GPU: it knows what was computed, only.

Operations are recorded with the tensors they were given and those they gave. To play
them is to compute each again from the same tensors into the same ones; whatever Python
did besides does not happen again, and a number that Python held stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

Operation = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], list[Tensor]]


class Replayed:
    """What `engine.training.recording.CudaGraph` is, on the CPU.

    A CUDA graph computes nothing while it is recorded: what `model` has of its own is
    put back afterwards, and so are the random numbers.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._operations: list[Operation] = []
        self.plays = 0
        self.fails = False

    @property
    def has_room(self) -> bool:
        return True

    def record(self, run: Callable[[], Tensor]) -> Tensor:
        if self.fails:
            raise RuntimeError("operation not permitted when stream is capturing")
        own = {name: each.clone() for name, each in self._model.state_dict().items()}
        with torch.random.fork_rng(devices=[]), _Recorder(self._operations):
            given = run()
        self._model.load_state_dict(own)
        return given

    @torch.no_grad()
    def play(self) -> None:
        self.plays += 1
        for func, args, kwargs, given in self._operations:
            again = func(*args, **kwargs)
            made = [each for each in tree_leaves(again) if isinstance(each, Tensor)]
            for old, new in zip(given, made, strict=True):
                if old.untyped_storage().data_ptr() != new.untyped_storage().data_ptr():
                    old.detach().copy_(new)


class _Recorder(TorchDispatchMode):
    def __init__(self, operations: list[Operation]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._operations = operations

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],  # whatever an operation gives
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        # As they are now: others may turn or resize the very same tensors later.
        now_args, now_kwargs = tree_map(_alias, (args, kwargs or {}))
        given = func(*args, **(kwargs or {}))
        made = [_alias(each) for each in tree_leaves(given) if isinstance(each, Tensor)]
        if torch.Tag.inplace_view not in func.tags:  # type: ignore[attr-defined]
            self._operations.append((func, now_args, now_kwargs, made))
        return given


def _alias(each: Any) -> Any:  # tensors and whatever else an operation is given
    return each.detach() if isinstance(each, Tensor) else each
