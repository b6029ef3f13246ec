"""Pictures on disk: which files count, and whether they are kept in memory."""

from __future__ import annotations

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
MOST_KEPT_BYTES = 2 * 1024**3
"""As float32; larger sets of pictures are read from disk for every batch."""


def picture_sides(size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a setting that may be one number for both."""
    return (size, size) if isinstance(size, int) else size


def decoded_bytes(count: int, channels: int, height: int, width: int) -> int:
    """What pictures take in memory as float32."""
    return 4 * count * channels * height * width


def are_kept(kept: str, size: int) -> bool:
    """Whether pictures that take `size` bytes are decoded once and kept."""
    return size <= MOST_KEPT_BYTES if kept == "auto" else kept == "in memory"
