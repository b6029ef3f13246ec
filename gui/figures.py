"""Large numbers as people read them."""

from __future__ import annotations


def short_count(number: int) -> str:
    """A large number in three digits: `4.21 M`."""
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            scale = 1e3 if unit == "k" else size
            return f"{number / scale:.3g} {unit}"
    return f"{number:,}"


def short_bytes(number: int) -> str:
    """An amount of memory in three digits: `3.06 MiB`."""
    for size, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number} B"


def short_time(nanoseconds: int) -> str:
    """A span of time in three digits: `1.25 ms`."""
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds} ns"
