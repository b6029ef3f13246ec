"""Keeps an error in an override of a Qt method from ending the process.

Up to Python 3.11 an error that C code raises, such as `int("x")`, is no exception
object before somebody catches it. PySide (seen in 6.10.2 and 6.11.3) takes it for one
where it comes out of an override that Qt called, and crashes: the sentence in the
window, the log and the chance to save are lost. Caught and raised again, it is one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QGraphicsItem

_MARK = "is_guarded"


def guard_overrides() -> None:
    """Let every class that is derived from Qt's from now on be guarded."""
    if sys.version_info >= (3, 12):
        return
    for base in (QObject, QGraphicsItem):
        base.__init_subclass__ = classmethod(_hook(base))  # type: ignore[assignment]


def _hook(base: type) -> Callable[..., None]:
    def begin(cls: type, **given: Any) -> None:  # whatever a class statement takes
        super(base, cls).__init_subclass__(**given)  # type: ignore[arg-type]
        called = frozenset[str]().union(*(_virtual(each) for each in cls.__mro__))
        for name, value in list(vars(cls).items()):
            is_bare = isinstance(value, FunctionType) and not hasattr(value, _MARK)
            if name in called and is_bare:
                setattr(cls, name, _guarded(value))

    return begin


@cache
def _virtual(base: type) -> frozenset[str]:
    """The methods of Qt's that Qt calls itself; slots are left as they are.

    PySide asks a slot how many arguments it takes, which a guarded one cannot tell.
    """
    if not base.__module__.startswith("PySide6."):
        return frozenset()
    meta = vars(base).get("staticMetaObject")
    slots = (
        {
            bytes(meta.method(place).name().data()).decode()
            for place in range(meta.methodCount())
        }
        if meta is not None
        else set()
    )
    return frozenset(n for n in vars(base) if not n.startswith("_") and n not in slots)


def _guarded(method: Callable[..., object]) -> Callable[..., object]:
    @wraps(method)
    def guarded(*given: object, **named: object) -> object:
        try:
            return method(*given, **named)
        except BaseException:  # it is an object now, and goes on its way
            raise

    setattr(guarded, _MARK, True)
    return guarded
