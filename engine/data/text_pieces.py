"""A text cut into characters or words, and how much of it trains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from engine.data.errors import DataError
from engine.data.parts import part_sizes

PIECE = re.compile(r"\w+(?:'\w+)*|[^\w\s]|\n")
"""A word, a single other sign, or the end of a line."""
TOKEN_BYTES = 8
"""What a token takes in memory."""
UNSEEN = "<unknown>"
"""Token 0: what the vocabulary has no room for, or what training never saw."""


def pieces_of(text: str, level: str) -> list[str]:
    """The characters of a text, or its words and other signs in small letters."""
    return list(text) if level == "characters" else PIECE.findall(text.lower())


def pieces_of_chunks(chunks: Iterable[str], level: str) -> Iterator[list[str]]:
    """The pieces of a text that comes in chunks, some at a time."""
    rest = ""
    for chunk in chunks:
        rest += chunk
        # No word goes on behind a blank or the end of a line.
        end = len(rest)
        if level != "characters":
            end = max(rest.rfind(" "), rest.rfind("\n")) + 1
        yield pieces_of(rest[:end], level)
        rest = rest[end:]
    yield pieces_of(rest, level)


def text_parts(
    count: int, window: int, validation: float, test: float
) -> tuple[int, int, int]:
    """How many windows train, watch and test, of a text of `count` tokens."""
    windows = (count - 1) // window
    if windows < 3:
        raise DataError(
            f"The text has {count:,} tokens, too few for windows of {window:,}.",
            "Use a longer text, or a smaller window.",
        )
    return part_sizes(windows, validation, test)


def signs_of(pieces: list[str], trained: int, most: int) -> list[str]:
    """The most frequent of the first `trained` pieces, after the unknown one."""
    return frequent_signs(Counter(pieces[:trained]), most)


def frequent_signs(counts: Counter[str], most: int) -> list[str]:
    """The most frequent pieces, after the unknown one."""
    # Equally frequent ones by their order: the same text gives the same numbers.
    ranked = sorted(counts, key=lambda piece: (-counts[piece], piece))
    return [UNSEEN, *ranked[: most - 1]]
