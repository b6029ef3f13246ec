"""Networks on a GPU that is not there: their tensors have shapes, and no content.

A tensor that is made on the CPU where it should be beside the others is found so, and
where something would wait for the GPU or ask it for a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

import torch
from torch import Tensor, nn
from torch._subclasses import FakeTensorMode

from engine.catalog import TensorSpec
from engine.compiler import Compiled
from engine.data.samples import Samples
from engine.data.source import DataInfo
from engine.document import Document
from engine.training.assignment import fields_of
from engine.training.device import Hardware
from engine.training.methods import learning_of, method_of
from engine.training.objective import Plan, objective_in

GPU = "cuda"
BATCH = 8


@contextmanager
def no_contents() -> Iterator[None]:
    """While this lasts tensors are made without content, on any device."""
    with (
        FakeTensorMode(),
        torch.backends.cudnn.flags(enabled=False),  # it would look at addresses
        mock.patch("torch.cuda.amp.common.amp_definitely_not_available", bool),
        mock.patch("torch.cuda.is_bf16_supported", lambda *_, **__: True),
    ):
        yield


def put_elsewhere(model: nn.Module) -> nn.Module:
    """Give a network weights on the GPU, without content."""
    made: dict[nn.Parameter, nn.Parameter] = {}

    def like(tensor: Tensor) -> Tensor:
        return torch.empty(tensor.shape, dtype=tensor.dtype, device=GPU)

    for module in model.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            if weight not in made:
                made[weight] = nn.Parameter(like(weight), weight.requires_grad)
            setattr(module, name, made[weight])
        for name, buffer in list(module.named_buffers(recurse=False)):
            setattr(module, name, like(buffer))
    return model


def tensors(specs: Mapping[str, TensorSpec], count: int = BATCH) -> dict[str, Tensor]:
    return {
        name: torch.empty(
            count, *spec.shape, dtype=getattr(torch, spec.dtype), device=GPU
        )
        for name, spec in specs.items()
    }


def batch_of(info: DataInfo) -> Samples:
    return Samples(tensors(info.inputs), tensors(info.targets))


def plan_for(
    document: Document, compiled: Compiled, info: DataInfo, precision: str
) -> Plan:
    """As `engine.session.prepare` makes it where there is a GPU."""
    fields = fields_of(document.graph, compiled.inputs, info).values()
    method = method_of(document.recipe.method)
    return Plan(
        recipe=document.recipe,
        fields=tuple(field for field in fields if field is not None),
        learning=learning_of(document, info, compiled.outputs),
        hardware=Hardware(
            device=GPU,
            precision=precision,
            channels_last=False,
            threads=1,
            reason="",
        ),
        objective=objective_in(method.module, method.objective),
    )
