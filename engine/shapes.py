"""Shapes, dtypes, parameters and operations, by running layers on meta tensors.

The text that runs here is the text that `engine.codegen` writes down: no rule about a
layer's shape is written by hand, so none can disagree with PyTorch.
"""

from __future__ import annotations

import importlib
import math
import warnings
from functools import lru_cache
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.allowed_code import ALLOWED
from engine.catalog import CATALOG, Layer, Misfit, Port, Specs, Values, Variables
from engine.catalog.layer import general_misfit
from engine.catalog.spec import TensorSpec
from engine.layer_result import LayerResult

# A prime no layer size is a multiple of: where it shows up in an output shape, there is
# the batch. Meta tensors have no memory, so its size costs nothing.
BATCH = 1_000_003
_DEFINITION = "<definition>"
"""What tracebacks call the class that a layer brings."""


def ports_of(layer: Layer, count: int) -> tuple[Port, ...]:
    """The port of each of `count` specs: a variadic port takes as many as there are."""
    if len(layer.inputs) == 1 and layer.inputs[0].variadic:
        return layer.inputs * count
    return layer.inputs[:count]  # an optional port is the last and may be open


def infer_layer(layer: Layer, values: Values, specs: Specs) -> LayerResult:
    """Run a layer on meta tensors; remembered for equal settings and inputs.

    A layer whose code nobody has allowed is not run.
    """
    code = layer.foreign_code(values)
    if code and not ALLOWED.allows(code):
        # Not remembered: it may be allowed the next moment.
        return LayerResult(None, layer.misfit(values, specs) or _not_allowed(code))
    return _infer(layer.name, tuple(values.items()), specs)


def count_operations(layer: Layer, values: Values, specs: Specs) -> int:
    """Floating-point operations of one sample's forward pass.

    Counted by torch.utils.flop_counter: matrix products and convolutions, a
    multiply-add as two. The layer must fit its inputs.
    """
    return _operations(layer.name, tuple(values.items()), specs)


def warm_up() -> None:
    """Let PyTorch import what it needs for the first layers on meta.

    A convolution or an activation makes it import its compiler, which takes as long as
    PyTorch itself: to be called on a thread, before a person waits for it.
    """
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False):
        image = nn.Conv2d(1, 1, 1)(torch.empty(BATCH, 1, 1, 1))
        nn.BatchNorm2d(1)(nn.ReLU()(image))


def forget() -> None:
    """Remember nothing of what was inferred, as in a new process: for measuring."""
    _infer.cache_clear()
    _made.cache_clear()
    _operations.cache_clear()


@lru_cache(maxsize=65_536)
def _infer(name: str, items: tuple[tuple[str, Any], ...], specs: Specs) -> LayerResult:
    values = Values(dict(items))
    layer = CATALOG[name].of(values)
    misfit = general_misfit(layer, values, specs, ports_of(layer, len(specs)))
    misfit = misfit or layer.misfit(values, specs)
    if misfit is not None:
        return LayerResult(None, misfit)
    return _made(name, _shaping(layer, values), specs)


_Items = tuple[tuple[str, Any], ...]


def _shaping(layer: Layer, values: Values) -> _Items:
    """The settings, those by which no shape changes as they are by default."""
    return tuple(
        (each.name, values[each.name] if each.shaping else each.default)
        for each in layer.settings
    )


@lru_cache(maxsize=65_536)
def _made(name: str, items: _Items, specs: Specs) -> LayerResult:
    """What a layer that can take `specs` makes of them."""
    values = Values(dict(items))
    layer = CATALOG[name].of(values)
    try:
        tensors, parameters, weight = _run(layer, values, _one_step(layer, specs))
    # PyTorch refuses in many ways; each is a misfit, to be told in words.
    except Exception as error:
        line = _line_of_code(error) if layer.foreign_code(values) else None
        refused = _refused(specs, error) if line is None else _raised(error, line)
        return LayerResult(None, refused)
    wrong = next((t for t in tensors if not isinstance(t, torch.Tensor)), None)
    if wrong is not None:
        return LayerResult(None, _no_tensor(wrong))
    mixed = next((t for t in tensors if not _keeps_batch(t)), None)
    if mixed is not None:
        return LayerResult(None, _mixes(mixed))
    outputs = tuple(
        TensorSpec(tuple(tensor.shape[1:]), str(tensor.dtype).removeprefix("torch."))
        for tensor in tensors
    )
    return LayerResult(_all_steps(layer, specs, outputs), None, parameters, weight)


_Ran = tuple[list[torch.Tensor], int, tuple[int, ...] | None]


