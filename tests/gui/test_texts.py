"""Texts on their way to another language and back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QMainWindow

from gui.actions import MENUS, Actions
from gui.text_extraction import extract, main, table_texts
from gui.texts import speak, text

LRELEASE = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent))
LUPDATE = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if LUPDATE is None or LRELEASE is None:
        pytest.skip("needs pyside6-lupdate and pyside6-lrelease, which PySide6 brings")
    path = tmp_path_factory.mktemp("texts") / "espalier_de.ts"
    assert extract(path) == 0
    return path


def test_without_a_translation_it_is_english() -> None:
    assert text("actions", "&Undo") == "&Undo"


def test_everything_of_the_tables_and_the_calls_is_extracted(catalogue: Path) -> None:
    from xml.etree import ElementTree

    root = ElementTree.parse(catalogue).getroot()  # noqa: S314  our own file
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in root.iter("context")
        for message in context.iter("message")
    }
    assert set(table_texts()) <= found
    assert ("palette", "Nothing is called that.") in found
    assert ("shortcuts", "{what}: {keys}. Press Enter, then the new keys.") in found
    assert ("menus", "&File") in found


def test_a_translation_is_spoken(
    catalogue: Path, tmp_path: Path, qapp: QApplication
) -> None:
    assert LRELEASE is not None
    words = catalogue.read_text(encoding="utf-8").replace(
        '<source>&amp;Undo</source>\n        <translation type="unfinished">',
        "<source>&amp;Undo</source>\n        <translation>&amp;Rückgängig",
    )
    own = tmp_path / "espalier_de.ts"
    own.write_text(words, encoding="utf-8")
    subprocess.run(
        [LRELEASE, str(own), "-qm", str(tmp_path / "espalier_de.qm")],
        check=True,
        capture_output=True,
    )
    assert speak(qapp, QLocale("sv"), tmp_path) is None
    translator = speak(qapp, QLocale("de_AT"), tmp_path)
    assert translator is not None
    try:
        window = QMainWindow()
        actions = Actions(window)
        ids = (spec.id for specs in MENUS.values() for spec in specs)
        actions.fill(window.menuBar(), dict.fromkeys(ids, int))
        assert actions.of["undo"].text() == "&Rückgängig"
        assert actions.of["redo"].text() == "&Redo"
        window.deleteLater()
    finally:
        qapp.removeTranslator(translator)


def test_the_command_asks_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "Name one file that ends in .ts.\n"
