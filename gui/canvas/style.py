"""What the canvas draws with: fonts and colours of one theme, made once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication

from gui.theme import Theme

NAME_PX = 13
DETAIL_PX = 12
SMALL_PX = 11
_KERNING = 8.0
"""Pixels by which a text may be wider than its letters one by one, and more."""
_FRAME_FAMILIES = {
    "grey": "ends",
    "blue": "convolution",
    "green": "recurrent",
    "yellow": "activation",
    "orange": "merge",
    "purple": "attention",
}


class Fonts:
    """The application's fonts at the canvas's own sizes, with measured widths cached.

    Sizes are pixels at 100 %, so that a document looks the same on every machine; a
    person's larger text shows in what the view calls 100 % (`NavigableView`).
    """

    def __init__(self) -> None:
        family = QGuiApplication.font()
        self.name = _sized(family, NAME_PX, bold=True)
        self.detail = _sized(family, DETAIL_PX)
        self.small = _sized(family, SMALL_PX)
        self.strong = _sized(family, DETAIL_PX, bold=True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.mono = _sized(fixed, SMALL_PX)
        self._metrics: dict[int, QFontMetricsF] = {}
        self._widths: dict[tuple[int, str], float] = {}
        self._letters: dict[int, dict[str, float]] = {}

    def metrics(self, font: QFont) -> QFontMetricsF:
        """The metrics of one of these fonts."""
        found = self._metrics.get(id(font))
        if found is None:
            found = self._metrics[id(font)] = QFontMetricsF(font)
        return found

    def width(self, font: QFont, text: str) -> float:
        """How wide `text` is in one of these fonts, in pixels at 100 %."""
        key = (id(font), text)
        found = self._widths.get(key)
        if found is None:
            found = self._widths[key] = self.metrics(font).horizontalAdvance(text)
        return found

    def width_beyond(self, font: QFont, text: str, width: float) -> float:
        """How wide `text` is; `width` where it is surely no wider, unmeasured.

        Most names are short, and of 5,000 cards each has another.
        """
        if text.isascii():
            letters = self._letters_of(font)
            if sum([letters[each] for each in text]) + _KERNING <= width:
                return width
        return self.width(font, text)

    def _letters_of(self, font: QFont) -> dict[str, float]:
        """How wide each letter of ASCII is."""
        found = self._letters.get(id(font))
        if found is None:
            advance = self.metrics(font).horizontalAdvance
            found = self._letters[id(font)] = {
                letter: advance(letter) for letter in map(chr, range(128))
            }
        return found

    def elided(
        self,
        font: QFont,
        text: str,
        width: float,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> str:
        """`text` cut to `width` with an ellipsis where it is longer."""
        if self.width_beyond(font, text, width) <= width:
            return text
        return self.metrics(font).elidedText(text, mode, width)

    def wrapped(self, font: QFont, text: str, width: float, lines: int) -> list[str]:
        """`text` broken between words into at most `lines` lines of `width`."""
        result: list[str] = []
        current = ""
        words = text.split()
        for index, word in enumerate(words):
            longer = f"{current} {word}".strip()
            if not current or self.width(font, longer) <= width:
                current = longer
            elif len(result) == lines - 1:
                current = " ".join([current, *words[index:]])
                break
            else:
                result.append(current)
                current = word
        if current:
            result.append(current)
        return [self.elided(font, line, width) for line in result]


def _sized(base: QFont, pixels: int, *, bold: bool = False) -> QFont:
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setBold(bold)
    # Without hinting glyphs keep their distances at every zoom.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Style:
    """The colours of a theme as Qt wants them, and the fonts."""

    def __init__(self, theme: Theme, fonts: Fonts | None = None) -> None:
        self.theme = theme
        self.fonts = fonts or Fonts()
        self.canvas = QColor(theme.canvas)
        self.grid = QColor(theme.grid)
        self.window = QColor(theme.window)
        self.surface = QColor(theme.surface)
        self.raised = QColor(theme.raised)
        self.border = QColor(theme.border)
        self.text = QColor(theme.text)
        self.muted = QColor(theme.muted)
        self.faint = QColor(theme.faint)
        self.accent = QColor(theme.accent)
        self.on_accent = QColor(theme.on_accent)
        self.error = QColor(theme.error)
        self.error_surface = QColor(theme.error_surface)
        self.warning = QColor(theme.warning)
        self.rule = _mixed(self.border, self.surface, 0.35)
        self.shadow = QColor(0, 0, 0, 60 if theme.is_dark else 18)
        self.glow = _clear(self.accent, 0.35)
        self.band = _clear(self.accent, 0.12)
        self.paper = _mixed(self.canvas, self.warning, 0.12)
        """Behind the text of a note."""
        self.heat = QColor(theme.families["merge"])
        self._families = {name: QColor(c) for name, c in theme.families.items()}
        self._kinds = {name: QColor(c) for name, c in theme.kinds.items()}

    def heated(self, heat: float, most: float) -> QColor:
        """A surface by its share of the greatest cost, mixed `most` at most.

        One hue that gets stronger: that is read without telling hues apart. It gets
        so fast at first: of most networks a few nodes have nearly all of the cost, and
        the others are to differ too.
        """
        if heat < 0:
            return self.surface
        # Seen from afar a card without cost must still be seen.
        ground = self.border if most >= 1 else self.surface
        return _mixed(ground, self.heat, most * min(1.0, heat) ** 0.5)

    def family(self, name: str) -> QColor:
        """The strip of a card of this family."""
        return self._families.get(name, self.faint)

    def frame(self, name: str) -> QColor:
        """A frame of this colour; the colours are those of families of layers."""
        return self.family(_FRAME_FAMILIES.get(name, ""))

    def kind(self, name: str) -> QColor:
        """An edge along which this kind flows."""
        return self._kinds.get(name, self.muted)


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`one` with `share` of `other` in it."""
    keep = 1 - share
    return QColor.fromRgbF(
        one.redF() * keep + other.redF() * share,
        one.greenF() * keep + other.greenF() * share,
        one.blueF() * keep + other.blueF() * share,
    )


def _clear(color: QColor, alpha: float) -> QColor:
    result = QColor(color)
    result.setAlphaF(alpha)
    return result
