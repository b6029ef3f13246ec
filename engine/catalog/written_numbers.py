"""Numbers as people write them, read: `2 000`, `1,500`, `0,5`, `3 × 32`."""

from __future__ import annotations

import re

GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
"""A number with its thousands apart by commas."""
_SPACED = re.compile(r"[-+]?[1-9]\d{0,2}(\s\d{3})+")
"""A number with its thousands apart by spaces, as they are in many languages."""


def decimal(text: str) -> float:
    """A number with a decimal point, or a comma where that can mean nothing else.

    Raises ValueError.
    """
    plain = text.strip()
    if plain.count(",") == 1 and "." not in plain and not GROUPED.fullmatch(plain):
        plain = plain.replace(",", ".")  # 1,500 could be either, 0,5 cannot
    return float(plain)


def whole(text: str) -> int:
    """A whole number, its thousands apart or not; raises ValueError."""
    plain = text.strip()
    if _SPACED.fullmatch(plain):  # 3 5 are two numbers, and 2 000 is one
        plain = "".join(plain.split())
    return int(plain.replace(",", "").replace("_", ""))


def sizes(text: str) -> tuple[int, ...]:
    """Whole numbers beside each other, as of a shape; raises ValueError."""
    parts = [part for part in re.split(r"[\s×x,()\[\]]+", text.strip()) if part]
    if not parts and text.strip() not in {"", "()"}:
        raise ValueError(f"{text!r} holds no numbers")
    return tuple(int(part) for part in parts)
