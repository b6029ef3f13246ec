"""Blocks to build with: those that ship with the application, and the user's own.

Each is a document of its own, which holds the block and one use of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine import storage
from engine.block_parts import alone
from engine.blocks import BlockLayer
from engine.document import Document
from engine.problems import Refusal

_FOLDER = Path(__file__).parent / "blocks"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBlock:
    """A block that can be put into any document."""

    title: str
    layer: BlockLayer
    document: Document
    """Holds the block and what it is made of."""
    path: Path

    @property
    def name(self) -> str:
        """What the block is called, and its class in the code."""
        return self.layer.name


@cache
def library() -> tuple[KeptBlock, ...]:
    """The blocks that ship with the application, by their names."""
    found = [_read(path) for path in _FOLDER.glob(f"*{storage.SUFFIX}")]
    return tuple(sorted(found, key=lambda block: block.name.lower()))


def own_blocks(folder: Path) -> tuple[KeptBlock, ...]:
    """The blocks a user has kept in a folder; a file that holds none is passed over."""
    return tuple(_readable(folder))


def _readable(folder: Path) -> Iterator[KeptBlock]:
    for path in sorted(folder.glob(f"*{storage.SUFFIX}")):
        try:
            yield _read(path)
        except Refusal:
            continue  # nobody asked for this very file: the list is shorter


def _read(path: Path) -> KeptBlock:
    """The block a file is about: the one that its own graph uses."""
    document = storage.load(path)
    for node in document.graph:
        if isinstance(node.type, BlockLayer):
            return KeptBlock(
                title=document.name, layer=node.type, document=document, path=path
            )
    raise Refusal(f"{path.name} holds no block.", "Keep the block again.")


def keep(document: Document, name: str, folder: Path) -> Path:
    """Keep a block of a document in a folder, for other documents; gives its file.

    Raises Refusal where another block of that name is kept already.
    """
    path = folder / f"{name}{storage.SUFFIX}"
    kept = alone(document, name)
    before = storage.load(path).blocks.get(name) if path.exists() else None
    if before is not None and before.block != kept.blocks[name].block:
        raise Refusal(
            f"Another block called {name} is kept already.",
            "Rename this one, or forget the other first.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"The folder {folder} could not be made: {error.strerror}.",
            "Make it by hand, or free some space.",
        ) from None
    storage.save(kept, path)
    return path
