"""Values out of JSON that somebody may have edited: of the right form, or refused."""

from __future__ import annotations

import math
from typing import Any

from engine.problems import Refusal


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
