"""Parts of a lesson keep their titles whole, however narrow the panel is."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from gui.lesson_fold import DONE, OPEN, Fold


def test_a_long_title_takes_two_lines(qtbot: QtBot) -> None:
    title = "5. A feed-forward network instead: predict"
    fold = Fold(title)
    qtbot.addWidget(fold)
    fold.show_mark(OPEN)
    fold.resize(232, 80)
    fold.show()
    lines = fold.head.text().split("\n")
    assert len(lines) == 2
    font = QFont(fold.head.font())
    hang = lines[1][: len(lines[1]) - len(lines[1].lstrip())]
    before = lines[0][: lines[0].index("A feed")]  # the sign, and the number
    widths = [QFontMetrics(font).horizontalAdvance(each) for each in (before, hang)]
    assert abs(widths[0] - widths[1]) <= 1
    assert " ".join(line.strip(f" \N{HAIR SPACE}{OPEN}") for line in lines) == title
    metrics = fold.head.fontMetrics()
    assert fold.head.sizeHint().height() >= 2 * metrics.lineSpacing()
    assert all(metrics.horizontalAdvance(line) < fold.width() for line in lines)
    fold.resize(600, 80)
    qtbot.waitUntil(lambda: fold.head.text() == f"{OPEN}  {title}")


def test_a_word_that_is_too_long_is_cut(qtbot: QtBot) -> None:
    fold = Fold("Donaudampfschifffahrtsgesellschaftskapitän " * 2)
    qtbot.addWidget(fold)
    fold.resize(160, 80)
    fold.show()
    lines = fold.head.text().split("\n")
    assert len(lines) == 2
    assert all(line.endswith("…") for line in lines)


def test_what_is_only_to_be_read_has_a_sign_that_it_opens(qtbot: QtBot) -> None:
    fold = Fold("Further")
    qtbot.addWidget(fold)
    fold.resize(300, 80)
    fold.show()
    assert fold.head.text().startswith("▸")
    fold.set_open(True)
    assert fold.head.text().startswith("▾")
    assert fold.head.accessibleName() == "Further"


def test_all_titles_begin_in_one_column(qtbot: QtBot) -> None:
    fold = Fold("Further")
    qtbot.addWidget(fold)
    fold.resize(300, 80)
    fold.show()
    metrics = QFontMetrics(fold.head.font())
    begins = []
    for mark in (OPEN, DONE, ""):
        fold.show_mark(mark)
        before = fold.head.text().partition("Further")[0]
        begins.append(metrics.horizontalAdvance(before))
    assert max(begins) - min(begins) <= 1
