"""A lesson's markdown with its pictures and formulas, as tall as what it says."""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path
from urllib.parse import quote, unquote

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from gui.formula_image import formula_image
from gui.lesson_tables import fit_tables
from gui.style import mono_family

_INDENT = "0. "  # as wide as this: Qt's 40 pixels leave too little of a side panel
_MARGIN = 1  # pixels around the text
_FORMULA = re.compile(r"^\$\$(.+?)\$\$$", re.MULTILINE)
_LINE_OF_TEXT = re.compile(r"^(?![|$]).+$", re.MULTILINE)
"""Any but a table's, whose columns need words that break, and a formula's."""
_STAYS = "\N{NO-BREAK SPACE}"
_APART = re.compile(
    r"(?<=\d) (?=%|ln \d)|(?<=\bln) (?=\d)|(?<=[\dA-Z]) (?=×)|(?<=×) (?=[\dA-Z])"
    r"|(?<=\b[A-Z]\.) (?=[A-Z])|(?<=[a-z]) (?=[A-Za-z](?:[:;,]|\.$))",
    re.MULTILINE,
)
"""Spaces that no line may break at: in `97 %`, in `N × 4 × 4`, in `2 ln 2`, after the
initial of a name, and before a letter that ends what it belongs to: `the state h:`."""
_TIED = re.compile(rf"[ {_STAYS}]([×=]) (?=[\d`(−])")
"""What no line should end before: a product goes on, and a sum has its result."""
_FACTOR = re.compile(r"(?<=[a-z]) (?=× [a-z])")
"""Before the sign of a product of two words: a line may end after it, not before."""
_TIES = f"{_STAYS}\\1{_STAYS}"
_SUM = re.compile(rf"[\d(][\d.,()]*(?:[ {_STAYS}][×=+−/][ {_STAYS}][\d(−][\d.,()]*)+")
_LEADING = 1.2
"""From line to line beside the height of the letters: a lesson is read, not scanned."""
_SHORT = 24
"""Signs: a sum no longer than this is read in one line."""
_ORDINAL = re.compile(r"(\d+)\. ")
_FITTED = ("![", "$$", "|", "```")
_LINE_ALPHA = 90
_CODE_ALPHA = 25
_ABOVE_HEADING = 10  # pixels more than between paragraphs
_LEAST_CODE = 0.75
"""The smallest share of its size that code is drawn at."""
_HINTED = 0.96
"""Letters come out a little wider than their share: they are fitted to pixels."""
_SCHEME = "formula:"
_LESSON = "lesson:"
_SPARE = 0.99
"""Of its room, for a formula's letters are not quite as wide as their size says."""
_TEX_PER_PIXEL = 1.25  # the drawn letters beside those of the text


def plain_text(markdown: str) -> str:
    """What a text says, without its marks."""
    document = QTextDocument()
    document.setMarkdown(markdown)
    return document.toPlainText()


