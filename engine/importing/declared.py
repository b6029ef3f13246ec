"""From a module of PyTorch back to the catalog's layer and its settings.

A layer's settings are named as its constructor's parameters, so that the declaration
alone says how to read a module: what it was made with, less what follows from the
input. What neither says is refused, and never dropped in silence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from engine.catalog import CATALOG
from engine.catalog.settings import Setting, Size
from engine.importing.constructors import (
    arguments_of,
    layer_class,
    parameters_of,
)

_FOLLOWS = frozenset(
    """in_channels in_features in1_features in2_features num_features input_size
    embed_dim kdim vdim d_model num_channels device dtype inplace""".split()
)
"""Parameters whose value the input decides, or which change no numbers."""
_BATCH_FIRST = "batch_first"
_ANY_NUMBER = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
"""What layers without arguments take and leave."""

_TRANSLATED: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
    "normalized_shape": lambda v: {"dims": len(v) if isinstance(v, tuple | list) else 1}
}
"""Parameters that the catalog calls or counts otherwise."""


class Unlike(Exception):  # noqa: N818  told as a Refusal further up
    """A module is made in a way that the catalog's layer of its name has no word for.

    Its text follows the module's name.
    """


def layer_of(
    module: nn.Module, steps_first: bool = False
) -> tuple[str, dict[str, Any]]:
    """The catalog's layer and settings that make a module; raises Unlike.

    With `steps_first` a layer that has batch_first off is one that has it on: what it
    reads is put in order.
    """
    kind = layer_class(module)
    if kind is None:
        raise Unlike(f"is a {type(module).__name__}")
    return layer_made_with(kind, arguments_of(module), steps_first)


def layer_made_with(
    kind: type[nn.Module],
    arguments: Mapping[str, Any],  # what a constructor takes
    steps_first: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The catalog's layer and settings for a class and all of its arguments.

    Raises Unlike.
    """
    layer = CATALOG[kind.__name__]
    declared = {setting.name: setting for setting in layer.settings}
    defaults = parameters_of(kind)
    settings: dict[str, Any] = {}
    for name, value in arguments.items():
        value = _plain(value)
        if value is None and defaults[name].default in {None, inspect.Parameter.empty}:
            continue  # not said: the catalog's own default then
        if name == "mode" and (value, layer.name) == ("row", "StochasticDepth"):
            continue
        if name in declared:
            settings[name] = as_held(declared[name], value)
        elif name in _TRANSLATED:
            settings |= _TRANSLATED[name](value)
        elif name == "num_parameters":
            settings["per_channel"] = value != 1
        elif name == _BATCH_FIRST:
            if not value and not steps_first:
                raise Unlike("has batch_first off, and the batch comes first here")
        elif (
            name not in _FOLLOWS
            and defaults[name].kind not in _ANY_NUMBER
            and value != defaults[name].default
        ):
            raise Unlike(f"is made with {name}={value!r}")
    return layer.name, {
        name: value
        for name, value in settings.items()
        if name in declared and value != declared[name].default
    }


def as_held(setting: Setting, value: Any) -> Any:
    """A value as a node's setting holds it; raises Unlike for one it cannot hold."""
    value = setting.normalise(value)
    if isinstance(setting, Size) and isinstance(value, tuple):
        is_one = bool(value) and all(each == value[0] for each in value)
        value = value[0] if is_one else value
    if (wrong := setting.problem(value)) is not None:
        raise Unlike(f"has {setting.name}, which {wrong}")
    return value


def _plain(value: object) -> object:
    """An argument as a setting holds it: functions by name, sizes as tuples."""
    if isinstance(value, torch.Size | list):
        return tuple(value)
    if value is F.relu or value is torch.relu:
        return "relu"
    if value is F.gelu:
        return "gelu"
    return value
