"""The cards of the start page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.text_scale import scaled
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("start")

PICTURE = QSize(220, 92)
"""The least room of a card's picture, in pixels; it grows with the card."""
_PADDING = 12
LEAST_WIDTH = 212
"""Pixels that a card needs across, beside the system's usual text."""
_RADIUS = 8
_STEPS_AROUND = 5
_STEPS_ABOVE_FOOT = 6


class StartCard(QAbstractButton):
    """One thing to begin with: a picture, a title, a line or two of text."""

    entered = Signal()
    """The keyboard came to it, and not by a click."""
    picture_missed = Signal()
    """It was painted without the picture that it is to have."""

    def __init__(
        self,
        title: str,
        summary: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        key: str = "",
        has_picture: bool = True,
        lines: int = 5,
        section: str = "",
    ) -> None:
        """The text gets at most so many `lines`, one less where the title takes two.

        All of it is in the tool tip.
        """
        super().__init__(parent)
        self.key = key
        """What it stands for, such as a lesson's id."""
        self.section = section
        """The small heading that it stands under, with those of the same."""
        self.title, self.summary = title, summary
        self.has_picture = has_picture
        self._lines = self._most = lines
        self._picture: QPixmap | None = None
        self._progress: float | None = None
        self.steps = ""
        """How many steps are done, in words; empty where none is."""
        self._theme = theme
        self._is_hovered = False
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(summary)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{title}: {summary}")

    @property
    def picture(self) -> QPixmap | None:
        """The picture, once there is one."""
        return self._picture

    @property
    def progress(self) -> float | None:
        """How much is done, from 0 to 1; None where nothing was begun."""
        return self._progress

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`; the picture is to be given anew."""
        self._theme = theme
        self._picture = None
        self.update()

    def show_picture(self, picture: QPixmap) -> None:
        """Show a picture over the title."""
        self._picture = picture
        self.update()

    def show_progress(self, done: int, total: int) -> None:
        """Show how many steps of it are done; where none is, nothing."""
        self._progress = done / total if done else None
        self.steps = (
            tr("{done} of {total} steps", done=done, total=total) if done else ""
        )
        told = " " + tr("{steps} done.", steps=self.steps) if done else ""
        self.setAccessibleDescription(self.summary + told)
        self.setToolTip(f"{self.title}: {self.summary}{told}")
        self.update()

    def sizeHint(self) -> QSize:
        bold, small = QFontMetrics(self._bold()), QFontMetrics(self._small())
        height = 2 * _PADDING + bold.lineSpacing() + 3
        height += self._lines * small.lineSpacing()
        if self.has_picture:
            height += PICTURE.height() + 6
        return QSize(scaled(LEAST_WIDTH), height)

    def needed(self, width: int) -> int:
        """How many lines its text takes on a card so wide, as far as it may."""
        room = width - 2 * _PADDING
        bold, small = QFontMetrics(self._bold()), QFontMetrics(self._small())
        title = wrapped(self.title, bold, room, 2)
        return len(title) - 1 + len(wrapped(self.summary, small, room, self._most))

    @property
    def lines(self) -> int:
        """The lines that its text has room for now."""
        return self._lines

    def give(self, lines: int) -> None:
        """Make room for so many lines, within what it may have."""
        self._lines = min(lines, self._most)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._is_hovered = False
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()  # a button walks by itself; here the page does

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.entered.emit()  # a pressed card must not scroll away from the pointer

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        is_lit = self._is_hovered or self.isDown()
        edge = theme.accent if self.hasFocus() else theme.border
        painter.setPen(QPen(QColor(edge), 1.5 if self.hasFocus() else 1))
        painter.setBrush(QColor(theme.raised if is_lit else theme.surface))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        inner = self.rect().adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        if self.has_picture:
            inner.setTop(self._paint_picture(painter))
        self._paint_text(painter, inner)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> int:
        """Paint the picture and how much is done; gives where the text begins."""
        theme = self._theme
        room = QRect(1, 1, self.width() - 2, PICTURE.height() + 6)
        painter.save()
        painter.setClipRect(room)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.canvas))
        ground = QRectF(room).adjusted(0.5, 0.5, -0.5, _RADIUS)
        painter.drawRoundedRect(ground, _RADIUS - 1, _RADIUS - 1)
        if self._picture is None:
            self.picture_missed.emit()
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            free = room.adjusted(0, 0, 0, -self._under_picture())
            size = self._picture.size().scaled(
                free.size(), Qt.AspectRatioMode.KeepAspectRatio
            )
            target = QRect(QPoint(), size)
            target.moveCenter(free.center())
            painter.drawPixmap(target, self._picture)
        painter.restore()
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(room.left(), room.bottom(), room.right(), room.bottom())
        if self._progress is not None:
            width = max(self._progress, 0.02) * room.width()
            bar = QRectF(room.left(), room.bottom() - 2, width, 3)
            done = theme.success if self._progress >= 1 else theme.accent
            painter.fillRect(bar, QColor(done))
            self._paint_steps(painter, room)
        return room.bottom() + _PADDING - 2

    def _under_picture(self) -> int:
        """Pixels at the foot that the picture leaves to how many steps are done."""
        if self._progress is None:
            return 0
        return QFontMetrics(self._small()).height() + 2 + _STEPS_ABOVE_FOOT

    def _paint_steps(self, painter: QPainter, room: QRect) -> None:
        """Write how many steps are done, below the picture, at the right."""
        painter.setFont(self._small())
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(self.steps) + 2 * _STEPS_AROUND
        high = metrics.height() + 2
        if wide > room.width():
            return
        place = QRect(
            room.right() - wide - 4,
            room.bottom() - _STEPS_ABOVE_FOOT - high,
            wide,
            high,
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.steps)

    def _paint_text(self, painter: QPainter, room: QRect) -> None:
        bold, small = QFontMetrics(self._bold()), QFontMetrics(self._small())
        painter.setFont(self._bold())
        painter.setPen(QColor(self._theme.text))
        top = room.top()
        titles = wrapped(self.title, bold, room.width(), min(2, self._lines))
        for line in titles:
            painter.drawText(room.left(), top + bold.ascent(), line)
            top += bold.lineSpacing()
        painter.setFont(self._small())
        painter.setPen(QColor(self._theme.muted))
        top += 3
        lines = self._lines + 1 - len(titles)
        for line in wrapped(self.summary, small, room.width(), lines):
            painter.drawText(room.left(), top + small.ascent(), line)
            top += small.lineSpacing()

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _small(self) -> QFont:
        font = QFont(self.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * 0.92)
        return font


def wrapped(text: str, metrics: QFontMetrics, width: int, lines: int) -> list[str]:
    """`text` broken between words into at most `lines` lines of `width` pixels."""
    result: list[str] = []
    words = text.split()
    while words and len(result) < lines:
        if len(result) == lines - 1:
            taken = words
        else:
            taken = words[:1]
            while len(taken) < len(words) and (
                metrics.horizontalAdvance(" ".join(words[: len(taken) + 1])) <= width
            ):
                taken = words[: len(taken) + 1]
        line, is_last = " ".join(taken), len(result) == lines - 1
        if is_last or len(taken) == 1:
            line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
        result.append(line)
        words = words[len(taken) :]
    return result
