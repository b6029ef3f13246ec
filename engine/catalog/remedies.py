"""Ready remedies: numbers that fit, and the suggestions that set them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.catalog.layer import Layer, Specs, Suggestion
from engine.catalog.settings import Values


def shortest(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """The sizes as a person would set them: one number where all are equal."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def show(value: float | tuple[int, ...] | str) -> str:
    """A value in a sentence: `3`, `3 × 5`, `on`."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def nearest(wanted: int, candidates: Iterable[int]) -> int:
    """The candidate nearest to what was wanted; the smaller one of two as near."""
    return min(candidates, key=lambda each: (abs(each - wanted), each))


def divisors(number: int) -> list[int]:
    """Every whole number that divides `number`, which is at least 1."""
    small = [each for each in range(1, int(number**0.5) + 1) if number % each == 0]
    return sorted({*small, *(number // each for each in small)})


def setting_to(name: str, value: Any, why: str = "") -> Suggestion:
    """The suggestion to change one setting: `Set padding to 1`."""
    return Suggestion(
        label=f"Set {name} to {show(value)}", settings={name: value}, why=why
    )


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
    first, *more = [
        f"{each.label}, {each.why}" if each.why else each.label for each in suggestions
    ]
    return (
        f"{', or '.join([first, *(label[0].lower() + label[1:] for label in more)])}."
    )
