"""How the arrow keys and the wheel step through the values of a field."""

from __future__ import annotations

import math
from typing import Any

from engine.catalog.settings import Float, Setting, Text


def stepped(setting: Setting, value: Any, steps: int, large: bool) -> Any:
    """The value some steps on: whole numbers by 1 (large: doubled or halved), sizes in
    each dimension, real numbers through 1, 2, 5, 10, ..."""
    if isinstance(value, bool) or isinstance(setting, Text):
        return value
    if isinstance(value, tuple):
        return tuple(
            size if size is None else stepped(setting, size, steps, large)
            for size in value
        )
    if isinstance(value, int) and not isinstance(setting, Float):
        if large:
            return value * 2 if steps > 0 else value // 2
        return value + steps
    if isinstance(setting, Float) and isinstance(value, (int, float)):
        if setting.maximum is not None:  # a share, such as dropout's
            return round(value + steps * (0.1 if large else 0.05), 6)
        return _decades(float(value), steps * (3 if large else 1))
    return value


_DECADE = (1.0, 2.0, 5.0)


def _decades(value: float, steps: int) -> float:
    if value <= 0:
        return 1e-4 if steps > 0 else 0.0
    exponent = math.floor(math.log10(value) + 1e-9)
    mantissa = value / 10**exponent
    place = sum(mantissa >= each - 1e-9 for each in _DECADE) - 1
    count = exponent * 3 + place + steps
    return float(f"{_DECADE[count % 3] * 10.0 ** (count // 3):.6g}")
