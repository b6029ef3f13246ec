"""A typed sentence, as the data of a network has its sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalog.settings import Values
from engine.data.model_tokens import tokenizer_of, tokens_of
from engine.data.samples import Samples
from engine.data.sentences import token_numbers, word_vectors, words_of
from engine.data.source import source_of
from engine.showing.fields import TOKENS
from engine.showing.trained import Trained

FILLING = "(padding)"
"""What fills a short sentence up; in parentheses, for it is no word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, and what became of its words."""

    given: Tensor
    """What the network gets: tokens (1, T), or vectors (1, T, D)."""
    words: tuple[str, ...]
    """Each token as a person reads it; those that fill are left out."""
    places: tuple[int, ...]
    """Where each of them stands among the T."""
    unknown: tuple[str, ...] = ()
    """The words that the network cannot tell apart."""
    elsewhere: str = FILLING
    """What stands at the other places of the T, as one name."""


def sentence_of(trained: Trained, text: str) -> Sentence:
    """A text cut as the data's sentences are. Raises Refusal without its tokenizer."""
    values = settings_of(trained)
    if values.get("tokenizer"):
        return _by_the_model(trained, text, values.length)
    vocabulary = trained.splits.vocabulary
    numbers = {word: number for number, word in enumerate(vocabulary)}
    row = token_numbers(text, numbers, values.length, values.padding)
    places = tuple(place for place, token in enumerate(row) if token)
    tokens = torch.tensor([row])
    is_read_whole = trained.kinds == (TOKENS,)
    words = words_of(text)
    strange = (word for word in words if word not in numbers)
    return Sentence(
        given=tokens
        if is_read_whole
        else torch.from_numpy(vectors_of(trained))[tokens],
        words=tuple(words[: len(places)]),
        places=places,
        unknown=tuple(dict.fromkeys(strange)),
    )


def _by_the_model(trained: Trained, text: str, length: int) -> Sentence:
    cutter = tokenizer_for(trained)
    row = tokens_of([text], cutter, length)[0].tolist()
    # GPT-2 fills with the token that also ends a text; no typed text holds that.
    places = tuple(p for p, token in enumerate(row) if token != cutter.pad_token_id)
    pieces = [cutter.decode([row[place]]).strip() for place in places]
    strange = (
        word
        for word in words_of(text)
        if cutter.unk_token_id in cutter(word, add_special_tokens=False)["input_ids"]
    )
    return Sentence(
        given=torch.tensor([row]),
        words=tuple(pieces),
        places=places,
        unknown=tuple(dict.fromkeys(strange)),
    )


def settings_of(trained: Trained) -> Values:
    """The settings of the data, defaults filled in."""
    config = trained.document.data
    return source_of(config).values(config.settings)


def tokenizer_for(trained: Trained) -> Any:  # transformers has no types
    """The tokenizer that cut the data; loaded once."""
    if "tokenizer" not in trained.kept:
        trained.kept["tokenizer"] = tokenizer_of(settings_of(trained).tokenizer)
    return trained.kept["tokenizer"]


def vectors_of(trained: Trained) -> NDArray[np.float32]:
    """The vector of each word of the vocabulary, where the data gives vectors."""
    if "vectors" not in trained.kept:
        values = settings_of(trained)
        count = len(trained.splits.vocabulary)
        made = word_vectors(count, values.as_vectors, values.vector_seed)
        trained.kept["vectors"] = made
    found: NDArray[np.float32] = trained.kept["vectors"]
    return found


def takes_short(trained: Trained) -> bool:
    """Whether a network reads texts that are shorter than the data's windows.

    One that flattens them does not: a text of the data is put before what was typed.
    """
    if "takes short" not in trained.kept:
        field = trained.plan.fields[0]
        token = trained.splits.validation.inputs[field][:1, :1]
        try:
            trained.answers(Samples({field: token}, {}))
            trained.kept["takes short"] = True
        except RuntimeError:  # sizes that do not go together
            trained.kept["takes short"] = False
    return bool(trained.kept["takes short"])
