"""The made-up sentences that ask who did it, as samples."""

from __future__ import annotations

import numpy as np
import torch

from engine.data.made_up_subjects import (
    ANIMALS,
    LONGEST_SUBJECTS,
    made_up_subjects,
)
from engine.data.samples import Samples, Splits
from engine.data.sentences import token_numbers, vocabulary_of
from engine.data.splitting import split_indices


def load_made_up_subjects(*, validation: float, test: float, split_seed: int) -> Splits:
    """Sentences as tokens (N, 10), filled up on the left.

    The well-known one is the first of the validation part.
    """
    first, *others = made_up_subjects()
    labels = np.array([ANIMALS.index(animal) for _, animal in others])
    chosen = split_indices(len(others), validation, test, split_seed, labels)
    parts = [[others[i] for i in indices] for indices in chosen]
    parts[1].insert(0, first)
    words = vocabulary_of([text for text, _ in parts[0]], 1_000, 1)
    numbers = {word: number for number, word in enumerate(words)}
    samples = []
    for part in parts:
        tokens = [
            token_numbers(text, numbers, LONGEST_SUBJECTS, "left") for text, _ in part
        ]
        answers = [ANIMALS.index(animal) for _, animal in part]
        samples.append(
            Samples(
                {"tokens": torch.tensor(tokens)}, {"subject": torch.tensor(answers)}
            )
        )
    return Splits(
        samples[0],
        samples[1],
        samples[2],
        "classification",
        ANIMALS,
        vocabulary=words,
    )
