"""Texts as samples: a window of tokens, and the token that follows each of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.made_up_text import made_up_sentences
from engine.data.samples import Samples, Splits
from engine.data.tables import chosen_file, read_text
from engine.data.text_pieces import pieces_of, signs_of, text_parts


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
    return split_text(
        made_up_sentences(sentences, seed),
        level=level,
        window=window,
        vocabulary=vocabulary,
        answers=answers,
        validation=validation,
        test=test,
    )


def load_text_file(
    data_dir: Path,
    *,
    path: str,
    encoding: str,
    level: str,
    window: int,
    vocabulary: int,
    answers: str,
    validation: float,
    test: float,
) -> Splits:
    """Windows of the text in a file."""
    return split_text(
        read_text(chosen_file(data_dir, path), encoding),
        level=level,
        window=window,
        vocabulary=vocabulary,
        answers=answers,
        validation=validation,
        test=test,
    )


def split_text(
    text: str,
    *,
    level: str,
    window: int,
    vocabulary: int,
    answers: str,
    validation: float,
    test: float,
) -> Splits:
    """Tokens (N, window), and the tokens that follow each of them (N, window).

    With `answers` at `last step` only the token that follows the window (N).
    The windows lie behind each other without overlap: every token but the first is to
    be foretold once. The beginning of the text trains, its end tests.
    """
    pieces = pieces_of(text, level)
    train, watched, _ = text_parts(len(pieces), window, validation, test)
    signs = signs_of(pieces, train * window + 1, vocabulary)
    numbers = {sign: number for number, sign in enumerate(signs)}
    tokens = np.array([numbers.get(piece, 0) for piece in pieces], dtype=np.int64)
    given, following = in_windows(tokens[:-1], window), in_windows(tokens[1:], window)
    if answers == "last step":
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


def in_windows(tokens: NDArray[np.int64], window: int) -> NDArray[np.int64]:
    """The tokens in rows of `window`; what is left over at the end falls away."""
    rows = len(tokens) // window
    return np.ascontiguousarray(tokens[: rows * window].reshape(rows, window))