class LessonText(QTextBrowser):
    """Markdown that never scrolls by itself: what is around it does."""

    lesson_clicked = Signal(str)
    """The id of the lesson a link leads to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(_MARGIN)
        self._markdown = ""
        self._has_parts = False
        """Whether it has pictures, formulas, tables or code: they follow the width."""
        self._folder = Path()
        # A new theme comes as some fifteen changes of palette and font.
        self._anew = QTimer(self, singleShot=True, interval=0)
        self._anew.timeout.connect(self._show_anew)

    def show_text(self, markdown: str, folder: Path) -> None:
        """Show a text; `folder` holds its pictures."""
        self._markdown, self._folder = markdown, folder
        self._has_parts = any(each in markdown for each in _FITTED)
        self._set(kept_together(markdown))
        width = self.viewport().width()
        self.document().setTextWidth(width)
        if self.document().size().width() > width + 1 and "|" in markdown:
            # A table is wider than the page: its sizes may break rather than be cut.
            rows = markdown.split("\n")
            self._set("\n".join(r if r[:1] == "|" else kept_together(r) for r in rows))
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._grow()

    def _set(self, markdown: str) -> None:
        self.document().setDefaultFont(self.font())
        indent = QFontMetricsF(self.font()).horizontalAdvance(_INDENT)
        self.document().setIndentWidth(indent)
        self.setMarkdown(_FORMULA.sub(_as_picture, numbers_kept(markdown)))
        _calm_headings(self.document())
        _write_code_in(self.document(), mono_family())
        _even_lines(self.document())
        room = self.viewport().width() - 2 * _MARGIN
        fit_tables(self.document(), room, _line_color(self.palette()))
        _fit_code(self.document(), room)
        ground = self.palette().color(QPalette.ColorRole.Text)
        ground.setAlpha(_CODE_ALPHA)
        _set_off_code(self.document(), ground)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A formula, drawn in the colour of the text, or a picture of the folder."""
        address = name if isinstance(name, str) else name.toString()
        ratio = self.devicePixelRatioF()
        if address.startswith(_SCHEME):
            tex = unquote(address.removeprefix(_SCHEME))
            color = self.palette().color(QPalette.ColorRole.Text).name()
            size = self.fontMetrics().height() * 0.75 * _TEX_PER_PIXEL
            drawn = formula_image(tex, size, color, ratio)
            share = self._room() * ratio / max(drawn.width(), 1)
            if share < 1:  # in smaller letters: a shrunken picture has faint lines
                drawn = formula_image(tex, _SPARE * size * share, color, ratio)
            return self._fitted(drawn)
        picture = QImage(str(self._folder / address))
        picture.setDevicePixelRatio(1.0)
        return self._fitted(picture)

    def _room(self) -> int:
        """How wide a picture may be."""
        return max(self.viewport().width() - 8, 80)

    def _fitted(self, picture: QImage) -> QImage:
        """A picture no wider than the text."""
        room = self._room()
        ratio = picture.devicePixelRatio()
        if picture.isNull() or picture.width() / ratio <= room:
            return picture
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = picture.scaledToWidth(round(room * ratio), smooth)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() == event.size().width():
            return
        if self._has_parts:  # they are as wide as there is room
            self._show_anew()
        else:
            self._grow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the panel around it scrolls

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in kinds and self._markdown:
            self._anew.start()

    def _show_anew(self) -> None:
        self.show_text(self._markdown, self._folder)

    def sizeHint(self) -> QSize:
        return QSize(200, round(self.document().size().height()) + 2)

    def _grow(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(round(self.document().size().height()) + 2)

    def _follow(self, link: QUrl) -> None:
        address = link.toString()
        if address.startswith(_LESSON):
            self.lesson_clicked.emit(address.removeprefix(_LESSON))
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        else:
            path = self._folder / address
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _line_color(palette: QPalette) -> QColor:
    """Of the lines of a table: opaque, for Qt draws those between cells twice."""
    line = palette.color(QPalette.ColorRole.PlaceholderText)
    # A text has no ground of its own: in its palette that is transparent black.
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    parts = zip(line.getRgb()[:3], ground.getRgb()[:3], strict=True)
    share = _LINE_ALPHA / 255
    return QColor(*(round(a * share + b * (1 - share)) for a, b in parts))


def kept_together(text: str) -> str:
    """The text with spaces that no line breaks at within numbers, sizes, products."""
    text = _APART.sub(_STAYS, text)
    return _LINE_OF_TEXT.sub(lambda line: _sums_tied(line[0]), text)


def _sums_tied(line: str) -> str:
    line = _SUM.sub(
        lambda each: (
            each[0].replace(" ", _STAYS) if len(each[0]) <= _SHORT else each[0]
        ),
        line,
    )
    return _TIED.sub(_TIES, _FACTOR.sub(_STAYS, line))


def numbers_kept(markdown: str) -> str:
    """The text, in which `160. That is` begins a sentence: a list begins with 1."""
    lines, is_list = [], False
    for line in markdown.split("\n"):
        found = _ORDINAL.match(line)
        if found is not None:
            is_list = is_list or found[1] == "1"
            if not is_list:
                line = f"{found[1]}\\{line[found.end(1) :]}"
        elif line[:1].strip():
            is_list = False
        lines.append(line)
    return "\n".join(lines)


def _as_picture(found: re.Match[str]) -> str:
    tex = found[1].strip()
    # The words in brackets are what a screen reader says, and what is copied.
    words = re.sub(r"[\[\]\\{}]", " ", tex)
    return f"![{words}]({_SCHEME}{quote(tex, safe='')})"


def _fit_code(document: QTextDocument, room: float) -> None:
    """Draw lines of code smaller where they are too long; what is longer yet breaks."""
    document.size()  # lays it out
    block, code = document.begin(), list[QTextCursor]()
    widest = 0.0
    while block.isValid():
        if block.blockFormat().nonBreakableLines():
            code.append(QTextCursor(block))
            widest = max(widest, block.layout().maximumWidth())
        block = block.next()
    if widest <= room:
        return
    share = max(_HINTED * room / widest, _LEAST_CODE)
    small = QTextCharFormat()
    small.setFontPointSize(QFontInfo(document.defaultFont()).pointSizeF() * share)
    breaks = QTextBlockFormat()
    breaks.setNonBreakableLines(False)
    for cursor in code:
        end = QTextCursor.MoveOperation.EndOfBlock
        cursor.movePosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(small)
        cursor.mergeBlockFormat(breaks)


def _code_parts(document: QTextDocument) -> list[QTextCursor]:
    """What of a text is code: whole lines, cells of tables, names within a line."""
    block, found = document.begin(), list[QTextCursor]()
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            part = parts.fragment()
            if part.charFormat().fontFixedPitch():
                cursor = QTextCursor(document)
                cursor.setPosition(part.position())
                end = part.position() + part.length()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                found.append(cursor)
            parts += 1
        block = block.next()
    return found


def _write_code_in(document: QTextDocument, family: str) -> None:
    """Give code a font: Qt's reader of Markdown takes the system's, whatever it is."""
    look = QTextCharFormat()
    look.setFontFamilies([family])
    for cursor in _code_parts(document):
        cursor.mergeCharFormat(look)


def _set_off_code(document: QTextDocument, ground: QColor) -> None:
    """Give names a ground of their own: the node `body` is not any body."""
    look = QTextCharFormat()
    look.setBackground(ground)
    for cursor in _code_parts(document):
        is_apart = cursor.blockFormat().nonBreakableLines()  # code, or a table's cell
        if not (is_apart or cursor.currentTable()):
            cursor.mergeCharFormat(look)


def _even_lines(document: QTextDocument) -> None:
    """Let all lines of a text be as tall as those that have code in them, and apart."""
    code = QFont(document.defaultFont())
    apart = _LEADING * QFontMetricsF(code).height()
    code.setFamily(mono_family())
    tall = ceil(max(QFontMetricsF(code).height(), apart))
    fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
    block = document.begin()
    while block.isValid():
        cursor, look = QTextCursor(block), block.blockFormat()
        has_own = look.nonBreakableLines() or look.headingLevel()
        has_picture = "\N{OBJECT REPLACEMENT CHARACTER}" in block.text()
        if not (has_own or has_picture or cursor.currentTable()):
            look.setLineHeight(tall, fixed)
            cursor.setBlockFormat(look)
        block = block.next()


def _calm_headings(document: QTextDocument) -> None:
    """Make headings as large as a side panel bears: Qt's are those of a page."""
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            cursor = QTextCursor(block)
            if block != document.begin():
                apart = block.blockFormat()
                apart.setTopMargin(_ABOVE_HEADING)
                cursor.setBlockFormat(apart)
            cursor.movePosition(
                QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            look = QTextCharFormat()
            look.setProperty(
                QTextFormat.Property.FontSizeAdjustment, 1 if level == 1 else 0
            )
            cursor.mergeCharFormat(look)
        block = block.next()
