"""What the layers of a network were made with: their constructors' arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from torch import nn

from engine.catalog import CATALOG

_ARGUMENTS = "_constructor_arguments"
"""The attribute of a layer that holds what it was made with; a deep copy keeps it."""


def layer_class(module: nn.Module) -> type[nn.Module] | None:
    """The class of PyTorch that a module is, where the catalog has a layer of its name.

    A class of one's own that adds nothing to `forward` counts as what it is made from.
    """
    for kind in type(module).__mro__:
        if issubclass(kind, nn.Module) and kind in _layers():
            return kind if type(module).forward is kind.forward else None
    return None


def arguments_of(module: nn.Module) -> dict[str, Any]:  # what a constructor takes
    """What a layer was made with, by parameter, defaults filled in."""
    found: dict[str, Any] = module.__dict__.get(_ARGUMENTS, {})
    return found


@lru_cache(maxsize=1)
def _layers() -> Mapping[type[nn.Module], inspect.Signature]:
    from torchvision.ops import StochasticDepth

    found = {StochasticDepth: inspect.signature(StochasticDepth)}
    for name in CATALOG:
        kind = getattr(nn, name, None)
        if not isinstance(kind, type) or not issubclass(kind, nn.Module):
            continue
        if name != "Transformer":  # a stack of layers is drawn as those
            found[kind] = inspect.signature(_RECURRENT.get(name, kind))
    return found


def _lstm(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: int = 0,
    device: object = None,
    dtype: object = None,
) -> None: ...


def _rnn(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    nonlinearity: str = "tanh",
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    device: object = None,
    dtype: object = None,
) -> None: ...


# PyTorch's own take *args: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM
_RECURRENT: Mapping[str, Callable[..., None]] = {
    "LSTM": _lstm,
    "GRU": _lstm,
    "RNN": _rnn,
}


def parameters_of(kind: type[nn.Module]) -> Mapping[str, inspect.Parameter]:
    """What the constructor of a layer's class takes."""
    return _layers()[kind].parameters


def class_called(name: str) -> type[nn.Module] | None:
    """The class of PyTorch of this name, where the catalog has a layer for it."""
    return next((kind for kind in _layers() if kind.__name__ == name), None)


def bound(
    kind: type[nn.Module], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:  # what a constructor takes
    """What a call gives a constructor, by parameter, defaults filled in.

    Raises TypeError where it does not take that.
    """
    found = _layers()[kind].bind(*args, **kwargs)
    found.apply_defaults()
    return dict(found.arguments)


@contextmanager
def noted_arguments() -> Iterator[None]:
    """Layers that are made inside remember their constructor's arguments."""
    plain = {kind: kind.__init__ for kind in _layers()}

    def noting(kind: type[nn.Module]) -> Callable[..., None]:
        def init(self: nn.Module, *args: Any, **kwargs: Any) -> None:
            if _ARGUMENTS not in self.__dict__:
                self.__dict__[_ARGUMENTS] = bound(kind, args, kwargs)
            plain[kind](self, *args, **kwargs)

        return init

    for kind in _layers():
        kind.__init__ = noting(kind)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for kind, init in plain.items():
            kind.__init__ = init  # type: ignore[method-assign]
