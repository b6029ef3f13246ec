"""Sentences as samples: words become numbers, or vectors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import compress
from pathlib import Path
from typing import IO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.columns import counts_of_words
from engine.data.disk_cache import cached_on_disk
from engine.data.errors import DataError, quoted
from engine.data.made_up_reviews import made_up_reviews
from engine.data.model_tokens import tokenizer_of, tokens_of, words_of_tokenizer
from engine.data.reviews import (
    LabelledTexts,
    paired_reviews,
    read_reviews,
    review_classes,
    review_files,
)
from engine.data.room import text_keeping
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices
from engine.data.streamed import as_field
from engine.data.streamed_rows import StreamedRows
from engine.data.table_cells import in_pieces
from engine.data.table_numbers import numbered_words
from engine.data.tables import cells_folder, chosen_file

WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
"""A word, with what follows an apostrophe inside it; or a single other sign."""
PADDING, UNKNOWN = "<padding>", "<unknown>"
"""The tokens 0 and 1."""
MOST_VECTOR_BYTES = 4 * 1024**3


def load_reviews(
    data_dir: Path,
    *,
    path: str,
    test_path: str,
    text_column: str,
    label_column: str,
    delimiter: str,
    header: str,
    encoding: str,
    tokenizer: str,
    vocabulary: int,
    min_count: int,
    length: int,
    padding: str,
    as_vectors: int,
    vector_seed: int,
    kept: str,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Sentences with labels from a file; the test part from `test_path` if given."""
    paths = [chosen_file(data_dir, path)]
    if test_path:
        paths.append(data_dir / test_path)
    files = [file for each in paths for file in review_files(each)]
    on_disk = cells_folder(data_dir, kept, files)
    how = {
        "text_column": text_column,
        "label_column": label_column,
        "delimiter": delimiter,
        "header": header,
        "encoding": encoding,
    }
    reviews, *tests = (read_reviews(one, **how, on_disk=on_disk) for one in paths)
    size = 4 * length * (as_vectors or 2) * sum(map(len, (reviews, *tests)))
    is_kept, _ = text_keeping(kept, files, size)
    place: Places = held_tokens
    if on_disk is not None or not is_kept:
        told = (*how.items(), tokenizer, vocabulary, min_count, length, padding)
        told += validation, test, split_seed
        place = partial(stored_tokens, data_dir, files, told)
    return split_reviews(
        reviews,
        tests[0] if tests else None,
        place,
        name=path,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        min_count=min_count,
        length=length,
        padding=padding,
        as_vectors=as_vectors,
        vector_seed=vector_seed,
        validation=validation,
        test=test,
        split_seed=split_seed,
    )


