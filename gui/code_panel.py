"""The code of the network, following every edit."""

from __future__ import annotations

from difflib import SequenceMatcher

from PySide6.QtCore import QEvent, QRect, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui.document_model import DocumentModel
from gui.icons import icon
from gui.inks import ink
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("code")

_CORNER = 6
"""Pixels between what lies in the corner of the text and its edges."""
_MATCH_LIMIT = (
    400  # lines: beyond, finding the smallest change costs more than it saves
)


def changed_lines(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    """What to replace to make `old` into `new`: (first, past last, new lines).

    The pieces come last first, so that each can be done without moving the others.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < min(len(old), len(new)) - start and old[~tail] == new[~tail]:
        tail += 1
    a, b = old[start : len(old) - tail], new[start : len(new) - tail]
    if not a and not b:
        return []
    if len(a) == len(b):
        pieces = [
            (start + i, start + i + 1, [b[i]]) for i in range(len(a)) if a[i] != b[i]
        ]
    elif max(len(a), len(b)) <= _MATCH_LIMIT:
        pieces = [
            (start + i1, start + i2, b[j1:j2])
            for tag, i1, i2, j1, j2 in SequenceMatcher(
                None, a, b, autojunk=False
            ).get_opcodes()
            if tag != "equal"
        ]
    else:
        pieces = [(start, start + len(a), b)]
    return pieces[::-1]


class CodePanel(QWidget):
    """Read-only source of the document with the selected node's lines marked."""

    node_clicked = Signal(str)
    """The node that is responsible for the line clicked on."""

    def __init__(
        self, model: DocumentModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._selected: list[str] = []
        self._is_stale = True
        self._theme = theme
        self.editor = _Editor(theme, self)
        self.editor.setAccessibleName(tr("Code of the network"))
        self.copy_button = QPushButton(tr("Copy"))
        self.copy_button.setToolTip(tr("Copy the whole module"))
        self.copy_button.setAccessibleName(tr("Copy the code"))
        self.editor.put_in_corner(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 10)
        column.addWidget(self.editor)
        self.copy_button.clicked.connect(self._copy)
        self.editor.line_clicked.connect(self._find_node)
        model.analysed.connect(self.refresh)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._theme = theme
        self.editor.set_theme(theme)
        self.copy_button.setIcon(icon("copy", theme.muted, before_text=True))
        self._mark()

    def select(self, names: list[str]) -> None:
        """Mark the lines of the nodes called `names` and bring the first into view."""
        self._selected = list(names)
        if not self._is_stale:
            self._mark()
            lines = sorted(
                line for name in names for line in self._model.analysis.lines_of(name)
            )
            if lines:
                self.editor.bring_into_view(lines[0])

    def refresh(self) -> None:
        """Follow the document; while the panel is hidden this waits for its return."""
        if not self.isVisible():
            self._is_stale = True
            return
        self._is_stale = False
        self.editor.replace_text(self._model.analysis.code)
        self._mark()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()
            self.select(self._selected)

    def _mark(self) -> None:
        analysis = self._model.analysis
        known = self._model.document.graph
        self.editor.mark_lines(
            [
                line
                for name in self._selected
                if name in known
                for line in analysis.lines_of(name)
            ]
        )

    def _find_node(self, line: int) -> None:
        for name in self._model.document.graph.nodes:
            if line in self._model.analysis.lines_of(name):
                self.node_clicked.emit(name)
                return

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.analysis.code)


class _Editor(QPlainTextEdit):
    """Plain text with line numbers and marked lines."""

    line_clicked = Signal(int)
    """The number of a line, from 1."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marked: list[int] = []
        self._corner: QWidget | None = None
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._highlighter = Highlighter(self.document(), theme)
        self._numbers = _LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self._make_room()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._highlighter.set_theme(theme)
        self._numbers.update()

    def replace_text(self, text: str) -> None:
        """Make the text `text`; lines that stay are not touched, nor is the scroll."""
        old = self.toPlainText().split("\n")
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        at = vertical.value(), horizontal.value()
        for first, last, lines in changed_lines(old, text.split("\n")):
            self._replace(first, last, lines)
        vertical.setValue(at[0])
        horizontal.setValue(at[1])

    def _replace(self, first: int, last: int, lines: list[str]) -> None:
        document = self.document()
        cursor = QTextCursor(document)
        end_of_text = last >= document.blockCount()
        cursor.beginEditBlock()
        if first < document.blockCount():
            cursor.setPosition(document.findBlockByNumber(first).position())
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText("\n")
        if end_of_text:
            cursor.movePosition(
                QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor
            )
            cursor.insertText("\n".join(lines))
            if not lines and first > 0:
                cursor.deletePreviousChar()
        else:
            cursor.setPosition(
                document.findBlockByNumber(last).position(),
                QTextCursor.MoveMode.KeepAnchor,
            )
            cursor.insertText("".join(f"{line}\n" for line in lines))
        cursor.endEditBlock()

    def mark_lines(self, lines: list[int]) -> None:
        """Give some lines (from 1) the background of what is selected."""
        self._marked = lines
        shade = QColor(self._theme.accent)
        shade.setAlpha(60 if self._theme.is_dark else 36)
        selections = []
        for line in lines:
            block = self.document().findBlockByNumber(line - 1)
            if block.isValid():
                selection = QTextEdit.ExtraSelection()
                selection.format.setBackground(shade)  # type: ignore[attr-defined]
                selection.format.setProperty(  # type: ignore[attr-defined]
                    QTextFormat.Property.FullWidthSelection, True
                )
                selection.cursor = QTextCursor(block)  # type: ignore[attr-defined]
                selections.append(selection)
        self.setExtraSelections(selections)

    def bring_into_view(self, line: int) -> None:
        """Scroll, if need be, until a line is seen."""
        first = self.firstVisibleBlock().blockNumber() + 1
        height = max(self.fontMetrics().lineSpacing(), 1)
        seen = self.viewport().height() // height
        if not first <= line < first + seen - 1:
            self.verticalScrollBar().setValue(max(line - 1 - seen // 3, 0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self.textCursor().hasSelection():
            block = self.cursorForPosition(event.position().toPoint()).block()
            self.line_clicked.emit(block.blockNumber() + 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_corner()  # the text is narrower beside a scroll bar
        area = self.contentsRect()
        self._numbers.setGeometry(
            QRect(area.left(), area.top(), self.number_width(), area.height())
        )

    def put_in_corner(self, widget: QWidget) -> None:
        """Lay a widget over the upper right corner of the text."""
        self._corner = widget
        widget.setParent(self)
        self._place_corner()

    def _place_corner(self) -> None:
        if self._corner is not None:
            self._corner.adjustSize()
            text = self.viewport().geometry()
            left = text.right() + 1 - self._corner.width() - _CORNER
            self._corner.move(left, text.top() + _CORNER)

    def number_width(self) -> int:
        """Pixels that the line numbers take."""
        digits = max(len(str(self.blockCount())), 3)
        return self.fontMetrics().horizontalAdvance("9") * digits + 16

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)

    def _follow(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def paint_numbers(self, painter: QPainter, rect: QRect) -> None:
        """Draw the numbers of the lines that are seen."""
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.muted))
        block: QTextBlock = self.firstVisibleBlock()
        offset = self.contentOffset()
        top = self.blockBoundingGeometry(block).translated(offset).top()
        while block.isValid() and top <= rect.bottom():
            height = self.blockBoundingRect(block).height()
            if top + height >= rect.top():
                painter.drawText(
                    QRect(0, int(top), self._numbers.width() - 8, int(height)),
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    str(block.blockNumber() + 1),
                )
            block = block.next()
            top += height


class _LineNumbers(QWidget):
    def __init__(self, editor: _Editor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._editor.paint_numbers(painter, event.rect())


_WORDS = (
    "and as class def else False for from if import in is None not or return self "
    "super True with while"
).split()


class Highlighter(QSyntaxHighlighter):
    """Light colouring of Python: words, strings, numbers, comments."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._rules: list[tuple[QRegularExpression, QTextCharFormat]] = []
        self._make_rules(theme)

    def set_theme(self, theme: Theme) -> None:
        self._make_rules(theme)
        self.rehighlight()

    def _make_rules(self, theme: Theme) -> None:
        def look(mark: str, weight: QFont.Weight | None = None) -> QTextCharFormat:
            made = QTextCharFormat()
            made.setForeground(QColor(ink(theme, mark, theme.canvas)))
            if weight is not None:
                made.setFontWeight(weight)
            return made

        patterns = (
            (rf"\b(?:{'|'.join(_WORDS)})\b", look(theme.families["convolution"])),
            (r"\b\d+(?:\.\d+)?(?:e-?\d+)?\b", look(theme.families["recurrent"])),
            (r"(?<=class )\w+|(?<=def )\w+", look(theme.text, QFont.Weight.DemiBold)),
            (r"\"[^\"]*\"|'[^']*'", look(theme.families["dense"])),
            (r"#.*$", look(theme.muted)),
        )
        self._rules = [
            (QRegularExpression(pattern), look) for pattern, look in patterns
        ]

    def highlightBlock(self, text: str) -> None:
        for rule, look in self._rules:
            found = rule.globalMatch(text)
            while found.hasNext():
                match = found.next()
                self.setFormat(match.capturedStart(), match.capturedLength(), look)
