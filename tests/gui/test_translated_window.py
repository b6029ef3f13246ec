"""The whole window in another language: whatever stays English is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

import templates
from engine.catalog import CATALOG
from engine.catalog.letters import letters
from engine.catalog.settings import Setting
from engine.data.declaration import SPLIT
from engine.data.source import SOURCES, DataKind
from engine.learning_edits import FROZEN, RATE
from engine.recipe import RECIPE_SETTINGS
from engine.run_table import COLUMNS
from gui.canvas.hits import Hit
from gui.canvas.menu import context_menu
from gui.main_window import MainWindow
from gui.shortcuts_page import ShortcutsPage
from gui.shortcuts_sheet import ShortcutsSheet
from gui.text_extraction import extracted
from gui.texts import Texts, speak
from tests.gui.conftest import OpenWindow
from tests.gui.wrapped_language import LRELEASE, LUPDATE, write_language

LESSON = "digits-cnn"
MARKS = re.compile(r"^([○✓▸▾] +)?(\d+\. )?")
"""What the lesson panel puts before the title of a step."""
NO_WORDS = re.compile(r"^(CPU|CUDA)\b|^https://|^self\.|\.espalier$|^Espalier$")
"""The hardware, addresses, code, files and the program's own name."""
OF_ENGINE = re.compile(r"is kept for validation and|from its least value \(black\)")
"""Sentences of the engine with numbers in them, once data or pictures are there."""
OF_QT = frozenset(
    """
    ScrollLeftButton ScrollRightButton qt_spinbox_lineedit qt_keysequenceedit_lineedit
    """.split()
)
"""Parts of Qt's own widgets: they speak by Qt's translation."""


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if LUPDATE is None or LRELEASE is None:
        pytest.skip("needs pyside6-lupdate and pyside6-lrelease, which PySide6 brings")
    folder = tmp_path_factory.mktemp("language")
    write_language(folder)
    return folder


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """What was asked for, each with its context, while the test ran."""
    seen: set[tuple[str, str]] = set()
    look_up = Texts.of

    def of(texts: Texts, source: str) -> str:
        seen.add((texts.context, source))
        return look_up(texts, source)

    monkeypatch.setattr(Texts, "of", of)
    return seen


@pytest.fixture
def window(
    language: Path,
    looked_up: set[tuple[str, str]],
    open_window: OpenWindow,
    qapp: QApplication,
) -> Iterator[MainWindow]:
    spoken = speak(qapp, QLocale("de"), language)
    yield open_window(templates.open_lesson(LESSON))
    for translator in spoken:
        qapp.removeTranslator(translator)


def shown(root: QWidget) -> Iterator[tuple[str, str]]:
    """What the widgets within `root` say, each with where it is said."""
    for each in [root, *root.findChildren(QWidget)]:
        if each.property("role") == "keys" or each.objectName() in OF_QT:
            continue
        where = f"{type(each).__name__} in {type(each.parent()).__name__}"
        yield where, each.toolTip()
        yield where, each.accessibleName()
        if isinstance(each, QLabel | QAbstractButton):
            yield where, each.text()
        elif isinstance(each, QGroupBox):
            yield where, each.title()
        elif isinstance(each, QLineEdit | QPlainTextEdit):
            yield where, each.placeholderText()
        elif isinstance(each, QAbstractSpinBox):
            yield where, each.specialValueText()
        elif isinstance(each, QComboBox):
            yield from ((where, each.itemText(place)) for place in range(each.count()))
        elif isinstance(each, QTabBar):
            for place in range(each.count()):
                yield where, each.tabText(place)
                yield where, each.tabToolTip(place)
        elif isinstance(each, QHeaderView) and each.model() is not None:
            for place in range(each.count()):
                head = each.model().headerData(place, each.orientation())
                yield where, str(head or "")
    for action in root.findChildren(QAction):
        yield "QAction", action.text()
        yield "QAction", action.toolTip()


