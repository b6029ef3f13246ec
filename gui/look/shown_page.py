"""What a network shows of itself while it trains: pictures, or what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Float, Int
from engine.showing.wishes import LETTERS, TEMPERATURE, WORDS, Wishes
from gui.cards import EmptyState, label
from gui.choice_box import ChoiceBox
from gui.line_field import LineField
from gui.look.history import ShownHistory
from gui.look.shares_view import ScrolledShares, SharesView
from gui.look.sheet_view import SheetView
from gui.settings_form import SettingsForm
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.exhibit import Shown

tr = Texts("look")

SIDE_WIDTH = 196
WAITING = tr.mark(
    "While it trains, you see here after each epoch what the network makes of its "
    "data: what its first layer looks for, how it divides a plane, what it rebuilds."
)
NOTHING = tr.mark(
    "This network has nothing to show: a divided plane, filters of a first layer that "
    "sees pictures, an autoencoder, a generator, a map, attention, the gates of a "
    "recurrent layer, or a network that writes would be shown here."
)


def temperature_setting() -> Float:
    """How wildly the network writes."""
    return Float(
        name="temperature",
        default=TEMPERATURE,
        minimum=0.0,
        maximum=10.0,
        help=tr("0 writes the likeliest each time; above 1 it writes more wildly."),
    )


def _length_setting() -> Int:
    return Int(
        name="length",
        default=None,
        optional=True,
        minimum=1,
        maximum=10_000,
        unit="tokens",
        help=tr(
            "How much is written; left empty, {letters} characters or {words} words.",
            letters=LETTERS,
            words=WORDS,
        ),
    )


class ShownPage(QWidget):
    """One kind of what was shown, after one epoch; a slider goes through the epochs."""

    shown = Signal()
    """Something else is seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = ShownHistory()
        self.wishes = Wishes()
        """Read by the training's thread when it shows something."""
        self._stack_box = QWidget(self)
        self._stack = QStackedLayout(self._stack_box)
        self._empty = EmptyState("", "", self._stack_box)
        self.invitation = self._empty.text
        self.sheet = SheetView(theme, tr("What the network shows"), self._stack_box)
        self.text = QPlainTextEdit(self._stack_box)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("What the network wrote"))
        self.table = SharesView()
        self._table_area = ScrolledShares(self.table, self._stack_box)
        for each in (self._empty, self.sheet, self._table_area, self.text):
            self._stack.addWidget(each)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._stack_box, 1)
        row.addWidget(self._make_side())
        self._invite()
        self._show()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a word on what will be here."""
        return self._stack.currentWidget() is self._empty

    def _make_side(self) -> QWidget:
        self.side = QWidget(self)
        self.side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        self.chooser = ChoiceBox(self.side)
        self.chooser.setAccessibleName(tr("What is shown"))
        self.chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.caption = label("", "muted", self.side)
        self.epoch = QLabel(self.side)
        self.slider = QSlider(Qt.Orientation.Horizontal, self.side)
        self.slider.setAccessibleName(tr("Epoch that is shown"))
        self.slider.setToolTip(
            tr("Go through the epochs; at its end it follows the newest")
        )
        settings = (temperature_setting(), _length_setting())
        self.form = SettingsForm(settings, self.side)
        self.form.show_values({})
        self.form.setToolTip(tr("From the next epoch on"))
        for each in (
            self.chooser,
            self.epoch,
            self.slider,
            self.caption,
            self.form,
        ):
            column.addWidget(each)
        column.addStretch(1)
        self.chooser.activated.connect(lambda _: self._show())
        self.slider.valueChanged.connect(lambda _: self._show())
        self.form.changed.connect(self._wish)
        return self.side

    def _wish(self, name: str, value: float | None) -> None:
        setattr(self.wishes, name, value or 0)

    def _say_usual_length(self, tokens: int) -> None:
        field = self.form.fields["length"]
        if tokens and isinstance(field, LineField):
            field.suggest(str(tokens))

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.sheet.set_theme(theme)

    def begin(self) -> None:
        """A run has begun."""
        self.history.clear()
        self._invite()
        self._refresh()

    def _invite(self) -> None:
        self._empty.say(tr("Nothing to show yet"), tr.of(WAITING))

    def say_nothing_came(self) -> None:
        """An epoch is over, or the run, and nothing was shown."""
        if not len(self.history):
            self._empty.say("", tr.of(NOTHING))

    def add(self, shown: Shown) -> None:
        """Take in what was shown after an epoch."""
        follows = self.slider.value() == self.slider.maximum()
        self.history.add(shown)
        self._refresh(follows)

    def _refresh(self, follows: bool = True) -> None:
        titles = self.history.titles()
        if [self.chooser.itemText(i) for i in range(self.chooser.count())] != titles:
            before = self.chooser.currentText()
            self.chooser.clear()
            self.chooser.addItems(titles)
            self.chooser.setCurrentIndex(max(self.chooser.findText(before), 0))
        last = max(len(self.history) - 1, 0)
        self.slider.blockSignals(True)
        self.slider.setMaximum(last)
        if follows:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        self._show()

    def _show(self) -> None:
        place, epochs = self.slider.value(), self.history.epochs
        title = self.chooser.currentText()
        self.chooser.setVisible(self.chooser.count() > 1)
        exhibit = self.history.at(place, title) if title else None
        self.side.setVisible(exhibit is not None)
        self.slider.setVisible(len(epochs) > 1)
        text = getattr(exhibit, "text", None)
        self.form.setVisible(text is not None)
        if exhibit is None:
            if self.history.trouble:
                self._empty.say("", self.history.trouble)
            self._stack.setCurrentWidget(self._empty)
        elif text is not None:
            self._say_usual_length(exhibit.usual)
            if self.text.toPlainText() != text:
                self.text.setPlainText(text)
            self._stack.setCurrentWidget(self.text)
        elif (shares := getattr(exhibit, "shares", None)) is not None:
            self.table.show_shares(shares, exhibit.rows, exhibit.columns)
            self._table_area.give_room()
            self._stack.setCurrentWidget(self._table_area)
        else:
            self.sheet.show_pictures(exhibit.pictures, exhibit.row_titles)
            self._stack.setCurrentWidget(self.sheet)
        if exhibit is not None:
            self.epoch.setText(tr("After epoch {epoch:,}", epoch=epochs[place]))
            self.caption.setText(exhibit.caption)
            name = tr(
                "{exhibit} after epoch {epoch:,}",
                exhibit=exhibit.title,
                epoch=epochs[place],
            )
            self.sheet.setAccessibleName(name)
            self.table.setAccessibleName(name)
            self.text.setAccessibleName(name)
        self.shown.emit()
