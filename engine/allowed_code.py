"""Which code of documents may run: what a person has read and allowed by hand.

A document may carry Python that somebody else wrote. It runs only where its exact text
is allowed here. That is asked at the two places where it would run, `engine.shapes` and
`engine.compiler`, and nowhere else, so that no way around them is forgotten.

The set is one for the whole process, on purpose: whether a text may run on this machine
is the person's decision about the text, the same for every window, thread, export and
analysis. Were it handed from call to call, one forgotten hand-over would decide it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Lock

from engine.problems import Refusal

ALLOWED_FILE = "allowed-code"
"""In the application's own folder on this machine."""
_HEADER = "# Fingerprints of Python code that was allowed by hand, one a line.\n"


def fingerprint(code: str) -> str:
    """The SHA-256 of a text, as hexadecimal digits."""
    # A file may hold half of a surrogate pair, which plain UTF-8 does not know.
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


class AllowedCode:
    """Texts that may run, by fingerprint; a file remembers them between sessions.

    May be asked and told on any thread.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._path: Path | None = None
        self._lock = Lock()

    @property
    def count(self) -> int:
        """How many texts may run: another number after each that was allowed."""
        return len(self._known)

    def allows(self, code: str) -> bool:
        """Whether exactly this text may run."""
        return fingerprint(code) in self._known

    def allow(self, code: str) -> None:
        """Let exactly this text run from now on, and remember it if there is a file.

        Raises Refusal where it cannot be remembered: it is allowed all the same.
        """
        mark = fingerprint(code)
        with self._lock:
            if mark in self._known:
                return
            self._known.add(mark)
            if self._path is not None:
                self._append(self._path, mark)

    def remember_in(self, path: Path) -> None:
        """Take what a file on this machine remembers, and remember more in it.

        A file that is not there, or cannot be read, allows nothing.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        with self._lock:
            self._path = path
            self._known |= {line.strip() for line in lines if len(line.strip()) == 64}

    def forget(self) -> None:
        """Allow nothing any more, and use no file; what a file holds stays there."""
        with self._lock:
            self._known.clear()
            self._path = None

    def _append(self, path: Path, mark: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not path.exists()
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{_HEADER if is_new else ''}{mark}\n")
        except OSError as error:
            raise Refusal(
                "The code is allowed until Espalier ends, and will be asked about "
                f"again: {path} could not be written ({(error.strerror or '').lower()})"
                ".",
                "Check the rights of that folder.",
                code="not-remembered",
            ) from None


ALLOWED = AllowedCode()
"""What may run in this process."""
