"""What operations on a CPU take for themselves while they run, and give back.

PyTorch's kernels and oneDNN ask PyTorch for this memory, but no shape tells of it. The
laws here say what is copied or laid out anew. Each was read off PyTorch 2.15's own
record of single operations, convolutions in float32 and bfloat16, with AVX2 and with
AVX-512; `python -m tests.benchmarks.memory` holds whole trainings against it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch._prims_common import suggest_memory_format

_aten = torch.ops.aten
Arguments = tuple[Any, ...]  # of an operation: tensors, numbers and lists of them
Given = Any  # by an operation: a tensor, or several


def scratch_of(operation: object, arguments: Arguments, given: Given) -> int:
    """Bytes that an operation takes beside its arguments and what it has given."""
    law = _LAWS.get(operation)
    return 0 if law is None else int(law(arguments, given))


def _convolution(arguments: Arguments, y: Given) -> int:
    """Weights in blocks; and pictures, where they do not lie pixel by pixel."""
    x, weight, is_transposed = arguments[0], arguments[1], arguments[6]
    if not _has_onednn(x):
        return 0 if is_transposed else _unfolded(y, weight)
    if _is_by_pixel(x, weight):
        return _copied(x) + _copied(weight) + int(weight.nbytes)
    if is_transposed:
        return max(_blocked(x) + int(weight.nbytes), 2 * int(y.nbytes))
    # Few channels are read as they lie.
    x_blocks = _blocked(x) if x.shape[1] >= _FEW else 0
    y_blocks = _blocked(y)
    return max(x_blocks + int(weight.nbytes) + y_blocks - int(y.nbytes), y_blocks)


def _convolution_backward(arguments: Arguments, _: Given) -> int:
    """Weights and their gradient in blocks; and pictures as above."""
    gradient, x, weight, is_transposed = (*arguments[:3], arguments[7])
    if not _has_onednn(x):
        return 0 if is_transposed else _unfolded(gradient, weight)
    if _is_by_pixel(x, weight):
        copies = _copied(gradient) + _copied(x) + _copied(weight)
        return copies + 2 * int(weight.nbytes)
    x_blocks = _blocked(x) - (int(x.nbytes) if x.shape[1] < _FEW else 0)
    return max(_blocked(gradient) + x_blocks, int(weight.nbytes))


_FEW = 4
"""Fewer channels than these are read as they lie, not block by block."""


def _has_onednn(x: Tensor) -> bool:
    """Whether oneDNN convolves numbers of that kind on this CPU."""
    if x.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    if x.dtype == torch.float16:
        return bool(torch.ops.mkldnn._is_mkldnn_fp16_supported())
    return True


def _unfolded(y: Tensor, weight: Tensor) -> int:
    """Every patch that a kernel sees, one after the other."""
    if prod(weight.shape[2:]) == 1:
        return 0
    patches = y.shape[0] * prod(y.shape[2:])
    return int(patches * prod(weight.shape[1:]) * y.itemsize)


def _is_by_pixel(x: Tensor, weight: Tensor) -> bool:
    return torch.channels_last in (
        suggest_memory_format(x),
        suggest_memory_format(weight),
    )


def _copied(x: Tensor) -> int:
    """What is copied of a tensor that does not lie pixel by pixel, where it should."""
    if x.dim() != 4 or x.is_contiguous(memory_format=torch.channels_last):
        return 0
    return int(x.nbytes)


def _blocked(x: Tensor) -> int:
    """A tensor (N, C, ...) whose channels fill up whole vectors of the CPU."""
    vector = 16 if torch.cpu._is_avx512_supported() else 8
    channels = x.shape[1] if x.shape[1] == 1 else -(-x.shape[1] // vector) * vector
    return int(x.shape[0] * channels * prod(x.shape[2:]) * x.itemsize)


def _recurrence(arguments: Arguments, _: Given) -> int:
    """The four gates of every step (L, N, 4 H), those of four more, and the weights."""
    steps, count, _size = arguments[0].shape
    gates = arguments[1].shape[0]
    weights = int(arguments[1].nbytes + arguments[2].nbytes)
    return int((steps + 4) * count * gates * arguments[0].itemsize) + weights


def _recurrence_backward(arguments: Arguments, given: Given) -> int:
    """The same, and the weights' gradients as oneDNN lays them out."""
    weights = int(arguments[1].nbytes + arguments[2].nbytes)
    return _recurrence(arguments, given) + weights


def _norm_backward(arguments: Arguments, _: Given) -> int:
    """The gradient as the input lies, where it lies differently."""
    gradient, x = arguments[:2]
    if gradient.is_contiguous(memory_format=suggest_memory_format(x)):
        return 0
    return int(gradient.nbytes)


def _step(arguments: Arguments, _: Given) -> int:
    """One weight after the other, in the plain layout where it has another."""
    return max((w.nbytes for w in arguments[0] if not w.is_contiguous()), default=0)


def _attention(arguments: Arguments, _: Given) -> int:
    """Queries, keys and values for all heads, then head by head: six, less the sum."""
    return 5 * int(arguments[0].nbytes)


def _distances(arguments: Arguments, _: Given) -> int:
    """The distance of each number, before their mean."""
    return int(arguments[0].nbytes)


def _crossed(arguments: Arguments, _: Given) -> int:
    """Two terms for each number."""
    return 2 * int(arguments[0].nbytes)


_LAWS: dict[object, Callable[[Arguments, Given], int]] = {
    _aten.convolution.default: _convolution,
    _aten.convolution_backward.default: _convolution_backward,
    _aten.mkldnn_rnn_layer.default: _recurrence,
    _aten.mkldnn_rnn_layer_backward.default: _recurrence_backward,
    _aten.native_batch_norm_backward.default: _norm_backward,
    _aten._fused_sgd_.default: _step,
    _aten._fused_adam_.default: _step,
    _aten._fused_adamw_.default: _step,
    _aten._native_multi_head_attention.default: _attention,
    _aten.mse_loss.default: _distances,
    _aten.smooth_l1_loss.default: _distances,
    _aten.binary_cross_entropy_with_logits.default: _crossed,
}
