"""One neuron with one input: its curve and its slope, moved by sliders."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.texts import Texts

tr = Texts("lessons")

_TENTHS = 10
_REACH = 5.0
"""The curve is drawn from minus this to this."""
_TOP, _BOTTOM = 2.5, -1.5
_HEIGHT = 170
_TICK = 3  # pixels


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@dataclass(frozen=True, slots=True)
class Bend:
    """An activation function with its derivative."""

    name: str
    value: Callable[[float], float]
    slope: Callable[[float], float]


BENDS = (
    Bend("Sigmoid", _sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    Bend("Tanh", math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    Bend("ReLU", lambda x: max(0.0, x), lambda x: float(x > 0)),
    Bend(
        "LeakyReLU",
        lambda x: x if x > 0 else 0.1 * x,
        lambda x: 1.0 if x > 0 else 0.1,
    ),
    Bend("None", lambda x: x, lambda _: 1.0),
)


class ActivationFigure(QWidget):
    """y = f(w x + b), drawn over x; the slope says how much learning gets through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        self.chooser = QComboBox(self)
        self.chooser.setAccessibleName(tr("Activation function"))
        self.chooser.addItems([bend.name for bend in BENDS])
        self.curve = Curve(self)
        column.addWidget(self.chooser)
        column.addWidget(self.curve)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        column.addLayout(grid)
        self._row = 0
        self._numbers: list[QLabel] = []
        self.w = self._slider(grid, "w", tr("Weight w"), 1.0, 3.0)
        self.b = self._slider(grid, "b", tr("Bias b"), 0.0, 3.0)
        self.here = self._slider(grid, "x", tr("Input x"), 1.0, _REACH)
        self.said = label("", "plain", self)
        column.addWidget(self.said)
        self.chooser.currentIndexChanged.connect(lambda _: self._draw())
        self._draw()

    def _slider(
        self, grid: QGridLayout, letter: str, name: str, value: float, reach: float
    ) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(round(-reach * _TENTHS), round(reach * _TENTHS))
        slider.setValue(round(value * _TENTHS))
        slider.setAccessibleName(name)
        number = QLabel(self)
        widest = number.fontMetrics().horizontalAdvance("−5.00")
        number.setMinimumWidth(widest)
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        title = QLabel(letter, self)
        title.setToolTip(name)
        for place, widget in enumerate((title, slider, number)):
            grid.addWidget(widget, self._row, place)
        self._row += 1
        self._numbers.append(number)
        slider.valueChanged.connect(lambda _: self._draw())
        return slider

    @property
    def bend(self) -> Bend:
        """The function that is chosen."""
        return BENDS[self.chooser.currentIndex()]

    def _draw(self) -> None:
        sliders = (self.w, self.b, self.here)
        w, b, x = (slider.value() / _TENTHS for slider in sliders)
        for number, value in zip(self._numbers, (w, b, x), strict=True):
            number.setText(_signed(value))
        total = w * x + b
        value, slope = self.bend.value(total), w * self.bend.slope(total)
        self.curve.show_neuron(self.bend, w, b, x)
        self.said.setText(
            tr(
                "The sum is {total}, and y is {value}. The slope there is {slope}.",
                total=_signed(total, 2),
                value=_signed(value, 2),
                slope=_signed(slope, 2),
            )
        )


