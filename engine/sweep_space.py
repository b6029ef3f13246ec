"""What a sweep varies: settings of the recipe and of nodes, over ranges and choices.

A variation has a form in text, which the command line takes and a sweep's file keeps:
`learning_rate=1e-4..1e-1:log`, `epochs=5..20`, `conv1.out_channels=8,16,32`. Nothing
here imports torch.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.catalog.settings import (
    Bool,
    Choice,
    Float,
    Int,
    Setting,
    Size,
)
from engine.catalog.written_numbers import decimal
from engine.document import Document
from engine.edits import Compound, Edit, SetRecipe, SetSettings, within
from engine.problems import Refusal
from engine.recipe import RECIPE_SETTINGS

POINTS = 5
"""Into how many values a grid divides a range when nothing else is said."""
MOST_COMBINATIONS = 10_000
RECIPE = "Training"
"""What the recipe's settings belong to, where a node's belong to the node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A setting that may be varied, as one document has it now."""

    name: str
    """`learning_rate`, `conv1.out_channels`, or within a block `Res/conv1.padding`."""
    owner: str
    setting: Setting
    value: Any  # whatever the setting holds

    @property
    def takes_range(self) -> bool:
        """Whether numbers between two ends are right values."""
        return isinstance(self.setting, (Int, Float, Size))

    @property
    def is_whole(self) -> bool:
        """Whether a range holds whole numbers alone."""
        return not isinstance(self.setting, Float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One setting over a range, or over a few values."""

    name: str
    options: tuple[Any, ...] = ()  # values that the setting checks
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    """Whether equal factors are equally far apart: for rates of learning."""
    points: int = POINTS
    """Into how many values a grid divides the range."""
    whole: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it is a range rather than a list of values."""
        return not self.options

    def grid(self) -> tuple[Any, ...]:
        """The values a grid tries."""
        if not self.is_range:
            return self.options
        share = [place / max(self.points - 1, 1) for place in range(self.points)]
        if self.log:
            ratio = self.high / self.low
            values = [self.low * ratio**part for part in share]
        else:
            values = [self.low + (self.high - self.low) * part for part in share]
        if self.whole:
            return tuple(dict.fromkeys(round(value) for value in values))
        rounded = (float(f"{value:.6g}") for value in values)
        return tuple(min(max(value, self.low), self.high) for value in rounded)

    def text(self, setting: Setting) -> str:
        """The form in text, which `read` understands."""
        if not self.is_range:
            words = [setting.show(option) for option in self.options]
            values = ",".join(words)
            if isinstance(setting, Float) and _may_be_decimals(values):
                values = "; ".join(words)
            return f"{self.name}={values}"
        log = ":log" if self.log else ""
        points = f":{self.points}" if self.points != POINTS else ""
        return f"{self.name}={self.low:g}..{self.high:g}{log}{points}"


def targets(document: Document) -> list[Target]:
    """Every setting of a document that may be varied: the recipe's, then the nodes'."""
    found = [
        Target(
            name=setting.name,
            owner=RECIPE,
            setting=setting,
            value=getattr(document.recipe, setting.name),
        )
        for setting in RECIPE_SETTINGS
    ]
    graphs = {"": document.graph}
    graphs |= {name: layer.block.graph for name, layer in document.blocks.items()}
    for scope, graph in graphs.items():
        for node in graph:
            owner = f"{scope}/{node.name}" if scope else node.name
            for setting in node.type.settings if node.type is not None else ():
                value = node.values[setting.name]
                name = f"{owner}.{setting.name}"
                found.append(
                    Target(name=name, owner=owner, setting=setting, value=value)
                )
    return found


def target_of(document: Document, name: str) -> Target:
    """The setting of this name. Raises Refusal where the document has none."""
    found = targets(document)
    for target in found:
        if target.name == name:
            return target
    owner, dot, _ = name.rpartition(".")
    if not dot:
        raise Refusal(
            f"There is no training setting {name}.",
            f"Take one of {', '.join(t.name for t in found if t.owner == RECIPE)}, "
            "or a node's as conv1.out_channels.",
            code="no-setting",
        )
    own = [target.setting.name for target in found if target.owner == owner]
    if not own:
        nodes = list(dict.fromkeys(t.owner for t in found if t.owner != RECIPE))
        raise Refusal(
            f"There is no node {owner} with settings.",
            f"Take one of {', '.join(nodes)}." if nodes else "",
            code="no-setting",
        )
    raise Refusal(
        f"{owner} has no setting {name.rpartition('.')[2]}.",
        f"Take one of {', '.join(own)}.",
        code="no-setting",
    )


def read(text: str, document: Document) -> Variation:
    """The variation that a text means. Raises Refusal for one that means none."""
    name, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise Refusal(
            f"“{text}” does not say what to vary.",
            "Write it as learning_rate=1e-4..1e-1:log or conv1.out_channels=8,16,32.",
            code="bad-variation",
        )
    target = target_of(document, name.strip())
    low, dots, rest = values.strip().partition("..")
    if not (dots and target.takes_range):
        options = [_option(target, word) for word in _words(target, values.strip())]
        made = Variation(name=target.name, options=tuple(dict.fromkeys(options)))
    else:
        made = _range(target, low, rest)
    check(made, target)
    return made


def _words(target: Target, values: str) -> list[str]:
    """What stands between commas, or between semicolons where there are any."""
    if ";" in values:
        return [word for word in values.split(";") if word.strip()]
    words = values.split(",")
    if isinstance(target.setting, Float) and _may_be_decimals(values):
        pairs = [word.strip() for word in words]
        decimals = [
            f"{whole}.{part}"
            for whole, part in zip(pairs[::2], pairs[1::2], strict=True)
        ]
        raise Refusal(
            f"“{values}” may mean {' and '.join(decimals)}, or {' and '.join(pairs)}.",
            f"Write {', '.join(decimals)} with a point, or {'; '.join(pairs)} with "
            "semicolons.",
            code="bad-variation",
        )
    if isinstance(target.setting, Int) and _THOUSANDS.search(values):
        raise Refusal(
            f"“{values}” may have thousands in it, or commas between values.",
            "Write 2000 without a comma, or put semicolons between values: 2,000; "
            "4,000.",
            code="bad-variation",
        )
    return words


_THOUSANDS = re.compile(r"\d,0\d\d\b")
"""What nobody writes who means two numbers: `1,024`. Of `16,128` nobody knows."""


def _may_be_decimals(values: str) -> bool:
    """Whether commas may be decimal ones: `0,5` is one number to many, and two here."""
    words = values.split(",")
    return (
        len(words) % 2 == 0
        and re.search(r"\d,\d", values) is not None
        and all(word.strip().isdecimal() for word in words)
    )


def _option(target: Target, word: str) -> Any:
    try:
        return target.setting.normalise(target.setting.parse(word.strip()))
    except ValueError:
        raise Refusal(
            f"“{word.strip()}” is no value of {target.name}.",
            f"It {target.setting.problem(word.strip()) or 'is another kind of value'}.",
            code="bad-variation",
        ) from None


def _range(target: Target, low: str, rest: str) -> Variation:
    high, *words = rest.split(":")
    points = [word for word in words if word != "log"]
    try:
        return Variation(
            name=target.name,
            low=decimal(low),
            high=decimal(high),
            log="log" in words,
            points=int(points[-1]) if points else POINTS,
            whole=target.is_whole,
        )
    except ValueError:
        raise Refusal(
            f"“{low}..{rest}” is no range of {target.name}.",
            "Write it as 1e-4..1e-1:log, or 2..10:5 for five values of a grid.",
            code="bad-variation",
        ) from None


def check(variation: Variation, target: Target) -> None:
    """Raise Refusal for a variation that some trial could not try."""
    if variation.is_range:
        problem = _range_problem(variation, target)
        if problem:
            raise Refusal(
                f"The range of {target.name} {problem}.",
                "Change its ends.",
                code="bad-variation",
            )
        values: Sequence[Any] = (variation.low, variation.high)
        if target.is_whole:
            values = [int(value) for value in values]
    else:
        values = variation.options
    for value in values:
        problem = target.setting.problem(value) or ""
        if problem:
            raise Refusal(
                f"{target.name} {problem}.", "Change its values.", code="bad-variation"
            )


def _range_problem(variation: Variation, target: Target) -> str:
    low, high = variation.low, variation.high
    if not (math.isfinite(low) and math.isfinite(high)) or low >= high:
        return f"must go from a lower to a higher number; got {low:g} to {high:g}"
    if variation.log and low <= 0:
        return f"must begin above 0 to be logarithmic; got {low:g}"
    if target.is_whole and (low != round(low) or high != round(high)):
        return f"must have whole ends; got {low:g} to {high:g}"
    if variation.points < 2:
        return f"must be divided into 2 values or more; got {variation.points}"
    return ""


def combinations(variations: Sequence[Variation]) -> list[dict[str, Any]]:
    """Every combination of a grid. Raises Refusal when there are too many."""
    grids = [variation.grid() for variation in variations]
    count = math.prod(len(grid) for grid in grids)
    if count > MOST_COMBINATIONS:
        raise Refusal(
            f"This grid has {count:,} combinations; {MOST_COMBINATIONS:,} is the most.",
            "Vary fewer settings, or let trials be drawn at random.",
            code="large-grid",
        )
    names = [variation.name for variation in variations]
    rows = itertools.product(*grids)
    return [dict(zip(names, row, strict=True)) for row in rows]


def edit_for(document: Document, values: Mapping[str, Any]) -> Edit:
    """One edit that gives a document these settings. Raises Refusal."""
    return Compound(tuple(_edits(document, values)))


def _edits(document: Document, values: Mapping[str, Any]) -> Iterator[Edit]:
    recipe: dict[str, Any] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        target = target_of(document, name)
        if target.owner == RECIPE:
            recipe[name] = value
        else:
            nodes.setdefault(target.owner, {})[target.setting.name] = value
    if recipe:
        yield SetRecipe(replace(document.recipe, **recipe))
    for owner, settings in nodes.items():
        scope, _, name = owner.rpartition("/")
        node = document.scoped(scope).graph[name]
        yield within(scope, SetSettings(name, {**node.settings, **settings}))


def with_settings(document: Document, values: Mapping[str, Any]) -> Document:
    """A copy of a document with these settings. Raises Refusal."""
    changed = document.copy()
    edit_for(changed, values).apply(changed)
    return changed


def suggestion(target: Target) -> Variation:
    """A variation worth trying around what the document has now."""
    setting, value = target.setting, target.value
    if target.name == "learning_rate":
        return Variation(name=target.name, low=1e-4, high=1e-1, log=True)
    if isinstance(setting, Bool):
        return Variation(name=target.name, options=(False, True))
    if isinstance(setting, Choice):
        words = tuple(option for option in setting.options if option != "auto")
        return Variation(name=target.name, options=words or setting.options)
    if isinstance(setting, Float):
        return _around(target, value if isinstance(value, float) else 0.1)
    if isinstance(setting, (Int, Size)) and not isinstance(value, tuple):
        is_large = isinstance(value, int) and value > 3
        near = (value // 2, value, value * 2) if is_large else (1, 2, 3)
        options = tuple(n for n in dict.fromkeys(near) if setting.problem(n) is None)
        return Variation(name=target.name, options=options or (value,))
    return Variation(name=target.name, options=(value,))


def _around(target: Target, value: float) -> Variation:
    setting = target.setting
    for low, high in ((value / 10, value * 10), (0.0, 0.5), (value / 2, value)):
        fits = setting.problem(low) is None and setting.problem(high) is None
        if low < high and fits:
            low, high = float(f"{low:.3g}"), float(f"{high:.3g}")
            return Variation(name=target.name, low=low, high=high, log=low > 0)
    return Variation(name=target.name, options=(value,))
