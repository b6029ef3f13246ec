"""Whether two runs were made alike: only then can one be held against the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from engine.document import Document
from templates.conditions import Condition, parts_of
from templates.network_conditions import DataIs, RecipeIs, data_settings

_SOURCE = "data"
_HOW = frozenset(
    {"device", "precision", "compiled", "deterministic", "checkpoint_seconds"}
)
"""Fields of the recipe that say how it is computed, and not what is learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value of the recipe or the data that two runs do not share."""

    name: str
    values: tuple[Any, Any]  # whatever a setting holds


def asked_apart(one: Condition, other: Condition) -> frozenset[str]:
    """The names of values of which two conditions ask something different.

    Runs of the two kinds cannot share them: they are what is compared.
    """
    asked, asked_too = _asked(one), _asked(other)
    names = asked.keys() | asked_too.keys()
    return frozenset(name for name in names if asked.get(name) != asked_too.get(name))


def _asked(condition: Condition) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for part in parts_of(condition):
        if isinstance(part, RecipeIs):
            found.setdefault(part.name, []).append(part)
        elif isinstance(part, DataIs):
            found.setdefault(part.setting or _SOURCE, []).append(part)
    return found


def differences(
    one: Document, other: Document, apart_from: frozenset[str]
) -> tuple[Difference, ...]:
    """What the recipes and the data of two documents do not share."""
    ours, theirs = _values(one), _values(other)
    return tuple(
        Difference(name=name, values=(ours.get(name), theirs.get(name)))
        for name in ours | theirs
        if name not in apart_from and ours.get(name) != theirs.get(name)
    )


def _values(document: Document) -> dict[str, Any]:
    recipe = asdict(document.recipe)
    of_recipe = {name: each for name, each in recipe.items() if name not in _HOW}
    return of_recipe | {_SOURCE: document.data.source} | data_settings(document.data)
