"""Whether what is being read is still wanted: whoever asked may have gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

IS_STOPPED: ContextVar[Callable[[], bool] | None] = ContextVar(
    "IS_STOPPED", default=None
)
"""Asks the one who waits on this thread. Not handed down through every function that
reads: these read for an exported script and a person at a terminal too."""


class Unwanted(Exception):  # noqa: N818  the wish of who asked, no error
    """Reading was broken off, for nobody waits for it any more."""


@contextmanager
def stoppable(is_stopped: Callable[[], bool]) -> Iterator[None]:
    """Within it, on this thread, reading ends by Unwanted once `is_stopped` says so."""
    token = IS_STOPPED.set(is_stopped)
    try:
        yield
    finally:
        IS_STOPPED.reset(token)


def check_wanted() -> None:
    """Raises Unwanted where nobody waits any more; asked every few milliseconds."""
    is_stopped = IS_STOPPED.get()
    if is_stopped is not None and is_stopped():
        raise Unwanted
