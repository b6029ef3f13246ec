"""Values out of JSON that somebody may have edited: of the right form, or refused."""

from __future__ import annotations

import json
import math
from typing import Any

from engine.problems import Refusal

_MOST_DIGITS = 300
"""A whole number of more is none that can be computed with."""


class UnusableNumberError(ValueError):
    """A number that cannot be computed with, nor saved again."""


def read_json(text: str) -> Any:  # any JSON
    """What a text holds; ValueError for what is no JSON, or no usable number."""
    return json.loads(
        text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
    )


def parsed(text: str, origin: str) -> Any:  # any JSON
    """What the text of a file holds; raises Refusal when it is no JSON."""
    try:
        return read_json(text)
    except UnusableNumberError as error:
        raise Refusal(
            f"{origin} holds a number that cannot be computed with: {error}.",
            "Mend it in a text editor, or open a copy; nothing was changed.",
            code="not-json",
        ) from None
    except ValueError as error:
        raise Refusal(*_broken(text, origin, error), code="not-json") from None
    except RecursionError:
        raise too_deep(origin) from None


def too_deep(origin: str) -> Refusal:
    """What to raise for a file of lists in lists without an end."""
    return Refusal(
        f"{origin} is nested too deep to be a document.",
        "Open another file.",
        code="not-json",
    )


class Fields:
    """Checks the parts of a file; every method raises Refusal for another form."""

    def __init__(self, origin: str) -> None:
        """`origin` is what messages call the file."""
        self.origin = origin

    def text(self, value: object, what: str) -> str:
        """A text."""
        if not isinstance(value, str):
            raise self.refusal(f"has no text as its {what}", what)
        return value

    def list_(self, value: object, what: str) -> list[Any]:
        """A list."""
        if not isinstance(value, list):
            raise self.refusal(f"has no list as its {what}", what)
        return value

    def object_(self, value: object, what: str) -> dict[str, Any]:
        """An object."""
        if not isinstance(value, dict):
            raise self.refusal(f"has no object as its {what}", what)
        return value

    def place(self, value: object, what: str) -> tuple[float, float]:
        """A point of the canvas: two numbers that are neither infinite nor none."""
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(
                isinstance(each, (int, float)) and math.isfinite(each) for each in value
            )
        ):
            raise self.refusal(f"has a {what} without a position", "position")
        return float(value[0]), float(value[1])

    def refusal(self, matter: str, what: str) -> Refusal:
        """What to raise for a file that `matter`, to be mended in `what`."""
        return Refusal(
            f"{self.origin} {matter}.",
            f"Mend {what} in a text editor, or open a copy; nothing was changed.",
            code="malformed",
        )


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise UnusableNumberError(word[:20])
    return number


def _whole(word: str) -> int:
    if len(word) > _MOST_DIGITS:
        raise UnusableNumberError(f"{word[:20]}… of {len(word):,} digits")
    return int(word)


def _no_constant(word: str) -> float:
    raise UnusableNumberError(word)


def _broken(text: str, origin: str, error: ValueError) -> tuple[str, str]:
    if not text.strip():
        return f"{origin} is empty.", "Open another file, or a copy of this one."
    where = ""
    if isinstance(error, json.JSONDecodeError):
        where = f" at line {error.lineno}, column {error.colno}"
        if error.pos >= len(text.rstrip()) and text.lstrip().startswith("{"):
            return (
                f"{origin} is cut off{where}: its end is missing.",
                "Open a copy of it; nothing was changed.",
            )
    return (
        f"{origin} is not an Espalier document: it is no JSON{where}.",
        "Open a file that Espalier saved; nothing was changed.",
    )
