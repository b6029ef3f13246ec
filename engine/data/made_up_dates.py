"""Dates in words and the same dates in figures, as samples."""

from __future__ import annotations

from datetime import date

import numpy as np
import torch

from engine.data.date_words import (
    DATE_SIGNS,
    FIRST_DAY,
    FORMS,
    ISO_LENGTH,
    LAST_DAY,
    LONGEST_DATE,
    in_words,
    sign_numbers,
)
from engine.data.samples import Samples, Splits
from engine.data.splitting import split_indices


def load_made_up_dates(
    *, samples: int, seed: int, validation: float, test: float, split_seed: int
) -> Splits:
    """Dates in words (N, 28), filled up with 0, and figures to write (N, 10).

    The network is given what it has written so far, one step behind: a start sign and
    the first nine figures. No date in words occurs twice.
    """
    days = LAST_DAY - FIRST_DAY + 1
    chance = np.random.default_rng(seed)
    chosen = chance.choice(days * len(FORMS), samples, replace=False)
    words = np.zeros((samples, LONGEST_DATE), dtype=np.int64)
    figures = np.ones((samples, 1 + ISO_LENGTH), dtype=np.int64)
    for row, number in enumerate(chosen.tolist()):
        day = date.fromordinal(FIRST_DAY + number // len(FORMS))
        said = sign_numbers(in_words(day, FORMS[number % len(FORMS)]))
        words[row, : len(said)] = said
        figures[row, 1:] = sign_numbers(day.isoformat())
    train, watched, tested = (
        Samples(
            {
                "tokens": torch.from_numpy(words[part]),
                "written": torch.from_numpy(figures[part, :-1].copy()),
            },
            {"following": torch.from_numpy(figures[part, 1:].copy())},
        )
        for part in split_indices(samples, validation, test, split_seed)
    )
    return Splits(train, watched, tested, "next token", vocabulary=DATE_SIGNS)
