"""A text that is too large for memory: on disk, a number for each of its pieces."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.data.disk_cache import cached_on_disk
from engine.data.text_files import text_chunks
from engine.data.text_pieces import frequent_signs, pieces_of_chunks
from engine.data.wanted import check_wanted

NUMBER_TYPE = "i"
NUMBER_BYTES = array(NUMBER_TYPE).itemsize
COUNTED_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class StoredText:
    """Pieces of a text as numbers of 32 bits, in the order in which each first occurs.

    They are the same whatever is trained: a vocabulary chooses among them.
    """

    path: Path
    pieces: list[str]
    """The different pieces, by their numbers."""
    count: int
    """How many there are in all."""

    def signs(self, trained: int, most: int) -> list[str]:
        """The most frequent of the first `trained` pieces, after the unknown one."""
        counts: Counter[int] = Counter()
        with self.path.open("rb") as file:
            while trained > 0:
                check_wanted()
                some = min(trained, COUNTED_AT_ONCE)
                numbers = array(NUMBER_TYPE)
                numbers.frombytes(file.read(NUMBER_BYTES * some))
                counts.update(numbers)
                trained -= some
        words = Counter({self.pieces[number]: n for number, n in counts.items()})
        return frequent_signs(words, most)


def stored_text(data_dir: Path, path: Path, encoding: str, level: str) -> StoredText:
    """The text in a file; read once, then found on disk."""

    def write(file: IO[bytes]) -> object:
        numbers: dict[str, int] = {}
        count = 0
        for pieces in pieces_of_chunks(text_chunks(path, encoding), level):
            found = array(NUMBER_TYPE)
            for piece in pieces:
                found.append(numbers.setdefault(piece, len(numbers)))
            file.write(found.tobytes())
            count += len(found)
        return {"pieces": [*numbers], "count": count}

    cached, facts = cached_on_disk(data_dir, [path], ("text", encoding, level), write)
    return StoredText(cached, facts["pieces"], facts["count"])
