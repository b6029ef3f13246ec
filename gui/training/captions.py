"""The captions under curves: which line is which, as far as there is room."""

from __future__ import annotations

from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from gui.texts import Texts

tr = Texts("training")


def sign(color: str, line: str) -> str:
    """A line as a curve has it, before its name."""
    return f'<span style="color:{color}">{line}</span>&nbsp;'


def tell(caption: QLabel, whole: str, short: str, most_lines: float) -> bool:
    """Show a caption, or a shorter one where it has no room; gives whether it has.

    It has none in more lines than so many, or where one of its words is cut.
    """
    whole = spaced(whole)
    caption.setText(whole)
    width, metrics = max(caption.width(), 1), caption.fontMetrics()
    words = QTextDocumentFragment.fromHtml(whole).toPlainText().split(" ")
    is_cut = max(map(metrics.horizontalAdvance, words)) > width
    has_room = not is_cut and caption.heightForWidth(width) <= most_lines
    if not has_room:
        caption.setText(short)
    return has_room


def spaced(caption: str) -> str:
    """Each sign nearer to its own word than to the one before; none begins a line with
    a space."""
    return caption.replace(" <span", "&nbsp; <span")


def place_beside(row: QBoxLayout, words: str, box: QWidget, room: int) -> None:
    """Put a box beside a caption of these words, or under it in so little room."""
    needed = box.fontMetrics().horizontalAdvance(words) + box.sizeHint().width()
    directions = QBoxLayout.Direction
    way = directions.TopToBottom if needed > room else directions.LeftToRight
    if row.direction() is not way:
        row.setDirection(way)


def say_step(place: float) -> str:
    """What a place along an axis of steps is called."""
    return tr("step {step:,}", step=round(place))


def say_epoch(place: float) -> str:
    """The same along an axis of epochs."""
    return tr("epoch {epoch:,}", epoch=round(place))
