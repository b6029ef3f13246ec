"""Texts as samples: a window of tokens, and the token that follows each of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.made_up_text import made_up_sentences
from engine.data.room import stay_on_disk, text_keeping
from engine.data.samples import Samples, Splits
from engine.data.stored_text import (
    NUMBER_BYTES,
    NUMBER_TYPE,
    StoredText,
    stored_text,
)
from engine.data.streamed import as_field
from engine.data.streamed_rows import StreamedRows
from engine.data.tables import chosen_file
from engine.data.text_files import read_text
from engine.data.text_pieces import TOKEN_BYTES, pieces_of, signs_of, text_parts


@dataclass(frozen=True, slots=True)
class Windows:
    """How a text is cut into samples."""

    window: int
    """Tokens in one."""
    vocabulary: int
    """Tokens that are told apart at most."""
    answers: str
    """`every step` or `last step`: what is to be foretold."""
    validation: float
    test: float


def load_made_up_text(
    *,
    sentences: int,
    seed: int,
    level: str,
    window: int,
    vocabulary: int,
    answers: str,
    validation: float,
    test: float,
) -> Splits:
    """Windows of a text composed by formula."""
    pieces = pieces_of(made_up_sentences(sentences, seed), level)
    how = Windows(window, vocabulary, answers, validation, test)
    return split_pieces(pieces, how)


def load_text_file(
    data_dir: Path,
    *,
    path: str,
    encoding: str,
    level: str,
    window: int,
    vocabulary: int,
    answers: str,
    kept: str,
    validation: float,
    test: float,
) -> Splits:
    """Windows of the text in a file."""
    file = chosen_file(data_dir, path)
    how = Windows(window, vocabulary, answers, validation, test)
    if not stay_on_disk(kept, [file]):
        pieces = pieces_of(read_text(file, encoding), level)
        is_kept, _ = text_keeping(kept, [file], TOKEN_BYTES * len(pieces))
        if is_kept:
            return split_pieces(pieces, how)
    return split_stored_text(stored_text(data_dir, file, encoding, level), how)


def split_pieces(pieces: list[str], how: Windows) -> Splits:
    """Tokens (N, window), and the tokens that follow each of them (N, window).

    With answers at `last step` only the token that follows the window (N).
    The windows lie behind each other without overlap: every token but the first is to
    be foretold once. The beginning of the text trains, its end tests.
    """
    window = how.window
    train, watched, _ = text_parts(len(pieces), window, how.validation, how.test)
    signs = signs_of(pieces, train * window + 1, how.vocabulary)
    numbers = {sign: number for number, sign in enumerate(signs)}
    tokens = np.array([numbers.get(piece, 0) for piece in pieces], dtype=np.int64)
    given, following = in_windows(tokens[:-1], window), in_windows(tokens[1:], window)
    if how.answers == "last step":
        following = following[:, -1].copy()
    parts = (
        slice(0, train),
        slice(train, train + watched),
        slice(train + watched, None),
    )
    samples = [
        Samples(
            {"tokens": torch.from_numpy(given[part])},
            {"following": torch.from_numpy(following[part])},
        )
        for part in parts
    ]
    return Splits(
        samples[0], samples[1], samples[2], "next token", vocabulary=tuple(signs)
    )


def split_stored_text(text: StoredText, how: Windows) -> Splits:
    """As `split_pieces`, of a text whose windows are read from disk."""
    window, is_every = how.window, how.answers == "every step"
    sizes = text_parts(text.count, window, how.validation, how.test)
    signs = text.signs(sizes[0] * window + 1, how.vocabulary)
    places = {piece: place for place, piece in enumerate(text.pieces)}
    tokens = np.zeros(len(text.pieces), dtype=np.int64)
    for number, sign in enumerate(signs[1:], start=1):
        tokens[places[sign]] = number
    samples, start = [], 0
    for size in sizes:
        first = np.arange(start, start + size, dtype=np.int64) * window
        next_ones = first + (1 if is_every else window)
        shape = (window,) if is_every else ()
        given = stored_windows(text, first, (window,), tokens)
        following = stored_windows(text, next_ones, shape, tokens)
        samples.append(Samples({"tokens": given}, {"following": following}))
        start += size
    return Splits(
        samples[0], samples[1], samples[2], "next token", vocabulary=tuple(signs)
    )


def stored_windows(
    text: StoredText,
    first: NDArray[np.int64],
    shape: tuple[int, ...],
    tokens: NDArray[np.int64],
) -> Tensor:
    """Pieces of a text on disk from each of `first` on, as `tokens` numbers them."""
    starts = first * NUMBER_BYTES
    kind = np.dtype(NUMBER_TYPE)
    return as_field(StreamedRows(text.path, starts, shape, kind, tokens))


def in_windows(tokens: NDArray[np.int64], window: int) -> NDArray[np.int64]:
    """The tokens in rows of `window`; what is left over at the end falls away."""
    rows = len(tokens) // window
    return np.ascontiguousarray(tokens[: rows * window].reshape(rows, window))
