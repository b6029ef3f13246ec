"""The sources of data: listed, described without torch, and loaded."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.declaration import SOURCES as SOURCES
from engine.data.declaration import DataInfo as DataInfo
from engine.data.declaration import DataKind as DataKind
from engine.data.declaration import Source as Source
from engine.data.declaration import default_data_dir as default_data_dir
from engine.data.declaration import refusal
from engine.data.errors import DataError
from engine.data.room import is_out_of_memory
from engine.data.sources import images as _images  # noqa: F401  fills SOURCES
from engine.data.sources import images_published as _published  # noqa: F401
from engine.data.sources import made_up as _made_up  # noqa: F401  fills SOURCES
from engine.data.sources import pictures as _pictures  # noqa: F401  fills SOURCES
from engine.data.sources import points as _points  # noqa: F401  fills SOURCES
from engine.data.sources import series as _series  # noqa: F401  fills SOURCES
from engine.data.sources import tables as _tables  # noqa: F401  fills SOURCES
from engine.data.sources import tables_arrays as _arrays  # noqa: F401  fills SOURCES
from engine.data.sources import texts as _texts  # noqa: F401  fills SOURCES
from engine.data.sources import waves as _waves  # noqa: F401  fills SOURCES
from engine.data.sources import writing as _writing  # noqa: F401  fills SOURCES
from engine.document import DataConfig
from engine.problems import Refusal

if TYPE_CHECKING:  # samples imports torch, which describing data must not
    from engine.data.download import Progress
    from engine.data.samples import Splits


def source_of(config: DataConfig) -> Source:
    """The source a document names; raises Refusal for one that does not exist."""
    try:
        return SOURCES[config.source]
    except KeyError:
        raise Refusal(
            f"There is no data source “{config.source}”.",
            f"Choose one of {', '.join(SOURCES)}.",
            code="unknown-source",
        ) from None


def describe(config: DataConfig, data_dir: Path | None = None) -> DataInfo:
    """What a document's data will be, without loading it. Raises Refusal."""
    return source_of(config).describe(config.settings, data_dir)


def is_quickly_described(config: DataConfig, data_dir: Path | None = None) -> bool:
    """Whether `describe` takes a frame at most; else it is called on a thread."""
    source = SOURCES.get(config.source)
    if source is None:
        return True
    try:
        values = source.values(config.settings)
    except Refusal:
        return True
    return source.is_quick(values, data_dir or default_data_dir())


def load(
    config: DataConfig, data_dir: Path | None = None, progress: Progress | None = None
) -> Splits:
    """A document's data, in three parts. Raises Refusal.

    `progress(done_bytes, total_bytes, what)` is called while something is downloaded,
    on the thread that loads; an exception it raises stops the download.
    """
    source = source_of(config)
    call = source.loading(config.settings)
    function: Any = getattr(importlib.import_module(source.module), source.function)
    arguments = (data_dir or default_data_dir(),) if source.needs_data_dir else ()
    keywords = dict(call.kwargs)
    if source.downloads:
        keywords["progress"] = progress
    try:
        splits: Splits = function(*arguments, **keywords)
    except (DataError, OSError) as error:
        raise refusal(error, config) from error
    except (MemoryError, RuntimeError) as error:  # PyTorch raises the other one
        if not is_out_of_memory(error):
            raise
        raise Refusal(
            f"The data “{source.title}” do not fit into the memory that is free.",
            "Use a part of them, or let them stay on disk in the data's settings.",
            code="data",
        ) from error
    _refuse_later(splits)
    return splits


def _refuse_later(splits: Splits) -> None:
    """What is read while training is refused in the same way."""
    from engine.data.streamed import Streamed

    for part in (splits.train, splits.validation, splits.test):
        for field in (*part.inputs.values(), *part.targets.values()):
            if isinstance(field, Streamed):
                field.complaint = refusal
