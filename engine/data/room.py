"""Whether there is room in memory for what is about to be read."""

from __future__ import annotations

import os
from pathlib import Path

from engine.data.errors import DataError
from engine.data.keeping import amount

READ_TIMES = 10
"""So many times the bytes of its file a table takes while it is read."""


def check_room(path: Path, times: int, remedy: str) -> None:
    """Raises DataError where a file, `times` as large in memory, does not fit there."""
    size = path.stat().st_size
    free = free_bytes()
    if free is not None and times * size > free:
        raise DataError(
            f"{path.name} is {amount(size)} and is read into memory as a whole, which "
            f"takes about {amount(times * size)}; {amount(free)} are free.",
            remedy,
        )


def is_out_of_memory(error: Exception) -> bool:
    """Whether Python, NumPy or PyTorch, here or on a device, found no memory free."""
    return isinstance(error, MemoryError) or any(
        words in str(error)
        for words in ("not enough memory", "can't allocate memory", "out of memory")
    )


def free_bytes() -> int | None:
    """The memory that programs can still get; None where the system does not say.

    Linux says so in `/proc/meminfo` (proc(5), MemAvailable, in units of 1024 bytes).
    """
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return None
