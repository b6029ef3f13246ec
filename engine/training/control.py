"""How a running training is told to pause, to go on, or to stop."""

from __future__ import annotations

import threading


class Control:
    """Asked between steps by whoever trains; told from any thread."""

    def __init__(self) -> None:
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._stopped = threading.Event()

    def pause(self) -> None:
        """Wait before the next step, until `resume` or `stop`."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._may_go_on.set()

    def stop(self) -> None:
        """End training before the next step, also out of a pause; for good."""
        self._stopped.set()
        self._may_go_on.set()

    @property
    def is_paused(self) -> bool:
        """Whether training is to wait."""
        return not self._may_go_on.is_set()

    @property
    def is_stopped(self) -> bool:
        """Whether training is to end."""
        return self._stopped.is_set()

    def wait(self) -> None:
        """Return when training may go on, or is to end."""
        self._may_go_on.wait()
