"""What happens to an exception nobody expected: a log entry and one sentence."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot

from gui.texts import Texts

tr = Texts("window")

_LOG = logging.getLogger("espalier.gui")
_LOG_BYTES = 512 * 1024


def log_to(path: Path) -> None:
    """Keep the log in a file, of which one older one is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for old in _LOG.handlers[:]:
        _LOG.removeHandler(old)
        old.close()
    _LOG.addHandler(handler)
    _LOG.propagate = False


def log_crashes_to(path: Path) -> None:
    """Write where every thread was into a file, should the process crash.

    An error that Qt or another library ends the process with never comes to Python:
    without this nothing would tell what had been going on.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        faulthandler.enable(path.open("a", encoding="utf-8"))  # open to the very end
    except OSError as error:  # a folder that cannot be written is no reason to end
        _LOG.warning("crashes are not written to %s: %s", path, error)


def log_path() -> Path | None:
    """The file the log is kept in, if any."""
    for handler in _LOG.handlers:
        if isinstance(handler, RotatingFileHandler):
            return Path(handler.baseFilename)
    return None


def explain(error: BaseException) -> str:
    """One sentence for the user on an unexpected exception; the rest is logged."""
    _LOG.error("unexpected", exc_info=error)
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return tr("There is not enough memory for this. Make the batch size smaller.")
    if isinstance(error, OSError) and error.strerror:
        where = f" “{error.filename}”" if error.filename else ""
        return tr(
            "The file{where} could not be used: {why}.",
            where=where,
            why=error.strerror.lower(),
        )
    path = log_path()
    more = " " + tr("What happened is in {path}.", path=path) if path else ""
    return tr(
        "Something in Espalier went wrong; your network is unharmed. "
        "Save it and go on.{more}",
        more=more,
    )


def catch_everything(show: Callable[[str], None]) -> Callable[[], None]:
    """Send every uncaught exception to `show` as one sentence, Qt slots' too.

    It is called on the main thread, once what Qt is doing is done: it touches widgets,
    which may be being painted just now. Exceptions that end another thread are only
    logged. Gives a function that puts things back as they were.
    """
    before, before_threads = sys.excepthook, threading.excepthook
    teller = _Teller(show)

    def hook(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
        else:
            teller.wanted.emit(explain(error))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            _LOG.error("unexpected, in a thread", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook = hook, thread_hook

    def restore() -> None:
        sys.excepthook, threading.excepthook = before, before_threads

    return restore


class _Teller(QObject):
    """Shows what any thread wants to be told, on its own thread and later."""

    wanted = Signal(str)

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show
        self.wanted.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self._show(sentence)
