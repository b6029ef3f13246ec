"""Pictures in rows and columns, as large as they fit, each of their pixels crisp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # numpy: after the first frame
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

tr = Texts("look")

GAP = 2
"""Dots of the screen between two pictures, at least."""
_FEWEST = 5
"""So many columns are shown at least where rows are compared."""
_FRAMED = 4
"""From so many dots a pixel on, one of them can be given to a frame."""
_GAP_SHARE = 0.12
"""The part of a picture's shorter side that the gap is."""
_ROW_TITLE_ROOM = 8


class SheetView(QWidget):
    """A sheet of pictures (rows, columns, height, width, 3)."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures: Bytes | None = None
        self._row_titles: tuple[str, ...] = ()
        self._image = QImage()
        self._image_for: tuple[float, int, float] | None = None
        self.setAccessibleName(name)
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self.setMinimumSize(60, 40)

    def sizeHint(self) -> QSize:
        return QSize(240, 160)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self._image_for = None
        self.update()

    def show_pictures(
        self, pictures: Bytes | None, row_titles: tuple[str, ...] = ()
    ) -> None:
        """Show a sheet of pictures, or none."""
        self._pictures, self._row_titles = pictures, row_titles
        self._image_for = None
        if pictures is not None:
            self.setAccessibleDescription(in_words(pictures))
        self.update()

    @property
    def scale(self) -> float:
        """How many of the screen's dots a pixel is wide: a whole number from 1 on."""
        return 1.0 if self._pictures is None else self._fitting(self._pictures)[0]

    def _fitting(self, pictures: Bytes) -> tuple[float, int]:
        """The scale that fits, and how many columns.

        Where rows are to be compared, rather fewer columns than blurred ones.
        """
        rows, columns, height, width = pictures.shape[:4]
        ratio = self.devicePixelRatioF()
        across = (self.width() - self._beside()) * ratio
        along = self.height() * ratio
        least = min(_FEWEST, columns) if self._row_titles else columns
        for scale in range(int(along / height / rows), 0, -1):
            gap = gap_of(height, width, scale)
            fit = int((across + gap) / (width * scale + gap))
            if rows * (height * scale + gap) - gap <= along and fit >= least:
                return float(scale), min(fit, columns)
        return fitting(pictures, across, along), columns

    def _beside(self) -> int:
        if not self._row_titles:
            return 0
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(title) for title in self._row_titles)
        return widest + _ROW_TITLE_ROOM

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pictures is None:
            return
        image = self._drawn()
        ratio = self.devicePixelRatioF()
        size = image.size() / ratio
        beside = self._beside()
        left = beside + max((self.width() - beside - size.width()) // 2, 0)
        top = max((self.height() - size.height()) // 2, 0)
        painter = QPainter(self)
        self._draw_sheet(painter, image, QPointF(left, top))
        painter.setPen(QColor(self._theme.muted))
        step = size.height() / self._pictures.shape[0]
        for row, title in enumerate(self._row_titles):
            middle = top + round((row + 0.5) * step)
            line = self.fontMetrics().height()
            painter.drawText(
                left - beside,
                middle - line // 2,
                beside - _ROW_TITLE_ROOM,
                line,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                title,
            )
        painter.end()

    def _draw_sheet(self, painter: QPainter, image: QImage, corner: QPointF) -> None:
        """The pictures and their frames, all sides on whole dots of the screen.

        At 150 % a place may lie between two of them.
        """
        to_dots = painter.deviceTransform()
        dots = to_dots.map(corner)
        back, _ = to_dots.inverted()
        painter.save()
        painter.translate(back.map(QPointF(dots.toPoint())))
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(image.rect(), image)
        self._frame(painter)
        painter.restore()

    def _frame(self, painter: QPainter) -> None:
        """Thin frames, where dots are large: white ones would be part of the page."""
        if self._pictures is None:
            return
        scale, columns = self._fitting(self._pictures)
        if scale < _FRAMED:
            return
        rows, _, height, width = self._pictures.shape[:4]
        gap = gap_of(height, width, int(scale))
        wide, high = (side * scale for side in (width, height))
        thick = round(self.devicePixelRatioF())
        pen = QPen(QColor(self._theme.border), thick)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        picture = QRectF(0, 0, wide, high).adjusted(
            thick / 2, thick / 2, -thick / 2, -thick / 2
        )
        for place in range(rows * columns):
            row, column = divmod(place, columns)
            corner = QPointF(column * (wide + gap), row * (high + gap))
            painter.drawRect(picture.translated(corner))

    def _drawn(self) -> QImage:
        """The sheet in the dots of the screen; made anew where the room has changed."""
        if self._pictures is None:
            return self._image
        scale, columns = self._fitting(self._pictures)
        wanted = (scale, columns, self.devicePixelRatioF())
        if self._image_for != wanted:
            ground = QColor(self._theme.window)
            sheet = composed(
                self._pictures[:, :columns],
                max(int(scale), 1),
                (ground.red(), ground.green(), ground.blue()),
            )
            image = as_image(sheet)
            if scale < 1:
                image = image.scaled(
                    QSize(
                        max(round(image.width() * scale), 1),
                        max(round(image.height() * scale), 1),
                    ),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            image.setDevicePixelRatio(self.devicePixelRatioF())
            self._image, self._image_for = image, wanted
        return self._image


def composed(pictures: Bytes, scale: int, ground: tuple[int, int, int]) -> Bytes:
    """The pictures with gaps between, every pixel `scale` dots wide: (H, W, 3)."""
    import numpy as np

    rows, columns, height, width = pictures.shape[:4]
    gap = gap_of(height, width, scale)
    high, wide = height * scale + gap, width * scale + gap
    sheet = np.empty((rows, columns, high, wide, 3), np.uint8)
    sheet[:] = ground
    sheet[:, :, :-gap, :-gap] = pictures.repeat(scale, 2).repeat(scale, 3)
    whole = sheet.transpose(0, 2, 1, 3, 4).reshape(rows * high, columns * wide, 3)
    return np.ascontiguousarray(whole[:-gap, :-gap])


def fitting(pictures: Bytes, wide: float, tall: float) -> float:
    """How many dots wide a pixel is for all pictures to fit: a whole number from 1 on.

    Else the share that the sheet of single dots is to be made smaller by.
    """
    rows, columns, height, width = pictures.shape[:4]
    for scale in range(int(wide / (columns * width)), 0, -1):
        gap = gap_of(height, width, scale)
        across = columns * (width * scale + gap) - gap
        down = rows * (height * scale + gap) - gap
        if across <= wide and down <= tall:
            return float(scale)
    gap = gap_of(height, width, 1)
    across, down = columns * (width + gap) - gap, rows * (height + gap) - gap
    return min(max(min(wide / across, tall / down), 0.01), 0.99)


def gap_of(height: int, width: int, scale: int) -> int:
    """How many dots are left between pictures of so many pixels."""
    return max(GAP, round(_GAP_SHARE * scale * min(height, width)))


def as_image(pixels: Bytes) -> QImage:
    """Pixels (H, W, 3) as Qt's picture."""
    import numpy as np

    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_RGB888
    # A copy: the image would look at numpy's memory, which goes before it does.
    return QImage(pixels.data, width, height, 3 * width, form).copy()


def in_words(pictures: Bytes) -> str:
    """A sheet (rows, columns, height, width, 3) for whoever does not see it."""
    rows, columns, height, width = pictures.shape[:4]
    return tr(
        "{rows} × {columns} pictures of {width} × {height} pixels",
        rows=rows,
        columns=columns,
        width=width,
        height=height,
    )
