"""Numbers as people write them: shares, metrics, what data holds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_SHARES = ("accuracy", "f1")
_SPOKEN = {
    "top5_accuracy": "top-5",
    "f1": "F1",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
}
_LONG, _ENDLESS = 10_000, 1e15
"""From and up to which a number is written in full, not as a power of ten."""
_TINY, _SHORT = 1e-6, 1e-4
"""Between these as well."""
_NOTHING = 1e-12
"""A loss below it is the rounding of its numbers: what float32 tells apart of a
cross-entropy is 1.2e-7 for a sample, of a square 4e-15, and a mean is over many.
"""
_COUNTS = ((1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
_BYTES = ((2.0**10, "KiB"), (2.0**20, "MiB"), (2.0**30, "GiB"), (2.0**40, "TiB"))
_TIMES = ((1e3, "µs"), (1e6, "ms"), (1e9, "s"))
_NEXT = 999.5
"""What is as much of a unit, rounded to three digits, is told in the next one."""


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 in percent, `97.2 %`, as ISO 80000-1 spaces it and on one line."""
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def figure(value: float, *, is_grouped: bool = False) -> str:
    """Four telling digits, no power of ten for a price or a rate: `58680`, `0.00001`.

    Where it `is_grouped` thousands are set apart, `58,680`: not among other numbers.
    """
    if _LONG <= abs(value) < _ENDLESS:
        return f"{value:,.0f}" if is_grouped else f"{value:.0f}"
    if _TINY <= abs(value) < _SHORT:
        return format(Decimal(f"{value:.4g}"), "f")
    return f"{value:.4g}"


def loss_figure(loss: float) -> str:
    """A loss as it is shown: `0.1145`, `0.00001235`, `5.47e-8`, and then `< 1e-12`.

    Small losses keep their size, since runs are compared by it and drawn on a
    logarithmic axis; digits that are rounding alone are not told. Records have the loss
    itself.
    """
    size = abs(loss)
    if 0 < size < _NOTHING:
        return f"< {_NOTHING:g}" if loss > 0 else f"> -{_NOTHING:g}"
    if 0 < size < _TINY:
        return f"{loss:.3g}".replace("e-0", "e-")
    return figure(loss)


def short_count(number: int) -> str:
    """A large number in three digits, `1.30 M`; one below 10,000 in full."""
    return f"{number:,}" if number < _LONG else _short(number, _COUNTS)


def round_count(number: int) -> str:
    """A limit that somebody set: `4 G`, where `short_count` says `4.00 G`."""
    amount, _, unit = short_count(number).partition(" ")
    if "." in amount:
        amount = amount.rstrip("0").rstrip(".")
    return f"{amount} {unit}".strip()


def short_bytes(number: int) -> str:
    """An amount of memory in three digits: `3.06 MiB`."""
    return f"{number} B" if number < 1024 else _short(number, _BYTES)


def short_time(nanoseconds: int) -> str:
    """A span of time in three digits: `1.25 ms`."""
    return f"{nanoseconds} ns" if nanoseconds < _NEXT else _short(nanoseconds, _TIMES)


def _short(number: float, units: Sequence[tuple[float, str]]) -> str:
    """In the first unit that leaves three digits, zeros at their end told as well."""
    fits = (each for each in units if number / each[0] < _NEXT)
    size, unit = next(fits, units[-1])
    amount = number / size
    places = next((n for n in (0, 1, 2) if round(amount, n + 1) >= 10 ** (2 - n)), 3)
    return f"{amount:.{places}f} {unit}"


def is_share(name: str) -> bool:
    """Whether a metric is read as a percentage."""
    return name.endswith(_SHARES)


def metric_name(name: str) -> str:
    """What people call a metric: `top-5`, `RMSE`, `next accuracy`."""
    return _SPOKEN.get(name) or name.replace("_", " ")


def metric_text(name: str, value: float) -> str:
    """A metric as people read it: `accuracy 97.9 %`, `RMSE 0.031`, `MAE 58,680`."""
    shown = f"{100 * value:.1f} %" if is_share(name) else figure(value, is_grouped=True)
    return f"{metric_name(name)} {shown.replace('-', '−')}"
