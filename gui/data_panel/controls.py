"""What is chosen above the samples: part, class, field, page, and how they are seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from gui.cards import label
from gui.choice_box import ChoiceBox
from gui.data_panel.pages import DUPLICATES, PARTS, Page
from gui.texts import Texts

tr = Texts("data")

_WIDE_LETTERS = 130
"""So many letters of room, and both rows of controls are one."""


class Controls(QWidget):
    """Two rows of controls; they say what is wished for and show nothing."""

    changed = Signal()
    """Other samples are wished for, from the first on."""
    turned = Signal(int)
    """Pages on (1) or back (-1)."""
    redrawn = Signal()
    """The same samples, changed in another way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.part = _box(tr("Part of the data"), self)
        for name, title in PARTS.items():
            self.part.addItem(tr.of(title), name)
        self.of_class = _box(tr("Class"), self)
        self.field = _box(tr("Field"), self)
        self.back = _turner(" ‹ ", tr("Samples before"), self)
        self.on = _turner(" › ", tr("Samples after"), self)
        self.place = label("", "caption", self)
        self.place.setWordWrap(False)
        self.seen = QCheckBox(tr("As the network sees it"), self)
        self.seen.setToolTip(tr("Show the samples changed by chance, as in training"))
        self.redraw = QPushButton(tr("Redraw"), self)
        self.redraw.setToolTip(tr("Change the same samples in another way"))
        self.beside = QHBoxLayout()
        """What else stands in the second row, at its end."""
        first = QHBoxLayout()
        second = QHBoxLayout()
        for row in (first, second, self.beside):
            row.setSpacing(6)
        for box in (self.part, self.of_class, self.field):
            first.addWidget(box, 1)
        for each in (self.back, self.place, self.on):
            first.addWidget(each)
        second.addWidget(self.seen)
        second.addWidget(self.redraw)
        second.addStretch(1)
        second.addLayout(self.beside)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self._rows.addLayout(first)
        self._rows.addLayout(second)
        for box in (self.part, self.of_class, self.field):
            box.activated.connect(lambda _: self._choose())
        self.back.clicked.connect(lambda: self.turned.emit(-1))
        self.on.clicked.connect(lambda: self.turned.emit(1))
        self.seen.clicked.connect(lambda _: self._choose())
        self.redraw.clicked.connect(self.redrawn)
        self._arrange()

    @property
    def chosen_part(self) -> str:
        """`train`, `validation`, `test` or `duplicates`."""
        return str(self.part.currentData())

    @property
    def chosen_class(self) -> int | None:
        """The number of the class that is wished for; None for all."""
        number: int | None = self.of_class.currentData()
        return None if self.chosen_part == DUPLICATES else number

    @property
    def is_augmented(self) -> bool:
        """Whether samples are shown as training changes them."""
        return self.seen.isChecked() and self.seen.isEnabled()

    def offer(self, classes: Sequence[str], fields: Sequence[str]) -> None:
        """Let the user choose among these; what was chosen stays, if it is there."""
        _fill(
            self.of_class,
            [
                (tr("All classes"), None),
                *((name, at) for at, name in enumerate(classes)),
            ],
        )
        _fill(self.field, [(name, name) for name in fields])
        self.of_class.setVisible(bool(classes))
        self.field.setVisible(len(fields) > 1)
        self.offer_duplicates(False)

    def offer_duplicates(self, are_there: bool) -> None:
        """Let the user choose the duplicates too, or not any more."""
        place = self.part.findData(DUPLICATES)
        if are_there and place < 0:
            self.part.addItem(tr("Duplicates"), DUPLICATES)
        elif not are_there and place >= 0:
            if self.part.currentIndex() == place:
                self.part.setCurrentIndex(0)
            self.part.removeItem(place)
        self._arrange()

    def choose_part(self, name: str) -> None:
        """Wish for another part."""
        self.part.setCurrentIndex(self.part.findData(name))
        self._choose()

    def allow_augmented(self, augments: bool) -> None:
        """Whether the recipe changes anything that could be shown."""
        self._augments = augments
        self._arrange()

    def show_place(self, page: Page) -> None:
        """Say which samples are shown."""
        first, shown = page.wish.first, max(len(page.cells), len(page.rows))
        text = (
            tr(
                "{first:,}–{last:,} of {total:,}",
                first=first + 1,
                last=first + shown,
                total=page.total,
            )
            if shown
            else tr("none")
        )
        self.place.setText(text)
        self.place.setMinimumWidth(self.place.sizeHint().width())
        self.back.setEnabled(first > 0)
        self.on.setEnabled(first + shown < page.total)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE_LETTERS * self.fontMetrics().averageCharWidth()
        ways = QBoxLayout.Direction
        self._rows.setDirection(ways.LeftToRight if is_wide else ways.TopToBottom)
        self._rows.setSpacing(16 if is_wide else 4)

    _augments = False

    def _choose(self) -> None:
        self._arrange()
        self.changed.emit()

    def _arrange(self) -> None:
        is_training = self.chosen_part == "train"
        self.seen.setEnabled(is_training and self._augments)
        self.redraw.setEnabled(self.is_augmented)
        self.of_class.setEnabled(self.chosen_part != DUPLICATES)
        if not self._augments:
            why = tr("Nothing is changed yet: see Augmentation")
        elif not is_training:
            why = tr("Only samples of the training part are changed")
        else:
            why = tr("Show the samples changed by chance, as in training")
        self.seen.setToolTip(why)


def _turner(sign: str, what: str, parent: QWidget) -> QPushButton:
    button = QPushButton(sign, parent)
    button.setAccessibleName(what)
    button.setToolTip(tr("{what} (Page up and Page down in the samples)", what=what))
    button.setProperty("role", "flat")
    button.setMinimumWidth(button.sizeHint().width())
    return button


def _box(name: str, parent: QWidget) -> QComboBox:
    box = ChoiceBox(parent)
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(
        QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    )
    box.setMinimumContentsLength(6)
    return box


def _fill(box: QComboBox, entries: Sequence[tuple[str, object]]) -> None:
    before = box.currentText()
    box.clear()
    for text, data in entries:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findText(before), 0))
