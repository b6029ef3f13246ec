"""Where a network is trained, and in which precision."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import nn

AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}
"""The type of the products, for each precision but fp32."""
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)
ALL_THREADS = torch.get_num_threads()
"""What PyTorch takes by itself: a thread for each core."""


class HardwareError(Exception):
    """A device that was asked for and is not there."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What a network is trained on, and why."""

    device: str
    """`cpu` or `cuda`."""
    precision: str
    """`fp32`, or products in fewer bits, `bf16` or `fp16`, and the sums in float32."""
    channels_last: bool
    """Whether images lie in memory pixel by pixel: faster for convolutions."""
    threads: int
    """How many threads compute one operation on the CPU."""
    reason: str


def choose_hardware(device: str, precision: str, model: nn.Module) -> Hardware:
    """The device and precision to train `model` on; raises HardwareError."""
    device, why_device = _choose_device(device)
    precision, why_precision = _choose_precision(precision, device, model)
    return Hardware(
        device=device,
        precision=precision,
        channels_last=any(isinstance(part, nn.Conv2d) for part in model.modules()),
        threads=ALL_THREADS if _is_large(model) else 1,
        reason=f"{why_device}; {why_precision}",
    )


def be_repeatable(model: nn.Module) -> None:
    """Let the same training give the same numbers each time.

    Said before anything runs on the device: cuBLAS reads its variable when it begins
    (https://docs.nvidia.com/cuda/cublas, "Results Reproducibility"). What cuDNN draws
    for the dropout between the layers of an LSTM no checkpoint can keep.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    parts = [part for part in model.modules() if isinstance(part, nn.RNNBase)]
    torch.backends.cudnn.enabled = not any(part.dropout > 0 for part in parts)


def free_on_cuda() -> int:
    """Bytes of the GPU's memory that can be had, with those PyTorch keeps for later."""
    kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return torch.cuda.mem_get_info()[0] + kept


def _choose_device(device: str) -> tuple[str, str]:
    if device == "cpu" and torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        return "cpu", f"CPU: chosen in the recipe, though {name} is there"
    why = _lacks_cuda() if device != "cpu" else "chosen in the recipe"
    if not why:
        return "cuda", f"CUDA: {torch.cuda.get_device_name()}"
    if device == "cuda":
        raise HardwareError(f"CUDA was asked for, but {why}.", "Choose auto or cpu.")
    return "cpu", f"CPU: {why}"


def _lacks_cuda() -> str:
    """Why nothing can be trained on CUDA; empty where it can."""
    if not torch.cuda.is_available():
        is_without = torch.version.cuda is None and torch.version.hip is None
        without = "this PyTorch was built without CUDA"
        return without if is_without else "PyTorch finds no CUDA device"
    try:
        torch.ones(1, device="cuda")
    except RuntimeError as error:  # it is too old for this PyTorch, or another has it
        why = str(error).split("\n")[0].removeprefix("CUDA error: ")
        return f"{torch.cuda.get_device_name()} does not answer ({why})"
    return ""


def _choose_precision(precision: str, device: str, model: nn.Module) -> tuple[str, str]:
    native = _multiplies_bf16(device)
    is_half = precision in AUTOCAST and device == "cpu"
    if is_half and _has_lstm(model) and not runs_lstm(AUTOCAST[precision]):
        raise HardwareError(
            f"This CPU cannot run an LSTM in {precision}.", "Choose auto or fp32."
        )
    if precision == "bf16":
        slow = "" if native else f", though this {device.upper()} has to emulate it"
        return "bf16", f"bf16: chosen in the recipe{slow}"
    if precision == "fp16":
        slow = ", which a CPU multiplies slowly" if device == "cpu" else ""
        return "fp16", f"fp16: chosen in the recipe{slow}; the loss is scaled"
    if precision == "fp32":
        return "fp32", "fp32: chosen in the recipe"
    if not native:
        return "fp32", f"fp32: this {device.upper()} does not multiply bf16 natively"
    if not _has_large_products(model):
        return "fp32", "fp32: the network is too small to gain from bf16"
    return "bf16", f"bf16: this {device.upper()} multiplies it natively"


def _multiplies_bf16(device: str) -> bool:
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # PyTorch has no public question for these two instruction sets of x86 processors.
    asked = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(getattr(torch.cpu, name, lambda: False)() for name in asked)


def _has_lstm(model: nn.Module) -> bool:
    return any(isinstance(part, nn.LSTM) for part in model.modules())


def runs_lstm(dtype: torch.dtype) -> bool:
    """Whether this CPU runs an LSTM in fewer bits: those without AVX-512 may not."""
    with torch.random.fork_rng(devices=[]), torch.autocast("cpu", dtype):
        try:
            nn.LSTM(1, 1)(torch.zeros(1, 1, 1))
        except RuntimeError:
            return False
    return True


def _is_large(model: nn.Module) -> bool:
    """Whether one operation is work enough for several threads.

    Threads wait for each other after every operation. Where those are small, waiting
    costs more than the work, and many times more when the machine is busy otherwise.
    """
    return _has_large_products(model) or any(
        isinstance(part, nn.RNNBase) and part.hidden_size >= 256
        for part in model.modules()
    )


def _has_large_products(model: nn.Module) -> bool:
    """Whether there are large matrices or wide convolutions: bf16 pays for these."""
    for part in model.modules():
        if isinstance(part, CONVOLUTIONS) and part.weight.numel() >= 2**14:
            return True
        if isinstance(part, nn.Linear) and part.weight.numel() >= 2**18:
            return True
    return False
