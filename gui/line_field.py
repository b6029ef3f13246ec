"""The field for a setting that is written in a line: a number, words, a place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from engine.block_edits import has_expression, read_expression
from engine.catalog.settings import Float, Int, Setting, Size, Text
from engine.expressions import ExpressionError, sum_of
from gui.column_completer import ColumnCompleter
from gui.eliding_line import ElidingLine
from gui.setting_field import MIXED, Field
from gui.stepping import stepped
from gui.texts import Texts

tr = Texts("inspector")


class _StepLine(ElidingLine):
    """A line that numbers step in with the arrow keys and the wheel."""

    stepped = Signal(int, bool)
    """How many steps, and whether they are large ones."""
    left = Signal()
    reverted = Signal()

    def __init__(self, parent: QWidget, *, holds_words: bool) -> None:
        super().__init__(parent)
        self._holds_words = holds_words

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._offer()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._holds_words:
            super().mouseDoubleClickEvent(event)
        else:  # of 0.002 Qt would take what is behind the point
            self.selectAll()

    def _offer(self) -> bool:
        completer = self.completer()
        if isinstance(completer, ColumnCompleter):
            completer.offer_all()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self._offer():
            return
        steps = {
            Qt.Key.Key_Up: (1, False),
            Qt.Key.Key_Down: (-1, False),
            Qt.Key.Key_PageUp: (1, True),
            Qt.Key.Key_PageDown: (-1, True),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(*step)
        elif event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
            event.ignore()  # the inspector gives the keyboard back to the canvas
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1, False)
            event.accept()
        else:
            event.ignore()  # the panel scrolls

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class LineField(Field):
    """Numbers, sizes, shapes and text, written as a person writes them."""

    merges = True

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._line = _StepLine(self, holds_words=isinstance(setting, Text))
        self._hint = setting.empty
        self._value: Any = setting.default
        self._before: tuple[Any] | None = None
        """The value that this gesture found, once it has changed it."""
        self._is_mixed = False
        self._began_mixed = False
        """Whether this gesture changed values that differed from node to node."""
        self._adopt(self._line)
        self._say_unit_of(setting.default)
        if isinstance(setting, Float):
            self._line.shorter = _rounded
        kind = setting.kind if isinstance(setting, Text) else ""
        self._is_place = kind in {"path", "folder"}
        if self._is_place:
            self._line.elides = Qt.TextElideMode.ElideLeft
            # Not at each letter: on the way to a folder its parents would be read.
            self._line.editingFinished.connect(self._read_place)
        else:
            self._line.textEdited.connect(self._read)
        self._line.stepped.connect(self._step)
        self._line.left.connect(self._leave)
        self.finished.connect(self._forget_before)
        self._line.returnPressed.connect(self._settle)
        self._line.reverted.connect(self._revert)
        if self._is_place:
            what = tr("a folder") if kind == "folder" else tr("a file")
            button = QPushButton("…", self)
            button.setAccessibleName(
                tr("Choose {what} for {setting}", what=what, setting=setting.title)
            )
            button.setToolTip(tr("Choose {what}", what=what))
            button.clicked.connect(self._browse)
            self._row.addWidget(button)
        self.value_label = QLabel(self)
        """What an expression comes to."""
        self.value_label.setProperty("role", "muted")
        self.value_label.hide()
        self._row.addWidget(self.value_label)

    @property
    def editor(self) -> QLineEdit:
        return self._line

    def offer(self, names: Sequence[str], hint: str) -> None:
        """Offer names to choose from, and a hint on what none of them means."""
        self.suggest(hint)
        completer = self._line.completer()
        if isinstance(completer, ColumnCompleter):
            # Not another one: this may be called while it tells what was chosen.
            completer.offer(names)
            return
        many = isinstance(self.setting, Text) and self.setting.kind == "columns"
        completer = ColumnCompleter(self._line, names, many=many)
        completer.activated.connect(self._read)
        self._line.setCompleter(completer)

    def _say_unit_of(self, value: Any) -> None:
        """Say of one that it is one: `1 step`, `2 steps`; and what none means."""
        setting = self.setting
        unit = setting.unit_of_one if value == 1 else setting.unit
        if value == 0 and setting.of_zero:
            unit = setting.of_zero
        if unit:
            self._line.show_unit(unit)

    def suggest(self, hint: str) -> None:
        """Say faintly, while nothing is written, what that means."""
        self._hint = hint or self.setting.empty
        if not self._line.text():
            self._line.setPlaceholderText(self._hint)

    def show_value(self, value: Any) -> None:
        if value != self._value:
            self._forget_before()  # somebody else changed it
        elif self._line.isModified() and self._line.hasFocus() and self.problem:
            return  # something wrong is being typed
        self._value, self._is_mixed = value, False
        self._say_unit_of(value)
        self._line.setPlaceholderText(self._hint)
        self._show_outcome(value)
        if self.names is not None and has_expression(self.setting, value):
            if self._parsed(self._line.text()) != (value,) or not self._line.hasFocus():
                self._write(self.setting.wording(value))
            self._mark(self._wrong_expression(value))
            return
        problem = self.setting.problem(value)
        if problem is not None:  # a file may hold anything
            self._write(str(value))
            self._mark(f"{self.setting.title} {problem}.")
            return
        if self._is_place and self._line.isModified():
            return  # it is being typed
        typed = self._parsed(self._line.text())
        if typed != (value,) or not self._line.hasFocus():
            self._write(self.setting.wording(value))
        self._mark("")

    def show_mixed(self) -> None:
        self._forget_before()
        self._is_mixed = True
        is_typed = self._line.hasFocus() and self._line.isModified()
        if not is_typed:
            self._write("")
        self._line.setPlaceholderText(tr.of(MIXED))
        if not (is_typed and self.problem):
            self._mark("")

    def _write(self, text: str) -> None:
        if self._line.text() != text:
            self._line.setText(text)
            # Of a place its end says most.
            self._line.setCursorPosition(len(text) if self._is_place else 0)

    def _mark(self, problem: str) -> None:
        self.mark(problem)
        wrong = bool(problem)
        if self._line.property("wrong") != wrong:
            self._line.setProperty("wrong", wrong)
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)

    def _parsed(self, text: str) -> tuple[Any] | None:
        """The right value that `text` means, in a tuple; None where it means none."""
        expression = self._parsed_expression(text)
        if expression is not None:
            return expression
        try:
            value = self._value_of(text)
        except (ValueError, OverflowError):
            return None
        return None if self.setting.problem(value) is not None else (value,)

    def _value_of(self, text: str) -> Any:
        """The value that is written, or what a sum comes to.

        Raises ValueError and OverflowError.
        """
        setting = self.setting
        try:
            return setting.normalise(setting.parse(text))
        except (ValueError, OverflowError):
            if not isinstance(setting, Int | Float | Size):
                raise
        return setting.normalise(setting.parse(str(sum_of(text))))

    def _parsed_expression(self, text: str) -> tuple[Any] | None:
        """What is kept of an expression in a block; None of a plain value."""
        if self.names is None:
            return None
        try:
            self.setting.parse(text)
        except (ValueError, OverflowError):
            with suppress(ExpressionError):
                return (read_expression(self.setting, text, self.names)[0],)
        return None

    def _written(self) -> tuple[Any] | None:
        """The right value that is written, if one is; of differing ones none is."""
        text = self._line.text()
        return None if self._is_mixed and not text else self._parsed(text)

    def _wrong_expression(self, value: Any) -> str:
        """Why an expression has no right value, as a sentence; "" where it has one."""
        try:
            read_expression(self.setting, self.setting.show(value), self.names or {})
        except ExpressionError as error:
            return f"{self.setting.title} {error}."
        return ""

    def _show_outcome(self, value: Any) -> None:
        """Show what an expression comes to for the chosen use."""
        text = ""
        if self.names is not None and has_expression(self.setting, value):
            try:
                written = self.setting.show(value)
                _, outcome = read_expression(self.setting, written, self.names)
                text = f"= {self.setting.show(outcome)}"
            except ExpressionError:
                text = ""
        self.value_label.setText(text)
        self.value_label.setVisible(bool(text))

    def _read(self, text: str) -> None:
        parsed = self._parsed(text)
        if parsed is not None:
            self._mark("")
            self._take(parsed[0])
            return
        kept = self._value if self._before is None else self._before[0]
        if self._began_mixed or self._is_mixed:
            self._mark(self._sentence(text, None))
            if self._began_mixed:
                self._value = kept
                self.taken_back.emit()
            return
        self._mark(self._sentence(text, kept))
        self._take(kept)  # a number on the way to no number was never meant

    def _read_place(self) -> None:
        if not self._line.isModified():
            return  # nothing was written, which says nothing of places that differ
        self._line.setModified(False)
        self._read(self._line.text())

    def _take(self, value: Any) -> None:
        is_other = value != self._value or type(value) is not type(self._value)
        if is_other or self._is_mixed:
            self._began_mixed = self._began_mixed or self._is_mixed
            self._before = self._before or (self._value,)
            self._value = value
            self._show_outcome(value)
            self.edited.emit(value)

    def _forget_before(self) -> None:
        self._before, self._began_mixed = None, False

    def _sentence(self, text: str, kept: Any) -> str:
        expected = self.setting.expectation(text)
        if expected is None:  # the text alone would do, what it means does not
            expected = tr("something else")
        try:
            value = self._value_of(text)
            expected = self.setting.expectation(value) or expected
        except (ValueError, OverflowError):
            pass
        if self.names is not None and any(letter.isalpha() for letter in text):
            return self._about_expression(text, kept)
        found = f"“{text.strip()}”" if text.strip() else tr("nothing")
        return tr(
            "{setting} must be {expected}; found {found}.{stays}",
            setting=self.setting.title,
            expected=expected,
            found=found,
            stays=self._stays(kept),
        )

    def _about_expression(self, text: str, kept: Any) -> str:
        try:
            read_expression(self.setting, text, self.names or {})
        except ExpressionError as error:
            return f"{self.setting.title} {error}.{self._stays(kept)}"
        return ""

    def _stays(self, kept: Any) -> str:
        shown = "" if kept is None else self.setting.wording(kept)
        return tr(" It stays {kept}.", kept=shown) if shown else ""

    def _step(self, steps: int, large: bool) -> None:
        parsed = self._written()
        before = parsed[0] if parsed else self._value
        value = stepped(self.setting, before, steps, large)
        if value != before and self.setting.problem(value) is None:
            self._line.setText(self.setting.wording(value))
            self._mark("")
            self._take(value)

    def _settle(self) -> None:
        """Enter ends the gesture and writes the value as the form would."""
        if self._is_place:
            self._read_place()
        self._tidy()
        self.finished.emit()

    def _leave(self) -> None:
        """What was typed is written as the form would, which ends the gesture."""
        if not self._is_place:
            self._tidy()
        self.finished.emit()

    def _tidy(self) -> None:
        """Write what was typed as the form would, unless that says less of it."""
        worded = self.setting.wording(self._value)
        if self._written() == self._parsed(worded) == (self._value,):
            self._write(worded)

    def _revert(self) -> None:
        """Escape gives up what is wrong and shows the document's value again."""
        self._write("" if self._is_mixed else self.setting.wording(self._value))
        self._mark("")

    def _browse(self) -> None:
        if isinstance(self.setting, Text) and self.setting.kind == "folder":
            path = QFileDialog.getExistingDirectory(
                self, self.setting.title, self._value
            )
        else:
            path, _ = QFileDialog.getOpenFileName(self, self.setting.title, self._value)
        if path:
            self._line.setText(path)
            self._read(path)
            self.finished.emit()


def _rounded(text: str) -> str:
    """A number with as many digits as matter to a reader, where it is one."""
    try:
        return f"{float(text):.3g}"
    except ValueError:
        return text
