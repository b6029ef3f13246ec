"""Dates in words and in figures: a small language to translate."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
FORMS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{short} {day} {year}",
    "{weekday} {day} {month} {year}",
    "the {day}{th} of {month} {year}",
    "{day}.{number}.{year}",
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2099, 12, 31).toordinal()
LONGEST_DATE = 28
"""Characters: `wednesday 30 september 1998` and one to spare."""
ISO_LENGTH = 10
"""Characters: `1998-09-30`."""
DATE_SIGNS = ("<padding>", "<start>", *" ,-.0123456789abcdefghijklmnopqrstuvwxyz")
"""The signs that dates are made of, by their token numbers."""


def in_words(day: date, form: str) -> str:
    """A date as people say it."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return form.format(
        day=day.day,
        th="th" if day.day in {11, 12, 13} else ending,
        month=MONTHS[day.month - 1],
        short=MONTHS[day.month - 1][:3],
        number=day.month,
        year=day.year,
        weekday=WEEKDAYS[day.weekday()],
    )


def sign_numbers(text: str) -> list[int]:
    """The token of each character."""
    return [DATE_SIGNS.index(sign) for sign in text]
