"""The start page: what one can begin with, on cards that can be searched and walked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.card_grid import CardGrid
from gui.cards import label
from gui.message_bar import MessageBar
from gui.recent_files import RecentFiles
from gui.start_cards import StartCard
from gui.start_pictures import CardPictures
from gui.text_scale import scaled
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:
    from templates import Lesson

tr = Texts("start")

FIRST_LESSON = "digits-cnn"
_WIDEST = 1178  # five cards and what is between them
"""Pixels: on a wide screen lines of cards longer than this are no overview any more."""
_BEGIN = (
    (
        "first",
        tr.mark("A first network"),
        tr.mark("Reads handwritten digits. Open it and press Train."),
    ),
    (
        "new",
        tr.mark("Empty canvas"),
        tr.mark("Begin with nothing and draw your own network."),
    ),
    (
        "open",
        tr.mark("Open a file…"),
        tr.mark("One that was saved before; it may be dropped here too."),
    ),
    (
        "import",
        tr.mark("PyTorch code…"),
        tr.mark("A network written in Python, drawn and compared."),
    ),
)


class StartPage(QWidget):
    """Lessons, architectures, recent files, an empty canvas, and files to open."""

    lesson_chosen = Signal(str)
    """The id of a lesson or an architecture to open."""
    path_chosen = Signal(object)
    """The path of a file to open."""
    new_chosen = Signal()
    open_chosen = Signal()
    import_chosen = Signal()

    def __init__(
        self,
        recent: RecentFiles,
        state_dir: Path | None,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`state_dir` holds how far the lessons are; without it nothing is known."""
        super().__init__(parent)
        self._recent = recent
        self._state_dir = state_dir
        self._theme = theme
        self._is_loaded = False
        self.setAccessibleName(tr("Start page"))
        self.messages = MessageBar(theme, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search lessons, architectures and files…"))
        self.search.setAccessibleName(tr("Search the start page"))
        self.search.setClearButtonEnabled(True)
        for button in self.search.findChildren(QAbstractButton):
            button.setAccessibleName(tr("Clear the search"))
        self.begin = CardGrid(tr("Begin"), theme, self)
        self.files = CardGrid(tr("Recent files"), theme, self)
        self.lessons = CardGrid(tr("Lessons"), theme, self)
        self.architectures = CardGrid(tr("Architectures"), theme, self)
        self.grids = (self.begin, self.files, self.lessons, self.architectures)
        self.nothing = label("", "muted", self)
        self.nothing.hide()
        self._lay_out()
        self._pictures = CardPictures(self.grids, self.files, recent, theme, self)
        self._connect()
        self.begin.fill(
            [
                StartCard(
                    tr.of(title),
                    tr.of(text),
                    theme,
                    key=key,
                    has_picture=False,
                    lines=2,
                )
                for key, title, text in _BEGIN
            ]
        )
        self.refresh()

    def _lay_out(self) -> None:
        title = label("Espalier", "heading", self)
        line = label(
            tr("Draw a neural network, train it, and see inside."), "muted", self
        )
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(title)
        words.addWidget(line)
        head.addLayout(words, 1)
        self.search.setMinimumWidth(scaled(300))
        head.addWidget(self.search, 0, Qt.AlignmentFlag.AlignBottom)
        content = QWidget(self)
        content.setProperty("role", "plain")
        content.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(20)
        column.addLayout(head)
        column.addWidget(self.nothing)
        for grid in self.grids:
            column.addWidget(grid)
        column.addStretch(1)
        middle = QWidget(self)
        middle.setProperty("role", "plain")
        row = QHBoxLayout(middle)
        row.setContentsMargins(28, 22, 28, 28)
        row.addStretch(1)
        row.addWidget(content, 1000)
        row.addStretch(1)
        self.area = _Scroll(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is kept: the page does not jump while one types what to look for.
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(middle)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.messages)
        whole.addWidget(self.area, 1)
        self.setFocusProxy(self.search)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._choose_first)
        self.search.installEventFilter(self)
        self.begin.chosen.connect(self._begin)
        self.files.chosen.connect(lambda key: self.path_chosen.emit(Path(key)))
        self.lessons.chosen.connect(self.lesson_chosen)
        self.architectures.chosen.connect(self.lesson_chosen)
        for grid in self.grids:  # it was found: the next one is looked for anew
            grid.chosen.connect(lambda _: self.search.clear())
        for grid in self.grids:
            grid.focused.connect(self._show_card)
            grid.picture_missed.connect(self._look)
        self._recent.changed.connect(self._fill_files)
        self.area.verticalScrollBar().valueChanged.connect(lambda _: self._look())

    # What it shows.

    def load(self) -> None:
        """Read the lessons; they are read here, after the first frame."""
        from templates import chapters

        self._is_loaded = True
        cards: dict[str, list[StartCard]] = {"lesson": [], "architecture": []}
        for chapter in chapters():
            for each in chapter.lessons:
                cards[each.kind].append(self._lesson_card(each, chapter.title))
        self.lessons.fill(cards["lesson"])
        self.architectures.fill(cards["architecture"])
        self.refresh()

    def refresh(self) -> None:
        """Show what is there now: recent files, and how far the lessons are."""
        self._fill_files()
        if self._is_loaded:
            self._show_progress()

    def begin_anew(self) -> None:
        """Show what is there now from its top, ready to be searched."""
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.verticalScrollBar().setValue(0)

    def _show_progress(self) -> None:
        from templates.progress import ProgressBook  # after the first frame

        book = ProgressBook(self._state_dir)
        for card in self.lessons.cards:
            done, total = book.progress_of(card.key)
            card.show_progress(done, total)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.messages.set_theme(theme)
        self._pictures.set_theme(theme)
        for grid in self.grids:
            grid.set_theme(theme)
        self._look()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.search.selectAll()  # what is typed now takes the place of what was
        self._look()

    def _lesson_card(self, lesson: Lesson, chapter: str) -> StartCard:
        return StartCard(
            lesson.title, lesson.summary, self._theme, key=lesson.id, section=chapter
        )

    def _fill_files(self) -> None:
        self.files.fill(
            [
                StartCard(
                    path.stem, str(path.parent), self._theme, key=str(path), lines=1
                )
                for path in self._recent.paths
            ]
        )
        self._search(self.search.text())

    def _search(self, text: str) -> None:
        words = text.lower().split()

        def fits(card: StartCard) -> bool:
            said = f"{card.title} {card.summary} {card.key}".lower()
            return all(word in said for word in words)

        for grid in self.grids:
            grid.search(fits if words else None)
        is_empty = not any(grid.shown for grid in self.grids)
        self.nothing.setText(
            tr(
                "Nothing here is called “{text}”. Take a shorter word.",
                text=text.strip(),
            )
        )
        self.nothing.setVisible(is_empty)
        self._look()

    # Choosing.

    def _begin(self, key: str) -> None:
        match key:
            case "first":
                self.lesson_chosen.emit(FIRST_LESSON)
            case "new":
                self.new_chosen.emit()
            case "open":
                self.open_chosen.emit()
            case "import":
                self.import_chosen.emit()

    def _choose_first(self) -> None:
        """Enter in the search opens what is called so, else the first that is left."""
        wanted = self.search.text().strip().lower()
        cards = self._cards()
        if wanted and cards:
            named = (each for each in cards if wanted in each.title.lower())
            next(named, cards[0]).click()

    # Walking with the keyboard.

    def _cards(self) -> list[StartCard]:
        return [card for grid in self.grids for card in grid.shown]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
        ):
            cards = self._cards()
            if cards:
                cards[0].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the cards; Enter opens; letters go into the search."""
        card = self.focusWidget()
        if isinstance(card, StartCard):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                card.click()
                return
            if self._walk(card, event.key()):
                return
        if event.key() == Qt.Key.Key_Escape:
            self.search.clear()
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif event.text().isprintable() and event.text().strip():
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.setText(self.search.text() + event.text())
        else:
            super().keyPressEvent(event)

    def _walk(self, card: StartCard, key: int) -> bool:
        """Go to the card beside, above or below one; whether the key does that."""
        cards = self._cards()
        ends = {Qt.Key.Key_Home: cards[0], Qt.Key.Key_End: cards[-1]}
        if key in ends:
            goal: QWidget | None = ends[Qt.Key(key)]
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            at = cards.index(card) + step
            goal = cards[at] if 0 <= at < len(cards) else None
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            goal = self._nearest(card, is_down=key == Qt.Key.Key_Down)
            if goal is None and key == Qt.Key.Key_Up:
                goal = self.search
        else:
            return False
        if goal is not None:
            goal.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _nearest(self, card: StartCard, *, is_down: bool) -> StartCard | None:
        """The card in the next row that stands most nearly below, or above."""
        here = card.mapTo(self, card.rect().center())
        rows: dict[int, list[StartCard]] = {}
        for each in self._cards():
            y = each.mapTo(self, each.rect().center()).y()
            if (y > here.y()) if is_down else (y < here.y()):
                rows.setdefault(y, []).append(each)
        if not rows:
            return None
        row = rows[min(rows) if is_down else max(rows)]

        def distance(each: StartCard) -> int:
            return abs(each.mapTo(self, each.rect().center()).x() - here.x())

        return min(row, key=distance)

    def _show_card(self, card: StartCard) -> None:
        self.area.ensureWidgetVisible(card, 0, 40)

    def _look(self) -> None:
        if self.isVisible() and self._is_loaded:
            self._pictures.look()


class _Scroll(QScrollArea):
    """Scrolls by whole pages of keys; arrows are the page's, to walk with."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()
