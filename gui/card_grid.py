"""The grids of the start page: cards side by side under a heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.cards import label
from gui.start_cards import LEAST_WIDTH, StartCard
from gui.text_scale import scaled
from gui.theme import Theme

_GAP = 12


class CardGrid(QWidget):
    """A heading over cards in as many columns as there is room for."""

    chosen = Signal(str)
    """The key of the card that was pressed."""
    focused = Signal(object)
    """The card that has the keyboard now."""
    picture_missed = Signal()
    """A card is in sight that has no picture yet."""

    def __init__(
        self, heading: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.setAccessibleName(heading)
        self._theme = theme
        self._columns = 1
        self._is_searched = False
        self.cards: list[StartCard] = []
        self.captions: dict[str, QLabel] = {}
        """The small headings, by what they say."""
        self.heading = label(heading, "title", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        self._field = QWidget(self)
        column.addWidget(self._field)
        self.hide()

    @property
    def shown(self) -> list[StartCard]:
        """The cards that the search lets through, in order."""
        return [card for card in self.cards if not card.isHidden()]

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        return self._columns

    def fill(self, cards: Sequence[StartCard]) -> None:
        """Let these be the cards."""
        for old in self.cards:
            old.setParent(None)
            old.deleteLater()
        self.cards = list(cards)
        for caption in self.captions.values():
            caption.setParent(None)
            caption.deleteLater()
        sections = dict.fromkeys(card.section for card in self.cards if card.section)
        self.captions = {each: label(each, "section", self._field) for each in sections}
        for caption in self.captions.values():
            caption.setWordWrap(False)  # else Qt guesses its height
        for card in self.cards:
            card.setParent(self._field)
            card.show()
            card.clicked.connect(lambda _=False, key=card.key: self.chosen.emit(key))
            card.picture_missed.connect(self.picture_missed)
            card.entered.connect(lambda card=card: self.focused.emit(card))
        self.setVisible(bool(self.cards))
        self._arrange()

    def search(self, fits: Callable[[StartCard], bool] | None) -> None:
        """Show the cards that fit, and nothing where none does; None shows all of them.

        The few that are found stand together, without the small headings.
        """
        self._is_searched = fits is not None
        for card in self.cards:
            card.setVisible(fits is None or fits(card))
        self.setVisible(bool(self.shown))
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        for card in self.cards:
            card.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        cards = self.shown
        if not cards:
            return
        least = scaled(LEAST_WIDTH)
        width = max(self.width(), least)
        self._columns = max((width + _GAP) // (least + _GAP), 1)
        for caption in self.captions.values():
            caption.hide()
        top = 0
        for section, found in groupby(cards, key=self._section_of):
            if section:
                top = self._place_caption(self.captions[section], top, width)
            under = list(found)
            for first in range(0, len(under), self._columns):
                top = self._place_row(under[first : first + self._columns], top, width)
        self._field.setFixedHeight(top - _GAP)

    def _section_of(self, card: StartCard) -> str:
        return "" if self._is_searched else card.section

    def _place_caption(self, caption: QLabel, top: int, width: int) -> int:
        """Put a small heading at `top`; gives where its cards begin."""
        height = caption.sizeHint().height()
        top += _GAP if top else 0
        caption.setGeometry(0, top, width, height)
        caption.show()
        return top + height + _GAP // 2

    def _place_row(self, row: list[StartCard], top: int, width: int) -> int:
        """Put cards side by side at `top`; gives where the next row begins."""
        card_width = (width - (self._columns - 1) * _GAP) // self._columns
        lines = max(card.needed(card_width) for card in row)
        for column, card in enumerate(row):
            card.give(lines)
            height = card.sizeHint().height()
            card.setGeometry(column * (card_width + _GAP), top, card_width, height)
        return top + row[0].sizeHint().height() + _GAP