def load_small_reviews(
    *,
    tokenizer: str,
    vocabulary: int,
    min_count: int,
    length: int,
    padding: str,
    as_vectors: int,
    vector_seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """320 made-up reviews."""
    return split_reviews(
        paired_reviews(made_up_reviews()),
        None,
        held_tokens,
        name="The made-up reviews",
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        min_count=min_count,
        length=length,
        padding=padding,
        as_vectors=as_vectors,
        vector_seed=vector_seed,
        validation=validation,
        test=test,
        split_seed=split_seed,
    )


Tokens = NDArray[np.int64]
Places = Callable[
    [Iterator[Tokens], Sequence[Tokens], NDArray[np.float32] | None], list[Tensor]
]
"""Brings tokens, some rows at a time, to where they are kept: gives those of each part
by its rows, or the vectors of these tokens."""


def split_reviews(
    reviews: LabelledTexts,
    tests: LabelledTexts | None,
    place: Places,
    *,
    name: str,
    tokenizer: str,
    vocabulary: int,
    min_count: int,
    length: int,
    padding: str,
    as_vectors: int,
    vector_seed: int,
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Sentences as tokens (N, length), or as vectors (N, length, as_vectors).

    The vocabulary is made from the training part alone: words that occur only in the
    other parts are unknown, as they would be in use. With a `tokenizer` it is that of a
    pretrained model.
    """
    classes = review_classes(reviews, name, 3 if tests is None else 2)
    every = [reviews] if tests is None else [reviews, tests]
    labels = np.concatenate([label_numbers(each, classes) for each in every])
    count = len(reviews)
    share = test if tests is None else 0.0
    parts = list(split_indices(count, validation, share, split_seed, labels[:count]))
    if tests is not None:
        parts[2] = np.arange(count, len(labels))
    if tokenizer:
        cutter = tokenizer_of(tokenizer)
        words = words_of_tokenizer(cutter)
        cut = partial(tokens_of, tokenizer=cutter, length=length)
    else:
        words = vocabulary_of(chosen_texts(reviews, parts[0]), vocabulary, min_count)
        numbers = {word: number for number, word in enumerate(words)}
        cut = partial(tokens_in, numbers=numbers, length=length, padding=padding)
    vectors = None
    if as_vectors and not tokenizer:
        vectors = word_vectors(len(words), as_vectors, vector_seed)
    blocks = (cut(piece) for each in every for piece in in_pieces(each.texts))
    fields = place(blocks, parts, vectors)
    kind = "tokens" if vectors is None else "vectors"
    goals = torch.from_numpy(labels)
    train, watched, tested = (
        Samples({kind: field}, {"label": goals[part]})
        for field, part in zip(fields, parts, strict=True)
    )
    return Splits(
        train, watched, tested, "classification", classes, vocabulary=tuple(words)
    )


def held_tokens(
    blocks: Iterator[Tokens],
    parts: Sequence[Tokens],
    vectors: NDArray[np.float32] | None,
) -> list[Tensor]:
    """The tokens of each part (N, length), or their vectors, in memory."""
    tokens = np.concatenate([*blocks])
    if vectors is None:
        return [torch.from_numpy(tokens[part]) for part in parts]
    check_memory(len(tokens), tokens.shape[1], vectors.shape[1])
    return [torch.from_numpy(vectors[tokens[part]]) for part in parts]


def stored_tokens(
    data_dir: Path,
    files: Sequence[Path],
    told: Sequence[object],
    blocks: Iterator[Tokens],
    parts: Sequence[Tokens],
    vectors: NDArray[np.float32] | None,
) -> list[Tensor]:
    """The tokens of each part, or their vectors, to be read from disk.

    They are written there at first; `told` is all that they depend on beside the
    `files`.
    """

    def write(file: IO[bytes]) -> object:
        length = 0
        for block in blocks:
            length = block.shape[1]
            file.write(block.tobytes())
        return length

    path, length = cached_on_disk(data_dir, files, ("tokens", *told), write)
    dtype = np.dtype(np.int64)
    row = dtype.itemsize * length
    return [
        as_field(StreamedRows(path, part * row, (length,), dtype, vectors))
        for part in parts
    ]


def chosen_texts(reviews: LabelledTexts, rows: NDArray[np.int64]) -> Iterator[str]:
    """The sentences in some rows, which ascend."""
    is_chosen = np.zeros(len(reviews), bool)
    is_chosen[rows] = True
    return compress(reviews.texts, is_chosen.tolist())


def check_memory(count: int, length: int, width: int) -> None:
    """Raises DataError where so many vectors would not fit into memory."""
    size = count * length * width * 4
    if size > MOST_VECTOR_BYTES:
        raise DataError(
            f"{count:,} sentences of {length} vectors of {width} numbers need "
            f"{size / 1024**3:.0f} GiB of memory.",
            "Set as_vectors to 0 and put an Embedding into the network.",
        )


def label_numbers(
    reviews: LabelledTexts, classes: tuple[str, ...]
) -> NDArray[np.int64]:
    """The number of each review's class; raises DataError for an unknown class."""
    places = {label: place for place, label in enumerate(classes)}
    for label in counts_of_words(reviews.labels):
        if label not in places:
            raise DataError(
                f"The test file holds the label “{label[:40]}”, and the training file "
                f"only {quoted(classes)}.",
                "Use the same labels in both files.",
            )
    return numbered_words(reviews.labels, places)


def words_of(text: str) -> list[str]:
    """The words of a sentence in small letters; other signs are words of their own."""
    return WORD.findall(text.lower())


def vocabulary_of(texts: Iterable[str], size: int, min_count: int) -> tuple[str, ...]:
    """The most frequent words after padding and unknown, at most `size` in all."""
    counts = Counter(word for text in texts for word in words_of(text))
    # Equally frequent words by the alphabet: the same texts give the same numbers.
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    frequent = [word for word in ranked if counts[word] >= min_count]
    return (PADDING, UNKNOWN, *frequent[: size - 2])


def token_numbers(
    text: str, numbers: dict[str, int], length: int, padding: str
) -> list[int]:
    """The first `length` words as numbers, padded with 0 on the side of `padding`."""
    tokens = [numbers.get(word, 1) for word in words_of(text)[:length]]
    zeros = [0] * (length - len(tokens))
    return zeros + tokens if padding == "left" else tokens + zeros


def tokens_in(
    texts: Sequence[str], numbers: dict[str, int], length: int, padding: str
) -> NDArray[np.int64]:
    """The words of sentences as numbers (N, length)."""
    tokens = [token_numbers(text, numbers, length, padding) for text in texts]
    return np.array(tokens, dtype=np.int64)


def word_vectors(count: int, width: int, seed: int) -> NDArray[np.float32]:
    """A random direction for each word, of length 1; padding is zero.

    They stand where trained word vectors would: they tell words apart, and know
    nothing of their meaning.
    """
    vectors = np.random.default_rng(seed).standard_normal((count, width))
    vectors /= np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    vectors[0] = 0.0
    return vectors.astype(np.float32)
