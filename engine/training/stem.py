"""What frozen modules give of the data, computed once.

A frozen module that sees nothing but the data gives the same of a sample every time. It
is computed before the first epoch, in the order of the data, so that a run that is
taken up again computes the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.training.goals import Learning

MOST_KEPT = 2 * 1024**3
"""Bytes of what is kept of one part of the data; more is computed anew every time."""
STEM_BATCH = 64
"""Samples that go through the frozen modules together."""


def stem_key(module: str, field: str) -> str:
    """What a part of a module's output is called among the inputs of samples."""
    return f"{module} gives {field}"


def given_by(outputs: dict[str, Any]) -> dict[str, Tensor] | None:  # whatever they give
    """The tensors that modules gave, by key; None where one gave something else.

    A field with several, as the states of all layers, has a key for each: `field.0`.
    """
    found: dict[str, Tensor] = {}
    for module, output in outputs.items():
        fields = output if isinstance(output, dict) else {"": output}
        for name, value in fields.items():
            key, is_row = stem_key(module, name), isinstance(value, tuple) and name
            parts = {f"{key}.{i}": x for i, x in enumerate(value)} if is_row else None
            for part, tensor in (parts or {key: value}).items():
                if not isinstance(tensor, Tensor):
                    return None
                found[part] = tensor.detach()
    return found


@contextmanager
def listening(model: nn.Module, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Notes what the modules of these names give meanwhile."""
    heard: dict[str, Any] = {}  # whatever they give

    def note(name: str, module: nn.Module, given: Any, output: Any) -> None:
        heard[name] = output

    hooks = [
        model.get_submodule(name).register_forward_hook(partial(note, name))
        for name in names
    ]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def recalled(model: nn.Module, batch: Samples, learning: Learning) -> Iterator[None]:
    """Lets the frozen modules give what was kept of a batch, where that was kept."""
    changed = []
    for name in learning.stem:
        prefix = stem_key(name, "")
        kept = {
            key.removeprefix(prefix): value
            for key, value in batch.inputs.items()
            if key.startswith(prefix)
        }
        if kept:
            module = model.get_submodule(name)
            # An attribute of the module itself goes before its class's method.
            module.__dict__["forward"] = partial(answer_with, kept)
            changed.append(module)
    try:
        yield
    finally:
        for module in changed:
            del module.__dict__["forward"]


class Kept(dict[str, Tensor | tuple[Tensor, ...]]):
    """What a module gave, whose parts are read as attributes, as Transformers' are."""

    def __getattr__(self, name: str) -> Tensor | tuple[Tensor, ...]:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def answer_with(kept: dict[str, Tensor], *_: object, **__: object) -> Tensor | Kept:
    """What was kept, in the form it was given in."""
    if "" in kept:
        return kept[""]
    given = Kept()
    for key, tensor in kept.items():  # those of a row come in its order
        name, is_part = key.partition(".")[:2]
        given[name] = (*given.get(name, ()), tensor) if is_part else tensor
    return given


def with_kept(samples: Samples, kept: dict[str, list[Tensor]]) -> Samples:
    """The samples with what modules gave of them, batch by batch, among the inputs."""
    joined = {key: torch.cat(parts) for key, parts in kept.items()}
    return Samples({**samples.inputs, **joined}, samples.targets)


def is_too_much(kept: dict[str, Tensor], batch: int, count: int) -> bool:
    """Whether `count` samples take more than is kept, by what a batch takes."""
    size = sum(tensor.numel() * tensor.element_size() for tensor in kept.values())
    return size * count > MOST_KEPT * batch
