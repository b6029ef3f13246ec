"""Functions that are given a layer's weights: `F.linear(x, self.weight)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog import CATALOG
from engine.importing.declared import Unlike
from engine.importing.recording import Step, Value

Weighted = tuple[Value | Tensor, str, dict[str, Any], Mapping[str, Tensor]]
"""What is read, the layer, its settings, and its weights by name."""


def weighted(step: Step) -> Weighted:
    """The layer that a function with weights is; raises Unlike."""
    names = WEIGHTED[step.name]
    given = dict(zip(names, step.args, strict=False)) | step.kwargs
    weight, bias = given.get("weight"), given.get("bias")
    value = given["input"]
    if not isinstance(value, Value | Tensor):
        raise Unlike(f"calls {step.name} on something other than samples")
    layer, settings = _SETTINGS[step.name](given)
    if weight is None and step.name.endswith("norm"):
        off = "affine" if CATALOG[layer].setting("affine") else "elementwise_affine"
        return value, layer, settings | {off: False}, {}
    if not isinstance(weight, nn.Parameter) or not (
        bias is None or isinstance(bias, nn.Parameter)
    ):
        raise Unlike(f"calls {step.name} with weights that are no parameters")
    if bias is None and step.name in {"batch_norm", "group_norm"}:
        raise Unlike(f"calls {step.name} with a weight and without a bias")
    weights: dict[str, Tensor] = {"weight": weight}
    if bias is not None:
        weights["bias"] = bias
    if step.name == "batch_norm":
        weights |= {name: given[name] for name in ("running_mean", "running_var")}
        weights["num_batches_tracked"] = torch.tensor(0)
    return value, layer, settings, weights


def _linear(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    settings = {"out_features": given["weight"].shape[0]}
    return "Linear", settings | _without_bias(given)


def _embedding(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    count, size = given["weight"].shape
    if given.get("max_norm") is not None:
        raise Unlike("keeps its embeddings within a norm")
    return "Embedding", {"num_embeddings": count, "embedding_dim": size}


def _layer_norm(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    settings = {"dims": len(given["normalized_shape"]), "eps": given.get("eps", 1e-5)}
    if given.get("weight") is not None:
        settings |= _without_bias(given)
    return "LayerNorm", {n: v for n, v in settings.items() if v not in (1, 1e-5)}


def _batch_norm(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    value = given["input"]
    ndim = len(value.shape)
    if given.get("running_mean") is None or given.get("training"):
        raise Unlike("normalizes by each batch, in evaluation too")
    settings = {"eps": given.get("eps", 1e-5), "momentum": given.get("momentum", 0.1)}
    kept = {n: v for n, v in settings.items() if v not in (1e-5, 0.1)}
    return f"BatchNorm{max(1, ndim - 2)}d", kept


def _group_norm(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    settings = {"num_groups": given["num_groups"], "eps": given.get("eps", 1e-5)}
    return "GroupNorm", {n: v for n, v in settings.items() if v not in (8, 1e-5)}


def _rms_norm(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    settings = {"dims": len(given["normalized_shape"]), "eps": given.get("eps")}
    return "RMSNorm", {n: v for n, v in settings.items() if v not in (1, None)}


def _without_bias(given: Mapping[str, Any]) -> dict[str, Any]:
    return {} if given.get("bias") is not None else {"bias": False}


_SETTINGS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]] = {
    "linear": _linear,
    "embedding": _embedding,
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "batch_norm": _batch_norm,
    "group_norm": _group_norm,
}
WEIGHTED: Mapping[str, list[str]] = {
    "linear": ["input", "weight", "bias"],
    "embedding": list(inspect.signature(F.embedding).parameters),
    "layer_norm": list(inspect.signature(F.layer_norm).parameters),
    "rms_norm": list(inspect.signature(F.rms_norm).parameters),
    "batch_norm": list(inspect.signature(F.batch_norm).parameters),
    "group_norm": list(inspect.signature(F.group_norm).parameters),
}
"""The functions, each with the names of what it takes."""
