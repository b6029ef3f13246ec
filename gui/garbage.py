"""Python's search for garbage, on the main thread alone.

Python searches on whatever thread happens to allocate. One that trains would take
widgets apart that hold each other in a circle, such as those of a closed tab; Qt's
objects may be destroyed on their own thread only, and the process would end without a
word.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

_LOOK_MS = 100
"""How often it is asked whether a search is due."""
_FULL_SECONDS = 30.0
"""The least between two searches of everything, which may take some frames."""


class MainThreadGarbage(QObject):
    """Searches when Python would, from the event loop of the thread it was made on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._searched_all = time.monotonic()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.search)
        self._timer.start()

    def search(self) -> None:
        """Search as far as is due by now: by Python's own counts and thresholds."""
        due = [
            count > limit > 0
            for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)
        ]
        now = time.monotonic()
        if due[2] and now - self._searched_all >= _FULL_SECONDS:
            self._searched_all = now
            gc.collect()
        elif due[1]:
            gc.collect(1)
        elif due[0]:
            gc.collect(0)

    def stop(self) -> None:
        """Let Python search by itself again."""
        self._timer.stop()
        gc.enable()
