"""“On this image”: what the selected node makes of a real sample, in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from gui.cards import breakable, label, unbroken
from gui.form_words import sentence_in_form_words
from gui.look.sheet_view import in_words
from gui.preview_source import PreviewSource
from gui.texts import Texts
from gui.unfold_button import UnfoldButton

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.preview import Preview
    from gui.look.sheet_view import Bytes

tr = Texts("inspector")

_LARGEST = 40
_SLENDER = 3  # times as high as wide: then the columns are drawn broader
"""Pixels: what one number is drawn at, at most; a layer may give a single one."""
_TALLEST = 230
"""Pixels that the pictures may be high: the rest of the page is to stay in sight."""


class PreviewCard(QFrame):
    """Shows what one node gives, anew after every edit; can be folded away."""

    def __init__(self, source: PreviewSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._source = source
        self._name = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 9)
        column.setSpacing(4)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.fold = UnfoldButton(self)
        self.fold.setProperty("kind", "title")
        self.fold.toggled.connect(self._fold)
        self.fold.setMinimumWidth(1)  # no obstacle to a narrower page: the row breaks
        self._top.addWidget(self.fold, 1, Qt.AlignmentFlag.AlignLeft)
        self.next_button = QPushButton(tr("Next sample"), self)
        self.next_button.setToolTip(tr("Take another sample of the document’s data"))
        self.next_button.clicked.connect(source.show_next)
        self._top.addWidget(self.next_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._top)
        self.inside = QWidget(self)
        self.inside.setProperty("role", "plain")
        self._column = QVBoxLayout(self.inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.says = label("", "muted", self.inside)
        self._column.addWidget(self.says)
        self._parts: list[QWidget] = []
        self.origin = label("", "caption", self.inside)
        self._column.addWidget(self.origin)
        column.addWidget(self.inside)
        source.shown.connect(self._show)
        source.refused.connect(self._refuse)
        self.fold.setChecked(source.is_on)
        self._fold(source.is_on)

    def show_node(self, name: str) -> None:
        """Be about the node of this name; what it gives follows."""
        self._name = name
        title = tr("On this {sample}", sample=self._source.sample_word)
        self.fold.setText(title)
        self.fold.setAccessibleName(title)
        self.setAccessibleName(title)
        self._break_row()
        why_not = self._source.ask(name)
        if why_not:
            self._say(why_not)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break_row()

    def _break_row(self) -> None:
        """Put the button below the title where both have no room in one line."""
        margins = self.layout().contentsMargins()
        room = self.width() - margins.left() - margins.right()
        both = self.fold.sizeHint().width() + self.next_button.sizeHint().width()
        way = QBoxLayout.Direction
        is_one = both + self._top.spacing() <= room
        self._top.setDirection(way.LeftToRight if is_one else way.TopToBottom)

    def _fold(self, is_open: bool) -> None:
        self.inside.setVisible(is_open)
        self.next_button.setVisible(is_open)
        self._source.is_on = is_open
        if is_open and self._name:
            self.show_node(self._name)

    def _refuse(self, name: str, problem: Problem) -> None:
        if name == self._name:
            told = unbroken(sentence_in_form_words(problem))
            self._say(tr("Nothing can be shown. {problem}", problem=told))

    def _say(self, sentence: str) -> None:
        self._clear()
        self.says.setText(sentence)
        self.says.show()
        self.origin.hide()
        self.next_button.setEnabled(False)

    def _show(self, name: str, preview: Preview) -> None:
        if name != self._name:
            return
        from engine.showing.exhibit import Sheet

        if not self._fits(preview):
            self._clear()
            for exhibit in preview.exhibits:
                is_sheet = isinstance(exhibit, Sheet)
                part = PictureSheet(self.inside) if is_sheet else _words(self.inside)
                caption = label("", "caption", self.inside)
                for widget in (part, caption):
                    self._column.insertWidget(self._column.count() - 1, widget)
                    self._parts.append(widget)
        for place, exhibit in enumerate(preview.exhibits):
            part, caption = self._parts[2 * place : 2 * place + 2]
            if isinstance(part, PictureSheet):
                part.show_pictures(exhibit.pictures, tr("What {name} gives", name=name))
            elif isinstance(part, QLabel):
                part.setText(breakable(exhibit.text))
            if isinstance(caption, QLabel):
                caption.setText(exhibit.caption)
        self.says.hide()
        self.origin.setText(_origin(preview))
        self.origin.show()
        self.next_button.setEnabled(True)

    def _fits(self, preview: Preview) -> bool:
        """Whether the widgets that are there can show it: then nothing flickers."""
        from engine.showing.exhibit import Sheet

        kinds = [isinstance(each, Sheet) for each in preview.exhibits]
        there = [isinstance(each, PictureSheet) for each in self._parts[::2]]
        return bool(kinds) and kinds == there

    def _clear(self) -> None:
        for part in self._parts:
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []

    @property
    def pictures(self) -> list[PictureSheet]:
        """The sheets that are shown now."""
        return [part for part in self._parts if isinstance(part, PictureSheet)]

    @property
    def texts(self) -> list[str]:
        """All that is written now, in order."""
        labels = [self.says, *self._parts, self.origin]
        return [
            each.text()
            for each in labels
            if isinstance(each, QLabel) and not each.isHidden()
        ]


def _words(parent: QWidget) -> QLabel:
    return label("", "mono", parent)


def _origin(preview: Preview) -> str:
    sample, samples = preview.sample + 1, preview.samples
    if preview.is_trained is None:  # training changes nothing up to here
        text = tr("Sample {sample} of {samples}.", sample=sample, samples=samples)
    else:
        trained, drawn = tr("trained weights"), tr("before training")
        text = tr(
            "Sample {sample} of {samples}, {weights}.",
            sample=sample,
            samples=samples,
            weights=trained if preview.is_trained else drawn,
        )
    if preview.made_up:
        names = ", ".join(preview.made_up)
        text += " " + tr("Random numbers for {names}: the data have none.", names=names)
    return text


class PictureSheet(QWidget):
    """Pictures (rows, columns, height, width, 3) as wide as the page, dots crisp."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: Bytes | None = None
        self._image = QImage()
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Fixed)

    def show_pictures(self, pictures: Bytes, name: str) -> None:
        """Show these."""
        self._pictures = pictures
        self.setAccessibleName(name)
        self.setAccessibleDescription(in_words(pictures))
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(120, max(self._image.deviceIndependentSize().toSize().height(), 8))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw()  # the gaps have the ground's colour

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(QPoint(0, 0), self._image)
        painter.end()

    def _draw(self) -> None:
        """Enlarge by whole numbers; what is wider than the page is made smaller."""
        if self._pictures is None:
            return
        from gui.look.sheet_view import as_image, composed, fitting

        ratio = self.devicePixelRatioF()
        wide, tall = max(self.width(), 40) * ratio, _TALLEST * ratio
        pictures = self._pictures
        height, width = pictures.shape[2:4]
        is_one = pictures.shape[:2] == (1, 1)
        if is_one and height > _SLENDER * width:  # numbers of a few steps
            broad = int(min(wide, tall) / (width * fitting(pictures, wide, tall)))
            pictures = pictures.repeat(max(broad, 1), 3)
        scale = min(fitting(pictures, wide, tall), _LARGEST * ratio)
        ground = QApplication.palette().shadow().color()  # of the card
        image = as_image(
            composed(
                pictures,
                max(int(scale), 1),
                (ground.red(), ground.green(), ground.blue()),
            )
        )
        if scale < 1:
            image = image.scaled(
                QSize(round(image.width() * scale), round(image.height() * scale)),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        image.setDevicePixelRatio(ratio)
        self._image = image
        self.updateGeometry()
        self.update()
