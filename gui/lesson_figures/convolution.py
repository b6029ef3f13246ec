"""A kernel of nine numbers that slides over a small picture, place by place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QValidator,
)
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gui.cards import label
from gui.texts import Texts

if TYPE_CHECKING:
    from gui.lesson_session import LessonSession

tr = Texts("lessons")

Rows = tuple[tuple[float, ...], ...]
SIDE, KERNEL = 10, 3
PLACES = SIDE - KERNEL + 1
_STEP_MILLISECONDS = 130
_MINUS = "−"
OWN, LEARNED = tr.mark("Your own"), tr.mark("Learned by the last run")


def _rows(text: str) -> Rows:
    return tuple(tuple(float(sign) for sign in line) for line in text.split())


PICTURES = {
    tr.mark("A seven"): _rows(
        "0000000000 0000000000 0078999600 0045469800 0000039600 "
        "0000289100 0000793000 0002960000 0005910000 0000000000"
    ),
    tr.mark("An edge"): _rows(" ".join(["0000099999"] * 10)),
    tr.mark("Even ground"): _rows(" ".join(["5555555555"] * 10)),
    tr.mark("A line"): _rows(" ".join(["0000900000"] * 10)),
    tr.mark("A dot"): _rows(" ".join(["0" * 10] * 4 + ["0000900000"] + ["0" * 10] * 5)),
}
"""Ten by ten pixels, from 0 to 9."""
KERNELS: dict[str, Rows] = {
    tr.mark("Edges"): ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    tr.mark("Upright edges"): ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    tr.mark("Blur"): ((1 / 9,) * 3,) * 3,
    tr.mark("Sharpen"): ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    tr.mark("Nothing"): ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}


def slide(picture: Rows, kernel: Rows) -> Rows:
    """What the kernel gives at every place where it fits: 10 × 10 -> 8 × 8."""
    return tuple(
        tuple(
            sum(
                kernel[a][b] * picture[row + a][column + b]
                for a in range(KERNEL)
                for b in range(KERNEL)
            )
            for column in range(PLACES)
        )
        for row in range(PLACES)
    )


def learned_kernel(folder: Path | None) -> Rows | None:
    """The first kernel of 3 × 3 that a run has learned; None where there is none."""
    from engine.runs import FINAL  # after the first frame

    if folder is None or not (folder / FINAL).is_file():
        return None
    from safetensors.numpy import load_file

    for weight in load_file(folder / FINAL).values():
        if weight.ndim == 4 and weight.shape[1:] == (1, KERNEL, KERNEL):
            return tuple(tuple(map(float, row)) for row in weight[0, 0])
    return None


class _Number(QDoubleSpinBox):
    """A number of a kernel, written as the sum below writes it: `8`, not `8.00`."""

    def textFromValue(self, value: float) -> str:
        return f"{round(value, self.decimals()):g}".replace("-", _MINUS)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace(_MINUS, "-"))

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        state, _, at = super().validate(text.replace(_MINUS, "-"), at)
        return state, text, at


class ConvolutionFigure(QWidget):
    """Choose a picture and a kernel, and let it slide."""

    def __init__(self, session: LessonSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._learned: Rows | None = None
        self.kernel: Rows = KERNELS["Edges"]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(5)
        self.picture = QComboBox(self)
        self.picture.setAccessibleName(tr("Picture"))
        for name in PICTURES:
            self.picture.addItem(tr.of(name), name)
        self.kernels = QComboBox(self)
        self.kernels.setAccessibleName(tr("Kernel"))
        for name in (*KERNELS, LEARNED, OWN):
            self.kernels.addItem(tr.of(name), name)
        for chooser in (self.picture, self.kernels):
            chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.addWidget(self.picture, 1)
        row.addWidget(self.kernels, 1)
        column.addLayout(row)
        self.slides = Slides(self)
        column.addWidget(self.slides)
        for line in (
            tr(
                "In the result, blue is below zero, white is zero, and orange above. "
                "Hatched places are yet to come."
            ),
            tr(
                "The kernel never hangs over the border (no padding): it fits at 8 × 8 "
                "places of a picture of 10 × 10."
            ),
        ):
            column.addWidget(label(line, "muted", self))
        column.addLayout(self._make_numbers())
        column.addLayout(self._make_place())
        self.said = label("", "plain", self)
        column.addWidget(self.said)
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MILLISECONDS)
        self._timer.timeout.connect(self._go_on)
        self.picture.currentIndexChanged.connect(lambda _: self._draw())
        self.kernels.currentIndexChanged.connect(
            lambda _: self._choose(self.kernels.currentData())
        )
        session.judged.connect(self._look_for_learned)
        self._look_for_learned()
        self._fill()
        self._draw()

    def _make_numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(3)
        self.numbers: list[_Number] = []
        for place in range(KERNEL * KERNEL):
            field = _Number(self)
            field.setLocale(QLocale.c())
            field.setRange(-99, 99)
            field.setDecimals(2)
            field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            row, column = divmod(place, KERNEL)
            field.setAccessibleName(
                tr("Kernel, row {row}, column {column}", row=row + 1, column=column + 1)
            )
            field.setMinimumWidth(40)
            field.valueChanged.connect(self._edit)
            grid.addWidget(field, row, column)
            self.numbers.append(field)
        return grid

    def _make_place(self) -> QHBoxLayout:
        self.place = QSlider(Qt.Orientation.Horizontal, self)
        self.place.setRange(0, PLACES * PLACES - 1)
        self.place.setValue(2 * PLACES + 3)
        self.place.setAccessibleName(tr("Place of the kernel"))
        self.place.valueChanged.connect(lambda _: self._draw())
        self.play = QPushButton(tr("Slide"), self)
        self.play.setToolTip(tr("Let the kernel slide over the whole picture"))
        self.play.clicked.connect(self._start)
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(self.play)
        return row

    def _look_for_learned(self) -> None:
        self._learned = learned_kernel(self._session.newest_run)
        item = self.kernels.model().item(self.kernels.findData(LEARNED))
        item.setEnabled(self._learned is not None)
        if self.kernels.currentData() == LEARNED and self._learned is not None:
            self._choose(LEARNED)

    def _choose(self, name: str) -> None:
        kernel = self._learned if name == LEARNED else KERNELS.get(name)
        if kernel is not None:
            self.kernel = kernel
            self._fill()
        self._draw()

    def _fill(self) -> None:
        flat = [number for row in self.kernel for number in row]
        for field, number in zip(self.numbers, flat, strict=True):
            field.blockSignals(True)
            field.setValue(number)
            field.blockSignals(False)

    def _edit(self) -> None:
        values = [field.value() for field in self.numbers]
        self.kernel = tuple(
            tuple(values[row * KERNEL : (row + 1) * KERNEL]) for row in range(KERNEL)
        )
        self.kernels.blockSignals(True)
        self.kernels.setCurrentIndex(self.kernels.findData(OWN))
        self.kernels.blockSignals(False)
        self._draw()

    def _start(self) -> None:
        if self._timer.isActive():
            self._stop()
            return
        if self.place.value() == self.place.maximum():
            self.place.setValue(0)
        self.play.setText(tr("Hold"))
        self._timer.start()

    def _stop(self) -> None:
        self._timer.stop()
        self.play.setText(tr("Slide"))

    def _go_on(self) -> None:
        if self.place.value() == self.place.maximum() or not self.isVisible():
            self._stop()
            return
        self.place.setValue(self.place.value() + 1)

    @property
    def result(self) -> Rows:
        """What the kernel makes of the picture."""
        return slide(PICTURES[self.picture.currentData()], self.kernel)

    def _draw(self) -> None:
        picture = PICTURES[self.picture.currentData()]
        place = self.place.value()
        result = self.result
        self.slides.show_slide(picture, result, place)
        row, column = divmod(place, PLACES)
        lines = [
            " + ".join(
                f"{_short(self.kernel[a][b])}·{picture[row + a][column + b]:g}"
                for b in range(KERNEL)
            )
            for a in range(KERNEL)
        ]
        total = _short(result[row][column])
        self.said.setText(" +\n".join(lines) + f"\n= {total}")


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", _MINUS)


class Slides(QWidget):
    """The picture with the kernel's place on it, and the result as far as it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Rows = PICTURES["A seven"]
        self.result: Rows = ()
        self.place = 0
        self.setAccessibleName(tr("A kernel on a picture, and what it gives"))
        # Not fixed: that would be the height of the hint, however wide it is.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def heightForWidth(self, width: int) -> int:
        return round(self._cell(width) * SIDE) + 2

    def _cell(self, width: int) -> int:
        """Pixels of a cell: a whole number, or edges would be smeared."""
        return min(width // (SIDE + PLACES + 1), 22)

    def show_slide(self, picture: Rows, result: Rows, place: int) -> None:
        """Show the kernel at a place, counted from 0 row by row."""
        self.picture, self.result, self.place = picture, result, place
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        cell = self._cell(self.width())
        palette = self.palette()
        strong = palette.color(QPalette.ColorRole.Highlight)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        for row, numbers in enumerate(self.picture):
            for column, number in enumerate(numbers):
                grey = QColor.fromHsv(0, 0, round(255 * number / 9))
                at = QRectF(column * cell, row * cell, cell, cell)
                painter.fillRect(at, grey)
        row, column = divmod(self.place, PLACES)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(strong, 2.5))
        painter.drawRect(
            QRectF(column * cell, row * cell, KERNEL * cell, KERNEL * cell).adjusted(
                1, 1, -1, -1
            )
        )
        left, top = (SIDE + 1) * cell, cell
        flat = [number for numbers in self.result for number in numbers]
        most = max((abs(number) for number in flat), default=0.0) or 1.0
        to_come = QBrush(muted, Qt.BrushStyle.BDiagPattern)
        for place, number in enumerate(flat):
            y, x = divmod(place, PLACES)
            at = QRectF(left + x * cell, top + y * cell, cell, cell)
            if place <= self.place:
                painter.fillRect(at, _told(number / most))
            else:  # left blank, it would look like a zero on a light ground
                painter.fillRect(at, to_come)
        painter.setPen(QPen(muted, 1))
        frame = QRectF(left, top, PLACES * cell, PLACES * cell)
        painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))  # on whole pixels
        painter.setPen(QPen(strong, 2.5))
        painter.drawRect(QRectF(left + column * cell, top + row * cell, cell, cell))
        painter.end()


def _told(share: float) -> QColor:
    """Blue below zero, orange above, white at zero."""
    low, high = (38, 110, 196), (200, 92, 12)
    end = high if share > 0 else low
    part = min(abs(share), 1.0)
    return QColor(*(round(245 + (each - 245) * part) for each in end))
