"""The bar over the canvas: what is open, the common actions, and Train."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from gui.action_keys import KeysTip
from gui.action_table import ACTION_TEXTS, spec_of
from gui.cards import label
from gui.icons import icon
from gui.texts import Texts
from gui.theme import Theme
from gui.training.controller import TrainingState

tr = Texts("window")

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_TITLE_WIDTH = 240  # pixels at least: the bar has to fit a window of 1280
_BETWEEN, _SPACING = 16, 8  # pixels between the parts, and between what is in one
_MIDDLE = {"undo": "undo", "redo": "redo", "plus": "add_layer", "tidy": "tidy"}
"""The buttons in the middle: icon, action."""
_TRAINING = {
    TrainingState.IDLE: (tr.mark("Train"), "play"),
    TrainingState.STARTING: (tr.mark("Starting…"), "play"),
    TrainingState.RUNNING: (tr.mark("Pause"), "pause"),
    TrainingState.PAUSED: (tr.mark("Resume"), "play"),
    TrainingState.STOPPING: (tr.mark("Stopping…"), "stop"),
}
"""What the last button says in each state, and its icon."""


class TopBar(QFrame):
    """Title and state on the left, actions in the middle, training on the right."""

    def __init__(
        self,
        acts: dict[str, QAction],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._theme = theme
        self._state = TrainingState.IDLE
        self._pressed_by_keys = False
        self._moved_to: QWidget | None = None
        """Where Qt moved the keyboard when the fields were switched off."""
        self._middle: dict[str, QPushButton] = {}
        self.home = QPushButton(self)
        self.home.setProperty("role", "flat")
        self.home.setAccessibleName(tr("Start page"))
        KeysTip(self.home, acts["start_page"])
        self.home.clicked.connect(acts["start_page"].trigger)
        self.state = label("", "muted", self)
        self.title = _Title(self.state, self)
        self._whole_title = ""
        for line in (self.title, self.state):
            line.setWordWrap(False)
        self.hardware = label("", "muted", self)
        self.hardware.setWordWrap(False)
        self.epochs = _Epochs(self)
        self.stop_button = _button(acts["stop"], self, _SinglePress)
        self.train_button = _button(acts["train"], self, _SinglePress)
        self.train_button.setProperty("role", "primary")
        self.go_on_button = _button(acts["go_on"], self, _SinglePress)
        self.go_on_button.setProperty("role", "primary")
        self._can_go_on = self._is_ready = False
        for name, action in _MIDDLE.items():
            self._middle[name] = _button(acts[action], self)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 12, 6)
        grid.setHorizontalSpacing(_BETWEEN)
        grid.addLayout(_row(self.home, self.title, self.state), 0, 0, _LEFT)
        grid.addLayout(_row(*self._middle.values()), 0, 1)
        # What begins a run, pauses it and goes on with it is last, in one place. What
        # ends it, or begins another, comes up beside that and never under the hand.
        self._right = (
            self.epochs,
            self.stop_button,
            self.train_button,
            self.go_on_button,
        )
        grid.addLayout(_row(self.hardware, *self._right), 0, 2, _RIGHT)
        # As wide as each other: what is in the middle stays there.
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self.set_theme(theme)
        self.show_training(TrainingState.IDLE)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        for name, button in self._middle.items():
            button.setIcon(icon(name, theme.muted, before_text=True))
        self.home.setIcon(icon("home", theme.muted))
        self.stop_button.setIcon(icon("stop", theme.text, before_text=True))
        self.go_on_button.setIcon(icon("play", theme.on_accent, before_text=True))
        self.show_training(self._state)

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Leave out what is told elsewhere, too, where a button would be cut for it."""
        self.title.level()
        self._keep_place()
        self._fit_labels()
        self._fit_title()
        needed = (self.home, self.title, *self._middle.values(), *self._right)
        shown = [each for each in needed if not each.isHidden()]
        margins = self.layout().contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * _BETWEEN
        room -= sum(each.sizeHint().width() + _SPACING for each in shown)
        for line in (self.state, self.hardware):
            width = line.sizeHint().width() + _SPACING
            line.setVisible(bool(line.text()) and width <= room)
            room -= 0 if line.isHidden() else width

    def _keep_place(self) -> None:
        """Whatever is written on it, the last button begins at the same place."""
        button = self.train_button
        bold = QFont(button.font())
        bold.setBold(True)  # as it is once it is what comes next
        letters = QFontMetrics(bold).horizontalAdvance
        words = [tr.of(word) for word, _ in _TRAINING.values()]
        words += [self.go_on_button.text(), tr("Train anew")]
        around = button.sizeHint().width()
        around -= button.fontMetrics().horizontalAdvance(button.text())
        width = around + max(map(letters, words))
        for each in (button, self.go_on_button):
            if each.minimumWidth() != width:  # else each layout would ask for another
                each.setMinimumWidth(width)

    def _fit_labels(self) -> None:
        """Where a label would be cut, the buttons in the middle are icons alone.

        Their tips name them. A title gives way only up to there.
        """
        letters = self._middle["undo"].fontMetrics().horizontalAdvance
        middle = {each: each.accessibleName() for each in self._middle.values()}
        needed = sum(
            each.sizeHint().width() + letters(name) - letters(each.text()) + _SPACING
            for each, name in middle.items()
        )
        title = self.title.fontMetrics().horizontalAdvance(self._whole_title)
        needed += min(title, _TITLE_WIDTH) + _SPACING
        for each in (self.home, *self._right):
            needed += 0 if each.isHidden() else each.sizeHint().width() + _SPACING
        margins = self.layout().contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * _BETWEEN
        for each, name in middle.items():
            text = name if needed <= room else ""
            if each.text() != text:  # else each layout would ask for another
                each.setText(text)

    def _fit_title(self) -> None:
        """Cut the title where it would move what is in the middle."""
        middle = [each.sizeHint().width() + _SPACING for each in self._middle.values()]
        beside = (self.width() - sum(middle)) // 2 - self.home.sizeHint().width()
        if self.state.text():
            beside -= self.state.sizeHint().width() + _SPACING
        room = max(beside - 2 * _BETWEEN - _SPACING, _TITLE_WIDTH)
        metrics, right = self.title.fontMetrics(), Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(self._whole_title, right, room)
        if self.title.text() != shown:
            self.title.setText(shown)

    def show_document(self, title: str, state: str) -> None:
        """Show which document is open and whether it is saved."""
        self._whole_title = title
        self.title.setToolTip(title)
        self.state.setText(state)
        self._fit()

    def show_hardware(self, name: str, reason: str) -> None:
        """Show on what the network would train, and as the tool tip why."""
        self.hardware.setText(name)
        self.hardware.setToolTip(reason)
        self._fit()

    def show_emptiness(self, is_empty: bool) -> None:
        """Without a layer there is nothing to tidy."""
        self._middle["tidy"].setEnabled(not is_empty)

    def call_to_train(self, is_ready: bool) -> None:
        """Only of a network that can be trained Train looks like what comes next."""
        self._is_ready = is_ready
        self.show_training(self._state)

    def offer_to_go_on(self, can_go_on: bool) -> None:
        """Say whether a run was stopped here that can go on: that is what comes next
        then, and to begin anew is beside it."""
        self._can_go_on = can_go_on
        self.show_training(self._state)

    def show_training(self, state: TrainingState) -> None:
        """Make the buttons those that the state of the training calls for."""
        self._state = state
        if state is TrainingState.STARTING:
            self._note_keys()
        was_at_stop = self.stop_button.hasFocus()
        is_idle = state is TrainingState.IDLE
        goes_on = self._can_go_on and is_idle
        self._name_train_button(state, goes_on=goes_on)
        can = state not in {TrainingState.STARTING, TrainingState.STOPPING}
        self.train_button.setEnabled(can)
        if can and self._pressed_by_keys:
            self._pressed_by_keys = False
            now = QApplication.focusWidget()
            if now is not None and (now is self._moved_to or self.isAncestorOf(now)):
                self.train_button.setFocus(Qt.FocusReason.OtherFocusReason)
            self._moved_to = None
        self.go_on_button.setVisible(goes_on)
        self.stop_button.setVisible(not is_idle)
        self.stop_button.setEnabled(state is not TrainingState.STOPPING)
        if was_at_stop and is_idle:  # else the keyboard would be on what begins anew
            next_one = self.go_on_button if goes_on else self.train_button
            next_one.setFocus(Qt.FocusReason.OtherFocusReason)
        self.epochs.say_of_which(is_next=not is_idle)
        if state is TrainingState.STARTING and self._pressed_by_keys:
            self._moved_to = QApplication.focusWidget()

    def _name_train_button(self, state: TrainingState, *, goes_on: bool) -> None:
        word, name = _TRAINING[state]
        words = tr("Train anew") if goes_on else tr.of(word)
        button = self.train_button
        button.setText(words)
        button.setAccessibleName(words)
        role = "primary" if self._is_ready and not goes_on else ""
        if button.property("role") != role:
            button.setProperty("role", role)
            button.style().polish(button)
        color = self._theme.on_accent if role else self._theme.text
        button.setIcon(icon(name, color, before_text=True))

    def _note_keys(self) -> None:
        """While a training starts its fields are off, and Qt moves the keyboard on."""
        fields = (self.train_button, self.epochs)
        self._pressed_by_keys = any(each.hasFocus() for each in fields)


