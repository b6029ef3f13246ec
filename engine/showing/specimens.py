"""Single samples as a person sees them: a picture, a text, or the cells of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.sentences import PADDING
from engine.showing.columns import columns_behind, told_row
from engine.showing.exhibit import in_picture_form, painted
from engine.showing.fields import NUMBERS, PICTURE, SERIES, TOKENS, VECTORS, kind_of
from engine.showing.sentence import settings_of, tokenizer_for, vectors_of
from engine.showing.trained import Trained
from engine.showing.writing import is_by_letter, text_of

CONTEXT = 40
"""How many tokens before a foretold one are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One sample of the test part."""

    index: int
    """Its place in the test part, from 0."""
    pictures: tuple[NDArray[np.uint8], ...] = ()
    """(H, W, 3) each; several where the network sees several."""
    text: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    """Name and content of each column."""
    series: tuple[float, ...] = ()
    """The first column of the window, in its own unit."""


def specimens(
    trained: Trained, indices: Sequence[int], steps: Sequence[int] | None = None
) -> list[Specimen]:
    """Samples of the test part; of texts what stands before the token at a step."""
    wanted = torch.tensor(list(indices), dtype=torch.int64)
    few = trained.splits.test.batch(wanted)
    made = []
    for place, index in enumerate(indices):
        step = steps[place] if steps is not None else None
        made.append(_specimen(trained, few.inputs, place, index, step))
    return made


def _specimen(
    trained: Trained,
    fields: dict[str, Tensor],
    place: int,
    index: int,
    step: int | None,
) -> Specimen:
    pictures, texts, cells = [], [], []
    series: tuple[float, ...] = ()
    config, info = trained.document.data, trained.info
    for name in trained.plan.fields:
        values, kind = fields[name][place], kind_of(config, info, name)
        if kind == PICTURE:
            found = in_picture_form(values.unsqueeze(0))
            if found is not None:
                pictures.append(painted(found[0], *trained.picture_range(name)))
        elif kind == TOKENS:
            texts.append(_text(trained, values.tolist(), step))
        elif kind == VECTORS:
            texts.append(_text(trained, _tokens_behind(trained, values), step))
        elif kind == NUMBERS:
            columns = columns_behind(trained, name)
            cells += list(told_row(columns, values, ("test", index)))
        elif kind == SERIES:
            # A window's first column is the one that is foretold.
            scale = next(iter(trained.splits.scales.values()), (0.0, 1.0))
            series = tuple((values[:, 0] * scale[1] + scale[0]).tolist())
    return Specimen(
        index=index,
        pictures=tuple(pictures),
        text=" / ".join(texts),
        cells=tuple(cells),
        series=series,
    )


def _text(trained: Trained, tokens: list[int], step: int | None) -> str:
    vocabulary = trained.splits.vocabulary
    if not vocabulary:
        return " ".join(map(str, tokens))
    if step is not None:
        tokens = tokens[max(0, step + 1 - CONTEXT) : step + 1]
        if is_by_letter(vocabulary):
            return text_of(tokens, vocabulary)
    if settings_of(trained).get("tokenizer"):
        cutter = tokenizer_for(trained)
        return str(cutter.decode(tokens, skip_special_tokens=True))
    known = [token for token in tokens if token < len(vocabulary)]
    words = [token for token in known if vocabulary[token] != PADDING]
    return text_of(words, vocabulary)


def _tokens_behind(trained: Trained, vectors: Tensor) -> list[int]:
    """The words whose vectors (T, D) these are; padding is zero."""
    known = torch.from_numpy(vectors_of(trained))
    tokens: list[int] = (vectors @ known.T).argmax(-1).tolist()
    is_word = vectors.abs().sum(-1) > 0
    return [t if is_one else 0 for t, is_one in zip(tokens, is_word, strict=True)]
