"""How long each node of a network takes, measured on this machine.

The generated `forward` runs on a batch of made-up samples; the clock is read wherever
it comes to a line of another node, so that layers without a module count as well.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from engine.catalog import TensorSpec
from engine.compiler import Compiled, compile_document
from engine.data.samples import Samples
from engine.document import Document
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.training.device import (
    AUTOCAST,
    Hardware,
    HardwareError,
    choose_hardware,
)
from engine.training.placing import place

_SECONDS = 1.5
"""How long is measured at the most, once every layer has run."""
_MOST_RUNS = 15


def times_of(document: Document) -> dict[str, float]:
    """Seconds that each node of the main graph takes for a batch, going forward.

    The medians of some runs, on the device, in the precision and with the batch of the
    recipe. May be called on any thread; draws none of the random numbers of a training.
    Raises Refusal where the network cannot run.
    """
    compiled = compile_document(document)
    recipe = document.recipe
    with OwnChance(recipe.seed):
        model = compiled.module_class().eval()
        try:
            hardware = choose_hardware(recipe.device, recipe.precision, model)
        except HardwareError as error:
            raise Refusal(error.message, error.remedy, code="no-device") from error
        model.to(hardware.device)
        if hardware.channels_last:
            model.to(memory_format=torch.channels_last)
        inputs = {
            name: _made_up(spec, recipe.batch_size).to(hardware.device)
            for name, spec in compiled.inputs.items()
        }
        batch = list(place(Samples(inputs, {}), hardware).inputs.values())
        clock = _Clock(compiled, hardware)
        found: list[dict[str, float]] = []
        dtype = AUTOCAST.get(hardware.precision)
        kind = torch.device(hardware.device).type
        threads = torch.get_num_threads()
        torch.set_num_threads(hardware.threads)  # as in a training
        try:
            with torch.no_grad(), torch.autocast(kind, dtype, enabled=bool(dtype)):
                clock.run(model, batch)  # the first run prepares, and tells nothing
                begun = time.perf_counter()
                while len(found) < _MOST_RUNS and (
                    not found or time.perf_counter() - begun < _SECONDS
                ):
                    found.append(clock.run(model, batch))
        finally:
            torch.set_num_threads(threads)
    return {
        name: statistics.median(run.get(name, 0.0) for run in found)
        for name in {name for run in found for name in run}
    }


def _made_up(spec: TensorSpec, count: int) -> Tensor:
    shape = (count, *spec.shape)
    if spec.dtype == "int64":
        return torch.zeros(shape, dtype=torch.int64)
    return torch.rand(shape)


class _Clock:
    """Times the lines of the main class's `forward`, for the nodes they belong to."""

    def __init__(self, compiled: Compiled, hardware: Hardware) -> None:
        lines = compiled.code.lines.items()
        self._node_at = {line: name for name, numbers in lines for line in numbers}
        self._filename = compiled.filename
        self._is_cuda = torch.device(hardware.device).type == "cuda"
        self._model: object = None
        self._node: str | None = None
        self._since = 0.0
        self._taken: dict[str, float] = {}

    def run(
        self, model: Callable[..., object], batch: list[Tensor]
    ) -> dict[str, float]:
        """Seconds by node, of one run."""
        self._model, self._node, self._taken = model, None, {}
        before = sys.gettrace()
        sys.settrace(self._call)
        try:
            model(*batch)
        finally:
            sys.settrace(before)
        return self._taken

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:  # or None
        code = frame.f_code
        is_ours = code.co_filename == self._filename and code.co_name == "forward"
        if not is_ours or frame.f_locals.get("self") is not self._model:
            return None
        return self._line

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:  # itself
        if self._is_cuda:
            torch.cuda.synchronize()
        now = time.perf_counter()
        if self._node is not None:
            self._taken[self._node] = self._taken.get(self._node, 0.0) + (
                now - self._since
            )
        self._node = self._node_at.get(frame.f_lineno) if event == "line" else None
        self._since = time.perf_counter()
        return self._line
