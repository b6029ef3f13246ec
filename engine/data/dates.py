"""Dates in a table: found, and taken apart into numbers."""

from __future__ import annotations

import datetime
import re

DATE_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?(?:[T ]+(\d{1,2}):\d{2}.*)?"
)
DATE_YEAR_LAST = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ]+(\d{1,2}):\d{2}.*)?"
)
DATE_COMPACT = re.compile(r"(\d{4})()(\d{2})(\d{2})()")
DATE_PARTS = ("year", "month", "day", "weekday", "hour")
"""What a date becomes; the weekday counts from 0, Monday. An hour only with times."""


def looks_like_date(cell: str) -> bool:
    """Whether a cell has the form of a date, such as 2024-12-31 or 31.12.2024."""
    return bool(DATE_YEAR_FIRST.fullmatch(cell) or DATE_YEAR_LAST.fullmatch(cell))


def date_order(cells: list[str]) -> str:
    """How the dates in a column are written: `day first`, `month first`, or empty.

    Empty where the year comes first, and where nothing tells day from month: 3/4/2024.
    Dots stand behind days first.
    """
    found = [one for cell in cells if (one := DATE_YEAR_LAST.fullmatch(cell))]
    if any(int(one[1]) > 12 or one[2] == "." for one in found):
        return "day first"
    return "month first" if any(int(one[3]) > 12 for one in found) else ""


def is_ambiguous(cells: list[str]) -> bool:
    """Whether there are dates of which nothing tells the day from the month."""
    return not date_order(cells) and any(map(DATE_YEAR_LAST.fullmatch, cells))


def has_time(cells: list[str]) -> bool:
    """Whether any of the dates in a column has a time of day."""
    return any(":" in cell for cell in cells)


def date_numbers(cell: str, order: str) -> tuple[float, ...] | None:
    """Year, month, day, weekday, hour; None where the cell is no date there can be.

    A month without a day is its first day, a day without a time its midnight.
    """
    first = DATE_YEAR_FIRST.fullmatch(cell) or DATE_COMPACT.fullmatch(cell)
    if first:
        year, month, day, hour = first[1], first[3], first[4] or "1", first[5] or "0"
    elif last := DATE_YEAR_LAST.fullmatch(cell):
        day, month = (last[1], last[3]) if order == "day first" else (last[3], last[1])
        year, hour = last[4], last[5] or "0"
    else:
        return None
    try:
        moment = datetime.datetime(int(year), int(month), int(day), int(hour))
    except ValueError:
        return None
    return (
        *(float(moment.year), float(moment.month), float(moment.day)),
        *(float(moment.weekday()), float(moment.hour)),
    )
