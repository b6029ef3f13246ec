"""Tables of a lesson's TOML file, read key by key; what is wrong is noted, with where.

A teacher who made three mistakes is told of three, not of the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.problems import Problem

FORMAT = "lesson-format"
"""The code of every problem of a lesson's files."""


def fault(place: str, message: str, remedy: str) -> Problem:
    """A problem of a lesson's files; `place` names the file and the step."""
    return Problem(message=f"{place}: {message}", remedy=remedy, code=FORMAT)


class Table:
    """One table of a TOML file. A wrong or missing value is noted and read as empty."""

    def __init__(
        self, content: Mapping[str, Any], place: str, faults: list[Problem]
    ) -> None:
        self._content = content  # Any: whatever TOML holds
        self.place = place
        self.faults = faults
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._content

    @property
    def keys(self) -> list[str]:
        """The keys that are there, in the order written."""
        return list(self._content)

    def say(self, message: str, remedy: str) -> None:
        """Note that something is wrong in this table."""
        self.faults.append(fault(self.place, message, remedy))

    def value(self, key: str) -> Any:
        """Whatever stands at `key`, or None."""
        self._read.add(key)
        return self._content.get(key)

    def text(self, key: str, default: str | None = "") -> str:
        """A text; needed where `default` is None."""
        value = self.value(key)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value
        if value is not None or default is None:
            self._wrong(key, "a text in quotation marks", value)
        return default or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts; empty where there is none."""
        value = self.value(key)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        if value is not None:
            self._wrong(key, "a text or a list of texts", value)
        return ()

    def number(self, key: str) -> float | None:
        """A number, or None where there is none."""
        value = self.value(key)
        if is_number(value):
            return float(value)
        if value is not None:
            self._wrong(key, "a number", value)
        return None

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        value = self.value(key)
        if value is not None and not isinstance(value, bool):
            self._wrong(key, "true or false", value)
        return value if isinstance(value, bool) else default

    def table(self, key: str) -> Table | None:
        """A table inside this one, or None where there is none."""
        value = self.value(key)
        if isinstance(value, Mapping):
            return Table(value, self.place, self.faults)
        if value is not None:
            self._wrong(key, "a table in { }", value)
        return None

    def tables(self, key: str) -> list[Table]:
        """A list of tables; a single table counts as a list of one."""
        value = self.value(key)
        if isinstance(value, Mapping):
            value = [value]
        if isinstance(value, list) and all(isinstance(e, Mapping) for e in value):
            return [Table(each, self.place, self.faults) for each in value]
        if value is not None:
            self._wrong(key, "a list of tables in { }", value)
        return []

    def close(self) -> None:
        """Note every key that nobody has read: most are misspelt."""
        for key in self._content:
            if key not in self._read:
                self.say(
                    f"“{key}” is not known here.",
                    f"Known here: {', '.join(sorted(self._read))}.",
                )

    def _wrong(self, key: str, expected: str, value: object) -> None:
        found = "is missing" if value is None else f"is {value!r}"
        self.say(f"“{key}” {found}.", f"Give it {expected}.")


def is_number(value: object) -> bool:
    """Whether a TOML value is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def one_of(keys: Sequence[str]) -> str:
    """`a, b or c`."""
    *first, last = keys
    return f"{', '.join(first)} or {last}" if first else last
