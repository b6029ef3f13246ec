"""A view one can move about in: zoom, pan, fit, grid and map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontInfo,
    QGuiApplication,
    QInputDevice,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmapCache,
    QResizeEvent,
    QShowEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from gui.canvas.afar import Afar
from gui.canvas.framing import BORDER, Framing
from gui.canvas.grid import Grid
from gui.canvas.room import LEAST_SCALE
from gui.canvas.scene import CanvasScene

MOST_ZOOM = 4.0
_WHEEL = 1.0015
"""The factor per unit of angle; a notch of a mouse wheel is 120 units."""
_CARD_CACHE = 64 * 1024
"""KiB of drawn cards that are kept: all that fit on a large screen, twice over."""
_REACH = 1e5
"""How far the canvas goes in each direction, in pixels at 100 %."""


class NavigableView(QGraphicsView):
    """Shows a `CanvasScene`; knows where one looks, nothing of editing."""

    zoom_changed = Signal(int)
    """The zoom in percent; 100 is the size at which the system's text is right."""

    def __init__(self, network: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(network, parent)
        self.network = network
        self.lodgers: list[QWidget] = []
        """What lies over the view and is none of its own: beside it in its parent."""
        self.framing = Framing(self)
        self._grid = Grid()
        # Before what scrolls: scrolling tells the map.
        self.afar = Afar(self)
        self.minimap = self.afar.minimap
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _CARD_CACHE))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setOptimizationFlag(
            QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        # The map lies over the viewport, so scrolling repaints all of it anyway;
        # working out what to repaint would only cost more.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSceneRect(QRectF(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH))
        self.base = _text_scale()
        """The scale that is called 100 %."""
        self.set_scale(self.base)

    # Where one looks.

    @property
    def scale_now(self) -> float:
        """Pixels of the screen for each pixel of the scene."""
        return self.transform().m11()

    def zoom_percent(self) -> int:
        """The zoom as people read it."""
        return round(self.scale_now / self.base * 100)

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zoom so that the point of the view at `anchor`, or the middle, stays."""
        self.framing.forget()
        at = anchor if anchor is not None else QPointF(self.viewport().rect().center())
        before = self.to_scene(at)
        scale = self.scale_now * factor
        self.set_scale(max(LEAST_SCALE, min(MOST_ZOOM * self.base, scale)))
        drift = self.to_view(before) - at
        self.pan_by(-drift.x(), -drift.y())

    def follow_text(self) -> None:
        """Take the size that the system's text has now for what 100 % is."""
        percent = self.zoom_percent()
        self.base = _text_scale()
        self.framing.follow_text(percent)
        self.zoom_changed.emit(self.zoom_percent())  # of another whole, if not zoomed

    def zoom_to(self, percent: float) -> None:
        """Zoom to a percentage, keeping the middle."""
        self.zoom_by(percent / 100 * self.base / self.scale_now)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move what is seen by pixels of the screen, right and down."""
        if dx or dy:
            self.framing.forget()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - round(dx))
        down.setValue(down.value() - round(dy))

    def look_at(self, point: QPointF) -> None:
        """Bring a point of the scene into the middle."""
        size = self.viewport().size()
        away = self.to_view(point) - QPointF(size.width() / 2, size.height() / 2)
        self.pan_by(-away.x(), -away.y())

    def lying_over(self) -> list[QWidget]:
        """What is shown over an edge of the canvas, and stays there."""
        return [self.minimap] if self.afar.keeps_map else []

    def bring_into_sight(self, rect: QRectF) -> None:
        """Pan just as far as it takes to see a rectangle of the scene."""
        travel = self.framing.travel
        if travel.is_on and travel.goal.contains(rect):
            return  # the view is on its way there
        whole = QRectF(self.viewport().rect())
        seen = whole.adjusted(BORDER, BORDER, -BORDER, -BORDER)
        top_left, bottom_right = (
            self.to_view(rect.topLeft()),
            self.to_view(rect.bottomRight()),
        )
        dx = max(0.0, seen.left() - top_left.x()) + min(
            0.0, seen.right() - bottom_right.x()
        )
        dy = max(0.0, seen.top() - top_left.y()) + min(
            0.0, seen.bottom() - bottom_right.y()
        )
        self.pan_by(dx, dy)
        covered = QRectF(self.minimap.geometry())
        shown = QRectF(self.to_view(rect.topLeft()), self.to_view(rect.bottomRight()))
        if self.minimap.isVisible() and covered.intersects(shown):
            up = covered.top() - 12 - shown.bottom()
            self.pan_by(0, max(up, min(0.0, seen.top() - shown.top())))

    def sight(self) -> QRectF:
        """The part of the scene that is seen."""
        size = self.viewport().size()
        corner = QPointF(size.width(), size.height())
        return QRectF(self.to_scene(QPointF(0, 0)), self.to_scene(corner))

    def clear_sight(self) -> QRectF:
        """The part of the scene that is seen well: not at the very edge."""
        border = BORDER / self.scale_now
        return self.sight().adjusted(border, border, -border, -border)

    def map_in_scene(self) -> QRectF:
        """What the map hides of the scene, with some air; empty without a map."""
        if not self.minimap.isVisible():
            return QRectF()
        over = QRectF(self.minimap.geometry()).adjusted(-12, -12, 12, 12)
        return QRectF(self.to_scene(over.topLeft()), self.to_scene(over.bottomRight()))

    def to_scene(self, point: QPointF) -> QPointF:
        """A point of the view in the scene, to fractions of a pixel."""
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(point)

    def to_view(self, point: QPointF) -> QPointF:
        """A point of the scene in the view, to fractions of a pixel."""
        return self.viewportTransform().map(point)

    def set_scale(self, scale: float) -> None:
        """Show so many pixels of the screen for each of the scene."""
        if abs(scale - self.scale_now) < 1e-9:
            return
        self.setTransform(QTransform.fromScale(scale, scale))
        self.network.error_note.set_scale(scale)
        self.zoom_changed.emit(self.zoom_percent())
        self.afar.look_changed()

    # Qt's part.

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.afar.look_changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.afar.is_shown:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.setTransform(self.viewportTransform())
        self.drawBackground(painter, self.sight())
        self.afar.draw(painter)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        area, style = QRectF(self.viewport().rect()), self.network.style_
        painter.fillRect(area, style.canvas)
        origin = self.to_view(QPointF(0, 0))
        self._grid.draw(painter, area, origin, self.scale_now, style.grid)
        painter.restore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A mouse wheel zooms at the pointer; two fingers on a pad pan, Ctrl zooms."""
        angle, pixels = event.angleDelta(), event.pixelDelta()
        modifiers = event.modifiers()
        is_pad = event.device().type() == QInputDevice.DeviceType.TouchPad
        wants_zoom = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if is_pad and not wants_zoom:
            delta = pixels if not pixels.isNull() else angle / 2
            self.pan_by(delta.x(), delta.y())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and not wants_zoom:
            turn = angle.y() or angle.x()
            self.pan_by(turn / 2, 0)
        else:
            self.zoom_by(_WHEEL ** (angle.y() or pixels.y()), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            pinch = Qt.NativeGestureType.ZoomNativeGesture
            if event.gestureType() == pinch:
                self.zoom_by(1 + event.value(), event.position())
                return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.afar.place_map()
        self.framing.follow_size(event.oldSize())  # a panel came beside it, say

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.framing.shown()


def _text_scale() -> float:
    """How much larger than 12 pixels the system's text is, in eighths, 1 at least."""
    pixels = QFontInfo(QGuiApplication.font()).pixelSize()
    return max(1.0, min(2.5, round(pixels / 12 * 8) / 8))
