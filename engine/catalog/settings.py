"""Settings: typed values a user edits, with range, unit, default and help.

One vocabulary for everything that has a form: layers, data sources and the training
recipe. A setting checks a value, reads one from text and shows one as text; it knows
nothing of widgets or of PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import ItemsView, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.written_numbers import decimal, sizes, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of a form. Subclasses say which values are right."""

    name: str
    default: Any  # a setting holds whatever its subclass checks
    help: str = ""
    unit: str = ""
    label: str = ""
    """How the form names it; made from `name` when empty."""
    advanced: bool = False
    """Whether the form hides it behind "More"."""
    optional: bool = False
    """Whether None is a right value."""
    empty: str = ""
    """What it means to write nothing, which the empty field says faintly; set wherever
    nothing is a right value that means something."""
    of_zero: str = ""
    """What 0 means where it is no amount, said in place of the unit: `off`."""
    only_with: tuple[str, tuple[str, ...]] | None = None
    """Another setting of the form, and its values that this one matters for; with any
    other the form leaves it out."""
    shaping: bool = True
    """Whether it may decide what shape, and how many weights, a layer has."""

    def matters(self, values: Mapping[str, Any]) -> bool:
        """Whether this setting has an effect beside the form's other `values`."""
        if self.only_with is None:
            return True
        name, wanted = self.only_with
        return values.get(name) in wanted

    @property
    def title(self) -> str:
        """The name as the form writes it: `Kernel size`."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def unit_of_one(self) -> str:
        """The unit of one: `step` of `steps`."""
        if self.unit.endswith("ches"):
            return self.unit.removesuffix("es")
        return self.unit.removesuffix("s") if len(self.unit) > 1 else self.unit

    def problem(self, value: Any) -> str | None:
        """Why `value` is wrong, as `must be ...; got ...`, or None when it is right."""
        if value is None and self.optional:
            return None
        expected = self.expectation(value)
        return None if expected is None else f"must be {expected}; got {value!r}"

    def expectation(self, value: Any) -> str | None:
        """What would be right, when `value` is wrong; None when it is right."""
        raise NotImplementedError

    def normalise(self, value: Any) -> Any:
        """The value as the application keeps it (JSON lists become tuples)."""
        return tuple(value) if isinstance(value, list) else value

    def parse(self, text: str) -> Any:
        """The value that a person's `text` means; raises ValueError where none."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """The value as a person would write it."""
        return "" if value is None else str(value)

    def wording(self, value: Any) -> str:
        """The value as the form has it to be read; `parse` understands it, too."""
        return self.show(value)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _range(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {_told(minimum)} to {_told(maximum)}"
    if minimum is not None:
        return f" of at least {_told(minimum)}"
    return f" of at most {_told(maximum)}" if maximum is not None else ""


def _told(number: float) -> str:
    """With thousands apart, and a minus that is no hyphen."""
    return f"{number:,}".replace("-", "−")


@dataclass(frozen=True, slots=True, kw_only=True)
class Int(Setting):
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None

    def expectation(self, value: Any) -> str | None:
        right = (
            _is_int(value)
            and (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
        )
        return None if right else f"a whole number{_range(self.minimum, self.maximum)}"

    def parse(self, text: str) -> Any:
        if self.optional and not text.strip():
            return None
        return whole(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Int):
    """A number of things, read as texts tell it: `2,000` samples.

    A size, as of a layer, is an `Int`, and read as shapes and code write it: `4096`.
    """

    def wording(self, value: Any) -> str:
        return f"{value:,}" if _is_int(value) else self.show(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Float(Setting):
    """A number; ranges are closed unless `above` gives an open lower end."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    shaping: bool = False
    """Shares, slopes and the like change numbers, and not how many there are."""

    def expectation(self, value: Any) -> str | None:
        right = (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and math.isfinite(value)
            and (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
            and (self.above is None or value > self.above)
        )
        if right:
            return None
        above = f" above {self.above:g}" if self.above is not None else ""
        return f"a number{above}{_range(self.minimum, self.maximum)}"

    def normalise(self, value: Any) -> Any:
        return float(value) if _is_int(value) else value

    def parse(self, text: str) -> Any:
        if self.optional and not text.strip():
            return None
        return decimal(text)

    def show(self, value: Any) -> str:
        return f"{value:g}" if isinstance(value, float) else Setting.show(self, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bool(Setting):
    """On or off."""

    def expectation(self, value: Any) -> str | None:
        return None if isinstance(value, bool) else "on or off (true or false)"

    def parse(self, text: str) -> Any:
        word = text.strip().lower()
        if word in {"on", "true", "yes", "1"}:
            return True
        if word in {"off", "false", "no", "0"}:
            return False
        raise ValueError(f"{text!r} is neither on nor off")

    def show(self, value: Any) -> str:
        return "on" if value is True else "off" if value is False else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting):
    """One of a few words."""

    options: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What a person reads for each option; the options themselves where there are none.
    """
    lines: tuple[str, ...] = ()
    """What comes of each option, in a line; may be left out."""

    def expectation(self, value: Any) -> str | None:
        return None if value in self.options else f"one of {', '.join(self.options)}"

    def parse(self, text: str) -> Any:
        word = text.strip()
        named = zip(self.names, self.options, strict=False)
        return word if word in self.options else dict(named).get(word, word)

    def wording(self, value: Any) -> str:
        named = zip(self.options, self.names, strict=False)
        return dict(named).get(value, self.show(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Setting):
    """Free text; `kind` tells the form what: text, path, folder, column, field."""

    kind: str = "text"

    def expectation(self, value: Any) -> str | None:
        return None if isinstance(value, str) else "text"

    def parse(self, text: str) -> Any:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Setting):
    """A size in each of `dims` dimensions: one number for all, or a tuple.

    `words` are accepted besides, such as padding's `same`.
    """

    dims: int
    minimum: int = 1
    maximum: int = 10_000
    words: tuple[str, ...] = ()
    gaps: bool = False
    """Whether a dimension may be None (adaptive pooling keeps such a one)."""

    def expectation(self, value: Any) -> str | None:
        if isinstance(value, str):
            right = value in self.words
        elif isinstance(value, tuple):
            right = len(value) == self.dims and all(map(self._is_right, value))
        else:
            right = value is not None and self._is_right(value)
        if right:
            return None
        words = "".join(f", or {word}" for word in self.words)
        many = f" or {self.dims} of them" if self.dims > 1 else ""
        return f"a whole number{_range(self.minimum, self.maximum)}{many}{words}"

    def _is_right(self, size: object) -> bool:
        if size is None:
            return self.gaps
        return (
            isinstance(size, int)
            and _is_int(size)
            and self.minimum <= size <= self.maximum
        )

    def parse(self, text: str) -> Any:
        text = text.strip().lower()
        if text in self.words:
            return text
        if self.optional and not text:
            return None
        if self.gaps and "keep" in text:
            words = text.replace("×", " ").replace("x", " ").split()
            return tuple(None if word == "keep" else int(word) for word in words)
        found = sizes(text)
        return found[0] if len(found) == 1 else found

    def show(self, value: Any) -> str:
        if isinstance(value, tuple):
            return " × ".join("keep" if n is None else str(n) for n in value)
        return Setting.show(self, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Setting):
    """Sizes of as many dimensions as the user likes, eight at most."""

    minimum: int = 1
    maximum: int = 100_000_000
    least: int = 0
    """The fewest dimensions allowed."""

    def expectation(self, value: Any) -> str | None:
        right = (
            isinstance(value, tuple)
            and self.least <= len(value) <= 8
            and all(
                _is_int(size) and self.minimum <= size <= self.maximum for size in value
            )
        )
        reach = _range(self.minimum, self.maximum)
        return None if right else f"up to 8 whole numbers{reach}, as 3 × 32"

    def parse(self, text: str) -> Any:
        if self.optional and not text.strip():
            return None
        return sizes(text)

    def show(self, value: Any) -> str:
        if isinstance(value, tuple):
            return " × ".join(map(str, value))
        return Setting.show(self, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dim(Setting):
    """A dimension of the first input, counted as PyTorch does; 0 is the batch."""

    def expectation(self, value: Any) -> str | None:
        if _is_int(value) and value != 0:
            return None
        return "a dimension other than 0, the batch: 1, 2, ... or -1 for the last"

    def parse(self, text: str) -> Any:
        if self.optional and not text.strip():
            return None
        return int(text)


@dataclass(frozen=True, slots=True)
class Values(Mapping[str, Any]):
    """The settings of one node, checked and complete: `values.kernel_size`."""

    _of: dict[str, Any] = field(default_factory=dict)
    _varying: frozenset[str] = frozenset()

    def varies(self, name: str) -> bool:
        """Whether a setting may differ between the uses of the node's block."""
        return name in self._varying

    def __getitem__(self, name: str) -> Any:
        return self._of[name]

    def __iter__(self) -> Any:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def items(self) -> ItemsView[str, Any]:
        return self._of.items()  # the inherited ones look each name up again

    def __getattr__(self, name: str) -> Any:  # what a name holds, its Setting checks
        try:
            return self._of[name]
        except KeyError:
            raise AttributeError(name) from None


def complete(settings: Iterable[Setting], given: Mapping[str, Any]) -> Values:
    """All of `settings` with what was `given`, and defaults for the rest."""
    return Values(
        {
            setting.name: setting.normalise(given.get(setting.name, setting.default))
            for setting in settings
        }
    )


def wrong_values(
    settings: Iterable[Setting], given: Mapping[str, Any]
) -> dict[str, str]:
    """Why each wrong one of the `given` values is wrong, by setting name."""
    wrong = {}
    for setting in settings:
        if setting.name in given:
            problem = setting.problem(setting.normalise(given[setting.name]))
            if problem is not None:
                wrong[setting.name] = problem
    return wrong