def said_elsewhere() -> set[str]:
    """What `engine` and `templates` say, and names."""
    settings: list[Setting] = [*RECIPE_SETTINGS, *SPLIT, FROZEN, RATE]
    said = {"on", "off", "…", "Temperature", *DataKind}
    said |= {column.title for column in COLUMNS}
    for layer in CATALOG.values():
        settings += layer.settings
        said |= {layer.name, " ".join(layer.help.split()), letters(layer)}
    for source in SOURCES.values():
        settings += source.settings
        said |= {source.title, " ".join(source.help.split())}
    for setting in settings:
        said |= {setting.title, setting.help, setting.empty}
        said |= {setting.unit, setting.unit_of_one}
        said |= {str(each) for each in getattr(setting, "options", ())}
        said |= set(getattr(setting, "names", ()))
    said |= {chapter.title for chapter in templates.chapters()}
    for lesson in templates.lessons():
        said |= {lesson.title, lesson.summary, f"{lesson.title}: {lesson.summary}"}
    document = templates.open_lesson(LESSON)
    names = [node.name for node in document.graph]
    return said | {document.name, ", ".join(names[1:3]), *names}


def english(root: QWidget) -> set[str]:
    """What is said within `root` and was not translated, and where."""
    elsewhere = said_elsewhere()
    titles = {each.capitalize() for each in elsewhere}
    folder = templates.folder_of(LESSON)
    of_lesson = " ".join(
        " ".join((folder / name).read_text(encoding="utf-8").split())
        for name in ("lesson.toml", "text.md")
    )
    found = set()
    for where, text in shown(root):
        bare = MARKS.sub("", text)
        if "⟦" in text or not re.search(r"[A-Za-z]{2}", bare) or bare in elsewhere:
            continue
        if {each.capitalize() for each in bare.split(", ")} <= titles:
            continue  # a fold of settings names what is in it
        if " " in bare and " ".join(bare.split()) in of_lesson:
            continue
        if not NO_WORDS.search(bare) and not OF_ENGINE.search(bare):
            found.add(f"{where}: {text}")
    return found


def test_the_window_and_its_panels_say_nothing_in_english(
    window: MainWindow, looked_up: set[tuple[str, str]]
) -> None:
    window.left.lesson.show_lesson(LESSON)
    found = set()
    for names in ([], ["conv1"], ["conv1", "relu1"]):
        window.canvas.select(names)
        QApplication.processEvents()
        found |= english(window)
    for tab in range(window.bottom.count()):
        window.bottom.setCurrentIndex(tab)
        QApplication.processEvents()
    found |= english(window)
    assert found == set()
    listed = {(each.context, each.source) for each in extracted()}
    assert len(looked_up) > 400
    assert looked_up - listed == set()


def test_the_start_page_says_nothing_in_english(window: MainWindow) -> None:
    window.actions_.of["start_page"].trigger()
    QApplication.processEvents()
    assert english(window) == set()


def test_pages_and_menus_of_their_own_say_nothing_in_english(
    window: MainWindow,
) -> None:
    for kind in (ShortcutsSheet, ShortcutsPage):
        page = kind(window.keyboard.shortcuts, window)
        assert english(page) == set()
        page.deleteLater()
    assert english(window.keyboard.palette) == set()
    edge = window.model.document.graph.edges[0]
    window.canvas.select(["conv1", "relu1"])
    for hit in (Hit(node="conv1"), Hit(edge=edge), Hit()):
        menu = context_menu(window.canvas, hit, QPointF())
        assert english(menu) == set()
        menu.deleteLater()


def test_a_problem_is_told_between_translated_words(window: MainWindow) -> None:
    from engine.edits import change_settings

    graph = window.model.document.graph
    window.model.push("Break", change_settings(graph, "conv2", {"kernel_size": 99}))
    QApplication.processEvents()
    assert window.status.problems.text().startswith("⟦")
    assert window.bottom.tabBar().accessibleTabName(3) == "⟦Problems 1⟧"


def test_what_is_counted_is_translated_with_its_number(window: MainWindow) -> None:
    assert window.top.epochs.suffix().startswith("⟦ epoch")


def test_a_text_that_passes_by_is_found(window: MainWindow) -> None:
    planted = QPushButton("Plant a tree", window)
    assert english(window) == {"QPushButton in MainWindow: Plant a tree"}
    planted.setText("⟦Plant a tree⟧")
    planted.setToolTip("For the shade")
    assert english(window) == {"QPushButton in MainWindow: For the shade"}