class _Title(QLabel):
    """Larger letters than those beside it, that stand on the same line.

    In the middle of the bar each, they would end at different heights.
    """

    def __init__(self, beside: QLabel, parent: QWidget) -> None:
        super().__init__(parent)
        self._beside = beside
        self.setProperty("role", "heading")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def level(self) -> None:
        """Stand where a label of the other letters has its line, as Qt places it."""
        metrics = self._beside.fontMetrics()
        line = (self.height() - metrics.height()) // 2 + metrics.ascent()
        top = max(line - self.fontMetrics().ascent(), 0)
        self.setContentsMargins(0, top, 0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.level()


class _Epochs(QSpinBox):
    """How many epochs, with the right word behind the number."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(1, 100_000)
        self.setMinimumHeight(self.fontMetrics().height() + 12)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # As figures are told everywhere else, whatever the system's language.
        self.setLocale(QLocale(QLocale.Language.English))
        self.setGroupSeparatorShown(True)
        self.setAccessibleName(tr("Epochs"))
        self.say_of_which(is_next=False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._say)
        self._say(self.value())

    def say_of_which(self, *, is_next: bool) -> None:
        """Say in the tip whether they are of the next training, not of this one."""
        told = tr("Passes over the data; arrow keys and the wheel change it")
        if is_next:
            told = tr("Of the next training; the one under way keeps its own")
        self.setToolTip(told)

    def _say(self, value: int) -> None:
        self.setSuffix(tr.counted(value, " epoch", " epochs"))


class _SinglePress(QPushButton):
    """A double-click is one press: its second half meets what the first one made."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(_SPACING)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _button(
    action: QAction, parent: QWidget, kind: type[QPushButton] = QPushButton
) -> QPushButton:
    """A button that does what a menu's action does, and is enabled with it."""
    # Not the action's own text: it tells what would be undone in the tab before.
    spec = spec_of(action.objectName())
    named = ACTION_TEXTS.of(spec.text) if spec is not None else action.text()
    button = kind(named.replace("&", "").rstrip("…"), parent)
    button.setAccessibleName(button.text())
    KeysTip(button, action)
    # As in any toolbar, a click leaves the keyboard with the canvas.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
