"""A language for tests: every text in ⟦brackets⟧, made as any translation is made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from gui.text_extraction import extract

LRELEASE = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent))
LUPDATE = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))


def write_language(folder: Path) -> None:
    """Write a language of all texts into a folder, by way of the extracted file."""
    listed = folder / "listed.ts"
    assert extract(listed) == 0
    make_language(listed, folder, None)


def make_language(
    listed: Path, folder: Path, words: dict[str, list[str]] | None
) -> None:
    """Write `espalier_de.qm`: these words, a form for each number; else ⟦all texts⟧."""
    assert LRELEASE is not None
    tree = ElementTree.parse(listed)  # noqa: S314  our own file
    tree.getroot().set("language", "de")
    for message in tree.iter("message"):
        source = message.findtext("source", "")
        said = message.find("translation")
        forms = [f"⟦{source}⟧"] * 2 if words is None else words.get(source)
        if forms is None or said is None:
            continue
        said.attrib.pop("type", None)
        said.clear()
        if message.get("numerus") == "yes":
            for form in forms:
                ElementTree.SubElement(said, "numerusform").text = form
        else:
            said.text = forms[0]
    translated = folder / "translated.ts"
    tree.write(translated, encoding="utf-8", xml_declaration=True)
    subprocess.run(
        [LRELEASE, str(translated), "-qm", str(folder / "espalier_de.qm")],
        check=True,
        capture_output=True,
    )
