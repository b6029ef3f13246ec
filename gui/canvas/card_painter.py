"""Draws a card. Texts and outlines are laid out once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QStaticText

from gui.canvas.card import (
    BOTTOM,
    DETAIL_LINE,
    NAME_LINE,
    NAME_TOP,
    PAD,
    PORT_RADIUS,
    PORT_Y,
    ROW_LINE,
    RULE_GAP,
    STRIP,
    Card,
    Spot,
    Status,
)
from gui.canvas.card_texts import LOCK_SIGN, TIE_SIGN
from gui.canvas.style import Style

_SECOND, _THIN = STRIP + 2.0, 1.5
"""Where the second strip of a block begins, and how wide it is."""
RADIUS = 7.0
BADGE_RADIUS = 9.0
MARGIN = 12.0
"""How far a card draws beyond its rectangle: ports, badge, selection."""
TINT = 0.5
"""How strongly the greatest cost tints a card: texts must stay legible."""
LARGE_SCALE = 0.55
"""Below this zoom a card says little, in letters that grow as it gets smaller."""
BLOCK_SCALE = 0.32
"""Below this zoom a card is a block of colour: its text could not be read."""
_LARGE_ROOM = 2.0 * (PORT_Y - NAME_TOP)
"""The height that these letters have: around the ports, of the lowest card all."""
_LEGIBLE = 9.5
"""Pixels of the screen that letters then have, where the card has room for them."""


@dataclass(slots=True)
class Look:
    """How a card stands out for the moment."""

    is_selected: bool = False
    is_hovered: bool = False
    is_dimmed: bool = False
    is_partner: bool = False
    """Whether it shares weights with a node that is selected."""
    lit_ports: frozenset[tuple[str, bool]] = frozenset()
    """Ports, by name and whether they are outputs, that would take an edge."""
    hot_port: tuple[str, bool] | None = None


class CardPainter:
    """One card made ready to be drawn many times."""

    def __init__(self, card: Card, style: Style) -> None:
        self.card = card
        self.style = style
        self.rect = QRectF(0, 0, card.width, card.height)
        self._texts: list[tuple[QPointF, QFont, QColor, QStaticText]] | None = None
        self._large: list[tuple[QFont, QStaticText, float, float]] | None = None
        self._rule_y = 0.0

    def badge_centre(self) -> QPointF:
        """Where the sign of a problem sits."""
        return QPointF(self.card.width - 3, 1)

    def draw(self, painter: QPainter, look: Look, scale: float) -> None:
        """Draw the card with its upper left corner at the painter's origin."""
        status = self.card.status
        fade = self.style.theme.fade if look.is_dimmed or self._is_off else 1.0
        if scale < BLOCK_SCALE:
            self._draw_block(painter, look)
            return
        if look.is_selected or look.is_partner:
            painter.setPen(QPen(self.style.glow, 4 if look.is_selected else 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect.adjusted(-1, -1, 1, 1), 8.5, 8.5)
        self._draw_body(painter, look, fade, scale)
        if look.is_dimmed:
            painter.setOpacity(painter.opacity() * fade)
        if scale < LARGE_SCALE and not self.card.is_collapsed:
            self._draw_large(painter, scale)
        else:
            self._draw_texts(painter)
            self._draw_signs(painter)
        if fade < 1 and not look.is_dimmed:
            painter.setOpacity(painter.opacity() * fade)
        self._draw_ports(painter, look)
        if fade < 1:
            painter.setOpacity(painter.opacity() / fade)
        if self.card.is_bypassed:
            self._draw_bypass(painter)
        if status in {Status.ERROR, Status.WARNING}:
            self._draw_badge(painter)

    @property
    def _is_off(self) -> bool:
        """Whether the card waits for others, or is bypassed."""
        return self.card.status is Status.FADED or self.card.is_bypassed

    @property
    def _ink(self) -> QColor:
        """What its title is written in: one that is off is quieter, and as legible.

        Its texts do not fade with the rest: what waits is read to find out why.
        """
        is_quiet = self._is_off and self.card.heat <= 0  # else it is tinted
        return self.style.muted if is_quiet else self.style.text

    def _border(self, look: Look) -> QPen:
        style = self.style
        if self.card.status is Status.ERROR:  # selected too: the glow around says that
            return QPen(style.error, 1.4)
        if look.is_selected:
            return QPen(style.accent, 1.5)
        if look.is_hovered:
            return QPen(style.faint, 1)
        return QPen(style.border, 1)

    def _draw_body(
        self, painter: QPainter, look: Look, fade: float, scale: float
    ) -> None:
        style, card = self.style, self.card
        if card.count:
            self._draw_deck(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.shadow)
        painter.drawRoundedRect(self.rect.translated(0, 2), RADIUS, RADIUS)
        body, strip = _outlines(card.width, card.height)
        painter.setBrush(style.heated(card.heat, TINT))
        painter.drawPath(body)
        if card.heat > 0:
            self._draw_bar(painter, max(3.0, 2 / scale))
        if fade < 1:
            painter.setOpacity(painter.opacity() * fade)
        painter.setBrush(style.family(card.family))
        painter.drawPath(strip)
        if card.family == "block":  # a second, thin strip: there is more inside
            painter.drawRect(QRectF(_SECOND, 0.5, _THIN, card.height - 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        border = self._border(look)
        if fade < 1 and style.theme.dashes_faded:
            border.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(border)
        painter.drawRoundedRect(
            self.rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5
        )
        if fade < 1:
            painter.setOpacity(painter.opacity() / fade)

    def _draw_bypass(self, painter: QPainter) -> None:
        """The way that what arrives takes past the node, dashed."""
        inputs, outputs = self.card.inputs, self.card.outputs
        if not inputs or not outputs:
            return
        start = QPointF(inputs[0].x, inputs[0].y)
        end = QPointF(outputs[0].x, outputs[0].y)
        kind = outputs[0].kind
        pen = QPen(self.style.kind(kind) if kind else self.style.muted, 2.0)
        pen.setDashPattern([4.0, 3.0])
        reach = QPointF((end.x() - start.x()) / 3, 0)
        path = QPainterPath(start)
        path.cubicTo(start + reach, end - reach, end)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _draw_bar(self, painter: QPainter, thick: float) -> None:
        """Along the bottom, as long as the node's share of the greatest cost."""
        left = _SECOND + _THIN + 1 if self.card.family == "block" else STRIP
        length = (self.card.width - left - RADIUS) * min(1.0, self.card.heat)
        bar = QRectF(left, self.card.height - 1 - thick, length, thick)
        painter.setBrush(self.style.heat)
        painter.drawRect(bar)

    def _draw_deck(self, painter: QPainter) -> None:
        """The edges of two more cards below: the node stands for several copies."""
        painter.setPen(QPen(self.style.border, 1))
        painter.setBrush(self.style.surface)
        for depth in (2, 1):
            inset, drop = 5.0 * depth, 4.0 * depth
            sheet = self.rect.adjusted(inset + 0.5, 12, -inset - 0.5, drop - 0.5)
            painter.drawRoundedRect(sheet, RADIUS, RADIUS)

    def _draw_texts(self, painter: QPainter) -> None:
        texts = self._texts
        if texts is None:
            texts = self._texts = self._laid_out()
        for position, font, color, text in texts:
            painter.setFont(font)
            painter.setPen(color)
            painter.drawStaticText(position, text)
        if self.card.is_collapsed:
            return
        painter.setPen(QPen(self.style.rule, 1))
        right = self.card.width - 10
        painter.drawLine(QPointF(PAD, self._rule_y), QPointF(right, self._rule_y))

    def _draw_large(self, painter: QPainter, scale: float) -> None:
        """The name, and what the node costs, as large as can be read and has room.

        Each has its height below the top of the card, whatever the card's own height
        and how many letters it says: names in a row of cards stand in a row.
        """
        if self._large is None:
            self._large = self._large_lines()
        is_costed = self.card.heat >= 0 or len(self._large) > 1
        line = _LARGE_ROOM / 2 if is_costed else _LARGE_ROOM
        room = self.card.width - PAD - 8
        middle = NAME_TOP + line / 2
        painter.setPen(self._ink)
        before = painter.transform()
        for font, text, width, height in self._large:
            wanted = _LEGIBLE / scale / font.pixelSize()
            by = max(1.0, min(wanted, room / width, line / height))
            painter.translate(PAD, middle - by * height / 2)
            painter.scale(by, by)
            painter.setFont(font)
            painter.drawStaticText(QPointF(0, 0), text)
            painter.setTransform(before)
            middle += line

    def _large_lines(self) -> list[tuple[QFont, QStaticText, float, float]]:
        """The lines of a card from afar, with the size they have at 100 %."""
        fonts = self.style.fonts
        cost = self.card.aside if self.card.cost else ""
        lines = [(fonts.name, self.card.title), (fonts.detail, cost)]
        return [
            (font, _static(text, font), fonts.width(font, text), metrics.height())
            for font, text in lines
            if text and (metrics := fonts.metrics(font))
        ]

    def _draw_signs(self, painter: QPainter) -> None:
        if self.card.tie:
            self._draw_tie(painter)
        if self.card.is_frozen:
            self._draw_lock(painter)

    def _laid_out(self) -> list[tuple[QPointF, QFont, QColor, QStaticText]]:
        card, style, fonts = self.card, self.style, self.style.fonts
        muted = style.text if card.heat > 0 else style.muted  # it is tinted
        texts = []

        def put(x: float, middle: float, font: QFont, color: QColor, text: str) -> None:
            if text:
                y = middle - fonts.metrics(font).height() / 2
                texts.append((QPointF(x, y), font, color, _static(text, font)))

        middle_of_name = NAME_TOP + NAME_LINE / 2
        if card.is_collapsed:
            middle_of_name = card.height / 2
        put(PAD, middle_of_name, fonts.name, self._ink, card.title)
        aside = card.aside
        after = card.width - 12 - fonts.width(fonts.detail, aside)
        put(after, middle_of_name, fonts.detail, muted, aside)
        y = NAME_TOP + NAME_LINE
        for line in card.details:
            put(PAD, y + DETAIL_LINE / 2, fonts.detail, muted, line)
            y += DETAIL_LINE
        self._rule_y = y + RULE_GAP - 0.5
        y += 2 * RULE_GAP - 1
        is_known = card.status not in {Status.ERROR, Status.FADED, Status.PENDING}
        for row in card.rows:
            middle = y + ROW_LINE / 2
            put(PAD, middle, fonts.small, muted, row.left)
            x: float = PAD
            if row.is_right:
                x = card.width - 12 - fonts.width(fonts.mono, row.shape)
                if row.middle:
                    before = x - 8 - fonts.width(fonts.small, row.middle)
                    put(before, middle, fonts.small, muted, row.middle)
            color = style.text if is_known else muted
            put(x, middle, fonts.mono, color, row.shape)
            y += ROW_LINE
        put(self._tie_x() + TIE_SIGN, self._tie_y(), fonts.small, muted, card.tie)
        return texts

    def _tie_x(self) -> float:
        if not self.card.is_tie_beside:
            return PAD
        fonts = self.style.fonts
        return self.card.width - 12 - fonts.width(fonts.small, self.card.tie) - TIE_SIGN

    def _tie_y(self) -> float:
        return self.card.height - BOTTOM - ROW_LINE / 2

    def _draw_tie(self, painter: QPainter) -> None:
        """Two links of a chain: these weights are another node's too."""
        x, middle = self._tie_x(), self._tie_y()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.style.accent, 1.5))
        for left in (x + 0.5, x + 5.5):
            painter.drawRoundedRect(QRectF(left, middle - 2.5, 7, 5), 2.5, 2.5)

    def _draw_lock(self, painter: QPainter) -> None:
        """A padlock after the title: the weights stay as they are."""
        card, fonts = self.card, self.style.fonts
        aside = card.aside
        after = fonts.width(fonts.detail, aside) + 8 if aside else 0.0
        # On whole pixels, so that its edges are sharp.
        x = float(round(card.width - 10 - after - LOCK_SIGN + 4))
        middle = card.height / 2 if card.is_collapsed else NAME_TOP + NAME_LINE / 2
        y = float(round(middle - 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.style.accent, 1.5))
        shackle = QPainterPath(QPointF(x + 2.5, y))
        shackle.lineTo(x + 2.5, y - 2)
        shackle.arcTo(QRectF(x + 2.5, y - 4.5, 5, 5), 180, -180)
        shackle.lineTo(x + 7.5, y)
        painter.drawPath(shackle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.accent)
        painter.drawRoundedRect(QRectF(x, y, 10, 7), 1.5, 1.5)

    def _draw_ports(self, painter: QPainter, look: Look) -> None:
        for spot in self.card.spots:
            self._draw_port(painter, spot, look)

    def _draw_port(self, painter: QPainter, spot: Spot, look: Look) -> None:
        style = self.style
        key = (spot.port, spot.is_output)
        centre = QPointF(spot.x, spot.y)
        is_lit = key in look.lit_ports
        if key == look.hot_port or is_lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.glow)
            radius = 10.0 if key == look.hot_port else 7.5
            painter.drawEllipse(centre, radius, radius)
        color = style.kind(spot.kind) if spot.kind else style.faint
        if spot.is_used or spot.is_output:
            painter.setPen(QPen(style.canvas, 1.5))
            painter.setBrush(style.accent if is_lit else color)
        else:
            painter.setPen(QPen(style.accent if is_lit else style.faint, 1.5))
            painter.setBrush(style.canvas)
        radius = PORT_RADIUS + (1 if key == look.hot_port else 0)
        painter.drawEllipse(centre, radius, radius)

    def _draw_badge(self, painter: QPainter) -> None:
        style = self.style
        is_error = self.card.status is Status.ERROR
        color = style.error if is_error else style.warning
        centre = self.badge_centre()
        painter.setPen(QPen(style.canvas, 2))
        painter.setBrush(color)
        painter.drawEllipse(centre, BADGE_RADIUS, BADGE_RADIUS)
        # Drawn, not written: an exclamation mark of any font sits off centre.
        painter.setPen(
            QPen(style.canvas, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawLine(centre + QPointF(0, -4), centre + QPointF(0, 0.8))
        painter.drawPoint(centre + QPointF(0, 4))

    def _draw_block(self, painter: QPainter, look: Look) -> None:
        """A card too small to read: a block in the colour of its family."""
        style, status = self.style, self.card.status
        color = (
            style.error if status is Status.ERROR else style.family(self.card.family)
        )
        if self.card.heat >= 0 and status is not Status.ERROR:
            color = style.heated(self.card.heat, 1.0)
        faded = look.is_dimmed or status is Status.FADED or self.card.is_bypassed
        painter.fillRect(self.rect, style.border if faded else color)
        if look.is_selected:
            pen = QPen(style.accent, 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect)


def _static(text: str, font: QFont) -> QStaticText:
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(font=font)
    return static


@lru_cache(maxsize=256)
def _outlines(width: float, height: float) -> tuple[QPainterPath, QPainterPath]:
    """A card's body and the strip of its family along the left edge."""
    body = QPainterPath()
    body.addRoundedRect(QRectF(0, 0, width, height), RADIUS, RADIUS)
    left = QPainterPath()
    left.addRect(QRectF(0, 0, STRIP, height))
    return body, body.intersected(left)
