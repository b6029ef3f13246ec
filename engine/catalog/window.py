"""Preconditions of layers that slide a window over a signal or an image."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.catalog.layer import Layer, Misfit, Specs, Suggestion
from engine.catalog.remedies import remedy, setting_to, shortest, show, that_mend
from engine.catalog.settings import Values

Sizes = tuple[int, ...]
UNITS = {1: "steps", 2: "pixels", 3: "voxels"}
"""What sizes are counted in, by how many dimensions a window has."""
LARGEST = {1: 10_000, 2: 1_000, 3: 256}
"""The largest window in each dimension, likewise."""


def per_dim(value: int | Sizes, dims: int) -> Sizes:
    """A `Size` setting as one number for each dimension."""
    return value if isinstance(value, tuple) else (value,) * dims


def brief(value: int | Sizes, dims: int) -> str:
    """A size on a card: `3×3`."""
    return "×".join(map(str, per_dim(value, dims)))


def place(sizes: Sizes) -> str:
    """What a window slides over, in words: `a 28 × 28 image`."""
    if len(sizes) == 1:
        return f"a signal of length {sizes[0]}"
    return f"{with_article(sizes)} {'image' if len(sizes) == 2 else 'volume'}"


def with_article(sizes: Sizes) -> str:
    """A size as it is read aloud: `a 28 × 28`, `an 8 × 8`."""
    vowel = str(sizes[0]).startswith("8") or sizes[0] in {11, 18}
    return f"{'an' if vowel else 'a'} {show(sizes)}"


def reach(s: Values, dims: int) -> Sizes:
    """How far the window spans, gaps of its dilation included."""
    kernel = per_dim(s.kernel_size, dims)
    dilation = per_dim(s.get("dilation", 1), dims)
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))


def padding_that_keeps(s: Values, dims: int) -> Sizes | None:
    """The padding with which a window of stride 1 keeps the size; None if none does.

    d(k - 1) / 2 on either side (Dumoulin and Visin 2016, "A guide to convolution
    arithmetic for deep learning", relationship 4).
    """
    stride = s.kernel_size if s.stride is None else s.stride  # a pooling's usual one
    spans = reach(s, dims)
    if set(per_dim(stride, dims)) != {1} or any(span % 2 == 0 for span in spans):
        return None
    return tuple(span // 2 for span in spans)


def overhang(s: Values, dims: int) -> Sizes:
    """How far the last window may hang over the edge: less than a stride in ceil_mode.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
    """
    if not s.get("ceil_mode"):
        return (0,) * dims
    stride = s.kernel_size if s.stride is None else s.stride
    return tuple(step - 1 for step in per_dim(stride, dims))


def too_large(
    layer: Layer,
    s: Values,
    x: Specs,
    padding: Sizes,
    paddings: Callable[[], Iterable[Suggestion]] = tuple,
) -> Misfit | None:
    """The misfit of a window that is larger than what it slides over."""
    sizes = x[0].shape[1:]
    dims = len(sizes)
    spans = reach(s, dims)
    padded = tuple(size + 2 * pad for size, pad in zip(sizes, padding, strict=True))
    hang = overhang(s, dims)
    if all(
        span <= size + more
        for span, size, more in zip(spans, padded, hang, strict=True)
    ):
        return None
    kernel = per_dim(s.kernel_size, dims)
    what = f"has {with_article(kernel)} kernel"
    if dims == 1:
        what = f"has a kernel of {kernel[0]}"
    if spans != kernel:
        what += f", spread to {show(spans)} by its dilation,"
    where = place(sizes)
    if any(padding):
        where += f" padded to {show(padded)}"
    dilation = per_dim(s.get("dilation", 1), dims)
    fits = tuple(
        min(k, (size - 1) // d + 1)
        for k, d, size in zip(kernel, dilation, padded, strict=True)
    )
    options = [*paddings(), setting_to("kernel_size", shortest(fits))]
    suggestions = that_mend(layer, s, x, options)
    return Misfit(
        message=f"{what} that does not fit {where}",
        expected=f"a kernel of at most {show(fits)}",
        remedy=remedy(suggestions, "Take a smaller kernel or less dilation."),
        setting="kernel_size",
        suggestions=suggestions,
    )
