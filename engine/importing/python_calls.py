"""A Python layer for a function that the catalog has no layer for."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch.overrides import resolve_name

from engine.importing.declared import Unlike
from engine.importing.pieces import Piece, Pieces
from engine.importing.recording import Step, Value, function_name


def in_python(step: Step) -> Pieces:
    """A Python layer that calls the function as the network did."""
    name = function_name(step.function) if step.function is not None else ""
    full = (resolve_name(step.function) or "") if step.function is not None else ""
    if (
        name.startswith("__")
        or not full
        or full.endswith("__get__")
        or len(step.outputs) != 1
    ):
        raise Unlike(f"calls {step.name.strip('_')} in a way that no layer does")
    values: list[Value] = []
    batch = step.outputs[0].shape[:1]

    def written(given: Any) -> str:
        if isinstance(given, Value):
            if given not in values:
                values.append(given)
            return f"x{values.index(given)}"
        if isinstance(given, tuple | list):
            inner = ", ".join(map(written, given))
            return f"[{inner}]" if isinstance(given, list) else f"({inner},)"
        if isinstance(given, torch.dtype):
            return str(given)
        if given is None or isinstance(given, bool | float | str):
            return repr(given)
        if isinstance(given, int) and (given,) != batch:
            return repr(given)
        raise Unlike(f"calls {step.name} with what no layer can hold")

    kwargs = {n: g for n, g in step.kwargs.items() if n not in {"inplace", "out"}}
    args = [*map(written, step.args)]
    args += [f"{key}={written(given)}" for key, given in kwargs.items()]
    if full.startswith("torch.Tensor."):
        call = f"{args[0]}.{name}({', '.join(args[1:])})"
    else:
        called = full.replace("torch.nn.functional.", "F.")
        call = f"{called}({', '.join(args)})"
    if not values or any(each.shape[:1] != batch for each in values):
        raise Unlike(f"calls {step.name} on something other than samples")
    takes = ", ".join(f"x{place}: torch.Tensor" for place in range(len(values)))
    title = "".join(word.capitalize() for word in name.split("_")) or "Function"
    code = inspect.cleandoc(
        f'''
        class {title}(nn.Module):
            """Calls PyTorch's {name}."""

            def forward(self, {takes}) -> torch.Tensor:
                return {call}
        '''
    )
    return Pieces((Piece("Python", {"code": code + "\n"}, tuple(values)),), ((0, ""),))
