"""Random numbers of one's own: those that a training draws meanwhile stay the same."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

_LIKE: dict[Any, Callable[..., Tensor]] = {
    torch.rand_like: torch.rand,
    torch.randn_like: torch.randn,
}
"""Functions that take no generator in every version, and what they are made of."""
_DRAWING: frozenset[Any] = frozenset(  # any: torch's functions have no type in common
    {
        torch.rand,
        torch.randn,
        torch.randint,
        torch.randperm,
        torch.bernoulli,
        torch.multinomial,
        torch.normal,
        torch.poisson,
        Tensor.bernoulli,
        Tensor.bernoulli_,
        Tensor.cauchy_,
        Tensor.exponential_,
        Tensor.geometric_,
        Tensor.log_normal_,
        Tensor.multinomial,
        Tensor.normal_,
        Tensor.random_,
        Tensor.uniform_,
    }
)


class OwnChance(TorchFunctionMode):
    """Lets everything that is drawn on this thread come from generators of its own.

    PyTorch has one source of random numbers for all threads. A network that is built
    or asked while another trains would take some of its numbers, and that training
    would end with other weights.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._seed = seed
        self._generators: dict[str, torch.Generator] = {}

    def __torch_function__(
        self,
        func: Any,  # any: as torch declares it
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or {})
        if func in _LIKE:
            like = args[0]
            given.setdefault("dtype", like.dtype)
            given.setdefault("device", like.device)
            given.pop("memory_format", None)
            func, args = _LIKE[func], (like.shape, *args[1:])
        if _draws(func) and given.get("generator") is None:
            where = given.get("device") or next(
                (each.device for each in args if isinstance(each, Tensor)), "cpu"
            )
            given["generator"] = self._generator(torch.device(where))
        return func(*args, **given)

    def _generator(self, device: torch.device) -> torch.Generator:
        if device.type not in self._generators:
            made = torch.Generator(device).manual_seed(self._seed)
            self._generators[device.type] = made
        return self._generators[device.type]


def _draws(func: Any) -> bool:
    """Whether a function draws random numbers; those that initialise do so inside."""
    if getattr(func, "__module__", "") == "torch.nn.init":
        return "generator" in inspect.signature(func).parameters
    return func in _DRAWING