class Curve(QWidget):
    """The curve of y in one colour, its slope dashed, and the place of x."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bend, self.w, self.b, self.here = BENDS[0], 1.0, 0.0, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(260, _HEIGHT)

    def show_neuron(self, bend: Bend, w: float, b: float, x: float) -> None:
        """Draw this neuron."""
        self.bend, self.w, self.b, self.here = bend, w, b, x
        self.setAccessibleName(
            tr("Curve of {bend} of {w:g} x + {b:g}", bend=bend.name, w=w, b=b)
        )
        self.update()

    def value(self, x: float) -> float:
        """What the neuron gives for an input."""
        return self.bend.value(self.w * x + self.b)

    def slope(self, x: float) -> float:
        """How much that changes with the input."""
        return self.w * self.bend.slope(self.w * x + self.b)

    def point(self, x: float, y: float) -> QPointF:
        """Where a place of the plane is drawn."""
        return QPointF(
            self.width() * (x + _REACH) / (2 * _REACH),
            self.height() * (_TOP - y) / (_TOP - _BOTTOM),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        strong = palette.color(QPalette.ColorRole.Highlight)
        text = palette.color(QPalette.ColorRole.Text)
        self._draw_axes(painter, muted)
        painter.setPen(QPen(muted, 1.6, Qt.PenStyle.DashLine))
        painter.drawPolyline(self._line(self.slope))
        painter.setPen(QPen(strong, 2.4))
        painter.drawPolyline(self._line(self.value))
        here = self.point(self.here, self.value(self.here))
        painter.setPen(QPen(text, 1.2))
        painter.drawPolyline(self._tangent())
        painter.setBrush(strong)
        painter.drawEllipse(here, 4.5, 4.5)
        self._draw_legend(painter, strong, muted)
        painter.end()

    def _line(self, of: Callable[[float], float]) -> QPolygonF:
        places = (_REACH * (step / 100 - 1) for step in range(201))
        return QPolygonF([self.point(x, of(x)) for x in places])

    def _tangent(self) -> QPolygonF:
        slope, y = self.slope(self.here), self.value(self.here)
        reach = 0.9 / math.hypot(1.0, slope)
        return QPolygonF(
            [
                self.point(self.here + way * reach, y + way * reach * slope)
                for way in (-1, 1)
            ]
        )

    def _draw_axes(self, painter: QPainter, color: QColor) -> None:
        faint = QColor(color)
        faint.setAlpha(120)
        painter.setPen(QPen(faint, 1))
        painter.drawLine(self.point(-_REACH, 0), self.point(_REACH, 0))
        painter.drawLine(self.point(0, _BOTTOM), self.point(0, _TOP))
        painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
        for y in (-1, 1, 2):
            painter.drawLine(self.point(-_REACH, y), self.point(_REACH, y))
        painter.setPen(color)
        line = painter.fontMetrics().height()
        for y in (-1, 1, 2):
            at = self.point(0, y)
            painter.drawText(QPointF(at.x() + 3, at.y() - 2), _signed(y, 0))
        for x in (-4, -2, 2, 4):
            at = self.point(x, 0)
            painter.drawLine(at, at + QPointF(0, _TICK))
            below = QRectF(at.x() - 20, at.y() + _TICK, 40, line)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, _signed(x, 0))
        at = self.point(_REACH, 0)
        painter.drawText(
            QRectF(at.x() - 40, at.y(), 37, line), Qt.AlignmentFlag.AlignRight, "x"
        )

    def _draw_legend(self, painter: QPainter, strong: QColor, muted: QColor) -> None:
        line = painter.fontMetrics().height()
        names = ("y", strong), (tr("slope"), muted)
        widest = max(painter.fontMetrics().horizontalAdvance(name) for name, _ in names)
        ground = self.palette().color(QPalette.ColorRole.Base)
        # From the edge: a grid line would go on as a dot before it.
        painter.fillRect(QRectF(0, 6, 39 + widest, 2 * line + 4), ground)
        ink = self.palette().color(QPalette.ColorRole.Text)
        for row, (name, color) in enumerate(names):
            painter.setPen(QPen(color, 2, _STYLES[row]))
            middle = 8 + row * line + line / 2
            painter.drawLine(QPointF(8, middle), QPointF(30, middle))
            painter.setPen(ink)
            place = QRectF(35, 8 + row * line, 80, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)


_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)


def _signed(value: float, digits: int = 1) -> str:
    """A number with a real minus, and none before a zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")
