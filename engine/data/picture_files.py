"""Pictures on disk: which files count, and what they take in memory."""

from __future__ import annotations

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")


def picture_sides(size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a setting that may be one number for both."""
    return (size, size) if isinstance(size, int) else size


def decoded_bytes(count: int, channels: int, height: int, width: int) -> int:
    """What pictures take in memory as float32."""
    return 4 * count * channels * height * width
