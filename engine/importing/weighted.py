"""Functions that are given a layer's weights: `F.linear(x, self.weight)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

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
        return value, layer, settings | {"elementwise_affine": False}, {}
    if not isinstance(weight, nn.Parameter) or not (
        bias is None or isinstance(bias, nn.Parameter)
    ):
        raise Unlike(f"calls {step.name} with weights that are no parameters")
    weights = {"weight": weight} | ({} if bias is None else {"bias": bias})
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
}
WEIGHTED: Mapping[str, list[str]] = {
    "linear": ["input", "weight", "bias"],
    "embedding": list(inspect.signature(F.embedding).parameters),
    "layer_norm": list(inspect.signature(F.layer_norm).parameters),
    "rms_norm": list(inspect.signature(F.rms_norm).parameters),
}
"""The functions, each with the names of what it takes."""
