"""The field in which a person writes the code of a Python layer, and allows it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from engine.allowed_code import ALLOWED
from engine.catalog.python import DEFAULT, read
from engine.catalog.settings import Setting
from gui.cards import label
from gui.code_panel import Highlighter
from gui.setting_field import MIXED, Field
from gui.texts import Texts
from gui.theme import DARK, LIGHT, Theme

tr = Texts("inspector")

_LINES = 14
_INDENT = "    "


def code_to_read(code: str, parent: QWidget) -> PythonEdit:
    """All of a code that a person is to read before it may run."""
    text = PythonEdit(parent)
    text.setReadOnly(True)
    # Nothing of it may stand out of sight behind a long line.
    text.setLineWrapMode(PythonEdit.LineWrapMode.WidgetWidth)
    text.setPlainText(code)
    text.setAccessibleName(tr("The code in question"))
    return text


class PythonEdit(QPlainTextEdit):
    """Plain text that is written as Python is: coloured, indented by four spaces."""

    left = Signal()
    """The keyboard went elsewhere."""
    accepted = Signal()
    """Ctrl+Enter was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = Highlighter(self.document(), self._theme())

    def show_lines(self, lines: int) -> None:
        """Be as high as so many lines."""
        margins = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + margins + bar)

    def _theme(self) -> Theme:
        ground = self.palette().color(QPalette.ColorRole.Base)
        return DARK if ground.lightness() < 128 else LIGHT

    # Qt's part.

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlighter.set_theme(self._theme())

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _is_control_enter(event)
            and not self.isReadOnly()
        ):
            event.accept()  # elsewhere these keys train
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif _is_control_enter(event):
            self.accepted.emit()
        elif event.key() in _ENTER:
            deeper = _INDENT if before.rstrip().endswith(":") else ""
            cursor.insertText(f"\n{before[: _indent_of(before)]}{deeper}")
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Tab:
            cursor.insertText(" " * (len(_INDENT) - len(before) % len(_INDENT)))
        elif event.key() == Qt.Key.Key_Backspace and _is_indent(before, cursor):
            for _ in range((len(before) - 1) % len(_INDENT) + 1):
                cursor.deletePreviousChar()
        else:
            super().keyPressEvent(event)


_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


def _is_control_enter(event: QKeyEvent) -> bool:
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return event.key() in _ENTER and bool(control)


def _is_indent(before: str, cursor: QTextCursor) -> bool:
    return bool(before) and not before.strip(" ") and not cursor.hasSelection()


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class CodeField(Field):
    """Many lines of Python. What is written is used, and may run, at a press.

    Left without the press it is kept in the document, and not run.
    """

    is_wide = True
    allowed = Signal(str)
    """The person wrote exactly this code, and lets it run."""
    question_wanted = Signal(str)
    """The person wants to read, and perhaps to allow, what the document holds."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._value: Any = setting.default
        self._text = PythonEdit(self)
        self._text.show_lines(_LINES)
        self._adopt(self._text)
        self._text.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding
        )
        self.state_label = label("", "muted", self)
        self.use_button = QPushButton(tr("Use this code"), self)
        self.use_button.setObjectName("use-code")
        self.use_button.setToolTip(
            tr("Keep what is written, and let it run on this machine (Ctrl+Enter)")
        )
        # Pressed with the mouse it leaves the keyboard in the text.
        self.use_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.addWidget(self.state_label, 1)
        row.addWidget(self.use_button)
        self.column.addLayout(row)
        self._text.textChanged.connect(self._show_state)
        self._text.left.connect(self._keep)
        self._text.accepted.connect(self.use)
        self.use_button.clicked.connect(self.use)

    @property
    def editor(self) -> PythonEdit:
        return self._text

    def show_value(self, value: Any) -> None:
        self._text.setPlaceholderText("")
        if value != self._value or not self._text.hasFocus():
            self._value = value
            if self._text.toPlainText() != str(value):
                self._text.setPlainText(str(value))
        self._show_state()

    def show_mixed(self) -> None:
        self._text.setPlainText("")
        self._text.setPlaceholderText(tr.of(MIXED))

    def use(self) -> None:
        """Keep what is written, and let it run."""
        code = self._text.toPlainText()
        if read(code).trouble:
            self._keep()  # there is nothing to run yet
            return
        if code == self._value:
            if not _may_run(code):
                self.question_wanted.emit(code)
            return
        self.allowed.emit(code)
        self._keep()
        self._show_state()

    def _keep(self) -> None:
        code = self._text.toPlainText()
        # A field of several nodes shows nothing where they differ: nothing is kept.
        if code != self._value and not (not code and self._text.placeholderText()):
            self._value = code
            self.edited.emit(code)
        self.finished.emit()

    def _show_state(self) -> None:
        code = self._text.toPlainText()
        reading = read(code)
        is_new, may_run = code != self._value, _may_run(code)
        where = tr(" (line {line})", line=reading.line) if reading.line else ""
        trouble = reading.trouble
        self.mark(
            tr("The layer {trouble}{where}.", trouble=trouble, where=where)
            if trouble
            else ""
        )
        if may_run:
            state = (
                tr("Ctrl+Enter uses it.") if is_new else tr("Allowed on this machine.")
            )
        else:
            state = (
                tr("Not used yet.")
                if is_new
                else tr("Not allowed: nothing of it runs.")
            )
        self.state_label.setText("" if reading.trouble else state)
        self.use_button.setText(
            tr("Use this code") if is_new or may_run else tr("Read and allow…")
        )
        self.use_button.setEnabled(not reading.trouble and (is_new or not may_run))


def _may_run(code: str) -> bool:
    return code == DEFAULT or ALLOWED.allows(code)
