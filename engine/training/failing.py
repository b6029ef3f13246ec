"""What PyTorch could not do while a network learned, in words."""

from __future__ import annotations

from engine.compiler import Compiled
from engine.data.room import is_out_of_memory
from engine.problems import Refusal

_NOT_REPEATABLE = " does not have a deterministic implementation"
_COMPILERS = ("torch._dynamo", "torch._inductor")


def failed_inside(error: Exception, compiled: Compiled) -> Refusal:
    """Where a step of the training failed and why, as what ends it."""
    node = compiled.node_of(error)
    where = f"in {node}" if node is not None else "in a training step"
    if is_out_of_memory(error):
        return Refusal(
            f"The memory did not suffice {where}.",
            "Choose a smaller batch size.",
            code="out-of-memory",
        )
    first = str(error).strip().split("\n")[0]
    if type(error).__module__.startswith(_COMPILERS):
        return Refusal(
            f"PyTorch could not compile the network: {first}",
            "Switch compiling off in the training settings.",
            code="cannot-compile",
        )
    if _NOT_REPEATABLE in first:
        return Refusal(
            f"On this device PyTorch cannot compute {first.split(_NOT_REPEATABLE)[0]} "
            f"with the same numbers each time, and needs it {where}.",
            "Switch deterministic off in the training settings, or train on the CPU.",
            code="not-deterministic",
        )
    if "device-side assert" in first:
        return Refusal(
            f"On the GPU an index was beyond what it points into, {where} or before: "
            "a token beyond an Embedding, say, or a class beyond the last output.",
            "Train on the CPU, which tells where. The GPU can be used again once "
            "Espalier was started anew.",
            code="device-assert",
        )
    line = compiled.line_of_code(error)
    if line is not None:
        kind = type(error).__name__
        return Refusal(
            f"The training failed {where}, line {line} of its code: {kind}: {first}",
            "Mend that line in the inspector.",
            code="failed-inside",
        )
    return Refusal(
        f"PyTorch could not go on {where}: {first}",
        "Check that node's settings." if node else "Check the document.",
        code="failed-inside",
    )
