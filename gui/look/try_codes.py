"""Trying what makes pictures: a place in the plane of codes, or new noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from gui.cards import label
from gui.look.sheet_view import SheetView
from gui.look.trial import Trial
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch and numpy: after the first frame
    import numpy as np

    from engine.showing.asking import PlaneOfCodes
    from engine.showing.trained import Trained

tr = Texts("look")

_MARGIN = 0.12
"""The part of the plane's side that is left around the codes."""
_STEP = 0.02
"""The part of the plane's side that an arrow key goes."""


class PlaneView(QWidget):
    """The codes as dots; a place is chosen by the mouse, or by the arrow keys."""

    moved = Signal(float, float)
    """The code at the place that is chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plane: PlaneOfCodes | None = None
        self.at = (0.0, 0.0)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Plane of codes: the arrow keys move"))
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self.setMinimumSize(72, 72)

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_plane(self, plane: PlaneOfCodes) -> None:
        """Show where codes lie; the middle of them is chosen."""
        self._plane = plane
        x, y = ((a + b) / 2 for a, b in zip(plane.low, plane.high, strict=True))
        self.go_to(x, y)

    def go_to(self, x: float, y: float) -> None:
        """Choose the place of a code."""
        self.at = (x, y)
        self.setAccessibleDescription(f"{x:.3g}, {y:.3g}")
        self.update()
        self.moved.emit(x, y)

    def _area(self) -> QRectF:
        side = min(self.width(), self.height()) - 4
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        return QRectF(left, top, side, side)

    def _ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The codes at the left lower and at the right upper corner."""
        if self._plane is None:
            return (0.0, 0.0), (1.0, 1.0)
        pairs = list(zip(self._plane.low, self._plane.high, strict=True))
        around = [max((high - low) * _MARGIN, 1e-6) for low, high in pairs]
        low = tuple(low - more for (low, _), more in zip(pairs, around, strict=True))
        high = tuple(high + more for (_, high), more in zip(pairs, around, strict=True))
        return (low[0], low[1]), (high[0], high[1])

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a code is on the screen."""
        area, (low, high) = self._area(), self._ends()
        return QPointF(
            area.left() + area.width() * (x - low[0]) / (high[0] - low[0]),
            area.bottom() - area.height() * (y - low[1]) / (high[1] - low[1]),
        )

    def _code_at(self, at: QPointF) -> tuple[float, float]:
        area, (low, high) = self._area(), self._ends()
        x = (at.x() - area.left()) / area.width()
        y = (area.bottom() - at.y()) / area.height()
        x, y = (min(max(share, 0.0), 1.0) for share in (x, y))
        return low[0] + x * (high[0] - low[0]), low[1] + y * (high[1] - low[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.go_to(*self._code_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.go_to(*self._code_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        low, high = self._ends()
        x, y = (
            min(max(at + by * _STEP * (b - a), a), b)
            for at, by, a, b in zip(self.at, step, low, high, strict=True)
        )
        self.go_to(x, y)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, area = self._theme, self._area()
        painter.fillRect(area, QColor(theme.canvas))
        painter.setPen(QColor(theme.focus if self.hasFocus() else theme.border))
        painter.drawRect(area)
        painter.setClipRect(area)
        if self._plane is not None:
            dot = QColor(theme.families["convolution"])
            dot.setAlpha(140)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(dot)
            for x, y in self._plane.codes:
                painter.drawEllipse(self.place_of(float(x), float(y)), 2, 2)
            here = self.place_of(*self.at)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.families["dense"]), 2))
            painter.drawEllipse(here, 6, 6)
        painter.end()


class PlaneTrial(Trial):
    """A place in the plane of codes, and the picture that is decoded of it."""

    title = tr.mark("Codes")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.plane = PlaneView(theme, self)
        self.picture = SheetView(theme, tr("What is decoded of the place"), self)
        self.caption = label("", "muted", self)
        right = QVBoxLayout()
        right.addWidget(self.picture, 1)
        right.addWidget(self.caption)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.plane, 1)
        row.addLayout(right, 1)
        self.plane.moved.connect(self._ask)
        self.call.answered.connect(self._take)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.plane.set_theme(theme)
        self.picture.set_theme(theme)

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)

        def work() -> object:
            from engine.showing.asking import plane_of

            return plane_of(trained)

        self.call.ask(work)

    def _ask(self, x: float, y: float) -> None:
        trained = self.trained
        if trained is None:
            return
        self.caption.setText(
            tr("What is decoded of {x:.3g}, {y:.3g}: click and drag.", x=x, y=y)
        )

        def work() -> object:
            from engine.showing.asking import decode

            return decode(trained, x, y)

        self.call.ask(work)

    def _take(self, found: PlaneOfCodes | np.ndarray[Any, Any] | None) -> None:
        if hasattr(found, "codes"):
            self.plane.show_plane(found)
        elif found is not None:
            self.picture.show_pictures(found[None, None])

    def fail(self, problem: Problem) -> None:
        self.caption.setText(problem.sentence())


class MakeTrial(Trial):
    """What a generator makes of new noise."""

    title = tr.mark("Draw again")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._seed = 0
        self.sheet = SheetView(theme, tr("What the generator made"), self)
        self.button = QPushButton(tr("Draw again"), self)
        self.button.setToolTip(tr("Make pictures of new noise"))
        self.note = label("", "muted", self)
        self.button.clicked.connect(self.draw)
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.sheet, 1)
        column.addLayout(line)
        self.call.answered.connect(self._take)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.sheet.set_theme(theme)

    def show_trained(self, trained: Trained) -> None:
        super().show_trained(trained)
        self.draw()

    def draw(self) -> None:
        """Make pictures of new noise."""
        trained = self.trained
        if trained is None:
            return
        self._seed += 1
        seed = self._seed

        def work() -> object:
            from engine.showing.asking import make_again

            return make_again(trained, seed)

        self.call.ask(work)

    def _take(self, pictures: np.ndarray[Any, Any] | None) -> None:
        self.sheet.show_pictures(pictures)
        is_none = pictures is None
        self.note.setText(tr("What it makes are no pictures.") if is_none else "")

    def fail(self, problem: Problem) -> None:
        self.note.setText(problem.sentence())
