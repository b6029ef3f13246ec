"""What a field of the data is to a person: a picture, a text, numbers, a series."""

from __future__ import annotations

import math

from engine.data.declaration import DataInfo
from engine.document import DataConfig

PICTURE, TOKENS, VECTORS, SERIES, NUMBERS, OTHER = (
    "picture",
    "tokens",
    "vectors",
    "series",
    "numbers",
    "other",
)
MOST_NUMBERS = 64
"""A sample of more numbers than these is no row that a person reads."""


def kind_of(config: DataConfig, info: DataInfo, field: str) -> str:
    """What one input of the data holds."""
    spec = info.inputs[field]
    shape = spec.shape
    if spec.dtype == "int64":
        return TOKENS
    if len(shape) == 3 and shape[0] in (1, 3):
        return PICTURE
    if len(shape) == 2:
        if field == "vectors":  # of words, see `engine.data.sentences`
            return VECTORS
        return SERIES if info.task == "regression" else OTHER
    if len(shape) == 1:
        if config.settings.get("flatten") and math.isqrt(shape[0]) ** 2 == shape[0]:
            return PICTURE
        return NUMBERS if shape[0] <= MOST_NUMBERS else OTHER
    return OTHER
