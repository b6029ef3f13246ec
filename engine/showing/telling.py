"""What is shown, in lines for a terminal."""

from __future__ import annotations

import textwrap

from engine.showing.exhibit import Shown, Writing
from engine.training.events import Event
from engine.training.reporting import as_text as as_training_text
from engine.training.trouble import Trouble

WIDTH = 76
"""Letters in a line."""


def as_text(event: Event) -> str:
    """The event as lines for people: what a network wrote, or what happened."""
    if isinstance(event, Shown):
        return "\n".join(
            f"  {exhibit.caption}\n{_indented(exhibit.text)}"
            for exhibit in event.exhibits
            if isinstance(exhibit, Writing)
        )
    if isinstance(event, Trouble):
        return f"{event.message} {event.remedy}"
    return as_training_text(event)


def _indented(text: str) -> str:
    lines = (textwrap.wrap(line, WIDTH) or [""] for line in text.split("\n"))
    return "\n".join(f"  │ {line}" for each in lines for line in each)
