"""How shares are written in sentences."""

from __future__ import annotations


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 in percent, `97.2 %`, as ISO 80000-1 spaces it and on one line."""
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"
