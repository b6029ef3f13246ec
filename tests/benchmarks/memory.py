"""What a training really takes beside what was estimated: `python -m ... [ID:BATCH]`.

Each network trains two steps and is evaluated once in a process of its own, on random
numbers in the shape of its data; the growth of the process's memory is Linux's VmHWM.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

DEFAULT = ("cnn-three-conv:64", "resnet-50:4", "small-gpt:32")


def resident(field: str) -> int:
    """Bytes of this process's memory: `VmRSS` now, `VmHWM` at most so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def measure(target: str) -> None:
    """Print the estimate and the growth for one network, in MiB."""
    import torch
    import torch.nn.functional as F

    import templates
    from engine.compiler import compile_document
    from engine.memory import estimate_memory

    name, batch = target.split(":")
    document = templates.open_lesson(name)
    document.recipe = replace(document.recipe, batch_size=int(batch))
    samples = 64
    estimate = estimate_memory(document, "fp32", samples)
    compiled = compile_document(document)
    warm = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.Flatten())
    F.gelu(warm(torch.rand(2, 3, 16, 16))).sum().backward()
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    network = compiled.module_class()
    adaptive = document.recipe.optimizer.startswith("Adam")
    optimizer = (
        getattr(torch.optim, document.recipe.optimizer)(network.parameters())
        if adaptive
        else torch.optim.SGD(network.parameters(), 1e-3, document.recipe.momentum)
    )

    def answers(count: int) -> list[torch.Tensor]:
        given = [
            torch.ones((count, *spec.shape), dtype=getattr(torch, spec.dtype))
            for spec in compiled.inputs.values()
        ]
        found = network(*given)
        return list(found) if isinstance(found, tuple) else [found]

    for _ in range(2):
        optimizer.zero_grad()
        torch.stack(
            [a.log_softmax(-1).sum() for a in answers(int(batch))]
        ).sum().backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        answers(samples)
    took = resident("VmHWM") - before
    print(
        f"{target:22} estimated {estimate.total / 2**20:7.1f} MiB, "
        f"took {took / 2**20:7.1f} MiB: {estimate.total / took - 1:+.0%}"
    )


def main() -> None:
    """Measure each network in a process of its own."""
    for target in sys.argv[1:] or DEFAULT:
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--one", target]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
    else:
        main()
