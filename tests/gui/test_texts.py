"""Texts on their way to another language and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QMainWindow

from gui.action_table import MENUS
from gui.actions import Actions
from gui.text_extraction import SOURCES, extract, extracted, main, table_texts
from gui.texts import Texts, speak
from tests.gui.bare_texts import bare_texts
from tests.gui.wrapped_language import LRELEASE, LUPDATE, make_language

tr = Texts("tests")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if LUPDATE is None or LRELEASE is None:
        pytest.skip("needs pyside6-lupdate and pyside6-lrelease, which PySide6 brings")
    path = tmp_path_factory.mktemp("texts") / "espalier_de.ts"
    assert extract(path) == 0
    return path


@pytest.fixture
def german(catalogue: Path, tmp_path: Path, qapp: QApplication) -> Iterator[Path]:
    """What a few texts are in German; the folder of the file."""
    words = {
        "&Undo": ["&Rückgängig"],
        "{count} runs": ["{count} Lauf", "{count} Läufe"],
        "Wrote {path}.": ["Geschrieben: {pfad}"],
        "Delete": ["Löschen"],
    }
    make_language(catalogue, tmp_path, words)
    assert speak(qapp, QLocale("sv"), tmp_path) == []
    spoken = speak(qapp, QLocale("de_AT"), tmp_path)
    yield tmp_path
    for translator in spoken:
        qapp.removeTranslator(translator)
    assert spoken


# English, and what fills its gaps.


def test_without_a_translation_it_is_english() -> None:
    assert tr("Delete") == "Delete"
    assert tr("{a} of {b:,}", a="x", b=1234) == "x of 1,234"
    assert tr("a { is kept where nothing fills it") == (
        "a { is kept where nothing fills it"
    )
    assert tr.of(tr.mark("Delete")) == "Delete"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 runs"), (1, "1 run"), (1200, "1,200 runs")]
)
def test_english_has_two_wordings_for_a_count(count: int, said: str) -> None:
    assert tr.counted(count, "{count} run", "{count:,} runs") == said


# What is extracted.


def test_everything_of_the_tables_and_the_calls_is_extracted(catalogue: Path) -> None:
    root = ElementTree.parse(catalogue).getroot()  # noqa: S314  our own file
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in root.iter("context")
        for message in context.iter("message")
    }
    assert found == {(each.context, each.source) for each in extracted()}
    assert set(table_texts()) <= found
    assert ("palette", "Nothing is called that.") in found
    assert ("shortcuts", "{what}: {keys}. Press Enter, then the new keys.") in found
    assert ("menus", "&File") in found
    assert ("runs", "Curves as CSV…") in found
    assert len(found) > 1200


def test_a_text_that_follows_a_count_is_extracted_for_all_numbers(
    catalogue: Path,
) -> None:
    root = ElementTree.parse(catalogue).getroot()  # noqa: S314  our own file
    messages = {each.findtext("source"): each for each in root.iter("message")}
    runs = messages["{count} runs"]
    assert runs.get("numerus") == "yes"
    assert runs.findtext("extracomment") == "For a count of one: 1 run"
    assert messages["Delete"].get("numerus") is None


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('tr(f"Hello {name}")', "the text has to stand in the call itself, without f"),
        ("tr(TITLE)", "mark what stands in a table with tr.mark"),
        ('tr.mark("a" if x else "b")', "the text has to stand in the call itself"),
        ('tr("Hello {name}", nme=1)', "the gaps of “Hello {name}” and the values"),
        ('tr("Hello", name=1)', "the gaps of “Hello” and the values given differ"),
        ('tr.counted(n, "1 run", "{n} runs")', "the gaps of “{n} runs” and the"),
    ],
)
def test_what_cannot_be_extracted_is_told_with_its_line(
    tmp_path: Path, call: str, said: str
) -> None:
    source = f'from gui.texts import Texts\n\ntr = Texts("here")\nx = {call}\n'
    (tmp_path / "some.py").write_text(source, encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.py:4") as caught:
        extracted(tmp_path)
    assert said in str(caught.value)


def test_the_command_asks_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "Name one file that ends in .ts.\n"


# Another language.


def test_a_translation_is_spoken(german: Path) -> None:
    window = QMainWindow()
    actions = Actions(window)
    ids = (spec.id for specs in MENUS.values() for spec in specs)
    actions.fill(window.menuBar(), dict.fromkeys(ids, int))
    assert actions.of["undo"].text() == "&Rückgängig"
    assert actions.of["redo"].text() == "&Redo"
    window.deleteLater()


def test_a_count_is_worded_as_the_language_has_it(german: Path) -> None:
    runs = Texts("runs")
    assert runs.counted(1, "1 run", "{count} runs") == "1 Lauf"
    assert runs.counted(2, "1 run", "{count} runs") == "2 Läufe"


def test_gaps_that_a_translation_got_wrong_are_filled_in_english(german: Path) -> None:
    assert Texts("files")("Wrote {path}.", path="a.py") == "Wrote a.py."


def test_what_qt_says_itself_is_translated_too(german: Path) -> None:
    assert QApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


# Nothing passes by.

EXCEPTIONS = {
    "DejaVu Sans Mono": "the name of a font",
    "Cascadia Mono": "the same",
    "courier new": "the same",
    "Espalier": "the program's name",
    "{}{} – Espalier": "a name and the program's",
    "x": "as in the formula",
    "A seven": "the key of a picture",
    "Val. loss": "the key of a column",
    "The clipboard": "where it is, in a sentence of the engine",
    "next token": "a task of the engine",
    "will be downloaded when training starts": "found in a sentence of the engine",
    "have to be downloaded": "put into a sentence of the engine",
    "out of memory": "found in PyTorch's sentence",
    "dropped data": "the key of a question",
    "run {}": "the key of a question",
    "{} forgotten": "the key of a question",
    "M {} {} L {} {} L {} {} L {} {} Z": "an outline in SVG",
    "class {}": "looked for in Python code",
    "layer {}": "the key of an entry",
    "node {}": "the key of an entry",
    "panel {}": "the key of an entry",
    "nudge {} {}": "the key of an undo step",
    "The picture could not be written to “{}”.": "said by the command line",
    "Choose a folder that exists and a name that ends in .png.": "the same",
}
"""Words in the sources that are not translated, each with the reason."""
TABLES = {"action_table.py", "shortcut_table.py"}
"""What `table_texts` reads."""
TOOLS = {"text_extraction.py"}


def passing_by(exceptions: frozenset[str]) -> list[str]:
    return [
        line
        for path in sorted(SOURCES.rglob("*.py"))
        if path.name not in TABLES | TOOLS
        for line in bare_texts(path, exceptions)
    ]


def test_every_text_of_the_window_can_be_translated() -> None:
    assert passing_by(frozenset(EXCEPTIONS)) == []


def test_every_exception_is_needed() -> None:
    found = {line.split(": ", 1)[1] for line in passing_by(frozenset())}
    assert found == set(EXCEPTIONS)


@pytest.mark.parametrize(
    "code",
    [
        'QLabel("Close", self)',
        'box.setText("Done" if ok else "Not yet")',
        'self.refused.emit(f"{name} has no weights.")',
        'return "No node is selected."',
        'TIPS = {"a": "Go to the next problem"}',
        'menu.addAction("Cut")',
        'raise Refusal(f"{path} cannot be read.", tr("Choose another."))',
    ],
)
def test_a_text_that_passes_by_is_named_with_its_line(
    tmp_path: Path, code: str
) -> None:
    path = tmp_path / "some.py"
    body = code if "return" not in code else f"def f():\n    {code}"
    path.write_text(f'tr = Texts("here")\n{body}\n', encoding="utf-8")
    (line, *_) = bare_texts(path, frozenset())
    assert line.startswith("some.py:3: " if "return" in code else "some.py:2: ")


@pytest.mark.parametrize(
    "code",
    [
        'QLabel(tr("Close it"), self)',
        'label(tr("Close"), "muted", self)',
        'tr.counted(n, "{count} run is here", "{count} runs are here")',
        'raise ValueError("stride must be at least 1")',
        'NAMES = ("batch_size", "seed")',
        'self.setObjectName("the name")',
    ],
)
def test_what_is_translated_or_unseen_is_left_alone(tmp_path: Path, code: str) -> None:
    path = tmp_path / "some.py"
    path.write_text(f'"""A module."""\ntr = Texts("here")\n{code}\n', encoding="utf-8")
    assert list(bare_texts(path, frozenset())) == []
