"""Numbers as people write them: shares, metrics, what data holds."""

from __future__ import annotations

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
