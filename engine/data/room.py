"""Whether there is room in memory for what is about to be read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from engine.data.errors import DataError
from engine.data.keeping import amount, are_kept, kept_note

READ_TIMES = 10
"""So many times the bytes of its file a table or a text takes while it is read."""
CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")
MEMINFO = Path("/proc/meminfo")


def check_room(files: Sequence[Path], times: int) -> None:
    """Raises DataError where files, `times` as large in memory, do not fit there."""
    lacking = lacking_room(files, times)
    if lacking:
        raise DataError(
            f"{lacking}.", "Let it stay on disk in the data's settings (keep: on disk)."
        )


def lacking_room(files: Sequence[Path], times: int) -> str:
    """How much too large files are to be read into memory; empty where they fit."""
    size = sum(path.stat().st_size for path in files)
    free = free_bytes()
    if free is None or times * size <= free:
        return ""
    return (
        f"{files[0].name} is {amount(size)} and to read it whole takes about "
        f"{amount(times * size)} of memory; {amount(free)} are free"
    )


def stay_on_disk(kept: str, files: Sequence[Path]) -> bool:
    """Whether text files are too large to be read whole, or are not to be."""
    if kept == "auto":
        return bool(lacking_room([path for path in files if path.exists()], READ_TIMES))
    return kept == "on disk"


def text_keeping(kept: str, files: Sequence[Path], size: int) -> tuple[bool, str]:
    """Whether what is in text files is kept in memory, and why, in a sentence.

    As numbers it takes `size` bytes.
    """
    lacking = lacking_room(files, READ_TIMES) if kept == "auto" else ""
    if lacking:
        return False, f"Read from disk for every batch: {lacking}."
    words = "Read once", "Read from disk", "as numbers, they take"
    return are_kept(kept, size), kept_note(kept, size, *words)


def is_out_of_memory(error: Exception) -> bool:
    """Whether Python, NumPy or PyTorch, here or on a device, found no memory free."""
    return isinstance(error, MemoryError) or any(
        words in str(error)
        for words in (
            *("not enough memory", "can't allocate memory", "out of memory"),
            "_STATUS_ALLOC_FAILED",  # cuBLAS, cuDNN and cuSOLVER
        )
    )


def free_bytes() -> int | None:
    """The memory that programs can still get; None where the system does not say.

    Linux says so in `/proc/meminfo` (proc(5), MemAvailable, in units of 1024 bytes);
    in a container less may be allowed.
    """
    free = [allowed_bytes()]
    try:
        with MEMINFO.open(encoding="ascii") as lines:
            free += [
                int(line.split()[1]) * 1024
                for line in lines
                if line.startswith("MemAvailable:")
            ]
        if len(free) < 2:
            free.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (OSError, ValueError, AttributeError):
        pass
    return min((each for each in free if each is not None), default=None)


def allowed_bytes() -> int | None:
    """What the control groups of this process leave to it; None without a limit.

    Those of version 2 and of version 1 (cgroups(7)): each group and all those around it
    limit a process. A container sees its own group as the outermost.
    """
    try:
        told = OWN_CGROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    left = []
    for line in told:
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            root, most, now = CGROUPS, "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            root = CGROUPS / "memory"
            most, now = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        group = root / own.strip("/")
        for folder in (group, *group.parents):
            left += left_in_group(folder, most, now)
            if folder == root:
                break
    return min(left, default=None)


def left_in_group(folder: Path, most: str, now: str) -> list[int]:
    """How much memory one control group leaves; nothing where it has no limit.

    Pages of files that were not read lately are given back when memory is needed.
    """
    try:
        limit = int((folder / most).read_text(encoding="ascii"))
        used = int((folder / now).read_text(encoding="ascii"))
    except (OSError, ValueError):  # not there, or "max"
        return []
    return [max(0, limit - used + given_back(folder))]


def given_back(folder: Path) -> int:
    """The bytes of files that a control group holds and has not used lately."""
    try:
        told = (folder / "memory.stat").read_text(encoding="ascii")
    except OSError:
        return 0
    parts = dict(line.split() for line in told.splitlines())
    return int(parts.get("total_inactive_file", parts.get("inactive_file", 0)))
