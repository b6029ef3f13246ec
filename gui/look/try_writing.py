"""Trying a network that writes: begin a text, and it goes on, token by token."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Int
from engine.problems import Problem
from engine.showing.wishes import LETTERS, TEMPERATURE
from gui.cards import label
from gui.look.shown_page import SIDE_WIDTH, temperature_setting
from gui.look.trial import Trial
from gui.settings_form import SettingsForm
from gui.texts import Texts
from gui.theme import Theme

if TYPE_CHECKING:  # PyTorch: after the first frame
    from engine.showing.trained import Trained

tr = Texts("look")

_FRAME_MILLISECONDS = 40


def _length_setting() -> Int:
    return Int(
        name="length",
        default=LETTERS,
        minimum=1,
        maximum=100_000,
        unit="tokens",
        help=tr("How much is written."),
    )


class WriteTrial(Trial):
    """A text to begin; what the network adds can be read as it comes."""

    title = tr.mark("Write")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._values = {"temperature": TEMPERATURE, "length": LETTERS}
        self._seed = 0
        self._lock = Lock()
        self._pieces: list[str] = []
        self._stopped = Event()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._show_pieces)
        self.text = QPlainTextEdit(self)
        self.text.setProperty("role", "prose")
        self.text.setAccessibleName(tr("Text that the network goes on with"))
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(tr("Type a beginning, and let the network go on"))
        self.write_button = QPushButton(tr("Write on"), self)
        self.stop_button = QPushButton(tr("Stop"), self)
        self.stop_button.setEnabled(False)
        self.speed = label("", "muted", self)
        side = QWidget(self)
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        buttons = QHBoxLayout()
        buttons.addWidget(self.write_button)
        buttons.addWidget(self.stop_button)
        self.form = SettingsForm((temperature_setting(), _length_setting()), side)
        self.form.show_values(self._values)
        column.addLayout(buttons)
        column.addWidget(self.form)
        column.addWidget(self.speed)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.text, 1)
        row.addWidget(side)
        self.form.changed.connect(self._change)
        self.write_button.clicked.connect(self.write)
        self.stop_button.clicked.connect(self.stop)
        self.call.busy_changed.connect(self._show_busy)
        self.call.answered.connect(self._end)

    def _change(self, name: str, value: float) -> None:
        self._values[name] = value

    def show_trained(self, trained: Trained) -> None:
        self.stop()
        super().show_trained(trained)

    def write(self) -> None:
        """Let the network go on after the text."""
        trained = self.trained
        if trained is None or self.call.is_busy:
            return
        self._seed += 1
        self._stopped.clear()
        self._pieces.clear()
        self._before = self.text.toPlainText()
        self._written = ""
        self.text.setReadOnly(True)  # what is typed meanwhile would be torn apart
        self.speed.setText("")
        self._timer.start()
        self.call.ask(self._work(trained, self._before, self._seed))

    def _work(self, trained: Trained, text: str, seed: int) -> Callable[[], object]:
        count = int(self._values["length"])
        temperature = float(self._values["temperature"])

        def work() -> tuple[int, float]:
            from engine.showing.asking import write_on
            from engine.showing.writing import text_of

            begun, tokens = time.perf_counter(), []
            for token in write_on(
                trained, text, count, temperature=temperature, seed=seed
            ):
                tokens.append(token)
                with self._lock:
                    self._pieces = [text_of(tokens, trained.splits.vocabulary)]
                if self._stopped.is_set():
                    break
            return len(tokens), time.perf_counter() - begun

        return work

    def stop(self) -> None:
        """Write no further."""
        self._stopped.set()

    def _show_pieces(self) -> None:
        with self._lock:
            written = self._pieces[-1] if self._pieces else ""
        if written == self._written:
            return
        added = written[len(self._written) :]
        if not self._written and self._before and not self._is_by_letter():
            added = f" {added}"
        self._written = written
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(added)
        self.text.ensureCursorVisible()
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _is_by_letter(self) -> bool:
        from engine.showing.writing import is_by_letter

        return self.trained is None or is_by_letter(self.trained.splits.vocabulary)

    def _end(self, found: tuple[int, float]) -> None:
        count, seconds = found
        if seconds > 0:
            self.speed.setText(
                tr(
                    "{count:,} tokens, {rate:,.0f} a second",
                    count=count,
                    rate=count / seconds,
                )
            )

    def _show_busy(self, is_busy: bool) -> None:
        buttons = (self.write_button, self.stop_button)
        off, on = buttons if is_busy else buttons[::-1]
        on.setEnabled(True)
        if off.hasFocus():  # keep the keyboard where it works
            on.setFocus(Qt.FocusReason.OtherFocusReason)
        off.setEnabled(False)
        if not is_busy:
            self._timer.stop()
            self._show_pieces()
            self.text.setReadOnly(False)
            self.text.moveCursor(QTextCursor.MoveOperation.End)

    def fail(self, problem: Problem) -> None:
        self.speed.setText(problem.sentence())

    def close_page(self) -> None:
        self.stop()
        self._timer.stop()
        super().close_page()
