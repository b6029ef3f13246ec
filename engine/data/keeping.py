"""Whether samples are kept in memory or read from disk for every batch, and why."""

from __future__ import annotations

MOST_KEPT_BYTES = 2 * 1024**3
"""As float32; larger sets are read from disk for every batch."""
LOOKED_AT = 2_000
"""How many samples on disk the mean and the deviation are taken from, at most."""


def are_kept(kept: str, size: int) -> bool:
    """Whether samples that take `size` bytes are read once and kept."""
    return size <= MOST_KEPT_BYTES if kept == "auto" else kept == "in memory"


def kept_note(kept: str, size: int, once: str, each_time: str, taken: str) -> str:
    """Whether samples are kept in memory, and why.

    `once` says how they come there, `each_time` how they are read else (“Decoded once”,
    “Read from disk”), `taken` of what the size is (“decoded, they take”).
    """
    is_kept = are_kept(kept, size)
    how = f"{once} and kept" if is_kept else f"{each_time} for every batch"
    if kept != "auto":
        return f"{how}, as chosen: {taken} {amount(size)}."
    limit = amount(MOST_KEPT_BYTES)
    why = f"not more than {limit}" if is_kept else f"more than the {limit} kept"
    return f"{how}: in memory they take {amount(size)}, {why}."


def amount(size: float) -> str:
    """Bytes as people say them."""
    for unit, name in ((1024**3, "GiB"), (1024**2, "MiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size / 1024:.3g} KiB"
