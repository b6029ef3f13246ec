"""All keys and gestures on one page, grouped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.shortcut_table import FIXED_KEYS, GESTURE_TEXTS, GESTURES
from gui.shortcuts import Row, Shortcuts
from gui.texts import Texts

tr = Texts("shortcuts")

_SIZE = (920, 560)  # fits the smallest window
_WHOLE = 1280
"""Up to so many pixels a window is narrow, and the page nearly as wide as it."""
_SHARE = 0.85
_TALL_SHARE = 0.94
"""How much of a taller window's height the page may take, to show all at once."""
_WIDE_SHARE, _WIDEST = 0.65, 1240
"""How much of a wider window's width, but no more pixels: keys stay near words."""
_COLUMN = 285  # pixels that a column of the page takes at the least
_ABOVE = 8
"""Pixels between a heading and the group before it, beside the usual."""
_HEADING_LINES = 2.0
_GESTURE_LINES = 1.7
"""How many rows of keys a heading is as tall as, and a gesture told in two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Keys that belong together: what they do, and how they read."""

    title: str
    rows: tuple[tuple[str, str], ...]
    is_mouse: bool = False
    """Whether the rows are gestures, told in words, rather than keys."""
    words: Mapping[str, str] = field(default_factory=dict)
    """By what else some of them are found."""

    def answers(self, row: tuple[str, str], wanted: Sequence[str]) -> bool:
        """Whether all these words, or beginnings of them, are about a row."""
        said = f"{self.title} {row[0]} {row[1]} {self.words.get(row[0], '')}".lower()
        return all(word in said for word in wanted)


def groups(shortcuts: Shortcuts) -> list[Group]:
    """What has keys, by menu, then the canvas's own keys, then the mouse."""
    by_menu: dict[str, list[Row]] = {}
    for row in shortcuts.rows():
        if row.keys:
            by_menu.setdefault(row.where, []).append(row)
    found = [
        Group(
            title=name,
            rows=tuple((row.what, row.keys) for row in rows),
            words={row.what: " ".join(row.words) for row in rows},
        )
        for name, rows in by_menu.items()
    ]
    fixed = tuple(
        (
            GESTURE_TEXTS.of(each.what),
            GESTURE_TEXTS.of(each.shown) if each.shown else " ".join(each.keys),
        )
        for each in FIXED_KEYS
    )
    mouse = tuple((GESTURE_TEXTS.of(a), GESTURE_TEXTS.of(b)) for a, b in GESTURES)
    return [
        *found,
        Group(title=tr("On the canvas"), rows=fixed),
        Group(title=tr("Mouse on the canvas"), rows=mouse, is_mouse=True),
    ]


class ShortcutsSheet(QDialog):
    """The page itself; typing narrows it down."""

    change_wanted = Signal()
    """The user wants to give actions other keys."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Shortcuts"))
        self.setAccessibleName(self.windowTitle())
        self._shortcuts = shortcuts
        self._shown = -1
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search keys and gestures…"))
        self.search.setAccessibleName(tr("Search shortcuts"))
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(tr("Shortcuts"))
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        change = QPushButton(tr("Change shortcuts…"), self)
        change.setAutoDefault(False)
        close = QPushButton(tr("Close"), self)
        close.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(change)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.area, 1)
        column.addLayout(row)
        self.search.textChanged.connect(lambda _: self._show())
        change.clicked.connect(self._ask_to_change)
        close.clicked.connect(self.reject)
        self._show()
        self.resize(self._width(parent), self._height(parent))

    def texts(self) -> list[str]:
        """Every text of the page, as it reads now."""
        page = self.area.widget()
        return [each.text() for each in page.findChildren(QLabel)]

    def _width(self, parent: QWidget | None) -> int:
        width = parent.window().width() if parent is not None else 0
        share = _SHARE if width <= _WHOLE else _WIDE_SHARE
        room = round(width * share)
        return max(_SIZE[0], min(room, _WIDEST))

    def _height(self, parent: QWidget | None) -> int:
        height = parent.window().height() if parent is not None else 0
        room = round(height * _TALL_SHARE)
        around = self.sizeHint().height() - self.area.sizeHint().height()
        # As wide as the page will be its texts take fewer lines than by their hints.
        beside = self.layout().contentsMargins()
        wide = self._width(parent) - beside.left() - beside.right()
        wide -= 2 * self.area.frameWidth()
        whole = self.area.widget().heightForWidth(wide) + around + 2
        return max(_SIZE[1], min(room, whole))

    def _ask_to_change(self) -> None:
        self.reject()
        self.change_wanted.emit()

    def _show(self) -> None:
        wanted = self.search.text().lower().split()
        found = [
            replace(group, rows=rows)
            for group in groups(self._shortcuts)
            if (rows := tuple(r for r in group.rows if group.answers(r, wanted)))
        ]
        letter = self.fontMetrics().averageCharWidth()
        width = max(_COLUMN, 38 * letter)
        self.area.setWidget(_page(found, max(1, min(3, _SIZE[0] // width))))


def _page(found: Sequence[Group], count: int) -> QWidget:
    page = QWidget()
    page.setProperty("role", "plain")
    row = QHBoxLayout(page)
    row.setSpacing(26)
    if not found:
        row.addWidget(label(tr("Nothing is called that."), "muted"))
    for groups_of_column in _columns(found, count):
        column = QVBoxLayout()
        column.setSpacing(6)
        for place, group in enumerate(groups_of_column):
            heading = label(group.title, "title")
            heading.setContentsMargins(0, _ABOVE if place else 0, 0, 0)
            column.addWidget(heading)
            column.addLayout(_rows_of(group))
        column.addStretch(1)
        row.addLayout(column, 1)
    return page


def _columns(found: Sequence[Group], count: int) -> list[list[Group]]:
    """The groups in as many columns, in their order, the longest as short as can be."""
    sizes = [_lines(group) for group in found]
    ends = range(1, len(found))
    best = min(
        combinations(ends, min(count, len(found)) - 1) if found else [()],
        key=lambda cuts: max(
            sum(sizes[a:b]) for a, b in pairwise((0, *cuts, len(found)))
        ),
    )
    return [list(found[a:b]) for a, b in pairwise((0, *best, len(found))) if a < b]


def _lines(group: Group) -> float:
    """How tall a group is, in rows of keys."""
    each = _GESTURE_LINES if group.is_mouse else 1.0
    return each * len(group.rows) + _HEADING_LINES


def _rows_of(group: Group) -> QLayout:
    """What there is in a group: keys beside what they do, gestures in a column."""
    if group.is_mouse:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(9)  # most of them take two lines
        for at, (what, how) in enumerate(group.rows):
            grid.addWidget(label(what, "plain"), at, 0)
            grid.addWidget(label(how, "hint"), at, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid
    column = QVBoxLayout()
    column.setSpacing(4)
    for what, keys in group.rows:
        row = QHBoxLayout()  # one for itself: long keys take no room from the others
        row.setSpacing(10)
        cap = label(keys, "keys")
        cap.setWordWrap(False)  # what they do has the lines that it takes
        row.addWidget(label(what, "plain"), 1)
        row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
    return column
