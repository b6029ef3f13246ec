"""Sentences as samples: words become numbers, or vectors."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.made_up_reviews import made_up_reviews
from engine.data.model_tokens import tokenizer_of, tokens_of, words_of_tokenizer
from engine.data.reviews import read_reviews, review_classes
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices
from engine.data.tables import chosen_file

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
    validation: float,
    test: float,
    split_seed: int,
) -> Splits:
    """Sentences with labels from a file; the test part from `test_path` if given."""
    files = [chosen_file(data_dir, path)]
    if test_path:
        files.append(data_dir / test_path)
    reviews, *tests = (
        read_reviews(
            file,
            text_column=text_column,
            label_column=label_column,
            delimiter=delimiter,
            header=header,
            encoding=encoding,
        )
        for file in files
    )
    return split_reviews(
        reviews,
        tests[0] if tests else None,
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
        made_up_reviews(),
        None,
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


def split_reviews(
    reviews: list[tuple[str, str]],
    tests: list[tuple[str, str]] | None,
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
    labels = label_numbers(reviews, classes)
    share = test if tests is None else 0.0
    chosen = split_indices(len(reviews), validation, share, split_seed, labels)
    parts = [[reviews[i] for i in indices] for indices in chosen]
    if tests is not None:
        parts[2] = tests
    if tokenizer:
        return model_splits(parts, classes, tokenizer, length)
    check_memory(sum(map(len, parts)), length, as_vectors)
    words = vocabulary_of([text for text, _ in parts[0]], vocabulary, min_count)
    vectors = word_vectors(len(words), as_vectors, vector_seed) if as_vectors else None
    numbers = {word: number for number, word in enumerate(words)}
    samples = []
    for part in parts:
        tokens = np.zeros((len(part), length), dtype=np.int64)
        for row, (text, _) in enumerate(part):
            tokens[row] = token_numbers(text, numbers, length, padding)
        answers = {"label": torch.from_numpy(label_numbers(part, classes))}
        if vectors is None:
            samples.append(Samples({"tokens": torch.from_numpy(tokens)}, answers))
        else:
            inputs = {"vectors": torch.from_numpy(vectors[tokens])}
            samples.append(Samples(inputs, answers))
    return Splits(
        samples[0],
        samples[1],
        samples[2],
        "classification",
        classes,
        vocabulary=words,
    )


def model_splits(
    parts: list[list[tuple[str, str]]],
    classes: tuple[str, ...],
    tokenizer: str,
    length: int,
) -> Splits:
    """Sentences as a pretrained model's own tokens (N, length)."""
    cutter = tokenizer_of(tokenizer)
    samples = [
        Samples(
            {
                "tokens": torch.from_numpy(
                    tokens_of([text for text, _ in part], cutter, length)
                )
            },
            {"label": torch.from_numpy(label_numbers(part, classes))},
        )
        for part in parts
    ]
    return Splits(
        samples[0],
        samples[1],
        samples[2],
        "classification",
        classes,
        vocabulary=words_of_tokenizer(cutter),
    )


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
    reviews: list[tuple[str, str]], classes: tuple[str, ...]
) -> NDArray[np.int64]:
    """The number of each review's class; raises DataError for an unknown class."""
    places = {label: place for place, label in enumerate(classes)}
    for _, label in reviews:
        if label not in places:
            raise DataError(
                f"The test file holds the label “{label[:40]}”, and the training file "
                f"only {', '.join(classes)}.",
                "Use the same labels in both files.",
            )
    return np.array([places[label] for _, label in reviews], dtype=np.int64)


def words_of(text: str) -> list[str]:
    """The words of a sentence in small letters; other signs are words of their own."""
    return WORD.findall(text.lower())


def vocabulary_of(texts: list[str], size: int, min_count: int) -> tuple[str, ...]:
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


def word_vectors(count: int, width: int, seed: int) -> NDArray[np.float32]:
    """A random direction for each word, of length 1; padding is zero.

    They stand where trained word vectors would: they tell words apart, and know
    nothing of their meaning.
    """
    vectors = np.random.default_rng(seed).standard_normal((count, width))
    vectors /= np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    vectors[0] = 0.0
    return vectors.astype(np.float32)
