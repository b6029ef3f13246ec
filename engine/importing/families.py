"""Modules that are alike become one block, their numbers its settings.

Two pictures are of one block where they differ in whole numbers alone. Numbers that
differ are settings; several that always go together are one, and one that is always a
multiple of another is written as that.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog import CATALOG
from engine.catalog.settings import Int, Size
from engine.importing.picture import Drawn, Picture


@dataclass(slots=True)
class Family:
    """The pictures of one block."""

    name: str
    pictures: list[Picture] = field(default_factory=list)
    settings: dict[str, list[int]] = field(default_factory=dict)
    """What the block's uses may set, with the value of each picture."""
    texts: dict[tuple[str, str], str | int] = field(default_factory=dict)
    """What stands in place of a number: node and setting -> expression, or number."""

    def values_of(self, picture: Picture) -> dict[str, int]:
        """The settings of the use that a picture is of."""
        place = next(i for i, each in enumerate(self.pictures) if each is picture)
        return {name: values[place] for name, values in self.settings.items()}


class Families:
    """All blocks of an imported network, the innermost first."""

    def __init__(self, root: Picture, taken: frozenset[str]) -> None:
        self._taken = set(taken)
        self._by_key: dict[Hashable, Family] = {}
        self._of: dict[int, Family] = {}
        levels: dict[int, list[Picture]] = {}
        for picture in _within(root):
            levels.setdefault(_depth(picture), []).append(picture)
        for _, pictures in sorted(levels.items()):
            fresh = []
            for picture in pictures:
                family = self._family(picture)
                if not family.pictures:
                    fresh.append(family)
                family.pictures.append(picture)
                self._of[id(picture)] = family
            for family in fresh:
                self._find_settings(family)

    @property
    def all(self) -> list[Family]:
        """Every block, those it uses before it."""
        return list(self._by_key.values())

    def of(self, picture: Picture) -> Family:
        """The block that a picture is the inside of."""
        return self._of[id(picture)]

    def of_node(self, node: Drawn) -> Family:
        """The block that a node is a use of."""
        if node.inside is None:
            raise ValueError(f"{node.name} is a layer, and no use of a block")
        return self.of(node.inside)

    def settings_of(self, node: Drawn) -> Mapping[str, Any]:  # checked by Setting
        """A node's settings; those of a block's use are numbers of its family."""
        if node.inside is None:
            return node.settings
        return self.of(node.inside).values_of(node.inside)

    def _family(self, picture: Picture) -> Family:
        key = self._key(picture)
        if key not in self._by_key:
            self._by_key[key] = Family(self._free(picture.title))
        return self._by_key[key]

    def _key(self, picture: Picture) -> Hashable:
        """All of a picture but its whole numbers."""
        return (
            picture.title,
            tuple(picture.inputs),
            tuple(picture.outputs),
            tuple(
                (
                    node.name,
                    node.layer if node.inside is None else self.of(node.inside).name,
                    tuple(node.inputs),
                    node.shares,
                    tuple(
                        (name, None if _is_number(node, name, value) else value)
                        for name, value in sorted(self._complete(node).items())
                    ),
                )
                for node in picture.nodes
            ),
        )

    def _complete(self, node: Drawn) -> Mapping[str, Any]:
        """Settings with the defaults of numbers, which others of a family may set."""
        if node.inside is not None:
            return self.settings_of(node)
        numbers = {
            setting.name: setting.default
            for setting in CATALOG[node.layer].settings
            if isinstance(setting, Int | Size) and _is_whole(setting.default)
        }
        return numbers | node.settings

    def _find_settings(self, family: Family) -> None:
        vectors: dict[tuple[str, str], list[int]] = {}
        for place, node in enumerate(family.pictures[0].nodes):
            for name, value in self._complete(node).items():
                if _is_number(node, name, value):
                    vectors[(node.name, name)] = [
                        self._complete(picture.nodes[place])[name]
                        for picture in family.pictures
                    ]
        differing = {at: v for at, v in vectors.items() if len(set(v)) > 1}
        # The least first, so that the others can be multiples of it; a padding last:
        # it follows the kernel.
        for at, vector in sorted(
            differing.items(), key=lambda each: (each[0][1] == "padding", sum(each[1]))
        ):
            family.texts[at] = _expression(family, at[1], vector)
        # As the nodes have them: channels before a kernel's size.
        words = [word for at in differing for word in str(family.texts[at]).split()]
        family.settings = {
            word: family.settings[word] for word in words if word in family.settings
        }

    def _free(self, title: str) -> str:
        title = title.strip("_") or "Block"
        title = title[0].upper() + title[1:]
        if title in CATALOG or title in self._taken:
            title += "Block" if title in CATALOG else ""
        name, number = title, 2
        while name in self._taken:
            name, number = f"{title}{number}", number + 1
        self._taken.add(name)
        return name


def _expression(family: Family, name: str, vector: list[int]) -> str:
    for known, values in family.settings.items():
        if values == vector:
            return known
        if name == "padding" and vector == [value // 2 for value in values]:
            return f"{known} // 2"  # what keeps the size under a kernel
        if all(values) and vector[0] % values[0] == 0:
            factor = vector[0] // values[0]
            if factor > 1 and vector == [factor * value for value in values]:
                return f"{factor} * {known}"
    free, number = name, 2
    while free in family.settings:
        free, number = f"{name}{number}", number + 1
    family.settings[free] = vector
    return free


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(node: Drawn, name: str, value: object) -> bool:
    if not _is_whole(value) or int(value) < 0:  # type: ignore[call-overload]
        return False
    if node.inside is not None:
        return True
    return isinstance(CATALOG[node.layer].setting(name), Int | Size)


def _within(picture: Picture) -> list[Picture]:
    found = []
    for node in picture.nodes:
        if node.inside is not None:
            found += [*_within(node.inside), node.inside]
    return found


def _depth(picture: Picture) -> int:
    inner = [node.inside for node in picture.nodes if node.inside is not None]
    return 1 + max(map(_depth, inner), default=0)
