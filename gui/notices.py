"""Messages and questions: they lie over the canvas, and nothing moves for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.canvas.node_item import NodeItem
from gui.canvas.view import CanvasView
from gui.message_bar import MessageBar
from gui.question_bar import QuestionBar
from gui.text_scale import scaled

_CORNER = 12
"""Pixels from the edges of the canvas, where the trail lies as well."""
_BETWEEN = 6
"""Pixels to what else lies over the canvas, and between two bars."""
_AIR = 4
"""Pixels around a card that are its own."""
_WIDEST = 640
"""Pixels beside the usual text: longer lines are hard to read."""


_AT_POINTER = QRect(-60, -60, 400, 180)
"""Pixels around the pointer where a gesture shows what it does, and why it cannot."""


class Notices(QWidget):
    """Keeps its bars at an edge of the canvas, where they hide least of it.

    What a gesture is at, what is selected, the map and the trail are hidden last; a bar
    that comes to hide them goes to another place, unless the pointer or the keyboard is
    in it. Escape closes a message before it does anything else on the canvas.
    """

    def __init__(
        self, canvas: CanvasView, messages: MessageBar, questions: QuestionBar
    ) -> None:
        """The canvas has to have a parent widget, whose whole area it takes."""
        super().__init__(canvas.parentWidget())
        self._canvas = canvas
        self._messages = messages
        self._bars = (messages, questions)
        self._dragged: QPoint | None = None
        """Where the pointer is while a button is held on the canvas."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_BETWEEN)
        for bar in self._bars:
            bar.setProperty("floats", True)
            column.addWidget(bar)
        canvas.lodgers.append(self)
        canvas.installEventFilter(self)
        canvas.viewport().installEventFilter(self)
        canvas.afar.sight_changed.connect(self._follow)
        self.resize(0, 0)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a bar came, went, or changed
            self._place()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas:
            if event.type() == QEvent.Type.Resize:
                self._place()
            return self._is_taken(event)
        if isinstance(event, QMouseEvent):
            self._follow_pointer(event)
        return False

    def _is_taken(self, event: QEvent) -> bool:
        """Whether an event is Escape, and closed a message."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        is_escape = event.key() == Qt.Key.Key_Escape
        messages, is_dragging = self._messages, self._canvas.mouse.is_dragging
        if not is_escape or messages.isHidden() or is_dragging:
            return False
        messages.close_message()
        return True

    def _follow_pointer(self, event: QMouseEvent) -> None:
        """Let a gesture pass: what it shows is at the pointer."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._messages.forget_refusal()
        is_held = event.buttons() != Qt.MouseButton.NoButton
        self._dragged = event.position().toPoint() if is_held else None
        if is_held and not self.isHidden():
            self._follow()

    def _place(self) -> None:
        """Lie where the least is hidden; above rather than below."""
        if all(bar.isHidden() for bar in self._bars):
            self.resize(0, 0)
            return
        size = self._wanted()
        # Each more important than all after it; the map would open over the bar.
        kept = (*self._guarded(), self._canvas.afar.places_of_map(), self._cards())

        def hidden(corner: QPoint) -> tuple[int, ...]:
            place = QRect(corner, size)
            return tuple(_over(place, each) for each in kept)

        self.setGeometry(QRect(min(self._corners(size), key=hidden), size))
        self.raise_()

    def _follow(self) -> None:
        """Get out of the way of what must not be hidden, but not while in use."""
        now = QApplication.focusWidget()
        is_used = self.underMouse() or (now is not None and self.isAncestorOf(now))
        here = self.geometry()
        if not is_used and any(_over(here, each) for each in self._guarded()):
            self._place()

    def _wanted(self) -> QSize:
        shown = [bar for bar in self._bars if not bar.isHidden()]
        room = max(self._canvas.width() - 2 * _CORNER, 1)
        width = min(max(bar.natural_width() for bar in shown), scaled(_WIDEST), room)
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 0
        return QSize(width, height)

    def _corners(self, size: QSize) -> list[QPoint]:
        """Where it may lie: in the middle, right or left of the edges, or within."""
        canvas = self._canvas
        right = canvas.width() - size.width() - _CORNER
        bottom = canvas.height() - size.height() - _CORNER
        heights = [_CORNER, bottom]
        for part in self._parts():  # below what is above, above what is below
            if part.center().y() < canvas.height() / 2:
                heights.append(part.bottom() + 1 + _BETWEEN)
            else:
                heights.append(part.top() - _BETWEEN - size.height())
        middle = (_CORNER + right) // 2
        return [
            QPoint(x, y)
            for y in heights
            for x in (middle, right, _CORNER)
            if _CORNER <= y <= max(bottom, _CORNER)
        ]

    def _guarded(self) -> tuple[list[QRect], list[QRect], list[QRect]]:
        """What must not be hidden, first things first.

        What a gesture shows, what else lies over the canvas, what is selected.
        """
        network = self._canvas.network
        names = (n for n in self._canvas.selection.names if n in network.nodes)
        chosen = [network.nodes[name].rect() for name in names]
        if network.callout is not None and network.callout.isVisible():
            chosen.append(network.callout.rect())
        at = self._dragged
        shown = [_AT_POINTER.translated(at)] if at is not None else []
        return shown, self._parts(), [self._seen(each) for each in chosen]

    def _parts(self) -> list[QRect]:
        canvas = self._canvas
        over = (canvas.scopes.trail, canvas.legend, canvas.arrange_bar)
        parts = (*over, canvas.afar.minimap)
        return [each.geometry() for each in parts if not each.isHidden()]

    def _cards(self) -> list[QRect]:
        items = self._canvas.items(self._canvas.viewport().rect())
        return [self._seen(item.rect()) for item in items if isinstance(item, NodeItem)]

    def _seen(self, rect: QRectF) -> QRect:
        """Where a part of the scene is seen, with air around it."""
        view = self._canvas
        seen = QRectF(view.to_view(rect.topLeft()), view.to_view(rect.bottomRight()))
        return seen.toAlignedRect().adjusted(-_AIR, -_AIR, _AIR, _AIR)


def _over(place: QRect, areas: list[QRect]) -> int:
    """How many pixels of some areas are hidden at a place."""
    hidden = [each.intersected(place) for each in areas if each.intersects(place)]
    return sum(each.width() * each.height() for each in hidden)
