"""What the network shows of itself while it trains, beside the text of a lesson."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.cards import breakable, label
from gui.look.shares_view import SharesView
from gui.look.sheet_view import SheetView, fitting, gap_of
from gui.texts import Texts
from gui.theme import DARK, LIGHT, Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.exhibit import Exhibit
    from gui.lesson_session import LessonSession

tr = Texts("lessons")

_TALLEST = 320
"""Pixels, for a sheet of pictures."""
WAITING = tr.mark("Train, and it is shown here after each epoch.")
NOTHING = tr.mark("The network that was trained last has nothing of this to show.")


class ShownFigure(QWidget):
    """Follows the training; what came last stays."""

    def __init__(
        self, session: LessonSession, title: str, parent: QWidget | None = None
    ) -> None:
        """`title` is that of what is wanted, or how it begins; empty takes any."""
        super().__init__(parent)
        self._session, self._title = session, title
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        self.head = label("", "title", self)
        self.sheet = SheetView(
            self._theme(), title or tr("What the network shows"), self
        )
        self.table = SharesView(self)
        self.caption = label(tr.of(WAITING), "muted", self)
        for widget in (self.head, self.sheet, self.table, self.caption):
            column.addWidget(widget)
        session.shown_came.connect(self._show)
        self._show()

    def _theme(self) -> Theme:
        palette = self.palette()
        window = palette.color(QPalette.ColorRole.Window)
        base = DARK if window.lightness() < 128 else LIGHT
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        return replace(base, window=window.name(), muted=muted.name())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "sheet"):
            self.sheet.set_theme(self._theme())

    @property
    def exhibit(self) -> Exhibit | None:
        """What is to be seen now."""
        shown = self._session.shown
        exhibits = shown.exhibits if shown is not None else ()
        return next((e for e in exhibits if e.title.startswith(self._title)), None)

    def _show(self) -> None:
        exhibit, shown = self.exhibit, self._session.shown
        pictures = getattr(exhibit, "pictures", None)
        shares = getattr(exhibit, "shares", None)
        self.head.setVisible(exhibit is not None)
        self.sheet.setVisible(pictures is not None)
        self.table.setVisible(shares is not None)
        if exhibit is None or shown is None:
            self.caption.setText(tr.of(WAITING if shown is None else NOTHING))
            return
        self.head.setText(
            tr(
                "{exhibit}, after epoch {epoch:,}",
                exhibit=exhibit.title,
                epoch=shown.epoch,
            )
        )
        text = getattr(exhibit, "text", "")
        self.caption.setText(
            breakable(f"{exhibit.caption}\n\n{text}" if text else exhibit.caption)
        )
        if shares is not None:
            self.table.show_shares(shares, exhibit.rows, exhibit.columns)
        elif pictures is not None:
            self.sheet.show_pictures(pictures, exhibit.row_titles)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As tall as the table, or the pictures at the largest whole scale, come to."""
        pictures = getattr(self.exhibit, "pictures", None)
        across = self.contentsRect().width()
        self.table.setFixedHeight(self.table.heightForWidth(across))
        if pictures is None:
            return
        rows, columns, height, width = pictures.shape[:4]
        titles = getattr(self.exhibit, "row_titles", ())
        metrics = self.fontMetrics()
        beside = max(
            (metrics.horizontalAdvance(each) + 8 for each in titles), default=0
        )
        room = across - beside
        scale = 1
        while True:
            gap = gap_of(height, width, scale + 1)
            wide = columns * (width * (scale + 1) + gap) - gap
            tall = rows * (height * (scale + 1) + gap) - gap
            if wide > room or tall > _TALLEST:
                break
            scale += 1
        gap = gap_of(height, width, scale)
        tall = rows * (height * scale + gap) - gap
        if scale == 1 and not titles:  # a sheet that is too wide is made smaller
            share = fitting(pictures, room, _TALLEST)
            tall = round(tall * min(share, 1.0))
        self.sheet.setFixedHeight(tall + 2)
