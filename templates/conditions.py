"""The small language of checks: conditions as data, read from TOML and judged.

A condition is a table whose verb (`layer`, `run`, `all`, ...) says what it is about;
`WRITING_LESSONS.md` lists them for teachers. Nothing of a lesson is ever executed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from templates.situation import NO, YES, Situation, Verdict
from templates.tables import Table, is_number, one_of


class Condition(Protocol):
    """Something that holds of a situation or does not."""

    def judge(self, situation: Situation) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def judge(self, situation: Situation) -> Verdict:
        verdicts = [part.judge(situation) for part in self.parts]
        if not all(verdict.holds for verdict in verdicts):
            return NO
        return Verdict(True, frozenset().union(*(each.runs for each in verdicts)))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def judge(self, situation: Situation) -> Verdict:
        holding = [v for part in self.parts if (v := part.judge(situation)).holds]
        if not holding:
            return NO
        return Verdict(True, frozenset().union(*(each.runs for each in holding)))


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def judge(self, situation: Situation) -> Verdict:
        return NO if self.part.judge(situation).holds else YES


@dataclass(frozen=True, slots=True)
class Never:
    """Stands for a condition that could not be read; its fault was noted."""

    def judge(self, situation: Situation) -> Verdict:
        return NO


@dataclass(frozen=True, slots=True)
class StepDone:
    """Another step was done before."""

    step: str

    def judge(self, situation: Situation) -> Verdict:
        return YES if self.step in situation.done else NO


@dataclass(frozen=True, slots=True)
class Range:
    """Which values are meant: equal to something, or between bounds."""

    equals: Any = None  # whatever a setting holds
    is_not: Any = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, value: Any) -> bool:
        """Whether `value` is meant; of a kernel of 3 × 3, both threes are asked."""
        if self.equals is not None and not _same(value, self.equals):
            return False
        if self.is_not is not None and _same(value, self.is_not):
            return False
        limits = (self.at_least, self.at_most, self.above, self.below)
        if all(limit is None for limit in limits):
            return True
        values = value if isinstance(value, tuple) else (value,)
        return bool(values) and all(is_number(v) and self._is_within(v) for v in values)

    def _is_within(self, value: float) -> bool:
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )


ANY = Range()
"""Whatever there is."""
ONE = Range(at_least=1)
BOUNDS = ("equals", "is_not", "at_least", "at_most", "above", "below")


def _same(value: Any, wanted: Any) -> bool:
    wanted = tuple(wanted) if isinstance(wanted, list) else wanted
    if isinstance(value, tuple) and not isinstance(wanted, tuple):
        return all(_same(each, wanted) for each in value)
    if isinstance(value, bool) is not isinstance(wanted, bool):
        return False
    return bool(value == wanted)


def read_range(table: Table, *, needed: bool = True) -> Range:
    """The bounds that stand in a table."""
    if needed and not any(bound in table for bound in BOUNDS):
        table.say(
            f"there is nothing to compare with in {{ {', '.join(table.keys)} }}.",
            f"Add {one_of(BOUNDS)}.",
        )
    return Range(
        equals=table.value("equals"),
        is_not=table.value("is_not"),
        at_least=table.number("at_least"),
        at_most=table.number("at_most"),
        above=table.number("above"),
        below=table.number("below"),
    )


Reader = Callable[[Table], Condition]
READERS: dict[str, Reader] = {}
"""How a condition is read, by its verb; modules add theirs with `verb`."""


def verb(name: str) -> Callable[[Reader], Reader]:
    """Register how the conditions of a verb are read."""

    def register(reader: Reader) -> Reader:
        READERS[name] = reader
        return reader

    return register


def read_condition(table: Table) -> Condition:
    """The condition of a table; `Never` with a fault noted where there is none."""
    verbs = [key for key in table.keys if key in READERS]
    # `node` is a verb, and says of `problem` and `shape` where: the first verb leads.
    if not verbs:
        table.say(
            f"{{ {', '.join(table.keys)} }} is no condition.",
            f"Begin it with {one_of(sorted(READERS))}.",
        )
        return Never()
    condition = READERS[verbs[0]](table)
    table.close()
    return condition


def read_inner(table: Table, key: str) -> Condition | None:
    """The condition at `key`, or None where there is none."""
    inner = table.table(key)
    return read_condition(inner) if inner is not None else None


def _parts(table: Table, key: str) -> tuple[Condition, ...]:
    parts = tuple(map(read_condition, table.tables(key)))
    if not parts:
        table.say(f"“{key}” holds no conditions.", "Put some in its list.")
        return (Never(),)
    return parts


@verb("all")
def _read_all(table: Table) -> Condition:
    return AllOf(_parts(table, "all"))


@verb("any")
def _read_any(table: Table) -> Condition:
    return AnyOf(_parts(table, "any"))


@verb("not")
def _read_not(table: Table) -> Condition:
    return Not(read_inner(table, "not") or Never())


@verb("step")
def _read_step(table: Table) -> Condition:
    return StepDone(table.text("step", None))


def parts_of(condition: Condition) -> list[Condition]:
    """A condition and all it is made of."""
    found: list[Condition] = [condition]
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                found += parts_of(part)
        case Not(part):
            found += parts_of(part)
    return found


__all__ = [
    "ANY",
    "ONE",
    "READERS",
    "AllOf",
    "AnyOf",
    "Condition",
    "Never",
    "Not",
    "Range",
    "StepDone",
    "parts_of",
    "read_condition",
    "read_inner",
    "read_range",
    "verb",
]
