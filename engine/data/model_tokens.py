"""Texts as the tokens of a pretrained model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.download import reach
from engine.data.errors import DataError


def tokenizer_of(name: str) -> Any:  # transformers has no types
    """The tokenizer of a model, by its name on the hub or by its folder.

    From this machine if it is there, else from the hub; nothing of it is executed.
    Raises DataError where it cannot be had.
    """
    from huggingface_hub import constants
    from transformers import AutoTokenizer  # takes seconds: only where it is needed

    tokenizer = None
    for is_here in (True, False):
        try:
            if not is_here and not constants.HF_HUB_OFFLINE:
                reach(constants.ENDPOINT)
            tokenizer = AutoTokenizer.from_pretrained(
                name, local_files_only=is_here, trust_remote_code=False
            )
            break
        # What is missing or damaged is told in many ways, none of them its own.
        except (OSError, ValueError, KeyError, TypeError):
            continue
    if tokenizer is None:
        raise DataError(
            f"The tokenizer “{name}” is not on this machine, and cannot be had from "
            "Hugging Face.",
            f"See that https://huggingface.co/{name} can be reached, or choose a "
            "folder that holds the model.",
        )
    if tokenizer.pad_token is None:  # GPT-2 never had to fill
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def tokens_of(
    texts: Sequence[str],
    tokenizer: Any,  # likewise
    length: int,
) -> NDArray[np.int64]:
    """The tokens of texts (N, length): long ones are cut, short ones are filled."""
    if not texts:
        return np.zeros((0, length), np.int64)
    found = tokenizer(
        list(texts),
        padding="max_length",
        truncation=True,
        max_length=length,
        return_tensors="np",
    )
    return np.asarray(found["input_ids"], dtype=np.int64)


def words_of_tokenizer(tokenizer: Any) -> tuple[str, ...]:  # likewise
    """The word, or the piece of one, of each token number."""
    return tuple(tokenizer.convert_ids_to_tokens(list(range(len(tokenizer)))))