def _run(layer: Layer, values: Values, specs: Specs) -> _Ran:
    """A layer built and run on the meta device: outputs, parameters, weight shape."""
    variables = Variables(
        "module",
        tuple(f"x{index}" for index in range(len(specs))),
        tuple(f"y{index}" for index in range(len(layer.outputs))),
    )
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "math": math}
    names["Tensor"] = torch.Tensor
    call = layer.constructor(values, specs)
    definition = layer.definition(values)
    foreign = layer.foreign_code(values)
    if foreign and not ALLOWED.allows(foreign):
        raise PermissionError("this code was not allowed to run")
    parameters = 0
    weight: tuple[int, ...] | None = None
    # The text is made by the catalog from checked settings; see codegen.
    with torch.device("meta"), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said in words by the layer's own misfit
        if definition:
            exec(compile(definition, _DEFINITION, "exec"), names)  # noqa: S102
        sketch = layer.sketch(values, specs)
        if sketch:
            names |= _libraries(sketch)
            exec(compile(sketch, _DEFINITION, "exec"), names)  # noqa: S102
        elif call is not None:
            names["module"] = eval(str(call), names)  # noqa: S307
        if call is not None:
            parameters = _weights(names["module"])
            own = getattr(names["module"], "weight", None)
            weight = tuple(own.shape) if isinstance(own, torch.Tensor) else None
        for variable, spec in zip(variables.inputs, specs, strict=True):
            dtype = getattr(torch, spec.dtype)
            names[variable] = torch.empty((BATCH, *spec.shape), dtype=dtype)
        exec("\n".join(layer.forward(values, specs, variables)), names)  # noqa: S102
    tensors = [names[str(variable)] for variable in variables.outputs]
    return tensors, parameters, weight


def _libraries(text: str) -> dict[str, ModuleType]:
    """The libraries that a sketch uses; they take seconds to import, once."""
    return {
        name: importlib.import_module(name)
        for name in ("torchvision", "transformers")
        if f"{name}." in text
    }


def _weights(made: nn.Module | nn.Parameter) -> int:
    """How many trainable weights there are in what a constructor call makes."""
    if isinstance(made, nn.Parameter):
        return made.numel()
    return sum(each.numel() for each in made.parameters())


@lru_cache(maxsize=65_536)
def _operations(name: str, items: tuple[tuple[str, Any], ...], specs: Specs) -> int:
    values = Values(dict(items))
    layer = CATALOG[name].of(values)
    with FlopCounterMode(display=False) as counter:
        _run(layer, values, _one_step(layer, specs))
    steps = 1 if layer.steps_dim is None else specs[0].shape[layer.steps_dim]
    return int(counter.get_total_flops()) // BATCH * steps


def _one_step(layer: Layer, specs: Specs) -> Specs:
    """Recurrent layers are unrolled on meta, 200 ms for 50 steps: one is enough."""
    if layer.steps_dim is None:
        return specs
    return (_with_steps(specs[0], layer.steps_dim, 1), *specs[1:])


def _all_steps(layer: Layer, specs: Specs, outputs: Specs) -> Specs:
    if layer.steps_dim is None:
        return outputs
    steps = specs[0].shape[layer.steps_dim]
    return tuple(
        _with_steps(spec, layer.steps_dim, steps)
        if port.name in layer.sequence_outputs
        else spec
        for port, spec in zip(layer.outputs, outputs, strict=True)
    )


def _with_steps(spec: TensorSpec, dim: int, steps: int) -> TensorSpec:
    shape = list(spec.shape)
    shape[dim] = steps
    return TensorSpec(tuple(shape), spec.dtype)


def _keeps_batch(tensor: torch.Tensor) -> bool:
    shape = tuple(tensor.shape)
    return (
        bool(shape)
        and shape[0] == BATCH
        and all(size % BATCH or not size for size in shape[1:])
    )


def _mixes(tensor: torch.Tensor) -> Misfit:
    shape = " × ".join(
        str(size)
        if size % BATCH or not size
        else f"{size // BATCH}·N".removeprefix("1·")
        for size in tensor.shape
    )
    return Misfit(
        message=f"mixes the samples of a batch: it gives {shape or 'one number'}",
        expected="N × ... : a row for each sample",
        remedy="Leave dimension 0, the batch, alone.",
    )


def _refused(specs: Specs, error: Exception) -> Misfit:
    given = " and ".join(spec.describe() for spec in specs)
    reason = str(error).strip().split("\n")[0].replace(str(BATCH), "N")
    return Misfit(
        message=f"cannot take {given}. PyTorch says: {reason}",
        remedy="Change its settings, or what feeds it.",
    )


# Of layers whose code a person wrote.


def _not_allowed(code: str) -> Misfit:
    return Misfit(
        message="carries Python code; read it and allow it",
        remedy="Until then none of it runs.",
        setting="code",
        asks_to_run=code,
    )


def _line_of_code(error: Exception) -> int | None:
    """The line of the layer's own code in which an error arose, from 1."""
    if isinstance(error, SyntaxError) and error.filename == _DEFINITION:
        return error.lineno
    found = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _DEFINITION:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _raised(error: Exception, line: int) -> Misfit:
    reason = str(error).strip().split("\n")[0].replace(str(BATCH), "N")
    remedy = "Mend that line in the inspector."
    if "meta" in reason:
        remedy = (
            "Shapes are found without numbers: let no decision depend on the values in "
            "a tensor."
        )
    kind = type(error).__name__
    return Misfit(
        message=f"fails in line {line} of its code: {kind}: {reason}".rstrip(": "),
        remedy=remedy,
        setting="code",
    )


def _no_tensor(found: object) -> Misfit:
    return Misfit(
        message=f"gives a {type(found).__name__}, and not a tensor",
        expected="a tensor, or as many as `-> tuple[Tensor, Tensor]` says",
        remedy="Let its forward return a tensor, or say in its signature what it "
        "returns.",
        setting="code",
    )
