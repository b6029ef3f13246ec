"""Preconditions of layers that slide a window over a signal or an image."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.catalog.layer import Layer, Misfit, Specs, Suggestion
from engine.catalog.settings import Values

Sizes = tuple[int, ...]


def per_dim(value: int | Sizes, dims: int) -> Sizes:
    """A `Size` setting as one number for each dimension."""
    return value if isinstance(value, tuple) else (value,) * dims


def shortest(sizes: Sizes) -> int | Sizes:
    """The sizes as a person would set them: one number where all are equal."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def show(value: int | Sizes | str) -> str:
    """A size in a sentence: `3`, `3 × 5`."""
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def brief(value: int | Sizes, dims: int) -> str:
    """A size on a card: `3×3`."""
    return "×".join(map(str, per_dim(value, dims)))


def place(sizes: Sizes) -> str:
    """What a window slides over, in words: `a 28 × 28 image`."""
    if len(sizes) == 1:
        return f"a signal of length {sizes[0]}"
    return f"a {show(sizes)} image"


def nearest(wanted: int, candidates: Iterable[int]) -> int:
    """The candidate nearest to what was wanted; the smaller one of two as near."""
    return min(candidates, key=lambda each: (abs(each - wanted), each))


def divisors(number: int) -> list[int]:
    """Every whole number that divides `number`, which is at least 1."""
    small = [each for each in range(1, int(number**0.5) + 1) if number % each == 0]
    return sorted({*small, *(number // each for each in small)})


def setting_to(name: str, value: Any, why: str = "") -> Suggestion:
    """The suggestion to change one setting: `Set padding to 1`."""
    label = f"Set {name} to {show(value)}{f', {why}' if why else ''}"
    return Suggestion(label=label, settings={name: value})


def that_mend(
    layer: Layer, s: Values, x: Specs, suggestions: Iterable[Suggestion]
) -> tuple[Suggestion, ...]:
    """Those suggestions whose settings are right and leave no misfit."""
    return tuple(
        each
        for each in suggestions
        if all(
            (setting := layer.setting(name)) and setting.problem(value) is None
            for name, value in each.settings.items()
        )
        and layer.misfit(Values({**s, **each.settings}), x) is None
    )


def remedy(suggestions: tuple[Suggestion, ...], otherwise: str) -> str:
    """The suggestions as one sentence, or what to do where there are none."""
    if not suggestions:
        return otherwise
    first, *more = [each.label for each in suggestions]
    return (
        f"{', or '.join([first, *(label[0].lower() + label[1:] for label in more)])}."
    )


def reach(s: Values, dims: int) -> Sizes:
    """How far the window spans, gaps of its dilation included."""
    kernel = per_dim(s.kernel_size, dims)
    dilation = per_dim(s.get("dilation", 1), dims)
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))


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
    if all(span <= size for span, size in zip(spans, padded, strict=True)):
        return None
    kernel = per_dim(s.kernel_size, dims)
    what = f"has a {show(kernel)} kernel"
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
