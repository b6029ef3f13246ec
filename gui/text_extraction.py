"""Writes what is to be translated: `python -m gui.text_extraction FILE.ts`.

Qt's `pyside6-lupdate` reads the calls of `gui.texts.text` in the sources. What stands
in tables is handed to it as a file of such calls, made for the moment. It keeps what
FILE.ts holds of translations already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from gui.actions import MENUS
from gui.look_menus import THEME_TITLES
from gui.palette_entries import SECTION_TITLES
from gui.shortcut_table import FIXED_KEYS, GESTURES
from gui.shortcuts_page import HEADINGS

_SOURCES = Path(__file__).resolve().parent


def table_texts() -> Iterator[tuple[str, str]]:
    """The texts of the tables, each with its context."""
    for title, specs in MENUS.items():
        yield "menus", title
        for spec in specs:
            yield from (("actions", each) for each in (spec.text, spec.tip) if each)
    yield from (("actions", title) for title in THEME_TITLES.values())
    yield from (("palette", title) for title in SECTION_TITLES.values())
    yield from (("shortcuts", title) for title in HEADINGS)
    for fixed in FIXED_KEYS:
        yield from (("gestures", each) for each in (fixed.what, fixed.shown) if each)
    for what, how in GESTURES:
        yield from (("gestures", what), ("gestures", how))


def extract(target: Path) -> int:
    """Write or renew a file of translations; gives the exit code of `lupdate`."""
    program = shutil.which("pyside6-lupdate", path=_search_path())
    if program is None:
        sys.stderr.write("pyside6-lupdate is missing; it comes with PySide6.\n")
        return 1
    with TemporaryDirectory() as folder:
        tables = Path(folder) / "tables.py"
        lines = [f"text({a!r}, {b!r})" for a, b in dict.fromkeys(table_texts())]
        tables.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [
            program,
            "-tr-function-alias",
            "translate+=text",
            "-locations",
            "none",
            *map(str, sorted(_SOURCES.rglob("*.py"))),
            str(tables),
            "-ts",
            str(target),
        ]
        return subprocess.run(command, check=False).returncode  # noqa: S603  ours


def _search_path() -> str:
    """Beside the Python that runs first: there it is where PySide6 was installed."""
    here = str(Path(sys.executable).parent)
    return os.pathsep.join([here, os.environ.get("PATH", "")])


def main(arguments: Sequence[str]) -> int:
    """Extract into the one file that is named."""
    if len(arguments) != 1:
        sys.stderr.write("Name one file that ends in .ts.\n")
        return 2
    return extract(Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
