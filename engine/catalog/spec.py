"""What flows along an edge: the shape and type of one sample's tensor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_KINDS = {0: "number", 1: "vector", 2: "sequence", 3: "image", 4: "volume"}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """The shape of one sample and its dtype; the batch dimension N is implied."""

    shape: tuple[int, ...]
    """Sizes without the batch: `(3, 32, 32)` for a colour image."""
    dtype: str = "float32"
    """PyTorch's name of the element type: `float32`, `int64`, `bool`, ..."""

    @property
    def kind(self) -> str:
        """What people call it: tokens, vector, sequence, image, volume, ..."""
        if self.dtype == "int64" and len(self.shape) <= 1:
            return "tokens" if self.shape else "class"
        return _KINDS.get(len(self.shape), f"{len(self.shape)}-d tensor")

    @property
    def numel(self) -> int:
        """How many numbers one sample holds."""
        product = 1
        for size in self.shape:
            product *= size
        return product

    def describe(self) -> str:
        """The shape as people write it: `N × 3 × 32 × 32`."""
        return " × ".join(["N", *map(str, self.shape)])

    def brief(self) -> str:
        """The shape without the batch, for a card: `3 × 32 × 32`."""
        return _brief(self.shape)

    def comment(self) -> str:
        """The shape as a comment in code: `(N, 3, 32, 32)`."""
        return f"({', '.join(['N', *map(str, self.shape)])}{',' * (not self.shape)})"


@lru_cache(maxsize=4_096)
def _brief(shape: tuple[int, ...]) -> str:
    """Each card tells what comes in and what goes out, and most tell the same."""
    return " × ".join(map(str, shape)) or "1"
