"""Writes what is to be translated: `python -m gui.text_extraction FILE.ts`.

The texts are read from the sources, where they are asked for (`gui.texts`), and from
the tables of the actions and of the gestures. Qt's `pyside6-lupdate` is handed them as
one file of calls, made for the moment. It keeps what FILE.ts holds of translations
already.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

from gui.action_table import MENUS
from gui.shortcut_table import FIXED_KEYS, GESTURES

SOURCES = Path(__file__).resolve().parent


class ExtractionError(ValueError):
    """A text that cannot be extracted: in what line of which file, and why."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """One text to translate."""

    context: str
    source: str
    one: str = ""
    """The English for a count of one, where the wording follows a count."""

    @property
    def call(self) -> str:
        """The call that `lupdate` is to read."""
        if not self.one:
            return f"translate({self.context!r}, {self.source!r})"
        return (
            f"#: For a count of one: {self.one}\n"
            f"translate({self.context!r}, {self.source!r}, '', 1)"
        )


def extracted(sources: Path = SOURCES) -> list[Extracted]:
    """All texts of the window, each once; raises ExtractionError."""
    found = [Extracted(context, source) for context, source in table_texts()]
    for path in sorted(sources.rglob("*.py")):
        found += source_texts(path)
    return list(dict.fromkeys(found))


def table_texts() -> Iterator[tuple[str, str]]:
    """The texts of the tables that mark none, each with its context."""
    for title, specs in MENUS.items():
        yield "menus", title
        for spec in specs:
            texts = (spec.text, spec.tip, *spec.words)
            yield from (("actions", each) for each in texts if each)
    for fixed in FIXED_KEYS:
        yield from (("gestures", each) for each in (fixed.what, fixed.shown) if each)
    for what, how in GESTURES:
        yield from (("gestures", what), ("gestures", how))


def source_texts(path: Path) -> Iterator[Extracted]:
    """The texts that a module asks for or marks; raises ExtractionError."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    contexts = _contexts(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name)
                | ast.Attribute(value=ast.Name(id=name), attr="mark")
            ) if name in contexts:
                (source,) = _literals(path, node, node.args)
                yield Extracted(contexts[name], source)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="counted")
            ) if name in contexts:
                one, more = _literals(path, node, node.args[1:])
                yield Extracted(contexts[name], more, one)


def _contexts(tree: ast.Module) -> dict[str, str]:
    """What the module calls its `Texts`, each with its context."""
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(
                    func=ast.Name(id="Texts"), args=[ast.Constant(value=str(context))]
                ),
            ):
                found[name] = context
    return found


def _literals(path: Path, call: ast.Call, arguments: Sequence[ast.expr]) -> list[str]:
    """The texts of a call, looked at: each is written there, and its gaps are filled.

    Of two, a count may stand in their gaps.
    """
    where = f"{path.name}:{call.lineno}"
    texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
    if len(texts) < len(arguments) or not all(isinstance(each, str) for each in texts):
        raise ExtractionError(
            f"{where}: the text has to stand in the call itself, without f. Put "
            "values into gaps {like_this}; mark what stands in a table with "
            "tr.mark, and look it up with tr.of."
        )
    given = {str(each.arg) for each in call.keywords}
    allowed = given | {"count"} if len(texts) > 1 else given
    for text in texts if allowed else ():
        gaps = {name for _, name, _, _ in Formatter().parse(text) if name}
        if not given <= gaps <= allowed:
            raise ExtractionError(
                f"{where}: the gaps of “{text}” and the values given differ."
            )
    return texts


def extract(target: Path) -> int:
    """Write or renew a file of translations; gives the exit code of `lupdate`."""
    program = shutil.which("pyside6-lupdate", path=_search_path())
    if program is None:
        sys.stderr.write("pyside6-lupdate is missing; it comes with PySide6.\n")
        return 1
    try:
        lines = [each.call for each in extracted()]
    except ExtractionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with TemporaryDirectory() as folder:
        calls = Path(folder) / "texts.py"
        calls.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [program, "-locations", "none", str(calls), "-ts", str(target)]
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
