"""Source as ruff formats it."""

from __future__ import annotations

import subprocess
import sys

from engine.layout import WIDTH


def formatted(source: str) -> str:
    """The source in ruff's form. Raises ValueError where it is no Python."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet"]
    options = ["--line-length", str(WIDTH), "-"]
    # The program is ours and so are the words; the source is only read.
    done = subprocess.run(  # noqa: S603
        [*command, *options],
        input=source,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise ValueError(f"ruff cannot format the source: {done.stderr.strip()}")
    return done.stdout
