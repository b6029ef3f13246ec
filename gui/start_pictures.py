"""The pictures on the start page's cards: the networks they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QPixmap

from engine.document import Document
from engine.problems import Refusal
from engine.storage import load
from gui.card_grid import CardGrid
from gui.recent_files import RecentFiles
from gui.sketch import sketch
from gui.start_cards import PICTURE, StartCard
from gui.theme import Theme


class CardPictures(QObject):
    """Draws what is in sight, one picture a turn: the page answers meanwhile."""

    def __init__(
        self,
        grids: Iterable[CardGrid],
        files: CardGrid,
        recent: RecentFiles,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        """The cards of `files` stand for recent files, those of the others for lessons
        and architectures.
        """
        super().__init__(parent)
        self._grids = tuple(grids)
        self._files = files
        self._recent = recent
        self._theme = theme
        self._drawn: dict[tuple[str, str], QPixmap] = {}
        self._turns = QTimer(self)
        self._turns.timeout.connect(self._draw_one)

    def look(self) -> None:
        """Draw what is in sight and has no picture yet, one after the other."""
        if not self._turns.isActive():
            self._turns.start(0)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme` from now on."""
        self._theme = theme

    def _draw_one(self) -> None:
        cards = (card for grid in self._grids for card in grid.shown)
        card = next((each for each in cards if _wants_picture(each)), None)
        if card is None:
            self._turns.stop()
        else:
            card.show_picture(self._picture_of(card))

    def _picture_of(self, card: StartCard) -> QPixmap:
        if card in self._files.cards:
            path = Path(card.key)
            found = self._recent.picture(path, self._theme)
            return found if found is not None else _drawn(load, path, self._theme)
        key = (card.key, self._theme.name)
        if key not in self._drawn:
            from templates import open_lesson  # after the first frame

            self._drawn[key] = _drawn(open_lesson, card.key, self._theme)
        return self._drawn[key]


def _wants_picture(card: StartCard) -> bool:
    return (
        card.has_picture and card.picture is None and not card.visibleRegion().isEmpty()
    )


def _drawn(read: Callable[[Any], Document], what: object, theme: Theme) -> QPixmap:
    """The picture of a network that is read; an empty one where it cannot be."""
    size = QSize(2 * PICTURE.width(), 2 * PICTURE.height())
    try:
        return QPixmap.fromImage(sketch(read(what), theme, size))
    except Refusal:
        return QPixmap(1, 1)
