"""Keeps an error in an override of a Qt method from ending the process.

PySide (seen in 6.10.2 to 6.11.3) keeps an error that comes out of an override until Qt
is back in Python. What Qt calls on the way, such as the other items of a scene that is
being drawn, runs with that error standing: it fails without a reason, or crashes. And
up to Python 3.11 an error of C code, such as `int("x")`, is no exception object before
somebody catches it, which crashes PySide at once. The sentence in the window, the log
and the chance to save are lost with the process.

So where Qt asks, nothing comes out: the error is told, and Qt is given what it does by
itself. Methods that only Python calls raise as ever.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainterPath, QUndoCommand
from PySide6.QtWidgets import QGraphicsItem

_MARK = "is_guarded"

_EVENTS = frozenset(
    {"event", "eventFilter", "sceneEvent", "sceneEventFilter", "viewportEvent"}
)
"""They say whether the event is dealt with: not by one that failed."""
_DOING = frozenset(
    {
        "drawBackground",
        "drawForeground",
        "highlightBlock",
        "paint",
        "redo",
        "run",
        "scrollContentsBy",
        "undo",
    }
)
"""What Qt wants done, beside the handlers of events: it is left undone."""
_ASKED = frozenset(
    {
        "boundingRect",
        "createHandle",
        "dropMimeData",
        "focusNextPrevChild",
        "hasHeightForWidth",
        "heightForWidth",
        "initStyleOption",
        "itemChange",
        "mergeWith",
        "mimeData",
        "minimumSizeHint",
        "pathFromIndex",
        "shape",
        "sizeHint",
        "splitPath",
        "textFromValue",
        "validate",
        "valueFromText",
    }
)
"""What Qt wants to know, and has an answer of its own to."""
_WITHOUT_ANSWER: dict[str, Callable[[], object]] = {
    "boundingRect": QRectF,
    "shape": QPainterPath,
}
_REST_SECONDS = 1.0
"""What fails at each frame is told at most this often."""

_told: dict[tuple[object, int], float] = {}
"""When an error was last told, by the line that raised it."""


def guard_overrides() -> None:
    """Let every class that is derived from Qt's from now on be guarded."""
    for base in (QObject, QGraphicsItem, QUndoCommand):
        base.__init_subclass__ = classmethod(_hook(base))  # type: ignore[assignment]


def _hook(base: type) -> Callable[..., None]:
    def begin(cls: type, **given: Any) -> None:  # whatever a class statement takes
        super(base, cls).__init_subclass__(**given)  # type: ignore[arg-type]
        called = frozenset[str]().union(*(_virtual(each) for each in cls.__mro__))
        for name, value in list(vars(cls).items()):
            is_bare = isinstance(value, FunctionType) and not hasattr(value, _MARK)
            if name in called and is_bare:
                setattr(cls, name, _guarded(value, name))

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


def _guarded(method: Callable[..., object], name: str) -> Callable[..., object]:
    is_asked_by_qt = name in _EVENTS | _DOING | _ASKED or name.endswith("Event")

    @wraps(method)
    def guarded(*given: object, **named: object) -> object:
        try:
            return method(*given, **named)
        except Exception as error:
            if not is_asked_by_qt:
                raise  # it is an object now, and goes on its way
            _tell(error)
            # A painter that a frame still holds would go on painting: Qt crashes once
            # what it paints on is gone.
            traceback.clear_frames(error.__traceback__)
        except BaseException:  # the process is asked to end
            raise
        return _instead(name, given, named)

    setattr(guarded, _MARK, True)
    return guarded


def _instead(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> object:
    """What Qt itself gives where an override failed."""
    if name in _EVENTS:
        return False
    if name not in _ASKED:
        return None
    for base in type(given[0]).__mro__:
        if base.__module__.startswith("PySide6.") and name in vars(base):
            try:
                answer: object = vars(base)[name].__get__(given[0])(*given[1:], **named)
            except NotImplementedError:  # it is for overrides to say
                break
            return answer
    return _WITHOUT_ANSWER.get(name, lambda: None)()


def _tell(error: Exception) -> None:
    """Send an error where uncaught ones go, which may not raise itself."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = (last.tb_frame.f_code, last.tb_lineno) if last is not None else (None, 0)
    now = time.monotonic()
    if now - _told.get(where, -_REST_SECONDS) < _REST_SECONDS:
        return
    _told[where] = now
    found = (type(error), error, error.__traceback__)
    if threading.current_thread() is threading.main_thread():
        sys.excepthook(*found)
    else:
        args = (*found, threading.current_thread())
        threading.excepthook(threading.ExceptHookArgs(args))
