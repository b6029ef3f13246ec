"""What the loading functions raise when data cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class DataError(Exception):
    """Data that cannot be used: what is the matter, and one thing to do about it."""

    def __init__(
        self,
        message: str,
        remedy: str,
        mends: Mapping[str, tuple[str, ...]] = _NOTHING,
        *,
        setting: str = "",
    ) -> None:
        """`mends` has settings of the data with the values that would each mend it.

        `setting` is the one whose value is wrong, where it is one.
        """
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy
        self.mends = mends
        self.setting = setting


class MissingDataError(DataError):
    """Published data that are not on this computer, and could not be downloaded."""


def quoted(names: Iterable[str]) -> str:
    """Names in a sentence; they may hold commas, and end in marks of their own."""
    return ", ".join(f"“{name}”" for name in names)
