"""Samples of the test part side by side: pictures, texts, rows, with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFocusEvent, QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from gui.look.key_choice import choose_current
from gui.look.sheet_view import as_image

if TYPE_CHECKING:  # numpy: after the first frame
    import numpy as np

SIDE = 72
"""Pixels of a picture's longer side."""
_APART, _BESIDE, _BELOW = 8, 20, 12
"""Pixels between pictures, beside a caption that is wider, and above and below."""
_LEAST_SEEN = 0.4
"""The share of a row of pictures that shows what it is; less of it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One sample in the list."""

    caption: str
    """What was said of it, in few words."""
    pictures: tuple[np.ndarray[Any, np.dtype[np.uint8]], ...] = ()
    text: str = ""


class SampleList(QListWidget):
    """Pictures in rows, or texts below one another."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setUniformItemSizes(False)
        self.setWordWrap(True)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(2)
        self.setIconSize(QSize(SIDE, SIDE))
        # Words wrap: none is to be scrolled to.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            choose_current(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_slivers_out()

    def _leave_slivers_out(self) -> None:
        """End with a whole row where but an edge of the next one would be seen."""
        row = self.gridSize().height()  # none where texts stand below one another
        room = self.height() - 2 * self.frameWidth()
        rest = room % row if 0 < row < room else 0
        below = rest if rest < _LEAST_SEEN * row else 0
        if below != self.viewportMargins().bottom():
            self.setViewportMargins(0, 0, 0, below)

    def show_samples(self, samples: Sequence[Shown]) -> None:
        """Show these, in this order."""
        self.clear()
        are_pictures = any(each.pictures for each in samples)
        icons, rows = QListView.ViewMode.IconMode, QListView.ViewMode.ListMode
        self.setViewMode(icons if are_pictures else rows)
        self.setMovement(QListView.Movement.Static)  # the view's mode resets it
        self.setGridSize(self._cell(samples) if are_pictures else QSize())
        self._leave_slivers_out()
        for sample in samples:
            item = QListWidgetItem(self)
            if sample.pictures:
                item.setText(sample.caption)
                item.setIcon(QIcon(_pixmap(sample.pictures)))
                item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            else:
                item.setText(f"{sample.caption}\n{sample.text}".strip())
            item.setToolTip(f"{sample.caption}\n{sample.text}".strip())
            item.setData(Qt.ItemDataRole.AccessibleTextRole, sample.caption)

    def _cell(self, samples: Sequence[Shown]) -> QSize:
        """Room for a picture with its caption; it sets the room for icons too."""
        metrics = self.fontMetrics()
        words = (line for each in samples for line in each.caption.split("\n"))
        widest = max(metrics.horizontalAdvance(line) for line in words)
        icon = SIDE if all(len(each.pictures) < 2 for each in samples) else 2 * SIDE
        lines = max(each.caption.count("\n") for each in samples) + 1
        self.setIconSize(QSize(icon, SIDE))
        wide = max(icon + _APART, min(widest, 2 * SIDE) + _BESIDE)
        return QSize(wide, SIDE + lines * metrics.lineSpacing() + _BELOW)


def _pixmap(pictures: Sequence[np.ndarray[Any, np.dtype[np.uint8]]]) -> QPixmap:
    """Pictures beside each other, small ones enlarged crisply."""
    import numpy as np

    gap = 1 if len(pictures) > 1 else 0
    high = max(each.shape[0] for each in pictures)
    wide = sum(each.shape[1] for each in pictures) + gap * (len(pictures) - 1)
    sheet = np.full((high, wide, 3), 128, np.uint8)
    left = 0
    for each in pictures:
        sheet[: each.shape[0], left : left + each.shape[1]] = each
        left += each.shape[1] + gap
    image = as_image(sheet)
    room = SIDE if len(pictures) == 1 else 2 * SIDE
    scale = min(SIDE / high, room / wide)
    smooth = Qt.TransformationMode.SmoothTransformation
    fast = Qt.TransformationMode.FastTransformation
    if scale >= 1:
        scale, mode = int(scale), fast
    else:
        mode = smooth
    return QPixmap.fromImage(
        image.scaled(
            max(round(wide * scale), 1),
            max(round(high * scale), 1),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            mode,
        )
    )
