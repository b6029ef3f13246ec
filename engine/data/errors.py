"""What the loading functions raise when data cannot be used."""

from __future__ import annotations


class DataError(Exception):
    """Data that cannot be used: what is the matter, and one thing to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy
