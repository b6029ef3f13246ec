"""What a person asks to be shown, and may change while a network trains."""

from __future__ import annotations

from dataclasses import dataclass

TEMPERATURE = 0.8
LETTERS, WORDS = 240, 60
"""How long a sample of text is where nobody says: as many characters, or words."""


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Read when something is shown; any thread may change a field."""

    temperature: float = TEMPERATURE
    """0 writes the likeliest token each time; above 1 writes more wildly."""
    length: int = 0
    """How many tokens are written; 0 is 240 characters, or 60 words."""
    pictures: bool = True
    """Whether pictures are shown too, or only what is written."""
